/* SPDX-License-Identifier: BSD-3-Clause */
/* Physically broken input, each fault by name, K and L: a flag and NaN, never a
 * crash or a plausible number.  What only looks broken (other units, order,
 * scale) must give what the sound scan gives. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeScan.h"
#include "xasGlitch.h"

enum { maxPoints = 1200 };

static void sound(xasShell shell, xasDetection detection, madeScan *s)
{
    madeRandom r = { 7 };
    madeCurve c;

    madeCurveDefaults(shell, &c);
    madeScanInit(s, detection, maxPoints);
    (void)madeScanAxis(s, shell, shell == xasShellK ? 0.31 : 0.15);
    madeScanCount(s, &c, 4e6, &r);
}

/* The same as mu itself. */
static void soundMu(xasShell shell, madeScan *s)
{
    sound(shell, shell == xasShellK ? xasDetectTransmission : xasDetectYield,
          s);
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] = shell == xasShellK ? log(s->i0[i] / s->signal[i])
                                          : s->signal[i] / s->i0[i];
    s->detection = xasDetectMu;
}

/* Only the points with lo <= e <= hi. */
static void keep(madeScan *s, double lo, double hi)
{
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (s->e[i] >= lo && s->e[i] <= hi) {
            s->e[n] = s->e[i];
            s->i0[n] = s->i0[i];
            s->signal[n++] = s->signal[i];
        }
    s->n = n;
}

static void onlyPoints(madeScan *s, size_t n)
{
    size_t first = s->n / 3;

    for (size_t i = 0; i < n; i++) {
        s->e[i] = s->e[first + i];
        s->signal[i] = s->signal[first + i];
    }
    s->n = n;
}

static void equal(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] = 1;
}

static void ramp(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] = 2 - 1e-3 * (double)i;
}

static void noiseOnly(madeScan *s)
{
    madeRandom r = { 9 };

    for (size_t i = 0; i < s->n; i++)
        s->signal[i] = 3 + madeNormal(&r);
}

static void upsideDown(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] = 1 - s->signal[i];
}

static void onePoint(madeScan *s)
{
    onlyPoints(s, 1);
}

static void fivePoints(madeScan *s)
{
    onlyPoints(s, 5);
}

static void almostEnough(madeScan *s)
{
    onlyPoints(s, 29);
}

static void oneEnergy(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->e[i] = 7112;
}

static void noPreEdge(madeScan *s)
{
    keep(s, s->e[0] > 3000 ? 7107 : 705, INFINITY);
}

static void endsInLine(madeScan *s)
{
    keep(s, 0, s->e[0] > 3000 ? 7126 : 708.2);
}

static void endsBehindLine(madeScan *s)
{
    keep(s, 0, s->e[0] > 3000 ? 7150 : 715);
}

static void anotherEdge(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->e[i] += s->e[0] > 3000 ? 7709 - 7112 : 778.1 - 706.8;
}

static void farAway(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->e[i] += 20000;
}

static void buried(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] += 1e17; /* the edge is below the last bit */
}

static const struct {
    const char *name;
    void (*fault)(madeScan *s);
    const char *flagK, *flagL;
} refused[] = {
    { "1 point", onePoint, "too_few_points", "no_edge" },
    { "5 points", fivePoints, "too_few_points", "no_edge" },
    { "29 points", almostEnough, "too_few_points", "no_edge" },
    { "one energy", oneEnergy, "too_few_points", "no_edge" },
    { "all equal", equal, "no_edge", "no_edge" },
    { "a ramp", ramp, "no_edge", "no_edge" },
    { "only noise", noiseOnly, "no_edge", "no_edge" },
    { "negative step", upsideDown, "negative_step", "no_edge" },
    { "no pre-edge", noPreEdge, "no_pre_edge", "no_edge" },
    { "ends inside the white line", endsInLine, "no_post_edge", "no_edge" },
    { "ends behind it", endsBehindLine, "no_post_edge", "no_edge" },
    { "another element", anotherEdge, "wrong_element:Co", "wrong_element:Co" },
    { "no edge near", farAway, "no_edge", "no_edge" },
    { "lost in an offset of 1e17", buried, "no_edge", "no_edge" },
};
enum { faults = sizeof refused / sizeof *refused };

static int allNaN(const xasFeatures *f)
{
    for (int id = 0; id < xasFeatureCount; id++)
        if (!isnan(f->value[id]) || !isnan(f->error[id]))
            return 0;
    return isnan(f->step_or_jump) && isnan(f->sigma) && isnan(f->e0_deriv_eV) &&
           isnan(f->pre_limit);
}

static void testRefused(xasShell shell)
{
    for (int i = 0; i < faults; i++) {
        const char *flag =
            shell == xasShellK ? refused[i].flagK : refused[i].flagL;
        xasFeatures f;
        madeScan s;
        memset(&f, 0, sizeof f);
        soundMu(shell, &s);
        refused[i].fault(&s);
        testOk(madeScanFind(&s, "Fe", shell, "FeCl2", &f) == xasOk &&
                   allNaN(&f) && xasFlagsHave(f.flags, flag),
               "%s, %s: NaN; %s", xasShellName(shell), refused[i].name,
               f.flags);
        madeScanClear(&s);
    }
}

