/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasMerge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasMergeChoose.h"
#include "xasMergeTrend.h"
#include "xasNoise.h"
#include "xasStat.h"

static const double refuseAt = 3, same_eV = 1e-6;

/** Repeats on the common grid. */
typedef struct stack {
    size_t n, points;           /* repeats that count, points of the grid */
    size_t *index;              /* [n] their number */
    double *x, *y, *v;          /* [points], [n][points] mu and its variance */
    double *work;               /* [2 * points] at least */
    double mean[XAS_MERGE_MAX]; /* mean variance */
} stack;

double xasMergeFloor(xasFeatureId id)
{
    if (id == xasHasPre || id == xasHasSh || id == xasHasL3Sub)
        return 0;
    if (xasFeatureUnit(id)[0])
        return xasFeatureShell(id) == xasShellK ? 0.02 : 0.05;
    return 0.002;
}

/* A repeat at x, linear between its points, with the variance of that. */
static void resample(const xasMergeMember *m, double shift, const double *var,
                     const stack *s, double *y, double *v)
{
    const double *e = xasSpectrumEnergy(m->spectrum);
    const double *mu = xasSpectrumMu(m->spectrum);
    size_t last = xasSpectrumSize(m->spectrum) - 1, k = 0;

    for (size_t i = 0; i < s->points; i++) {
        double x = s->x[i] - shift, t;

        while (k + 2 <= last && e[k + 1] <= x)
            k++;
        t = fmin(1, fmax(0, (x - e[k]) / (e[k + 1] - e[k])));
        y[i] = mu[k] + t * (mu[k + 1] - mu[k]);
        v[i] = (1 - t) * (1 - t) * var[k] + t * t * var[k + 1];
    }
}

/* Bring y onto ref by a y + b, least squares; false if it is nothing like. */
static bool match(const double *ref, double *y, double *v, size_t n)
{
    double mx = xasMean(y, n), my = xasMean(ref, n), xx = 0, xy = 0, a;

    for (size_t i = 0; i < n; i++) {
        xx += (y[i] - mx) * (y[i] - mx);
        xy += (y[i] - mx) * (ref[i] - my);
    }
    a = xy / xx;
    if (!(a > 0) || !isfinite(a))
        return false;
    for (size_t i = 0; i < n; i++) {
        y[i] = my + a * (y[i] - mx);
        v[i] *= a * a;
    }
    return true;
}

/* Variances of a spectrum's points, as the features have them. */
static xasStatus variances(const xasSpectrum *s, double edge_eV, double height,
                           double *window, double *var)
{
    char flags[XAS_FLAGS_SIZE] = "";
    double sigma, least = 1e-12 * (height > 0 ? height * height : 1);
    size_t n = xasSpectrumSize(s);
    xasStatus status;

    for (size_t i = 0; i < n; i++)
        window[i] = xasSpectrumEnergy(s)[i] < edge_eV;
    status = xasNoiseFind(s, window, height, &sigma, var, flags);
    for (size_t i = 0; status == xasOk && i < n; i++)
        var[i] = fmax(isfinite(var[i]) ? var[i] : 0, least);
    return status;
}

/* The grid: the points of one of them within the common range. */
static void makeGrid(const xasMergeMember *of, double shift,
                     const double range[2], stack *s)
{
    const double *e = xasSpectrumEnergy(of->spectrum);

    s->points = 0;
    for (size_t i = 0; i < xasSpectrumSize(of->spectrum); i++) {
        double x = e[i] + shift;

        if (x >= range[0] - same_eV && x <= range[1] + same_eV)
            s->x[s->points++] = x;
    }
}

static xasStatus fillStack(const xasMergeMember *member, bool aligned,
                           double edge_eV, xasMergeVerdict *verdict, stack *s)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        const xasMergeMember *m = &member[s->index[i]];
        size_t points = xasSpectrumSize(m->spectrum);
        double shift = xasMergeShift(m, aligned);
        double *y = s->y + kept * s->points, *v = s->v + kept * s->points;
        double *var = malloc(2 * points * sizeof *var);
        xasStatus status;

        if (!var)
            return xasErrMemory;
        status = variances(m->spectrum, edge_eV - shift,
                           m->features->step_or_jump, var + points, var);
        if (status == xasOk)
            resample(m, shift, var, s, y, v);
        free(var);
        if (status)
            return status;
        if (kept && !match(s->y, y, v, s->points)) {
            xasMergeRefuse(&verdict[s->index[i]], "nothing like the first");
            continue;
        }
        s->mean[kept] = xasMean(v, s->points);
        s->index[kept++] = s->index[i];
    }
    s->n = kept;
    return xasOk;
}

