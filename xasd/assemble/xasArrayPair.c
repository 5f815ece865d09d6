/* SPDX-License-Identifier: BSD-3-Clause */
/* Which arrays are of one sweep.
 *
 * A server queues an array by reference: it stamps the monitor when the array
 * is posted, and reads the values when it sends it; a second post meanwhile is
 * dropped. So a monitor that comes late after its stamp may hold the values of
 * the next sweep. The answer to a get has values and stamp of one moment. */
#include "xasArrayParts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* While the time between sweeps is not known: arrays stamped further apart, or
 * received so late after their stamp, are looked at twice. */
static const int64_t doubt_ns = 250000000, late_ns = 50000000;
/* Before a sweep's arrays are asked for, they may still come by themselves. */
static const int64_t quiet_ns = 250000000;

xasRoles xasArrayWanted(const xasAssembler *a)
{
    return a->rules.roles & XAS_ROLES_CHANNELS & ~xasRolesMade(a->rules.roles);
}

/* A channel that nobody needs is not waited for while it is away. */
xasRoles xasArrayMissing(const xasAssembler *a)
{
    const xasSweep *s = xasArraySweep(a);
    xasRoles missing = xasArrayWanted(a) & ~s->have;

    for (int r = 0; r < xasChannelCount; r++)
        if (!a->source[r].connected && !xasRolesHave(a->significant, r))
            missing &= ~xasRoleBit(r);
    return missing;
}

void xasArrayAsk(xasAssembler *a, xasRoles roles, bool arrays, uint32_t *ask)
{
    if (++a->asks == 0)
        a->asks = 1; /* 0 is no request */
    *ask = a->asks;
    xasAssemblerAct(a, (xasAction){ .kind = xasActionGet,
                                    .roles = roles,
                                    .ask = *ask,
                                    .arrays = arrays });
}

static xasRoles connected(const xasAssembler *a, xasRoles roles)
{
    for (int r = 0; r < xasRoleCount; r++)
        if (!a->source[r].connected)
            roles &= ~xasRoleBit(r);
    return roles;
}

void xasArrayAskMissing(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    s->open = connected(a, xasArrayMissing(a));
    s->asked = true;
    if (s->open)
        xasArrayAsk(a, s->open, true, &s->ask);
}

static int64_t window(const xasSweep *s)
{
    return s->period_ns ? s->period_ns / 2 : doubt_ns;
}

static double number(const xasAssembler *a)
{
    const xasHeld *held = &a->source[xasRoleSequence].last;

    return held->known && held->severity < 3 ? held->value : NAN;
}

static bool apart(int64_t a_ns, int64_t b_ns, int64_t by_ns)
{
    return a_ns - b_ns > by_ns || b_ns - a_ns > by_ns;
}

/* Is it of the sweep under way? */
static bool belongs(const xasAssembler *a, const xasHeld *held)
{
    const xasSweep *s = xasArraySweep(a);
    bool counted = !isnan(s->number) && !isnan(number(a));

    if (s->commit_ns && !held->stampBad && held->stamp_ns > s->commit_ns)
        return false;
    if (counted && (held->stampBad || !s->period_ns) && number(a) == s->number)
        return true;
    if (counted && held->stampBad)
        return false;
    return (!s->period_ns && !counted) ||
           !apart(held->stamp_ns, s->first_ns, window(s));
}

/* It came by itself or by a get after its sweep had been given up. */
static bool isTardy(const xasSweep *s, xasRole role, const xasHeld *held)
{
    return s->over_ns && xasRolesHave(s->overMissing, role) &&
           !held->stampBad && held->stamp_ns <= s->over_ns + window(s);
}

