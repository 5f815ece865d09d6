/* SPDX-License-Identifier: BSD-3-Clause */
/* A detector of elements whose true counts are known.  Truth: element k sees
 * (k+1) * 1000 * shape(i) counts, and has a dead time of 1 us that does not
 * paralyse, so that of a true rate r it puts out r / (1 + r tau). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "assemblerScript.h"
#include "xasDetector.h"

#define N 4 /* elements */

static const double tau_s = 1e-6;

static double shape(size_t i)
{
    return i < 50 ? 1 : 3 + sin((double)i);
}

static double truth(size_t i, int k)
{
    return 1000.0 * (k + 1) * shape(i);
}

static xasAssemblerRules rulesOf(bool rates)
{
    xasAssemblerRules rules;

    xasAssemblerRulesDefaults(&rules);
    strcpy(rules.station, "BL5S1");
    rules.detection = xasDetectFluorescence;
    rules.roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                  xasRoleBit(xasRoleFluor);
    for (int k = 0; k < N; k++) {
        rules.roles |= xasRoleBit(xasRoleRoi + k);
        if (rates)
            rules.roles |=
                xasRoleBit(xasRoleIcr + k) | xasRoleBit(xasRoleOcr + k);
    }
    return rules;
}

static void fill(size_t i, double *value)
{
    for (int c = 0; c < xasChannelCount; c++)
        value[c] = NAN;
    value[xasRoleEnergy] = 7000 + (double)i;
    value[xasRoleI0] = 1e6;
    for (int k = 0; k < N; k++) {
        double rate = 100 * truth(i, k);

        value[xasRoleIcr + k] = rate;
        value[xasRoleOcr + k] = rate / (1 + rate * tau_s);
        value[xasRoleRoi + k] = truth(i, k) / (1 + rate * tau_s);
    }
}

static void add(xasScan *scan, const xasAssemblerRules *rules, double *value,
                uint32_t flags)
{
    flags = xasDetectorPoint(scan, rules, value, flags);
    if (xasScanAddPoint(scan, value, (int64_t)scan->n, flags))
        testAbort("no memory");
}

static xasScan *start(const xasAssemblerRules *rules)
{
    xasScan *scan = NULL;

    if (xasScanCreate(rules->roles, &scan))
        testAbort("no memory");
    scan->detection = rules->detection;
    memcpy(scan->dark, rules->dark, sizeof scan->dark);
    return scan;
}

/* Largest relative difference of fluor from the truth of the elements in
 * `used`, at points without flag. */
static double worst(const xasScan *scan, unsigned used)
{
    double most = 0;

    for (size_t i = 0; i < scan->n; i++) {
        double sum = 0, off;

        for (int k = 0; k < N; k++)
            sum += used >> k & 1 ? truth(i, k) : 0;
        off = fabs(scan->channel[xasRoleFluor][i] / sum - 1);
        if (!scan->flags[i] && !(off <= most))
            most = off; /* a NaN, too */
    }
    return most;
}

static size_t flagged(const xasScan *scan, uint32_t flag)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++)
        n += (scan->flags[i] & flag) != 0;
    return n;
}

static bool event(const xasScan *scan, const char *text)
{
    for (size_t i = 0; i < scan->nEvents; i++)
        if (strcmp(scan->event[i].what, "element") == 0 &&
            strstr(scan->event[i].text, text))
            return true;
    return false;
}

static unsigned leftOut(const xasScan *scan)
{
    return (unsigned)(scan->leftOut >> xasRoleRoi) & 15;
}

static void allGood(void)
{
    xasAssemblerRules rules = rulesOf(true);
    double value[xasChannelCount];

    for (int k = 0; k < N; k++)
        rules.dark[xasRoleRoi + k] = 7 + k;
    xasScan *scan = start(&rules);

    for (size_t i = 0; i < 100; i++) {
        fill(i, value);
        for (int k = 0; k < N; k++)
            value[xasRoleRoi + k] += rules.dark[xasRoleRoi + k];
        add(scan, &rules, value, 0);
    }
    xasDetectorFinish(scan, &rules);
    /* rounding of six operations an element */
    testOk(worst(scan, 15) < 1e-14, "off by %g of the truth", worst(scan, 15));
    testOk1(!scan->leftOut && !scan->nEvents && !flagged(scan, ~0u));
    testOk1(scan->channel[xasRoleRoi][0] == truth(0, 0) / 1.1 + 7);
    xasScanDestroy(scan);
}

