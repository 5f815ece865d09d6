/* SPDX-License-Identifier: BSD-3-Clause */
/* Sweeps whose readings come as arrays: the table of cases, then what it
 * cannot say. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "arrayCases.h"
#include "assemblerScript.h"
#include "xasAxis.h"

static xasAssembler *station(xasRoles roles)
{
    xasAssemblerRules rules;
    xasAssembler *a = NULL;

    xasAssemblerRulesDefaults(&rules);
    (void)strcpy(rules.station, "BL5S1");
    rules.mode = xasModeArray;
    rules.roles = roles;
    rules.required = roles & DETECTORS;
    rules.i0_min = 2;
    rules.d_spacing_A = 3.1356;
    if (xasAssemblerCreate(&rules, &a))
        testAbort("no assembler");
    return a;
}

static void testCases(void)
{
    static char out[4096];

    for (size_t i = 0; i < arrayCaseCount; i++) {
        xasAssembler *a = station(arrayCases[i].roles);

        scriptRun(a, arrayCases[i].script, out, sizeof out);
        if (!testOk(strcmp(out, arrayCases[i].expected) == 0, "%s",
                    arrayCases[i].name)) {
            testDiag("got      %s", out);
            testDiag("expected %s", arrayCases[i].expected);
        }
        xasAssemblerDestroy(a);
    }
}

MAIN(arrayTest)
{
    testPlan(0);
    testCases();
    return testDone();
}
