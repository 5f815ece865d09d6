/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FIGURES_H
#define XAS_FIGURES_H

#include "xasDerive.h"

/** What is asked of a spectrum: does it know more than the formula does? */
typedef enum xasFigureId {
    xasFigureMean,        /* mean of the others, per mole of atoms */
    xasFigureComposition, /* the formula alone: xasCompositionTrain */
    xasFigureSpectrum,    /* relative columns and Z, per mole of atoms */
    xasFigureBoth,        /* the formula, then the spectrum on what it left */
    xasFigureCount
} xasFigureId;

/** \brief "mean", "composition", "spectrum", "both". */
const char *xasFigureName(xasFigureId id);

/** Mean difference of the absolute errors of two predictors on the same
 * samples, first less second, and its standard error over compounds. */
typedef struct xasPaired {
    double difference, se; /* kJ/mol; se NaN for fewer than 2 compounds */
    size_t n;              /* compounds */
} xasPaired;

/** \param y,a,b [n]   \param group [n] 0..: rows that count as one */
void xasPairedErrors(const double *y, const double *a, const double *b,
                     const size_t *group, size_t n, xasPaired *out);

/** The four figures on the same samples and folds. Owns its arrays. */
typedef struct xasFigures {
    size_t n, nFolds;
    size_t *row;                  /* [n] of the table studied */
    double *pred[xasFigureCount]; /* [n] kJ/mol, left out */
    xasScore score[xasFigureCount];
    xasPaired less[xasFigureCount][xasFigureCount]; /* row less column */
} xasFigures;

/** \brief DEFINITIONS.md section 7, each row left out with its group.
 * \param group  [table->n] or NULL: the compounds
 * \param folds  deal the groups into so many; 0: one each
 * \return xasErrRange: fewer than 5 rows with a composition, or 3 groups */
xasStatus xasFiguresMake(const xasStudied *of, const char *const *group,
                         size_t folds, xasFigures **out, xasMessage *message);
void xasFiguresDestroy(xasFigures *figures);

#endif
