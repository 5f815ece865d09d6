/* SPDX-License-Identifier: BSD-3-Clause */
/* Merging: the mean of known repeats, its error, what is refused and why, a
 * sample that changes under the beam. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "xasMerge.h"

enum { points = 420, most = 12 };

/** Repeats of a K edge of Fe in fluorescence; counts make the noise. */
typedef struct series {
    size_t n;
    xasSpectrum *spectrum[most];
    xasFeatures features[most];
    xasMergeMember member[most];
    xasMergeVerdict verdict[most];
} series;

/** How a repeat differs from the first. */
typedef struct change {
    double shift_eV, line, counts, gain, offset, to_eV, step_eV;
} change;

static const change same = { 0, 0, 1e6, 1, 0, 560, 0.35 };
static const double er = 7112;
static madeRandom chance = { 1 };

static double truth(double x, double line)
{
    double white = (x - 4) / 2.2, pre = (x + 9) / 1.2, post = (x - 30) / 9;

    return 0.1 + 0.5 + atan(x / 1.2) / M_PI +
           (0.7 + line) * exp(-white * white) + 0.06 * exp(-pre * pre) +
           0.05 * exp(-post * post);
}

static xasSpectrum *measure(const change *c)
{
    double e[points], i0[points], y[points], at = er - 140;
    xasSpectrum *s = NULL;
    size_t n = 0;

    for (; n < points && at < er + c->to_eV; n++) {
        double mu =
            truth(at - er - 5 - c->shift_eV, c->line) * c->gain + c->offset;

        e[n] = at;
        i0[n] = c->counts;
        y[n] = mu * i0[n] + sqrt(mu * i0[n] * (1 + mu)) * madeNormal(&chance);
        at += at < er - 30 ? 5 : at < er + 60 ? c->step_eV : 4;
    }
    if (xasSpectrumCreate(xasDetectFluorescence, e, i0, y, n, &s))
        testAbort("no spectrum");
    return s;
}

static void add(series *s, const change *c, double foil_eV)
{
    size_t i = s->n++;

    s->spectrum[i] = measure(c);
    if (xasFeaturesFind(s->spectrum[i], "Fe", xasShellK, "", &s->features[i]))
        testAbort("no features");
    s->member[i] = (xasMergeMember){ s->spectrum[i], &s->features[i], foil_eV };
}

static xasStatus merge(series *s, xasMerge *m, xasSpectrum **mean)
{
    return xasMergeFind(s->member, s->n, "Fe", xasShellK, "", s->verdict, m,
                        mean);
}

static void clear(series *s)
{
    for (size_t i = 0; i < s->n; i++)
        xasSpectrumDestroy(s->spectrum[i]);
    s->n = 0;
}

/* Four equal repeats: half the error, three quarters of the scale left. */
static void testMean(void)
{
    series s = { 0 };
    xasSpectrum *mean = NULL;
    change c = same;
    xasMerge m;
    double e, worst = 0, half;

    for (int i = 0; i < 4; i++) {
        c.gain = 1 + 0.05 * i; /* thickness and gain are no scatter */
        c.offset = 0.02 * i;
        add(&s, &c, NAN);
    }
    testOk1(merge(&s, &m, &mean) == xasOk && m.used == 4 && !m.aligned);
    if (!mean)
        testAbort("no mean");
    testOk1(!m.beamDamage && !m.trend[0] &&
            !xasFlagsHave(m.features.flags, "beam_damage"));
    for (size_t k = 0; k < xasSpectrumSize(mean); k++)
        worst =
            fmax(worst, fabs(xasSpectrumMu(mean)[k] -
                             truth(xasSpectrumEnergy(mean)[k] - er - 5, 0)));
    testOk(worst < 6e-3, "mean within %.1e of the truth", worst);
    half = m.features.error[xasWlI] / s.features[0].error[xasWlI];
    testOk(half > 0.4 && half < 0.65, "error %.3f of one repeat's", half);
    testOk1(m.error[xasWlI] >= m.features.error[xasWlI]);
    e = m.error[xasEdgeE];
    testOk(fabs(m.oneMore[xasEdgeE] -
                sqrt((e * e * 0.8 + 4e-4) / (e * e + 4e-4))) < 1e-12,
           "one more repeat: %.4f", m.oneMore[xasEdgeE]);
    testOk1(m.oneMore[xasEdgeE] < 1 && m.oneMore[xasEdgeE] > sqrt(0.8));
    xasSpectrumDestroy(mean);
    clear(&s);
}

