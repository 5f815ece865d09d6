/* SPDX-License-Identifier: BSD-3-Clause */
/* The faults of faultTest, and what is to become of a scan of 40 points in the
 * modes step, continuous (at 40 Hz, 10 eV/s: 157 points) and array. */
#include <math.h>

#include "faultBench.h"

static bool isDetector(const xasEvent *e)
{
    return e->role == xasRoleI0 || e->role == xasRoleI1;
}

/* Whole arrays: each element by a function of its point. */
static double *element(bench *b, const xasEvent *e, int i)
{
    return &b->pv[e->role].array[i];
}

/* The source's process ends and comes back at rest. */
static void killedBefore(bench *b, int i)
{
    if (i != 15 && b->mode != xasModeArray)
        return;
    benchConnectAll(b, false);
    b->busy = false;
    b->pv[xasRoleActive].value = b->pv[xasRoleCommit].value = 0;
    b->pv[xasRoleSequence].value = 0;
    for (int r = 0; r < xasRoleCount; r++)
        b->pv[r].stamp_ns = 0;
    benchWait(b, 8000);
    benchConnectAll(b, true);
}

static void onePvLost(bench *b, int i)
{
    if (i == 15 || (b->mode == xasModeArray && i == 0))
        benchConnect(b, xasRoleI1, false);
    if (i == 20)
        benchConnect(b, xasRoleI1, true);
}

static void neverThere(bench *b, int i)
{
    if (i)
        return;
    benchConnect(b, xasRoleI1, false);
    b->pv[xasRoleI1].never = true;
}

static bool invalidAlarm(bench *b, int i, xasEvent *e)
{
    if (e->role == xasRoleI1 &&
        ((i >= 10 && i < 20) || b->mode == xasModeArray))
        e->severity = 3;
    return true;
}

static bool nanValue(bench *b, int i, xasEvent *e)
{
    if (b->mode == xasModeArray && e->role == xasRoleI1)
        *element(b, e, 12) = *element(b, e, 25) = NAN;
    else if (e->role == xasRoleI1 && (i == 12 || i == 25))
        e->value = NAN;
    return true;
}

/* No beam for points 10 to 12, which are then measured again. */
static bool topUpBlip(bench *b, int i, xasEvent *e)
{
    if (!isDetector(e))
        return true;
    if (b->mode == xasModeArray)
        for (int k = 10; k < 13; k++)
            *element(b, e, k) = 3;
    else if (i >= 10 && i < 13)
        e->value = 3;
    return true;
}

static void measuredAgain(bench *b, int i)
{
    if (b->mode == xasModeStep && i == 13)
        for (int k = 10; k < 13; k++) {
            b->energy = 7000 + k;
            benchMeasure(b, 50 + k);
        }
}

static void dump(bench *b, int i)
{
    if (i == 25 || b->mode == xasModeArray)
        benchPut(b, xasRoleRingCurrent, 0.2);
}

static bool dumped(bench *b, int i, xasEvent *e)
{
    if (!isDetector(e))
        return true;
    if (b->mode == xasModeArray)
        for (int k = 25; k < benchPoints; k++)
            *element(b, e, k) = 3;
    else if (i >= 25)
        e->value = 3;
    return true;
}

static bool sameEnergy(bench *b, int i, xasEvent *e)
{
    if (b->mode == xasModeArray) {
        *element(b, e, 21) = *element(b, e, 20);
    } else if (b->mode == xasModeStep && e->role < xasChannelCount && i == 21) {
        e->value = benchTruth((xasRole)e->role, 7020);
    }
    return true;
}

static void backwards(bench *b, int i)
{
    if (b->mode == xasModeStep && i == 20)
        for (int k = 19; k >= 17; k--) {
            b->energy = 7000 + k;
            benchMeasure(b, 60 + k);
        }
}

static bool backwardsArray(bench *b, int i, xasEvent *e)
{
    (void)i;
    for (int k = 0; b->mode == xasModeArray && k < 3; k++)
        *element(b, e, 20 + k) = benchTruth((xasRole)e->role, 7000 + 19 - k);
    return true;
}

static void future(bench *b, int i)
{
    b->skew_ns = i >= 10 && i < 20 ? 3600000000000 : 0;
    if (b->mode == xasModeArray)
        b->skew_ns = 3600000000000;
}

static void from1990(bench *b, int i)
{
    int64_t back = 1700000000000000000 - 631152000000000000;

    b->skew_ns = (i >= 10 && i < 20) || b->mode == xasModeArray ? -back : 0;
}

