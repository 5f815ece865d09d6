/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include "xasLasso.h"
#include "xasOls.h"
#include "xasPls.h"
#include "xasRidge.h"
#include "xasSelect.h"

xasStatus xasSelectionInit(xasSelection *s, size_t n, size_t p)
{
    *s = (xasSelection){ .usable = calloc(p, sizeof *s->usable),
                         .kept = calloc(p, sizeof *s->kept),
                         .fill = calloc(p, sizeof *s->fill),
                         .lasso = calloc(p, sizeof *s->lasso),
                         .selected = calloc(p, sizeof *s->selected),
                         .index = calloc(p, sizeof *s->index),
                         .z = calloc(p * n, sizeof *s->z),
                         .gram = calloc(p * p, sizeof *s->gram),
                         .stat = calloc(p, sizeof *s->stat),
                         .gradient = calloc(p, sizeof *s->gradient),
                         .w = calloc(p, sizeof *s->w),
                         .yc = calloc(n, sizeof *s->yc) };
    if (s->usable && s->kept && s->fill && s->lasso && s->selected &&
        s->index && s->z && s->gram && s->stat && s->gradient && s->w && s->yc)
        return xasOk;
    xasSelectionClear(s);
    return xasErrMemory;
}

void xasSelectionClear(xasSelection *s)
{
    free(s->usable);
    free(s->kept);
    free(s->fill);
    free(s->lasso);
    free(s->selected);
    free(s->index);
    free(s->z);
    free(s->gram);
    free(s->stat);
    free(s->gradient);
    free(s->w);
    free(s->yc);
    free(s->whole);
    free(s->centre);
    free(s->spread);
    free(s->complete);
    free(s->outside);
    *s = (xasSelection){ .nSelected = 0 };
}

/* Below it the sums of a fold are quickly formed. */
enum { longTable = 100 };

static void centreColumn(const double *x, size_t n, size_t p, size_t j,
                         xasSelection *s)
{
    double mean = 0, squares = 0;

    s->complete[j] = true;
    for (size_t i = 0; i < n; i++) {
        s->complete[j] = s->complete[j] && isfinite(x[i * p + j]);
        mean += x[i * p + j] / (double)n;
    }
    for (size_t i = 0; i < n; i++)
        squares += (x[i * p + j] - mean) * (x[i * p + j] - mean);
    s->centre[j] = mean;
    s->spread[j] = sqrt(squares / (double)n);
    s->complete[j] = s->complete[j] && s->spread[j] > 0;
}

static xasStatus reserveWhole(xasSelection *s, size_t n, size_t p)
{
    s->whole = calloc(p * p, sizeof *s->whole);
    s->centre = calloc(p, sizeof *s->centre);
    s->spread = calloc(p, sizeof *s->spread);
    s->complete = calloc(p, sizeof *s->complete);
    s->outside = calloc(p * n, sizeof *s->outside);
    return s->whole && s->centre && s->spread && s->complete && s->outside
               ? xasOk
               : xasErrMemory;
}

xasStatus xasSelectionShare(xasSelection *s, const double *x, size_t n,
                            size_t p)
{
    if (n < longTable)
        return xasOk;
    if (reserveWhole(s, n, p))
        return xasErrMemory;
    for (size_t j = 0; j < p; j++) {
        centreColumn(x, n, p, j, s);
        for (size_t i = 0; s->complete[j] && i < n; i++)
            s->outside[j * n + i] =
                (x[i * p + j] - s->centre[j]) / s->spread[j];
    }
    for (size_t j = 0; j < p; j++)
        for (size_t k = 0; k <= j; k++)
            s->whole[j * p + k] =
                xasScaleDot(s->outside + j * n, s->outside + k * n, n);
    s->nWhole = n;
    return xasOk;
}

/* The rows that a fold leaves out, if they are the fewer ones. Rows ascend. */
static void takeOutside(const xasRows *rows, xasSelection *s)
{
    size_t m = s->nWhole - rows->n, n = 0, next = 0;

    s->nOutside = 0;
    if (!s->whole || rows->n > s->nWhole || !m || 2 * m > s->nWhole)
        return;
    for (size_t i = 0; i < s->nWhole; i++) {
        const double *x = rows->x + i * rows->p;

        if (next < rows->n && rows->row[next] == i) {
            next++;
            continue;
        }
        for (size_t j = 0; n < m && j < rows->p; j++)
            s->outside[j * m + n] = (x[j] - s->centre[j]) / s->spread[j];
        n++;
    }
    s->nOutside = n == m ? m : 0; /* else the rows are in no such order */
}

