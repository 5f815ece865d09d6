/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasEdge.h"
#include "xasKScan.h"
#include "xasNoise.h"
#include "xasWindow.h"

static const double gridStep_eV = 0.1, reach_eV = 2.0;
/* Of the provisional step: xasKScanOpenRunning(). */
static const double behindTop_eV = 5, leastSpan_eV = 4;
enum { leastGrid = 200, leastBehind = 5 };

/** Where the fits may look, once interfering edges are avoided. */
typedef struct limits {
    double pre_eV, post_eV;
} limits;

static limits avoidOthers(const xasKScan *k, const char *element,
                          const xasFormula *formula, char *flags)
{
    double er = k->er_eV, end = fmin(er + 400, k->e[k->n - 1]);
    limits l = { er - 150, end };
    const xasInterference *x;

    for (size_t i = 0; formula && (x = xasInterferenceAt(i)) != NULL; i++) {
        int before = x->energy_eV > er - 170 && x->energy_eV < er - 30;
        int behind = x->energy_eV > er + 100 && x->energy_eV < end + 5;
        if ((!before && !behind) || strcmp(x->element, element) == 0 ||
            !(xasFormulaCount(formula, x->element) > 0))
            continue;
        xasInterferenceFlag(x, flags);
        if (before)
            l.pre_eV = fmax(l.pre_eV, x->to_eV);
        else
            l.post_eV = fmin(l.post_eV, x->from_eV);
    }
    return l;
}

static void fit(const xasKScan *k, const double *v, size_t first, size_t count,
                int degree, xasPoly *poly, double coef[3])
{
    const double *e = k->e + first;
    double half = 0.5 * (e[count - 1] - e[0]);

    xasPolyInit(poly, e, NULL, count, degree, 0.5 * (e[0] + e[count - 1]),
                half > 0 ? half : 1);
    xasPolyFit(poly, e, v + first, NULL, count, coef);
}

/* z = mu - line; false without a pre-edge. */
static int subtractLine(xasKScan *k, double from_eV, char *flags)
{
    double er = k->er_eV, span, base;

    k->preFirst = xasWindow(k->e, k->n, from_eV, er - 20, &k->preCount);
    if (k->preCount < 5)
        k->preFirst = xasWindow(k->e, k->n, from_eV, er - 10, &k->preCount);
    if (k->preCount < 3) {
        xasFlagsAdd(flags, "no_pre_edge");
        return 0;
    }
    span = k->e[k->preFirst + k->preCount - 1] - k->e[k->preFirst];
    /* A huge offset must not eat the digits of the sums. */
    base = k->mu[k->preFirst];
    for (size_t j = 0; j < k->n; j++)
        k->y[j] = k->mu[j] - base;
    fit(k, k->y, k->preFirst, k->preCount, k->preCount < 5 || span < 8 ? 0 : 1,
        &k->line, k->lineCoef);
    for (size_t j = 0; j < k->n; j++)
        k->y[j] -= xasPolyValue(&k->line, k->lineCoef, k->e[j]);
    k->lineCoef[0] += base;
    return 1;
}

/* Of a running scan: what has been measured behind the highest point, if that
 * is enough for a mean. */
static void provisionalWindow(xasKScan *k, double to_eV, char *flags)
{
    size_t first, count, top;

    first = top = xasWindow(k->e, k->n, k->er_eV, k->er_eV + 45, &count);
    for (size_t j = first; j < first + count; j++)
        if (k->y[j] > k->y[top])
            top = j;
    if (!count)
        return;
    first = xasWindow(k->e, k->n, k->e[top] + behindTop_eV, to_eV, &count);
    if (count < leastBehind ||
        k->e[first + count - 1] - k->e[first] < leastSpan_eV)
        return;
    k->postFirst = first;
    k->postCount = count;
    xasFlagsAdd(flags, "provisional_step");
}

/* The edge step from z in y; false without a post-edge or a rise. */
static int findStep(xasKScan *k, double to_eV, char *flags)
{
    double er = k->er_eV, range = to_eV - er - 40;

    k->postFirst = xasWindow(k->e, k->n, er + 40, to_eV, &k->postCount);
    if (k->postCount < leastBehind && k->running)
        provisionalWindow(k, to_eV, flags);
    if (k->postCount < leastBehind) {
        xasFlagsAdd(flags, "no_post_edge");
        return 0;
    }
    if (range < 60)
        xasFlagsAdd(flags, "short_post_edge");
    fit(k, k->y, k->postFirst, k->postCount,
        range >= 300  ? 2
        : range >= 30 ? 1
                      : 0,
        &k->post, k->postCoef);
    k->step = xasPolyValue(&k->post, k->postCoef, er);
    if (!(k->step > 0)) {
        xasFlagsAdd(flags, "negative_step");
        return 0;
    }
    return 1;
}

