/* SPDX-License-Identifier: BSD-3-Clause */
/* A source that is faster than its server can send, many times over: no point
 * may be made of the readings of two unless it is flagged. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "coalesceServer.h"

/** What the runs of one kind of station amount to. */
typedef struct tally {
    size_t points, good, flagged, mixed, lost, replaced, miscounted, unended;
} tally;

static xasAssembler *assembler(const serverKind *kind)
{
    xasAssemblerRules rules;
    xasAssembler *a = NULL;

    xasAssemblerRulesDefaults(&rules);
    strcpy(rules.station, "COALESCE");
    rules.roles = kind->roles;
    rules.scan_timeout_s = 0;
    if (xasAssemblerCreate(&rules, &a))
        testAbort("no assembler");
    return a;
}

/* Which true point is it?  The energy says so: every value of point n is
 * n apart from a constant, see coalesceServer.h. */
static bool isMixed(const xasScan *scan, size_t i)
{
    double n = scan->channel[xasRoleEnergy][i];

    for (int r = xasRoleI0; r <= xasRoleI2; r++)
        if (scan->channel[r] && scan->channel[r][i] != n + r &&
            !(r == xasRoleI2 && isnan(scan->channel[r][i])))
            return true;
    return false;
}

static void judge(const serverKind *kind, const xasScan *scan, size_t made,
                  tally *t)
{
    for (size_t i = 0; i < scan->n; i++) {
        bool mixed = isMixed(scan, i);

        t->points++;
        t->flagged += scan->flags[i] != 0;
        t->good += !mixed && !scan->flags[i];
        t->mixed += mixed && !scan->flags[i];
    }
    t->lost += (size_t)scan->lost;
    t->miscounted += xasRolesHave(kind->roles, xasRoleSequence) &&
                     kind->counting && scan->n + (size_t)scan->lost != made;
}

static void run(const serverKind *kind, unsigned seed, tally *t)
{
    xasAssembler *a = assembler(kind);
    serverResult result = { 0 };

    serverRun(kind, seed, a, &result);
    if (result.scan)
        judge(kind, result.scan, result.made, t);
    else
        t->unended++;
    t->replaced += result.replaced;
    xasScanDestroy(result.scan);
    xasAssemblerDestroy(a);
}

static void testKinds(bool overload, unsigned runs)
{
    for (size_t k = 0; k < serverKindCount; k++) {
        serverKind kind = serverKinds[k];
        tally t = { 0 };

        kind.overload = overload;
        for (unsigned seed = 1; seed <= runs; seed++)
            run(&kind, seed, &t);
        testOk(t.mixed == 0 && t.points > 0,
               "%s, %s: %zu mixed points without a flag", kind.name,
               overload ? "overload" : "quiet", t.mixed);
        if (!overload)
            testOk(t.flagged == 0 && t.replaced == 0,
                   "%s, quiet: none of %zu points flagged (%zu)", kind.name,
                   t.points, t.flagged);
        testOk(t.unended == 0, "each scan has ended (%zu)", t.unended);
        testOk(t.miscounted == 0, "each lost point is counted (%zu runs not)",
               t.miscounted);
        testDiag("%u runs: %zu points, %zu good, %zu flagged, %zu lost, "
                 "%zu values overwritten",
                 runs, t.points, t.good, t.flagged, t.lost, t.replaced);
    }
}

/* Known to be weak: of 500 runs (XASD_COALESCE_RUNS=500) of the kinds whose
 * channels do not stamp in order with the commit, "i0 stamped after the commit"
 * fails in 2 (2 of 291,934 points), and "i1 by a clock ..." in 1 (18 of
 * 292,641): 20 points came within 70 us, less than two clocks can be brought
 * together to, and too few to look like a burst. The others pass. */
MAIN(coalesceTest)
{
    const char *runs = getenv("XASD_COALESCE_RUNS");
    unsigned n = runs ? (unsigned)strtoul(runs, NULL, 10) : 40;

    testPlan(0);
    testKinds(false, n / 5 + 1);
    testKinds(true, n);
    return testDone();
}
