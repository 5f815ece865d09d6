/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CHOLESKY_H
#define XAS_CHOLESKY_H

#include <stddef.h>

/** Small symmetric systems, without any allocation.  Only the lower triangle
 * is read and written: a[i*stride + j], j <= i. */

/** \brief A = L L' in place.
 * \return the smallest pivot as a part of its diagonal element: about the
 *         reciprocal of the condition; 0 where A is not positive definite,
 *         and then a is of no use */
double xasCholesky(double *a, size_t stride, size_t n);

/** \brief The same where the first `start' rows are factored already: a row
 * needs only those before it.   \return of the rows from start on */
double xasCholeskyFrom(double *a, size_t stride, size_t start, size_t n);

/** \brief L y = b in place. */
void xasCholeskyForward(const double *l, size_t stride, size_t n, double *b);

/** \brief L L' x = b in place. */
void xasCholeskySolve(const double *l, size_t stride, size_t n, double *b);

#endif
