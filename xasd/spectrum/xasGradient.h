/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_GRADIENT_H
#define XAS_GRADIENT_H

#include "xasSmooth.h"

/** How quantities depend on the data that a curve is made from, to first
 * order.  Each keeps its whole gradient, so that differences and quotients
 * keep their correlations (DEFINITIONS.md section 4). */
typedef struct xasGradient {
    xasCurve *curve;
    size_t first, count; /* of the data */
    double *of;          /* [quantities + 1][count], the last for sums */
    double *sum;
} xasGradient;

/** \brief All zero, by the data [first, end). \return xasErrMemory */
xasStatus xasGradientInit(xasGradient *g, xasCurve *curve, size_t first,
                          size_t end, size_t quantities);
void xasGradientClear(xasGradient *g);

/** \brief That of quantity q, [count]. */
double *xasGradientRow(const xasGradient *g, size_t q);

/** \brief q += factor from. */
void xasGradientAdd(const xasGradient *g, size_t q, double factor, size_t from);

/** \brief q += factor times the order-th derivative of the curve at x. */
void xasGradientPoint(const xasGradient *g, size_t q, double x, int order,
                      double factor);

/** \brief q += factor times the curve at x, linear between its points. */
void xasGradientValue(const xasGradient *g, size_t q, double x, double factor);

/** \brief q += the place of an extremum of v, the order-th derivative, at
 * point i. */
void xasGradientPlace(const xasGradient *g, size_t q, size_t i, int order,
                      const double *v);

/** \brief q += the curve at x, where x is what `place' is the gradient of. */
void xasGradientHeight(const xasGradient *g, size_t q, size_t place, double x);

/** \brief That of fa a + fb b. \return [count], until the next call */
const double *xasGradientSum(const xasGradient *g, double fa, size_t a,
                             double fb, size_t b);

/** \brief That of a / b at the values va and vb; as above. */
const double *xasGradientQuotient(const xasGradient *g, size_t a, double va,
                                  size_t b, double vb);

#endif
