/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_MODEL_H
#define XAS_STORE_MODEL_H

#include "xasDerive.h"
#include "xasModel.h"
#include "xasResult.h"
#include "xasStore.h"

/** A compound's enthalpy of formation at 298.15 K. */
typedef struct xasReference {
    char formula[XAS_SAMPLE_SIZE];
    double dhf_kJ_per_mol;
    char basis[16];   /* "formula" or "metal" */
    char phase[16];   /* "cr" */
    double hydration; /* H2O per formula unit */
    char source[256], note[256];
} xasReference;

/** \brief Insert or replace (compound, basis, phase, hydration). Writes. */
xasStatus xasStoreReferencePut(xasStore *store, const xasReference *ref,
                               xasMessage *message);
/** \brief Tabulated value of a formula: same compound and hydration, basis
 * formula; xasErrNotFound. */
xasStatus xasStoreReferenceFind(xasStore *store, const char *formula,
                                xasReference *out);

/** Training data as read from the store; owns its arrays. */
typedef struct xasTraining {
    xasTable table;
    const char **formula, **element; /* [n] */
    xasComposition *of;     /* [n] n_atoms 0: formula cannot be counted */
    int *z;                 /* [n] of element */
    int64_t *kScan, *lScan; /* [n] 0 where not used */
    char detection[40];     /* "transmission+yield" */
    char calibration[40];   /* "foil+none": of its scans, or mixed */
    bool synthetic;         /* any of the scans' comments says SYNTHETIC */
    size_t noReference, noEdge, otherDetection; /* samples left out, and why */
} xasTraining;

/** \brief All samples with the edges of a kind and a reference value.
 * One detection mode per edge: the most frequent; others are left out. */
xasStatus xasStoreTrainingRead(xasStore *store, xasKind kind, xasTraining **out,
                               xasMessage *message);
void xasTrainingDestroy(xasTraining *training);
/** \brief As the numeric library takes it; lives as long as the training. */
xasStudied xasTrainingStudied(const xasTraining *training);

/** What is stored beside the numbers of a model. */
typedef struct xasModelHead {
    int64_t row;
    char name[64];
    xasKind kind;
    char detection[40];
    char calibration[40]; /* by edge as detection: none, foil, transferred,
                           * mixed */
    bool synthetic;
    int definitions;
    char created[XAS_TIME_SIZE];
    char code[32];
} xasModelHead;

/** \brief Store a model under a name that is free. Writes.
 * \param kScan, lScan [model->n] or NULL */
xasStatus xasStoreModelPut(xasStore *store, xasModelHead *head,
                           const xasModel *model, const int64_t *kScan,
                           const int64_t *lScan);
xasStatus xasStoreModelRead(xasStore *store, int64_t row, xasModelHead *head,
                            xasModel **out);
/** \brief Row of a name, or of a number in digits; xasErrNotFound. */
xasStatus xasStoreModelFind(xasStore *store, const char *name, int64_t *row);
/** \brief Row of the active model of a kind, 0 for none. */
xasStatus xasStoreModelActive(xasStore *store, xasKind kind, int64_t *row);
/** \brief Make it the active one of its kind. Writes.
 * \return xasErrVersion for a model of other feature definitions */
xasStatus xasStoreModelActivate(xasStore *store, int64_t row,
                                xasMessage *message);
/** \brief Take back the last activation of a kind: the model before it, or
 * none, predicts again. Writes.
 * \param[out] row  of that model, 0 for none
 * \return xasErrNotFound: there was none; xasErrVersion as above */
xasStatus xasStoreModelUndo(xasStore *store, xasKind kind, int64_t *row,
                            xasMessage *message);

#endif
