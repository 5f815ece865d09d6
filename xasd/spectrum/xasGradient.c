/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasGradient.h"

#include <stdlib.h>

xasStatus xasGradientInit(xasGradient *g, xasCurve *curve, size_t first,
                          size_t end, size_t quantities)
{
    g->curve = curve;
    g->first = first;
    g->count = end - first;
    g->of = calloc((quantities + 1) * g->count, sizeof *g->of);
    if (!g->of)
        return xasErrMemory;
    g->sum = xasGradientRow(g, quantities);
    return xasOk;
}

void xasGradientClear(xasGradient *g)
{
    free(g->of);
}

double *xasGradientRow(const xasGradient *g, size_t q)
{
    return g->of + q * g->count;
}

void xasGradientAdd(const xasGradient *g, size_t q, double factor, size_t from)
{
    double *to = xasGradientRow(g, q);
    const double *f = xasGradientRow(g, from);

    for (size_t j = 0; j < g->count; j++)
        to[j] += factor * f[j];
}

void xasGradientPoint(const xasGradient *g, size_t q, double x, int order,
                      double factor)
{
    size_t first, count;
    const double *w = xasCurveWeights(g->curve, x, order, &first, &count);
    double *to = xasGradientRow(g, q) + (first - g->first);

    for (size_t i = 0; i < count; i++)
        to[i] += factor * w[i];
}

void xasGradientValue(const xasGradient *g, size_t q, double x, double factor)
{
    const xasCurve *c = g->curve;
    size_t i = (size_t)((x - c->start) / c->step);
    double at = (x - c->start) / c->step - (double)i;

    xasGradientPoint(g, q, xasCurveX(c, i), 0, factor * (1 - at));
    xasGradientPoint(g, q, xasCurveX(c, i + 1), 0, factor * at);
}

void xasGradientPlace(const xasGradient *g, size_t q, size_t i, int order,
                      const double *v)
{
    const xasCurve *c = g->curve;
    double curve = v[i - 1] - 2 * v[i] + v[i + 1];
    double factor = -0.5 * c->step / curve;

    xasGradientPoint(g, q, xasCurveX(c, i + 1), order, factor);
    xasGradientPoint(g, q, xasCurveX(c, i - 1), order, -factor);
}

void xasGradientHeight(const xasGradient *g, size_t q, size_t place, double x)
{
    const xasCurve *c = g->curve;
    size_t i = (size_t)((x - c->start) / c->step);

    xasGradientValue(g, q, x, 1);
    xasGradientAdd(g, q, (c->y[i + 1] - c->y[i]) / c->step, place);
}

const double *xasGradientSum(const xasGradient *g, double fa, size_t a,
                             double fb, size_t b)
{
    const double *ga = xasGradientRow(g, a), *gb = xasGradientRow(g, b);

    for (size_t j = 0; j < g->count; j++)
        g->sum[j] = fa * ga[j] + fb * gb[j];
    return g->sum;
}

const double *xasGradientQuotient(const xasGradient *g, size_t a, double va,
                                  size_t b, double vb)
{
    return xasGradientSum(g, 1 / vb, a, -va / (vb * vb), b);
}
