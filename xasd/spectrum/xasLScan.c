/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasEdge.h"
#include "xasLScan.h"
#include "xasNoise.h"
#include "xasPeak.h"

static const double gridStep_eV = 0.02, reach_eV = 0.4;
static const size_t leastPoints = 30;

/* Does this edge of another element of the sample disturb? */
static int concerns(const xasLScan *l, const xasInterference *x,
                    double behind_eV, double before_eV)
{
    return l->formula && x->to_eV > behind_eV && x->from_eV < before_eV &&
           strcmp(x->element, l->element) != 0 &&
           xasFormulaCount(l->formula, x->element) > 0;
}

double xasLScanDisturbedFrom(const xasLScan *l, double behind_eV,
                             double before_eV)
{
    const xasInterference *x;
    double from = INFINITY;

    for (size_t i = 0; (x = xasInterferenceAt(i)) != NULL; i++)
        if (concerns(l, x, behind_eV, before_eV))
            from = fmin(from, x->from_eV);
    return from;
}

static void flagOthers(const xasLScan *l, char *flags)
{
    const xasInterference *x;

    for (size_t i = 0; (x = xasInterferenceAt(i)) != NULL; i++)
        if (concerns(l, x, l->er.l3_eV - 16, l->er.l2_eV + 40))
            xasInterferenceFlag(x, flags);
}

static int disturbed(const xasLScan *l, double e)
{
    const xasInterference *x;

    for (size_t i = 0; (x = xasInterferenceAt(i)) != NULL; i++)
        if (e >= x->from_eV && e <= x->to_eV &&
            concerns(l, x, l->er.l3_eV - 50, l->er.l2_eV + 40))
            return 1;
    return 0;
}

/* Mark the undisturbed points in [lo, hi]. */
static size_t mark(const xasLScan *l, double lo, double hi, int anyPoint,
                   double *mask)
{
    size_t count = 0;

    for (size_t j = 0; j < l->n; j++) {
        mask[j] = l->e[j] >= lo && l->e[j] <= hi &&
                  (anyPoint || !disturbed(l, l->e[j]));
        count += mask[j] > 0;
    }
    return count;
}

static void findWindow(xasLScan *l, char *flags)
{
    double e3 = l->er.l3_eV, lo = e3 - 16, hi = e3 - 4;

    if (l->formula && strcmp(l->element, "Fe") == 0 &&
        xasFormulaCount(l->formula, "F") > 0) {
        lo = e3 - 5;
        hi = e3 - 2.5;
        l->noHeights = 1;
    }
    if (mark(l, lo, hi, 0, l->window) >= 3)
        return;
    xasFlagsAdd(flags, "no_pre_edge");
    xasFlagsAdd(flags, "no_jump");
    l->noPreEdge = 1;
}

/* A line over the marked points: is its slope beyond doubt? */
static int slopes(xasLScan *l, const double *mask, size_t count, double *span)
{
    const double *mu = l->y;
    double first = INFINITY, last = -INFINITY, residual = 0, error;

    xasPolyInit(&l->back, l->e, mask, l->n, 1, l->er.l3_eV, 10);
    xasPolyFit(&l->back, l->e, mu, mask, l->n, l->backCoef);
    for (size_t j = 0; j < l->n; j++) {
        double off = mu[j] - xasPolyValue(&l->back, l->backCoef, l->e[j]);
        if (!(mask[j] > 0))
            continue;
        residual += off * off;
        first = fmin(first, l->e[j]);
        last = fmax(last, l->e[j]);
    }
    *span = last - first;
    if (count < 3 || !(l->back.square[1] > 0))
        return 0;
    /* Equal points slope by rounding only. */
    error = sqrt(residual / (double)(count - 2) / l->back.square[1]) +
            1e-12 * fabs(l->backCoef[0] + xasSpectrumMu(l->s)[0]);
    return fabs(l->backCoef[1]) > 5 * error;
}

/* The pre-edge window as far as it lies well below the peak. */
static size_t markLow(xasLScan *l)
{
    size_t count = 0;

    for (size_t j = 0; j < l->n; j++) {
        l->fitted[j] = l->window[j] > 0 && l->e[j] <= l->er.l3_eV - 8;
        count += l->fitted[j] > 0;
    }
    return count;
}

static void fitBackground(xasLScan *l, char *flags)
{
    double e3 = l->er.l3_eV, span;
    size_t count = mark(l, e3 - 50, e3 - 8, 0, l->fitted);

    if (count >= 10 && slopes(l, l->fitted, count, &span) && span >= 25) {
        xasFlagsAdd(flags, "line_background");
        return;
    }
    count = markLow(l);
    if (count >= 5 && slopes(l, l->fitted, count, &span))
        xasFlagsAdd(flags, "sloping_background");
    memcpy(l->fitted, l->window, l->n * sizeof *l->fitted);
    if (l->noPreEdge && mark(l, e3 - 16, e3 - 2.5, 1, l->fitted) < 3)
        mark(l, -INFINITY, e3 - 2.5, 1, l->fitted);
    xasPolyInit(&l->back, l->e, l->fitted, l->n, 0, e3, 10);
    xasPolyFit(&l->back, l->e, l->y, l->fitted, l->n, l->backCoef);
}

static xasStatus smooth(xasLScan *l)
{
    double start = fmax(l->e[0], l->er.l3_eV - 12);
    double stop = fmin(l->e[l->n - 1], l->er.l2_eV + 25);

    for (size_t j = 0; j < l->n; j++)
        l->y[j] -= xasPolyValue(&l->back, l->backCoef, l->e[j]);
    l->backCoef[0] += xasSpectrumMu(l->s)[0];
    return xasCurveCreate(l->e, l->y, l->n, start, stop, gridStep_eV, reach_eV,
                          &l->curve);
}

