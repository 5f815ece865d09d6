/* SPDX-License-Identifier: BSD-3-Clause */
/* DEFINITIONS.md section 4 for L2,3: first-order errors. */
#include <math.h>

#include "xasFeatureL.h"
#include "xasGradient.h"

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
    xasGradient of; /* by the points that the curve or the jump is made from */
} gradients;

static void add(const gradients *g, quantity to, double factor, quantity from)
{
    xasGradientAdd(&g->of, to, factor, from);
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
    xasGradientValue(&g->of, q, x, -1 / slope);
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
        xasGradientPoint(&g->of, q, x, 0, c->step);
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
    double *to = xasGradientRow(&g->of, jumpY);

    for (size_t j = 0; j < g->p->jumpCount; j++)
        to[g->p->jumpFirst + j - g->of.first] += 1 / (double)g->p->jumpCount;
}

static void addAll(const gradients *g)
{
    xasLScan *l = g->l;
    const xasLPlaces *p = g->p;
    xasCurve *c = l->curve;
    double split = l->e2_eV - l->e3_eV;

    xasGradientPlace(&g->of, l3E, l->i3, 0, c->y);
    xasGradientPlace(&g->of, l2E, l->i2, 0, c->y);
    xasGradientPoint(&g->of, l3Y, xasCurveX(c, l->i3), 0, 1);
    xasGradientPoint(&g->of, l2Y, xasCurveX(c, l->i2), 0, 1);
    if (p->sub) {
        xasGradientPlace(&g->of, subE, p->sub, 2, c->bend);
        xasGradientHeight(&g->of, subY, subE, p->sub_eV);
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

static double errorOf(const gradients *g, const double *of)
{
    return xasLScanError(g->l, of, g->of.first, g->of.count);
}

static double combined(const gradients *g, double fa, quantity a, double fb,
                       quantity b)
{
    return errorOf(g, xasGradientSum(&g->of, fa, a, fb, b));
}

static double quotient(const gradients *g, quantity a, double va, quantity b,
                       double vb)
{
    return errorOf(g, xasGradientQuotient(&g->of, a, va, b, vb));
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
    gradients g = { .l = l, .p = p };
    size_t first = l->curve->first, end = l->curve->end;
    xasStatus status;

    if (xasFlagsHave(out->flags, "noise_unknown"))
        return xasOk;
    if (p->jumpCount && p->jumpFirst < first)
        first = p->jumpFirst;
    if (p->jumpCount && p->jumpFirst + p->jumpCount > end)
        end = p->jumpFirst + p->jumpCount;
    status = xasGradientInit(&g.of, l->curve, first, end, quantities);
    if (status)
        return status;
    addAll(&g);
    setErrors(&g, out);
    xasGradientClear(&g.of);
    return xasOk;
}