static xasStatus store(xasPart *part, const xasEvent *e, const xasHeld *held)
{
    const double *from = e->isArray ? e->array : &e->value;
    size_t n = e->isArray ? e->count : 1;

    if (n > part->room) {
        double *bigger = realloc(part->value, n * sizeof *bigger);

        if (!bigger)
            return xasErrMemory;
        part->value = bigger;
        part->room = n;
    }
    if (n)
        memcpy(part->value, from, n * sizeof *from);
    part->n = n;
    part->known = true;
    part->stamp_ns = held->stamp_ns;
    part->stampBad = held->stampBad;
    part->severity = held->severity;
    part->received_ns = e->received_ns;
    return xasOk;
}

static bool isEqual(const xasPart *part, const xasEvent *e)
{
    const double *values = e->isArray ? e->array : &e->value;
    size_t n = e->isArray ? e->count : 1;

    return part->known && part->n == n &&
           (!n || !memcmp(part->value, values, n * sizeof *values));
}

/* A record may be posted more than once in a sweep. */
static bool isRepost(const xasAssembler *a, xasRole role, const xasEvent *e,
                     const xasHeld *held)
{
    const xasSweep *s = xasArraySweep(a);
    const xasPart *part = &s->part[role];

    return s->begun && xasRolesHave(s->have, role) && isEqual(part, e) &&
           belongs(a, held) &&
           !apart(held->stamp_ns, part->stamp_ns, window(s));
}

/* Late after its stamp, by more than a sweep could stay unchanged? */
static bool isLate(xasSweep *s, xasPart *part, const xasHeld *held,
                   int64_t received_ns)
{
    int64_t lag = received_ns - held->stamp_ns;
    int64_t limit = s->period_ns ? s->period_ns / 4 : late_ns;
    /* the first ones do not tell what is usual */
    bool late = s->period_ns ? part->lagKnown && lag - part->lag_ns > limit
                             : lag > limit;

    if (!part->lagKnown || lag < part->lag_ns)
        part->lag_ns = lag;
    part->lagKnown = true;
    return late && !held->stampBad;
}

static void widen(xasSweep *s, int64_t stamp_ns)
{
    if (stamp_ns < s->first_ns)
        s->first_ns = stamp_ns;
    if (stamp_ns > s->last_ns)
        s->last_ns = stamp_ns;
}

static void start(xasAssembler *a, const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    xasPart *axis = &s->part[s->axis];

    xasArrayBegin(a, held->stamp_ns, "an array came");
    if (!a->scan)
        return;
    s->begun = true;
    s->first_ns = s->last_ns = held->stamp_ns;
    s->since_ns = a->now_ns;
    s->number = number(a);
    if (!axis->fresh)
        return;
    if (!apart(axis->stamp_ns, s->first_ns, window(s)))
        s->axisPosts = true;
    else if (s->axisPosts)
        return;                     /* of a sweep whose detectors were lost */
    s->have |= xasRoleBit(s->axis); /* posted before the sweep it is for */
}

/* The sweep under way takes it. */
static void take(xasAssembler *a, xasRole role, const xasEvent *e,
                 const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    xasPart *part = &s->part[role];

    if (store(part, e, held)) {
        a->status = xasErrMemory;
        return;
    }
    s->have |= xasRoleBit(role);
    s->open &= ~xasRoleBit(role);
    if (part->n > s->most)
        s->most = part->n;
    s->heard_ns = a->progress_ns = a->now_ns;
    widen(s, held->stamp_ns);
    if (e->kind == xasEventValue && isLate(s, part, held, e->received_ns))
        s->late |= xasRoleBit(role);
}

/* Arrays nearer to the new one than to the first are of the next sweep. */
static void partFrom(xasSweep *s, int64_t stamp_ns)
{
    for (int r = 0; r < xasChannelCount; r++) {
        xasPart *part = &s->part[r];

        if (!xasRolesHave(s->have, r) || part->fresh ||
            stamp_ns - part->stamp_ns >= part->stamp_ns - s->first_ns)
            continue;
        s->have &= ~xasRoleBit(r);
        s->next |= xasRoleBit(r);
    }
}

