/* SPDX-License-Identifier: BSD-3-Clause */
/* The hooks of mode continuous. */
#include "xasAxis.h"
#include "xasContinuousParts.h"

#include <stdio.h>
#include <stdlib.h>

double xasContinuousEnergy(const xasAssembler *a, double value)
{
    if (xasContinuousOf(a)->axis == xasRoleEnergy)
        return value * a->rules.energy_scale;
    return xasAxisEnergy(value, a->rules.d_spacing_A);
}

static xasStatus create(xasAssembler *a)
{
    xasContinuous *m = calloc(1, sizeof *m);

    if (!m)
        return xasErrMemory;
    m->axis = xasAssemblerAxis(a);
    m->pace = xasRoleCount;
    m->number = -1;
    m->stop_ns = INT64_MAX;
    a->closer = m->axis;
    a->mode = m;
    return xasOk;
}

static void destroy(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    for (int r = 0; r < xasChannelCount; r++)
        xasStreamClear(&m->feed[r].stream);
    xasContinuousForgetCurve(&m->before);
    free(m);
}

/* Streams go on from scan to scan: what is read just before one is the
 * neighbour of its first point. */
static void begin(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    for (int r = 0; r < xasChannelCount; r++) {
        xasFeed *f = &m->feed[r];

        a->source[r].lagKnown = f->lagKnown;
        f->asked_ns = 0;
        f->stalled = f->closed = f->invalid = false;
        f->said_ns = 0;
        f->equal = f->back = 0;
    }
    m->fresh = true;
    m->own = m->mute = false;
    m->pace = xasRoleCount;
    m->done_ns = INT64_MIN;
    m->waiting = 0;
    m->stop_ns = INT64_MAX;
    m->cutFirst = m->cutLast = m->cutRest = m->excursions = 0;
    a->holes = false;
    if (!m->started)
        xasCourseRest(&m->course);
}

static void rests(xasAssembler *a);

static void value(xasAssembler *a, const xasEvent *e)
{
    /* with no active PV the energy tells that the scan goes on */
    if (a->resumed && !xasAssemblerHas(a, xasRoleActive) &&
        e->role == xasContinuousOf(a)->axis)
        a->resumed = false;
    if (a->doubt)
        xasContinuousDoubt(a);
    a->doubt = false;
    xasContinuousValue(a, e);
    xasContinuousAdvance(a);
    rests(a);
}

static void connection(xasAssembler *a, const xasEvent *e)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f;

    if (e->role == xasRoleSequence && e->kind == xasEventDisconnect)
        m->number = -1;
    if (e->role >= xasChannelCount || !xasContinuousHas(a, e->role))
        return;
    f = &m->feed[e->role];
    f->asked_ns = 0;
    f->stalled = false;
    if (e->kind == xasEventDisconnect) {
        f->lagKnown = false;
        if (f->stream.n)
            f->stream.next |= xasPointDisconnected;
        if (e->role == m->pace && a->scan)
            a->away = true;
    }
    xasContinuousAdvance(a);
}

static void ending(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    m->stop_ns = a->end_ns;
    for (int r = 0; r < xasChannelCount; r++)
        m->feed[r].closed = false;
    xasContinuousAdvance(a);
    /* what was asked before the end does not tell of it */
    for (int r = 0; r < xasChannelCount; r++)
        m->feed[r].asked_ns = 0;
    xasContinuousAsk(a, true);
}

static bool ended(const xasAssembler *a)
{
    return !a->ended && !xasContinuousIsOpen(a);
}

static void finish(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    xasContinuousFlush(a);
    xasContinuousFinish(a);
    a->count.known = false; /* numbers do not tell how many points there are */
    /* with no active PV: what was ended by command stays ended */
    m->mute = !m->own;
    m->own = false;
    m->waiting = 0;
}

static bool isUp(int64_t deadline_ns, int64_t now_ns)
{
    return deadline_ns && deadline_ns <= now_ns;
}

/* Only a tick tells the present: events may have waited in the queue. */
static void stall(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    int64_t patience = xasAssemblerNs(a->rules.point_timeout_s);

    for (int r = 0; r < xasChannelCount; r++) {
        xasFeed *f = &m->feed[r];
        bool late = a->now_ns > f->asked_ns + patience / 2;

        if (!f->asked_ns)
            continue;
        if (!f->deadline_ns)
            f->deadline_ns = (late ? a->now_ns : f->asked_ns) + patience;
        if (!isUp(f->deadline_ns, a->now_ns))
            continue;
        f->stalled = true;
        f->asked_ns = 0;
    }
}

static int64_t idleAt(const xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);
    int64_t idle = xasAssemblerNs(a->rules.idle_s);

    if (!a->scan || a->resumed || xasAssemblerHas(a, xasRoleActive) ||
        idle <= 0)
        return 0;
    /* the last reading of the axis, or the last point, is the last sign */
    return (a->progress_ns > a->source[m->axis].received_ns
                ? a->progress_ns
                : a->source[m->axis].received_ns) +
           idle;
}

/* With no active PV: the energy has come to rest. */
static void rests(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasCourse *s = &m->course;
    char why[XAS_REASON_SIZE];

    if (!a->scan || a->resumed || xasAssemblerHas(a, xasRoleActive) ||
        !s->direction || xasCourseIsBack(s) ||
        s->last_ns - s->furthest.stamp_ns <= xasAssemblerNs(a->rules.idle_s))
        return;
    m->own = true;
    m->stop_ns = s->furthest.stamp_ns;
    (void)snprintf(why, sizeof why, "the energy rests at %.2f eV",
                   s->furthest.energy_eV);
    xasContinuousComplete(a, why);
    xasCourseRest(&m->course);
}

/* With no active PV: nothing comes any more. */
static void idle(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    int64_t at = idleAt(a);
    bool there = a->source[m->axis].connected &&
                 (m->pace == xasRoleCount || a->source[m->pace].connected);

    if (!at || at > a->now_ns)
        return;
    m->own = true;
    xasAssemblerFinish(a, there ? xasExitTimeout : xasExitInterrupted,
                       there ? "no reading for too long"
                             : "the source was gone for too long");
    xasCourseRest(&m->course);
}

/* Other events bring their own news, which may end the scan: then a sweep must
 * not have ended before in the same call. */
static void expire(xasAssembler *a, bool tick)
{
    if (!tick)
        return;
    stall(a);
    if (a->scan)
        idle(a);
    if (!a->ended)
        xasContinuousAdvance(a);
}

static int64_t earlier(int64_t a_ns, int64_t b_ns)
{
    return !a_ns || (b_ns && b_ns < a_ns) ? b_ns : a_ns;
}

static int64_t deadline(const xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);
    int64_t next = idleAt(a);

    if (a->resumed)
        return 0;
    if (m->pace == xasRoleCount)
        next = earlier(next, m->began_ns +
                                 xasAssemblerNs(a->rules.point_timeout_s) / 2);
    for (int r = 0; r < xasChannelCount; r++) {
        const xasFeed *f = &m->feed[r];

        if (!xasRolesHave(m->waiting, r) || !a->source[r].connected ||
            f->stalled)
            continue;
        if (f->asked_ns)
            next =
                earlier(next, xasAssemblerDue(a, f->asked_ns, f->deadline_ns));
        else
            next = earlier(next, xasContinuousSilentAt(a, (xasRole)r));
    }
    return next;
}

const xasModeOps xasContinuousOps = {
    .create = create,
    .destroy = destroy,
    .begin = begin,
    .value = value,
    .connect = connection,
    .ending = ending,
    .ended = ended,
    .finish = finish,
    .expire = expire,
    .deadline = deadline,
};
