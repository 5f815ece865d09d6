/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_TRAIN_H
#define XASCTL_TRAIN_H

#include "xasCheck.h"
#include "xasStoreModel.h"
#include "xasStudy.h"
#include "xasResult.h"
#include "xasctl.h"

/** What `xasctl train' was asked for. */
typedef struct xasctlTrainOptions {
    const char *matrix, *name, *svg;
    const char *target; /* NULL: what the other options ask for */
    bool kind[xasKindCount], activate, dry;
    bool merge; /* the repeats of a sample */
    xasTrainOptions train;
    xasStudyOptions study;
    long shuffles; /* -1: as many as the size of the table allows */
} xasctlTrainOptions;

/** A model on its way into the store. */
typedef struct xasctlTrained {
    xasTraining *training;
    xasModel *model; /* NULL: not trained */
    xasStudy *study;
    xasStudyOptions ask;
    xasWarnings warnings;
    xasModelHead head;
    int64_t variant; /* models of its kind there are, with it */
    size_t nCommon;  /* samples that all kinds trained know; 0: all do */
    xasScore common; /* nested, on these alone */
} xasctlTrained;

/** \brief Train on the table o->matrix, study and report; gives the exit
 * status. */
int xasctlTrainMatrix(xasctl *ctl, const xasctlTrainOptions *o);

/** \brief How a table of n samples is trained and studied where the command
 * line leaves it open. */
void xasctlTrainSize(const xasctlTrainOptions *o, size_t n,
                     xasTrainOptions *train, xasStudyOptions *study);

#endif
