/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "continuousCases.h"

static void sayScans(const world *w)
{
    for (size_t k = 0; k < w->n; k++) {
        const xasScan *s = w->scan[k];
        char flags[120];

        xasPointFlagsText(worldFlags(s), flags, sizeof flags);
        testDiag("scan %zu: %s, %zu points, lost %lld, direction %d, [%s] %s",
                 k, xasExitName(s->exit), s->n, (long long)s->lost,
                 s->direction, flags, s->reason);
        for (size_t i = 0; i < s->nEvents; i++)
            testDiag("  %s: %s", s->event[i].what, s->event[i].text);
    }
}

static bool near(size_t a, size_t b)
{
    return a <= b + 1 && b <= a + 1;
}

/* All that must be said, and nothing else. */
static bool saidOnly(const xasScan *scan, const char *words)
{
    char copy[120], *save = NULL;

    (void)snprintf(copy, sizeof copy, "%s", words);
    for (char *w = strtok_r(copy, " ", &save); w;
         w = strtok_r(NULL, " ", &save))
        if (!worldSaid(scan, w))
            return false;
    for (size_t i = 0; i < scan->nEvents; i++)
        if (strcmp(scan->event[i].what, "start") &&
            strcmp(scan->event[i].what, "pace") &&
            strcmp(scan->event[i].what, "cut") &&
            !strstr(words, scan->event[i].what))
            return false;
    return true;
}

static size_t flagged(const xasScan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++)
        n += (scan->flags[i] & ~(uint32_t)xasPointDuplicate) != 0;
    return n;
}

/* Good points are as good as without the fault: the pace is I1, and the others
 * are straight between their readings.  Times of receipt are 0.7 ms late at
 * most, 0.007 eV at 10 eV/s, where mu rises by 0.1 per eV: 7e-4. */
static void testFaults(void)
{
    for (size_t i = 0; i < continuousCaseCount; i++) {
        const continuousCase *c = &continuousCases[i];
        const xasScan *s;
        world w;
        double error;
        bool ok;

        worldDefaults(&w);
        memcpy(w.fault, c->fault, sizeof w.fault);
        if (strstr(c->name, "sequence")) {
            w.rules.roles |= xasRoleBit(xasRoleSequence);
            w.stream[3] = w.stream[2];
            w.stream[3].role = xasRoleSequence;
            w.stream[3].rate_Hz = 20;
        }
        if (c->to_s > 0)
            w.activeTo_s = c->to_s;
        worldRun(&w);
        s = w.scan[0];
        error = w.n ? worldError(&w, s, xasPointStampBad) : 0;
        ok = w.n == 1 && s->exit == c->exit && worldFlags(s) == c->flags &&
             saidOnly(s, c->said) && near(flagged(s), c->flagged) &&
             near(s->n, c->n) && !(error > 1e-3);
        if (!testOk(ok, "%s", c->name)) {
            testDiag("%zu scans, %zu flagged, error %g", w.n,
                     w.n ? flagged(s) : 0, error);
            sayScans(&w);
        }
        worldClear(&w);
    }
}

/* A straight line errs by h^2/8 of the second derivative: of the energy, which
 * moves evenly, none, of I1 over h = 1 eV (0.1 s at 10 eV/s) by 1/8 of mu'' +
 * mu'^2 = 0.6/pi 0.65/width^2 + (0.6/pi/width)^2: 0.005; over 0.1 or 0.01 eV
 * 100 and 10000 times less; a stream at the pace adds nothing. */
