/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasEdge.h"
#include "xasFeatureL.h"
#include "xasPeak.h"
#include "xasWindow.h"

static double arc(double t)
{
    return 0.5 + atan(t / 0.3) / M_PI;
}

double xasLSteps(const xasLScan *l, double x)
{
    return 2.0 / 3 * arc(x - l->e3_eV) + 1.0 / 3 * arc(x - l->e2_eV);
}

/* Mean of y behind L2, as far as no other element disturbs. */
static void findJump(const xasLScan *l, xasLPlaces *p, char *flags)
{
    double lo = l->e2_eV + 6, hi = l->e2_eV + 25, sum = 0, span = 0;
    double from = xasLScanDisturbedFrom(l, l->er.l3_eV - 4, hi);

    p->jump = NAN;
    p->jumpFirst = xasWindow(l->e, l->n, lo, hi, &p->jumpCount);
    while (p->jumpCount && l->e[p->jumpFirst + p->jumpCount - 1] >= from)
        p->jumpCount--;
    if (p->jumpCount)
        span = l->e[p->jumpFirst + p->jumpCount - 1] - l->e[p->jumpFirst];
    if (p->jumpCount < 3 || span < 2) {
        xasFlagsAdd(flags, "no_post_edge");
        xasFlagsAdd(flags, "no_jump");
        return;
    }
    if (l->noPreEdge)
        return;
    for (size_t j = p->jumpFirst; j < p->jumpFirst + p->jumpCount; j++)
        sum += l->y[j];
    p->haveJump = 1;
    p->jump = sum / (double)p->jumpCount;
    p->taken = fmax(p->jump, 0);
    p->haveHeight = !l->noHeights && p->jump >= 0.03 * l->y3;
    if (p->jump < 0.03 * l->y3)
        xasFlagsAdd(flags, "no_step");
}

/* r = y without the steps; [curve->n], to be freed. */
static double *subtractSteps(const xasLScan *l, const xasLPlaces *p)
{
    const xasCurve *c = l->curve;
    double *r = malloc(c->n * sizeof *r);

    for (size_t i = 0; r && i < c->n; i++)
        r[i] = c->y[i] - p->taken * xasLSteps(l, xasCurveX(c, i));
    return r;
}

static void findWidth(const xasLScan *l, const double *r, xasLPlaces *p)
{
    const xasCurve *c = l->curve;
    double place;

    p->left_eV = p->right_eV = NAN;
    if (xasCrossingBelow(r, l->i3, 0.5 * p->h3, &place))
        p->left_eV = c->start + place * c->step;
    if (xasCrossingAbove(r, c->n, l->i3, 0.5 * p->h3, &place))
        p->right_eV = c->start + place * c->step;
}

static void findAreas(const xasLScan *l, const double *r, xasLPlaces *p,
                      char *flags)
{
    const xasCurve *c = l->curve;
    double lo = l->e3_eV - 6, hi = l->e2_eV + 8, branching;

    p->cut_eV = l->e3_eV + 0.6 * (l->e2_eV - l->e3_eV);
    if (xasCurveX(c, 0) > lo || xasCurveX(c, c->n - 1) < hi)
        xasFlagsAdd(flags, "area_cut");
    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x >= lo && x < p->cut_eV)
            p->a3 += r[i] * c->step;
        else if (x >= p->cut_eV && x <= hi)
            p->a2 += r[i] * c->step;
    }
    branching = p->a3 / (p->a3 + p->a2);
    p->haveAreas = p->a3 > 0 && p->a2 > 0 && branching >= 0.4;
    if (!p->haveAreas)
        xasFlagsAdd(flags, "bad_areas");
}

/* A second structure at L3: a deep enough minimum of y'' beside the peak. */
static void findSub(xasLScan *l, xasLPlaces *p, char *flags)
{
    const xasCurve *c = l->curve;
    double depth = 0, second = 0, height;

    for (size_t i = 1; i + 1 < c->n; i++) {
        double x = xasCurveX(c, i), off = x - l->e3_eV, here = -c->bend[i];
        if (off < -4 || off > 5 || fabs(off) <= 0.6 || !(here > 0.03 * l->y3) ||
            !(here > -c->bend[i - 1]) || !(here >= -c->bend[i + 1]) ||
            !(here > 5 * xasLScanBendError(l, x)))
            continue;
        if (here > depth) {
            second = depth;
            depth = here;
            p->sub = i;
        } else if (here > second) {
            second = here;
        }
    }
    if (!p->sub)
        return;
    if (second >= 0.7 * depth)
        xasFlagsAdd(flags, "l3sub_ambiguous");
    p->sub_eV = xasCurveX(c, p->sub) +
                c->step * xasPeakVertex(c->bend, c->n, p->sub, &height);
    p->sub_i = xasCurveAt(c, c->y, p->sub_eV);
}

