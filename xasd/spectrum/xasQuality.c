/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasQuality.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasStat.h"

enum { most = 12 };

/** What speaks against a scan. */
typedef struct complaint {
    double takes;
    char text[64];
} complaint;

typedef struct complaints {
    int n;
    complaint list[most];
} complaints;

void xasQualityClear(xasQuality *q)
{
    memset(q, 0, sizeof *q);
    q->score = q->snr = q->spacing_eV = q->pre_eV = q->post_eV = NAN;
    q->i0Min = NAN;
}

static void complain(complaints *c, double takes, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void complain(complaints *c, double takes, const char *format, ...)
{
    va_list args;

    if (!(takes >= 0.5) || c->n == most)
        return;
    c->list[c->n].takes = takes;
    va_start(args, format);
    (void)vsnprintf(c->list[c->n].text, sizeof c->list[c->n].text, format,
                    args);
    va_end(args);
    c->n++;
}

/* Median distance of the points within reach of an energy. */
static double spacingAt(const xasSpectrum *s, double at_eV, double reach_eV)
{
    const double *e = xasSpectrumEnergy(s);
    size_t n = xasSpectrumSize(s), count = 0;
    double *gap = malloc((n ? n : 1) * sizeof *gap), median;

    if (!gap)
        return NAN;
    for (size_t i = 1; i < n; i++)
        if (e[i] > at_eV - reach_eV && e[i - 1] < at_eV + reach_eV)
            gap[count++] = e[i] - e[i - 1];
    median = xasMedianSort(gap, count);
    free(gap);
    return median;
}

static void measure(const xasSpectrum *s, const xasFeatures *f, xasQuality *q)
{
    const double *e = xasSpectrumEnergy(s);
    size_t n = xasSpectrumSize(s);
    double first, last, reach = f->shell == xasShellK ? 10 : 3;
    xasEdgeEnergies er;

    if (isfinite(f->sigma) && f->sigma > 0)
        q->snr = 1 / f->sigma;
    if (!n || xasEdgeLookUp(f->element, &er))
        return;
    first = f->shell == xasShellK ? er.k_eV : er.l3_eV;
    last = f->shell == xasShellK ? er.k_eV : er.l2_eV;
    q->pre_eV = fmax(0, first - e[0]);
    q->post_eV = fmax(0, e[n - 1] - last);
    q->spacing_eV = spacingAt(s, first, reach);
}

static void judgePoints(const xasQualityCounts *n, complaints *c)
{
    double percent =
        n->points ? 100.0 * (double)n->flagged / (double)n->points : 0;

    complain(c, fmin(25, 2 * percent), "points flagged: %lld (%.1f %%)",
             (long long)n->flagged, percent);
    complain(c, n->edgeFlagged ? 25 : 0, "within 15 eV of the edge: %lld",
             (long long)n->edgeFlagged);
    complain(c, n->lost > 0 ? 15 : 0, "points lost: %lld", (long long)n->lost);
    complain(c, fmin(15, 3 * (double)n->glitches), "glitches in mu: %lld",
             (long long)n->glitches);
    complain(c, fmin(3, 0.5 * (double)n->glitchesI0), "glitches in I0: %lld",
             (long long)n->glitchesI0);
}

static void judgeSpectrum(const xasSpectrum *s, const xasFeatures *f,
                          const xasQuality *q, complaints *c)
{
    int k = f->shell == xasShellK;
    double fine = k ? 0.5 : 0.15, pre = k ? 60 : 12, post = k ? 100 : 15;

    if (isfinite(q->snr) && !xasFlagsHave(f->flags, "noise_unknown"))
        complain(c, fmin(30, 15 * log10(1000 / q->snr)), "S/N %.3g", q->snr);
    else
        complain(c, 5, "S/N unknown");
    if (k && xasSpectrumDetection(s) == xasDetectTransmission)
        complain(c, 15 * (0.1 - f->step_or_jump) / 0.1, "edge step only %.3g",
                 f->step_or_jump);
    complain(c, fmin(30, 15 * log2(q->spacing_eV / fine)),
             "points %.2g eV apart at the edge", q->spacing_eV);
    complain(c, 10 * (pre - q->pre_eV) / pre, "only %.0f eV before the edge",
             q->pre_eV);
    complain(c, 10 * (post - q->post_eV) / post, "only %.0f eV behind the edge",
             q->post_eV);
    if (xasFlagsHave(f->flags, "too_thick"))
        complain(c, 15, "sample too thick (edge step %.2g)", f->step_or_jump);
    if (xasFlagsHave(f->flags, "dark_level"))
        complain(c, 15, "I1 may reach its dark level");
    if (xasFlagsHave(f->flags, "dead_time"))
        complain(c, 15, "detector blind for more than 5 %% of a point");
    if (xasFlagsHave(f->flags, "self_absorption"))
        complain(c, 10, "%s suspected",
                 xasSpectrumDetection(s) == xasDetectYield ? "saturation"
                                                           : "self-absorption");
}

static int worstFirst(const void *a, const void *b)
{
    double x = ((const complaint *)a)->takes, y = ((const complaint *)b)->takes;

    return (x < y) - (x > y);
}

/* What does not fit any more is not cut in the middle of a word. */
static void putWords(complaints *c, xasQuality *q)
{
    size_t used = 0;

    q->score = 100;
    if (c->n)
        qsort(c->list, (size_t)c->n, sizeof *c->list, worstFirst);
    for (int i = 0; i < c->n; i++) {
        char one[96];
        size_t length =
            (size_t)snprintf(one, sizeof one, "%s%s (-%.0f)", used ? "; " : "",
                             c->list[i].text, c->list[i].takes);

        q->score -= c->list[i].takes;
        if (used + length < sizeof q->reason) {
            memcpy(q->reason + used, one, length + 1);
            used += length;
        }
    }
    q->score = fmax(0, q->score);
    if (!c->n)
        (void)snprintf(q->reason, sizeof q->reason, "good");
}

/* Why there is nothing to judge, "" if there is. */
static const char *useless(const xasFeatures *f)
{
    static const struct {
        const char *flag, *words;
    } fatal[] = { { "too_few_points", "too few points" },
                  { "unknown_element", "no known edge in it" },
                  { "wrong_element", "the edge of another element" },
                  { "no_edge", "no edge found" } };

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (xasFlagsHave(f->flags, fatal[i].flag))
            return fatal[i].words;
    return "";
}

xasStatus xasQualityJudge(const xasSpectrum *s, const xasFeatures *f,
                          const xasQualityCounts *counts, xasQuality *out)
{
    complaints c = { 0 };
    xasQuality q;

    if (!f || !counts || !out)
        return xasErrArg;
    xasQualityClear(&q);
    q.i0Min = counts->i0Min;
    q.glitches = counts->glitches;
    q.glitchesI0 = counts->glitchesI0;
    if (s)
        measure(s, f, &q);
    if (!s || useless(f)[0]) {
        q.score = 0;
        (void)snprintf(q.reason, sizeof q.reason, "%s",
                       useless(f)[0] ? useless(f) : "no spectrum");
    } else {
        judgePoints(counts, &c);
        judgeSpectrum(s, f, &q, &c);
        putWords(&c, &q);
    }
    *out = q;
    return xasOk;
}
