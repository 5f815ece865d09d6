/* SPDX-License-Identifier: BSD-3-Clause */
#include "faultBench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double first_eV = 7000;
static const xasRole readings[] = { xasRoleEnergy, xasRoleI0, xasRoleI1 };
enum { nReadings = sizeof readings / sizeof *readings };

static int64_t timeOf(double ms)
{
    return 1700000000000000000 + (int64_t)(ms * 1e6);
}

double benchTruth(xasRole role, double energy_eV)
{
    double e = energy_eV - first_eV;

    switch (role) {
    case xasRoleEnergy: return energy_eV;
    case xasRoleI0: return 1e5 + 30 * e;
    case xasRoleI1: return 5e4 - 70 * e;
    default: return NAN;
    }
}

static void keep(bench *b)
{
    xasScan *scan = xasAssemblerTake(b->a);

    if (b->nScans < benchScans)
        b->scan[b->nScans++] = scan;
    else
        xasScanDestroy(scan);
}

static void obey(bench *b)
{
    xasAction action;

    while (xasAssemblerNext(b->a, &action)) {
        if (action.kind == xasActionEnd)
            keep(b);
        if (action.kind != xasActionGet || b->nWaiting == 64)
            continue;
        b->waiting[b->nWaiting] = action.ask;
        b->asked[b->nWaiting++] = action.roles;
    }
}

static void feed(bench *b, xasEvent event)
{
    if (!b->a)
        return;
    event.received_ns = timeOf(b->now_ms);
    (void)xasAssemblerFeed(b->a, &event);
    obey(b);
}

static xasEvent eventOf(const bench *b, xasRole role, xasEventKind kind)
{
    return (xasEvent){ .kind = (uint8_t)kind,
                       .role = (uint8_t)role,
                       .severity = b->pv[role].severity,
                       .stamp_ns = b->pv[role].stamp_ns,
                       .value = b->pv[role].value,
                       .isArray = b->pv[role].isArray,
                       .array = b->pv[role].array,
                       .count = b->pv[role].count };
}

/* A server answers a millisecond later what it has then. */
static void answer(bench *b)
{
    size_t n = b->nWaiting;
    uint32_t ask[64];
    xasRoles roles[64];

    memcpy(ask, b->waiting, sizeof ask);
    memcpy(roles, b->asked, sizeof roles);
    b->nWaiting = 0;
    for (size_t i = 0; i < n; i++)
        for (int r = 0; r < xasRoleCount; r++) {
            xasEvent e = eventOf(b, (xasRole)r, xasEventReply);

            if (!xasRolesHave(roles[i], r) || !b->pv[r].connected)
                continue;
            e.ask = ask[i];
            feed(b, e);
        }
}

void benchLater(bench *b, const xasEvent *e, double ms)
{
    if (b->nLate == sizeof b->late / sizeof *b->late)
        return;
    b->late[b->nLate].due_ms = b->now_ms + ms;
    b->late[b->nLate++].event = *e;
}

static void deliver(bench *b)
{
    size_t left = 0;

    for (size_t i = 0; i < b->nLate; i++)
        if (b->late[i].due_ms > b->now_ms)
            b->late[left++] = b->late[i];
        else if (b->pv[b->late[i].event.role].connected)
            feed(b, b->late[i].event);
    b->nLate = left;
}

void benchWait(bench *b, double ms)
{
    double end = b->now_ms + ms;

    while (b->now_ms < end) {
        b->now_ms = fmin(b->now_ms + 1, end);
        if (b->nWaiting)
            answer(b);
        if (b->nLate)
            deliver(b);
        if (fmod(floor(b->now_ms), 100) == 0)
            feed(b, (xasEvent){ .kind = xasEventTick });
        if (ms > 10000) /* an outage: ticks are enough */
            b->now_ms = fmin(b->now_ms + 98, end);
    }
}

static void post(bench *b, xasRole role, int point, bool initial)
{
    xasEvent e;
    bool sent;

    if (!b->pv[role].configured)
        return;
    e = eventOf(b, role, xasEventValue);
    e.initial = initial;
    sent =
        initial || !b->fault->edit || point < 0 || b->fault->edit(b, point, &e);
    b->pv[role].value = e.value;
    b->pv[role].severity = e.severity;
    b->pv[role].stamp_ns = e.stamp_ns;
    if (sent && b->pv[role].connected)
        feed(b, e);
}

