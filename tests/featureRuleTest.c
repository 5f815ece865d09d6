/* SPDX-License-Identifier: BSD-3-Clause */
/* Features of scans with known truth, of the same scan written differently,
 * and of the wrong scan. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "sharedScan.h"

enum { synthetic = 15, broken = 400, maxPoints = 2000 };

/** A scan as arrays of our own, to be written differently. */
typedef struct scan {
    xasDetection detection;
    size_t n;
    double e[2 * maxPoints], i0[2 * maxPoints], signal[2 * maxPoints];
} scan;

static int load(const char *name, scan *out)
{
    rawScan raw;

    if (!rawRead(name, &raw))
        return 0;
    out->detection = raw.channels.detection;
    out->n = raw.n < maxPoints ? raw.n : maxPoints;
    for (size_t i = 0; i < out->n; i++) {
        out->e[i] = raw.channels.energy[i];
        out->i0[i] = raw.channels.i0 ? raw.channels.i0[i] : NAN;
        out->signal[i] = raw.channels.signal[i];
    }
    rawClear(&raw);
    return 1;
}

static xasStatus find(const scan *in, const char *element, xasShell shell,
                      const char *formula, xasFeatures *f)
{
    xasSpectrum *s = NULL;
    xasStatus status = xasSpectrumCreate(
        in->detection, in->e, in->detection == xasDetectMu ? NULL : in->i0,
        in->signal, in->n, &s);

    if (!status)
        status = xasFeaturesFind(s, element, shell, formula, f);
    xasSpectrumDestroy(s);
    return status;
}

/* The largest relative difference of any value; inf if one has it alone. */
static double difference(const xasFeatures *a, const xasFeatures *b)
{
    double most = strcmp(a->flags, b->flags) == 0 ? 0 : INFINITY;

    for (int id = 0; id < xasFeatureCount; id++) {
        double x = a->value[id], y = b->value[id];
        if (isnan(x) && isnan(y))
            continue;
        if (isnan(x) || isnan(y))
            return INFINITY;
        most = fmax(most, fabs(x - y) / fmax(1, fabs(y)));
    }
    return most;
}

static double errorDifference(const xasFeatures *a, const xasFeatures *b)
{
    double most = 0;

    for (int id = 0; id < xasFeatureCount; id++)
        if (!isnan(b->error[id]))
            most = fmax(most, fabs(a->error[id] / b->error[id] - 1));
    return most;
}

static void reverse(const scan *in, scan *out)
{
    *out = *in;
    for (size_t i = 0; i < in->n; i++) {
        out->e[i] = in->e[in->n - 1 - i];
        out->i0[i] = in->i0[in->n - 1 - i];
        out->signal[i] = in->signal[in->n - 1 - i];
    }
}

/* mu itself, as a scan without channels. */
static void toMu(const scan *in, double a, double b, scan *out)
{
    *out = *in;
    out->detection = xasDetectMu;
    for (size_t i = 0; i < in->n; i++) {
        double mu = in->detection == xasDetectMu ? in->signal[i]
                    : in->detection == xasDetectTransmission
                        ? log(in->i0[i] / in->signal[i])
                        : in->signal[i] / in->i0[i];
        out->signal[i] = a * mu + b;
    }
}

static void twice(const scan *in, scan *out)
{
    out->detection = in->detection;
    out->n = 2 * in->n;
    for (size_t i = 0; i < out->n; i++) {
        out->e[i] = in->e[i % in->n];
        out->i0[i] = in->i0[i % in->n];
        out->signal[i] = in->signal[i % in->n];
    }
}