/* Correlation over the fold's rows: the whole less the rows outside. */
static double shared(const xasSelection *s, size_t p, size_t j, size_t k,
                     const xasColumn *cj, const xasColumn *ck)
{
    size_t m = s->nOutside;
    double n = (double)(s->nWhole - m);
    double sum = s->whole[j > k ? j * p + k : k * p + j];
    double mj = (cj->mean - s->centre[j]) / s->spread[j];
    double mk = (ck->mean - s->centre[k]) / s->spread[k];

    sum -= xasScaleDot(s->outside + j * m, s->outside + k * m, m);
    return (sum / n - mj * mk) * (s->spread[j] / cj->sd) *
           (s->spread[k] / ck->sd);
}

/* Fill and standardise column j into z; false if it cannot be used. */
static bool makeColumn(const xasRows *rows, size_t j, xasErIndex er,
                       double max_missing, double *fill, double *z,
                       xasColumn *c)
{
    size_t present;

    *fill = xasScaleFill(rows, j, er, &present);
    if (!present || (double)(rows->n - present) > max_missing * (double)rows->n)
        return false;
    xasScaleColumn(rows, j, er, *fill, z, c);
    if (xasScaleIsConstant(c))
        return false;
    xasScaleStandardise(c, z, rows->n);
    return true;
}

/* Keep-first filter: is the new last column too like one already kept?  What
 * it computes is the column's part of the Gram matrix. */
static bool isRepeat(const xasSelection *s, size_t n, size_t p, size_t j,
                     size_t kept, double limit)
{
    const double *z = s->z + kept * n;
    bool quick = s->nOutside && s->complete[j];

    for (size_t k = 0; k < kept; k++) {
        double r =
            quick && s->complete[s->index[k]]
                ? shared(s, p, j, s->index[k], &s->stat[kept], &s->stat[k])
                : xasScaleDot(z, s->z + k * n, n) / (double)n;

        if (fabs(r) >= limit)
            return true;
        s->gram[kept * p + k] = s->gram[k * p + kept] = r;
    }
    s->gram[kept * p + kept] = xasScaleDot(z, z, n) / (double)n;
    return false;
}

/* Look at column j, the next behind those kept so far. */
static void take(const xasRows *rows, size_t j, const xasErIndex *er,
                 const xasTrainOptions *options, xasSelection *s)
{
    size_t kept = s->nKept, n = rows->n;

    s->usable[j] = makeColumn(rows, j, er[j], options->max_missing, &s->fill[j],
                              s->z + kept * n, &s->stat[kept]);
    s->kept[j] =
        s->usable[j] && !isRepeat(s, n, rows->p, j, kept, options->correlation);
    s->lasso[j] = NAN;
    if (!s->usable[j])
        s->fill[j] = NAN;
    if (s->kept[j])
        s->index[s->nKept++] = j;
}

void xasSelectColumns(const xasRows *rows, const xasErIndex *er,
                      const xasTrainOptions *options, xasSelection *s)
{
    s->nKept = 0;
    s->nRows = rows->n;
    takeOutside(rows, s);
    for (size_t j = 0; j < rows->p; j++)
        take(rows, j, er, options, s);
}

void xasSelectLast(const xasRows *rows, const xasErIndex *er,
                   const xasTrainOptions *options, xasSelection *s)
{
    s->nKept -= s->nKept && s->index[s->nKept - 1] == rows->p - 1;
    take(rows, rows->p - 1, er, options, s);
}

/* The `top` non-zero weights by size; insertion keeps ties in column order. */
static void takeTop(xasSelection *s, size_t kept, size_t top)
{
    s->nSelected = 0;
    for (size_t k = 0; k < kept; k++) {
        size_t at = s->nSelected;

        if (s->w[k] == 0)
            continue;
        while (at > 0 && fabs(s->lasso[s->selected[at - 1]]) < fabs(s->w[k]))
            at--;
        if (at == top)
            continue;
        if (s->nSelected < top)
            s->nSelected++;
        for (size_t i = s->nSelected - 1; i > at; i--)
            s->selected[i] = s->selected[i - 1];
        s->selected[at] = s->index[k];
    }
}