static int64_t stampNow(const bench *b)
{
    return b->undefined ? 0 : timeOf(b->now_ms) - 200000 + b->skew_ns;
}

static void put(bench *b, xasRole role, double value, int point)
{
    b->pv[role].value = value;
    b->pv[role].severity = 0;
    b->pv[role].stamp_ns = stampNow(b);
    post(b, role, point, false);
}

void benchPut(bench *b, xasRole role, double value)
{
    put(b, role, value, -1);
}

void benchConnect(bench *b, xasRole role, bool up)
{
    xasEvent e = eventOf(b, role, up ? xasEventConnect : xasEventDisconnect);

    if (!b->pv[role].configured || b->pv[role].never ||
        b->pv[role].connected == up)
        return;
    b->pv[role].connected = up;
    e.value = up ? 1 : 0;
    feed(b, e);
    if (up && (!b->pv[role].isArray || b->pv[role].count))
        post(b, role, -1, true);
}

void benchConnectAll(bench *b, bool up)
{
    for (int r = 0; r < xasRoleCount; r++)
        benchConnect(b, (xasRole)r, up);
}

static void measureStep(bench *b, int i)
{
    benchWait(b, 20);
    for (int k = 0; k < nReadings; k++)
        put(b, readings[k], benchTruth(readings[k], b->energy), i);
    put(b, xasRoleSequence, ++b->number, i);
    put(b, xasRoleCommit, b->number, i);
    benchWait(b, 80);
}

/* 10 eV a second: energy at 100 Hz, detectors at 40 Hz, each when it reads. */
static void measureContinuous(bench *b, int i)
{
    double start = b->energy;

    for (int ms = 0; ms < 100; ms += 5) {
        double e = start + ms / 100.0;

        if (ms % 10 == 0)
            put(b, xasRoleEnergy, benchTruth(xasRoleEnergy, e), i);
        for (int k = 1; k < nReadings && ms % 25 == 0; k++)
            put(b, readings[k], benchTruth(readings[k], e), i);
        benchWait(b, 5);
    }
}

void benchMeasure(bench *b, int i)
{
    if (b->mode == xasModeContinuous)
        measureContinuous(b, i);
    else
        measureStep(b, i);
}

/* All at the end of the sweep, one by one. */
void benchSweep(bench *b, int n)
{
    benchWait(b, 1000);
    for (int k = 0; k < nReadings; k++) {
        xasRole role = readings[k];

        for (int i = 0; i < n; i++)
            b->pv[role].array[i] = benchTruth(role, first_eV + i);
        b->pv[role].count = (size_t)n;
        put(b, role, b->pv[role].array[0], 0);
        benchWait(b, 5);
    }
    put(b, xasRoleSequence, ++b->number, 0);
    put(b, xasRoleCommit, b->number, 0);
}

void benchActive(bench *b, bool on)
{
    b->busy = on;
    put(b, xasRoleActive, on, -1);
    if (on)
        benchWait(b, 30);
}

static void configure(bench *b, xasAssemblerRules *rules)
{
    static const xasRole used[] = { xasRoleEnergy,   xasRoleI0,
                                    xasRoleI1,       xasRoleActive,
                                    xasRoleAborted,  xasRoleRingCurrent,
                                    xasRoleSequence, xasRoleCommit,
                                    xasRoleInhibit };

    xasAssemblerRulesDefaults(rules);
    (void)snprintf(rules->station, sizeof rules->station, "B");
    rules->mode = b->mode;
    rules->i0_min = 1000;
    rules->ring_min_mA = 50;
    rules->scan_timeout_s = 30;
    for (size_t k = 0; k < sizeof used / sizeof *used; k++) {
        if (b->mode == xasModeContinuous &&
            (used[k] == xasRoleSequence || used[k] == xasRoleCommit))
            continue;
        b->pv[used[k]].configured = true;
        b->pv[used[k]].isArray =
            b->mode == xasModeArray && used[k] < xasChannelCount;
        rules->roles |= xasRoleBit((int)used[k]);
    }
    rules->required = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                      xasRoleBit(xasRoleI1);
    b->pv[xasRoleRingCurrent].value = 300;
    for (int r = 0; r < xasRoleCount; r++)
        b->pv[r].stamp_ns = timeOf(-5000);
    b->pv[xasRoleEnergy].value = 6990;
    b->pv[xasRoleI0].value = benchTruth(xasRoleI0, 6990);
    b->pv[xasRoleI1].value = benchTruth(xasRoleI1, 6990);
}

