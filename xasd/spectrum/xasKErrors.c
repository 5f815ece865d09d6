/* SPDX-License-Identifier: BSD-3-Clause */
/* DEFINITIONS.md section 4: first-order errors. Each quantity keeps its whole
 * gradient by y, so that differences and quotients keep their correlations. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFeatureK.h"

typedef enum quantity {
    edgeE,
    wlE,
    wlI,
    tail,
    preE,
    preI,
    shE,
    shI,
    postE,
    postI,
    quantities
} quantity;

/** Gradients of all quantities by the points that the curve is made from;
 * g(q) is [count]. */
typedef struct gradients {
    xasKScan *k;
    size_t first, count;
    double *of; /* [quantities*count] */
    double *sum;
} gradients;

static double *gradient(const gradients *g, quantity q)
{
    return g->of + (size_t)q * g->count;
}

/* The weights that make the order-th derivative at x, times factor. */
static void addWeights(const gradients *g, double x, int order, double factor,
                       quantity q)
{
    size_t first, count;
    const double *w = xasCurveWeights(g->k->curve, x, order, &first, &count);
    double *to = gradient(g, q) + (first - g->first);

    for (size_t i = 0; i < count; i++)
        to[i] += factor * w[i];
}

/* Place of an extremum of v (the order-th derivative) at grid point i. */
static void addPlace(const gradients *g, quantity q, size_t i, int order,
                     const double *v)
{
    xasCurve *c = g->k->curve;
    double curve = v[i - 1] - 2 * v[i] + v[i + 1];
    double factor = -0.5 * c->step / curve;

    addWeights(g, xasCurveX(c, i + 1), order, factor, q);
    addWeights(g, xasCurveX(c, i - 1), order, -factor, q);
}

/* Height of y at the vertex of y'', linear in the grid: the two points beside
 * it, and the place of the vertex times the slope between them. */
static void addHeight(const gradients *g, quantity q, quantity place, double x)
{
    xasCurve *c = g->k->curve;
    double at = (x - c->start) / c->step, *to = gradient(g, q), slope;
    const double *from = gradient(g, place);
    size_t i = (size_t)at;

    at -= (double)i;
    slope = (c->y[i + 1] - c->y[i]) / c->step;
    addWeights(g, xasCurveX(c, i), 0, 1 - at, q);
    addWeights(g, xasCurveX(c, i + 1), 0, at, q);
    for (size_t j = 0; j < g->count; j++)
        to[j] += slope * from[j];
}

/* E20, the grid points between, E80: trapezoid weights of those inside. */
static void addEdge(const gradients *g, const xasKPlaces *p)
{
    xasCurve *c = g->k->curve;

    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i), before, behind;
        if (x <= p->e20_eV || x >= p->e80_eV || c->y[i] <= 0.2 ||
            c->y[i] >= 0.8)
            continue;
        before = fmax(p->e20_eV, xasCurveX(c, i - 1));
        behind = fmin(p->e80_eV, xasCurveX(c, i + 1));
        addWeights(g, x, 0, -0.5 * (behind - before) / 0.6, edgeE);
    }
}

static xasStatus addPre(const gradients *g, const xasKPlaces *p)
{
    xasCurve *c = g->k->curve;
    double x = xasCurveX(c, p->preTop), basis[3];
    xasPreBaseline b;
    xasStatus status = xasPreBaselineInit(c, p, &b);

    if (status)
        return status;
    addPlace(g, preE, p->pre, 2, c->bend);
    xasPreBaselineBasis(&b, x, basis);
    addWeights(g, x, 0, 1, preI);
    for (size_t i = 0; i < b.count; i++) {
        double hat = 0;
        for (size_t r = 0; r < 3; r++)
            hat += basis[r] * b.inverse[r * b.count + i];
        addWeights(g, xasCurveX(c, b.point[i]), 0, -hat, preI);
    }
    xasPreBaselineClear(&b);
    return xasOk;
}

