/* SPDX-License-Identifier: BSD-3-Clause */
/* Energy calibration: shifts that were put in must come out, to 0.02 eV and
 * within their errors; foils that were measured; what must be refused; the
 * transfer to another edge against its closed form. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "sharedScan.h"
#include "xasCalib.h"

enum { maxPoints = 1200, trials = 60 };

/* As a metal's: a first rise, a higher second one, wiggles.  The derivative is
 * the sum of two bell curves 10 eV apart, so its first maximum is the first
 * one's centre to 1e-4 eV. */
static double foilMu(double e, double e0)
{
    double first = 0.35 * (1 + erf((e - e0) / 2.2));
    double second = 0.4 * (1 + erf((e - e0 - 11) / 2.5));
    double u = (e - e0 - 22) / 9;

    return 0.6 - 2e-4 * (e - e0) + first + second - 0.08 * exp(-u * u);
}

/* photons 0: no noise.  off: the axis reads so much too low. */
static xasSpectrum *makeFoil(double e0, double off, double step, double photons,
                             double gain, madeRandom *r)
{
    static double e[maxPoints], a[maxPoints], b[maxPoints];
    xasSpectrum *s = NULL;
    size_t n = 0;

    for (double x = e0 - 120; x < e0 + 250 && n < maxPoints; n++) {
        double mu = gain * foilMu(x, e0);
        double i0 = photons > 0 ? photons : 1e9;

        e[n] = x - off;
        a[n] = i0 + (photons > 0 ? sqrt(i0) * madeNormal(r) : 0);
        b[n] = i0 * exp(-mu);
        b[n] += photons > 0 ? sqrt(b[n]) * madeNormal(r) : 0;
        x += fabs(x - e0 - 10) < 40 ? step : 4;
    }
    if (xasSpectrumCreate(xasDetectTransmission, e, a, b, n, &s))
        testAbort("no spectrum");
    return s;
}

static void testExact(void)
{
    const double shifts[] = { -4.7, -2.13, -0.5, 0, 0.37, 1.234, 3.9 };
    madeRandom r = { 1 };
    xasSpectrum *ref = makeFoil(7112, 0, 0.4, 0, 1, &r);
    double worst = 0, worstMatch = 0;

    for (size_t i = 0; i < sizeof shifts / sizeof *shifts; i++) {
        xasSpectrum *s = makeFoil(7112, shifts[i], 0.4, 0, 0.7, &r);
        double measured = 0, error = 0;
        xasCalibShift m = { 0, 0 };

        if (xasCalibEdge(s, xasShellK, 7112, &measured, &error) != xasOk ||
            xasCalibMatch(s, ref, xasShellK, 7112, &m) != xasOk)
            testAbort("shift %g not found", shifts[i]);
        worst = fmax(worst, fabs(7112 - measured - shifts[i]));
        worstMatch = fmax(worstMatch, fabs(m.shift_eV - shifts[i]));
        xasSpectrumDestroy(s);
    }
    testOk(worst < 0.02, "derivative: shifts to %.4f eV", worst);
    testOk(worstMatch < 0.02, "least squares: shifts to %.4f eV", worstMatch);
    xasSpectrumDestroy(ref);
}

/* An L3 line in yield: up at e0, down 2.2 eV above, and L2 behind it. */
static xasSpectrum *makeL(double e0, double off, madeRandom *r)
{
    static double e[maxPoints], i0[maxPoints], tey[maxPoints];
    xasSpectrum *s = NULL;
    size_t n = 0;

    for (double x = e0 - 20; x < e0 + 35; x += 0.1, n++) {
        double mu = 0.1 + 0.3 * (erf((x - e0) / 0.5) + 1) -
                    0.26 * (erf((x - e0 - 2.2) / 0.9) + 1) +
                    0.1 * (erf((x - e0 - 17) / 0.6) + 1) -
                    0.08 * (erf((x - e0 - 19.5) / 1.0) + 1);

        e[n] = x - off;
        i0[n] = 1e6;
        tey[n] = 1e6 * mu + sqrt(1e6 * mu) * madeNormal(r);
    }
    if (xasSpectrumCreate(xasDetectYield, e, i0, tey, n, &s))
        testAbort("no spectrum");
    return s;
}

