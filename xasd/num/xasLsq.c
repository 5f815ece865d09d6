/* SPDX-License-Identifier: BSD-3-Clause */
#include <lapacke.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasLsq.h"

static const double rankTolerance = 1e-12;

static xasStatus check(const double *a, size_t m, size_t n, const double *b)
{
    if (!a || !m || !n || m > INT_MAX / n)
        return xasErrArg;
    for (size_t i = 0; i < m * n; i++)
        if (!isfinite(a[i]))
            return xasErrNaN;
    for (size_t i = 0; b && i < m; i++)
        if (!isfinite(b[i]))
            return xasErrNaN;
    return xasOk;
}

static xasStatus fromInfo(lapack_int info)
{
    if (info == 0)
        return xasOk;
    if (info == LAPACK_WORK_MEMORY_ERROR ||
        info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        return xasErrMemory;
    return info > 0 ? xasErrConverge : xasErrArg;
}

/* LAPACK works in place and by columns. */
static void toColumns(const double *a, size_t m, size_t n, double *out)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            out[j * m + i] = a[i * n + j];
}

xasStatus xasLsqSolve(const double *a, size_t m, size_t n, const double *b,
                      double *x, size_t *rank)
{
    xasStatus status = b && x ? check(a, m, n, b) : xasErrArg;
    size_t rows = m > n ? m : n, least = m < n ? m : n;
    double *work = NULL;
    lapack_int found = 0;

    if (status)
        return status;
    work = calloc(m * n + rows + least, sizeof *work);
    if (!work)
        return xasErrMemory;
    toColumns(a, m, n, work);
    memcpy(work + m * n, b, m * sizeof *b);
    status = fromInfo(
        LAPACKE_dgelsd(LAPACK_COL_MAJOR, (lapack_int)m, (lapack_int)n, 1, work,
                       (lapack_int)m, work + m * n, (lapack_int)rows,
                       work + m * n + rows, rankTolerance, &found));
    if (!status) {
        memcpy(x, work + m * n, n * sizeof *x);
        if (rank)
            *rank = (size_t)found;
    }
    free(work);
    return status;
}

/* QR in place; the columns are scaled by their norms beforehand so that rank
 * is judged independently of units. */
static xasStatus factor(const double *a, size_t m, size_t n, double *q,
                        double *r, double *scale)
{
    double *tau = calloc(n, sizeof *tau);
    xasStatus status = tau ? xasOk : xasErrMemory;

    if (status)
        return status;
    toColumns(a, m, n, q);
    for (size_t j = 0; j < n; j++) {
        double sum = 0;
        for (size_t i = 0; i < m; i++)
            sum = hypot(sum, q[j * m + i]);
        scale[j] = sum > 0 ? sum : 1;
        for (size_t i = 0; i < m; i++)
            q[j * m + i] /= scale[j];
    }
    status = fromInfo(LAPACKE_dgeqrf(LAPACK_COL_MAJOR, (lapack_int)m,
                                     (lapack_int)n, q, (lapack_int)m, tau));
    for (size_t j = 0; j < n && !status; j++) {
        for (size_t i = 0; i <= j; i++)
            r[j * n + i] = q[j * m + i];
        if (fabs(r[j * n + j]) < rankTolerance)
            status = xasErrSingular;
    }
    if (!status)
        status = fromInfo(LAPACKE_dorgqr(LAPACK_COL_MAJOR, (lapack_int)m,
                                         (lapack_int)n, (lapack_int)n, q,
                                         (lapack_int)m, tau));
    free(tau);
    return status;
}

/* x = R^-1 v, R upper by columns, then the column scales. */
static void backSubstitute(const double *r, const double *scale, size_t n,
                           double *v)
{
    for (size_t j = n; j-- > 0;) {
        for (size_t k = j + 1; k < n; k++)
            v[j] -= r[k * n + j] * v[k];
        v[j] /= r[j * n + j];
    }
    for (size_t j = 0; j < n; j++)
        v[j] /= scale[j];
}

xasStatus xasLsqSolveQr(const double *a, size_t m, size_t n, const double *b,
                        double *x)
{
    xasStatus status = b && x && m >= n ? check(a, m, n, b) : xasErrArg;
    double *q, *r, *scale;

    if (status)
        return status;
    q = calloc(m * n + n * n + n, sizeof *q);
    if (!q)
        return xasErrMemory;
    r = q + m * n;
    scale = r + n * n;
    status = factor(a, m, n, q, r, scale);
    for (size_t j = 0; j < n && !status; j++) {
        x[j] = 0;
        for (size_t i = 0; i < m; i++)
            x[j] += q[j * m + i] * b[i];
    }
    if (!status)
        backSubstitute(r, scale, n, x);
    free(q);
    return status;
}

xasStatus xasLsqPseudoInverse(const double *a, size_t m, size_t n, double *p)
{
    xasStatus status = p && m >= n ? check(a, m, n, NULL) : xasErrArg;
    double *q, *r, *scale, *column;

    if (status)
        return status;
    q = calloc(m * n + n * n + 2 * n, sizeof *q);
    if (!q)
        return xasErrMemory;
    r = q + m * n;
    scale = r + n * n;
    column = scale + n;
    status = factor(a, m, n, q, r, scale);
    for (size_t i = 0; i < m && !status; i++) {
        for (size_t j = 0; j < n; j++)
            column[j] = q[j * m + i];
        backSubstitute(r, scale, n, column);
        for (size_t j = 0; j < n; j++)
            p[j * m + i] = column[j];
    }
    free(q);
    return status;
}
