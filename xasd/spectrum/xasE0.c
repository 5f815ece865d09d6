/* SPDX-License-Identifier: BSD-3-Clause */
/* E0 as Larch 2026.3.1 chooses it: a rough maximum of the derivative, then the
 * maximum of the derivative smoothed by a Lorentzian around it. Every odd rule
 * here is Larch's; the aim is its grid point, not a better one. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasNorm.h"
#include "xasStat.h"

static double clip(double v, double lo, double hi)
{
    return v < lo ? lo : v > hi ? hi : v;
}

/* Ratio of differences over the sample number, one-sided at the ends. */
static void derivative(const double *e, const double *mu, size_t n, double *d)
{
    for (size_t i = 0; i < n; i++) {
        size_t lo = i > 0 ? i - 1 : 0, hi = i + 1 < n ? i + 1 : i;
        d[i] = (mu[hi] - mu[lo]) / (e[hi] - e[lo]);
    }
}

/* A typical small step: mean of the next 10 after the smallest 1 %. With fewer
 * than 100 points Larch finds none and falls back to 1 eV. */
static double typicalStep(const double *e, size_t n, double *work)
{
    size_t skip = (size_t)(0.01 * (double)n), count = 0;

    if (!skip || n < 2 + 2 * skip)
        return 1.0;
    /* Its ordering test drops the last sample. */
    for (size_t i = skip; i + 2 + skip < n; i++)
        work[count++] = e[i + 1] - e[i];
    xasSort(work, count);
    if (count <= skip)
        return 1.0;
    count = count - skip < 10 ? count - skip : 10;
    return xasMean(work + skip, count);
}

/** An even grid, reflected at both ends and convolved with a Lorentzian. */
typedef struct smoother {
    size_t n;
    double first, step;
    double *y;        /* [n] samples on the grid */
    double *window;   /* [2n] normalised */
    double *smoothed; /* [n] NaN until asked for: most are never needed */
} smoother;

static double interpolate(const double *x, const double *y, size_t n, double at)
{
    size_t lo = 0, hi = n - 1;

    if (at <= x[0])
        return y[0];
    if (at >= x[n - 1])
        return y[n - 1];
    while (hi - lo > 1) {
        size_t mid = (lo + hi) / 2;
        if (x[mid] <= at)
            lo = mid;
        else
            hi = mid;
    }
    return y[lo] + (y[hi] - y[lo]) * (at - x[lo]) / (x[hi] - x[lo]);
}

static xasStatus smootherInit(smoother *s, const double *x, const double *y,
                              size_t n, double step)
{
    double lo = step * trunc((x[0] - 5 * step) / step);
    double hi = step * trunc((x[n - 1] + 5 * step) / step);
    double count = 1 + trunc(fabs(hi - lo + step * 0.1) / step), sum = 0;

    s->n = (size_t)fmin(count, 50.0 * (double)n);
    s->first = lo;
    s->step = (hi - lo) / (double)(s->n - 1);
    s->y = malloc(4 * s->n * sizeof *s->y);
    if (!s->y)
        return xasErrMemory;
    s->window = s->y + s->n;
    s->smoothed = s->window + 2 * s->n;
    for (size_t i = 0; i < s->n; i++) {
        s->y[i] = interpolate(x, y, n, lo + s->step * (double)i);
        s->smoothed[i] = NAN;
    }
    for (size_t i = 0; i < 2 * s->n; i++) {
        double d = (double)i - (double)s->n;
        s->window[i] = 1 / (1 + d * d);
        sum += s->window[i];
    }
    for (size_t i = 0; i < 2 * s->n; i++)
        s->window[i] /= sum;
    return xasOk;
}

/* The samples y[n-1]..y[1], y[0]..y[n-1], y[n-1]..y[0]. */
static double reflected(const smoother *s, size_t i)
{
    if (i < s->n - 1)
        return s->y[s->n - 1 - i];
    i -= s->n - 1;
    return i < s->n ? s->y[i] : s->y[2 * s->n - 1 - i];
}

static double smoothedAt(smoother *s, size_t k)
{
    double sum = 0;

    if (!isnan(s->smoothed[k]))
        return s->smoothed[k];
    for (size_t j = 0; j < 2 * s->n; j++)
        sum += s->window[j] * reflected(s, k + 2 * s->n - 1 - j);
    s->smoothed[k] = sum;
    return sum;
}

