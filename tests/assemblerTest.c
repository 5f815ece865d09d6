/* SPDX-License-Identifier: BSD-3-Clause */
/* From events to scans: the table of cases, then what it cannot say. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "assemblerCases.h"
#include "assemblerScript.h"

static xasAssemblerRules stationRules(xasRoles roles)
{
    xasAssemblerRules rules = scriptRules(roles);

    rules.required = roles & (DETECTORS | BIT(Active));
    rules.scan_timeout_s = 10;
    return rules;
}

static xasAssembler *station(xasRoles roles)
{
    xasAssemblerRules rules = stationRules(roles);

    return scriptStation(&rules);
}

static void testCases(void)
{
    for (size_t i = 0; i < assemblerCaseCount; i++) {
        const testCase *c = &assemblerCases[i];

        scriptCheck(station(c->roles), c->name, c->script, c->expected);
    }
}

static void testSteps(void)
{
    for (size_t i = 0; i < stepCaseCount; i++) {
        const stepCase *c = &stepCases[i];
        xasAssemblerRules rules = stationRules(c->roles);

        rules.ring_min_mA = c->ring_min_mA;
        rules.commit_when = c->when;
        if (c->idle_s > 0)
            rules.idle_s = c->idle_s;
        scriptCheck(scriptStation(&rules), c->name, c->script, c->expected);
    }
}

/* Does the script post or answer this number for this role? */
static bool isPosted(const char *script, const char *role, const char *number,
                     size_t length)
{
    size_t n = strlen(role);

    for (const char *p = script; (p = strstr(p, role)); p += n)
        if ((p == script || strchr(" ?", p[-1])) && p[n] &&
            strchr("=:", p[n]) && strncmp(p + n + 1, number, length) == 0 &&
            strchr(" @!", p[n + 1 + length]))
            return true;
    return false;
}

/* Readings expected of the scans "end{... lost=n: 7001/10/6[flags] ...;" that
 * the script does not hold; a point without one says nan. */
static size_t madeUp(const char *script, const char *expected)
{
    static const char *const roles[] = { "energy", "i0", "i1" };
    size_t wrong = 0;

    for (const char *p = expected; (p = strstr(p, " lost="));) {
        const char *stop = strchr(p, ';');

        for (p = strchr(p, ':') + 1; p < stop && *p == ' ';) {
            for (size_t c = 0; c < 3; c++) {
                size_t n = strcspn(++p, "/[ ;");

                wrong += strncmp(p, "nan", 3) != 0 &&
                         !isPosted(script, roles[c], p, n);
                p += n;
            }
            p += strcspn(p, " ;");
        }
    }
    return wrong;
}

/* Whatever comes out: no reading may stand under another role, nor be one that
 * was never made. */
static void testMadeUp(void)
{
    size_t wrong = 0;

    testOk1(!madeUp("energy=1 ?i0=2@3 i1:4", "end{x lost=0: 1/2/4[late]; y}"));
    testOk1(madeUp("energy=1 i0=2 i1=4", "end{x lost=0: 1/4/4; y}") == 1);
    for (size_t i = 0; i < assemblerCaseCount; i++)
        wrong += madeUp(assemblerCases[i].script, assemblerCases[i].expected);
    testOk(!wrong, "%zu readings made up in the cases by hand", wrong);
    wrong = 0;
    for (size_t i = 0; i < stepCaseCount; i++) {
        size_t more = madeUp(stepCases[i].script, stepCases[i].expected);

        if (more)
            testDiag("%s", stepCases[i].name);
        wrong += more;
    }
    testOk(!wrong, "%zu readings made up in those of mode step", wrong);
}