static int overlaps(const char *element)
{
    return strcmp(element, "Ti") == 0 || strcmp(element, "V") == 0 ||
           strcmp(element, "Cr") == 0;
}

/* The highest pair of maxima at about the right distance; 0 for none. */
static int findPair(xasLScan *l, char *flags)
{
    const xasCurve *c = l->curve;
    double e3 = l->er.l3_eV, e2 = l->er.l2_eV, mid = 0.5 * (e3 + e2);
    double end3 = fmin(e3 + 9, mid - 0.3), start2 = fmax(e2 - 5, mid + 0.3);
    double best = -INFINITY;

    if (overlaps(l->element)) {
        xasFlagsAdd(flags, "l3l2_overlap");
        end3 = e3 + 9;
        start2 = e2 - 5;
    }
    for (size_t i = 1; i + 1 < c->n; i++) {
        double x3 = xasCurveX(c, i);
        if (x3 < e3 - 5 || x3 > end3 || !xasPeakIs(c->y, c->n, i))
            continue;
        for (size_t k = i + 1; k + 1 < c->n; k++) {
            double x2 = xasCurveX(c, k);
            if (x2 < start2 || x2 > e2 + 9 || fabs(x2 - x3 - (e2 - e3)) > 3 ||
                !xasPeakIs(c->y, c->n, k) || !(c->y[i] + c->y[k] > best))
                continue;
            best = c->y[i] + c->y[k];
            l->i3 = i;
            l->i2 = k;
        }
    }
    return l->i3 > 0;
}

static void measurePair(xasLScan *l)
{
    const xasCurve *c = l->curve;

    l->e3_eV = xasCurveX(c, l->i3) +
               c->step * xasPeakVertex(c->y, c->n, l->i3, &l->y3);
    l->e2_eV = xasCurveX(c, l->i2) +
               c->step * xasPeakVertex(c->y, c->n, l->i2, &l->y2);
}

/* The background changes with the points it was fitted to: their part in an
 * error is known beforehand, so only the gradient's own points are left. */
static void fitVariance(xasLScan *l)
{
    double by[3];

    for (size_t j = 0; j < l->n; j++) {
        if (!(l->fitted[j] > 0))
            continue;
        xasPolyInfluence(&l->back, l->e[j], by);
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                l->backVar[r][c] += by[r] * by[c] * l->var[j];
    }
}

static xasStatus prepare(xasLScan *l, char *flags, int *good)
{
    xasStatus status;

    *good = l->n >= leastPoints && l->e[0] <= l->er.l3_eV - 3 &&
            l->e[l->n - 1] >= l->er.l2_eV + 2;
    if (!*good)
        return xasOk;
    flagOthers(l, flags);
    findWindow(l, flags);
    /* A huge offset must not eat the digits of the sums. */
    for (size_t j = 0; j < l->n; j++)
        l->y[j] = xasSpectrumMu(l->s)[j] - xasSpectrumMu(l->s)[0];
    fitBackground(l, flags);
    status = smooth(l);
    if (status)
        return status;
    *good = findPair(l, flags);
    if (!*good)
        return xasOk;
    measurePair(l);
    status = xasNoiseFind(l->s, l->window, l->y3, &l->sigma, l->var, flags);
    fitVariance(l);
    *good = l->y3 > 8 * l->sigma &&
            xasPeakProminence(l->curve->y, l->curve->n, l->i3) > 8 * l->sigma;
    return status;
}

xasStatus xasLScanOpen(const xasSpectrum *s, const char *element,
                       const xasEdgeEnergies *er, const xasFormula *formula,
                       char flags[XAS_FLAGS_SIZE], xasLScan **out)
{
    size_t n = xasSpectrumSize(s);
    xasLScan *l = calloc(1, sizeof *l + 4 * n * sizeof *l->arrays);
    xasStatus status;
    int good = 0;

    *out = NULL;
    if (!l)
        return xasErrMemory;
    l->s = s;
    l->e = xasSpectrumEnergy(s);
    l->n = n;
    l->er = *er;
    l->element = element;
    l->formula = formula;
    l->y = l->arrays;
    l->var = l->y + n;
    l->window = l->var + n;
    l->fitted = l->window + n;
    status = prepare(l, flags, &good);
    if (!status && good) {
        *out = l;
        return xasOk;
    }
    if (!status)
        xasFlagsAdd(flags, "no_edge");
    xasLScanClose(l);
    return status;
}

void xasLScanClose(xasLScan *l)
{
    if (!l)
        return;
    xasCurveDestroy(l->curve);
    free(l);
}

double xasLScanError(const xasLScan *l, const double *g, size_t first,
                     size_t count)
{
    double back[3] = { 0, 0, 0 }, by[3], sum = 0;

    for (size_t i = 0; i < count; i++) {
        xasPolyBasis(&l->back, l->e[first + i], by);
        for (int r = 0; r < 3; r++)
            back[r] -= g[i] * by[r];
    }
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            sum += back[r] * l->backVar[r][c] * back[c];
    for (size_t i = 0; i < count; i++) {
        size_t j = first + i;
        double through = 0;
        if (l->fitted[j] > 0) {
            xasPolyInfluence(&l->back, l->e[j], by);
            through = back[0] * by[0] + back[1] * by[1] + back[2] * by[2];
        }
        sum += g[i] * (g[i] + 2 * through) * l->var[j];
    }
    return sqrt(fmax(0, sum));
}

double xasLScanBendError(xasLScan *l, double x)
{
    size_t first, count;
    const double *w = xasCurveWeights(l->curve, x, 2, &first, &count);

    return xasLScanError(l, w, first, count);
}