/* y - mean, and its largest size; all zero where it is only rounding, which
 * the Lasso would take for a trend. */
static double centre(const xasRows *rows, const double *y, double *yc)
{
    double mean = 0, largest = 0;

    for (size_t i = 0; i < rows->n; i++)
        mean += y[rows->row[i]];
    mean /= (double)rows->n;
    for (size_t i = 0; i < rows->n; i++) {
        yc[i] = y[rows->row[i]] - mean;
        largest = fmax(largest, fabs(yc[i]));
    }
    if (largest > 1e-12 * fabs(mean))
        return largest;
    for (size_t i = 0; i < rows->n; i++)
        yc[i] = 0;
    return 0;
}

/* Weights w of the kept columns by the method chosen. */
static xasStatus solve(const xasRows *rows, const xasTrainOptions *options,
                       double largest, xasSelection *s)
{
    size_t n = rows->n, k = s->nKept;

    if (!k || options->method == xasMethodLasso)
        return xasLassoFit(s->gram, rows->p, s->gradient, k, s->alpha,
                           1e-12 * fmax(1, largest), s->w);
    if (options->method == xasMethodRidge)
        return xasRidgeFit(s->z, n, k, s->gram, rows->p, s->yc, s->w, NULL,
                           NULL);
    return xasPlsFit(s->z, n, k, s->gram, rows->p, s->yc, rows->row, s->group,
                     s->w, NULL);
}

xasStatus xasSelectWeights(const xasRows *rows, const double *y,
                           const xasTrainOptions *options, xasSelection *s)
{
    size_t n = rows->n, kept = s->nKept;
    double largest = centre(rows, y, s->yc);
    xasStatus status;

    s->alpha_max = 0;
    for (size_t k = 0; k < kept; k++) {
        s->gradient[k] = xasScaleDot(s->z + k * n, s->yc, n) / (double)n;
        s->alpha_max = fmax(s->alpha_max, fabs(s->gradient[k]));
    }
    s->alpha = options->alpha_fraction * s->alpha_max;
    status = solve(rows, options, largest, s);
    if (status)
        return status;
    for (size_t k = 0; k < kept; k++)
        s->lasso[s->index[k]] = s->w[k];
    takeTop(s, kept,
            options->method == xasMethodLasso ? options->top : rows->p);
    return xasOk;
}

xasStatus xasSelect(const xasRows *rows, const double *y, const xasErIndex *er,
                    const xasTrainOptions *options, xasSelection *s)
{
    xasSelectColumns(rows, er, options, s);
    return xasSelectWeights(rows, y, options, s);
}

/* Where a column is among those kept. */
static size_t placeOf(const xasSelection *s, size_t column)
{
    size_t k = 0;

    while (k + 1 < s->nKept && s->index[k] != column)
        k++;
    return k;
}

/* The weights are the predictor. */
static xasStatus fitWeights(const xasRows *rows, const double *y,
                            const xasErIndex *er,
                            const xasTrainOptions *options,
                            const xasSelection *s, xasLinear *out)
{
    xasStatus status = xasLinearReserve(out, s->nSelected);

    if (status)
        return status;
    for (size_t i = 0; i < rows->n; i++)
        out->intercept += y[rows->row[i]] / (double)rows->n;
    for (size_t i = 0; i < out->n; i++) {
        size_t j = s->selected[i];
        const xasColumn *c = &s->stat[placeOf(s, j)];

        out->term[i] = (xasTerm){ .column = j,
                                  .coefficient = s->lasso[j] / c->sd,
                                  .fill = s->fill[j],
                                  .er = er[j],
                                  .mean = c->mean,
                                  .sd = c->sd,
                                  .lo = c->min - options->clip_sd * c->sd,
                                  .hi = c->max + options->clip_sd * c->sd };
        out->intercept -= out->term[i].coefficient * c->mean;
    }
    return xasOk;
}

xasStatus xasSelectFit(const xasRows *rows, const double *y,
                       const xasErIndex *er, const xasTrainOptions *options,
                       const xasSelection *s, xasLinear *out)
{
    if (options->method == xasMethodLasso)
        return xasOlsFit(rows, y, s->selected, s->nSelected, s->fill, er,
                         options->clip_sd, out);
    return fitWeights(rows, y, er, options, s, out);
}