/* No usable row at all: no spectrum. */
static void testNothing(void)
{
    double e[] = { 7000, NAN, INFINITY }, i0[] = { 0, 1, 1 };
    double signal[] = { 1, 1, 1 }, nan[] = { NAN, NAN, NAN };
    xasSpectrum *s = NULL;

    testOk(xasSpectrumCreate(xasDetectMu, e, NULL, signal, 0, &s) ==
                   xasErrRange &&
               !s,
           "0 points");
    testOk(xasSpectrumCreate(xasDetectMu, e, NULL, nan, 3, &s) == xasErrRange &&
               !s,
           "all NaN");
    testOk(xasSpectrumCreate(xasDetectTransmission, e, i0, signal, 3, &s) ==
                   xasErrRange &&
               !s,
           "I0 zero or no energy");
}

static void inKeV(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->e[i] /= 1000;
}

static void decreasing(madeScan *s)
{
    for (size_t i = 0, k = s->n - 1; i < k; i++, k--) {
        double e = s->e[i], v = s->signal[i];
        s->e[i] = s->e[k];
        s->signal[i] = s->signal[k];
        s->e[k] = e;
        s->signal[k] = v;
    }
}

static void duplicates(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++) {
        s->e[s->n + i] = s->e[i];
        s->signal[s->n + i] = s->signal[i];
    }
    s->n *= 2;
}

static void holes(madeScan *s)
{
    duplicates(s);
    for (size_t i = s->n / 2; i < s->n; i++)
        (i % 3 ? s->e : s->signal)[i] = i % 2 ? NAN : -INFINITY;
}

static void tiny(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] *= 1e-12;
}

static void denormal(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] *= 1e-140;
}

static void huge(madeScan *s)
{
    for (size_t i = 0; i < s->n; i++)
        s->signal[i] *= 1e140;
}

static const struct {
    const char *name;
    void (*how)(madeScan *s);
    double tolerance;
} harmless[] = {
    { "energy in keV", inKeV, 1e-9 },     { "decreasing", decreasing, 0 },
    { "every row twice", duplicates, 0 }, { "rows of NaN between", holes, 0 },
    { "scale 1e-12", tiny, 1e-9 },        { "scale 1e-140", denormal, 1e-9 },
    { "scale 1e140", huge, 1e-9 },
};
enum { others = sizeof harmless / sizeof *harmless };

static double difference(const xasFeatures *f, const xasFeatures *g)
{
    double most = strcmp(f->flags, g->flags) ? INFINITY : 0;

    for (int id = 0; id < xasFeatureCount; id++) {
        double x = f->value[id], y = g->value[id];
        if (isnan(x) != isnan(y))
            return INFINITY;
        if (!isnan(x))
            most = fmax(most, fabs(x - y) / fmax(1, fabs(y)));
    }
    return most;
}

static void testHarmless(xasShell shell)
{
    for (int i = 0; i < others; i++) {
        xasFeatures f, g;
        madeScan s;
        double off;
        memset(&f, 0, sizeof f);
        memset(&g, 1, sizeof g);
        soundMu(shell, &s);
        (void)madeScanFind(&s, "Fe", shell, "FeCl2", &f);
        harmless[i].how(&s);
        (void)madeScanFind(&s, "Fe", shell, "FeCl2", &g);
        off = difference(&f, &g);
        testOk(!xasFlagsHave(f.flags, "no_edge") &&
                   off <= harmless[i].tolerance,
               "%s, %s: the same to %.1e", xasShellName(shell),
               harmless[i].name, off);
        madeScanClear(&s);
    }
}

/* How far off, in errors of its own; what is flagged or absent does not
 * count. */
static double farthest(const xasFeatures *f, const xasFeatures *g)
{
    double most = 0;

    for (int id = 0; id < xasFeatureCount; id++) {
        double error = hypot(f->error[id], g->error[id]);
        if (isnan(f->value[id]) || isnan(g->value[id]) || !(error > 0))
            continue;
        most = fmax(most, fabs(f->value[id] - g->value[id]) / error);
    }
    return most;
}

/* An offset of 1e12 leaves steps of 1.2e-4 of mu: noise that must be seen. */
static void testOffset(xasShell shell, double scale)
{
    xasFeatures f, g;
    madeScan s;
    double off;

    memset(&f, 0, sizeof f);
    memset(&g, 0, sizeof g);
    soundMu(shell, &s);
    for (size_t i = 0; i < s.n; i++)
        s.signal[i] *= scale;
    (void)madeScanFind(&s, "Fe", shell, "FeCl2", &f);
    for (size_t i = 0; i < s.n; i++)
        s.signal[i] += 1e12;
    (void)madeScanFind(&s, "Fe", shell, "FeCl2", &g);
    off = farthest(&f, &g);
    testOk(allNaN(&g) ? xasFlagsHave(g.flags, "no_edge") : off < 6,
           "%s, mu %g and 1e12 more: %s, off by %.1f errors at most; %s",
           xasShellName(shell), scale, allNaN(&g) ? "NaN" : "values", off,
           g.flags);
    madeScanClear(&s);
}