static double meanOf(const xasKScan *k, double lo, double hi, size_t *count)
{
    size_t first = xasWindow(k->e, k->n, lo, hi, count);
    double sum = 0;

    for (size_t j = first; j < first + *count; j++)
        sum += k->y[j];
    return *count ? sum / (double)*count : NAN;
}

/* Gates (a) and (b), on z. */
static int rises(const xasKScan *k)
{
    size_t nBelow, nAbove;
    double er = k->er_eV;
    double below = meanOf(k, er - 25, er - 10, &nBelow);
    double above = meanOf(k, er + 5, er + 25, &nAbove);

    if (!(k->step > 10 * k->sigma) || !nBelow || !nAbove)
        return 0;
    return above - below >
           8 * k->sigma * sqrt(1 / (double)nAbove + 1 / (double)nBelow);
}

static void flatten(xasKScan *k)
{
    for (size_t j = 0; j < k->n; j++) {
        double post = xasPolyValue(&k->post, k->postCoef, k->e[j]);
        k->y[j] /= k->step;
        if (k->e[j] > k->er_eV)
            k->y[j] -= post / k->step - 1;
    }
}

/* Gate (c): the steepest place must be near the tabulated edge. */
static int steepestHere(const xasKScan *k)
{
    const xasCurve *c = k->curve;
    size_t best = 0;
    double x;

    for (size_t i = 1; i < c->n; i++)
        if (c->slope[i] > c->slope[best])
            best = i;
    x = xasCurveX(c, best);
    return x >= k->er_eV - 5 && x <= k->er_eV + 22;
}

static xasStatus smooth(xasKScan *k)
{
    double start = fmax(k->e[0], k->er_eV - 30);
    double stop = fmin(k->e[k->n - 1], k->er_eV + 80);

    return xasCurveCreate(k->e, k->y, k->n, start, stop, gridStep_eV, reach_eV,
                          &k->curve);
}

static void fitVariances(xasKScan *k)
{
    double by[3], basis[3];

    for (size_t i = 0; i < k->preCount; i++) {
        size_t j = k->preFirst + i;
        xasPolyInfluence(&k->line, k->e[j], by);
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++)
                k->preVar[r][c] += by[r] * by[c] * k->var[j];
    }
    for (size_t i = 0; i < k->postCount; i++) {
        size_t j = k->postFirst + i;
        xasPolyInfluence(&k->post, k->e[j], by);
        xasPolyBasis(&k->line, k->e[j], basis);
        for (int r = 0; r < 3; r++)
            for (int c = 0; c < 3; c++) {
                k->postVar[r][c] += by[r] * by[c] * k->var[j];
                k->postLine[r][c] += by[r] * basis[c];
            }
    }
}

/* All of it; *good false when the scan is refused. */
static xasStatus prepare(xasKScan *k, const char *element,
                         const xasFormula *formula, char *flags, int *good)
{
    limits l = avoidOthers(k, element, formula, flags);
    xasStatus status;

    *good = subtractLine(k, l.pre_eV, flags) && findStep(k, l.post_eV, flags);
    if (!*good)
        return xasOk;
    for (size_t j = 0; j < k->n; j++)
        k->chain[j] = j >= k->preFirst && j < k->preFirst + k->preCount;
    status = xasNoiseFind(k->s, k->chain, k->step, &k->sigma, k->var, flags);
    if (status)
        return status;
    *good = rises(k);
    if (!*good)
        return xasOk;
    flatten(k);
    fitVariances(k);
    status = smooth(k);
    if (status == xasErrMemory)
        return status;
    *good = !status && k->curve->n >= leastGrid && steepestHere(k);
    return xasOk;
}