/* Distance of two repeats, in units of their noise; where it is largest. */
static double apart(const stack *s, size_t i, size_t j, double *worst_eV)
{
    const double *a = s->y + i * s->points, *b = s->y + j * s->points;
    double sum = 0, most = 0;

    for (size_t k = 0; k < s->points; k++) {
        double d = a[k] - b[k];

        sum += d * d;
        if (fabs(d) > most) {
            most = fabs(d);
            *worst_eV = s->x[k];
        }
    }
    return sqrt(sum / (double)s->points / (s->mean[i] + s->mean[j]));
}

/* How far a repeat is from the nearer half of the others. */
static double fromOthers(const stack *s, size_t i, double *worst_eV)
{
    double d[XAS_MERGE_MAX], at = 0, nearest = INFINITY;
    size_t n = 0;

    for (size_t j = 0; j < s->n; j++) {
        if (j == i)
            continue;
        d[n] = apart(s, i, j, &at);
        if (d[n] < nearest) {
            nearest = d[n];
            *worst_eV = at;
        }
        n++;
    }
    xasSort(d, n);
    return n ? d[(n - 1) / 2] : 0;
}

static void drop(stack *s, size_t i)
{
    size_t after = s->n - i - 1;

    memmove(s->y + i * s->points, s->y + (i + 1) * s->points,
            after * s->points * sizeof *s->y);
    memmove(s->v + i * s->points, s->v + (i + 1) * s->points,
            after * s->points * sizeof *s->v);
    memmove(s->index + i, s->index + i + 1, after * sizeof *s->index);
    memmove(s->mean + i, s->mean + i + 1, after * sizeof *s->mean);
    s->n--;
}

/* The worst goes, while there is one that is an outlier. */
static void refuseOutliers(stack *s, xasMergeVerdict *verdict,
                           char flags[XAS_FLAGS_SIZE])
{
    for (;;) {
        double d[XAS_MERGE_MAX], rest[XAS_MERGE_MAX], at[XAS_MERGE_MAX] = { 0 };
        size_t worst = 0, n = 0;
        double usual;

        for (size_t i = 0; i < s->n; i++) {
            d[i] = verdict[s->index[i]].distance = fromOthers(s, i, &at[i]);
            worst = d[i] > d[worst] ? i : worst;
        }
        if (s->n == 2 && d[0] > refuseAt)
            xasFlagsAdd(flags, "repeats_differ");
        if (s->n < 3)
            return;
        for (size_t i = 0; i < s->n; i++)
            if (i != worst)
                rest[n++] = d[i];
        usual = fmax(1, xasMedianSort(rest, n));
        if (!(d[worst] > refuseAt * usual))
            return;
        verdict[s->index[worst]].used = false;
        (void)snprintf(verdict[s->index[worst]].reason, sizeof verdict->reason,
                       "outlier: %.1f times the noise away from the others "
                       "(usual %.1f), most at %.2f eV",
                       d[worst], usual, at[worst]);
        drop(s, worst);
    }
}

/* Variance of the mean at each point by the scatter, averaged over 21. */
static void scatter(const stack *s, const double *weight, const double *mean,
                    double *raw, double *out)
{
    enum { reach = 10 };
    double sum = 0;
    size_t from = 0, to = 0;

    for (size_t k = 0; k < s->points; k++) {
        raw[k] = 0;
        for (size_t i = 0; i < s->n; i++) {
            double d = s->y[i * s->points + k] - mean[k];
            raw[k] += weight[i] * d * d / (double)(s->n - 1);
        }
    }
    for (size_t k = 0; k < s->points; k++) {
        for (; to < s->points && to <= k + reach; to++)
            sum += raw[to];
        for (; from + reach < k; from++)
            sum -= raw[from];
        out[k] = sum / (double)(to - from);
    }
}

static xasStatus average(const stack *s, xasDetection detection,
                         xasSpectrum **out)
{
    double weight[XAS_MERGE_MAX], all = 0;
    double *mean = s->work, *var = mean + s->points, *raw = var + s->points;
    double *spread = raw + s->points;

    for (size_t i = 0; i < s->n; i++)
        all += weight[i] = 1 / s->mean[i];
    memset(mean, 0, 2 * s->points * sizeof *mean);
    for (size_t i = 0; i < s->n; i++) {
        weight[i] /= all;
        for (size_t k = 0; k < s->points; k++) {
            mean[k] += weight[i] * s->y[i * s->points + k];
            var[k] += weight[i] * weight[i] * s->v[i * s->points + k];
        }
    }
    if (s->n > 1) {
        scatter(s, weight, mean, raw, spread);
        for (size_t k = 0; k < s->points; k++)
            var[k] = fmax(var[k], spread[k]);
    }
    return xasSpectrumFromMu(detection, s->x, mean, var, s->points, out);
}

/* Does it move with the energy axis?  "wl_e" and "wl_dr" do, "wl_de" is a
 * difference of two places on it. */
static bool onAxis(xasFeatureId id)
{
    const char *tail = strrchr(xasFeatureName(id), '_');

    return tail && (strcmp(tail, "_e") == 0 || strcmp(tail, "_dr") == 0);
}