static void testRules(void)
{
    xasAssemblerRules rules;
    xasMessage message = { "" };
    xasAssembler *a = NULL;

    xasAssemblerRulesDefaults(&rules);
    strcpy(rules.station, "BL5S1");
    rules.roles = COMMIT & ~BIT(Active);
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasOk);
    rules.idle_s = 0; /* how would a scan end? */
    testOk1(xasAssemblerCreate(&rules, &a) == xasErrArg && !a);
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasErrArg);
    testOk(strstr(message.text, "active") != NULL, "%s", message.text);
    rules.roles = COMMIT;
    rules.detection = xasDetectYield;
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasErrNotFound);
    testOk(strstr(message.text, "tey") != NULL, "%s", message.text);
    rules.detection = xasDetectTransmission;
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasOk);
    rules.point_timeout_s = NAN;
    testOk1(xasAssemblerRulesCheck(&rules, &message) == xasErrArg);
}

static void testTexts(void)
{
    xasAssembler *a = station(COMMIT | BIT(Sample) | BIT(Element) | BIT(Edge));
    const xasScan *scan;
    char out[1024];

    scriptRun(a,
              REST "sample:NaCl element:Fe edge:L3 cmd:formula=FeCl2 "
                   "=0 active=1 =5 sample=FeCl3 cmd:sample=no " POINT(
                       10, 1, 7001, 10,
                       6) "=15 sample=Fe2O3 " POINT(20, 2, 7002, 10, 6) "stop",
              out, sizeof out);
    scan = scriptScan();
    testOk(!strcmp(scan->sample, "FeCl3"), "sample %s", scan->sample);
    testOk(!strcmp(scan->formula, "FeCl2"), "formula %s", scan->formula);
    testOk(!strcmp(scan->element, "Fe"), "element %s", scan->element);
    testOk1(scan->shell == xasShellL);
    testOk(strstr(out, "start sample}") != NULL, "%s", out);
    testOk1(strstr(scan->event[1].text, "Fe2O3") != NULL);
    testOk(!strcmp(scan->uid, "BL5S1-20231114T221320.000Z"), "%s", scan->uid);
    testOk1(scan->start_ns == scriptTime(0) && scan->end_ns == scriptTime(20));
    testOk(strcmp(scan->reason, "stopped") == 0, "%s", scan->reason);
    xasAssemblerDestroy(a);
}

/* The dwell PV says how long one count blinds the detector, in parts. */
static void testDwell(void)
{
    xasAssemblerRules rules = scriptRules(COMMIT | BIT(Dwell));
    xasAssembler *a;
    char out[256];

    rules.dead_time_s = 2e-7;
    a = scriptStation(&rules);
    scriptRun(a, REST "dwell:0.5@-500 =0 active=1 stop", out, sizeof out);
    testOk(fabs(scriptScan()->dead_per_count - 4e-7) < 1e-15, "%g a count",
           scriptScan()->dead_per_count);
    scriptRun(a, "=10 active=0 =20 active=1 =25 dwell=0.1 =30 stop", out,
              sizeof out);
    testOk(fabs(scriptScan()->dead_per_count - 2e-6) < 1e-15, "then %g",
           scriptScan()->dead_per_count);
    xasAssemblerDestroy(a);
}

/* An earlier part of a joined scan, stored as interrupted, has its start. */
static void testJoinedUid(void)
{
    xasAssembler *a = station(COMMIT);
    char out[256];

    scriptRun(a, "up=all =2000 active:1@0 stop", out, sizeof out);
    testOk(!strcmp(scriptScan()->uid, "BL5S1-20231114T221322.000Z"), "%s",
           scriptScan()->uid);
    testOk1(scriptScan()->start_ns == scriptTime(0));
    xasAssemblerDestroy(a);
}

/* The station came back with another scan: its number is above the last one
 * we saw, but its sample is another and active was set since. */