static void undefinedStamps(bench *b, int i)
{
    b->undefined = (i >= 10 && i < 20) || b->mode == xasModeArray;
}

/* A clock that stands for three points. */
static void clockStands(bench *b, int i)
{
    if (b->mode == xasModeStep)
        b->skew_ns = i >= 10 && i < 13 ? -100000000 * (i - 10) : 0;
}

static bool equalStamps(bench *b, int i, xasEvent *e)
{
    if (b->mode == xasModeContinuous && i >= 10 && i < 13)
        e->stamp_ns = e->stamp_ns / 300000000 * 300000000;
    return true;
}

/* I1 of points 10 to 14 arrives behind its commit, that of the first even
 * behind the next point's. A stream keeps its own order: from point 10 on all
 * of it is late. */
static bool outOfOrder(bench *b, int i, xasEvent *e)
{
    bool streams = b->mode == xasModeContinuous;

    if (e->role != xasRoleI1 || i < 10 || (i >= 15 && !streams))
        return true;
    benchLater(b, e, i == 10 && !streams ? 110 : 30);
    return false;
}

/* All but the energy come behind the trigger. */
static bool outOfOrderArray(bench *b, int i, xasEvent *e)
{
    if (b->mode != xasModeArray)
        return outOfOrder(b, i, e);
    if (!isDetector(e))
        return true;
    benchLater(b, e, e->role == xasRoleI0 ? 70 : 40);
    return false;
}

static bool burst(bench *b, int i, xasEvent *e)
{
    if (b->mode == xasModeArray)
        return e->role != xasRoleI1;
    return i < 20 || i >= 26;
}

static void aborts(bench *b, int i)
{
    if (i != 30 && b->mode != xasModeArray)
        return;
    benchPut(b, xasRoleAborted, 1);
    benchActive(b, false);
}

static void outage(bench *b, int i)
{
    if (i != 15 && b->mode != xasModeArray)
        return;
    benchConnectAll(b, false);
    benchWait(b, 240000);
    benchConnectAll(b, true);
}

static void pauses(bench *b, int i)
{
    if (i == 15)
        benchWait(b, 12000);
}

/* Active stays at 1, but the counter starts anew. */
static void again(bench *b)
{
    b->number = 0;
    if (b->mode == xasModeArray)
        benchSweep(b, benchPoints);
    for (int i = 0; b->mode != xasModeArray && i < benchPoints; i++) {
        b->energy = 7000 + i;
        benchMeasure(b, i);
    }
}

#define STEP(text)       [xasModeStep] = text
#define CONTINUOUS(text) [xasModeContinuous] = text
#define ARRAY(text)      [xasModeArray] = text

