/* SPDX-License-Identifier: BSD-3-Clause */
#include "continuousWorld.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>

enum { answers = 256 };

/* What one stream has done so far. */
typedef struct state {
    double next_s, last_s; /* of the processing; last: of the value */
    double value, stamp_s; /* last processed */
    double posted;
    bool any, gone;
    double fixed, fixedStamp_s;
    bool isFixed, isFixedStamp;
} state;

typedef struct run {
    world *w;
    xasAssembler *a;
    state s[worldStreams];
    double now_s;
    struct {
        double at_s;
        int stream; /* -1: active, -2 aborted, -3 sequence or others */
        xasRole role;
        uint32_t ask;
    } answer[answers];
    size_t nAnswers;
    bool active, wasActive, aborted;
    unsigned random;
} run;

int64_t worldTime(double time_s)
{
    return 1700000000000000000 + llround(time_s * 1e9);
}

static const worldPlace upAndDown[] = {
    { 0, 7000 }, { 2, 7000 }, { 22, 7200 }, { 42, 7000 }, { 1e9, 7000 }
};

void worldDefaults(world *w)
{
    memset(w, 0, sizeof *w);
    xasAssemblerRulesDefaults(&w->rules);
    (void)strcpy(w->rules.station, "BL5S1");
    w->rules.mode = xasModeContinuous;
    w->rules.roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                     xasRoleBit(xasRoleI1) | xasRoleBit(xasRoleActive) |
                     xasRoleBit(xasRoleAborted) |
                     xasRoleBit(xasRoleRingCurrent);
    w->rules.required = w->rules.roles & ~xasRoleBit(xasRoleAborted) &
                        ~xasRoleBit(xasRoleRingCurrent);
    w->rules.ring_min_mA = 0.5;
    w->rules.i0_min = 100;
    w->rules.idle_s = 5;
    w->stream[0] = (worldStream){ xasRoleEnergy, 50, 0.003, 5e-4, 0, 1, false };
    w->stream[1] = (worldStream){ xasRoleI0, 20, 0.0071, 6e-4, 0, 1, false };
    w->stream[2] = (worldStream){ xasRoleI1, 10, 0.0013, 7e-4, 0, 1, false };
    w->place = upAndDown;
    w->edge_eV = 7112;
    w->width_eV = 2;
    w->activeFrom_s = 1.5;
    w->activeTo_s = 22;
    w->end_s = 60;
}

double worldEnergy(const world *w, double time_s)
{
    const worldPlace *p = w->place;

    while (p[1].time_s <= time_s)
        p++;
    if (time_s <= p->time_s)
        return p->energy_eV;
    return p->energy_eV + (p[1].energy_eV - p->energy_eV) *
                              (time_s - p->time_s) / (p[1].time_s - p->time_s);
}

double worldMu(const world *w, double energy_eV)
{
    return 0.3 + 0.6 * (0.5 + atan((energy_eV - w->edge_eV) / w->width_eV) /
                                  3.14159265358979323846);
}

/* -1 to 1 */
static double chance(run *r)
{
    r->random = r->random * 1103515245u + 12345u;
    return (double)(r->random >> 8 & 0xffff) / 32767.5 - 1;
}

static const worldFault *fault(const run *r, worldFaultKind kind, xasRole role)
{
    for (size_t i = 0; i < worldFaults; i++) {
        const worldFault *f = &r->w->fault[i];

        if (f->kind == kind && (f->role == role || f->role == xasRoleCount) &&
            r->now_s >= f->from_s && r->now_s < f->to_s)
            return f;
    }
    return NULL;
}

static double measure(run *r, xasRole role, double time_s)
{
    const world *w = r->w;
    double energy = worldEnergy(w, time_s), i0 = 1e5 + 20 * time_s;

    i0 *= 1 + w->noise * chance(r);
    switch (role) {
    case xasRoleEnergy:
        return worldEnergy(w, time_s - w->lag_s) + w->noise_eV * chance(r);
    case xasRoleAngle:
        return asin(12398.41984 / (2 * w->rules.d_spacing_A *
                                   worldEnergy(w, time_s - w->lag_s))) *
               180 / 3.14159265358979323846;
    case xasRoleI0: return i0;
    case xasRoleI1:
        return (1e5 + 20 * time_s) * exp(-worldMu(w, energy)) *
               (1 + w->noise * chance(r));
    default: return floor(time_s * 10); /* a sequence with I1 */
    }
}

