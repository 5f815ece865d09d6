/* SPDX-License-Identifier: BSD-3-Clause */
/* Source of the method: Cleveland, J. Am. Stat. Assoc. 74 (1979) 829. */
#include <math.h>
#include <stdlib.h>

#include "xasSmooth.h"
#include "xasStat.h"

enum { neighbours = 3, leastPoints = 5 };

/** One local fit in t = (E - x)/h: its points, and the basis 1, t - a,
 * (t - b)(t - a) - c, orthogonal over them, with its squares. */
typedef struct local {
    size_t first, count;
    double h, a, b, c;
    double square[3]; /* 0: not determined */
} local;

/* The first point not below x, looked for from where the last one was: the
 * grid is walked in order. */
static size_t lowerBound(const double *e, size_t n, double x, size_t from)
{
    size_t lo = 0, hi = n;

    for (int k = 0; k < 8; k++) {
        if (from < n && e[from] < x)
            lo = ++from;
        else if (from > 0 && !(e[from - 1] < x))
            hi = --from;
        else
            return from;
    }
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        if (e[mid] < x)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo;
}

/* Wide enough for a few points where the scan is coarse. */
static double halfWidth(xasCurve *c, double x)
{
    size_t j = lowerBound(c->energy_eV, c->nData, x, c->near[0]), count = 0;
    size_t lo = j > neighbours ? j - neighbours : 0;
    size_t hi = j + neighbours < c->nData ? j + neighbours : c->nData;
    double gap[2 * neighbours];

    c->near[0] = j;
    for (size_t i = lo; i + 1 < hi; i++)
        gap[count++] = c->energy_eV[i + 1] - c->energy_eV[i];
    if (!count)
        return c->reach_eV;
    return fmax(c->reach_eV, 3 * xasMedian(gap, count));
}

static void findPoints(xasCurve *c, double x, local *l)
{
    size_t end;

    for (l->h = halfWidth(c, x);; l->h *= 1.3) {
        l->first = lowerBound(c->energy_eV, c->nData, x - l->h, c->near[1]);
        end = lowerBound(c->energy_eV, c->nData, x + l->h, c->near[2]);
        c->near[1] = l->first;
        c->near[2] = end;
        l->count = end - l->first;
        if (l->count >= leastPoints)
            return;
    }
}

/* Sums run in four lanes, which the compiler makes vectors of. */
enum { lanes = 4 };

static double total(const double s[lanes])
{
    return (s[0] + s[1]) + (s[2] + s[3]);
}

/* t and its weight (1 - |t|^3)^3; behind the last point weight 0, so that the
 * sums need no remainder. */
static void weigh(xasCurve *c, double x, const local *l)
{
    const double *e = c->energy_eV + l->first;
    double *restrict t = c->t, *restrict w = c->weight, h = l->h;

    for (size_t i = 0; i < l->count; i++) {
        double u, v;
        t[i] = (e[i] - x) / h;
        u = fabs(t[i]);
        v = 1 - u * u * u;
        v = v > 0 ? v : 0;
        w[i] = v * v * v;
    }
    for (size_t i = l->count; i % lanes; i++)
        t[i] = w[i] = 0;
}

static void localInit(xasCurve *c, double x, local *l)
{
    const double *restrict t = c->t, *restrict w = c->weight;
    double s0[lanes] = { 0 }, s1[lanes] = { 0 };
    double q1[lanes] = { 0 }, m1[lanes] = { 0 }, q2[lanes] = { 0 };
    double a, b;

    findPoints(c, x, l);
    weigh(c, x, l);
    for (size_t i = 0; i < l->count; i += lanes)
        for (size_t k = 0; k < lanes; k++) {
            s0[k] += w[i + k];
            s1[k] += w[i + k] * t[i + k];
        }
    l->square[0] = total(s0);
    l->a = a = l->square[0] > 0 ? total(s1) / l->square[0] : 0;
    for (size_t i = 0; i < l->count; i += lanes)
        for (size_t k = 0; k < lanes; k++) {
            double p = t[i + k] - a, term = w[i + k] * p * p;
            q1[k] += term;
            m1[k] += term * t[i + k];
        }
    l->square[1] = total(q1);
    l->b = b = l->square[1] > 0 ? total(m1) / l->square[1] : 0;
    l->c = l->square[0] > 0 ? l->square[1] / l->square[0] : 0;
    for (size_t i = 0; i < l->count; i += lanes)
        for (size_t k = 0; k < lanes; k++) {
            double p = (t[i + k] - b) * (t[i + k] - a) - l->c;
            q2[k] += w[i + k] * p * p;
        }
    l->square[2] = total(q2);
    /* What rounding leaves of what the points do not determine. */
    for (int k = 1; k < 3; k++)
        if (l->square[k] < 1e-24 * l->square[0])
            l->square[k] = 0;
}

