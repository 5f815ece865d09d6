/* SPDX-License-Identifier: BSD-3-Clause */
/* Made-up servers and networks: two sweeps must never meet in one scan.
 *
 * The server is one as EPICS has them: a monitor of an array waits in a queue
 * with the stamp of its post, but holds what is in the record when it is sent;
 * a post while one waits is dropped.  The answer to a get is what is in the
 * record then, with its stamp.  The network stands still at times. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "assemblerCases.h"

enum { points = 4, sweepsMax = 40, roles = 3, queueMax = 256 };

/** What goes wrong, and how often. */
typedef struct world {
    const char *name;
    double lose, stall; /* chances: an array is not made; all stands still */
    int gapMost_ms;     /* between the arrays of a sweep */
    bool sequence;      /* there is a number: posted when a sweep starts */
    bool fixedAxis;     /* energies are posted before the first sweep only */
} world;

typedef struct record {
    int sweep; /* whose values it holds, -1 none */
    int64_t stamp_ns;
} record;

typedef struct message {
    int role; /* 0...: array of that role; -1: the number */
    int sweep;
    int64_t stamp_ns;
    bool reply;
    uint32_t ask;
} message;

typedef struct run {
    const world *w;
    uint64_t seed;
    int64_t now_ms, stalled_ms; /* until then */
    record record[roles];
    bool waiting[roles]; /* a monitor in the queue */
    message queue[queueMax];
    int queued;
    int due_ms[sweepsMax][roles]; /* -1: not made */
    int whole, made, mixed, known, lossy, calls;
    bool made_[sweepsMax];
    xasAssembler *a;
} run;

static const int roleOf[roles] = { xasRoleEnergy, xasRoleI0, xasRoleI1 };

static double uniform(run *r)
{
    r->seed = r->seed * 6364136223846793005u + 1442695040888963407u;
    return (double)(r->seed >> 11) / 9007199254740992.0;
}

static int below(run *r, int n)
{
    return (int)(uniform(r) * n);
}

static int64_t ns(int64_t ms)
{
    return 1700000000000000000 + ms * 1000000;
}

/* Each value tells its sweep; energies go up and down. */
static double valueOf(int role, int sweep, int i)
{
    int at = sweep % 2 ? points - 1 - i : i;

    return role ? 1000 * (sweep + 1) + i : 7000 + at + 0.01 * sweep;
}

/* The sweep of a point's energy. */
static int sweepOf(double energy_eV)
{
    double rest = energy_eV - 7000;

    return (int)lround((rest - floor(rest + 0.005)) * 100);
}

static void look(run *r, const xasScan *scan)
{
    for (size_t i = 0; i < scan->n; i++) {
        int e = r->w->fixedAxis ? 0 : sweepOf(scan->channel[xasRoleEnergy][i]);
        int i0 = (int)(scan->channel[xasRoleI0][i] / 1000) - 1;
        int i1 = (int)(scan->channel[xasRoleI1][i] / 1000) - 1;

        if (i0 != i1 || (!r->w->fixedAxis && e != i0))
            r->mixed++;
        if (i0 >= 0 && i0 < sweepsMax)
            r->made_[i0] = true;
    }
    r->made += scan->n == points && scan->exit == xasExitComplete;
    r->lossy += scan->exit != xasExitComplete;
}

static void push(run *r, message m)
{
    if (r->queued < queueMax)
        r->queue[r->queued++] = m;
}

static void obey(run *r)
{
    xasAction action;

    while (xasAssemblerNext(r->a, &action)) {
        if (action.kind == xasActionEnd) {
            xasScan *scan = xasAssemblerTake(r->a);

            look(r, scan);
            xasScanDestroy(scan);
        }
        for (int k = 0; action.kind == xasActionGet && k < roles; k++)
            if (xasRolesHave(action.roles, roleOf[k]))
                push(r,
                     (message){ .role = k, .reply = true, .ask = action.ask });
    }
}

static void feed(run *r, xasEvent e)
{
    e.received_ns = ns(r->now_ms);
    if (xasAssemblerFeed(r->a, &e))
        testAbort("not fed");
    obey(r);
    r->calls++;
}

static void deliver(run *r, const message *m)
{
    double array[points];
    xasEvent e = { .kind = m->reply ? xasEventReply : xasEventValue,
                   .ask = m->ask,
                   .stamp_ns = m->stamp_ns };

    if (m->role < 0) {
        e.role = xasRoleSequence;
        e.value = m->sweep;
        feed(r, e);
        return;
    }
    /* what the record holds now */
    if (m->reply)
        e.stamp_ns = r->record[m->role].stamp_ns;
    else
        r->waiting[m->role] = false;
    for (int i = 0; i < points; i++)
        array[i] = valueOf(m->role, r->record[m->role].sweep, i);
    e.role = (uint8_t)roleOf[m->role];
    e.isArray = true;
    e.array = array;
    e.count = r->record[m->role].sweep < 0 ? 0 : points;
    feed(r, e);
}

