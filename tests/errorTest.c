/* SPDX-License-Identifier: BSD-3-Clause */
/* Standard errors against scatter: many copies of one smooth scan, each with
 * its own counting noise.  The pull (scatter over mean error) must be near 1:
 * 0.75 to 1.3 for 150 copies, whose scatter is itself known to 6 %; first-order
 * errors and noise taken from the scan account for the rest. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "xasFeatures.h"

enum { copies = 150, maxPoints = 600 };

static double step(double e, double e0, double width)
{
    return 0.5 + atan((e - e0) / width) / M_PI;
}

static double peak(double e, double e0, double width)
{
    double u = (e - e0) / width;

    return exp(-4 * log(2) * u * u);
}

/* A K edge with pre-edge and shoulder, an L edge with a second line at L3. */
static double muK(double e)
{
    return 0.4 - 2e-4 * (e - 7112) + step(e, 7119, 1.2) +
           0.9 * peak(e, 7126, 5) + 0.06 * peak(e, 7113.5, 1.6) +
           0.28 * peak(e, 7120, 2.5);
}

static double muL(double e)
{
    return 0.05 + 0.04 * step(e, 708.2, 0.3) + 0.02 * step(e, 721, 0.3) +
           0.25 * peak(e, 708.2, 1.6) + 0.06 * peak(e, 706.4, 0.9) +
           0.08 * peak(e, 721, 2);
}

static size_t axis(xasShell shell, double *e)
{
    size_t n = 0;
    double at = shell == xasShellK ? 6960 : 688;
    double end = shell == xasShellK ? 7500 : 752;

    while (at < end && n < maxPoints) {
        e[n++] = at;
        if (shell == xasShellL)
            at += 0.15;
        else
            at += at < 7090 ? 5 : at < 7160 ? 0.3 : 3;
    }
    return n;
}

static xasStatus measure(xasShell shell, madeRandom *r, xasFeatures *f)
{
    double e[maxPoints], i0[maxPoints], signal[maxPoints];
    size_t n = axis(shell, e);
    double counts = 4e6;
    xasSpectrum *s = NULL;
    xasStatus status;

    for (size_t i = 0; i < n; i++) {
        double mean =
            shell == xasShellK ? counts * exp(-muK(e[i])) : counts * muL(e[i]);
        i0[i] = counts + sqrt(counts) * madeNormal(r);
        signal[i] = mean + sqrt(mean) * madeNormal(r);
    }
    status = xasSpectrumCreate(shell == xasShellK ? xasDetectTransmission
                                                  : xasDetectYield,
                               e, i0, signal, n, &s);
    if (!status)
        status = xasFeaturesFind(s, "Fe", shell, "FeCl2", f);
    xasSpectrumDestroy(s);
    return status;
}

static xasFeatures scans[copies];

static void testPull(xasFeatureId id)
{
    double sum = 0, square = 0, error = 0, scatter;
    int n = 0;

    for (int i = 0; i < copies; i++) {
        double v = scans[i].value[id];
        if (isnan(v) || isnan(scans[i].error[id]))
            continue;
        sum += v;
        square += v * v;
        error += scans[i].error[id];
        n++;
    }
    scatter = sqrt(fmax(0, square / n - sum / n * (sum / n)) * n / (n - 1));
    testOk(n == copies && scatter / (error / n) > 0.75 &&
               scatter / (error / n) < 1.3,
           "%s: scatter %.2e, error %.2e, pull %.2f in %d scans",
           xasFeatureName(id), scatter, error / n, scatter / (error / n), n);
}

static const xasFeatureId ofK[] = { xasEdgeE, xasWlE,  xasWlDe, xasWlI,
                                    xasWlRi,  xasPreE, xasPreI, xasPreRi,
                                    xasShE,   xasShI };
static const xasFeatureId ofL[] = { xasL3E,        xasL2E,    xasLSplit,
                                    xasL3I,        xasL2I,    xasL3L2RatioH,
                                    xasL3L2RatioA, xasLBr,    xasL3Fwhm,
                                    xasL3SubDe,    xasL3SubRi };
enum { nK = sizeof ofK / sizeof *ofK, nL = sizeof ofL / sizeof *ofL };

MAIN(errorTest)
{
    madeRandom r = { 1 };
    int good = 1;

    testPlan(2 + nK + nL);
    for (int i = 0; i < copies; i++)
        good = good && measure(xasShellK, &r, &scans[i]) == xasOk;
    testOk(good, "K scans: %s", scans[0].flags);
    for (int i = 0; i < nK; i++)
        testPull(ofK[i]);
    for (int i = 0; i < copies; i++)
        good = good && measure(xasShellL, &r, &scans[i]) == xasOk;
    testOk(good, "L scans: %s", scans[0].flags);
    for (int i = 0; i < nL; i++)
        testPull(ofL[i]);
    return testDone();
}
