/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "xasPeak.h"

int xasPeakIs(const double *v, size_t n, size_t i)
{
    return i > 0 && i + 1 < n && v[i] > v[i - 1] && v[i] >= v[i + 1];
}

double xasPeakVertex(const double *v, size_t n, size_t i, double *height)
{
    double curve, shift;

    *height = v[i];
    if (i == 0 || i + 1 >= n)
        return 0;
    curve = v[i - 1] - 2 * v[i] + v[i + 1];
    if (curve == 0)
        return 0;
    shift = 0.5 * (v[i - 1] - v[i + 1]) / curve;
    shift = fmin(0.5, fmax(-0.5, shift));
    *height = v[i] + 0.5 * shift * (v[i + 1] - v[i - 1]) +
              0.5 * shift * shift * curve;
    return shift;
}

double xasPeakProminence(const double *v, size_t n, size_t i)
{
    double left = v[i], right = v[i];

    for (size_t k = i; k-- > 0 && v[k] <= v[i];)
        left = fmin(left, v[k]);
    for (size_t k = i + 1; k < n && v[k] <= v[i]; k++)
        right = fmin(right, v[k]);
    return v[i] - fmax(left, right);
}

size_t xasCrossingBelow(const double *v, size_t i, double level, double *place)
{
    for (size_t k = i; k > 0; k--)
        if (v[k - 1] < level && level <= v[k]) {
            *place = (double)(k - 1) + (level - v[k - 1]) / (v[k] - v[k - 1]);
            return k;
        }
    return 0;
}

size_t xasCrossingAbove(const double *v, size_t n, size_t i, double level,
                        double *place)
{
    for (size_t k = i; k + 1 < n; k++)
        if (v[k] >= level && level > v[k + 1]) {
            *place = (double)k + (v[k] - level) / (v[k] - v[k + 1]);
            return k + 1;
        }
    return 0;
}
