/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_OLS_H
#define XAS_OLS_H

#include "xasScale.h"

/** \brief Linear regression on chosen columns of some rows.
 *
 * Columns are filled, standardised over these rows, and solved by QR; the
 * shortest solution if they are dependent.  A column that
 * is constant here is left out.  Without columns: the mean.
 * \param y       [.] target of the whole table
 * \param column  [k]   \param fill  [p] of the table's columns
 * \param er      [p]   \param clip_sd  terms are clipped so far outside
 * \param[out] out  was empty or made by xasLinearReserve
 * \return xasErrMemory, xasErrConverge */
xasStatus xasOlsFit(const xasRows *rows, const double *y, const size_t *column,
                    size_t k, const double *fill, const xasErIndex *er,
                    double clip_sd, xasLinear *out);

/** What became of a row's values when a predictor took them. */
typedef struct xasTaken {
    size_t missing;  /* filled */
    size_t clipped;  /* after filling */
    size_t unfilled; /* need an E_r that is unknown */
} xasTaken;

/** \brief The filled value of a term, not clipped; NaN when that takes an E_r
 * which is unknown. \param x [p]   \param er_eV [xasErCount], may be NULL */
double xasTermValue(const xasTerm *term, const double *x, const double *er_eV);

/** \brief Predict one row. \param[out] taken  may be NULL */
double xasLinearAt(const xasLinear *linear, const double *x,
                   const double *er_eV, xasTaken *taken);

#endif