static void obey(run *r)
{
    world *w = r->w;
    xasAction action;

    while (xasAssemblerNext(r->a, &action)) {
        if (action.kind == xasActionPoint)
            w->points++;
        if (action.kind == xasActionEnd) {
            xasScan *scan = xasAssemblerTake(r->a);

            if (w->n == worldScans)
                testAbort("too many scans");
            w->scan[w->n++] = scan;
        }
        for (int role = 0; action.kind == xasActionGet && role < xasRoleCount;
             role++) {
            if (!xasRolesHave(action.roles, role) || r->nAnswers == answers)
                continue;
            r->answer[r->nAnswers].at_s = r->now_s + 4e-4;
            r->answer[r->nAnswers].role = (xasRole)role;
            r->answer[r->nAnswers].ask = action.ask;
            r->answer[r->nAnswers++].stream = -1;
        }
    }
}

static void feed(run *r, xasEvent e)
{
    e.received_ns = worldTime(r->now_s);
    if (xasAssemblerFeed(r->a, &e) != xasOk)
        testDiag("an event was refused");
    obey(r);
}

/* What a client sees of the record now. */
static xasEvent seen(run *r, const worldStream *stream, const state *s,
                     double stamp_s)
{
    const worldFault *f = fault(r, worldStamp, stream->role);
    xasEvent e = { .role = (uint8_t)stream->role, .value = s->value };

    e.stamp_ns = worldTime(stamp_s + stream->clock_s + (f ? f->value : 0));
    if (fault(r, worldUndefined, stream->role))
        e.stamp_ns = 0;
    if (fault(r, worldInvalid, stream->role))
        e.severity = 3;
    if (fault(r, worldNaN, stream->role))
        e.value = NAN;
    return e;
}

static void process(run *r, size_t i)
{
    const worldStream *stream = &r->w->stream[i];
    state *s = &r->s[i];
    double at = s->next_s;
    const worldFault *f;
    xasEvent e;

    s->next_s += 1 / stream->rate_Hz;
    r->now_s = at;
    if (fault(r, worldStalled, stream->role) ||
        fault(r, worldRestart, stream->role))
        return;
    s->value = measure(r, stream->role, at);
    f = fault(r, worldFactor, stream->role);
    s->value *= f ? f->value : 1;
    if (fault(r, worldConstant, stream->role)) {
        s->value = s->isFixed ? s->fixed : s->value;
        s->fixed = s->value;
        s->isFixed = true;
    }
    s->stamp_s = at;
    if (fault(r, worldEqual, stream->role)) {
        s->stamp_s = s->isFixedStamp ? s->fixedStamp_s : at;
        s->fixedStamp_s = s->stamp_s;
        s->isFixedStamp = true;
    }
    r->now_s = at + stream->latency_s;
    if (fault(r, worldGone, stream->role) || s->gone ||
        fault(r, worldNever, stream->role) ||
        (stream->onChange && s->any && s->value == s->posted))
        return;
    s->any = true;
    s->posted = s->value;
    if (fault(r, worldDropped, stream->role) ||
        fault(r, worldMute, stream->role))
        return;
    if (fault(r, worldOverflow, stream->role)) {
        feed(r, (xasEvent){ .kind = xasEventOverflow, .value = 1 });
        return;
    }
    e = seen(r, stream, s, s->stamp_s);
    e.kind = xasEventValue;
    feed(r, e);
}

static void connectAll(run *r, xasRole role, bool on)
{
    world *w = r->w;

    for (size_t i = 0; i < worldStreams && w->stream[i].rate_Hz > 0; i++) {
        const worldStream *stream = &w->stream[i];
        xasEvent e;

        if (role != xasRoleCount && role != stream->role)
            continue;
        if (fault(r, worldNever, stream->role))
            continue;
        feed(r, (xasEvent){ .kind = on ? xasEventConnect : xasEventDisconnect,
                            .role = (uint8_t)stream->role,
                            .value = stream->server });
        r->s[i].gone = !on;
        if (!on || !r->s[i].any)
            continue;
        e = seen(r, stream, &r->s[i], r->s[i].stamp_s);
        e.kind = xasEventValue;
        e.initial = true;
        feed(r, e);
    }
}

