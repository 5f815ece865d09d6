/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_POLY_H
#define XAS_POLY_H

#include <stddef.h>

/** Weighted least-squares polynomial of degree 0..2 on given abscissae, in the
 * basis orthogonal on them: a coefficient is a plain weighted sum, so that the
 * sensitivity of a fit to each datum can be written down.
 * t = (x - x0)/scale; p0 = 1, p1 = t - a, p2 = (t - b) p1 - c.
 * Source: Forsythe, J. SIAM 5 (1957) 74. */
typedef struct xasPoly {
    int degree;
    double x0, scale;
    double a, b, c;
    double square[3]; /* sum of w p_k^2; 0: p_k is not determined */
} xasPoly;

/** \brief Make the basis.
 * \param x [n]   \param w [n] weights, or NULL for 1   \param degree 0..2
 * \param x0,scale  origin and unit of t, scale > 0 */
void xasPolyInit(xasPoly *p, const double *x, const double *w, size_t n,
                 int degree, double x0, double scale);

/** \brief p_k at x; those above the degree are 0. */
static inline void xasPolyBasis(const xasPoly *p, double x, double basis[3])
{
    double t = (x - p->x0) / p->scale;

    basis[0] = 1;
    basis[1] = p->degree >= 1 ? t - p->a : 0;
    basis[2] = p->degree >= 2 ? (t - p->b) * basis[1] - p->c : 0;
}

/** \brief Coefficients of the fit to y [n] over the same x and w. */
void xasPolyFit(const xasPoly *p, const double *x, const double *y,
                const double *w, size_t n, double coef[3]);

/** \brief How the coefficients change with a datum of weight 1 at x. */
static inline void xasPolyInfluence(const xasPoly *p, double x, double by[3])
{
    xasPolyBasis(p, x, by);
    for (int k = 0; k < 3; k++)
        by[k] = p->square[k] > 0 ? by[k] / p->square[k] : 0;
}

/** \brief The fitted polynomial at x. */
static inline double xasPolyValue(const xasPoly *p, const double coef[3],
                                  double x)
{
    double basis[3];

    xasPolyBasis(p, x, basis);
    return coef[0] + coef[1] * basis[1] + coef[2] * basis[2];
}

/** \brief Powers of t from basis coefficients: t[r] = sum_k m[r][k] coef[k]. */
void xasPolyMatrix(const xasPoly *p, double m[3][3]);

/** \brief The same as c0 + c1 x + c2 x^2. */
void xasPolyPowers(const xasPoly *p, const double coef[3], double c[3]);

#endif
