/* SPDX-License-Identifier: BSD-3-Clause */
/* Quality: each weakness, put in alone, takes off what the header says and is
 * named; suspicions of saturation by known thickness and formula. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasQuality.h"

enum { most = 2000 };

static const double er = 7112; /* Fe K of the table */

/** What a scan is made of. */
typedef struct recipe {
    double pre, post, spacing, step, noise, offset;
    xasDetection detection;
    const char *formula;
} recipe;

static const recipe perfect = {
    150, 500, 0.4, 1, 5e-4, 1, xasDetectTransmission, "FeCl2"
};

static xasSpectrum *make(const recipe *r)
{
    static double e[most], i0[most], signal[most];
    xasSpectrum *s = NULL;
    unsigned seed = 7;
    size_t n = 0;

    for (double at = er - r->pre; at <= er + r->post && n < most; n++) {
        double x = at - er - 4, mu, noise = 0;

        for (int k = 0; k < 12; k++) { /* nearly normal, variance 1 */
            seed = seed * 1103515245u + 12345u;
            noise += ((seed >> 8) & 0xffff) / 65536.0 - 0.5;
        }
        mu = r->offset + r->step * (0.5 + atan(x / 1.2) / M_PI +
                                    0.6 * exp(-(x - 4) * (x - 4) / 4));
        mu += r->step * r->noise * noise;
        e[n] = at;
        i0[n] = 1e5;
        signal[n] = r->detection == xasDetectTransmission ? i0[n] * exp(-mu)
                                                          : i0[n] * mu;
        at += at < er - 30 || at > er + 60 ? 4 : r->spacing;
    }
    if (xasSpectrumCreate(r->detection, e, i0, signal, n, &s))
        testAbort("no spectrum");
    return s;
}

static xasQuality judged(const recipe *r, const xasQualityCounts *counts,
                         char flags[XAS_FLAGS_SIZE])
{
    xasSpectrum *s = make(r);
    xasFeatures f;
    xasQuality q;

    if (xasFeaturesFind(s, "Fe", xasShellK, r->formula, &f))
        testAbort("no features");
    xasSaturationFlags(s, &f, r->formula, f.flags);
    if (xasQualityJudge(s, &f, counts, &q))
        testAbort("not judged");
    if (flags)
        memcpy(flags, f.flags, XAS_FLAGS_SIZE);
    xasSpectrumDestroy(s);
    return q;
}

static const xasQualityCounts clean = { .points = 400, .i0Min = 1e5 };

static void testRanges(void)
{
    xasQuality q = judged(&perfect, &clean, NULL);
    recipe r = perfect;

    testOk(q.score == 100 && strcmp(q.reason, "good") == 0, "%.0f: %s", q.score,
           q.reason);
    testOk(q.snr > 1400 && q.snr < 2800, "S/N %.0f for 2000", q.snr);
    testOk1(fabs(q.pre_eV - 150) < 1e-6 && fabs(q.post_eV - 500) < 4);
    testOk1(fabs(q.spacing_eV - 0.4) < 1e-6 && q.i0Min == 1e5);
    r.pre = 30;
    q = judged(&r, &clean, NULL);
    testOk(fabs(q.score - 95) < 1e-6 && strstr(q.reason, "30 eV before"),
           "%.0f: %s", q.score, q.reason);
    r = perfect;
    r.post = 80;
    q = judged(&r, &clean, NULL);
    testOk(fabs(q.score - 98) < 0.5 && strstr(q.reason, "eV behind"),
           "%.0f: %s", q.score, q.reason);
    r = perfect;
    r.spacing = 1;
    q = judged(&r, &clean, NULL);
    testOk(fabs(q.score - 85) < 0.1 && strstr(q.reason, "1 eV apart"),
           "%.0f: %s", q.score, q.reason);
    r = perfect;
    r.noise = 0.01;
    q = judged(&r, &clean, NULL);
    testOk(q.score > 80 && q.score < 90 && strstr(q.reason, "S/N"), "%.0f: %s",
           q.score, q.reason);
    r = perfect;
    r.step = 0.05;
    q = judged(&r, &clean, NULL);
    testOk(fabs(q.score - 92.5) < 0.5 && strstr(q.reason, "edge step only"),
           "%.0f: %s", q.score, q.reason);
}

