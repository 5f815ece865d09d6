/* SPDX-License-Identifier: BSD-3-Clause */
/* DEFINITIONS.md section 4 for L2,3: first-order errors; each quantity keeps
 * its gradient by y at the data, so that correlations are kept. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFeatureL.h"

typedef enum quantity {
    l3E,
    l2E,
    l3Y,
    l2Y,
    jumpY,
    height3,
    height2,
    leftE,
    rightE,
    area3,
    area2,
    subE,
    subY,
    quantities
} quantity;

typedef struct gradients {
    xasLScan *l;
    const xasLPlaces *p;
    size_t first, count; /* points that the curve or the jump is made from */
    double *of;          /* [quantities*count] */
    double *sum;
} gradients;

static double *gradient(const gradients *g, quantity q)
{
    return g->of + (size_t)q * g->count;
}

static void add(const gradients *g, quantity to, double factor, quantity from)
{
    double *t = gradient(g, to);
    const double *f = gradient(g, from);

    for (size_t j = 0; j < g->count; j++)
        t[j] += factor * f[j];
}

/* The weights that make the order-th derivative at x, times factor. */
static void addWeights(const gradients *g, double x, int order, double factor,
                       quantity q)
{
    size_t first, count;
    const double *w = xasCurveWeights(g->l->curve, x, order, &first, &count);
    double *to = gradient(g, q) + (first - g->first);

    for (size_t i = 0; i < count; i++)
        to[i] += factor * w[i];
}

/* Place of an extremum of v (the order-th derivative) at grid point i. */
static void addPlace(const gradients *g, quantity q, size_t i, int order,
                     const double *v)
{
    xasCurve *c = g->l->curve;
    double curve = v[i - 1] - 2 * v[i] + v[i + 1];
    double factor = -0.5 * c->step / curve;

    addWeights(g, xasCurveX(c, i + 1), order, factor, q);
    addWeights(g, xasCurveX(c, i - 1), order, -factor, q);
}

/* The value of y at x, linear in the grid. */
static void addValue(const gradients *g, quantity q, double x, double factor)
{
    xasCurve *c = g->l->curve;
    size_t i = (size_t)((x - c->start) / c->step);
    double at = (x - c->start) / c->step - (double)i;

    addWeights(g, xasCurveX(c, i), 0, factor * (1 - at), q);
    addWeights(g, xasCurveX(c, i + 1), 0, factor * at, q);
}

static double arcSlope(double t)
{
    return 0.3 / (M_PI * (0.09 + t * t));
}

/* Subtract the steps' share, weight times their value at x: the jump, and the
 * two places at which the steps stand. A jump not taken has no share. */
static void addSteps(const gradients *g, quantity q, double x, double weight)
{
    const xasLScan *l = g->l;
    double taken = g->p->taken;

    if (!(taken > 0))
        return;
    add(g, q, -weight * xasLSteps(l, x), jumpY);
    add(g, q, weight * taken * 2 / 3 * arcSlope(x - l->e3_eV), l3E);
    add(g, q, weight * taken / 3 * arcSlope(x - l->e2_eV), l2E);
}

/* A peak above the steps: at its own place a step is always half way, so the
 * movement with x cancels that of the step there. */
static void addHeight(const gradients *g, quantity q, quantity peak,
                      quantity place, quantity other, double distance,
                      double share)
{
    double x = q == height3 ? g->l->e3_eV : g->l->e2_eV;
    double slope = g->p->taken * share * arcSlope(distance);

    add(g, q, 1, peak);
    if (g->p->taken > 0)
        add(g, q, -xasLSteps(g->l, x), jumpY);
    add(g, q, -slope, place);
    add(g, q, slope, other);
}

/* Where r crosses half of h3. */
static void addHalf(const gradients *g, quantity q, double x)
{
    const xasLScan *l = g->l;
    const xasCurve *c = l->curve;
    double at = (x - c->start) / c->step, slope;
    size_t i = (size_t)at;
    double x0 = xasCurveX(c, i), x1 = xasCurveX(c, i + 1);

    if (isnan(x) || i + 1 >= c->n)
        return;
    slope = (c->y[i + 1] - c->y[i]) / c->step -
            g->p->taken * (xasLSteps(l, x1) - xasLSteps(l, x0)) / c->step;
    addValue(g, q, x, -1 / slope);
    addSteps(g, q, x, -1 / slope);
    add(g, q, 0.5 / slope, height3);
}

/* Integral of the steps' parts from lo to hi: value, and by e3 and by e2. */
static void addArea(const gradients *g, quantity q, double lo, double hi,
                    int closed)
{
    const xasLScan *l = g->l;
    xasCurve *c = l->curve;
    double steps = 0, by3 = 0, by2 = 0;

    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x < lo || x > hi || (!closed && x >= hi))
            continue;
        addWeights(g, x, 0, c->step, q);
        steps += xasLSteps(l, x) * c->step;
        by3 += arcSlope(x - l->e3_eV) * c->step;
        by2 += arcSlope(x - l->e2_eV) * c->step;
    }
    if (!(g->p->taken > 0))
        return;
    add(g, q, -steps, jumpY);
    add(g, q, g->p->taken * 2 / 3 * by3, l3E);
    add(g, q, g->p->taken / 3 * by2, l2E);
}