/* The fit's coefficients; y is read from copies padded like the weights. */
static void fit(const xasCurve *c, const double *y, const local *l,
                double coef[3])
{
    const double *restrict t = c->t, *restrict w = c->weight;
    double s0[lanes] = { 0 }, s1[lanes] = { 0 }, s2[lanes] = { 0 };
    double a = l->a, b = l->b;
    size_t whole = l->count - l->count % lanes;

    for (size_t i = 0; i < whole; i += lanes)
        for (size_t k = 0; k < lanes; k++) {
            double v = w[i + k] * y[i + k], p = t[i + k] - a;
            s0[k] += v;
            s1[k] += v * p;
            s2[k] += v * ((t[i + k] - b) * p - l->c);
        }
    for (size_t i = whole; i < l->count; i++) {
        double v = w[i] * y[i], p = t[i] - a;
        s0[i - whole] += v;
        s1[i - whole] += v * p;
        s2[i - whole] += v * ((t[i] - b) * p - l->c);
    }
    coef[0] = l->square[0] > 0 ? total(s0) / l->square[0] : 0;
    coef[1] = l->square[1] > 0 ? total(s1) / l->square[1] : 0;
    coef[2] = l->square[2] > 0 ? total(s2) / l->square[2] : 0;
}

static void smoothAt(xasCurve *c, const double *data, size_t i)
{
    double coef[3];
    local l;

    localInit(c, xasCurveX(c, i), &l);
    fit(c, data + l.first, &l, coef);
    c->first = l.first < c->first ? l.first : c->first;
    c->end = l.first + l.count > c->end ? l.first + l.count : c->end;
    c->y[i] = coef[0] - l.a * coef[1] + (l.a * l.b - l.c) * coef[2];
    c->slope[i] = (coef[1] - (l.a + l.b) * coef[2]) / l.h;
    c->bend[i] = 2 * coef[2] / (l.h * l.h);
}

const double *xasCurveWeights(xasCurve *c, double x, int order, size_t *first,
                              size_t *count)
{
    double f[3] = { 0, 0, 1 }, unit, *restrict w = c->weight;
    local l;

    localInit(c, x, &l);
    unit = order == 0 ? 1 : order == 1 ? 1 / l.h : 2 / (l.h * l.h);
    if (order == 0) {
        f[0] = 1;
        f[1] = -l.a;
        f[2] = l.a * l.b - l.c;
    } else if (order == 1) {
        f[1] = 1;
        f[2] = -l.a - l.b;
    }
    for (int k = 0; k < 3; k++)
        f[k] = l.square[k] > 0 ? unit * f[k] / l.square[k] : 0;
    for (size_t i = 0; i < l.count; i++) {
        double t = c->t[i], p = t - l.a;
        w[i] *= f[0] + f[1] * p + f[2] * ((t - l.b) * p - l.c);
    }
    *first = l.first;
    *count = l.count;
    return w;
}

void xasCurveAddWeights(xasCurve *c, double x, int order, double factor,
                        double *g)
{
    size_t first, count;
    const double *w = xasCurveWeights(c, x, order, &first, &count);

    for (size_t i = 0; i < count; i++)
        g[first + i] += factor * w[i];
}

xasStatus xasCurveCreate(const double *energy_eV, const double *data,
                         size_t nData, double start, double stop, double step,
                         double reach_eV, xasCurve **out)
{
    double count = ceil((stop - start) / step);
    xasCurve *c;

    if (nData < leastPoints || !(count >= 1))
        return xasErrRange;
    c = calloc(1, sizeof *c);
    if (!c)
        return xasErrMemory;
    c->n = (size_t)count;
    c->start = start;
    /* The step as doubles carry it here: the second point is start + step to
     * the last bit, and so is a datum that lies on the grid. */
    c->step = (start + step) - start;
    c->energy_eV = energy_eV;
    c->nData = nData;
    c->reach_eV = reach_eV;
    c->y = malloc((3 * c->n + 2 * (nData + lanes)) * sizeof *c->y);
    if (!c->y) {
        free(c);
        return xasErrMemory;
    }
    c->slope = c->y + c->n;
    c->bend = c->slope + c->n;
    c->weight = c->bend + c->n;
    c->t = c->weight + nData + lanes;
    c->first = nData;
    for (size_t i = 0; i < c->n; i++)
        smoothAt(c, data, i);
    *out = c;
    return xasOk;
}

void xasCurveDestroy(xasCurve *c)
{
    if (!c)
        return;
    free(c->y);
    free(c);
}

double xasCurveX(const xasCurve *c, size_t i)
{
    return c->start + (double)i * c->step;
}

size_t xasCurveNearest(const xasCurve *c, double x)
{
    double at = rint((x - c->start) / c->step);

    if (!(at > 0))
        return 0;
    return at < (double)(c->n - 1) ? (size_t)at : c->n - 1;
}

double xasCurveAt(const xasCurve *c, const double *v, double x)
{
    double at = (x - c->start) / c->step;
    size_t i;

    if (!(at > 0))
        return v[0];
    i = (size_t)at;
    if (i + 1 >= c->n)
        return v[c->n - 1];
    return v[i] + (v[i + 1] - v[i]) * (at - (double)i);
}