static xasStatus openScan(const xasSpectrum *s, const char *element,
                          double er_eV, const xasFormula *formula, bool running,
                          char flags[XAS_FLAGS_SIZE], xasKScan **out)
{
    size_t n = xasSpectrumSize(s);
    xasKScan *k = calloc(1, sizeof *k + 3 * n * sizeof *k->arrays);
    xasStatus status;
    int good = 0;

    *out = NULL;
    if (!k)
        return xasErrMemory;
    k->s = s;
    k->e = xasSpectrumEnergy(s);
    k->mu = xasSpectrumMu(s);
    k->n = n;
    k->er_eV = er_eV;
    k->running = running;
    k->y = k->arrays;
    k->var = k->y + n;
    k->chain = k->var + n;
    status = prepare(k, element, formula, flags, &good);
    if (!status && good) {
        *out = k;
        return xasOk;
    }
    if (!status)
        xasFlagsAdd(flags, "no_edge");
    xasKScanClose(k);
    return status;
}

xasStatus xasKScanOpen(const xasSpectrum *s, const char *element, double er_eV,
                       const xasFormula *formula, char flags[XAS_FLAGS_SIZE],
                       xasKScan **out)
{
    return openScan(s, element, er_eV, formula, false, flags, out);
}

xasStatus xasKScanOpenRunning(const xasSpectrum *s, const char *element,
                              double er_eV, const xasFormula *formula,
                              char flags[XAS_FLAGS_SIZE], xasKScan **out)
{
    return openScan(s, element, er_eV, formula, true, flags, out);
}

void xasKScanClose(xasKScan *k)
{
    if (!k)
        return;
    xasCurveDestroy(k->curve);
    free(k);
}

/* g is that by y; in chain its direct part by z, through step and flattening.
 * \param[out] byPost  by the coefficients of the post-edge polynomial */
static void backToZ(xasKScan *k, const double *g, size_t first, size_t count,
                    double byPost[3])
{
    double byStep = 0, basis[3];

    for (size_t i = 0; i < count; i++) {
        double e = k->e[first + i], post = 0, z = k->y[first + i];
        xasPolyBasis(&k->post, e, basis);
        if (e > k->er_eV) {
            post = k->postCoef[0] + k->postCoef[1] * basis[1] +
                   k->postCoef[2] * basis[2];
            z += post / k->step - 1;
            for (int r = 0; r < 3; r++)
                byPost[r] -= g[i] * basis[r] / k->step;
        }
        k->chain[i] = g[i] / k->step;
        byStep += g[i] * (post / k->step - z) / k->step;
    }
    xasPolyBasis(&k->post, k->er_eV, basis);
    for (int r = 0; r < 3; r++)
        byPost[r] += byStep * basis[r];
}

/* By the coefficients of the line, through all points and the post-edge. */
static void backToLine(const xasKScan *k, size_t first, size_t count,
                       const double byPost[3], double byLine[3])
{
    double basis[3];

    for (size_t i = 0; i < count; i++) {
        xasPolyBasis(&k->line, k->e[first + i], basis);
        for (int r = 0; r < 3; r++)
            byLine[r] -= k->chain[i] * basis[r];
    }
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            byLine[c] -= byPost[r] * k->postLine[r][c];
}

static double squareForm(const double v[3], const double m[3][3])
{
    double sum = 0;

    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++)
            sum += v[r] * m[r][c] * v[c];
    return sum;
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

double xasKScanError(xasKScan *k, const double *g, size_t first, size_t count)
{
    double byLine[3] = { 0, 0, 0 }, byPost[3] = { 0, 0, 0 }, by[3], sum;

    backToZ(k, g, first, count, byPost);
    backToLine(k, first, count, byPost, byLine);
    sum = squareForm(byPost, k->postVar) + squareForm(byLine, k->preVar);
    for (size_t i = 0; i < count; i++) {
        size_t j = first + i;
        double through = 0;
        if (j - k->postFirst < k->postCount) {
            xasPolyInfluence(&k->post, k->e[j], by);
            through = dot(by, byPost);
        } else if (j - k->preFirst < k->preCount) {
            xasPolyInfluence(&k->line, k->e[j], by);
            through = dot(by, byLine);
        }
        sum += k->chain[i] * (k->chain[i] + 2 * through) * k->var[j];
    }
    return sqrt(fmax(0, sum));
}

double xasKScanBendError(xasKScan *k, double x)
{
    size_t first, count;
    const double *w = xasCurveWeights(k->curve, x, 2, &first, &count);

    return xasKScanError(k, w, first, count);
}
