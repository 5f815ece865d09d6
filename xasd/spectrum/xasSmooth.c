/* SPDX-License-Identifier: BSD-3-Clause */
/* Source of the method: Cleveland, J. Am. Stat. Assoc. 74 (1979) 829. */
#include <math.h>
#include <stdlib.h>

#include "xasPoly.h"
#include "xasSmooth.h"
#include "xasStat.h"

enum { neighbours = 3, leastPoints = 5 };

/** One local fit: its points, half width and basis about x. */
typedef struct local {
    size_t first, count;
    double h;
    xasPoly poly;
    double power[3][3];
} local;

static size_t lowerBound(const double *e, size_t n, double x)
{
    size_t lo = 0, hi = n;

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
static double halfWidth(const xasCurve *c, double x)
{
    size_t j = lowerBound(c->energy_eV, c->nData, x), count = 0;
    size_t lo = j > neighbours ? j - neighbours : 0;
    size_t hi = j + neighbours < c->nData ? j + neighbours : c->nData;
    double gap[2 * neighbours];

    for (size_t i = lo; i + 1 < hi; i++)
        gap[count++] = c->energy_eV[i + 1] - c->energy_eV[i];
    if (!count)
        return c->reach_eV;
    return fmax(c->reach_eV, 3 * xasMedianSort(gap, count));
}

static void localInit(const xasCurve *c, double x, local *l)
{
    l->h = halfWidth(c, x);
    for (;; l->h *= 1.3) {
        l->first = lowerBound(c->energy_eV, c->nData, x - l->h);
        l->count = lowerBound(c->energy_eV, c->nData, x + l->h) - l->first;
        if (l->count >= leastPoints)
            break;
    }
    for (size_t i = 0; i < l->count; i++) {
        double u = fabs(c->energy_eV[l->first + i] - x) / l->h;
        double v = u < 1 ? 1 - u * u * u : 0;
        c->weight[i] = v * v * v;
    }
    xasPolyInit(&l->poly, c->energy_eV + l->first, c->weight, l->count, 2, x,
                l->h);
    xasPolyMatrix(&l->poly, l->power);
}

static void smoothAt(xasCurve *c, const double *data, size_t i)
{
    double coef[3], t[3];
    local l;

    localInit(c, xasCurveX(c, i), &l);
    xasPolyFit(&l.poly, c->energy_eV + l.first, data + l.first, c->weight,
               l.count, coef);
    for (int r = 0; r < 3; r++)
        t[r] = l.power[r][0] * coef[0] + l.power[r][1] * coef[1] +
               l.power[r][2] * coef[2];
    c->y[i] = t[0];
    c->slope[i] = t[1] / l.h;
    c->bend[i] = 2 * t[2] / (l.h * l.h);
}

void xasCurveAddWeights(xasCurve *c, double x, int order, double factor,
                        double *g)
{
    double basis[3], unit;
    local l;

    localInit(c, x, &l);
    unit = order == 0 ? 1 : order == 1 ? 1 / l.h : 2 / (l.h * l.h);
    for (size_t i = 0; i < l.count; i++) {
        double sum = 0;
        xasPolyBasis(&l.poly, c->energy_eV[l.first + i], basis);
        for (int k = 0; k < 3; k++)
            if (l.poly.square[k] > 0)
                sum += l.power[order][k] * basis[k] / l.poly.square[k];
        g[l.first + i] += factor * unit * sum * c->weight[i];
    }
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
    c->y = malloc((3 * c->n + nData) * sizeof *c->y);
    if (!c->y) {
        free(c);
        return xasErrMemory;
    }
    c->slope = c->y + c->n;
    c->bend = c->slope + c->n;
    c->weight = c->bend + c->n;
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
