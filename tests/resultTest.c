/* SPDX-License-Identifier: BSD-3-Clause */
/* Names come back as what they name; severities as DESIGN: section 5. */
#include <math.h>
#include <string.h>

#include <alarm.h>
#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasResult.h"

static void testKinds(void)
{
    for (int k = 0; k < xasKindCount; k++)
        testOk(xasKindFromName(xasKindName((xasKind)k)) == (xasKind)k,
               "kind %s", xasKindName((xasKind)k));
    testOk1(strcmp(xasKindName(xasKindKL), "K+L") == 0);
    testOk1(xasKindFromName("KL") == xasKindCount);
    testOk1(xasKindFromName(NULL) == xasKindCount);
    testOk1(strcmp(xasKindName(xasKindCount), "") == 0);
}

static void testStates(void)
{
    static const int severity[xasPredStateCount] = {
        INVALID_ALARM, NO_ALARM,      MINOR_ALARM, MINOR_ALARM,
        MINOR_ALARM,   MAJOR_ALARM,   MAJOR_ALARM, MAJOR_ALARM,
        INVALID_ALARM, INVALID_ALARM, MINOR_ALARM
    };

    for (int s = 0; s < xasPredStateCount; s++) {
        const char *name = xasPredStateName((xasPredState)s);
        int unique = name && name[0];

        for (int k = 0; k < s; k++)
            unique =
                unique && strcmp(name, xasPredStateName((xasPredState)k)) != 0;
        /* EPICS cuts menu texts at 25 bytes. */
        testOk(unique && strlen(name) < 26 &&
                   xasPredStateSeverity((xasPredState)s) == severity[s],
               "state %s has severity %d", name, severity[s]);
    }
    testOk1(xasPredStateSeverity(xasPredStateCount) == INVALID_ALARM);
}

MAIN(resultTest)
{
    xasResult r;
    int numbers = 0;

    testPlan(xasKindCount + 4 + xasPredStateCount + 1 + 5);
    testKinds();
    testStates();
    memset(&r, 0x55, sizeof r);
    xasResultClear(&r);
    testOk1(isnan(r.predicted.hf) && isnan(r.predicted.lo) &&
            isnan(r.predicted.hi) && isnan(r.predicted.err) &&
            isnan(r.predicted.level) && isnan(r.predicted.distance));
    for (int k = 0; k < xasKindCount; k++)
        numbers += !isnan(r.predicted.hfOf[k]);
    for (int f = 0; f < xasFeatureCount; f++)
        numbers += !isnan(r.features.value[f]) || !isnan(r.features.error[f]);
    testOk(numbers == 0, "no feature and no value by kind is a number");
    testOk1(r.predicted.state == xasPredNone && r.scan == 0 && !r.haveNorm);
    testOk1(!r.sample[0] && !r.formula[0] && !r.predicted.reason[0] &&
            !r.features.flags[0] && !r.predicted.modelName[0]);
    testOk1(isnan(r.norm.e0_eV) && isnan(r.norm.edge_step) &&
            isnan(r.norm.norm_c[2]) && isnan(r.features.step_or_jump));
    return testDone();
}