/* The same measurement written in other ways gives the same features. */
static void testSame(const char *file, const char *element, xasShell shell)
{
    static scan raw, in, out;
    xasFeatures f, g;
    double off;

    memset(&f, 0, sizeof f);
    if (!load(file, &raw) || find(&raw, element, shell, NULL, &f) ||
        xasFlagsHave(f.flags, "no_edge")) {
        testFail("%s: no features", file);
        testSkip(3, "nothing to compare");
        return;
    }
    reverse(&raw, &out);
    testOk(find(&out, element, shell, NULL, &g) == xasOk &&
               difference(&g, &f) == 0 && errorDifference(&g, &f) == 0,
           "%s reversed: bit by bit the same", file);

    toMu(&raw, 1, 0, &in);
    find(&in, element, shell, NULL, &f);
    twice(&in, &out);
    testOk(find(&out, element, shell, NULL, &g) == xasOk &&
               difference(&g, &f) == 0 && errorDifference(&g, &f) == 0 &&
               !xasFlagsHave(f.flags, "no_edge"),
           "%s with every row twice: bit by bit the same", file);

    out = in;
    for (size_t i = 0; i < in.n; i++)
        out.e[i] = in.e[i] / 1000;
    find(&out, element, shell, NULL, &g);
    off = difference(&g, &f);
    testOk(off < 1e-9, "%s in keV: %.1e", file, off);

    toMu(&raw, 3.7, -11, &out);
    find(&out, element, shell, NULL, &g);
    off = difference(&g, &f);
    testOk(off < 1e-12 && errorDifference(&g, &f) < 1e-9,
           "%s as 3.7 mu - 11: %.1e, errors %.1e", file, off,
           errorDifference(&g, &f));
}

static const struct {
    const char *file, *element;
    xasShell shell;
} same[] = {
    { "synthetic/FeCl2_K.xdi", "Fe", xasShellK },
    { "synthetic/CoBr2_L.xdi", "Co", xasShellL },
    { "synthetic/NiF2_L.xdi", "Ni", xasShellL },
    { "measured/Fe2O3_rt_01.xdi", "Fe", xasShellK },
    { "measured/cro2_rt_002.xdi", "Cr", xasShellK },
    { "measured/athena_Cu_CuSO4.xdi", "Cu", xasShellK },
    { "measured/L_Fe_STXM_oxidized.xdi", "Fe", xasShellL },
};
enum { sames = sizeof same / sizeof *same };

/* Peak energies against what the spectra were made from; the lines of iodides
 * overlap, which moves their maxima by up to 1.3 eV. Where the edge lies close
 * behind the pre-edge it is no peak of its own: half of them are not found. */
static void testTruth(const table *t, size_t row, int *pres)
{
    static scan in;
    const char *formula = tableText(t, row, "formula");
    char element[3] = { formula[0], formula[1], 0 }, name[64];
    double wide = strchr(formula, 'I') ? 1.3 : 0.25, off;
    xasFeatures f;

    memset(&f, 0, sizeof f);
    snprintf(name, sizeof name, "synthetic/%s_K.xdi", formula);
    testOk1(load(name, &in) &&
            find(&in, element, xasShellK, formula, &f) == xasOk);
    off = f.value[xasWlE] - tableNumber(t, row, "k_wl");
    testOk(fabs(off) < wide, "%s white line off by %.2f eV", formula, off);
    off = f.value[xasPreE] - tableNumber(t, row, "k_pre");
    testOk(fabs(off) < 0.25 || !(f.value[xasHasPre] > 0),
           "%s pre-edge off by %.2f eV", formula, off);
    *pres += f.value[xasHasPre] > 0;
    snprintf(name, sizeof name, "synthetic/%s_L.xdi", formula);
    testOk1(load(name, &in) &&
            find(&in, element, xasShellL, formula, &f) == xasOk);
    off = f.value[xasL3E] - tableNumber(t, row, "l_l3");
    testOk(fabs(off) < 0.2, "%s L3 off by %.2f eV", formula, off);
    off = f.value[xasL2E] - tableNumber(t, row, "l_l2");
    testOk(fabs(off) < 0.4, "%s L2 off by %.2f eV", formula, off);
}

static void testWrongElement(const char *file, const char *taken,
                             xasShell shell, const char *right)
{
    static scan in;
    char flag[24] = "wrong_element:";
    xasFeatures f;

    memset(&f, 0, sizeof f);
    strcat(flag, right);
    testOk(load(file, &in) && find(&in, taken, shell, NULL, &f) == xasOk &&
               xasFlagsHave(f.flags, "no_edge") && xasFlagsHave(f.flags, flag),
           "%s as %s %s: %s", file, taken, xasShellName(shell), f.flags);
}

