/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasCholesky.h"
#include "xasCv.h"
#include "xasNested.h"
#include "xasOls.h"
#include "xasSelect.h"

enum { mostTop = 32 }; /* selected columns of the fast way */

struct xasNested {
    const xasModel *model;
    double *x; /* [n*p] its own, the last column may be changed */
    xasErIndex *er;
    size_t *row, *outside; /* [n] trained on, left out */
    size_t nOutside;
    double *target, *left; /* [n] */
    xasRows rows;
    xasSelection selection;
};

xasStatus xasNestedCreate(const xasModel *m, xasNested **out)
{
    xasNested *e = calloc(1, sizeof *e);
    xasStatus status = xasErrMemory;

    if (!e)
        return status;
    e->model = m;
    e->x = malloc(m->n * m->p * sizeof *e->x);
    e->er = calloc(m->p, sizeof *e->er);
    e->row = calloc(m->n, sizeof *e->row);
    e->outside = calloc(m->n, sizeof *e->outside);
    e->target = calloc(m->n, sizeof *e->target);
    e->left = calloc(m->n, sizeof *e->left);
    if (e->x && e->er && e->row && e->outside && e->target && e->left)
        status = xasSelectionInit(&e->selection, m->n, m->p);
    if (!status)
        status = xasSelectionShare(&e->selection, m->x, m->n, m->p);
    if (status) {
        xasNestedDestroy(e);
        return status;
    }
    memcpy(e->x, m->x, m->n * m->p * sizeof *e->x);
    for (size_t j = 0; j < m->p; j++)
        e->er[j] = xasModelErOf(m->column[j]);
    e->rows = (xasRows){ e->x, m->er_eV, m->p, e->row, 0 };
    e->selection.group = m->compoundOf;
    *out = e;
    return xasOk;
}

void xasNestedDestroy(xasNested *e)
{
    if (!e)
        return;
    xasSelectionClear(&e->selection);
    free(e->x);
    free(e->er);
    free(e->row);
    free(e->outside);
    free(e->target);
    free(e->left);
    free(e);
}

size_t xasNestedFold(xasNested *e, size_t fold, const size_t **row)
{
    const xasModel *m = e->model;

    e->rows.n = xasCvRows(m->foldOf, m->n, fold, false, e->row);
    e->nOutside = xasCvRows(m->foldOf, m->n, fold, true, e->outside);
    xasSelectColumns(&e->rows, e->er, &m->options, &e->selection);
    *row = e->outside;
    return e->nOutside;
}

void xasNestedLast(xasNested *e, const double *value)
{
    const xasModel *m = e->model;

    for (size_t i = 0; i < m->n; i++)
        e->x[i * m->p + m->p - 1] = value[i];
    if (e->selection.complete) /* its sums are no longer true */
        e->selection.complete[m->p - 1] = false;
    xasSelectLast(&e->rows, e->er, &m->options, &e->selection);
}

/* Regression on the selected columns by the products there are already; false
 * where they are too many or nearly dependent. coefficient [nKept] */
static bool regress(xasSelection *s, size_t stride, double *coefficient)
{
    double l[mostTop * mostTop], b[mostTop];
    size_t place[mostTop], n = 0;

    if (s->nSelected > mostTop)
        return false;
    for (size_t k = 0; k < s->nKept; k++)
        for (size_t i = 0; i < s->nSelected; i++)
            if (s->selected[i] == s->index[k])
                place[n++] = k;
    for (size_t i = 0; i < n; i++) {
        b[i] = xasScaleDot(s->z + place[i] * s->nRows, s->yc, s->nRows) /
               (double)s->nRows;
        for (size_t j = 0; j <= i; j++)
            l[i * mostTop + j] = s->gram[place[i] * stride + place[j]];
    }
    if (n) {
        /* Errors grow with the reciprocal of the pivot: 1e-10 are left. */
        if (!(xasCholesky(l, mostTop, n) > 1e-6))
            return false;
        xasCholeskySolve(l, mostTop, n, b);
    }
    for (size_t k = 0; k < s->nKept; k++)
        coefficient[k] = 0;
    for (size_t i = 0; i < n; i++)
        coefficient[place[i]] = b[i];
    return true;
}

/* A kept column of a row: filled, clipped, standardised. */
static double valueAt(const xasNested *e, size_t k, size_t row)
{
    const xasSelection *s = &e->selection;
    const xasColumn *c = &s->stat[k];
    size_t j = s->index[k];
    double x = e->x[row * e->rows.p + j];
    double room = e->model->options.clip_sd * c->sd;

    if (!isfinite(x))
        x = s->fill[j] + (e->er[j] == xasErCount
                              ? 0
                              : e->rows.er_eV[row * xasErCount + e->er[j]]);
    x = fmin(fmax(x, c->min - room), c->max + room);
    return (x - c->mean) / c->sd;
}

static void predictByWeights(xasNested *e, const double *weight, double mean,
                             double *predicted)
{
    for (size_t i = 0; i < e->nOutside; i++) {
        size_t row = e->outside[i];
        double sum = mean;

        for (size_t k = 0; k < e->selection.nKept; k++)
            if (weight[k] != 0)
                sum += weight[k] * valueAt(e, k, row);
        predicted[row] = sum;
    }
}

/* The way of the training itself. */
static xasStatus predictSlowly(xasNested *e, const double *y, double *predicted)
{
    const xasModel *m = e->model;
    xasLinear linear = { .n = 0 };
    xasStatus status =
        xasSelectFit(&e->rows, y, e->er, &m->options, &e->selection, &linear);

    for (size_t i = 0; !status && i < e->nOutside; i++) {
        size_t row = e->outside[i];

        predicted[row] = xasLinearAt(&linear, e->x + row * m->p,
                                     m->er_eV + row * xasErCount, NULL);
    }
    free(linear.term);
    return status;
}

static xasStatus fitAndPredict(xasNested *e, const double *y, double *predicted)
{
    xasSelection *s = &e->selection;
    xasStatus status = xasSelectWeights(&e->rows, y, &e->model->options, s);
    double mean = 0;

    if (status)
        return status;
    /* w has served: it takes the regression's weights instead */
    if (e->model->options.method == xasMethodLasso &&
        !regress(s, e->rows.p, s->w))
        return predictSlowly(e, y, predicted);
    for (size_t i = 0; i < e->rows.n; i++)
        mean += y[e->row[i]];
    predictByWeights(e, s->w, mean / (double)e->rows.n, predicted);
    return xasOk;
}

xasStatus xasNestedPredict(xasNested *e, const double *y,
                           const xasComposition *of, double *predicted)
{
    xasCompositionFit base;
    xasStatus status;

    if (!e->model->base)
        return fitAndPredict(e, y, predicted);
    status = xasCompositionTrain(of, y, e->row, e->rows.n, &base, e->left);
    for (size_t i = 0; !status && i < e->rows.n; i++)
        e->target[e->row[i]] = e->left[i];
    if (!status)
        status = fitAndPredict(e, e->target, predicted);
    for (size_t i = 0; !status && i < e->nOutside; i++)
        predicted[e->outside[i]] += xasCompositionAt(&base, &of[e->outside[i]]);
    return status;
}
