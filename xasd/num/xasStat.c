/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include "xasStat.h"

double xasMean(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return n ? sum / (double)n : NAN;
}

double xasDeviation(const double *v, size_t n)
{
    double mean = xasMean(v, n), sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (v[i] - mean) * (v[i] - mean);
    return n ? sqrt(sum / (double)n) : NAN;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

void xasSort(double *v, size_t n)
{
    qsort(v, n, sizeof *v, ascending);
}

double xasMedianSort(double *v, size_t n)
{
    if (!n)
        return NAN;
    xasSort(v, n);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}

double xasThirdDifferenceNoise(const double *v, size_t n, double *work)
{
    if (n < 6)
        return 0;
    for (size_t i = 0; i + 3 < n; i++)
        work[i] = fabs(v[i + 3] - 3 * v[i + 2] + 3 * v[i + 1] - v[i]);
    /* 1.4826: median to sigma of a normal; 20 = 1 + 9 + 9 + 1. */
    return 1.4826 * xasMedianSort(work, n - 3) / sqrt(20.0);
}
