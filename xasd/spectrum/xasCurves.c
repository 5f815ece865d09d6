/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasCurves.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "xasKScan.h"
#include "xasLScan.h"

static xasStatus allocate(xasCurves *c, size_t n)
{
    c->n = n;
    c->pre = calloc(n, sizeof(double));
    c->post = calloc(n, sizeof(double));
    c->normalised = calloc(n, sizeof(double));
    if (c->pre && c->post && c->normalised)
        return xasOk;
    xasCurvesClear(c);
    return xasErrMemory;
}

void xasCurvesClear(xasCurves *c)
{
    free(c->pre);
    free(c->post);
    free(c->normalised);
    memset(c, 0, sizeof *c);
}

static void fromK(const xasKScan *k, xasCurves *out)
{
    size_t end = k->postFirst + k->postCount; /* beyond it is no fit */

    for (size_t i = 0; i < out->n; i++) {
        double e = k->e[i];

        out->pre[i] = xasPolyValue(&k->line, k->lineCoef, e);
        out->post[i] =
            e > k->er_eV && i < end
                ? out->pre[i] + xasPolyValue(&k->post, k->postCoef, e)
                : NAN;
        out->normalised[i] = k->y[i];
    }
}

static void fromL(const xasLScan *l, double jump, xasCurves *out)
{
    bool have = isfinite(jump) && jump > 0;

    for (size_t i = 0; i < out->n; i++) {
        out->pre[i] = xasPolyValue(&l->back, l->backCoef, l->e[i]);
        out->post[i] = have && l->e[i] > l->e2_eV ? out->pre[i] + jump : NAN;
        out->normalised[i] = l->y[i] / (have ? jump : l->y3);
    }
}

static xasStatus findK(const xasSpectrum *s, const char *element, double er_eV,
                       const xasFormula *formula, xasCurves *out)
{
    char flags[XAS_FLAGS_SIZE] = "";
    xasKScan *k = NULL;
    xasStatus status = xasKScanOpen(s, element, er_eV, formula, flags, &k);

    if (status == xasOk && !k)
        return xasErrRange;
    if (status == xasOk)
        status = allocate(out, xasSpectrumSize(s));
    if (status == xasOk)
        fromK(k, out);
    xasKScanClose(k);
    return status;
}

static xasStatus findL(const xasSpectrum *s, const char *element,
                       const xasEdgeEnergies *er, const xasFormula *formula,
                       double jump, xasCurves *out)
{
    char flags[XAS_FLAGS_SIZE] = "";
    xasLScan *l = NULL;
    xasStatus status = xasLScanOpen(s, element, er, formula, flags, &l);

    if (status == xasOk && !l)
        return xasErrRange;
    if (status == xasOk)
        status = allocate(out, xasSpectrumSize(s));
    if (status == xasOk)
        fromL(l, jump, out);
    xasLScanClose(l);
    return status;
}

xasStatus xasCurvesFind(const xasSpectrum *s, const char *element,
                        xasShell shell, const char *formula, xasCurves *out)
{
    xasEdgeEnergies er;
    xasFeatures features;
    xasFormula parsed;
    const xasFormula *known = NULL;
    xasStatus status = xasEdgeLookUp(element, &er);

    memset(out, 0, sizeof *out);
    if (status)
        return status;
    if (formula && formula[0] && !xasFormulaParse(formula, &parsed, NULL))
        known = &parsed;
    status = xasFeaturesFind(s, element, shell, formula, &features);
    if (status)
        return status;
    if (xasFlagsHave(features.flags, "no_edge") ||
        xasFlagsHave(features.flags, "too_few_points"))
        return xasErrRange;
    if (shell == xasShellK)
        return findK(s, element, er.k_eV, known, out);
    return findL(s, element, &er, known, features.step_or_jump, out);
}
