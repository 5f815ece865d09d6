/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include "xasLsq.h"
#include "xasOls.h"

xasStatus xasLinearReserve(xasLinear *linear, size_t n)
{
    xasTerm *term = NULL;

    if (n) {
        term = calloc(n, sizeof *term);
        if (!term)
            return xasErrMemory;
    }
    free(linear->term);
    *linear = (xasLinear){ .n = n, .term = term };
    return xasOk;
}

/* QR; the shortest solution where that finds dependent columns.
 * s [n*k] by columns */
static xasStatus solve(const double *s, size_t n, size_t k, const double *b,
                       double *x)
{
    double *a = malloc(n * k * sizeof *a);
    xasStatus status = xasErrSingular;

    if (!a)
        return xasErrMemory;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < k; j++)
            a[i * k + j] = s[j * n + i];
    if (n >= k)
        status = xasLsqSolveQr(a, n, k, b, x);
    if (status == xasErrSingular)
        status = xasLsqSolve(a, n, k, b, x, NULL);
    free(a);
    return status;
}

/* The columns that vary, standardised, into s; each makes a term. */
static size_t prepare(const xasRows *rows, const size_t *column, size_t k,
                      const double *fill, const xasErIndex *er, double clip_sd,
                      double *s, xasTerm *term)
{
    size_t used = 0;

    for (size_t i = 0; i < k; i++) {
        size_t j = column[i];
        double *z = s + used * rows->n;
        xasColumn c;

        xasScaleColumn(rows, j, er[j], fill[j], z, &c);
        if (xasScaleIsConstant(&c))
            continue;
        xasScaleStandardise(&c, z, rows->n);
        term[used++] = (xasTerm){ .column = j,
                                  .fill = fill[j],
                                  .er = er[j],
                                  .mean = c.mean,
                                  .sd = c.sd,
                                  .lo = c.min - clip_sd * c.sd,
                                  .hi = c.max + clip_sd * c.sd };
    }
    return used;
}

xasStatus xasOlsFit(const xasRows *rows, const double *y, const size_t *column,
                    size_t k, const double *fill, const xasErIndex *er,
                    double clip_sd, xasLinear *out)
{
    size_t n = rows->n;
    double *s = malloc((n * k + k + n) * sizeof *s), mean = 0;
    double *x = s ? s + n * k : NULL, *b = s ? x + k : NULL;
    xasLinear linear = { .n = 0 };
    xasStatus status = s ? xasOk : xasErrMemory;

    if (!status)
        status = xasLinearReserve(&linear, k);
    if (status)
        goto done;
    for (size_t i = 0; i < n; i++)
        mean += y[rows->row[i]];
    mean /= (double)n;
    for (size_t i = 0; i < n; i++)
        b[i] = y[rows->row[i]] - mean;
    linear.n = prepare(rows, column, k, fill, er, clip_sd, s, linear.term);
    if (linear.n)
        status = solve(s, n, linear.n, b, x);
    if (status)
        goto done;
    linear.intercept = mean;
    for (size_t i = 0; i < linear.n; i++) {
        linear.term[i].coefficient = x[i] / linear.term[i].sd;
        linear.intercept -= linear.term[i].coefficient * linear.term[i].mean;
    }
    free(out->term);
    *out = linear;
    linear.term = NULL;
done:
    free(linear.term);
    free(s);
    return status;
}

double xasTermValue(const xasTerm *term, const double *x, const double *er_eV)
{
    if (isfinite(x[term->column]))
        return x[term->column];
    if (term->er == xasErCount)
        return term->fill;
    return er_eV ? term->fill + er_eV[term->er] : NAN;
}

double xasLinearAt(const xasLinear *linear, const double *x,
                   const double *er_eV, xasTaken *taken)
{
    double sum = linear->intercept;
    xasTaken t = { 0 };

    for (size_t i = 0; i < linear->n; i++) {
        const xasTerm *term = &linear->term[i];
        double value = xasTermValue(term, x, er_eV);
        double inside = fmin(fmax(value, term->lo), term->hi);

        t.missing += isfinite(x[term->column]) ? 0 : 1;
        if (!isfinite(value)) {
            t.unfilled++;
            inside = NAN; /* fmax would turn it into lo */
        } else {
            t.clipped += inside != value;
        }
        sum += term->coefficient * inside;
    }
    if (taken)
        *taken = t;
    return sum;
}
