/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "xasCholesky.h"
#include "xasRidge.h"
#include "xasScale.h"

enum { grid = 11 };

/** A ridge problem and its scratch. */
typedef struct problem {
    const double *s, *gram, *yc;
    size_t n, k, stride;
    double *l;        /* [k*k] factor of S'S/n + lambda */
    double *w;        /* [k] */
    double *inverse;  /* [k*k] of the factor */
    double *column;   /* [k] */
    double *left_out; /* [n] */
} problem;

static double lambdaOf(int i)
{
    return pow(10, -4 + 0.5 * i);
}

static bool factor(problem *q, double lambda)
{
    for (size_t i = 0; i < q->k; i++) {
        memcpy(q->l + i * q->k, q->gram + i * q->stride,
               (i + 1) * sizeof *q->l);
        q->l[i * q->k + i] += lambda;
    }
    return xasCholesky(q->l, q->k, q->k) > 0;
}

/* L^-1, lower too: the rows of it serve every sample without a division. */
static void invert(problem *q)
{
    size_t k = q->k;

    for (size_t j = 0; j < k; j++)
        for (size_t i = j; i < k; i++) {
            double sum = i == j ? 1 : 0;

            for (size_t m = j; m < i; m++)
                sum -= q->l[i * k + m] * q->inverse[m * k + j];
            q->inverse[i * k + j] = sum / q->l[i * k + i];
        }
}

/* Weights and leave-one-out residuals; gives their mean square. */
static double solve(problem *q)
{
    double n = (double)q->n, sum = 0;

    for (size_t j = 0; j < q->k; j++)
        q->w[j] = xasScaleDot(q->s + j * q->n, q->yc, q->n) / n;
    xasCholeskySolve(q->l, q->k, q->k, q->w);
    invert(q);
    for (size_t i = 0; i < q->n; i++) {
        double e = q->yc[i], h = 0;

        for (size_t j = 0; j < q->k; j++) {
            q->column[j] = q->s[j * q->n + i];
            e -= q->w[j] * q->column[j];
        }
        for (size_t j = 0; j < q->k; j++) {
            double v = xasScaleDot(q->inverse + j * q->k, q->column, j + 1);

            h += v * v;
        }
        h = (1 + h) / n;
        q->left_out[i] = e / (1 - h);
        sum += q->left_out[i] * q->left_out[i];
    }
    return sum / n;
}

static xasStatus choose(problem *q, double *w, double *lambda, double *left_out)
{
    double least = INFINITY, chosen = NAN;

    for (int i = 0; i < grid; i++) {
        double error;

        if (!factor(q, lambdaOf(i)))
            continue;
        error = solve(q);
        if (!(error <= least))
            continue;
        least = error;
        chosen = lambdaOf(i);
        memcpy(w, q->w, q->k * sizeof *w);
        if (left_out)
            memcpy(left_out, q->left_out, q->n * sizeof *left_out);
    }
    if (lambda)
        *lambda = chosen;
    return isnan(chosen) ? xasErrSingular : xasOk;
}

xasStatus xasRidgeFit(const double *s, size_t n, size_t k, const double *gram,
                      size_t stride, const double *yc, double *w,
                      double *lambda, double *left_out)
{
    double *work = malloc((2 * k * k + 2 * k + n) * sizeof *work);
    problem q = { .s = s,
                  .gram = gram,
                  .yc = yc,
                  .n = n,
                  .k = k,
                  .stride = stride,
                  .l = work };
    xasStatus status;

    if (!work)
        return xasErrMemory;
    q.inverse = q.l + k * k;
    q.w = q.inverse + k * k;
    q.column = q.w + k;
    q.left_out = q.column + k;
    status = choose(&q, w, lambda, left_out);
    free(work);
    return status;
}
