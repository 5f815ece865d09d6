/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_MODEL_H
#define XAS_STORE_MODEL_H

#include "xasDerive.h"
#include "xasModel.h"
#include "xasResult.h"
#include "xasStore.h"
#include "xasStoreMerge.h"

#define XAS_CONVERTED_SIZE 112

/** A compound's enthalpy of formation at 298.15 K. */
typedef struct xasReference {
    char formula[XAS_SAMPLE_SIZE];
    double dhf_kJ_per_mol;
    char basis[16];   /* "formula" unit, or "metal" atom of Sc..Zn in it:
                       * xasFormulaMetals() */
    char phase[16];   /* "cr" */
    double hydration; /* H2O per formula unit */
    char source[256], note[256];
    char converted[XAS_CONVERTED_SIZE]; /* set by xasStoreReferenceFind() */
} xasReference;

/** \brief Insert or replace (compound, basis, phase, hydration). Writes.
 * \return xasErrFormat: no formula; xasErrNaN; xasErrArg: no such basis, none
 *         of its metals in the formula, a hydration other than the formula's
 *         water where that has some, no source */
xasStatus xasStoreReferencePut(xasStore *store, const xasReference *ref,
                               xasMessage *message);
/** \brief Tabulated value of a formula: of the same compound and hydration;
 * crystals before other phases, then values per formula unit before those per
 * metal atom.
 * \param[out] out  per unit of the formula asked for, whatever the table's
 *                  unit was (Cu2Cl2 has twice the value of CuCl, Fe2O3 twice
 *                  the value per metal atom): basis is "formula", and
 *                  converted says how, "-412.1 per metal atom x 2"; "" where
 *                  the table has the value itself
 * \return xasErrNotFound */
xasStatus xasStoreReferenceFind(xasStore *store, const char *formula,
                                xasReference *out);

/** Two values of one compound, phase and hydration that cannot both be true. */
typedef struct xasReferenceConflict {
    char formula[XAS_SAMPLE_SIZE]; /* as written with the first */
    char phase[16];
    double hydration;
    double formula_kJ_per_mol; /* per formula unit: the one used */
    double metal_kJ_per_mol;   /* per metal atom ... */
    double metals;             /* ... of which the unit has so many */
    double apart_kJ_per_mol;   /* of a formula unit */
} xasReferenceConflict;

/** \brief Where a value per formula unit and one per metal atom are more than
 * 1 kJ/mol of the formula unit apart.
 * \param[out] out [n] for free(); NULL for none */
xasStatus xasStoreReferenceConflicts(xasStore *store,
                                     xasReferenceConflict **out, size_t *n);

/** What stands for a sample at an edge. */
typedef struct xasEdgeScan {
    int64_t scan;      /* its best one; 0: the edge is not used */
    xasMerged *merged; /* of its repeats, instead; NULL: the scan alone */
} xasEdgeScan;

/** \brief Merge the repeats of what a scan measured, as xasRepeatsOf(). */
typedef xasStatus (*xasMergeRepeats)(xasStore *store, int64_t scanRow,
                                     xasShell shell, double join_days,
                                     xasMerged *out);

/** Training data as read from the store; owns its arrays. */
typedef struct xasTraining {
    xasTable table;
    const char **formula, **element; /* [n] */
    xasComposition *of;     /* [n] n_atoms 0: formula cannot be counted */
    int *z;                 /* [n] of element */
    xasEdgeScan *k, *l;     /* [n] */
    const char **converted; /* [n] targets: as in xasReference */
    char detection[40];     /* "transmission+yield" */
    char calibration[40];   /* "foil+none": of its scans, or mixed */
    bool mergesRepeats;     /* asked for: k or l may have a merge */
    bool synthetic;         /* any of the scans' comments says SYNTHETIC */
    size_t noReference, noEdge, otherDetection; /* samples left out, and why */
} xasTraining;

/** \brief All samples with the edges of a kind and a reference value.
 * One detection mode per edge: the most frequent; others are left out.
 * \param merge  NULL: the latest good scan stands for a sample */
xasStatus xasStoreTrainingRead(xasStore *store, xasKind kind,
                               xasMergeRepeats merge, xasTraining **out,
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
    bool mergesRepeats; /* of a sample, here and when it predicts */
    int definitions;
    char created[XAS_TIME_SIZE];
    char code[32];
} xasModelHead;

/** \brief Store a model under a name that is free. Writes.
 * \param k, l [model->n] or NULL; merges among them are stored */
xasStatus xasStoreModelPut(xasStore *store, xasModelHead *head,
                           const xasModel *model, const xasEdgeScan *k,
                           const xasEdgeScan *l);
xasStatus xasStoreModelRead(xasStore *store, int64_t row, xasModelHead *head,
                            xasModel **out);
/** A scan behind a row of a model. */
typedef struct xasModelScan {
    size_t row;
    int64_t scan;
} xasModelScan;

/** \brief The scans of an edge that a model was trained on, by its rows: those
 * of a merge that count, up to 4 of them, else the one. A row whose scans are
 * not in this database has none.
 * \param[out] out [n] for free(); NULL for none */
xasStatus xasStoreModelScans(xasStore *store, int64_t model, xasShell shell,
                             xasModelScan **out, size_t *n);
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
