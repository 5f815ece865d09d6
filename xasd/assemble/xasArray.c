/* SPDX-License-Identifier: BSD-3-Clause */
/* Scan mode array: the readings of a sweep come as arrays, one PV each. */
#include "xasArrayParts.h"

#include <math.h>
#include <stdlib.h>

static xasStatus create(xasAssembler *a)
{
    xasSweep *s = calloc(1, sizeof *s);

    if (!s)
        return xasErrMemory;
    s->axis = xasAssemblerAxis(a);
    s->number = s->lastNumber = NAN;
    a->mode = s;
    return xasOk;
}

static void destroy(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    for (int r = 0; r < xasChannelCount; r++)
        free(s->part[r].value);
    xasSpectrumDestroy(s->before);
    free(s->energy);
    free(s);
}

/* Arrays may have come before the scan was known to run. */
static void begin(xasAssembler *a)
{
    (void)a;
}

static bool commits(const xasAssembler *a, const xasHeld *held)
{
    switch (a->rules.commit_when) {
    case xasCommitZero: return held->value == 0;
    case xasCommitSet: return held->value > 0;
    case xasCommitAny: break;
    }
    return held->value >= 0; /* not NaN */
}

/* All arrays of a sweep are posted: what has not come is asked for. */
static void commit(xasAssembler *a, const xasEvent *e, const xasHeld *held)
{
    xasSweep *s = xasArraySweep(a);

    if (e->kind != xasEventValue || e->initial || !commits(a, held) ||
        !s->begun)
        return;
    s->commit_ns = held->stampBad ? 0 : held->stamp_ns;
    if (!s->settling && !s->asked)
        xasArrayAskMissing(a);
}

static void scalarReply(xasAssembler *a, const xasEvent *e)
{
    xasSweep *s = xasArraySweep(a);

    if (e->kind != xasEventReply || e->ask != s->askScalars ||
        !xasRolesHave(s->openScalars, e->role))
        return;
    s->openScalars &= ~xasRoleBit(e->role);
    xasArrayCheck(a);
}

static void value(xasAssembler *a, const xasEvent *e)
{
    xasHeld held;

    if (e->role < xasChannelCount) {
        xasArrayOffer(a, e);
        return;
    }
    held = xasAssemblerHeld(a, e);
    a->source[e->role].last = held;
    if (e->kind == xasEventReply && a->ending && e->ask == a->endAsk)
        a->endOpen &= ~xasRoleBit(e->role);
    if (e->role == xasRoleCommit)
        commit(a, e, &held);
    xasArrayBeam(a);
    scalarReply(a, e);
}

static void connect(xasAssembler *a, const xasEvent *e)
{
    xasSweep *s = xasArraySweep(a);
    xasRoles bit = xasRoleBit(e->role);

    a->away = false; /* a sweep is whole or is not: no points between */
    if (e->kind == xasEventConnect)
        return;
    s->open &= ~bit;
    s->openScalars &= ~bit;
    if (e->role >= xasChannelCount)
        return;
    s->part[e->role].known = s->part[e->role].fresh = false;
    s->part[e->role].lagKnown = false;
    if (e->role == (uint8_t)s->axis)
        s->axisPosts = false;
    s->period_ns = s->before_ns = s->beat_ns = s->begun_ns = 0;
    xasArrayCheck(a);
}

static void ending(xasAssembler *a)
{
    a->endDeadline_ns = a->now_ns + xasAssemblerNs(a->rules.array_timeout_s);
}

/* Arrays may come after active has fallen, and then end the scan. */
static bool ended(const xasAssembler *a)
{
    (void)a;
    return false;
}

static void finish(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);

    if (!s->begun)
        return;
    xasArrayAdd(a);
    if (!s->givesOut) /* the scan was ended from outside */
        xasArrayClear(a, false);
}

static void timeUp(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    xasRoles missing = xasArrayMissing(a);

    if (s->settling) { /* no answer to the second question: as it is */
        (void)xasScanAddEvent(a->scan, a->now_ns, "late",
                              "no answer to what was asked when all arrays "
                              "had come");
        s->openScalars = s->open = 0;
        s->look_ns = 0;
        xasArrayCheck(a);
        return;
    }
    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(missing & a->rules.required, r) &&
            !a->source[r].connected) {
            xasArrayGiveUp(a, xasExitInterrupted, "disconnected");
            return;
        }
    xasArrayGiveUp(a, xasExitTimeout, "did not come in time");
}

static int64_t due(const xasAssembler *a)
{
    const xasSweep *s = xasArraySweep(a);
    int64_t last = s->since_ns + xasAssemblerNs(a->rules.array_timeout_s);

    if (!s->begun)
        return 0;
    if (s->look_ns)
        return s->look_ns;
    if (s->settling)
        return xasAssemblerDue(a, s->asked_ns, s->deadline_ns);
    if (!s->asked && s->heard_ns + xasArrayQuiet(s) < last)
        return s->heard_ns + xasArrayQuiet(s);
    return last;
}

static void noArrays(xasAssembler *a)
{
    if (xasAssemblerIsSet(&a->source[xasRoleAborted].last))
        xasAssemblerFinish(a, xasExitAborted,
                           "the aborted PV is set, and no arrays came");
    else
        xasAssemblerFinish(a, xasExitTimeout, "active fell and no arrays came");
}

static void expire(xasAssembler *a, bool tick)
{
    xasSweep *s = xasArraySweep(a);
    int64_t timeout = xasAssemblerNs(a->rules.point_timeout_s);

    if (!s->begun) {
        if (a->scan && a->ending && a->endDeadline_ns <= a->now_ns)
            noArrays(a);
        return;
    }
    if (s->look_ns) {
        if (s->look_ns <= a->now_ns)
            xasArrayLook(a);
    } else if (s->settling) {
        /* only a tick tells the present: see xasAssemblerTime.c */
        if (tick && !s->deadline_ns)
            s->deadline_ns =
                (a->now_ns > s->asked_ns + timeout / 2 ? a->now_ns
                                                       : s->asked_ns) +
                timeout;
        if (s->deadline_ns && s->deadline_ns <= a->now_ns)
            timeUp(a);
    } else if (s->since_ns + xasAssemblerNs(a->rules.array_timeout_s) <=
               a->now_ns) {
        timeUp(a);
    } else if (!s->asked && s->heard_ns + xasArrayQuiet(s) <= a->now_ns) {
        xasArrayAskMissing(a);
    }
}

const xasModeOps xasArrayOps = {
    .extra = (xasRoles)1 << xasRoleAborted | (xasRoles)1 << xasRoleRingCurrent |
             (xasRoles)1 << xasRoleShutter | (xasRoles)1 << xasRoleInhibit,
    .create = create,
    .destroy = destroy,
    .begin = begin,
    .value = value,
    .connect = connect,
    .ending = ending,
    .ended = ended,
    .finish = finish,
    .expire = expire,
    .deadline = due,
};
