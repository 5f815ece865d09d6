/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>

#include "xasLasso.h"

static double soft(double x, double alpha)
{
    if (x > alpha)
        return x - alpha;
    if (x < -alpha)
        return x + alpha;
    return 0;
}

/* One sweep; the largest step of a weight, times its column's rms. */
static double sweep(const double *gram, size_t stride, double *gradient,
                    size_t p, double alpha, double *w)
{
    double largest = 0;

    for (size_t j = 0; j < p; j++) {
        const double *row = gram + j * stride;
        double step = soft(gradient[j] + row[j] * w[j], alpha) / row[j] - w[j];

        if (step == 0)
            continue;
        w[j] += step;
        for (size_t k = 0; k < p; k++)
            gradient[k] -= step * row[k];
        largest = fmax(largest, fabs(step) * sqrt(row[j]));
    }
    return largest;
}

xasStatus xasLassoFit(const double *gram, size_t stride, double *gradient,
                      size_t p, double alpha, double tolerance, double *w)
{
    for (size_t j = 0; j < p; j++)
        w[j] = 0;
    for (long sweeps = 0; sweeps < 200000; sweeps++)
        if (sweep(gram, stride, gradient, p, alpha, w) < tolerance)
            return xasOk;
    return xasErrConverge;
}
