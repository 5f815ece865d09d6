/* SPDX-License-Identifier: BSD-3-Clause */
/* How far two sweeps are apart: a known shift, and what is refused. */
#include <math.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasLag.h"

enum { n = 200 };

/* An edge of 2 eV at 7112 eV on a sloping background, 1 eV apart. */
static void fill(double *e, double *mu, double shift_eV, double slope,
                 double height)
{
    for (size_t i = 0; i < n; i++) {
        e[i] = 7012 + (double)i;
        mu[i] = 1 + slope * (e[i] - 7012) +
                height * atan((e[i] - 7112 - shift_eV) / 2);
    }
}

/* Not from one series: neighbours must not be alike. */
static double chance(size_t i)
{
    double x = sin((double)i * 12.9898 + 4.1) * 43758.5453;

    return x - floor(x) - 0.5;
}

MAIN(lagTest)
{
    double ea[n], ma[n], eb[n], mb[n];
    xasLag lag = { -1, -1, -1 };

    testPlan(12);
    fill(ea, ma, 0, 0, 0.3);
    fill(eb, mb, 3.3, 1e-3, 0.6); /* twice as thick, another background */
    testOk1(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasOk);
    /* bins of 1 eV bend an edge of 2 eV differently at 0.3 eV off */
    testOk(fabs(lag.shift_eV - 3.3) < 0.02, "shift %.4f eV", lag.shift_eV);
    testOk(fabs(lag.steepest_eV - 7112) <= 1, "edge at %.1f eV",
           lag.steepest_eV);
    fill(eb, mb, -40, 0, 0.3);
    testOk1(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasOk);
    testOk(fabs(lag.shift_eV + 40) < 0.02, "shift %.4f eV", lag.shift_eV);

    for (size_t i = 0; i < n; i++) {
        ma[i] = chance(i);
        mb[i] = chance(i + 1000);
    }
    testOk(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasErrConverge,
           "noise has no shift");
    fill(ea, ma, 0, 1e-3, 0);
    fill(eb, mb, 0, 1e-3, 0);
    testOk(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasErrConverge,
           "a straight line neither");
    testOk1(xasLagFind(ea, ma, 19, eb, mb, n, &lag) == xasErrRange);
    for (size_t i = 0; i < n; i++)
        eb[i] += 195;
    testOk(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasErrRange,
           "4 eV in common");
    eb[5] = eb[4];
    testOk1(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasErrOrder);
    mb[3] = NAN;
    testOk1(xasLagFind(ea, ma, n, eb, mb, n, &lag) == xasErrNaN);
    testOk(fabs(lag.shift_eV + 40) < 0.02, "no result on failure");
    return testDone();
}
