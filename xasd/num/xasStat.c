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

enum { few = 16 };

/* No call per comparison. */
static void sortFew(double *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        double here = v[i];
        size_t k = i;
        for (; k > 0 && v[k - 1] > here; k--)
            v[k] = v[k - 1];
        v[k] = here;
    }
}

static double middleOf(double a, double b, double c)
{
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The k-th smallest to v[k], smaller ones before it, larger ones behind. Each
 * turn halves the range as a rule; what resists for long is sorted.
 * Source: Hoare, Comm. ACM 4 (1961) 321, algorithm 65. */
static void selectAt(double *v, size_t n, size_t k)
{
    ptrdiff_t lo = 0, hi = (ptrdiff_t)n - 1, at = (ptrdiff_t)k;

    for (int turn = 0; hi - lo > few; turn++) {
        double pivot = middleOf(v[lo], v[lo + (hi - lo) / 2], v[hi]);
        ptrdiff_t i = lo, j = hi;
        if (turn > 64) {
            xasSort(v + lo, (size_t)(hi - lo + 1));
            return;
        }
        while (i <= j) {
            double keep;
            while (v[i] < pivot)
                i++;
            while (v[j] > pivot)
                j--;
            if (i > j)
                break;
            keep = v[i];
            v[i++] = v[j];
            v[j--] = keep;
        }
        if (at <= j)
            hi = j;
        else if (at >= i)
            lo = i;
        else
            return; /* between them all are the pivot */
    }
    sortFew(v + lo, (size_t)(hi - lo + 1));
}

double xasMedian(double *v, size_t n)
{
    double below;

    if (!n)
        return NAN;
    selectAt(v, n, n / 2);
    if (n % 2)
        return v[n / 2];
    below = v[0];
    for (size_t i = 1; i < n / 2; i++)
        below = fmax(below, v[i]);
    return 0.5 * (below + v[n / 2]);
}

double xasThirdDifferenceNoise(const double *v, size_t n, double *work)
{
    if (n < 6)
        return 0;
    for (size_t i = 0; i + 3 < n; i++)
        work[i] = fabs(v[i + 3] - 3 * v[i + 2] + 3 * v[i + 1] - v[i]);
    /* 1.4826: median to sigma of a normal; 20 = 1 + 9 + 9 + 1. */
    return 1.4826 * xasMedian(work, n - 3) / sqrt(20.0);
}
