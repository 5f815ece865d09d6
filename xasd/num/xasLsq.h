/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_LSQ_H
#define XAS_LSQ_H

#include <stddef.h>

#include "xasStatus.h"

/** Linear least squares by LAPACK; the only caller of LAPACKE.  Matrices are
 * by rows: a[i*n + j].  Inputs are not changed. */

/** \brief The x of least |A x - b|, of least norm where A lacks rank.
 *
 * Singular values below 1e-12 of the largest count as zero.
 * \param a [m*n]   \param b [m]   \param[out] x [n]
 * \param[out] rank may be NULL
 * \return xasErrArg (m or n 0), xasErrNaN, xasErrMemory, xasErrConverge */
xasStatus xasLsqSolve(const double *a, size_t m, size_t n, const double *b,
                      double *x, size_t *rank);

/** \brief The same by QR, for A of full column rank, m >= n.
 * \return also xasErrSingular */
xasStatus xasLsqSolveQr(const double *a, size_t m, size_t n, const double *b,
                        double *x);

/** \brief The pseudo-inverse P [n*m] by QR: x = P b for any b.
 * \return xasErrSingular without full column rank */
xasStatus xasLsqPseudoInverse(const double *a, size_t m, size_t n, double *p);

#endif
