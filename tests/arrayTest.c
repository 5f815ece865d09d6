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
    xasAssemblerRules rules = scriptRules(roles);

    rules.mode = xasModeArray;
    rules.required = roles & DETECTORS;
    rules.ring_min_mA = 100;
    rules.d_spacing_A = 3.1356;
    return scriptStation(&rules);
}

static void testCases(void)
{
    for (size_t i = 0; i < arrayCaseCount; i++) {
        const testCase *c = &arrayCases[i];

        scriptCheck(station(c->roles), c->name, c->script, c->expected);
    }
}

static int64_t now_ns = 1700000000000000000;

static xasStatus feed(xasAssembler *a, xasEventKind kind, int role,
                      const double *array, size_t n)
{
    xasEvent e = { .kind = (uint8_t)kind,
                   .role = (uint8_t)role,
                   .isArray = true,
                   .stamp_ns = now_ns,
                   .received_ns = now_ns + 50000,
                   .array = array,
                   .count = n };

    return xasAssemblerFeed(a, &e);
}

/* The scans that came out; the last one is left in *scan. */
static size_t drain(xasAssembler *a, xasScan **scan)
{
    xasAction action;
    size_t ended = 0;

    while (xasAssemblerNext(a, &action))
        if (action.kind == xasActionEnd) {
            xasScanDestroy(*scan);
            *scan = xasAssemblerTake(a);
            ended++;
        }
    return ended;
}

static double readingAt(int role, size_t i, size_t n)
{
    double at = (double)i / (double)n;

    switch (role) {
    case xasRoleEnergy: return 7000 + 1000 * at;
    case xasRoleI0: return 1e5 + (double)i;
    default: return role + at;
    }
}

/* Arrays of so many points in any order, sweep after sweep. */
static void testSizes(void)
{
    static const int orders[][3] = {
        { xasRoleEnergy, xasRoleI0, xasRoleI1 },
        { xasRoleEnergy, xasRoleI1, xasRoleI0 },
        { xasRoleI0, xasRoleEnergy, xasRoleI1 },
        { xasRoleI0, xasRoleI1, xasRoleEnergy },
        { xasRoleI1, xasRoleEnergy, xasRoleI0 },
        { xasRoleI1, xasRoleI0, xasRoleEnergy },
    };
    static const size_t sizes[] = { 333, 4666, 19990 };
    static double array[xasRoleI1 + 1][19990];

    for (size_t k = 0; k < 3; k++) {
        xasAssembler *a = station(DETECTORS);
        xasScan *scan = NULL;
        size_t n = sizes[k], ended = 0, good = 0;

        for (int r = 0; r <= xasRoleI1; r++) {
            for (size_t i = 0; i < n; i++)
                array[r][i] = readingAt(r, i, n);
            (void)feed(a, xasEventConnect, r, NULL, 0);
        }
        for (size_t s = 0; s < 12; s++) {
            for (size_t j = 0; j < 3; j++) {
                now_ns += 3000000;
                good += !feed(a, xasEventValue, orders[s % 6][j],
                              array[orders[s % 6][j]], n);
            }
            ended += drain(a, &scan);
            now_ns += 1000000000;
        }
        testOk(ended == 12 && good == 36, "%zu scans of %zu points", ended, n);
        good = 0;
        for (size_t i = 0; scan && i < scan->n; i++)
            for (int r = 0; r <= xasRoleI1; r++)
                good += scan->channel[r][i] == array[r][i] && !scan->flags[i];
        testOk(good == 3 * n, "all values where they belong");
        testOk1(scan && scan->exit == xasExitComplete && scan->direction == 1);
        xasScanDestroy(scan);
        xasAssemblerDestroy(a);
    }
}