static void post(run *r, int role, int sweep)
{
    r->record[role] = (record){ sweep, ns(r->now_ms) };
    if (!r->waiting[role])
        push(r, (message){ .role = role, .stamp_ns = ns(r->now_ms) });
    r->waiting[role] = true;
}

/* A millisecond: what is due is posted, what waits is sent. */
static void pass(run *r, int period_ms)
{
    int64_t deadline;
    int sent = r->queued;

    for (int s = 0; s < sweepsMax; s++) {
        if (r->w->sequence && r->now_ms == 100 + (int64_t)s * period_ms)
            push(r, (message){
                        .role = -1, .sweep = s, .stamp_ns = ns(r->now_ms) });
        for (int k = 0; k < roles; k++)
            if (r->due_ms[s][k] == r->now_ms)
                post(r, k, s);
    }
    if (r->now_ms >= r->stalled_ms) {
        message now[queueMax];

        sent = r->queued;
        memcpy(now, r->queue, sizeof now);
        r->queued = 0; /* what is asked now is answered the next time */
        for (int i = 0; i < sent; i++)
            deliver(r, &now[i]);
    }
    deadline = xasAssemblerDeadline(r->a);
    if (deadline && deadline <= ns(r->now_ms))
        feed(r, (xasEvent){ .kind = xasEventTick });
    r->now_ms++;
}

static void plan(run *r, int period_ms)
{
    for (int s = 0; s < sweepsMax; s++) {
        int order[roles] = { 0, 1, 2 }, at = 100 + (s + 1) * period_ms;
        bool whole = true;

        for (int k = roles - 1; k > 0; k--) {
            int j = below(r, k + 1), keep = order[k];

            order[k] = order[j];
            order[j] = keep;
        }
        for (int k = 0; k < roles; k++) {
            /* the time between sweeps is to be learned */
            bool lost = uniform(r) < r->w->lose && s > 2;

            at += below(r, r->w->gapMost_ms + 1);
            r->due_ms[s][order[k]] = lost ? -1 : at;
            if (r->w->fixedAxis && order[k] == 0)
                r->due_ms[s][0] = s ? -1 : 50;
            else
                whole = whole && !lost;
        }
        r->whole += whole;
    }
}

static void play(run *r)
{
    int period_ms = 200 + below(r, 800);
    xasAssemblerRules rules;

    xasAssemblerRulesDefaults(&rules);
    (void)strcpy(rules.station, "BL5S1");
    rules.mode = xasModeArray;
    rules.roles = DETECTORS | (r->w->sequence ? BIT(Sequence) : 0);
    if (xasAssemblerCreate(&rules, &r->a))
        testAbort("no assembler");
    for (int k = 0; k < roles; k++) {
        r->record[k].sweep = -1;
        feed(r, (xasEvent){ .kind = xasEventConnect,
                            .isArray = true,
                            .role = (uint8_t)roleOf[k] });
    }
    if (r->w->sequence)
        feed(r, (xasEvent){ .kind = xasEventConnect, .role = xasRoleSequence });
    plan(r, period_ms);
    while (r->now_ms < (sweepsMax + 3) * period_ms + 12000) {
        if (uniform(r) < r->w->stall / period_ms)
            r->stalled_ms = r->now_ms + below(r, 3 * period_ms);
        pass(r, period_ms);
    }
    xasAssemblerDestroy(r->a);
}

static void testWorld(const world *w, int times)
{
    int mixed = 0, whole = 0, made = 0, lossy = 0, few = 0;

    for (int k = 0; k < times; k++) {
        static run r;

        r = (run){ .w = w, .seed = (uint64_t)k * 7919 + 1 };
        play(&r);
        mixed += r.mixed > 0;
        whole += r.whole;
        made += r.made;
        lossy += r.lossy;
        few += r.made + w->fixedAxis < r.whole; /* that must be learned */
    }
    testOk(!mixed, "%s: no two sweeps in one scan", w->name);
    if (w->stall > 0)
        testOk(made > whole / 2, "%d of %d whole sweeps, %d others", made,
               whole, lossy);
    else
        testOk(!few, "%d of %d whole sweeps, %d others", made, whole, lossy);
}

MAIN(arrayMixTest)
{
    static const world worlds[] = {
        { "all is well", 0, 0, 5, false, false },
        { "slow posts", 0, 0, 40, false, false },
        { "fixed energies", 0, 0, 5, false, true },
        { "numbers", 0, 0, 20, true, false },
        { "arrays are lost", 0.05, 0, 5, false, false },
        { "arrays are lost, fixed energies", 0.05, 0, 5, false, true },
        { "arrays are lost, numbers", 0.05, 0, 5, true, false },
        { "stalls", 0, 0.1, 5, false, false },
        { "stalls and slow posts", 0, 0.1, 40, false, false },
        { "stalls, fixed energies", 0, 0.1, 5, false, true },
        { "stalls, numbers", 0, 0.1, 20, true, false },
        { "stalls and losses", 0.05, 0.1, 20, false, false },
        { "stalls and losses, numbers", 0.05, 0.1, 20, true, false },
    };

    testPlan(0);
    for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++)
        testWorld(&worlds[i], 60);
    return testDone();
}