static void testRates(void)
{
    static const struct {
        double rates[3]; /* energy, I0, I1 */
        xasRole wanted, pace;
        size_t n;
        double bound;
    } cases[] = {
        { { 10, 100, 1000 }, xasRoleCount, xasRoleEnergy, 205, 6e-5 },
        { { 100, 1000, 10 }, xasRoleCount, xasRoleI1, 205, 1e-6 },
        { { 1000, 10, 100 }, xasRoleCount, xasRoleI0, 205, 6e-5 },
        { { 1000, 100, 10 }, xasRoleI0, xasRoleI0, 2040, 5e-3 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const double *rates = cases[i].rates;
        char pace[40];
        double error;
        world w;

        worldDefaults(&w);
        w.rules.pace = cases[i].wanted;
        for (size_t k = 0; k < 3; k++)
            w.stream[k].rate_Hz = rates[k];
        worldRun(&w);
        (void)snprintf(pace, sizeof pace, "of %s,", xasRoleName(cases[i].pace));
        error = w.n == 1 ? worldError(&w, w.scan[0], 0) : NAN;
        if (!testOk(error < cases[i].bound && w.scan[0]->direction == 1 &&
                        w.scan[0]->exit == xasExitComplete &&
                        !worldFlags(w.scan[0]) &&
                        near(w.scan[0]->n, cases[i].n) &&
                        strstr(w.scan[0]->event[1].text, pace),
                    "%g, %g, %g Hz: mu is off by %.2g", rates[0], rates[1],
                    rates[2], error))
            sayScans(&w);
        worldClear(&w);
    }
}

/* Up from 2 to 22 s, down to 42 s, 10 eV/s. */
static void testTurn(void)
{
    world w;

    worldDefaults(&w);
    w.activeTo_s = 45;
    w.noise_eV = 0.05;
    worldRun(&w);
    if (testOk(w.n == 2, "two sweeps, two scans")) {
        const xasScan *up = w.scan[0], *down = w.scan[1];

        testOk(up->direction == 1 && down->direction == -1, "one up, one down");
        testOk(up->exit == xasExitComplete && strstr(up->reason, "turned"),
               "%s", up->reason);
        testOk(near(up->n, 205) && near(down->n, 230), "%zu and %zu points",
               up->n, down->n);
        testOk(w.points == up->n + down->n, "each shown once");
        testOk(llabs(down->start_ns - worldTime(22)) < 100000000,
               "the second starts where it turned");
        testOk(isnan(up->lag_s) && isfinite(down->lag_s) &&
                   worldSaid(down, "lag"),
               "a lag belongs to the second");
    }
    worldClear(&w);
}

/* What a scan of other rules or another movement must become; at 10 eV/s. */
static const worldPlace stairs[] = { /* stands still for 3 s in the middle */
                                     { 0, 7000 },  { 2, 7000 },  { 12, 7100 },
                                     { 15, 7100 }, { 25, 7200 }, { 1e9, 7200 }
};
static const worldPlace overshoot[] = { /* and comes back to where it rests */
                                        { 0, 7000 },
                                        { 2, 7000 },
                                        { 22, 7200 },
                                        { 22.4, 7198 },
                                        { 1e9, 7198 }
};
static const worldPlace backlash[] = { /* starts the wrong way */
                                       { 0, 7000 },
                                       { 2, 7000 },
                                       { 2.5, 6995 },
                                       { 23, 7200 },
                                       { 1e9, 7200 }
};
static const worldPlace again[] = { /* twice up, back in a second */
                                    { 0, 7000 },  { 2, 7000 },  { 12, 7100 },
                                    { 13, 7000 }, { 23, 7100 }, { 1e9, 7100 }
};
static const worldPlace quick[] = { /* one a second */
                                    { 0, 7000 },  { 2, 7000 }, { 3, 7200 },
                                    { 4, 7000 },  { 5, 7200 }, { 6, 7000 },
                                    { 1e9, 7000 }
};

static void inferred(world *w)
{
    const xasRoles gone =
        xasRoleBit(xasRoleActive) | xasRoleBit(xasRoleAborted);

    w->rules.roles &= ~gone;
    w->rules.required &= ~gone;
}

static void onChange(world *w)
{
    for (size_t i = 0; i < 3; i++)
        w->stream[i].onChange = true;
}

static void quiet(world *w)
{
    onChange(w);
    w->fault[0] = (worldFault){ worldConstant, xasRoleI0, 0, 1e9, 0 };
}

static void otherClock(world *w)
{
    w->stream[2].clock_s = -20;
    w->stream[2].server = 2;
}

static void delayed(world *w) /* others overtake it by 0.4 s */
{
    w->stream[1].latency_s = 0.4;
}

static void otherUnits(world *w)
{
    w->rules.roles |= xasRoleBit(xasRoleAngle);
    w->rules.d_spacing_A = 3.1356;
    w->stream[0].role = xasRoleAngle;
}

static void jitter(world *w)
{
    w->noise_eV = 0.3;
    w->activeTo_s = 45;
}

static void faster(world *w)
{
    for (size_t i = 0; i < 3; i++)
        w->stream[i].rate_Hz *= 10;
    w->activeTo_s = 7;
}

static void early(world *w)
{
    w->activeFrom_s = 0;
}

static void late(world *w)
{
    w->activeTo_s = 30;
}

static void stops(world *w) /* all detectors, as on many stations */
{
    inferred(w);
    w->place = stairs;
    w->fault[0] = (worldFault){ worldStalled, xasRoleI0, 25, 1e9, 0 };
    w->fault[1] = (worldFault){ worldStalled, xasRoleI1, 25, 1e9, 0 };
}

static void dies(world *w)
{
    inferred(w);
    w->fault[0] = (worldFault){ worldGone, xasRoleCount, 10, 1e9, 0 };
}

static void optional(world *w) /* a reference that is not there */
{
    w->rules.roles |= xasRoleBit(xasRoleI2);
    w->stream[3] = w->stream[2];
    w->stream[3].role = xasRoleI2;
    w->fault[0] = (worldFault){ worldNever, xasRoleI2, 0, 1e9, 0 };
}

static const struct {
    const char *name;
    void (*change)(world *w);
    const worldPlace *place;
    const char *expected; /* exit, direction, points of each scan */
    double bound;         /* of the error of mu; 0: 1e-3 */
} waysCases[] = {
    { "a pause in mid-scan", late, stairs, "complete + 285", 0 },
    { "the energy overshoots", late, overshoot, "complete + 285", 0 },
    { "it first goes the wrong way", late, backlash, "complete + 285", 0 },
    { "twice up: the way back is a sweep", late, again,
      "complete + 105, complete - 10, complete + 170", 0 },
    { "sweeps of a second, both directions", faster, quick,
      "complete + 150, complete - 100, complete + 100, complete - 200", 0 },
    /* 0.3 eV where mu rises by 0.1 per eV */
    { "jitter at the turn", jitter, NULL, "complete + 205, complete - 230",
      0.03 },
    { "a scan that starts before the daemon does", early, NULL, "lossy + 219",
      0 },
    { "MDEL 0: what does not change is not posted", onChange, NULL,
      "complete + 205", 0 },
    /* I1 has the I0 that rises by 0.44 % in 22 s */
    { "MDEL 0, I0 never changes", quiet, NULL, "complete + 205", 4.5e-3 },
    { "a server whose clock is 20 s behind", otherClock, NULL, "complete + 205",
      0 },
    { "updates out of order across channels", delayed, NULL, "complete + 202",
      0 },
    { "an angle instead of the energy", otherUnits, NULL, "complete + 205", 0 },
    { "a channel that is not required is not there", optional, NULL,
      "complete + 205", 0 },
    { "no active PV", inferred, NULL, "complete + 200, complete - 200", 0 },
    { "no active PV, a pause", inferred, stairs, "complete + 230", 0 },
    { "no active PV, all stops at the end", stops, stairs, "complete + 230",
      0 },
    { "no active PV, the source dies", dies, NULL, "interrupted + 80", 0 },
};

static void testWays(void)
{
    for (size_t i = 0; i < sizeof waysCases / sizeof *waysCases; i++) {
        const char *at = waysCases[i].expected;
        bool ok = true;
        double error = 0;
        size_t n = 0;
        world w;

        worldDefaults(&w);
        waysCases[i].change(&w);
        if (waysCases[i].place)
            w.place = waysCases[i].place;
        worldRun(&w);
        for (; *at; n++) {
            char exit[20], sign;
            size_t points;

            if (sscanf(at, "%19s %c %zu", exit, &sign, &points) != 3)
                testAbort("%s", waysCases[i].expected);
            at = strchr(at, ',') ? strchr(at, ',') + 1 : "";
            if (n >= w.n)
                continue;
            ok = ok && !strcmp(exit, xasExitName(w.scan[n]->exit)) &&
                 (sign == '+') == (w.scan[n]->direction > 0) &&
                 w.scan[n]->n + 3 >= points && w.scan[n]->n <= points + 3 &&
                 w.scan[n]->lost == 0;
            error = fmax(error, worldError(&w, w.scan[n], 0));
        }
        /* the last 0.02 s of the energy's way back count as a straight line,
         * an angle is one of a sine: see testRates for I0 and I1 */
        if (!testOk(ok && n == w.n &&
                        error < (waysCases[i].bound > 0 ? waysCases[i].bound
                                                        : 1e-3),
                    "%s: mu is off by %.2g", waysCases[i].name, error)) {
            testDiag("expected %s", waysCases[i].expected);
            sayScans(&w);
        }
        worldClear(&w);
    }
}

/* The lag put in comes out: to 0.5 ms of clean readings 1 eV apart, to 5 times
 * its own standard error of noisy ones. */
static void testLag(void)
{
    static const struct {
        double lag_s, noise, noise_eV;
    } cases[] = {
        { 0, 0, 0 },    { 0.05, 0, 0 },      { 0.3, 0, 0 },
        { -0.1, 0, 0 }, { 0.1, 1e-3, 0.05 }, { 0.1, 1e-2, 0.05 },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double lag = NAN, error_s = 0, tolerance_s;
        world w;

        worldDefaults(&w);
        w.activeTo_s = 45;
        w.lag_s = cases[i].lag_s;
        w.noise = cases[i].noise;
        w.noise_eV = cases[i].noise_eV;
        worldRun(&w);
        for (size_t k = 0; w.n == 2 && k < w.scan[1]->nEvents; k++) {
            const char *at = strstr(w.scan[1]->event[k].text, "+- ");

            lag = w.scan[1]->lag_s;
            error_s = at ? strtod(at + 3, NULL) : error_s;
        }
        tolerance_s = cases[i].noise > 0 ? 5 * error_s : 5e-4;
        if (!testOk(fabs(lag - cases[i].lag_s) <= tolerance_s && error_s < 0.02,
                    "lag %g s, noise %g: found %.5f +- %.5f s", cases[i].lag_s,
                    cases[i].noise, lag, error_s))
            sayScans(&w);
        worldClear(&w);
    }
}

MAIN(continuousTest)
{
    testPlan(0);
    testFaults();
    testRates();
    testWays();
    testTurn();
    testLag();
    return testDone();
}