const benchFault benchFaults[] = {
    { .name = "none",

      .expected = { CONTINUOUS("complete n:160 (pace)"), STEP("complete n:40"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "source killed and restarted",
      .before = killedBefore,
      .expected = { CONTINUOUS("interrupted n:60 (pace disconnect connect)"),
                    STEP("interrupted n:15 (disconnect connect)"),
                    ARRAY("interrupted n:0 (disconnect connect)") } },
    { .name = "one PV lost",
      .before = onePvLost,
      .expected = { CONTINUOUS("complete n:160 disconnected:19 (pace "
                               "disconnect connect)"),
                    STEP("complete n:40 disconnected:5 (disconnect connect)"),
                    ARRAY("interrupted n:0 lost:40 (disconnect missing)") } },
    { .name = "a PV never there",
      .before = neverThere,
      .expected = { CONTINUOUS(
                        "complete n:160 disconnected:160 (disconnect pace)"),
                    STEP("complete n:40 disconnected:40 (disconnect)"),
                    ARRAY("interrupted n:0 lost:40 (disconnect missing)") } },
    { .name = "INVALID alarm on one channel",
      .edit = invalidAlarm,
      .expected = { CONTINUOUS("complete n:160 invalid:40 (pace invalid)"),
                    STEP("complete n:40 invalid:10"),
                    ARRAY("complete n:40 invalid:40 (arrays)") } },
    { .name = "NaN",
      .edit = nanValue,
      .expected = { CONTINUOUS("complete n:160 invalid:8 (pace invalid)"),
                    STEP("complete n:40 invalid:2"),
                    ARRAY("complete n:40 invalid:2 (arrays)") } },
    { .name = "I0 near zero, measured again",
      .edit = topUpBlip,
      .before = measuredAgain,
      .expected = { CONTINUOUS("complete n:160 low_i0:13 (pace)"),
                    STEP("complete n:43 duplicate:3 low_i0:3"),
                    ARRAY("complete n:40 low_i0:3 (arrays)") } },
    { .name = "beam dump",
      .before = dump,
      .edit = dumped,
      .expected = { CONTINUOUS("beam_lost n:160 low_i0:61 no_beam:61 (pace)"),
                    STEP("beam_lost n:40 low_i0:15 no_beam:15"),
                    ARRAY("beam_lost n:40 low_i0:15 no_beam:40 (arrays "
                          "beam)") } },
    { .name = "duplicate energies",
      .edit = sameEnergy,
      .expected = { CONTINUOUS("complete n:160 (pace)"),
                    STEP("complete n:40 duplicate:1"),
                    ARRAY("complete n:40 duplicate:1 (arrays)") } },
    { .name = "energy running backwards",
      .before = backwards,
      .edit = backwardsArray,
      .expected = { CONTINUOUS("complete n:160 (pace)"),
                    STEP("complete n:43 duplicate:3"),
                    ARRAY("complete n:40 duplicate:3 (arrays)") } },
    { .name = "stamps from the future",
      .before = future,
      .expected = { CONTINUOUS("complete n:160 stamp_bad:40 (pace)"),
                    STEP("complete n:40 stamp_bad:10 (clock)"),
                    ARRAY("complete n:40 stamp_bad:40 (arrays)") } },
    { .name = "stamps from 1990",
      .before = from1990,
      .expected = { CONTINUOUS("complete n:160 stamp_bad:40 (pace)"),
                    STEP("complete n:40 stamp_bad:10 (clock)"),
                    ARRAY("complete n:40 stamp_bad:40 (arrays)") } },
    { .name = "undefined stamps",
      .before = undefinedStamps,
      .expected = { CONTINUOUS("complete n:160 stamp_bad:40 (pace)"),
                    STEP("complete n:40 stamp_bad:10 (clock)"),
                    ARRAY("complete n:40 stamp_bad:40 (arrays)") } },
    { .name = "equal stamps",
      .before = clockStands,
      .edit = equalStamps,
      .expected = { CONTINUOUS("lossy n:149 lost:9 late:2 (pace clock gap)"),
                    STEP("complete n:40 late:1 (late)"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "out of order",
      .edit = outOfOrderArray,
      .expected = { CONTINUOUS("complete n:160 (pace)"), STEP("complete n:40"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "a burst that CA drops",
      .edit = burst,
      .expected = { CONTINUOUS("lossy n:136 lost:24 (pace gap)"),
                    STEP("lossy n:34 lost:6 (gap)"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "0 points",
      .points = -1,
      .expected = { CONTINUOUS("aborted n:0"), STEP("aborted n:0"),
                    ARRAY("timeout n:0") } },
    { .name = "3 points",
      .points = 3,
      .expected = { CONTINUOUS("complete n:12 (pace)"), STEP("complete n:3"),
                    ARRAY("complete n:3 (arrays)") } },
    { .name = "abort",
      .before = aborts,
      .expected = { CONTINUOUS("aborted n:120 (pace)"), STEP("aborted n:30"),
                    ARRAY("aborted n:0") } },
    { .name = "an outage of minutes",
      .before = outage,
      .expected = { CONTINUOUS("interrupted n:60 (pace disconnect); lossy "
                               "n:100 (pace)"),
                    STEP("interrupted n:15 (disconnect); lossy n:25 lost:15 "
                         "(gap)"),
                    ARRAY("interrupted n:0 (disconnect); complete n:40 "
                          "(arrays)") } },
    { .name = "a pause",
      .before = pauses,
      .expected = { CONTINUOUS("complete n:160 (pace pause)"),
                    STEP("complete n:40 (pause)"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "running before the daemon",
      .joined = true,
      .expected = { CONTINUOUS("lossy n:120 (pace)"),
                    STEP("lossy n:30 lost:10 (gap)"),
                    ARRAY("complete n:40 (arrays)") } },
    { .name = "second scan before the first ended",
      .last = again,
      .expected = { CONTINUOUS(
                        "complete n:160 (pace); complete n:160 (pace turn)"),
                    STEP("complete n:40; complete n:40"),
                    ARRAY("complete n:40 (arrays); complete n:40 (arrays)") } },
};
const size_t benchFaultCount = sizeof benchFaults / sizeof *benchFaults;