static void testOtherSample(void)
{
    static const char first[] =
        REST "sample:A =0 active=1 " POINT(10, 1, 7001, 10, 6) "down=all ";
    static const struct {
        const char *name, *script, *sample;
    } cases[] = {
        { "the sample is seen first",
          "up=all =900 sample:B active:1@800 sequence:5@850 =910 stop", "B" },
        { "active is seen first",
          "up=all =900 sequence:5@850 active:1@800 sample:B =910 stop", "B" },
        { "the same scan, renamed",
          "up=all =900 sequence:5@850 active:1@0 sample:B =910 stop", "A" },
        { "the same sample, active processed all the time",
          "up=all =900 sequence:5@850 active:1@800 sample:A =910 stop", "A" },
    };
    char script[512], out[1024];

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xasAssembler *a = station(COUNTED | BIT(Sample));

        snprintf(script, sizeof script, "%s%s", first, cases[i].script);
        scriptRun(a, script, out, sizeof out);
        if (!testOk(!strcmp(scriptScan()->sample, cases[i].sample), "%s",
                    cases[i].name))
            testDiag("sample %s: %s", scriptScan()->sample, out);
        xasAssemblerDestroy(a);
    }
}

static void testCutText(void)
{
    xasAssembler *a = station(COMMIT | BIT(Sample));
    xasEvent e = { .kind = xasEventValue,
                   .role = xasRoleSample,
                   .value = 1,
                   .text = "123456789012345678901234567890123456789" };
    char out[256];

    testOk1(xasAssemblerFeed(a, &e) == xasOk);
    scriptRun(a, REST "=0 active=1 stop", out, sizeof out);
    testOk(strstr(out, "start cut}") != NULL, "%s", out);
    xasAssemblerDestroy(a);
}

/* Half a scan, as the journal would give it back. */
static xasScan *journalled(void)
{
    const double value[xasChannelCount] = { 7001, 10, 6 };
    xasScan *scan = NULL;

    if (xasScanCreate(DETECTORS, &scan) ||
        xasScanAddPoint(scan, value, scriptTime(-5000), 0))
        testAbort("no scan");
    strcpy(scan->uid, "kept");
    scan->start_ns = scriptTime(-6000);
    scan->sequence = 1;
    return scan;
}

static void testResume(void)
{
    static const struct {
        const char *name, *script, *expected;
    } cases[] = {
        { "still active, next number: it goes on",
          "up=all energy:7000@-5 i0:9@-5 i1:5@-5 active:1@-6000 "
          "sequence:1@-5000 commit:1@-5000 " POINT(
              10, 2, 7002, 11, 7) "=20 active=0 ?commit=2@10 ?sequence=2@10",
          "P1 get(commit,sequence) "
          "end{complete lost=0: 7001/10/6 7002/11/7; resume}" },
        { "points were made meanwhile: lossy",
          "up=all energy:7000@-5 i0:9@-5 i1:5@-5 active:1@-6000 "
          "sequence:3@-100 commit:3@-100 energy=7004 i0=2 i1=2 =10 "
          "sequence=4 commit=4 =11 ?energy=7004@0 ?i0=2@0 ?i1=2@0 "
          "=20 active=0 ?commit=4@10 ?sequence=4@10",
          "get(energy,i0,i1) P1 get(commit,sequence) "
          "end{lossy lost=2: 7001/10/6 7004/2/2; resume gap}" },
        { "no longer active: interrupted", "up=all active:0@-1000",
          "end{interrupted lost=0: 7001/10/6; resume}" },
        { "another scan is running: interrupted, and joined",
          "up=all sequence:0@-1000 active:1@-2000 "
          "energy=7000 i0=9 i1=5 =10 sequence=1 commit=1 stop",
          "end{interrupted lost=0: 7001/10/6; resume} start P0 "
          "end{interrupted lost=0: 7000/9/5; start}" },
        { "its PVs do not come back: interrupted", "=59000 tick =61000 tick",
          "end{interrupted lost=0: 7001/10/6; resume}" },
    };
    static char out[2048];
    xasAssembler *a;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        a = station(COUNTED);
        testOk1(xasAssemblerResume(a, journalled(), scriptTime(0)) == xasOk);
        testOk1(xasAssemblerDeadline(a) == scriptTime(60000));
        scriptCheck(a, cases[i].name, cases[i].script, cases[i].expected);
    }
    a = station(COUNTED);
    testOk1(xasAssemblerResume(a, journalled(), scriptTime(60000)) == xasOk);
    scriptRun(a, "", out, sizeof out);
    testOk(!strncmp(out, "end{interrupted", 15), "too old: %s", out);
    testOk1(strcmp(scriptScan()->uid, "kept") == 0);
    xasAssemblerDestroy(a);
}

