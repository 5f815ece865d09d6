/* SPDX-License-Identifier: BSD-3-Clause */
/* K scans that still run: a provisional step, and what must not change by it.
 * Truth is the curve the scan was made of. */
#include <math.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeScan.h"

static const double er_eV = 7112;

static xasSpectrum *make(const madeCurve *c)
{
    madeRandom noise = { 5 };
    madeScan s;
    xasSpectrum *out = NULL;

    madeScanInit(&s, xasDetectTransmission, 600);
    (void)madeScanAxis(&s, xasShellK, 0.5);
    madeScanCount(&s, c, 1e8, &noise);
    if (xasSpectrumCreate(s.detection, s.e, s.i0, s.signal, s.n, &out))
        testAbort("no spectrum");
    madeScanClear(&s);
    return out;
}

static xasFeatures find(const madeCurve *c, double low_eV, double high_eV,
                        int running)
{
    xasSpectrum *s = make(c);
    xasFeatures f;

    (void)xasSpectrumCut(s, low_eV, high_eV);
    if ((running ? xasFeaturesFindRunning : xasFeaturesFind)(s, "Fe", xasShellK,
                                                             "", &f))
        testAbort("no features");
    xasSpectrumDestroy(s);
    return f;
}

static int refused(const xasFeatures *f)
{
    return xasFlagsHave(f->flags, "no_edge") && isnan(f->value[xasWlE]);
}

/* 12 eV behind a white line 14 eV above E_r. */
static void testStep(void)
{
    madeCurve c;
    double end = er_eV + 26, sum = 0;
    xasFeatures f, whole;
    size_t n = 0;

    madeCurveDefaults(xasShellK, &c);
    f = find(&c, 0, end, 0);
    testOk(refused(&f) && xasFlagsHave(f.flags, "no_post_edge") &&
               !xasFlagsHave(f.flags, "provisional_step"),
           "a finished scan is refused: %s", f.flags);
    f = find(&c, 0, end, 1);
    testOk(!refused(&f) && xasFlagsHave(f.flags, "provisional_step") &&
               xasFlagsHave(f.flags, "short_post_edge"),
           "a running one is not: %s", f.flags);
    /* The rise is at 7 eV, so the curve's top is near the white line's. */
    testOk(f.behind.from_eV >= er_eV + 18.5 &&
               f.behind.from_eV <= er_eV + 19.5 && f.behind.to_eV == end &&
               f.behind.degree == 0,
           "step from %.1f to %.1f eV", f.behind.from_eV, f.behind.to_eV);
    for (double e = f.behind.from_eV; e <= end + 1e-9; e += 0.5) {
        sum += madeMu(&c, e) - c.offset - c.slope_per_eV * (e - er_eV);
        n++;
    }
    /* The edge's arctangent is in the line before it, too: 1e-2 below it. */
    testOk(fabs(f.step_or_jump - sum / (double)n) < 0.03,
           "it is their mean: %.4f, made %.4f", f.step_or_jump,
           sum / (double)n);
    whole = find(&c, 0, INFINITY, 0);
    testOk(fabs(f.value[xasWlE] - whole.value[xasWlE]) < 0.1 &&
               fabs(f.value[xasEdgeE] - whole.value[xasEdgeE]) < 0.3 &&
               fabs(f.value[xasWlI] / whole.value[xasWlI] - 1) < 0.1,
           "wl_e %.2f, edge_e %.2f, wl_i %.3f; finished %.2f %.2f %.3f",
           f.value[xasWlE], f.value[xasEdgeE], f.value[xasWlI],
           whole.value[xasWlE], whole.value[xasEdgeE], whole.value[xasWlI]);
    testOk(isnan(f.value[xasWlRi]) && isfinite(whole.value[xasWlRi]),
           "what is not reached yet is missing");
    testOk(f.error[xasWlI] > 0, "with an error: %g", f.error[xasWlI]);
}

/* As soon as there are 5 points behind E_r + 40, it is as DEFINITIONS.md has
 * it, to the last bit. */
static void testLater(void)
{
    madeCurve c;
    size_t same = 0, provisional = 0, none = 0, n = 0;

    madeCurveDefaults(xasShellK, &c);
    for (double end = er_eV + 5; end < er_eV + 80; end += 0.5, n++) {
        xasFeatures a = find(&c, 0, end, 1), b = find(&c, 0, end, 0);

        if (xasFlagsHave(a.flags, "provisional_step"))
            provisional += refused(&b) && end < er_eV + 42;
        else if (refused(&a))
            none += end <= er_eV + 23;
        else
            same += memcmp(&a, &b, sizeof a) == 0 && end >= er_eV + 42;
    }
    testOk(none + provisional + same == n && provisional >= 36,
           "%zu nothing yet, %zu provisional, %zu as finished", none,
           provisional, same);
}

/* A minimum of points and of span behind the highest; no edge, no step. */
static void testLeast(void)
{
    madeCurve c;
    xasFeatures f;

    madeCurveDefaults(xasShellK, &c);
    f = find(&c, 0, er_eV + 22, 1);
    testOk(refused(&f), "less than 4 eV: %s", f.flags);
    f = find(&c, 0, er_eV + 14, 1);
    testOk(refused(&f), "at the white line: %s", f.flags);
    c.step = c.white = 0;
    f = find(&c, 0, er_eV + 30, 1);
    testOk(refused(&f), "no edge: %s", f.flags);
    f = find(&c, er_eV + 20, er_eV + 30, 1);
    testOk(xasFlagsHave(f.flags, "too_few_points"), "%s", f.flags);
}

/* Downwards it is the pre-edge that comes last. */
static void testDown(void)
{
    madeCurve c;
    xasFeatures a, b;

    madeCurveDefaults(xasShellK, &c);
    a = find(&c, er_eV - 12, INFINITY, 1);
    b = find(&c, er_eV - 12, INFINITY, 0);
    testOk(!refused(&a) && memcmp(&a, &b, sizeof a) == 0,
           "down to E_r - 12: %s", a.flags);
}

static void testCutting(void)
{
    madeCurve c;
    xasSpectrum *s, *whole;
    size_t n, first = 0;
    int same = 1;

    madeCurveDefaults(xasShellK, &c);
    s = make(&c);
    whole = make(&c);
    n = xasSpectrumCut(s, 7100, 7120);
    while (xasSpectrumEnergy(whole)[first] < 7100)
        first++;
    for (size_t i = 0; i < n; i++)
        same &=
            xasSpectrumEnergy(s)[i] == xasSpectrumEnergy(whole)[first + i] &&
            xasSpectrumMu(s)[i] == xasSpectrumMu(whole)[first + i] &&
            xasSpectrumVariance(s)[i] == xasSpectrumVariance(whole)[first + i];
    testOk(n == 41 && n == xasSpectrumSize(s) && same, "%zu points", n);
    testOk1(xasSpectrumCut(s, 7130, 7140) == 0 && xasSpectrumSize(s) == 0);
    testOk1(xasSpectrumCut(whole, 7000, NAN) == 0);
    xasSpectrumDestroy(s);
    xasSpectrumDestroy(whole);
}

MAIN(runningTest)
{
    testPlan(7 + 1 + 4 + 1 + 3);
    testStep();
    testLater();
    testLeast();
    testDown();
    testCutting();
    return testDone();
}