/* Output rate 0 at one point, after the edge. */
static void oneBad(void)
{
    xasAssemblerRules rules = rulesOf(true);
    xasScan *scan = start(&rules);
    double value[xasChannelCount];
    char text[80];

    for (size_t i = 0; i < 100; i++) {
        fill(i, value);
        if (i == 60)
            value[xasRoleOcr + 2] = 0;
        add(scan, &rules, value, 0);
        if (i == 59)
            testOk1(worst(scan, 15) < 1e-14);
        if (i == 60)
            testOk(worst(scan, 11) < 1e-14 && leftOut(scan) == 4,
                   "left out at once, of the points before, too");
    }
    xasDetectorFinish(scan, &rules);
    testOk(worst(scan, 11) < 1e-14 && !flagged(scan, ~0u),
           "no step, no point flagged");
    testOk(
        event(scan, "fluor3 is left out of the scan: ocr3 is 0 at point 60") &&
            scan->nEvents == 1,
        "%s", scan->event[0].text);
    testOk1(scan->leftOut ==
            (xasRoleBit(xasRoleRoi + 2) | xasRoleBit(xasRoleIcr + 2) |
             xasRoleBit(xasRoleOcr + 2)));
    testOk(scan->channel[xasRoleRoi + 2][10] > 0 &&
               scan->channel[xasRoleOcr + 2][60] == 0,
           "its readings are kept");
    xasDetectorLeftOut(scan, text, sizeof text);
    testOk(!strcmp(text, "fluor3"), "%s", text);
    scan->leftOut |= xasRoleBit(xasRoleRoi) | xasRoleBit(xasRoleIcr + 7);
    xasDetectorLeftOut(scan, text, sizeof text);
    testOk(!strcmp(text, "fluor1;fluor3"), "%s", text);
    scan->leftOut = 0;
    xasDetectorFinish(scan, &rules);
    testOk(leftOut(scan) == 4, "the end decides by the readings alone");
    xasScanDestroy(scan);
}

/* What is the point's fault, not the element's. */
static void badPoints(void)
{
    xasAssemblerRules rules = rulesOf(true);
    xasScan *scan = start(&rules);
    double value[xasChannelCount];

    for (size_t i = 0; i < 100; i++) {
        fill(i, value);
        for (int k = 0; k < N; k++)
            if (i == 70 || (i == 80 && k == 1)) /* no beam at 70 */
                value[xasRoleOcr + k] = value[xasRoleIcr + k] = 0;
        add(scan, &rules, value, i == 80 ? xasPointNoBeam : 0);
    }
    xasDetectorFinish(scan, &rules);
    testOk1(!leftOut(scan) && worst(scan, 15) < 1e-14);
    testOk1(scan->flags[70] == xasPointElement &&
            (scan->flags[80] & xasPointNoBeam) &&
            flagged(scan, xasPointElement) == 2);
    xasScanDestroy(scan);
}

static xasScan *withMissing(size_t points, size_t from, size_t upTo,
                            int64_t planned, xasDetection detection)
{
    xasAssemblerRules rules = rulesOf(true);
    xasScan *scan;
    double value[xasChannelCount];

    rules.detection = detection;
    scan = start(&rules);
    scan->planned = planned;
    for (size_t i = 0; i < points; i++) {
        fill(i, value);
        if (i >= from && i < upTo)
            value[xasRoleRoi + 1] = NAN;
        add(scan, &rules, value, 0);
        if (i + 1 == upTo && planned)
            testOk(leftOut(scan) == 2 && worst(scan, 13) < 1e-14 &&
                       !flagged(scan, ~0u),
                   "6 missing of 100 planned: left out while the scan runs");
    }
    xasDetectorFinish(scan, &rules);
    return scan;
}