static int allNaN(const xasFeatures *f)
{
    for (int id = 0; id < xasFeatureCount; id++)
        if (!isnan(f->value[id]) || !isnan(f->error[id]))
            return 0;
    return 1;
}

/* Random pieces of random steps and peaks: anything but a crash or a value
 * that is infinite. */
static void testAnything(xasShell shell, double lo)
{
    static scan in;
    madeRandom r = { 17 };
    int good = 1, found = 0;
    xasFeatures f;

    in.detection = xasDetectTransmission;
    for (int trial = 0; trial < broken; trial++) {
        double at = lo + 20 + 60 * madeUniform(&r), e = lo;
        double noise = pow(10, -1 - 5 * madeUniform(&r));
        double step = 0.05 + madeUniform(&r), height = 3 * madeUniform(&r);
        in.n = (size_t)(400 * madeUniform(&r)) + 1;
        for (size_t i = 0; i < in.n; i++) {
            double u = (e - at) / 2, mu;
            mu = 1 + atan(u) / 3 + height * exp(-(u - 1) * (u - 1)) +
                 noise * (madeUniform(&r) - 0.5);
            in.e[i] = e;
            in.i0[i] = madeUniform(&r) < 0.01 ? 0 : 1e5;
            in.signal[i] = 1e5 * exp(-mu);
            e += step * madeUniform(&r);
        }
        xasStatus status = find(&in, "Fe", shell, "FeF2", &f);
        good = good && (status == xasOk || status == xasErrRange);
        for (int id = 0; !status && id < xasFeatureCount; id++) {
            good = good && !isinf(f.value[id]) && !isinf(f.error[id]);
            good = good && (isnan(f.error[id]) || f.error[id] >= 0);
        }
        found += !status && !allNaN(&f);
    }
    testOk(good && found > 0, "%s: %d random scans, %d with features",
           xasShellName(shell), broken, found);
}

static void testArguments(void)
{
    double e[] = { 1000, 1001 }, mu[] = { 1, 2 };
    xasSpectrum *s = NULL;
    xasFeatures f = { .sigma = 7 };

    xasSpectrumCreate(xasDetectMu, e, NULL, mu, 2, &s);
    testOk1(xasFeaturesFind(s, "Xx", xasShellK, NULL, &f) == xasErrArg);
    testOk1(xasFeaturesFind(s, "Fe", xasShellNone, NULL, &f) == xasErrArg);
    testOk1(xasFeaturesFind(s, "Fe", xasShellK, NULL, NULL) == xasErrArg);
    testOk1(f.sigma == 7);
    testOk1(xasFeaturesFind(s, "Fe", xasShellK, "no formula!", &f) == xasOk);
    xasSpectrumDestroy(s);
}

MAIN(featureRuleTest)
{
    table *t = tableRead(sharedPath("synthetic/truth.csv"));
    int pres = 0;

    testPlan(4 * sames + 6 * synthetic + 1 + 3 + 2 + 5);
    for (int i = 0; t && i < sames; i++)
        testSame(same[i].file, same[i].element, same[i].shell);
    for (size_t row = 1; t && row <= synthetic; row++)
        testTruth(t, row, &pres);
    testOk(!t || pres >= 7, "%d of %d pre-edges found", pres, synthetic);
    if (t) {
        testWrongElement("measured/Fe2O3_rt_01.xdi", "Co", xasShellK, "Fe");
        testWrongElement("measured/Ni_metal_rt_01.xdi", "Cu", xasShellK, "Ni");
        testWrongElement("synthetic/CoCl2_L.xdi", "Fe", xasShellL, "Co");
    } else {
        testSkip(4 * sames + 6 * synthetic + 3, "no reference data");
    }
    tableDestroy(t);
    testAnything(xasShellK, 7050);
    testAnything(xasShellL, 680);
    testArguments();
    return testDone();
}
