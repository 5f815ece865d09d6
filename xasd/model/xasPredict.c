/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasOls.h"

/* Largest residual of a fold's rows: a compound measured often counts once. */
static double residual(const xasModel *m, size_t f)
{
    double largest = 0;

    for (size_t i = 0; i < m->n; i++)
        if (m->foldOf[i] == f)
            largest = fmax(largest, fabs(m->y[i] - m->predNested[i]));
    return largest;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Rank k of N+1 that covers at least `level`. The slack keeps 0.8125 * 16 at
 * 13 whatever the last bit. */
static size_t rankOf(double level, size_t n)
{
    double k = ceil(level * (double)(n + 1) - 1e-9);

    return k < 1 ? 1 : (size_t)k;
}

/* lo and hi of the folds but `skip` (nFolds: of all); with a skipped fold all
 * residuals stand around its value. */
static xasStatus interval(const xasModel *m, const double *x,
                          const double *er_eV, double level, size_t skip,
                          xasPrediction *out)
{
    double *lo = malloc(2 * m->nFolds * sizeof *lo), *hi;
    size_t n = 0, k;

    if (!lo)
        return xasErrMemory;
    hi = lo + m->nFolds;
    for (size_t f = 0; f < m->nFolds; f++) {
        double centre = out->value, r = residual(m, f);

        if (f == skip)
            continue;
        if (skip == m->nFolds)
            centre = xasLinearAt(&m->fold[f], x, er_eV, NULL);
        lo[n] = centre - r;
        hi[n++] = centre + r;
    }
    qsort(lo, n, sizeof *lo, ascending);
    qsort(hi, n, sizeof *hi, ascending);
    k = rankOf(level, n);
    out->nFolds = n;
    out->level = k > n ? 1 : (double)k / (double)(n + 1);
    out->lo = k > n ? -INFINITY : lo[n - k];
    out->hi = k > n ? INFINITY : hi[k - 1];
    free(lo);
    return xasOk;
}

/* To the nearest training row that the predictor has seen. */
static double distance(const xasModel *m, const double *x, const double *er_eV,
                       size_t skip)
{
    double nearest = INFINITY;

    for (size_t i = 0; i < m->n; i++) {
        double sum = 0;

        for (size_t k = 0; k < m->all.n; k++) {
            const xasTerm *t = &m->all.term[k];
            double z = (xasTermValue(t, x, er_eV) - t->mean) / t->sd;

            z -= m->z[i * m->all.n + k];
            sum += z * z;
        }
        if (m->foldOf[i] != skip)
            nearest = fmin(nearest, sum);
    }
    return m->all.n ? sqrt(nearest / (double)m->all.n) : NAN;
}

/* Names of the clipped columns; "..." where the text ends. */
static void nameClipped(const xasModel *m, const xasLinear *linear,
                        const double *x, const double *er_eV, char *out)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < linear->n; i++) {
        const xasTerm *t = &linear->term[i];
        double value = xasTermValue(t, x, er_eV);
        const char *name = m->column[t->column];
        size_t length = strlen(name);

        if (value >= t->lo && value <= t->hi)
            continue;
        if (used + length + 6 > XAS_CLIPPED_SIZE) {
            memcpy(out + used, used ? ";..." : "...", used ? 5 : 4);
            return;
        }
        if (used)
            out[used++] = ';';
        memcpy(out + used, name, length + 1);
        used += length;
    }
}

/* Fold of a compound, nFolds if it is not in training. */
static size_t foldOfCompound(const xasModel *m, const char *compound)
{
    for (size_t i = 0; compound && i < m->n; i++)
        if (strcmp(m->compound[i], compound) == 0)
            return m->foldOf[i];
    return m->nFolds;
}

xasStatus xasModelPredict(const xasModel *m, const double *x,
                          const double *er_eV, double level,
                          const char *compound, xasPrediction *out)
{
    size_t skip = foldOfCompound(m, compound);
    const xasLinear *linear = skip < m->nFolds ? &m->fold[skip] : &m->all;
    xasPrediction p = { .n = m->n, .leftOut = skip < m->nFolds };
    xasTaken taken;
    xasStatus status;

    if (!(level > 0 && level < 1))
        return xasErrArg;
    p.value = xasLinearAt(linear, x, er_eV, &taken);
    p.nMissing = (int)taken.missing;
    if (linear->n && taken.missing == linear->n)
        return xasErrNotFound;
    if (taken.unfilled)
        return xasErrNaN;
    for (size_t i = 0; i < m->n; i++)
        p.n -= m->foldOf[i] == skip;
    p.distance = distance(m, x, er_eV, skip);
    nameClipped(m, linear, x, er_eV, p.clipped);
    status = interval(m, x, er_eV, level, skip, &p);
    if (!status)
        *out = p;
    return status;
}
