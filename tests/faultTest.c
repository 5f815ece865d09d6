/* SPDX-License-Identifier: BSD-3-Clause */
/* Every fault in every mode: how the scan ends, what is flagged, what is told,
 * and that no point is invented. */
#include <epicsUnitTest.h>
#include <stdio.h>
#include <string.h>
#include <testMain.h>

#include "faultBench.h"

static void cell(xasMode mode, const benchFault *fault)
{
    const char *expected = fault->expected[mode];
    char text[1024];
    size_t invented;
    bench b;

    benchRun(&b, mode, fault);
    benchText(&b, text, sizeof text);
    invented = benchInvented(&b);
    if (!testOk(strcmp(text, expected) == 0, "%-35s %-10s: %s", fault->name,
                xasModeName(mode), text))
        testDiag("expected: %s", expected);
    testOk(invented == 0, "%-35s %-10s: nothing invented", fault->name,
           xasModeName(mode));
    benchClear(&b);
}

MAIN(faultTest)
{
    testPlan(0);
    for (size_t i = 0; i < benchFaultCount; i++)
        for (int m = 0; m < xasModeCount; m++)
            cell((xasMode)m, &benchFaults[i]);
    return testDone();
}
