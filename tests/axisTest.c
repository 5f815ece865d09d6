/* SPDX-License-Identifier: BSD-3-Clause */
/* One point: the energy from the angle of a crystal, the counts of an element
 * as if it had no dead time. */
#include <math.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasAxis.h"
#include "xasDetector.h"

static void axis(void)
{
    /* sin 30 is 1/2: E = hc / d */
    testOk1(fabs(xasAxisEnergy(30, 2) / (12398.41984 / 2) - 1) < 1e-15);
    /* Si(111), 2d = 6.2712 A: Fe K at 16.1448 degrees */
    double fe = xasAxisEnergy(asin(12398.41984 / 6.2712 / 7112) * 180 /
                                  3.14159265358979323846,
                              3.1356);
    testOk(fabs(fe - 7112) < 1e-9, "%.12g eV", fe);
    testOk1(isnan(xasAxisEnergy(0, 2)) && isnan(xasAxisEnergy(90, 2)) &&
            isnan(xasAxisEnergy(-5, 2)) && isnan(xasAxisEnergy(NAN, 2)) &&
            isnan(xasAxisEnergy(INFINITY, 2)) && isnan(xasAxisEnergy(30, 0)));
    testOk1(xasAxisEnergy(89.999, 2) > 12398.41984 / 4);

    xasAssemblerRules rules;
    double value[xasChannelCount] = { 0 };

    xasAssemblerRulesDefaults(&rules);
    rules.roles = xasRoleBit(xasRoleEnergy);
    value[xasRoleEnergy] = 7.112;
    rules.energy_scale = 1000;
    testOk1(xasAxisPoint(&rules, value) == 0 && value[xasRoleEnergy] == 7112);
    rules.roles |= xasRoleBit(xasRoleAngle);
    rules.d_spacing_A = 2;
    value[xasRoleAngle] = 30;
    testOk(xasAxisPoint(&rules, value) == 0 &&
               fabs(value[xasRoleEnergy] - 12398.41984 / 2) < 1e-9 &&
               value[xasRoleAngle] == 30,
           "no scale for the energy of an angle, which stays");
    value[xasRoleAngle] = 90;
    testOk1(xasAxisPoint(&rules, value) == xasPointInvalid &&
            isnan(value[xasRoleEnergy]));
}

static void counts(void)
{
    double icr = 120000, ocr = 100000, none = 0, nan = NAN, high = 1e6;

    testOk1(fabs(xasDetectorCounts(1000, &icr, &ocr, 0) - 1200) < 1e-9);
    testOk1(fabs(xasDetectorCounts(880, &icr, NULL, 1e-6) - 1000) < 1e-9);
    testOk1(xasDetectorCounts(880, NULL, NULL, 1e-6) == 880);
    testOk1(xasDetectorCounts(880, &icr, &none, 0) == -INFINITY);
    testOk1(xasDetectorCounts(880, &high, NULL, 1e-6) == -INFINITY);
    testOk1(isnan(xasDetectorCounts(NAN, &icr, &ocr, 0)) &&
            isnan(xasDetectorCounts(1, &nan, &ocr, 0)) &&
            isnan(xasDetectorCounts(1, &icr, &nan, 0)));
}

MAIN(axisTest)
{
    testPlan(7 + 6);
    axis();
    counts();
    return testDone();
}