static xasStatus findPlaces(xasLScan *l, xasLPlaces *p, char *flags)
{
    double *r;

    memset(p, 0, sizeof *p);
    if (xasPeakProminence(l->curve->y, l->curve->n, l->i2) <= 3 * l->sigma)
        xasFlagsAdd(flags, "weak_L2");
    findSub(l, p, flags);
    findJump(l, p, flags);
    if (!p->haveJump)
        return xasOk;
    r = subtractSteps(l, p);
    if (!r)
        return xasErrMemory;
    p->h3 = xasCurveAt(l->curve, r, l->e3_eV);
    p->h2 = xasCurveAt(l->curve, r, l->e2_eV);
    findWidth(l, r, p);
    if (!(p->h3 > 0) || !(p->h2 > 0))
        xasFlagsAdd(flags, "bad_heights");
    if (isnan(p->left_eV) || isnan(p->right_eV))
        xasFlagsAdd(flags, "no_width");
    if (!xasFlagsHave(flags, "l3l2_overlap"))
        findAreas(l, r, p, flags);
    free(r);
    return xasOk;
}

static void setValues(const xasLScan *l, const xasLPlaces *p, xasFeatures *out)
{
    double *v = out->value;

    v[xasL3E] = l->e3_eV;
    v[xasL2E] = l->e2_eV;
    v[xasL3Dr] = l->e3_eV - l->er.l3_eV;
    v[xasL2Dr] = l->e2_eV - l->er.l2_eV;
    v[xasLSplit] = l->e2_eV - l->e3_eV;
    v[xasHasL3Sub] = p->sub != 0;
    if (p->sub) {
        v[xasL3SubDe] = p->sub_eV - l->e3_eV;
        v[xasL3SubRi] = p->sub_i / l->y3;
    }
    if (!p->haveJump)
        return;
    if (p->haveHeight) {
        v[xasL3I] = p->h3 / p->jump;
        v[xasL2I] = p->h2 / p->jump;
    }
    if (p->h3 > 0 && p->h2 > 0)
        v[xasL3L2RatioH] = p->h3 / p->h2;
    v[xasL3Fwhm] = p->right_eV - p->left_eV;
    if (p->haveAreas) {
        v[xasL3L2RatioA] = p->a3 / p->a2;
        v[xasLBr] = p->a3 / (p->a3 + p->a2);
    }
}

/* Which other element of the table would pass, as a flag. */
static xasStatus tryOthers(const xasSpectrum *s, const char *element,
                           const xasFormula *formula, char *flags)
{
    const double *e = xasSpectrumEnergy(s);
    size_t n = xasSpectrumSize(s);
    const xasEdgeReference *r;

    for (size_t i = 0; (r = xasEdgeReferenceAt(i)) != NULL; i++) {
        char unused[XAS_FLAGS_SIZE] = "", flag[24] = "wrong_element:";
        xasLScan *l;
        xasStatus status;
        if (strcmp(r->element, element) == 0 ||
            !(e[0] + 4 < r->energies.l3_eV) ||
            !(r->energies.l2_eV < e[n - 1] - 3))
            continue;
        status = xasLScanOpen(s, r->element, &r->energies, formula, unused, &l);
        if (status)
            return status;
        if (l) {
            xasLScanClose(l);
            xasFlagsAdd(flags, strcat(flag, r->element));
            return xasOk;
        }
    }
    return xasOk;
}

static void setFits(const xasLScan *l, const xasLPlaces *p, xasFeatures *out)
{
    for (size_t j = 0; j < l->n; j++) {
        if (!(l->fitted[j] > 0))
            continue;
        if (out->before.degree < 0)
            out->before.from_eV = l->e[j];
        out->before.to_eV = l->e[j];
        out->before.degree = l->back.degree;
    }
    if (isfinite(p->jump))
        out->behind = (xasFit){ l->e[p->jumpFirst],
                                l->e[p->jumpFirst + p->jumpCount - 1], 0 };
}

xasStatus xasFeatureLFind(const xasSpectrum *s, const char *element,
                          const xasEdgeEnergies *er, const xasFormula *formula,
                          xasFeatures *out)
{
    xasLPlaces places;
    xasLScan *l = NULL;
    xasStatus status = xasLScanOpen(s, element, er, formula, out->flags, &l);

    if (status)
        return status;
    if (!l)
        return tryOthers(s, element, formula, out->flags);
    status = findPlaces(l, &places, out->flags);
    if (!status) {
        out->step_or_jump = places.jump;
        setFits(l, &places, out);
        out->sigma = l->sigma / l->y3;
        setValues(l, &places, out);
        status = xasLErrorsFind(l, &places, out);
    }
    xasLScanClose(l);
    return status;
}