/* No active PV: the points that come decide. */
static void testResumeUntold(void)
{
    static const struct {
        const char *name, *script, *expected;
    } cases[] = {
        { "no active PV: the energy goes on, so does the scan",
          "up=all energy:7000@-5 i0:9@-5 i1:5@-5 sequence:1@-5000 "
          "commit:1@-5000 " POINT(10, 2, 7002, 11, 7) "stop",
          "P1 end{interrupted lost=0: 7001/10/6 7002/11/7; resume}" },
        { "no active PV: points made meanwhile are counted",
          "up=all energy:7000@-5 i0:9@-5 i1:5@-5 sequence:1@-5000 "
          "commit:1@-5000 " POINT(10, 4, 7004, 11, 7) "?energy=7004@10 "
                                                      "?i0=11@10 ?i1=7@10 stop",
          "get(energy,i0,i1) P1 "
          "end{interrupted lost=2: 7001/10/6 7004/11/7; resume gap}" },
        { "no active PV: none comes back, interrupted",
          "=59000 tick =61000 tick",
          "end{interrupted lost=0: 7001/10/6; resume}" },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xasAssembler *a = station(COUNTED & ~BIT(Active));

        testOk1(xasAssemblerResume(a, journalled(), scriptTime(0)) == xasOk);
        scriptCheck(a, cases[i].name, cases[i].script, cases[i].expected);
    }
}

static void testDeadlines(void)
{
    xasAssembler *a = station(COMMIT);
    xasRoleState state;
    char out[1024];

    testOk1(xasAssemblerDeadline(a) == 0);
    scriptRun(a, REST "=0 active=1 ", out, sizeof out);
    testOk1(xasAssemblerDeadline(a) == scriptTime(10000));
    scriptRun(a, "=10 energy=7001 i0=8 commit=1", out, sizeof out);
    testOk(xasAssemblerDeadline(a) == scriptTime(510), "%s", out);
    scriptRun(a, "=510 tick", out, sizeof out);
    testOk(xasAssemblerDeadline(a) == scriptTime(2010), "%s", out);
    xasAssemblerRoleState(a, xasRoleI0, &state);
    testOk1(state.connected && state.valid && state.value == 8 &&
            state.stamp_ns == scriptTime(10));
    scriptRun(a, "=20 down=i0 =2011 tick", out, sizeof out);
    testOk(xasAssemblerDeadline(a) == scriptTime(12011), "%s", out);
    xasAssemblerRoleState(a, xasRoleI0, &state);
    testOk1(!state.connected && !state.valid && isnan(state.value));
    xasAssemblerDestroy(a);
}

static xasStatus feedPoint(xasAssembler *a, int n)
{
    static const uint8_t roles[] = { xasRoleEnergy, xasRoleI0, xasRoleI1,
                                     xasRoleSequence, xasRoleCommit };
    xasStatus status = xasOk;

    for (size_t r = 0; r < sizeof roles && !status; r++) {
        xasEvent e = { .kind = xasEventValue,
                       .role = roles[r],
                       .value = r ? n : 7000 + 0.01 * n,
                       .stamp_ns = scriptTime(n) };

        e.received_ns = e.stamp_ns + 50000;
        status = xasAssemblerFeed(a, &e);
    }
    return status;
}