static double seconds(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Quick scans with detectors of 19 elements: said, not judged. */
static void testSpeed(void)
{
    enum { n = 19990, elements = 19, sweeps = 5 };
    const xasRoles few =
        DETECTORS | BIT(I2) | BIT(Tey); /* 5 channels of a quick scan */
    xasRoles many = few | BIT(Fluor);
    static double array[n];

    for (int k = 0; k < elements; k++)
        many |= xasRoleBit(xasRoleRoi + k) | xasRoleBit(xasRoleIcr + k) |
                xasRoleBit(xasRoleOcr + k);
    for (int which = 0; which < 2; which++) {
        xasRoles roles = which ? many : few;
        xasAssembler *a = station(roles);
        xasScan *scan = NULL;
        size_t ended = 0, channels = 0;
        double start, most = 0;

        for (int r = 0; r < xasChannelCount; r++)
            if (xasRolesHave(roles, r) && r != xasRoleFluor)
                (void)feed(a, xasEventConnect, r, NULL, 0);
        for (int s = 0; s < sweeps; s++) {
            start = seconds();
            channels = 0;
            for (int r = 0; r < xasChannelCount; r++) {
                if (!xasRolesHave(roles, r) || (which && r == xasRoleFluor))
                    continue;
                for (size_t i = 0; i < n && !s; i++)
                    array[i] = readingAt(r, i, n);
                if (r == xasRoleEnergy)
                    for (size_t i = 0; i < n; i++)
                        array[i] = readingAt(r, i, n);
                if (feed(a, xasEventValue, r, array, n))
                    testAbort("not fed");
                channels++;
            }
            if (s && seconds() - start > most)
                most = seconds() - start;
            ended += drain(a, &scan);
            now_ns += 1000000000;
        }
        testOk(ended == sweeps && scan && scan->n == n,
               "%d sweeps of %d points, %zu channels", sweeps, n, channels);
        testDiag("a sweep took at most %.1f ms of CPU", most * 1e3);
        xasScanDestroy(scan);
        xasAssemblerDestroy(a);
    }
}

/* The energies are made of the angles: 7112 eV are at 16.140078342
 * degrees of a crystal with, d = 3.1356 angstrom. */
static void testAngle(void)
{
    xasAssembler *a = station(DETECTORS | BIT(Angle));
    char out[1024];
    const xasScan *scan;

    scriptRun(
        a,
        "up=angle,i0,i1 =1000 angle=[16.140078342,16.1] i0=[9,8] i1=[5,4] "
        "=2000 angle=[16.1,16.140078342] i0=[8,9] i1=[4,5]",
        out, sizeof out);
    scan = scriptScan();
    testOk(scan->n == 2 && scan->exit == xasExitComplete, "%s", out);
    testOk(fabs(scan->channel[xasRoleEnergy][1] - 7112) < 1e-4, "%.3f eV",
           scan->channel[xasRoleEnergy][1]);
    testOk1(scan->direction == -1 && scan->d_spacing_A == 3.1356);
    testOk1(scan->channel[xasRoleAngle][1] == 16.140078342);
    xasAssemblerDestroy(a);
}

/* What cannot be said in the table: reasons, names, stamps. */
static void testDetails(void)
{
    xasAssembler *a = station(DETECTORS | BIT(Sequence));
    static char out[2048];
    char first[XAS_UID_SIZE];
    const xasScan *scan;

    scriptRun(a,
              "up=energy,i0,i1,sequence =999 sequence=7 =1000 "
              "energy=[7000,7001] i0=[9,8]@1000 =1010 i1=[5,4]@1005",
              out, sizeof out);
    scan = scriptScan();
    testOk1(scan->stamp_ns[0] == scriptTime(1005) &&
            scan->stamp_ns[1] == scriptTime(1005));
    testOk1(scan->start_ns == scriptTime(1000) && scan->sequence == 7);
    testOk(!strcmp(scan->reason, "all arrays of a sweep came"), "%s",
           scan->reason);
    testOk(strstr(scan->event[1].text, "3 arrays stamped within") != NULL, "%s",
           scan->event[1].text);
    (void)strcpy(first, scan->uid);
    scriptRun(a,
              "=2000 sequence=8 i0=[9,8]@1000 i1=[5,4]@1000 "
              "energy=[7001,7000]@1000 ?i0=[9,8]@1000 ?i1=[5,4]@1000 "
              "?energy=[7001,7000]@1000",
              out, sizeof out);
    testOk(strcmp(scriptScan()->uid, first) != 0, "%s and %s", first,
           scriptScan()->uid);
    testOk1(scriptScan()->direction == -1);
    scriptRun(a, "=3000 energy=[7000,7001] sequence=9 i0=[9,8] =13000 tick",
              out, sizeof out);
    testOk(!strcmp(scriptScan()->reason, "i1 did not come in time"), "%s",
           scriptScan()->reason);
    testOk1(xasAssemblerDeadline(a) == 0);
    xasAssemblerDestroy(a);
}

/* Detectors see an edge where the energy was 4 points ago: up and down differ
 * by 8 points of 0.5 eV, and a point takes 1 ms. */
static void testLag(void)
{
    enum { n = 401, late = 4 };
    static double array[2][3][n];
    xasAssembler *a = station(DETECTORS | BIT(Dwell));
    xasEvent dwell = { .role = xasRoleDwell, .value = 1e-3 };
    xasScan *scan = NULL;

    for (int down = 0; down < 2; down++)
        for (int i = 0; i < n; i++) {
            int at = down ? n - 1 - i : i;
            double seen = 7000 + 0.5 * (down ? at + late : at - late);

            array[down][0][i] = 7000 + 0.5 * at;
            array[down][1][i] = 1e6;
            array[down][2][i] = 1e6 * exp(-1 - atan((seen - 7100) / 3));
        }
    for (int r = 0; r <= xasRoleI1; r++)
        (void)feed(a, xasEventConnect, r, NULL, 0);
    dwell.stamp_ns = dwell.received_ns = now_ns;
    (void)xasAssemblerFeed(a, &dwell);
    for (int k = 0; k < 2; k++) {
        for (int r = 0; r <= xasRoleI1; r++)
            (void)feed(a, xasEventValue, r, array[k][r], n);
        now_ns += 1000000000;
        testOk1(drain(a, &scan) == 1);
        testOk1(k || isnan(scan->lag_s));
    }
    testOk(fabs(scan->lag_s + late * 1e-3) < 2e-5,
           "the energy is %.5f s ahead of its detectors", -scan->lag_s);
    xasScanDestroy(scan);
    xasAssemblerDestroy(a);
}

static void testDeadlines(void)
{
    xasAssembler *a = station(DETECTORS);
    char out[256];

    scriptRun(a, "up=energy,i0,i1 =1000 energy=[1]", out, sizeof out);
    testOk1(xasAssemblerDeadline(a) == 0);
    scriptRun(a, "=1100 i0=[1]", out, sizeof out);
    testOk(xasAssemblerDeadline(a) == scriptTime(1350),
           "first it is asked for");
    scriptRun(a, "=1350 tick", out, sizeof out);
    testOk(!strcmp(out, "arrays(i1)"), "%s", out);
    testOk1(xasAssemblerDeadline(a) == scriptTime(11100));
    xasAssemblerDestroy(a);
}

/* A journalled sweep cannot go on: its arrays are gone. */
static void testResume(void)
{
    xasAssembler *a = station(DETECTORS);
    xasScan *scan = NULL;
    static char out[1024];

    if (xasScanCreate(DETECTORS, &scan))
        testAbort("no scan");
    scan->start_ns = scriptTime(-100);
    testOk1(xasAssemblerResume(a, scan, scriptTime(0)) == xasOk);
    scriptRun(a, UP SWEEP(1000), out, sizeof out);
    testOk(!strcmp(out, "end{interrupted lost=0:; resume} " WHOLE), "%s", out);
    xasAssemblerDestroy(a);
}

static void testRules(void)
{
    xasAssemblerRules rules;
    xasMessage message = { "" };

    xasAssemblerRulesDefaults(&rules);
    (void)strcpy(rules.station, "BL5S1");
    rules.mode = xasModeArray;
    rules.roles = DETECTORS;
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasOk);
    rules.array_timeout_s = 0;
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasErrArg);
}

MAIN(arrayTest)
{
    testPlan(0);
    testCases();
    testSizes();
    testAngle();
    testDetails();
    testLag();
    testDeadlines();
    testResume();
    testRules();
    testSpeed();
    return testDone();
}
