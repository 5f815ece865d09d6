/* SPDX-License-Identifier: BSD-3-Clause */
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "xasNoise.h"
#include "xasStat.h"

static const double leastNoise = 1e-5; /* of the height; less is unknown */

/* The values inside the window, in order. */
static size_t gather(const double *v, const double *window, size_t n,
                     double *out)
{
    size_t count = 0;

    for (size_t j = 0; j < n; j++)
        if (window[j] > 0)
            out[count++] = v[j];
    return count;
}

/* Photon statistics, unless the scatter says that the channels count none.
 * \param middle  median of m in the window, of `count` points */
static int fromChannels(const double *m, size_t n, double middle, size_t count,
                        double sigma, double *var)
{
    double q = sigma / sqrt(middle), limit = count < 20 ? 3 : 2;

    if (q >= 1 / limit && q <= limit)
        q = 1;
    for (size_t j = 0; j < n; j++)
        var[j] = middle > 0 ? m[j] * q * q : sigma * sigma;
    return q != 1;
}

/* A yield grows with mu, and so does its noise. */
static void fromMu(const xasSpectrum *s, double base, double sigma, double *var)
{
    const double *mu = xasSpectrumMu(s);

    for (size_t j = 0; j < xasSpectrumSize(s); j++)
        var[j] = sigma * sigma * fmin(100, fmax(1, mu[j] / base));
}

/* No number is better than its last bit: rounding's standard deviation. */
static double resolution(const double *mu, size_t n)
{
    double most = 0;

    for (size_t j = 0; j < n; j++)
        most = fmax(most, fabs(mu[j]));
    return most * DBL_EPSILON / sqrt(12);
}

static int isYield(xasDetection detection)
{
    return detection == xasDetectFluorescence || detection == xasDetectYield;
}

xasStatus xasNoiseFind(const xasSpectrum *s, const double *window,
                       double height, double *sigma, double *var,
                       char flags[XAS_FLAGS_SIZE])
{
    size_t n = xasSpectrumSize(s), count;
    const double *m = xasSpectrumVariance(s);
    double base, bit, *work = malloc(2 * n * sizeof *work);

    if (!work)
        return xasErrMemory;
    count = gather(xasSpectrumMu(s), window, n, work);
    base = xasMean(work, count);
    *sigma = xasThirdDifferenceNoise(work, count, work + n);
    bit = resolution(xasSpectrumMu(s), n);
    if (bit > leastNoise * height)
        *sigma = fmax(*sigma, bit);
    if (m && count) {
        gather(m, window, n, work);
        if (fromChannels(m, n, xasMedian(work, count), count, *sigma, var))
            xasFlagsAdd(flags, "noise_scaled");
    } else if (isYield(xasSpectrumDetection(s)) && base > 0.05 * height) {
        fromMu(s, base, *sigma, var);
    } else {
        for (size_t j = 0; j < n; j++)
            var[j] = *sigma * *sigma;
    }
    if (*sigma < leastNoise * height)
        xasFlagsAdd(flags, "noise_unknown");
    free(work);
    return xasOk;
}