static xasStatus addAll(const gradients *g, const xasKPlaces *p)
{
    xasCurve *c = g->k->curve;

    addEdge(g, p);
    addWeights(g, xasCurveX(c, p->wl), 0, 1, wlI);
    if (p->haveWl)
        addPlace(g, wlE, p->wl, 0, c->y);
    for (size_t i = p->tailFirst; i < p->tailFirst + p->tailCount; i++)
        addWeights(g, xasCurveX(c, i), 0, 1 / (double)p->tailCount, tail);
    if (p->sh) {
        addPlace(g, shE, p->sh, 2, c->bend);
        addHeight(g, shI, shE, p->sh_eV);
    }
    if (p->post) {
        addPlace(g, postE, p->post, 2, c->bend);
        addHeight(g, postI, postE, p->post_eV);
    }
    return p->pre ? addPre(g, p) : xasOk;
}

/* Error of fa a + fb b. */
static double combined(const gradients *g, double fa, quantity a, double fb,
                       quantity b)
{
    const double *ga = gradient(g, a), *gb = gradient(g, b);

    for (size_t j = 0; j < g->count; j++)
        g->sum[j] = fa * ga[j] + fb * gb[j];
    return xasKScanError(g->k, g->sum, g->first, g->count);
}

static double alone(const gradients *g, quantity q)
{
    return xasKScanError(g->k, gradient(g, q), g->first, g->count);
}

static double quotient(const gradients *g, quantity a, double va, quantity b,
                       double vb)
{
    return combined(g, 1 / vb, a, -va / (vb * vb), b);
}

static void setEnergy(const gradients *g, quantity q, double *error,
                      xasFeatureId absolute, xasFeatureId toEdge,
                      xasFeatureId toReference)
{
    error[absolute] = error[toReference] = alone(g, q);
    error[toEdge] = combined(g, 1, q, -1, edgeE);
}

static void setHeight(const gradients *g, quantity q, double value, double wl,
                      double *error, xasFeatureId absolute,
                      xasFeatureId relative)
{
    error[absolute] = alone(g, q);
    error[relative] = quotient(g, q, value, wlI, wl);
}

static void setErrors(const gradients *g, const xasKPlaces *p, double *error)
{
    error[xasEdgeE] = error[xasEdgeDr] = alone(g, edgeE);
    error[xasWlI] = alone(g, wlI);
    if (p->haveWl)
        setEnergy(g, wlE, error, xasWlE, xasWlDe, xasWlDr);
    if (p->tailCount)
        error[xasWlRi] = quotient(g, wlI, p->wl_i, tail, p->tail);
    if (p->pre) {
        setEnergy(g, preE, error, xasPreE, xasPreDe, xasPreDr);
        setHeight(g, preI, p->pre_i, p->wl_i, error, xasPreI, xasPreRi);
    }
    if (p->sh) {
        setEnergy(g, shE, error, xasShE, xasShDe, xasShDr);
        setHeight(g, shI, p->sh_i, p->wl_i, error, xasShI, xasShRi);
    }
    if (p->post) {
        setEnergy(g, postE, error, xasPostE, xasPostDe, xasPostDr);
        setHeight(g, postI, p->post_i, p->wl_i, error, xasPostI, xasPostRi);
    }
}

xasStatus xasKErrorsFind(xasKScan *k, const xasKPlaces *p, xasFeatures *out)
{
    const xasCurve *c = k->curve;
    gradients g = { k, c->first, c->end - c->first, NULL, NULL };
    xasStatus status;

    if (p->preLimit <= 0.02) { /* a limit, not an error: needs no noise */
        out->error[xasPreI] = p->preLimit;
        out->error[xasPreRi] = p->preLimit / p->wl_i;
    }
    if (xasFlagsHave(out->flags, "noise_unknown"))
        return xasOk;
    g.of = calloc((quantities + 1) * g.count, sizeof *g.of);
    if (!g.of)
        return xasErrMemory;
    g.sum = g.of + quantities * g.count;
    status = addAll(&g, p);
    if (!status)
        setErrors(&g, p, out->error);
    free(g.of);
    return status;
}