static void scan(bench *b, const xasAssemblerRules *rules, xasAssembler *a)
{
    const benchFault *f = b->fault;
    int n = f->points ? (f->points < 0 ? 0 : f->points) : benchPoints;

    (void)rules;
    for (int i = 0; i < n; i++) {
        if (f->joined && i == n / 4) {
            b->a = a;
            benchConnectAll(b, true);
        }
        if (f->before && (b->mode != xasModeArray || i == 0))
            f->before(b, i);
        b->energy = first_eV + i;
        if (b->mode != xasModeArray && b->busy)
            benchMeasure(b, i);
    }
    if (b->mode == xasModeArray && b->busy && n)
        benchSweep(b, n);
}

void benchRun(bench *b, xasMode mode, const benchFault *fault)
{
    xasAssemblerRules rules;
    xasAssembler *a = NULL;

    memset(b, 0, sizeof *b);
    b->mode = mode;
    b->fault = fault;
    configure(b, &rules);
    if (xasAssemblerCreate(&rules, &a))
        return;
    b->a = fault->joined ? NULL : a;
    if (b->a)
        benchConnectAll(b, true);
    benchWait(b, 50);
    benchActive(b, true);
    scan(b, &rules, a);
    b->a = a;
    if (fault->last)
        fault->last(b);
    if (b->busy)
        benchActive(b, false);
    benchWait(b, 15000);
    benchWait(b, 60000);
    (void)xasAssemblerStop(a, xasExitInterrupted, "the test ends",
                           timeOf(b->now_ms));
    obey(b);
}

void benchClear(bench *b)
{
    for (size_t i = 0; i < b->nScans; i++)
        xasScanDestroy(b->scan[i]);
    xasAssemblerDestroy(b->a);
    memset(b, 0, sizeof *b);
}

static void add(char *out, size_t size, const char *text, int number)
{
    size_t used = strlen(out);

    (void)snprintf(out + used, size - used, number < 0 ? "%s" : "%s:%d", text,
                   number);
}

static void flagsText(const xasScan *scan, char *out, size_t size)
{
    for (uint32_t flag = 1; flag <= xasPointNoBeam; flag <<= 1) {
        char name[32];
        int count = 0;

        for (size_t i = 0; i < scan->n; i++)
            count += (scan->flags[i] & flag) != 0;
        if (!count)
            continue;
        xasPointFlagsText(flag, name, sizeof name);
        add(out, size, " ", -1);
        add(out, size, name, count);
    }
}

/* Each kind of event once, in the order of appearance. */
static void eventsText(const xasScan *scan, char *out, size_t size)
{
    bool any = false;

    for (size_t i = 0; i < scan->nEvents; i++) {
        const char *what = scan->event[i].what;
        bool before = strcmp(what, "start") == 0;

        for (size_t k = 0; k < i && !before; k++)
            before = strcmp(scan->event[k].what, what) == 0;
        if (before)
            continue;
        add(out, size, any ? " " : " (", -1);
        add(out, size, what, -1);
        any = true;
    }
    if (any)
        add(out, size, ")", -1);
}

void benchText(const bench *b, char *out, size_t size)
{
    out[0] = 0;
    for (size_t i = 0; i < b->nScans; i++) {
        const xasScan *scan = b->scan[i];

        add(out, size, i ? "; " : "", -1);
        add(out, size, xasExitName(scan->exit), -1);
        add(out, size, " n", (int)scan->n);
        if (scan->lost)
            add(out, size, " lost", (int)scan->lost);
        flagsText(scan, out, size);
        eventsText(scan, out, size);
    }
}

static bool isTrue(const xasScan *scan, size_t i)
{
    double e = scan->channel[xasRoleEnergy][i];

    for (int k = 0; k < nReadings; k++) {
        double truth = benchTruth(readings[k], e);
        double got = scan->channel[readings[k]][i];

        if (!(fabs(got - truth) <= 1e-9 * fabs(truth)))
            return false;
    }
    return true;
}

size_t benchInvented(const bench *b)
{
    size_t count = 0;

    for (size_t s = 0; s < b->nScans; s++)
        for (size_t i = 0; i < b->scan[s]->n; i++)
            count += !(b->scan[s]->flags[i] & ~(uint32_t)xasPointStampBad) &&
                     !isTrue(b->scan[s], i);
    return count;
}
