/* SPDX-License-Identifier: BSD-3-Clause */
/* Cleaning, mu and variances by hand-made rows; names; edges; flags. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasEdge.h"
#include "xasFeatures.h"
#include "xasSpectrum.h"

static void testMu(void)
{
    double e[] = { 7100, 7101, 7102 };
    double i0[] = { 1000, 2000, 0 }, i1[] = { 500, 250, 10 };
    xasSpectrum *s = NULL;

    testOk1(xasSpectrumCreate(xasDetectTransmission, e, i0, i1, 3, &s) ==
            xasOk);
    testOk(xasSpectrumSize(s) == 2, "the row without beam is dropped");
    testOk1(fabs(xasSpectrumMu(s)[0] - log(2)) < 1e-15);
    testOk1(fabs(xasSpectrumVariance(s)[0] - (1 / 1000.0 + 1 / 500.0)) < 1e-15);
    xasSpectrumDestroy(s);
    testOk1(xasSpectrumCreate(xasDetectFluorescence, e, i0, i1, 3, &s) ==
            xasOk);
    testOk1(xasSpectrumMu(s)[0] == 0.5);
    testOk1(fabs(xasSpectrumVariance(s)[0] - 0.5 * 1.5 / 1000) < 1e-15);
    xasSpectrumDestroy(s);
    testOk1(xasSpectrumCreate(xasDetectMu, e, NULL, i1, 3, &s) == xasOk);
    testOk1(xasSpectrumSize(s) == 3 && xasSpectrumVariance(s) == NULL);
    testOk1(xasSpectrumDetection(s) == xasDetectMu);
    xasSpectrumDestroy(s);
}

static void testClean(void)
{
    double e[] = { 7102, 7100, 7101, 7101.004, 7101.008, NAN, 7103 };
    double mu[] = { 3, 1, 2, 4, 7, 1, INFINITY };
    double keV[] = { 7.102, 7.1 };
    xasSpectrum *s = NULL;

    testOk1(xasSpectrumCreate(xasDetectMu, e, NULL, mu, 7, &s) == xasOk);
    testOk1(xasSpectrumSize(s) == 4);
    testOk(fabs(xasSpectrumEnergy(s)[1] - 7101.002) < 1e-9 &&
               xasSpectrumMu(s)[1] == 3,
           "closer than 0.005 eV to the first: averaged");
    testOk(xasSpectrumMu(s)[2] == 7, "0.008 eV from the first: not");
    testOk1(xasSpectrumMu(s)[3] == 3);
    xasSpectrumDestroy(s);
    testOk1(xasSpectrumCreate(xasDetectMu, keV, NULL, mu, 2, &s) == xasOk);
    testOk1(fabs(xasSpectrumEnergy(s)[0] - 7100) < 1e-9);
    xasSpectrumDestroy(s);
    s = NULL;
    testOk1(xasSpectrumCreate(xasDetectMu, e, NULL, mu, 0, &s) == xasErrRange);
    testOk1(xasSpectrumCreate(xasDetectMu, e + 5, NULL, mu, 1, &s) ==
            xasErrRange);
    testOk1(xasSpectrumCreate(xasDetectMu, NULL, NULL, mu, 3, &s) == xasErrArg);
    testOk1(s == NULL);
    xasSpectrumDestroy(NULL);
}

static void testNames(void)
{
    xasDetection d = xasDetectMu;
    int good = 1;

    testOk1(xasDetectionFromName("yield", &d) == xasOk && d == xasDetectYield);
    testOk1(xasDetectionFromName("guess", &d) == xasErrNotFound);
    for (int id = 0; id < xasFeatureCount; id++)
        good = good &&
               (int)xasFeatureFromName(xasFeatureName((xasFeatureId)id)) == id;
    testOk(good, "every feature is found by its name");
    testOk1(xasFeatureFromName("wl") == xasFeatureCount);
    testOk1(strcmp(xasFeatureName(xasHasL3Sub), "has_l3sub") == 0);
    testOk1(strcmp(xasFeatureUnit(xasL3Fwhm), "eV") == 0);
    testOk1(xasFeatureShell(xasPostDr) == xasShellK &&
            xasFeatureShell(xasL3Dr) == xasShellL &&
            xasFeatureShell(xasWlI) == xasShellK &&
            xasFeatureShell(xasL3I) == xasShellL);
}

static void testFlags(void)
{
    char flags[XAS_FLAGS_SIZE] = "", big[XAS_FLAGS_SIZE];

    xasFlagsAdd(flags, "no_edge");
    xasFlagsAdd(flags, "wrong_element:Fe");
    xasFlagsAdd(flags, "no_edge");
    testOk(strcmp(flags, "no_edge;wrong_element:Fe") == 0, "%s", flags);
    testOk1(xasFlagsHave(flags, "wrong_element"));
    testOk1(!xasFlagsHave(flags, "wrong"));
    testOk1(!xasFlagsHave(flags, "edge"));
    memset(big, 'x', sizeof big);
    big[XAS_FLAGS_SIZE - 1] = 0;
    xasFlagsAdd(flags, big);
    testOk(strlen(flags) == 24, "what does not fit is left out whole");
}

static void testEdges(void)
{
    double e[200], mu[200];
    xasEdgeEnergies at;
    char element[3] = "";
    xasShell shell = xasShellNone;
    xasSpectrum *s;

    testOk1(xasEdgeLookUp("Fe", &at) == xasOk && at.k_eV == 7112.0 &&
            at.l3_eV == 706.8 && at.l2_eV == 719.9);
    testOk(xasEdgeLookUp("Br", &at) == xasOk && fabs(at.k_eV - 13473.7) < 5,
           "Br K by xraylib: %.1f eV", at.k_eV);
    testOk1(xasEdgeLookUp("Xx", &at) == xasErrNotFound);
    /* Mn K and Fe K are both in the range: the larger step it is. */
    for (int steps = 0; steps < 3; steps++) {
        static const double mn[] = { 0, 0.4, 1.5 };

        for (size_t i = 0; i < 200; i++) {
            e[i] = 6480 + 5 * (double)i;
            mu[i] = 0.1 + (e[i] < 6539 ? 0 : mn[steps]) + (e[i] >= 7112);
        }
        xasSpectrumCreate(xasDetectMu, e, NULL, mu, 200, &s);
        testOk(xasEdgeIdentify(s, element, &shell) == xasOk &&
                   strcmp(element, mn[steps] < 1 ? "Fe" : "Mn") == 0 &&
                   shell == xasShellK,
               "Mn K %.1f and Fe K 1.0: %s", mn[steps], element);
        xasSpectrumDestroy(s);
    }
    for (size_t i = 0; i < 200; i++)
        e[i] = 690 + 0.25 * (double)i;
    xasSpectrumCreate(xasDetectMu, e, NULL, mu, 200, &s);
    testOk1(xasEdgeIdentify(s, element, &shell) == xasOk &&
            strcmp(element, "Fe") == 0 && shell == xasShellL);
    xasSpectrumDestroy(s);
    for (size_t i = 0; i < 200; i++)
        e[i] = 150 + 0.1 * (double)i;
    xasSpectrumCreate(xasDetectMu, e, NULL, mu, 5, &s);
    testOk1(xasEdgeIdentify(s, element, &shell) == xasErrNotFound);
    xasSpectrumDestroy(s);
}

MAIN(spectrumTest)
{
    testPlan(41);
    testMu();
    testClean();
    testNames();
    testFlags();
    testEdges();
    return testDone();
}