static void testPoints(void)
{
    xasQualityCounts n = clean;
    xasQuality q;

    n.flagged = 20; /* 5 % */
    q = judged(&perfect, &n, NULL);
    testOk(q.score == 90 && strstr(q.reason, "points flagged: 20 (5.0 %)"),
           "%.0f: %s", q.score, q.reason);
    n.edgeFlagged = 2;
    n.lost = 3;
    q = judged(&perfect, &n, NULL);
    testOk(q.score == 50 && strstr(q.reason, "within 15 eV") == q.reason,
           "the worst first: %s", q.reason);
    n = clean;
    n.glitches = 2;
    n.glitchesI0 = 4;
    q = judged(&perfect, &n, NULL);
    testOk(q.score == 92 && q.glitches == 2 && q.glitchesI0 == 4, "%.0f: %s",
           q.score, q.reason);
    n = (xasQualityCounts){ 10, 10, 10, 99, 999, 999, 0 };
    q = judged(&perfect, &n, NULL);
    testOk(q.score >= 0 && q.score < 20 && strlen(q.reason) < sizeof q.reason,
           "all at once: %.0f: %s", q.score, q.reason);
}

static void testSaturation(void)
{
    recipe r = perfect;
    char flags[XAS_FLAGS_SIZE];
    xasQuality q;

    r.step = 2.5;
    q = judged(&r, &clean, flags);
    testOk(xasFlagsHave(flags, "too_thick") && q.score == 85, "%s", q.reason);
    r.step = 4;
    (void)judged(&r, &clean, flags);
    testOk1(xasFlagsHave(flags, "too_thick") &&
            xasFlagsHave(flags, "dark_level"));
    r = perfect;
    r.detection = xasDetectFluorescence;
    r.offset = 0.05;
    q = judged(&r, &clean, flags); /* Fe is half of FeCl2's absorption */
    testOk(xasFlagsHave(flags, "self_absorption") &&
               strstr(q.reason, "self-absorption suspected"),
           "FeCl2 in fluorescence: %s", q.reason);
    r.formula = "FePb40"; /* diluted in what absorbs all the rest */
    (void)judged(&r, &clean, flags);
    testOk1(!xasFlagsHave(flags, "self_absorption"));
    r.formula = "CuCl2";
    (void)judged(&r, &clean, flags);
    testOk(!xasFlagsHave(flags, "self_absorption"),
           "a formula without the absorber says nothing");
    r.formula = "";
    (void)judged(&r, &clean, flags);
    testOk1(!xasFlagsHave(flags, "self_absorption"));
}

static void testUseless(void)
{
    recipe r = perfect;
    xasFeatures f;
    xasQuality q;
    xasSpectrum *s;

    memset(&f, 0, sizeof f);
    q.score = -1;
    testOk1(xasQualityJudge(NULL, NULL, &clean, &q) == xasErrArg &&
            q.score == -1);
    testOk1(xasQualityJudge(NULL, &f, &clean, &q) == xasOk && q.score == 0 &&
            q.reason[0] && isnan(q.snr));
    r.step = 1e-9; /* nothing but noise */
    r.noise = 1e6;
    q = judged(&r, &clean, NULL);
    testOk(q.score == 0 && strstr(q.reason, "no edge"), "%s", q.reason);
    r = perfect;
    r.post = -100;
    r.pre = 140;
    q = judged(&r, &clean, NULL);
    testOk(q.score == 0 && q.reason[0], "%s", q.reason);
    s = make(&perfect);
    xasFlagsAdd(f.flags, "wrong_element:Co");
    testOk1(xasQualityJudge(s, &f, &clean, &q) == xasOk && q.score == 0 &&
            strstr(q.reason, "another element"));
    xasSpectrumDestroy(s);
    xasQualityClear(&q);
    testOk1(isnan(q.score) && !q.reason[0]);
}

MAIN(qualityTest)
{
    testPlan(25);
    testRanges();
    testPoints();
    testSaturation();
    testUseless();
    return testDone();
}