static void endAsItIs(xasAssembler *a)
{
    if (!xasArrayMissing(a))
        xasArrayDeliver(a);
    else
        xasArrayGiveUp(a, xasExitLossy,
                       "had not come when the next sweep began");
}

/* The next sweep has begun: the one under way ends as it is. */
static void overtaken(xasAssembler *a, int64_t stamp_ns)
{
    xasSweep *s = xasArraySweep(a);

    if (!s->settling || s->open || s->look_ns)
        partFrom(s, stamp_ns);
    if (!s->settling || s->open)
        s->have &= ~s->late; /* its values may be the next sweep's */
    s->open = s->openScalars = 0;
    s->look_ns = 0;
    endAsItIs(a);
}

/* Of what is known to be of a later sweep the earliest array. */
static int earliest(const xasSweep *s)
{
    int first = -1;

    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(s->next, r) && r != (int)s->axis &&
            (first < 0 || s->part[r].stamp_ns < s->part[first].stamp_ns))
            first = r;
    return first;
}

/* Begin the next sweep with what was found to be its. */
static void goOn(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    for (int first = earliest(s); first >= 0; first = earliest(s)) {
        xasHeld held = { .stamp_ns = s->part[first].stamp_ns };

        if (s->begun)
            endAsItIs(a);
        start(a, &held);
        for (int r = 0; r < xasChannelCount; r++) {
            int64_t stamp_ns = s->part[r].stamp_ns;

            if (!xasRolesHave(s->next, r) ||
                apart(stamp_ns, held.stamp_ns, window(s)))
                continue;
            s->next &= ~xasRoleBit(r);
            s->have |= s->begun ? xasRoleBit(r) : 0;
            widen(s, stamp_ns);
        }
        s->heard_ns = a->now_ns;
    }
    if (s->next)
        s->part[s->axis].fresh = true;
    s->next = 0;
}

/* Energies come with each sweep, before it, or only when they change. */
static void axisMonitor(xasAssembler *a, const xasEvent *e, const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    xasPart *part = &s->part[s->axis];
    bool had = xasRolesHave(s->have, (int)s->axis);

    if (!e->initial)
        s->axisSilent = 0;
    if (isRepost(a, s->axis, e, held))
        return;
    if (s->begun && (had || !belongs(a, held)))
        overtaken(a, held->stamp_ns);
    goOn(a);
    if (s->begun) {
        s->axisPosts = true;
        take(a, s->axis, e, held);
        return;
    }
    if (s->overUnchanged && !held->stampBad &&
        held->stamp_ns <= s->over_ns + window(s)) {
        s->axisPosts = s->tardy = true; /* we should have waited for it */
        s->overUnchanged = false;
    }
    if (store(part, e, held))
        a->status = xasErrMemory;
    else
        part->fresh = !e->initial;
}

static void monitor(xasAssembler *a, xasRole role, const xasEvent *e,
                    const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    bool had = xasRolesHave(s->have, role);

    if (isTardy(s, role, held)) {
        s->tardy = true;
        return;
    }
    if (isRepost(a, role, e, held))
        return;
    if (s->begun && (had || !belongs(a, held)))
        overtaken(a, held->stamp_ns);
    goOn(a);
    if (!s->begun)
        start(a, held);
    if (s->begun)
        take(a, role, e, held);
}

/* The array as it is now, with its own stamp. */
static bool isOfSweep(const xasAssembler *a, xasRole role, const xasEvent *e,
                      const xasHeld *held)
{
    const xasSweep *s = xasArraySweep(a);
    const xasPart *part = &s->part[role];
    bool same = part->known && part->stamp_ns == held->stamp_ns;

    if (!e->count && e->isArray && e->severity >= 3)
        return false; /* the get has failed */
    if (role == s->axis) {
        if (held->stampBad)
            return !s->axisPosts;
        return held->stamp_ns <= s->last_ns + window(s) &&
               (!same || !s->axisPosts);
    }
    return !held->stampBad && belongs(a, held) &&
           !apart(held->stamp_ns, s->first_ns, window(s));
}

