/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SELECT_H
#define XAS_SELECT_H

#include "xasScale.h"

/** Columns chosen from some rows, and why. */
typedef struct xasSelection {
    bool *usable, *kept; /* [p] */
    double *fill;        /* [p] NaN where not usable */
    double *lasso;       /* [p] weights of the method, NaN where not kept */
    double alpha_max, alpha;
    size_t nSelected;
    size_t *selected; /* [p] of which nSelected, largest |weight| first */

    /* Scratch, kept from one use to the next */
    size_t *index;   /* [p] columns kept */
    double *z;       /* [p*n] the kept ones, by columns */
    double *gram;    /* [p*p] */
    xasColumn *stat; /* [p] of the kept ones, as index */
    size_t nKept, nRows;
    const size_t *group; /* [.] of the whole table: rows that inner folds keep
                          * together; NULL: each row for itself */
    double *gradient, *w, *yc;

    /* Of the whole table, by xasSelectionShare; NULL without it */
    double *whole;           /* [p*p] sums of products of (x-centre)/spread */
    double *centre, *spread; /* [p] */
    bool *complete;          /* [p] no value is missing, and it varies */
    size_t nWhole;
    double *outside; /* [p*n] (x-centre)/spread of the rows left out */
    size_t nOutside; /* 0: not in use */
} xasSelection;

/** \brief Sums of products over the whole table, so that a fold has only to
 * take away those of the rows it leaves out.  Worth while, and done, for long
 * tables alone; without it every fold forms its own.
 * \param x [n*p] by rows */
xasStatus xasSelectionShare(xasSelection *selection, const double *x, size_t n,
                            size_t p);

/** \brief Room for up to n rows of p columns; xasSelectionClear frees it. */
xasStatus xasSelectionInit(xasSelection *selection, size_t n, size_t p);
void xasSelectionClear(xasSelection *selection);

/** \brief Usable, fill, filter and Lasso of DEFINITIONS.md section 6.
 * \param y [.] of the whole table   \param er [p]
 * \return xasErrConverge */
xasStatus xasSelect(const xasRows *rows, const double *y, const xasErIndex *er,
                    const xasTrainOptions *options, xasSelection *selection);

/** \brief The part that needs no target: usable, fill, kept. */
void xasSelectColumns(const xasRows *rows, const xasErIndex *er,
                      const xasTrainOptions *options, xasSelection *selection);
/** \brief The last column of the table again, the others as they were: its
 * values have changed. */
void xasSelectLast(const xasRows *rows, const xasErIndex *er,
                   const xasTrainOptions *options, xasSelection *selection);
/** \brief Weights and selection from the columns kept, for any target.
 *
 * Lasso: the Lasso's weights, the top ones selected.  Ridge, PLS: the final
 * weights, all columns that have one selected. */
xasStatus xasSelectWeights(const xasRows *rows, const double *y,
                           const xasTrainOptions *options,
                           xasSelection *selection);

/** \brief The predictor that follows from a selection.
 * \param[out] out  was empty or made by xasLinearReserve */
xasStatus xasSelectFit(const xasRows *rows, const double *y,
                       const xasErIndex *er, const xasTrainOptions *options,
                       const xasSelection *selection, xasLinear *out);

#endif