static void someMissing(void)
{
    xasScan *scan = withMissing(100, 20, 25, 0, xasDetectFluorescence);

    testOk(!leftOut(scan) && flagged(scan, xasPointElement) == 5 &&
               worst(scan, 15) < 1e-14,
           "5 of 100 points without an element: flagged");
    testOk1(event(scan, "fluor2 has no reading at 5 of 100 points"));
    xasScanDestroy(scan);
    scan = withMissing(100, 20, 26, 0, xasDetectFluorescence);
    testOk(leftOut(scan) == 2 && !flagged(scan, ~0u) && worst(scan, 13) < 1e-14,
           "6 of 100: the element is left out, no point is flagged");
    testOk1(event(scan, "fluor2 is left out of the scan: no reading at 6 of"));
    xasScanDestroy(scan);
    scan = withMissing(100, 20, 26, 100, xasDetectFluorescence);
    testOk1(leftOut(scan) == 2 && scan->nEvents == 1);
    xasScanDestroy(scan);
    scan = withMissing(200, 20, 26, 0, xasDetectFluorescence);
    testOk(!leftOut(scan) && flagged(scan, xasPointElement) == 6 &&
               event(scan, "fluor2 is used all the same"),
           "6 of the first 26 was too much, 6 of 200 is not");
    xasScanDestroy(scan);
    scan = withMissing(100, 20, 25, 0, xasDetectTransmission);
    testOk(!flagged(scan, ~0u) && isnan(scan->channel[xasRoleFluor][20]),
           "no flag where fluorescence is not what the scan is about");
    xasScanDestroy(scan);
}

/* The last element that is left is never left out for a reading missed. */
static void allMissing(void)
{
    xasAssemblerRules rules = rulesOf(true);
    xasScan *scan = start(&rules);
    double value[xasChannelCount];

    for (size_t i = 0; i < 100; i++) {
        fill(i, value);
        for (int k = 0; k < N; k++)
            if ((i < 50) == (k < 2))
                value[xasRoleRoi + k] = NAN;
        add(scan, &rules, value, 0);
    }
    xasDetectorFinish(scan, &rules);
    testOk1(leftOut(scan) != 15 && flagged(scan, xasPointElement) > 0);
    xasScanDestroy(scan);
    scan = start(&rules);
    for (size_t i = 0; i < 100; i++) {
        fill(i, value);
        for (int k = 0; k < N; k++)
            if (i >= 30)
                value[xasRoleRoi + k] = NAN;
        add(scan, &rules, value, 0);
    }
    xasDetectorFinish(scan, &rules);
    testOk(!leftOut(scan) && flagged(scan, xasPointElement) == 70,
           "all gone: 70 points flagged, none left out");
    xasScanDestroy(scan);
}

static void measuredAgain(void)
{
    xasAssemblerRules rules = rulesOf(true);
    xasScan *scan = start(&rules);
    double value[xasChannelCount];

    for (size_t i = 0; i < 101; i++) {
        size_t at = i == 100 ? 40 : i;

        fill(at, value);
        if (i == 40 || (i > 90 && i < 97) || i == 100)
            value[xasRoleRoi + 3] = NAN;
        add(scan, &rules, value, 0);
    }
    xasDetectorFinish(scan, &rules);
    testOk(leftOut(scan) == 8 && scan->flags[40] == xasPointDuplicate &&
               !scan->flags[100],
           "once its element is left out, the point measured last wins");
    xasScanDestroy(scan);
}

static madeRandom chance = { 1 };

/* A scan of any length in which anything fails at random. */
static xasScan *randomScan(const xasAssemblerRules *rules)
{
    xasScan *scan = start(rules);
    size_t n = 1 + (size_t)(madeUniform(&chance) * 150);
    double gone[N], dead = madeUniform(&chance) < 0.5 ? 0 : 0.005;
    double value[xasChannelCount];

    scan->planned = madeUniform(&chance) < 0.5 ? 0 : (int64_t)n;
    for (int k = 0; k < N; k++)
        gone[k] = madeUniform(&chance) < 0.5   ? 0
                  : madeUniform(&chance) < 0.8 ? 0.06
                                               : 1;
    for (size_t i = 0; i < n; i++) {
        bool dump = madeUniform(&chance) < 0.02;

        fill(i, value);
        for (int k = 0; k < N; k++) {
            if (madeUniform(&chance) < gone[k])
                value[xasRoleIcr + k] = NAN;
            if (dump || madeUniform(&chance) < dead)
                value[xasRoleOcr + k] = 0;
        }
        add(scan, rules, value,
            madeUniform(&chance) < 0.05 ? xasPointLowI0 : 0);
    }
    return scan;
}

/* Is it right to leave this element out, by the rules as the header has them?
 * Counted anew, in another way. */