/* Second look at an array that has come. */
static void secondLook(xasAssembler *a, xasRole role, const xasEvent *e,
                       const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    xasPart *part = &s->part[role];
    bool same = part->stampBad || held->stamp_ns == part->stamp_ns;

    if (!e->count && e->severity >= 3)
        return; /* the get has failed: nothing speaks against it */
    if (!same || !isEqual(part, e)) {
        if (store(part, e, held))
            a->status = xasErrMemory;
    }
    if (!same) { /* overwritten by the next sweep's */
        s->have &= ~xasRoleBit(role);
        s->next |= xasRoleBit(role);
    }
}

static void answer(xasAssembler *a, xasRole role, const xasEvent *e,
                   const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);
    bool mine = e->ask == s->ask && xasRolesHave(s->open, role);

    if (mine)
        s->open &= ~xasRoleBit(role);
    if (!s->begun)
        return;
    if (xasRolesHave(s->have, role)) {
        if (mine && s->settling)
            secondLook(a, role, e, held);
    } else if (isOfSweep(a, role, e, held)) {
        if (role == s->axis && s->part[role].known &&
            held->stamp_ns == s->part[role].stamp_ns)
            s->have |= xasRoleBit(role); /* unchanged */
        else
            take(a, role, e, held);
    }
}

void xasArrayOffer(xasAssembler *a, const xasEvent *e)
{
    xasSweep *s = xasArraySweep(a);
    xasRole role = (xasRole)e->role;
    xasHeld held = xasAssemblerHeld(a, e);

    if (!xasRolesHave(xasArrayWanted(a), role))
        return;
    if (e->isArray && e->count)
        held.value = e->array[e->count - 1];
    a->source[role].last = held;
    if (a->resumed && e->kind == xasEventValue && !e->initial)
        xasAssemblerFinish(a, xasExitInterrupted,
                           "its arrays were lost when xasd was restarted");
    if (e->kind == xasEventReply || (e->initial && role != s->axis))
        answer(a, role, e, &held);
    else if (role == s->axis)
        axisMonitor(a, e, &held);
    else
        monitor(a, role, e, &held);
    xasArrayCheck(a);
}

int64_t xasArrayQuiet(const xasSweep *s)
{
    return s->beat_ns && s->beat_ns / 4 < quiet_ns ? s->beat_ns / 4 : quiet_ns;
}

void xasArrayLook(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    s->look_ns = 0;
    s->asked_ns = a->now_ns;
    s->deadline_ns = 0;
    s->open = connected(a, s->have);
    if (s->open)
        xasArrayAsk(a, s->open, true, &s->ask);
}

/* All is there. Where stamps are far apart the rest of the next sweep may be on
 * its way: it is given some time to come. */
static void settle(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    const xasRoles scalars =
        xasRoleBit(xasRoleValid) | xasRoleBit(xasRoleAborted);

    s->settling = true;
    s->asked_ns = a->now_ns;
    s->deadline_ns = 0;
    s->open = 0;
    s->openScalars = connected(a, a->rules.roles & scalars);
    if (s->openScalars)
        xasArrayAsk(a, s->openScalars, false, &s->askScalars);
    if (apart(s->last_ns, s->first_ns, window(s)))
        s->look_ns = a->now_ns + xasArrayQuiet(s);
    else if (s->late)
        xasArrayLook(a);
}

void xasArrayCheck(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    if (!s->begun)
        return;
    if (!s->settling && !xasArrayMissing(a))
        settle(a);
    if (!s->settling || s->open || s->openScalars || s->look_ns)
        return;
    if (xasArrayMissing(a)) {
        partFrom(
            s, s->part[earliest(s) < 0 ? (int)s->axis : earliest(s)].stamp_ns);
        xasArrayGiveUp(a, xasExitLossy, "was overwritten by the next sweep");
        goOn(a);
        xasArrayCheck(a);
    } else {
        xasArrayDeliver(a);
    }
}