/* The error must be honest: the pull of the merge over many series. */
static void testPull(void)
{
    double sum = 0, square = 0, reference;
    size_t n = 0;
    series s = { 0 };
    change c = same;
    xasMerge m;

    c.counts = 1e12;
    add(&s, &c, NAN);
    reference = s.features[0].value[xasEdgeE];
    clear(&s);
    for (int k = 0; k < 150; k++) {
        for (int i = 0; i < 5; i++)
            add(&s, &same, NAN);
        if (merge(&s, &m, NULL) == xasOk && m.used == 5) {
            double pull =
                (m.features.value[xasEdgeE] - reference) / m.error[xasEdgeE];
            sum += pull;
            square += pull * pull;
            n++;
        }
        clear(&s);
    }
    testOk(n >= 147, "%zu of 150 series merged whole", n);
    square = sqrt(square / (double)n - sum * sum / (double)(n * n));
    testOk(square > 0.65 && square < 1.25, "pull of edge_e: %.2f", square);
}

static void testOutlier(void)
{
    series s = { 0 };
    change c = same, short_ = same;
    xasMerge m;

    for (int i = 0; i < 2; i++)
        add(&s, &same, NAN);
    c.shift_eV = 0.8; /* the monochromator has slipped */
    add(&s, &c, NAN);
    short_.to_eV = 60;
    add(&s, &short_, NAN);
    testOk1(merge(&s, &m, NULL) == xasOk && m.used == 2);
    testOk(!s.verdict[2].used && strstr(s.verdict[2].reason, "outlier") &&
               s.verdict[2].distance > 3,
           "%s", s.verdict[2].reason);
    testOk(!s.verdict[3].used && strstr(s.verdict[3].reason, "range"), "%s",
           s.verdict[3].reason);
    testOk1(s.verdict[0].used && s.verdict[1].used && !s.verdict[0].reason[0]);
    clear(&s);
    add(&s, &same, NAN);
    add(&s, &c, NAN);
    testOk(merge(&s, &m, NULL) == xasOk && m.used == 2 &&
               xasFlagsHave(m.features.flags, "repeats_differ"),
           "of two nobody can say which is wrong");
    clear(&s);
    c = same;
    for (int i = 0; i < 4; i++) {
        c.counts = i == 3 ? 6e4 : 1e6; /* a noisy one weighs less */
        add(&s, &c, NAN);
    }
    testOk1(merge(&s, &m, NULL) == xasOk && m.used == 4 &&
            m.features.error[xasWlI] < s.features[0].error[xasWlI]);
    clear(&s);
}

/* The first was broken off behind the edge, or is a look at the whole range in
 * coarse steps: it must not make the others as poor as itself. */
static void testFirst(void)
{
    series s = { 0 };
    change c = same;
    xasMerge m, whole;

    for (int i = 0; i < 4; i++)
        add(&s, &same, NAN);
    testOk1(merge(&s, &whole, NULL) == xasOk && whole.used == 4);
    clear(&s);
    c.to_eV = 70;
    add(&s, &c, NAN);
    for (int i = 0; i < 3; i++)
        add(&s, &same, NAN);
    testOk(merge(&s, &m, NULL) == xasOk && m.used == 3 &&
               strstr(s.verdict[0].reason, "range"),
           "short: %s", s.verdict[0].reason);
    clear(&s);
    c = same;
    c.step_eV = 3;
    add(&s, &c, NAN);
    for (int i = 0; i < 3; i++)
        add(&s, &same, NAN);
    testOk(merge(&s, &m, NULL) == xasOk && m.used == 3 &&
               strstr(s.verdict[0].reason, "too coarse"),
           "coarse: %s", s.verdict[0].reason);
    /* 0.02 eV: some five times the error of such a mean */
    testOk(fabs(m.features.value[xasEdgeE] - whole.features.value[xasEdgeE]) <
               0.02,
           "edge_e of the mean %.4f, %.4f without it",
           m.features.value[xasEdgeE], whole.features.value[xasEdgeE]);
    clear(&s);
    c.step_eV = 0.7; /* may count, but does not set the grid */
    add(&s, &c, NAN);
    for (int i = 0; i < 3; i++)
        add(&s, &same, NAN);
    testOk1(merge(&s, &m, NULL) == xasOk && m.used == 4);
    testOk(fabs(m.features.value[xasEdgeE] - whole.features.value[xasEdgeE]) <
               0.02,
           "edge_e %.4f with half the points in one",
           m.features.value[xasEdgeE]);
    clear(&s);
}

/* A slipping axis is put right by the foil measured with each, by nothing
 * else. */