static double residualAt(const gradients *g, double x)
{
    const xasCurve *c = g->l->curve;

    if (x < c->start || x > xasCurveX(c, c->n - 1))
        return 0;
    return xasCurveAt(c, c->y, x) - g->p->taken * xasLSteps(g->l, x);
}

/* The areas' ends move with the peaks. */
static void addEnds(const gradients *g)
{
    double cut = residualAt(g, g->p->cut_eV);

    add(g, area3, 0.4 * cut - residualAt(g, g->l->e3_eV - 6), l3E);
    add(g, area3, 0.6 * cut, l2E);
    add(g, area2, -0.4 * cut, l3E);
    add(g, area2, residualAt(g, g->l->e2_eV + 8) - 0.6 * cut, l2E);
}

static void addJump(const gradients *g)
{
    double *to = gradient(g, jumpY);

    for (size_t j = 0; j < g->p->jumpCount; j++)
        to[g->p->jumpFirst + j - g->first] += 1 / (double)g->p->jumpCount;
}

static void addAll(const gradients *g)
{
    xasLScan *l = g->l;
    const xasLPlaces *p = g->p;
    xasCurve *c = l->curve;
    double split = l->e2_eV - l->e3_eV;

    addPlace(g, l3E, l->i3, 0, c->y);
    addPlace(g, l2E, l->i2, 0, c->y);
    addWeights(g, xasCurveX(c, l->i3), 0, 1, l3Y);
    addWeights(g, xasCurveX(c, l->i2), 0, 1, l2Y);
    if (p->sub) {
        size_t i = (size_t)((p->sub_eV - c->start) / c->step);
        addPlace(g, subE, p->sub, 2, c->bend);
        addValue(g, subY, p->sub_eV, 1);
        add(g, subY, (c->y[i + 1] - c->y[i]) / c->step, subE);
    }
    if (!p->haveJump)
        return;
    addJump(g);
    addHeight(g, height3, l3Y, l3E, l2E, split, 1.0 / 3);
    addHeight(g, height2, l2Y, l2E, l3E, split, 2.0 / 3);
    addHalf(g, leftE, p->left_eV);
    addHalf(g, rightE, p->right_eV);
    if (!p->haveAreas)
        return;
    addArea(g, area3, l->e3_eV - 6, p->cut_eV, 0);
    addArea(g, area2, p->cut_eV, l->e2_eV + 8, 1);
    addEnds(g);
}

static double combined(const gradients *g, double fa, quantity a, double fb,
                       quantity b)
{
    const double *ga = gradient(g, a), *gb = gradient(g, b);

    for (size_t j = 0; j < g->count; j++)
        g->sum[j] = fa * ga[j] + fb * gb[j];
    return xasLScanError(g->l, g->sum, g->first, g->count);
}

static double quotient(const gradients *g, quantity a, double va, quantity b,
                       double vb)
{
    return combined(g, 1 / vb, a, -va / (vb * vb), b);
}

/* An error only where there is a value. */
static void set(xasFeatures *out, xasFeatureId id, double error)
{
    out->error[id] = isnan(out->value[id]) ? NAN : error;
}

static void setErrors(const gradients *g, xasFeatures *out)
{
    const xasLScan *l = g->l;
    const xasLPlaces *p = g->p;
    double total = p->a3 + p->a2;

    set(out, xasL3E, combined(g, 1, l3E, 0, l3E));
    set(out, xasL2E, combined(g, 1, l2E, 0, l2E));
    set(out, xasL3Dr, out->error[xasL3E]);
    set(out, xasL2Dr, out->error[xasL2E]);
    set(out, xasLSplit, combined(g, 1, l2E, -1, l3E));
    set(out, xasL3SubDe, combined(g, 1, subE, -1, l3E));
    set(out, xasL3SubRi, quotient(g, subY, p->sub_i, l3Y, l->y3));
    set(out, xasL3I, quotient(g, height3, p->h3, jumpY, p->jump));
    set(out, xasL2I, quotient(g, height2, p->h2, jumpY, p->jump));
    set(out, xasL3L2RatioH, quotient(g, height3, p->h3, height2, p->h2));
    set(out, xasL3Fwhm, combined(g, 1, rightE, -1, leftE));
    set(out, xasL3L2RatioA, quotient(g, area3, p->a3, area2, p->a2));
    set(out, xasLBr,
        combined(g, p->a2 / (total * total), area3, -p->a3 / (total * total),
                 area2));
}

xasStatus xasLErrorsFind(xasLScan *l, const xasLPlaces *p, xasFeatures *out)
{
    gradients g = { l, p, l->curve->first, 0, NULL, NULL };
    size_t end = l->curve->end;

    if (xasFlagsHave(out->flags, "noise_unknown"))
        return xasOk;
    if (p->jumpCount && p->jumpFirst < g.first)
        g.first = p->jumpFirst;
    if (p->jumpCount && p->jumpFirst + p->jumpCount > end)
        end = p->jumpFirst + p->jumpCount;
    g.count = end - g.first;
    g.of = calloc((quantities + 1) * g.count, sizeof *g.of);
    if (!g.of)
        return xasErrMemory;
    g.sum = g.of + quantities * g.count;
    addAll(&g);
    setErrors(&g, out);
    free(g.of);
    return xasOk;
}