static double smootherValue(smoother *s, double x)
{
    double t = (x - s->first) / s->step;
    size_t k = t > 0 ? (size_t)t : 0;

    k = k > s->n - 2 ? s->n - 2 : k;
    t -= (double)k;
    return smoothedAt(s, k) * (1 - t) + smoothedAt(s, k + 1) * t;
}

/* Replace d by its smoothed self at the same energies. */
static xasStatus smooth(const double *e, double *d, size_t n, double step)
{
    smoother s;
    xasStatus status = smootherInit(&s, e, d, n, step);

    if (status)
        return status;
    for (size_t i = 0; i < n; i++)
        d[i] = smootherValue(&s, e[i]);
    free(s.y);
    return xasOk;
}

/* Number of points above `level`. */
static size_t countAbove(const double *d, size_t n, double level)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        count += d[i] > level;
    return count;
}

/* The highest of the points that are high together with both neighbours. */
static size_t highest(double *d, size_t n)
{
    size_t margin = (size_t)(0.02 * (double)n), best = 0;
    double low = INFINITY, high = -INFINITY, level, top = 0;

    margin = margin < 3 ? 3 : margin;
    for (size_t i = margin; i + margin < n; i++) {
        low = fmin(low, d[i]);
        high = fmax(high, d[i]);
    }
    for (size_t i = 0; i < n; i++)
        d[i] = (d[i] - low) / fmax(1e-10, high - low);
    level = n > 20 ? 0.60 : 0.30;
    if (countAbove(d, n, level) < 3)
        for (int k = 0; k < 2 && countAbove(d, n, level) <= 3; k++)
            level *= 0.5;
    if (countAbove(d, n, level) < 3)
        level = -INFINITY;
    for (size_t i = margin; i + margin <= n && i + 1 < n; i++)
        if (d[i] > level && d[i] > top && d[i - 1] > level &&
            d[i + 1] > level) {
            best = i;
            top = d[i];
        }
    return best;
}

static xasStatus refine(const double *e, const double *mu, size_t n,
                        double step, double *work, size_t *index)
{
    xasStatus status = xasOk;

    derivative(e, mu, n, work);
    if (step > 0)
        status = smooth(e, work, n, step);
    if (!status)
        *index = highest(work, n);
    return status;
}

/* The window of the second pass, and the energy that scales its smoothing. */
static void around(const double *e, size_t n, size_t rough, size_t *start,
                   size_t *stop, double *centre_eV)
{
    *centre_eV = e[rough];
    *start = rough > 78 ? rough - 75 : 3;
    *stop = rough + 75 < n - 3 ? rough + 75 : n - 3;
    /* An edge in the first 5 % is a glitch more often than an edge. */
    if ((double)rough < 0.05 * (double)n) {
        *centre_eV = xasMean(e, n);
        *start = rough > 23 ? rough - 20 : 3;
        *stop = n - 3;
    }
}

xasStatus xasNormFindE0(const double *energy_eV, const double *mu, size_t n,
                        double *e0_eV, size_t *index)
{
    size_t rough = 0, start, stop, best = 0;
    double step, centre_eV, *work;
    xasStatus status;

    if (!energy_eV || !mu || !e0_eV)
        return xasErrArg;
    if (n < 20) /* 7 samples must remain of either pass's window */
        return xasErrRange;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(energy_eV[i]) || !isfinite(mu[i]))
            return xasErrNaN;
        if (i && energy_eV[i] <= energy_eV[i - 1])
            return xasErrOrder;
    }
    work = malloc(n * sizeof *work);
    if (!work)
        return xasErrMemory;
    step = typicalStep(energy_eV, n - 1, work);
    status = refine(energy_eV, mu, n - 1, 0, work, &rough);
    around(energy_eV, n, rough, &start, &stop, &centre_eV);
    step = 0.5 * (clip(step, 0.01, 1) + clip(centre_eV / 25000, 0.01, 1));
    /* Larch's ordering test drops the last sample of the window too. */
    if (!status && stop < start + 9)
        status = xasErrRange;
    if (!status)
        status = refine(energy_eV + start, mu + start, stop - start - 1, step,
                        work, &best);
    free(work);
    if (status)
        return status;
    best = start + (best ? best : 2);
    *e0_eV = energy_eV[best];
    if (index)
        *index = best;
    return xasOk;
}