/* Errors of the merge's features, and what one more repeat would change. */
static void errors(const xasMergeMember *member, const stack *s, xasMerge *out)
{
    double n = (double)s->n;

    for (int id = 0; id < xasFeatureCount; id++) {
        double v[XAS_MERGE_MAX], floor = xasMergeFloor((xasFeatureId)id), e;
        size_t count = 0;

        out->oneMore[id] = NAN;
        e = out->features.error[id];
        for (size_t i = 0; i < s->n; i++) {
            const xasMergeMember *m = &member[s->index[i]];

            v[count] = m->features->value[id];
            if (out->aligned && onAxis((xasFeatureId)id))
                v[count] += m->shift_eV;
            count += isfinite(v[count]) != 0;
        }
        if (count == s->n && count > 1) {
            double sd = xasDeviation(v, count) * sqrt(n / (n - 1));
            e = isfinite(e) ? fmax(e, sd / sqrt(n)) : sd / sqrt(n);
        }
        if (!isfinite(out->features.value[id]))
            e = NAN;
        out->error[id] = e;
        if (e > 0 && !out->beamDamage)
            out->oneMore[id] = sqrt((e * e * n / (n + 1) + floor * floor) /
                                    (e * e + floor * floor));
    }
}

static void cutDamaged(const xasMergeMember *member, xasShell shell, stack *s,
                       xasMergeVerdict *verdict, xasMerge *out)
{
    size_t keep = xasMergeTrend(member, s->index, s->n, shell, out);

    if (out->beamDamage)
        xasFlagsAdd(out->features.flags, "beam_damage");
    for (size_t i = keep; i < s->n; i++)
        xasMergeRefuse(&verdict[s->index[i]],
                       "the sample has changed: beam damage");
    s->n = keep < s->n ? keep : s->n;
}

static bool allocate(stack *s, size_t n, size_t points)
{
    s->x = malloc((5 + 2 * n) * points * sizeof *s->x);
    if (!s->x)
        return false;
    s->work = s->x + points;
    s->y = s->work + 4 * points;
    s->v = s->y + n * points;
    return true;
}

/* From the repeats on one grid to the features of their mean. */
static xasStatus conclude(const xasMergeMember *member, stack *s,
                          const char *element, xasShell shell,
                          const char *formula, xasMergeVerdict *verdict,
                          xasMerge *out, xasSpectrum **mean)
{
    char flags[XAS_FLAGS_SIZE] = "";
    xasStatus status;

    refuseOutliers(s, verdict, out->features.flags);
    cutDamaged(member, shell, s, verdict, out);
    memcpy(flags, out->features.flags, sizeof flags);
    out->used = s->n;
    status =
        average(s, xasSpectrumDetection(member[s->index[0]].spectrum), mean);
    if (status == xasOk)
        status =
            xasFeaturesFind(*mean, element, shell, formula, &out->features);
    for (const char *at = flags; status == xasOk && *at;
         at += strcspn(at, ";"), at += *at == ';') {
        char one[XAS_FLAGS_SIZE];

        (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(at, ";"), at);
        xasFlagsAdd(out->features.flags, one);
    }
    if (status == xasOk)
        errors(member, s, out);
    return status;
}

xasStatus xasMergeFind(const xasMergeMember *member, size_t n,
                       const char *element, xasShell shell, const char *formula,
                       xasMergeVerdict *verdict, xasMerge *out,
                       xasSpectrum **merged)
{
    size_t index[XAS_MERGE_MAX];
    stack s = { .index = index };
    xasMerge m = { 0 };
    const xasMergeMember *grid;
    xasEdgeEnergies er;
    xasSpectrum *mean = NULL;
    double range[2], edge_eV;
    xasStatus status;

    if (!member || !n || n > XAS_MERGE_MAX || !element || !verdict || !out ||
        xasEdgeLookUp(element, &er) ||
        (shell != xasShellK && shell != xasShellL))
        return xasErrArg;
    edge_eV = shell == xasShellK ? er.k_eV : er.l3_eV;
    s.n = xasMergeChoose(member, n, edge_eV, verdict, index, &m.aligned, range);
    if (!s.n)
        return xasErrRange;
    grid = &member[xasMergeFinest(member, index, s.n)];
    if (!allocate(&s, s.n, xasSpectrumSize(grid->spectrum)))
        return xasErrMemory;
    makeGrid(grid, xasMergeShift(grid, m.aligned), range, &s);
    status = fillStack(member, m.aligned,
                       edge_eV - (shell == xasShellK ? 20 : 4), verdict, &s);
    if (status == xasOk)
        status =
            conclude(member, &s, element, shell, formula, verdict, &m, &mean);
    free(s.x);
    if (status == xasOk) {
        *out = m;
        if (merged)
            *merged = mean;
    }
    if (status || !merged)
        xasSpectrumDestroy(mean);
    return status;
}