static void state1(run *r, xasRole role, bool on, bool initial)
{
    if (!xasRolesHave(r->w->rules.roles, role))
        return;
    feed(r, (xasEvent){ .kind = xasEventValue,
                        .role = (uint8_t)role,
                        .initial = initial,
                        .value = on,
                        .stamp_ns =
                            worldTime(r->now_s + r->w->stream[0].clock_s) });
}

static void connectOthers(run *r, bool on)
{
    static const xasRole others[] = { xasRoleActive, xasRoleAborted };

    for (size_t i = 0; i < 2; i++) {
        if (!xasRolesHave(r->w->rules.roles, others[i]))
            continue;
        feed(r, (xasEvent){ .kind = on ? xasEventConnect : xasEventDisconnect,
                            .role = (uint8_t)others[i],
                            .value = r->w->stream[0].server });
        if (on)
            state1(r, others[i], i == 0 ? r->active : r->aborted, true);
    }
}

/* Killed: what it has not handed over is gone. */
static void restartDaemon(run *r, double to_s)
{
    const xasScan *scan = xasAssemblerScan(r->a);
    xasScan *journal = NULL;

    if (!scan || xasScanSlice(scan, 0, scan->n, &journal) != xasOk)
        testAbort("nothing to resume");
    xasAssemblerDestroy(r->a);
    if (xasAssemblerCreate(&r->w->rules, &r->a) != xasOk)
        testAbort("no assembler");
    for (size_t i = 0; i < worldStreams && r->w->stream[i].rate_Hz > 0; i++)
        while (r->s[i].next_s < to_s)
            r->s[i].next_s += 1 / r->w->stream[i].rate_Hz;
    r->now_s = to_s;
    r->active = to_s < r->w->activeTo_s;
    r->nAnswers = 0;
    (void)xasAssemblerResume(r->a, journal, worldTime(to_s));
    obey(r);
    connectAll(r, xasRoleCount, true);
    connectOthers(r, true);
}

static void edges(run *r, double to_s)
{
    world *w = r->w;

    for (size_t i = 0; i < worldFaults; i++) {
        worldFault *f = &w->fault[i];
        bool begins = f->from_s > r->now_s && f->from_s <= to_s;
        bool ends = f->to_s > r->now_s && f->to_s <= to_s;

        if (f->kind == worldDaemon && begins) {
            f->kind = worldNone;
            restartDaemon(r, f->to_s);
            return;
        }
        if (f->kind == worldDark && (begins || ends)) {
            r->now_s = begins ? f->from_s : f->to_s;
            state1(r, xasRoleRingCurrent, !begins, false);
        }
        if (f->kind != worldGone && f->kind != worldRestart &&
            f->kind != worldAborts)
            continue;
        if (begins && f->kind == worldAborts) {
            r->now_s = f->from_s;
            r->aborted = true;
            state1(r, xasRoleAborted, true, false);
            r->active = false;
            w->activeTo_s = f->from_s;
            state1(r, xasRoleActive, false, false);
        } else if (begins) {
            connectAll(r, f->role, false);
            if (f->role == xasRoleCount)
                connectOthers(r, false);
        } else if (ends) {
            r->now_s = f->to_s;
            if (f->kind == worldRestart) {
                r->active = false;
                w->activeTo_s = f->from_s;
            }
            connectAll(r, f->role, true);
            if (f->role == xasRoleCount)
                connectOthers(r, true);
        }
    }
}

static void activity(run *r, double to_s)
{
    const world *w = r->w;

    if (fault(r, worldGone, xasRoleActive) ||
        fault(r, worldRestart, xasRoleActive))
        return;
    if (!r->active && !r->wasActive && to_s >= w->activeFrom_s) {
        r->now_s = w->activeFrom_s;
        r->active = r->wasActive = true;
        state1(r, xasRoleActive, true, false);
    }
    if (r->active && to_s >= w->activeTo_s) {
        r->now_s = w->activeTo_s;
        r->active = false;
        state1(r, xasRoleActive, false, false);
    }
}