static bool hasReason(const xasScan *scan, int k)
{
    size_t tell = 0, missed = 0;
    bool bad = false;

    for (size_t i = 0; i < scan->n; i++) {
        bool any = false;

        if (scan->flags[i] & xasPointLowI0)
            continue;
        for (int j = 0; j < N; j++)
            any = any || (isfinite(scan->channel[xasRoleIcr + j][i]) &&
                          scan->channel[xasRoleOcr + j][i] > 0);
        if (!any)
            continue;
        tell++;
        if (isnan(scan->channel[xasRoleIcr + k][i]))
            missed++;
        else
            bad = bad || scan->channel[xasRoleOcr + k][i] <= 0;
    }
    return bad || 20 * missed > tell;
}

static void anything(void)
{
    xasAssemblerRules rules = rulesOf(true);
    int wrong = 0, flags = 0, reasons = 0, again = 0, left = 0;

    for (int run = 0; run < 500; run++) {
        xasScan *scan = randomScan(&rules);
        xasRoles out;
        size_t events;

        xasDetectorFinish(scan, &rules);
        out = scan->leftOut;
        events = scan->nEvents;
        wrong += !(worst(scan, 15u & ~leftOut(scan)) < 1e-13);
        for (size_t i = 0; i < scan->n; i++)
            flags += (scan->flags[i] & xasPointElement) != 0 &&
                     isfinite(scan->channel[xasRoleFluor][i]);

        unsigned due = 0;

        for (int k = 0; k < N; k++)
            due |= (unsigned)hasReason(scan, k) << k;
        left += leftOut(scan) != 0;
        /* where all would have to go those that only miss readings stay */
        reasons += leftOut(scan) & ~due ? 1 : 0;
        reasons += due != 15 && leftOut(scan) != due;
        xasDetectorFinish(scan, &rules);
        again += scan->leftOut != out || scan->nEvents < events;
        xasScanDestroy(scan);
    }
    testOk(!wrong, "500 random scans: each good point is the truth (%d)",
           wrong);
    testOk(!flags, "a point without sum is flagged, no other (%d)", flags);
    testOk(!reasons && left > 100, "%d scans left out just what they must (%d)",
           left, reasons);
    testOk(!again, "the end can be had twice");
}

/* Angle and elements through the assembler; element 2 is INVALID at P1, and
 * without reading of a detector no point would be flagged. */
static void assembled(void)
{
    xasAssemblerRules rules = rulesOf(false);
    xasAssembler *a = NULL;
    const xasScan *scan;
    char out[2048];

    for (int k = 2; k < N; k++)
        rules.roles ^= xasRoleBit(xasRoleRoi + k);
    rules.roles |= xasRoleBit(xasRoleAngle) | xasRoleBit(xasRoleActive) |
                   xasRoleBit(xasRoleCommit);
    rules.required = xasRoleBit(xasRoleAngle) | xasRoleBit(xasRoleI0);
    rules.d_spacing_A = 2;
    if (xasAssemblerCreate(&rules, &a))
        testAbort("no assembler");
    scriptRun(a,
              "up=all,angle,fluor1,fluor2 angle:31@-9 i0:9@-9 fluor1:1@-9 "
              "fluor2:1@-9 active:0@-9 "
              "commit:-1@-9 =0 active=1 "
              "=10 angle=30 i0=10 fluor1=3 fluor2=4 commit=1 "
              "=20 angle=29 i0=10 fluor1=3 fluor2=4!3 commit=2 "
              "=30 angle=95 i0=10 fluor1=3 fluor2=4 commit=3 =40 active=0 "
              "?commit=3@30 over=3",
              out, sizeof out);
    scan = scriptScan();
    if (!scan)
        testAbort("no scan: %s", out);
    testOk(scan->n == 3 && scan->d_spacing_A == 2 && scan->exit != 0, "%s",
           out);
    testOk1(fabs(scan->channel[xasRoleEnergy][0] - 12398.41984 / 2) < 1e-9 &&
            scan->channel[xasRoleAngle][0] == 30 &&
            scan->channel[xasRoleFluor][0] == 3 && !scan->flags[0]);
    testOk(leftOut(scan) == 2 && scan->channel[xasRoleFluor][1] == 3,
           "no reading at 1 of 2 points: left out (%u)", leftOut(scan));
    testOk1(scan->flags[2] == xasPointInvalid &&
            isnan(scan->channel[xasRoleEnergy][2]));
    xasAssemblerDestroy(a);
}

MAIN(detectorTest)
{
    testPlan(3 + 9 + 2 + 8 + 2 + 1 + 4 + 4);
    allGood();
    oneBad();
    badPoints();
    someMissing();
    allMissing();
    measuredAgain();
    anything();
    assembled();
    return testDone();
}
