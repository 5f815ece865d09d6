/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_LASSO_H
#define XAS_LASSO_H

#include <stddef.h>

#include "xasStatus.h"

/** \brief Minimise 1/(2n) |y - S w|^2 + alpha |w|_1 by cyclic coordinate
 * descent from w = 0.
 *
 * Works on the products alone, so that a sweep costs nothing in n.  Exact
 * steps shorten the way; a last sweep must confirm that nothing moves.
 * \param gram       [p*stride] S'S/n, by rows, symmetric
 * \param gradient   [p] in: S'y/n; out: S'(y - S w)/n
 * \param tolerance  ends when no weight of a sweep moves further (in units of
 *                   the column's rms)
 * \param[out] w     [p]
 * \return xasErrConverge after 200000 sweeps
 * Source: Friedman, Hastie, Tibshirani, J. Stat. Softw. 33 (2010) 1, sec. 2. */
xasStatus xasLassoFit(const double *gram, size_t stride, double *gradient,
                      size_t p, double alpha, double tolerance, double *w);

#endif
