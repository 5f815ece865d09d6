/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SELECT_H
#define XAS_SELECT_H

#include "xasScale.h"

/** Columns chosen from some rows, and why. */
typedef struct xasSelection {
    bool *usable, *kept; /* [p] */
    double *fill;        /* [p] NaN where not usable */
    double *lasso;       /* [p] NaN where not kept */
    double alpha_max, alpha;
    size_t nSelected;
    size_t *selected; /* [p] of which nSelected, largest |weight| first */

    /* Scratch, kept from one use to the next */
    size_t *index; /* [p] columns kept */
    double *z;     /* [p*n] the kept ones, by columns */
    double *gram;  /* [p*p] */
    double *gradient, *w, *yc;
} xasSelection;

/** \brief Room for up to n rows of p columns; xasSelectionClear frees it. */
xasStatus xasSelectionInit(xasSelection *selection, size_t n, size_t p);
void xasSelectionClear(xasSelection *selection);

/** \brief Usable, fill, filter and Lasso of DEFINITIONS.md section 6.
 * \param y [.] of the whole table   \param er [p]
 * \return xasErrConverge */
xasStatus xasSelect(const xasRows *rows, const double *y, const xasErIndex *er,
                    const xasTrainOptions *options, xasSelection *selection);

#endif
