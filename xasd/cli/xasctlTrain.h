/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_TRAIN_H
#define XASCTL_TRAIN_H

#include "xasStudy.h"
#include "xasResult.h"
#include "xasctl.h"

/** What `xasctl train' was asked for. */
typedef struct xasctlTrainOptions {
    const char *matrix, *name, *svg;
    bool kind[xasKindCount], activate, dry;
    xasTrainOptions train;
    xasStudyOptions study;
    long shuffles; /* -1: as many as the size of the table allows */
} xasctlTrainOptions;

/** \brief Train on the table o->matrix, study and report; gives the exit
 * status. */
int xasctlTrainMatrix(xasctl *ctl, const xasctlTrainOptions *o);

/** \brief How a table of n samples is trained and studied where the command
 * line leaves it open. */
void xasctlTrainSize(const xasctlTrainOptions *o, size_t n,
                     xasTrainOptions *train, xasStudyOptions *study);

#endif
