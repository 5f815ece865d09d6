/* SPDX-License-Identifier: BSD-3-Clause */
/* A sweep has ended: what it was, and how far it is off the one before. */
#include "xasContinuousParts.h"

#include "xasDetector.h"
#include "xasLag.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The speed that counts is that at the edge. */
static const double near_eV = 10;

void xasContinuousForgetCurve(xasContinuousCurve *curve)
{
    free(curve->energy_eV);
    memset(curve, 0, sizeof *curve);
}

typedef struct sample {
    double energy_eV, mu, time_s;
} sample;

static int byEnergy(const void *a, const void *b)
{
    double x = ((const sample *)a)->energy_eV;
    double y = ((const sample *)b)->energy_eV;

    return (x > y) - (x < y);
}

static size_t gather(const xasScan *scan, sample *out)
{
    int role = xasScanSignalRole(scan->detection);
    const uint32_t harmless = xasPointStampBad | xasPointDuplicate;
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++) {
        sample s = { .energy_eV = scan->channel[xasRoleEnergy][i],
                     .time_s =
                         (double)(scan->stamp_ns[i] - scan->start_ns) / 1e9 };
        double i0;

        i0 = xasScanReading(scan, xasRoleI0, i);
        s.mu = xasSpectrumMuOf(scan->detection, &i0,
                               xasScanReading(scan, (xasRole)role, i));
        if (!(scan->flags[i] & ~harmless) && isfinite(s.energy_eV) &&
            isfinite(s.mu))
            out[n++] = s;
    }
    return n;
}

/* Sorted, those of one energy averaged. */
static xasStatus makeCurve(const xasScan *scan, xasContinuousCurve *curve)
{
    sample *s = malloc((scan->n + 1) * sizeof *s);
    double *e = malloc((3 * scan->n + 1) * sizeof *e);
    size_t n, m = 0;

    if (!s || !e) {
        free(s);
        free(e);
        return xasErrMemory;
    }
    n = gather(scan, s);
    qsort(s, n, sizeof *s, byEnergy);
    curve->energy_eV = e;
    curve->mu = e + n;
    curve->time_s = e + 2 * n;
    for (size_t i = 0, k; i < n; i = k) {
        double mu = 0, time_s = 0;

        for (k = i; k < n && s[k].energy_eV <= s[i].energy_eV; k++) {
            mu += s[k].mu;
            time_s += s[k].time_s;
        }
        curve->energy_eV[m] = s[i].energy_eV;
        curve->mu[m] = mu / (double)(k - i);
        curve->time_s[m++] = time_s / (double)(k - i);
    }
    free(s);
    curve->n = m;
    curve->direction = scan->direction;
    curve->end_ns = scan->stamp_ns[scan->n - 1];
    memcpy(curve->sample, scan->sample, sizeof curve->sample);
    return xasOk;
}

/* eV/s around an energy; NaN if it is not told there. */
static double speed(const xasContinuousCurve *c, double energy_eV)
{
    size_t first = 0, last = c->n;
    double time_s;

    while (first < c->n && c->energy_eV[first] < energy_eV - near_eV)
        first++;
    while (last > first && c->energy_eV[last - 1] > energy_eV + near_eV)
        last--;
    if (last - first < 2)
        return NAN;
    time_s = fabs(c->time_s[last - 1] - c->time_s[first]);
    return (c->energy_eV[last - 1] - c->energy_eV[first]) / time_s;
}

/* At a speed v the energy of an up sweep is read v lag too low, of a down
 * sweep too high, if it lags behind the detectors. */
static void findLag(xasScan *scan, const xasContinuousCurve *a,
                    const xasContinuousCurve *b)
{
    const xasContinuousCurve *up = a->direction > 0 ? a : b;
    const xasContinuousCurve *down = a->direction > 0 ? b : a;
    xasLag lag;
    double speeds;

    if (xasLagFind(up->energy_eV, up->mu, up->n, down->energy_eV, down->mu,
                   down->n, &lag) != xasOk) {
        (void)xasScanAddEvent(scan, scan->stamp_ns[scan->n - 1], "lag",
                              "not told: no structure in common with the "
                              "sweep before");
        return;
    }
    speeds = speed(up, lag.steepest_eV) + speed(down, lag.steepest_eV);
    if (!(speeds > 0) || !isfinite(speeds))
        return;
    scan->lag_s = lag.shift_eV / speeds;
    (void)xasScanAddEvent(scan, scan->stamp_ns[scan->n - 1], "lag",
                          "energy behind detectors by %.4f +- %.4f s: edge "
                          "%.3f eV apart, up and down",
                          scan->lag_s, lag.error_eV / speeds, lag.shift_eV);
}

/* Within another sweep's time and a minute; later all may have been changed. */
static bool isConsecutive(const xasScan *scan, const xasContinuousCurve *before)
{
    int64_t end = scan->stamp_ns[scan->n - 1];

    return scan->start_ns - before->end_ns < end - scan->start_ns + 60000000000;
}

static void lag(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    xasScan *scan = a->scan;
    int role = xasScanSignalRole(scan->detection);
    xasContinuousCurve now = { .n = 0 };

    if (!scan->direction || scan->n < xasContinuousLeast ||
        role >= xasChannelCount || !scan->channel[role] ||
        !scan->channel[xasRoleI0])
        return;
    if (makeCurve(scan, &now) != xasOk)
        return;
    if (m->before.direction == -now.direction &&
        isConsecutive(scan, &m->before) &&
        strcmp(m->before.sample, now.sample) == 0)
        findLag(scan, &m->before, &now);
    xasContinuousForgetCurve(&m->before);
    m->before = now;
}