static void testL(void)
{
    madeRandom r = { 11 };
    xasSpectrum *ref = makeL(852.7, 0, &r), *s = makeL(852.7, 0.83, &r);
    double measured = 0, error = 0;
    xasCalibShift m = { NAN, NAN };
    xasStatus status = xasCalibEdge(s, xasShellL, 852.7, &measured, &error);

    testOk(status == xasOk && error < 0.02 &&
               fabs(852.7 - measured - 0.83) < 0.02 + 3 * error,
           "L3: %.4f +- %.4f eV for 0.83", 852.7 - measured, error);
    status = xasCalibMatch(s, ref, xasShellL, 852.7, &m);
    testOk(status == xasOk && fabs(m.shift_eV - 0.83) < 0.02,
           "by least squares %.4f +- %.4f eV", m.shift_eV, m.error_eV);
    xasSpectrumDestroy(s);
    xasSpectrumDestroy(ref);
}

/* Pull: scatter over mean error, known to 9 % from 60 trials. */
static void testNoise(void)
{
    madeRandom r = { 7 };
    double sum[2] = { 0 }, square[2] = { 0 }, error[2] = { 0 };
    xasSpectrum *ref = makeFoil(8333, 0, 0.4, 1e6, 1, &r);
    double refEdge = 0, refError = 0;

    testOk1(xasCalibEdge(ref, xasShellK, 8333, &refEdge, &refError) == xasOk);
    for (int i = 0; i < trials; i++) {
        xasSpectrum *s = makeFoil(8333, 1.5, 0.4, 1e6, 1, &r);
        double measured = 0, e = 0;
        xasCalibShift m = { NAN, NAN };

        (void)xasCalibEdge(s, xasShellK, 8333, &measured, &e);
        (void)xasCalibMatch(s, ref, xasShellK, 8333, &m);
        double d[2] = { 8333 - measured - 1.5, m.shift_eV - 1.5 };
        double de[2] = { e, m.error_eV };
        for (int k = 0; k < 2; k++) {
            sum[k] += d[k] / trials;
            square[k] += d[k] * d[k] / trials;
            error[k] += de[k] / trials;
        }
        xasSpectrumDestroy(s);
    }
    double scatter = sqrt(square[0] - sum[0] * sum[0]);
    testOk(scatter / error[0] > 0.7 && scatter / error[0] < 1.35,
           "derivative: scatter %.4f eV, error %.4f eV", scatter, error[0]);
    testOk(fabs(sum[0]) < 0.02, "no bias: %.4f eV", sum[0]);
    /* All share one noisy reference: the mean is off by its error, too. */
    double all = sqrt(square[1]);
    testOk(all < 2.5 * error[1] && error[1] < 3 * all,
           "least squares: off by %.4f eV, error %.4f eV", all, error[1]);
    testOk(error[1] < error[0], "least squares is the finer one");
    xasSpectrumDestroy(ref);
}

static void testRefused(void)
{
    madeRandom r = { 3 };
    xasSpectrum *s = makeFoil(7112, 8, 0.4, 0, 1, &r);
    xasSpectrum *ref = makeFoil(7112, 0, 0.4, 0, 1, &r);
    double e[200], mu[200], measured = -1, error = -1;
    xasCalibShift m = { -1, -1 };

    xasStatus status = xasCalibEdge(s, xasShellK, 7112, &measured, &error);
    testOk(status == xasOk && fabs(measured - 7104) < 0.02,
           "8 eV off is seen as that (%.3f), for the caller to refuse",
           measured);
    measured = -1;
    testOk1(xasCalibEdge(s, xasShellK, 7709, &measured, &error) == xasErrRange);
    testOk1(xasCalibEdge(s, xasShellNone, 7112, &measured, &error) ==
            xasErrArg);
    xasSpectrumDestroy(s);
    for (int i = 0; i < 200; i++) {
        e[i] = 7012 + i;
        mu[i] = 1 + 1e-3 * madeNormal(&r);
    }
    if (xasSpectrumCreate(xasDetectMu, e, NULL, mu, 200, &s))
        testAbort("no spectrum");
    testOk(xasCalibEdge(s, xasShellK, 7112, &measured, &error) ==
               xasErrNotFound,
           "noise alone is no edge");
    testOk(xasCalibMatch(s, ref, xasShellK, 7112, &m) != xasOk,
           "nor does it match one");
    testOk(measured == -1 && m.shift_eV == -1, "outputs left alone");
    xasSpectrumDestroy(s);
    xasSpectrumDestroy(ref);
}