static void testFoil(void)
{
    series s = { 0 };
    change c = same;
    xasMerge m;
    double worst = 0;

    for (int i = 0; i < 4; i++) {
        c.shift_eV = 0.3 * (i % 2);
        add(&s, &c, -c.shift_eV);
    }
    testOk1(merge(&s, &m, NULL) == xasOk && m.aligned && m.used == 4);
    for (int i = 0; i < 4; i++)
        worst = fmax(worst, s.verdict[i].distance);
    testOk(worst < 2, "aligned: %.2f times the noise apart", worst);
    testOk(fabs(m.features.value[xasEdgeE] - s.features[0].value[xasEdgeE]) <
               0.03,
           "on the foil's axis");
    s.member[1].shift_eV = NAN;
    testOk1(merge(&s, &m, NULL) == xasOk && !m.aligned);
    worst = 0;
    for (int i = 0; i < 4; i++)
        worst = fmax(worst, s.verdict[i].distance);
    testOk(worst > 3, "one has no foil: none is moved, %.1f", worst);
    clear(&s);
}

static void testDamage(void)
{
    series s = { 0 };
    change c = same;
    size_t found = 0, alarms = 0;
    xasMerge m;

    for (int i = 0; i < 8; i++) {
        c.line = -0.03 * i; /* the white line goes */
        add(&s, &c, NAN);
    }
    testOk1(merge(&s, &m, NULL) == xasOk && m.beamDamage);
    testOk(xasFlagsHave(m.features.flags, "beam_damage") &&
               strstr(m.trend, "wl_i"),
           "%s", m.trend);
    testOk(m.used >= 1 && m.used <= 2 && s.verdict[0].used &&
               !s.verdict[7].used,
           "the first %zu count", m.used);
    testOk1(fabs(m.features.value[xasWlI] - s.features[0].value[xasWlI]) <
            0.02);
    testOk1(isnan(m.oneMore[xasWlI]));
    clear(&s);
    for (int k = 0; k < 200; k++) {
        for (int i = 0; i < 3 + k % 6; i++) {
            c = same;
            add(&s, &c, NAN);
        }
        found += merge(&s, &m, NULL) == xasOk;
        alarms += m.beamDamage;
        clear(&s);
    }
    testOk(found == 200 && alarms <= 4, "%zu false alarms in 200 series",
           alarms);
}

static void testBroken(void)
{
    series s = { 0 };
    xasMerge m;
    xasMergeMember none = { NULL, NULL, NAN };
    xasMergeVerdict verdict[XAS_MERGE_MAX + 1];
    xasSpectrum *out = NULL;
    const double e[] = { 1, 2, 2 }, v[] = { 1, 1, NAN };

    m.used = 99;
    testOk1(xasMergeFind(NULL, 0, "Fe", xasShellK, "", verdict, &m, NULL) ==
            xasErrArg);
    testOk1(xasMergeFind(&none, 1, "Qq", xasShellK, "", verdict, &m, NULL) ==
            xasErrArg);
    testOk1(xasMergeFind(&none, 1, "Fe", xasShellNone, "", verdict, &m, NULL) ==
            xasErrArg);
    testOk(xasMergeFind(&none, 1, "Fe", xasShellK, "", verdict, &m, NULL) ==
                   xasErrRange &&
               m.used == 99 && verdict[0].reason[0],
           "%s", verdict[0].reason);
    add(&s, &same, NAN);
    s.member[s.n++] = none;
    testOk1(merge(&s, &m, NULL) == xasOk && m.used == 1);
    xasFlagsAdd(s.features[0].flags, "no_edge");
    testOk1(merge(&s, &m, NULL) == xasErrRange);
    s.n = 1;
    clear(&s);
    add(&s, &same, INFINITY);
    testOk1(merge(&s, &m, NULL) == xasOk && !m.aligned && m.used == 1);
    testOk(fabs(m.features.value[xasEdgeE] - s.features[0].value[xasEdgeE]) <
               1e-9,
           "one alone is itself");
    add(&s, &same, 5000); /* no common range */
    s.member[0].shift_eV = 0;
    testOk1(merge(&s, &m, NULL) == xasOk && m.used == 1 && !s.verdict[1].used);
    clear(&s);
    testOk1(xasSpectrumFromMu(xasDetectMu, e, e, e, 3, &out) == xasErrOrder &&
            xasSpectrumFromMu(xasDetectMu, e, e, v, 0, &out) == xasErrRange &&
            xasSpectrumFromMu(xasDetectMu, e, v, e, 3, &out) == xasErrNaN &&
            !out);
}

MAIN(mergeTest)
{
    testPlan(42);
    testMean();
    testPull();
    testOutlier();
    testFirst();
    testFoil();
    testDamage();
    testBroken();
    return testDone();
}
