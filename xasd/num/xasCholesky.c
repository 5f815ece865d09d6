/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "xasCholesky.h"

double xasCholesky(double *a, size_t stride, size_t n)
{
    return xasCholeskyFrom(a, stride, 0, n);
}

double xasCholeskyFrom(double *a, size_t stride, size_t start, size_t n)
{
    double smallest = 1;

    for (size_t i = start; i < n; i++) {
        double *row = a + i * stride, diagonal = row[i];

        for (size_t j = 0; j <= i; j++) {
            const double *other = a + j * stride;
            double sum = row[j];

            for (size_t k = 0; k < j; k++)
                sum -= row[k] * other[k];
            row[j] = j < i ? sum / other[j] : sum;
        }
        if (!(row[i] > 0))
            return 0;
        smallest = fmin(smallest, row[i] / diagonal);
        row[i] = sqrt(row[i]);
    }
    return smallest;
}

void xasCholeskyForward(const double *l, size_t stride, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            b[i] -= l[i * stride + k] * b[k];
        b[i] /= l[i * stride + i];
    }
}

void xasCholeskySolve(const double *l, size_t stride, size_t n, double *b)
{
    xasCholeskyForward(l, stride, n, b);
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= l[k * stride + i] * b[k];
        b[i] /= l[i * stride + i];
    }
}