/* To first order dE2/dE1 = E2 cot2 / (E1 cot1); 1e-3 for the second. */
static void testTransfer(void)
{
    const double d = 3.13560, hc = 12398.419843;
    const xasCalibShift from = { 0.8, 0.02 };
    xasCalibShift to, back;
    double t1 = asin(hc / (2 * d * 7112)), t2 = asin(hc / (2 * d * 8979));
    double expected = 0.8 * 8979 / tan(t2) / (7112 / tan(t1));

    testOk1(xasCalibTransfer(xasMonoCrystal, d, 7112, 8979, &from, &to) ==
            xasOk);
    testOk(fabs(to.shift_eV / expected - 1) < 1e-3,
           "Fe to Cu by Si(111): %.5f eV, first order %.5f", to.shift_eV,
           expected);
    testOk(fabs(to.error_eV / 0.02 - expected / 0.8) < 1e-6, "its error");
    testOk1(xasCalibTransfer(xasMonoCrystal, d, 8979, 7112, &to, &back) ==
                xasOk &&
            fabs(back.shift_eV - 0.8) < 1e-9);
    testOk1(xasCalibTransfer(xasMonoCrystal, d, 7112, 7112, &from, &to) ==
                xasOk &&
            fabs(to.shift_eV - 0.8) < 1e-9);
    testOk1(xasCalibTransfer(xasMonoGrating, 0, 706.8, 852.7, &from, &to) ==
                xasOk &&
            fabs(to.shift_eV - 0.8 * 852.7 * 852.7 / 706.8 / 706.8) < 1e-12);
    testOk1(xasCalibTransfer(xasMonoCrystal, 0, 7112, 8979, &from, &to) ==
            xasErrArg);
    testOk1(xasCalibTransfer(xasMonoCrystal, d, 7112, 1500, &from, &to) ==
            xasErrArg);
    testOk1(xasCalibTransfer(xasMonoUnknown, d, 7112, 8979, &from, &to) ==
            xasErrArg);
}

static void testNames(void)
{
    int wrong = 0;

    for (int i = 0; i <= xasCalibStateCount; i++)
        wrong += xasCalibStateFromName(xasCalibStateName((xasCalibState)i)) !=
                 (xasCalibState)i;
    testOk(!wrong, "states by their names");
    testOk1(xasCalibStateSeverity(xasCalibFoil) == 0 &&
            xasCalibStateSeverity(xasCalibNone) == 1 &&
            xasCalibStateSeverity(xasCalibOld) == 1 &&
            xasCalibStateSeverity(xasCalibRefused) == 2);
}

