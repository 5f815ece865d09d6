/* SPDX-License-Identifier: BSD-3-Clause */
/* DEFINITIONS.md section 4: first-order errors. */
#include <math.h>

#include "xasFeatureK.h"
#include "xasGradient.h"

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

/** Gradients of all quantities by the points that the curve is made from. */
typedef struct gradients {
    xasKScan *k;
    xasGradient of;
} gradients;

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
        xasGradientPoint(&g->of, edgeE, x, 0, -0.5 * (behind - before) / 0.6);
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
    xasGradientPlace(&g->of, preE, p->pre, 2, c->bend);
    xasPreBaselineBasis(&b, x, basis);
    xasGradientPoint(&g->of, preI, x, 0, 1);
    for (size_t i = 0; i < b.count; i++) {
        double hat = 0;
        for (size_t r = 0; r < 3; r++)
            hat += basis[r] * b.inverse[r * b.count + i];
        xasGradientPoint(&g->of, preI, xasCurveX(c, b.point[i]), 0, -hat);
    }
    xasPreBaselineClear(&b);
    return xasOk;
}

static xasStatus addAll(const gradients *g, const xasKPlaces *p)
{
    xasCurve *c = g->k->curve;

    addEdge(g, p);
    xasGradientPoint(&g->of, wlI, xasCurveX(c, p->wl), 0, 1);
    if (p->haveWl)
        xasGradientPlace(&g->of, wlE, p->wl, 0, c->y);
    for (size_t i = p->tailFirst; i < p->tailFirst + p->tailCount; i++)
        xasGradientPoint(&g->of, tail, xasCurveX(c, i), 0,
                         1 / (double)p->tailCount);
    if (p->sh) {
        xasGradientPlace(&g->of, shE, p->sh, 2, c->bend);
        xasGradientHeight(&g->of, shI, shE, p->sh_eV);
    }
    if (p->post) {
        xasGradientPlace(&g->of, postE, p->post, 2, c->bend);
        xasGradientHeight(&g->of, postI, postE, p->post_eV);
    }
    return p->pre ? addPre(g, p) : xasOk;
}

static double errorOf(const gradients *g, const double *of)
{
    return xasKScanError(g->k, of, g->of.first, g->of.count);
}

static double alone(const gradients *g, quantity q)
{
    return errorOf(g, xasGradientRow(&g->of, q));
}

static double quotient(const gradients *g, quantity a, double va, quantity b,
                       double vb)
{
    return errorOf(g, xasGradientQuotient(&g->of, a, va, b, vb));
}

static void setEnergy(const gradients *g, quantity q, double *error,
                      xasFeatureId absolute, xasFeatureId toEdge,
                      xasFeatureId toReference)
{
    error[absolute] = error[toReference] = alone(g, q);
    error[toEdge] = errorOf(g, xasGradientSum(&g->of, 1, q, -1, edgeE));
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
    xasCurve *c = k->curve;
    gradients g = { .k = k };
    xasStatus status;

    if (p->preLimit <= 0.02) { /* a limit, not an error: needs no noise */
        out->error[xasPreI] = p->preLimit;
        out->error[xasPreRi] = p->preLimit / p->wl_i;
    }
    if (xasFlagsHave(out->flags, "noise_unknown"))
        return xasOk;
    status = xasGradientInit(&g.of, c, c->first, c->end, quantities);
    if (status)
        return status;
    status = addAll(&g, p);
    if (!status)
        setErrors(&g, p, out->error);
    xasGradientClear(&g.of);
    return status;
}
