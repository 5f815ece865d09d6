/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasPoly.h"

static double weight(const double *w, size_t i)
{
    return w ? w[i] : 1.0;
}

/* Sum of w p_k^2, and sum of w t p_k^2 over it: the next recurrence shift. */
static double square(const xasPoly *p, const double *x, const double *w,
                     size_t n, int k, double *shift)
{
    double sum = 0, first = 0, basis[3];

    for (size_t i = 0; i < n; i++) {
        xasPolyBasis(p, x[i], basis);
        double term = weight(w, i) * basis[k] * basis[k];
        sum += term;
        first += term * (x[i] - p->x0) / p->scale;
    }
    *shift = sum > 0 ? first / sum : 0;
    return sum;
}

void xasPolyInit(xasPoly *p, const double *x, const double *w, size_t n,
                 int degree, double x0, double scale)
{
    double unused;

    memset(p, 0, sizeof *p);
    p->degree = degree;
    p->x0 = x0;
    p->scale = scale;
    p->square[0] = square(p, x, w, n, 0, &p->a);
    if (degree >= 1)
        p->square[1] = square(p, x, w, n, 1, &p->b);
    if (degree >= 2 && p->square[0] > 0) {
        p->c = p->square[1] / p->square[0];
        p->square[2] = square(p, x, w, n, 2, &unused);
    }
    /* What rounding leaves of a p_k that the points do not determine. */
    for (int k = 1; k <= degree; k++)
        if (p->square[k] < 1e-24 * p->square[0])
            p->square[k] = 0;
}

void xasPolyFit(const xasPoly *p, const double *x, const double *y,
                const double *w, size_t n, double coef[3])
{
    double basis[3];

    coef[0] = coef[1] = coef[2] = 0;
    for (size_t i = 0; i < n; i++) {
        xasPolyBasis(p, x[i], basis);
        for (int k = 0; k <= p->degree; k++)
            coef[k] += weight(w, i) * basis[k] * y[i];
    }
    for (int k = 0; k < 3; k++)
        coef[k] = p->square[k] > 0 ? coef[k] / p->square[k] : 0;
}

void xasPolyMatrix(const xasPoly *p, double m[3][3])
{
    memset(m, 0, 9 * sizeof m[0][0]);
    m[0][0] = m[1][1] = m[2][2] = 1;
    m[0][1] = -p->a;
    m[0][2] = p->a * p->b - p->c;
    m[1][2] = -p->a - p->b;
}

void xasPolyPowers(const xasPoly *p, const double coef[3], double c[3])
{
    double m[3][3], t[3], s = 1 / p->scale, x0 = p->x0;

    xasPolyMatrix(p, m);
    for (int r = 0; r < 3; r++)
        t[r] = m[r][0] * coef[0] + m[r][1] * coef[1] + m[r][2] * coef[2];
    c[2] = t[2] * s * s;
    c[1] = t[1] * s - 2 * c[2] * x0;
    c[0] = t[0] - t[1] * s * x0 + c[2] * x0 * x0;
}