/* A full station and as many points as there may be: nothing is asked, none
 * waits; one more is counted as lost. */
static void testMany(void)
{
    xasAssembler *a = station(COUNTED);
    xasAction action;
    char out[256];
    size_t points = 0, others = 0;

    scriptRun(a, REST "=0 active=1", out, sizeof out);
    for (int n = 1; n <= XAS_SCAN_POINTS_MAX; n++) {
        others += feedPoint(a, n) != xasOk;
        while (xasAssemblerNext(a, &action)) {
            points += action.kind == xasActionPoint;
            others += action.kind != xasActionPoint;
        }
    }
    testOk(points == XAS_SCAN_POINTS_MAX && !others, "%zu points, %zu others",
           points, others);
    testOk1(feedPoint(a, XAS_SCAN_POINTS_MAX + 1) == xasErrFull);
    testOk1(xasAssemblerScan(a)->lost == 1 &&
            xasAssemblerScan(a)->n == XAS_SCAN_POINTS_MAX);
    xasAssemblerDestroy(a);
}

static void testSpectrum(void)
{
    const double energies[] = { 7000, 7001, 7002, 7003, 7004, 7001 };
    xasScan *scan = NULL;
    xasSpectrum *s = NULL;

    if (xasScanCreate(DETECTORS, &scan))
        testAbort("no scan");
    scan->detection = xasDetectTransmission;
    testOk1(xasScanSpectrum(scan, &s) == xasErrRange);
    for (int i = 0; i < 6; i++) {
        double value[xasChannelCount] = { energies[i], 8, i == 5 ? 2 : 4 };

        if (xasScanAddPoint(scan, value, i,
                            i == 2   ? xasPointLate
                            : i == 3 ? xasPointStampBad
                                     : 0))
            testAbort("no point");
    }
    testOk1(scan->flags[1] == xasPointDuplicate);
    testOk1(xasScanFlagged(scan) == 2);
    testOk1(xasScanSpectrum(scan, &s) == xasOk);
    testOk(xasSpectrumSize(s) == 4, "%zu points", xasSpectrumSize(s));
    testOk1(xasSpectrumEnergy(s)[1] == 7001);
    testOk(fabs(xasSpectrumMu(s)[1] - log(4)) < 1e-12,
           "the later of two, mu = %.15f", xasSpectrumMu(s)[1]);
    testOk1(xasSpectrumEnergy(s)[2] == 7003);
    xasSpectrumDestroy(s);
    scan->detection = xasDetectYield;
    testOk1(xasScanSpectrum(scan, &s) == xasErrNotFound);
    xasScanDestroy(scan);
}

static void testNames(void)
{
    char text[80];
    int good = 0;

    for (int r = 0; r < xasRoleCount; r++)
        good += (int)xasRoleFromName(xasRoleName((xasRole)r)) == r;
    testOk1(good == xasRoleCount);
    testOk1(xasRoleFromName("nonsense") == xasRoleCount);
    testOk1(xasRoleIsText(xasRoleSample) && xasRoleIsText(xasRoleEdge) &&
            !xasRoleIsText(xasRoleAborted));
    testOk1(!strcmp(xasExitName(xasExitBeamLost), "beam_lost"));
    xasPointFlagsText(xasPointLate | xasPointInvalid, text, sizeof text);
    testOk(!strcmp(text, "invalid;late"), "%s", text);
    xasPointFlagsText(xasPointLate | xasPointInvalid, text, 9);
    testOk(!strcmp(text, "invalid"), "%s", text);
}

MAIN(assemblerTest)
{
    testPlan(0);
    testCases();
    testSteps();
    testMadeUp();
    testRules();
    testTexts();
    testDwell();
    testJoinedUid();
    testOtherSample();
    testCutText();
    testResume();
    testResumeUntold();
    testDeadlines();
    testMany();
    testSpectrum();
    testNames();
    return testDone();
}