/* Spikes: outside 10 eV of the edge marked and gone, inside marked. */
static void testSpikes(xasShell shell, double at_eV, double by, int repaired)
{
    static unsigned char mark[maxPoints];
    xasGlitchEdge edge = xasGlitchEdgeOf("Fe", shell);
    xasFeatures f, g;
    xasSpectrum *made = NULL;
    madeScan s;
    size_t i = 0, marks = 0;
    double off;

    memset(&f, 0, sizeof f);
    memset(&g, 0, sizeof g);
    soundMu(shell, &s);
    (void)madeScanFind(&s, "Fe", shell, "FeCl2", &f);
    while (s.e[i] < at_eV)
        i++;
    s.signal[i] += by;
    (void)xasGlitchFind(xasDetectMu, s.e, NULL, s.signal, s.n, &edge, mark);
    for (size_t k = 0; k < s.n; k++)
        marks += mark[k] != 0;
    if (!xasGlitchSpectrum(xasDetectMu, s.e, NULL, s.signal, s.n, &edge, mark,
                           &made))
        (void)xasFeaturesFind(made, "Fe", shell, "FeCl2", &g);
    xasSpectrumDestroy(made);
    off = farthest(&f, &g);
    testOk((mark[i] & xasGlitchMu) && marks == 1 && g.shell == shell &&
               (off < 1 || !repaired),
           "%s, spike of %g at %g eV: marked, off by %.2f errors%s",
           xasShellName(shell), by, at_eV, off,
           repaired ? "" : ", within 10 eV of the edge: only marked");
    madeScanClear(&s);
}

/* Spikes that nobody looked for: no infinities, no negative errors. */
static void testManySpikes(xasShell shell)
{
    madeRandom r = { 13 };
    int good = 1;

    for (int trial = 0; trial < 300; trial++) {
        xasFeatures f;
        madeScan s;
        memset(&f, 0, sizeof f);
        soundMu(shell, &s);
        for (int k = 0; k < 1 + trial % 8; k++)
            s.signal[(size_t)madeBetween(&r, 0, (double)s.n)] +=
                madeNormal(&r) * pow(10, madeBetween(&r, -2, 100));
        good = good && madeScanFind(&s, "Fe", shell, "FeCl2", &f) == xasOk;
        for (int id = 0; id < xasFeatureCount; id++)
            good = good && !isinf(f.value[id]) && !isinf(f.error[id]) &&
                   !(f.error[id] < 0);
        madeScanClear(&s);
    }
    testOk(good, "%s, 300 scans full of spikes up to 1e100",
           xasShellName(shell));
}

/* An L scan that lacks one side: where the lines are is known, how high not. */
static void testPartial(double lo_eV, double hi_eV, const char *flag)
{
    xasFeatures f;
    madeScan s;

    memset(&f, 0, sizeof f);
    soundMu(xasShellL, &s);
    keep(&s, lo_eV, hi_eV);
    (void)madeScanFind(&s, "Fe", xasShellL, "FeCl2", &f);
    testOk(fabs(f.value[xasL3E] - 708.2) < 0.2 &&
               fabs(f.value[xasL2E] - 721) < 0.4 && isnan(f.value[xasL3I]) &&
               isnan(f.value[xasL2I]) && isnan(f.value[xasL3L2RatioH]) &&
               isnan(f.value[xasLBr]) && isnan(f.value[xasL3Fwhm]) &&
               isnan(f.step_or_jump) && xasFlagsHave(f.flags, flag) &&
               xasFlagsHave(f.flags, "no_jump"),
           "L, %g to %g eV: places only; %s", lo_eV, hi_eV, f.flags);
    madeScanClear(&s);
}

MAIN(brokenTest)
{
    testPlan(2 + 3 + 2 * faults + 2 * others + 6 + 5 + 2);
    testNothing();
    for (xasShell shell = xasShellK; shell <= xasShellL; shell++) {
        testRefused(shell);
        testHarmless(shell);
        testOffset(shell, 1);
        testOffset(shell, 1e-4);
        testOffset(shell, 1e3);
        testManySpikes(shell);
    }
    testPartial(703, 752, "no_pre_edge");
    testPartial(688, 723, "no_post_edge");
    testSpikes(xasShellK, 7010, 0.5, 1);
    testSpikes(xasShellK, 7150, -0.5, 1);
    testSpikes(xasShellK, 7300, 5, 1);
    testSpikes(xasShellK, 7113, 0.5, 0);
    testSpikes(xasShellL, 745, 0.5, 1);
    return testDone();
}
