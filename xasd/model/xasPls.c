/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasPls.h"
#include "xasScale.h"

enum { innerFolds = 10, most = XAS_PLS_MOST };

typedef struct pls {
    size_t n, k;
    double *gram;    /* [k*k] of the rows at hand */
    double *product; /* [k] S'y/n of them; is deflated */
    double *r, *p;   /* [most*k] */
    double *by;      /* [(most+1)*k] weights with 0, 1, .. components */
    double *centre;  /* [k] */
    double error[most + 1];
} pls;

/* Weights for every number of components; gives how many could be found. */
static size_t fit(pls *q)
{
    size_t k = q->k, a = 0;
    double first = sqrt(xasScaleDot(q->product, q->product, k));

    memset(q->by, 0, (most + 1) * k * sizeof *q->by);
    for (; a < most; a++) {
        double *r = q->r + a * k, *p = q->p + a * k, *w = q->by + (a + 1) * k;
        double length = sqrt(xasScaleDot(q->product, q->product, k)), tt, load;

        if (!(length > 1e-10 * first))
            break;
        for (size_t j = 0; j < k; j++)
            r[j] = q->product[j] / length;
        memcpy(p, r, k * sizeof *p); /* the direction, until p is known */
        for (size_t b = 0; b < a; b++) {
            double part = xasScaleDot(q->p + b * k, p, k);

            for (size_t j = 0; j < k; j++)
                r[j] -= part * q->r[b * k + j];
        }
        for (size_t j = 0; j < k; j++)
            p[j] = xasScaleDot(q->gram + j * k, r, k);
        tt = xasScaleDot(r, p, k);
        if (!(tt > 1e-12))
            break;
        load = xasScaleDot(r, q->product, k) / tt;
        for (size_t j = 0; j < k; j++) {
            p[j] /= tt;
            w[j] = w[j - k] + load * r[j];
            q->product[j] -= load * tt * p[j];
        }
    }
    for (size_t b = a + 1; b <= most; b++)
        memcpy(q->by + b * k, q->by + a * k, k * sizeof *q->by);
    return a;
}

/* The group of a row by position, dealt into the inner folds. */
static size_t innerOf(const size_t *row, const size_t *group, size_t i)
{
    return (group ? group[row[i]] : i) % innerFolds;
}

/* Products without one inner fold: less its rows, and to their own centre. */
static size_t reduce(pls *q, const double *s, const double *gram, size_t stride,
                     const double *yc, const size_t *row, const size_t *group,
                     size_t fold, double *mean)
{
    size_t n = q->n, k = q->k, left = n;
    double y = 0, all = (double)n, rest;

    memset(q->centre, 0, k * sizeof *q->centre);
    for (size_t j = 0; j < k; j++) {
        q->product[j] = xasScaleDot(s + j * n, yc, n);
        for (size_t m = 0; m < k; m++)
            q->gram[j * k + m] = all * gram[j * stride + m];
    }
    for (size_t i = 0; i < n; i++) {
        if (innerOf(row, group, i) != fold)
            continue;
        left--;
        y -= yc[i];
        for (size_t j = 0; j < k; j++) {
            double z = s[j * n + i];

            q->centre[j] -= z;
            q->product[j] -= z * yc[i];
            for (size_t m = 0; m < k; m++)
                q->gram[j * k + m] -= z * s[m * n + i];
        }
    }
    if (left < 2 || left == n)
        return 0;
    rest = (double)left;
    *mean = y / rest;
    for (size_t j = 0; j < k; j++)
        q->centre[j] /= rest;
    for (size_t j = 0; j < k; j++) {
        q->product[j] = q->product[j] / rest - q->centre[j] * *mean;
        for (size_t m = 0; m < k; m++)
            q->gram[j * k + m] =
                q->gram[j * k + m] / rest - q->centre[j] * q->centre[m];
    }
    return left;
}

/* Add the squared errors of one inner fold, for every number of components. */
static void judge(pls *q, const double *s, const double *yc, const size_t *row,
                  const size_t *group, size_t fold, double mean)
{
    for (size_t i = 0; i < q->n; i++) {
        if (innerOf(row, group, i) != fold)
            continue;
        for (size_t a = 0; a <= most; a++) {
            double e = yc[i] - mean;

            for (size_t j = 0; j < q->k; j++)
                e -= q->by[a * q->k + j] * (s[j * q->n + i] - q->centre[j]);
            q->error[a] += e * e;
        }
    }
}

xasStatus xasPlsFit(const double *s, size_t n, size_t k, const double *gram,
                    size_t stride, const double *yc, const size_t *row,
                    const size_t *group, double *w, size_t *components)
{
    double *room = malloc((k * k + (3 * most + 3) * k) * sizeof *room);
    pls q = { .n = n, .k = k, .gram = room };
    size_t best = 0, found;

    if (!room)
        return xasErrMemory;
    q.product = q.gram + k * k;
    q.centre = q.product + k;
    q.r = q.centre + k;
    q.p = q.r + most * k;
    q.by = q.p + most * k;
    for (size_t f = 0; f < innerFolds; f++) {
        double mean = 0;

        if (!reduce(&q, s, gram, stride, yc, row, group, f, &mean))
            continue;
        (void)fit(&q);
        judge(&q, s, yc, row, group, f, mean);
    }
    for (size_t j = 0; j < k; j++) {
        q.product[j] = xasScaleDot(s + j * n, yc, n) / (double)n;
        memcpy(q.gram + j * k, gram + j * stride, k * sizeof *q.gram);
    }
    found = fit(&q);
    for (size_t a = 1; a <= found; a++)
        if (q.error[a] < q.error[best])
            best = a;
    memcpy(w, q.by + best * k, k * sizeof *w);
    if (components)
        *components = best;
    free(room);
    return xasOk;
}