static void answer(run *r, size_t k)
{
    xasRole role = r->answer[k].role;
    uint32_t ask = r->answer[k].ask;
    xasEvent e = { .role = (uint8_t)role };

    r->answer[k] = r->answer[--r->nAnswers];
    if (fault(r, worldGone, role) || fault(r, worldRestart, role) ||
        fault(r, worldMute, role))
        return;
    if (role == xasRoleActive || role == xasRoleAborted) {
        e.value = role == xasRoleActive ? r->active : r->aborted;
        e.stamp_ns = worldTime(r->now_s);
    }
    for (size_t i = 0; i < worldStreams; i++)
        if (r->w->stream[i].rate_Hz > 0 && r->w->stream[i].role == role)
            e = seen(r, &r->w->stream[i], &r->s[i], r->s[i].stamp_s);
    e.kind = xasEventReply;
    e.ask = ask;
    feed(r, e);
}

/* The next thing that happens, before any other. */
static void step(run *r)
{
    world *w = r->w;
    size_t first = 0, reply = r->nAnswers;
    int64_t due = xasAssemblerDeadline(r->a);
    double at, tick = due ? (double)(due - worldTime(0)) / 1e9 + 1e-6 : 1e9;

    for (size_t i = 1; i < worldStreams && w->stream[i].rate_Hz > 0; i++)
        if (r->s[i].next_s + w->stream[i].latency_s <
            r->s[first].next_s + w->stream[first].latency_s)
            first = i;
    at = r->s[first].next_s + w->stream[first].latency_s;
    for (size_t k = 0; k < r->nAnswers; k++)
        if (reply == r->nAnswers || r->answer[k].at_s < r->answer[reply].at_s)
            reply = k;
    if (tick < r->now_s)
        tick = r->now_s + 1e-3;
    if (reply < r->nAnswers && r->answer[reply].at_s < at)
        at = r->answer[reply].at_s;
    else
        reply = r->nAnswers;
    if (tick < at)
        at = tick;
    edges(r, at);
    if (r->now_s > at + 0.1) /* while xasd was away all has changed */
        return;
    activity(r, at);
    if (at < r->now_s)
        at = r->now_s;
    if (at == tick) {
        r->now_s = at;
        feed(r, (xasEvent){ .kind = xasEventTick });
    } else if (reply < r->nAnswers) {
        r->now_s = at;
        answer(r, reply);
    } else {
        process(r, first);
    }
}

void worldRun(world *w)
{
    run r = { .w = w, .random = 7 };

    if (xasAssemblerCreate(&w->rules, &r.a) != xasOk)
        testAbort("no assembler");
    for (size_t i = 0; i < worldStreams; i++)
        r.s[i].next_s = w->stream[i].phase_s;
    for (size_t i = 0; i < worldStreams && w->stream[i].rate_Hz > 0; i++) {
        r.s[i].any = true; /* a value from long before */
        r.s[i].value = r.s[i].posted = measure(&r, w->stream[i].role, 0);
        r.s[i].stamp_s = -100;
    }
    connectAll(&r, xasRoleCount, true);
    r.active = r.wasActive = w->activeFrom_s <= 0;
    connectOthers(&r, true);
    while (r.now_s < w->end_s)
        step(&r);
    (void)xasAssemblerStop(r.a, xasExitInterrupted, "stopped",
                           worldTime(r.now_s));
    obey(&r);
    xasAssemblerDestroy(r.a);
}

void worldClear(world *w)
{
    for (size_t i = 0; i < w->n; i++)
        xasScanDestroy(w->scan[i]);
    w->n = 0;
}

bool worldSaid(const xasScan *scan, const char *what)
{
    for (size_t i = 0; i < scan->nEvents; i++)
        if (strcmp(scan->event[i].what, what) == 0)
            return true;
    return false;
}

uint32_t worldFlags(const xasScan *scan)
{
    uint32_t all = 0;

    for (size_t i = 0; i < scan->n; i++)
        all |= scan->flags[i];
    return all & ~(uint32_t)xasPointDuplicate;
}

double worldError(const world *w, const xasScan *scan, uint32_t allowed)
{
    double worst = NAN;

    for (size_t i = 0; i < scan->n; i++) {
        double mu =
            log(scan->channel[xasRoleI0][i] / scan->channel[xasRoleI1][i]);
        double error = fabs(mu - worldMu(w, scan->channel[xasRoleEnergy][i]));

        if (!(scan->flags[i] & ~(allowed | xasPointDuplicate)) &&
            !(error <= worst))
            worst = error;
    }
    return worst;
}