/* Beamlines are within 5 eV of the table; a shifted copy is found as that. */
static void testMeasured(void)
{
    static const struct {
        const char *file;
        double er_eV;
    } foils[] = {
        { "measured/V_foil.xdi", 5465 },
        { "measured/athena_Mn_Mn.xdi", 6539 },
        { "measured/Fe_metal_rt_02.xdi", 7112 },
        { "measured/co_metal_rt.xdi", 7709 },
        { "measured/Ni_metal_rt_01.xdi", 8333 },
        { "measured/cu_metal_rt.xdi", 8979 },
        { "measured/Zn_foil.xdi", 9659 },
    };

    for (size_t i = 0; i < sizeof foils / sizeof *foils; i++) {
        double first = NAN, error = NAN, second = NAN;
        xasCalibShift m = { NAN, NAN };
        xasSpectrum *s = NULL, *moved = NULL;
        rawScan raw;

        if (!sharedThere() || !rawRead(foils[i].file, &raw)) {
            testSkip(2, "no shared data");
            continue;
        }
        s = rawSpectrum(&raw);
        moved = rawSpectrum(&raw);
        xasSpectrumShift(moved, -1.7);
        (void)xasCalibEdge(s, xasShellK, foils[i].er_eV, &first, &error);
        (void)xasCalibEdge(moved, xasShellK, foils[i].er_eV, &second, &error);
        (void)xasCalibMatch(moved, s, xasShellK, foils[i].er_eV, &m);
        testOk(fabs(first - foils[i].er_eV) < XAS_CALIB_MAX_EV,
               "%s: edge at %.3f +- %.3f eV, shift %+.3f", foils[i].file, first,
               error, foils[i].er_eV - first);
        testOk(fabs(first - second - 1.7) < 1e-6 &&
                   fabs(m.shift_eV - 1.7) < 0.02,
               "its copy 1.7 eV lower: %.4f, by least squares %.4f +- %.4f",
               first - second, m.shift_eV, m.error_eV);
        xasSpectrumDestroy(s);
        xasSpectrumDestroy(moved);
        rawClear(&raw);
    }
}

/* Foils behind samples: of one beamline and element they agree, but for the
 * monochromator's drift between the scans (0.6 eV over these of Cr). */
static void testBehind(void)
{
    static const struct {
        const char *file;
        double er_eV, first_eV; /* of the first scan there */
    } scans[] = {
        { "measured/CuO_tenorite_13K_01.xdi", 8979, 8979.1 },
        { "measured/CuS_covellite_13K_01.xdi", 8979, 8979.1 },
        { "measured/Cu_azurite_13K_01.xdi", 8979, 8979.1 },
        { "measured/MnO_rt_02.xdi", 6539, 6539.3 },
        { "measured/MnO2_rt_02.xdi", 6539, 6539.3 },
        { "measured/Mn2O3_rt_03.xdi", 6539, 6539.3 },
        { "measured/NiOH2_rt_03.xdi", 8333, 8334.2 },
        { "measured/Ni2O3_rt_03.xdi", 8333, 8334.2 },
        { "measured/cr2o3_rt_003.xdi", 5989, 5991.3 },
        { "measured/k2cr2o7_rt_004.xdi", 5989, 5991.3 },
        { "measured/cro2_rt_002.xdi", 5989, 5991.3 },
        { "measured/na2cro4_rt_001.xdi", 5989, 5991.3 },
    };

    for (size_t i = 0; i < sizeof scans / sizeof *scans; i++) {
        double measured = NAN, error = NAN;
        xasSpectrum *s = NULL;
        rawScan raw;

        if (!sharedThere() || !rawRead(scans[i].file, &raw)) {
            testSkip(1, "no shared data");
            continue;
        }
        if (raw.channels.i2 &&
            xasSpectrumCreate(xasDetectTransmission, raw.channels.energy,
                              raw.channels.signal, raw.channels.i2, raw.n,
                              &s) == xasOk)
            (void)xasCalibEdge(s, xasShellK, scans[i].er_eV, &measured, &error);
        testOk(fabs(measured - scans[i].first_eV) < 0.65 && error < 0.1,
               "%s: foil at %.3f +- %.3f eV", scans[i].file, measured, error);
        xasSpectrumDestroy(s);
        rawClear(&raw);
    }
}

MAIN(calibTest)
{
    testPlan(2 + 5 + 2 + 6 + 9 + 2 + 14 + 12);
    testExact();
    testNoise();
    testL();
    testRefused();
    testTransfer();
    testNames();
    testMeasured();
    testBehind();
    return testDone();
}