typedef struct member {
    double bin;
    size_t index;
    bool bad;
} member;

/* In order of the sweep; good ones of a bin first. */
static int byBin(const void *a, const void *b)
{
    const member *x = a, *y = b;

    if (x->bin != y->bin)
        return x->bin < y->bin ? -1 : 1;
    if (x->bad != y->bad)
        return x->bad ? 1 : -1;
    return (x->index > y->index) - (x->index < y->index);
}

/* The mean of points [n] of the old scan becomes a point. */
static xasStatus addBin(xasScan *scan, const xasScan *old, const member *of,
                        size_t n)
{
    double value[xasChannelCount], stamp = 0;
    uint32_t flags = 0;

    for (int c = 0; c < xasChannelCount; c++) {
        value[c] = old->channel[c] ? 0 : NAN;
        for (size_t i = 0; old->channel[c] && i < n; i++)
            value[c] += old->channel[c][of[i].index] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        stamp +=
            (double)(old->stamp_ns[of[i].index] - old->start_ns) / (double)n;
        flags |= old->flags[of[i].index] & ~(uint32_t)xasPointDuplicate;
    }
    return xasScanAddPoint(scan, value, old->start_ns + (int64_t)stamp, flags);
}

/* Points take the place of those in the scan, which keeps all else. */
static void replace(xasScan *scan, xasScan *by)
{
    for (int c = 0; c < xasChannelCount; c++) {
        double *keep = scan->channel[c];

        scan->channel[c] = by->channel[c];
        by->channel[c] = keep;
    }
    free(scan->stamp_ns);
    free(scan->flags);
    scan->stamp_ns = by->stamp_ns;
    scan->flags = by->flags;
    by->stamp_ns = NULL;
    by->flags = NULL;
    scan->n = by->n;
    scan->capacity = by->capacity;
    scan->low_eV = by->low_eV;
    scan->high_eV = by->high_eV;
    /* two bins may meet within what counts as one energy */
    for (size_t i = 0; i < scan->n; i++)
        scan->flags[i] &= ~(uint32_t)xasPointDuplicate;
}

/* How many of [n] belong into one point: a bin, or its first bad one. */
static size_t together(const member *of, size_t n)
{
    size_t good = 0, all = 0;

    while (all < n && of[all].bin == of[0].bin) {
        good += !of[all].bad;
        all++;
    }
    return good ? good : all;
}

static xasStatus fillBins(xasScan *to, const xasScan *scan, double width_eV,
                          member *of)
{
    const uint32_t harmless = xasPointStampBad | xasPointDuplicate;
    double sign = scan->direction < 0 ? -1 : 1;
    xasStatus status = xasOk;

    for (size_t i = 0; i < scan->n; i++) {
        double e = scan->channel[xasRoleEnergy][i];

        of[i].index = i;
        of[i].bad = (scan->flags[i] & ~harmless) != 0;
        /* points without an energy: one bin, at the end */
        of[i].bin = isfinite(e) ? sign * floor(e / width_eV) : INFINITY;
    }
    qsort(of, scan->n, sizeof *of, byBin);
    for (size_t i = 0; status == xasOk && i < scan->n;) {
        double bin = of[i].bin;

        status = addBin(to, scan, of + i, together(of + i, scan->n - i));
        while (i < scan->n && of[i].bin == bin)
            i++;
    }
    return status;
}

static void rebin(xasScan *scan, double width_eV)
{
    xasScan *bins = NULL;
    member *of = malloc((scan->n + 1) * sizeof *of);
    xasStatus status = of ? xasOk : xasErrMemory;
    size_t n = scan->n;

    if (status == xasOk)
        status = xasScanCreate(scan->channels, &bins);
    if (status == xasOk)
        status = fillBins(bins, scan, width_eV, of);
    if (status == xasOk) {
        replace(scan, bins);
        (void)xasScanAddEvent(scan, scan->stamp_ns[scan->n - 1], "rebin",
                              "%zu points in %zu bins of %g eV", n, scan->n,
                              width_eV);
    } else {
        (void)xasScanAddEvent(scan, scan->stamp_ns[n - 1], "rebin",
                              "not done: %s", xasStatusText(status));
    }
    free(of);
    xasScanDestroy(bins);
}

static void sayCut(xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);
    xasScan *scan = a->scan;

    if (m->cutFirst + m->cutLast + m->cutRest == 0)
        return;
    (void)xasScanAddEvent(scan, a->now_ns, "cut",
                          "outside what all streams cover: %zu points before, "
                          "%zu behind; %zu at rest",
                          m->cutFirst, m->cutLast, m->cutRest);
}

void xasContinuousFinish(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasCourse *s = &m->course;
    xasScan *scan = a->scan;

    scan->direction = s->direction;
    if (s->excursions)
        (void)xasScanAddEvent(scan, a->now_ns, "turn",
                              "%zu times the energy went back and on again",
                              s->excursions);
    if (xasCourseIsOff(s) && m->stop_ns > s->furthest.stamp_ns)
        (void)xasScanAddEvent(scan, s->furthest.stamp_ns, "turn",
                              "back from %.2f to %.2f eV at the end: kept",
                              s->furthest.energy_eV, s->back.energy_eV);
    sayCut(a);
    xasDetectorFinish(scan, &a->rules);
    lag(a);
    if (a->rules.rebin_eV > 0 && scan->n)
        rebin(scan, a->rules.rebin_eV);
}
