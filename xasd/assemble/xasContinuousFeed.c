/* SPDX-License-Identifier: BSD-3-Clause */
/* Readings of a continuous scan: into their streams. */
#include "xasContinuousParts.h"

#include <math.h>
#include <stdlib.h>

/* What a difference of two clocks must exceed, above what a reading's own
 * integration explains: one server has one clock, but may be a gateway. */
static const int64_t skewOther_ns = 200000, skewSame_ns = 1000000000;
static const int64_t clockSet_ns = 1000000000;
static const int64_t pause_ns = 100000000, pauseUnknown_ns = 300000000;
static const size_t clockBack = 3;
/* A record that is not processed for so long holds a constant. */
static const int64_t constant_ns = 3000000000;

/* Where its stamps are useless they are times of receipt. */
static int64_t lagOf(const xasAssembler *a, xasRole role)
{
    return a->source[role].lagKnown ? a->source[role].lag_ns : 0;
}

static int64_t interval(const xasAssembler *a, xasRole role)
{
    return role < xasChannelCount
               ? xasContinuousOf(a)->feed[role].stream.usual_ns
               : 0;
}

/* A stamp may be that of the middle of an integration, or of its beginning: it
 * comes to us later by up to one interval, and that is no clock's fault. */
int64_t xasContinuousSkew(const xasAssembler *a, xasRole role)
{
    xasRole axis = xasContinuousOf(a)->axis;
    const xasSource *s = &a->source[role], *ref = &a->source[axis];
    int64_t skew = lagOf(a, role) - lagOf(a, axis), limit = skewOther_ns;

    if ((!s->lagKnown && !s->clockBad) || (!ref->lagKnown && !ref->clockBad))
        return 0; /* nothing is known yet */
    limit += interval(a, role) + interval(a, axis);
    if (s->lagKnown && ref->lagKnown && s->server == ref->server)
        limit += skewSame_ns;
    return skew > limit || skew < -limit ? skew : 0;
}

static const char *nameOf(xasRole role)
{
    return xasRoleName(role);
}

static void retro(xasAssembler *a, xasRole role, int64_t stamp_ns)
{
    const xasStream *s = &xasContinuousOf(a)->feed[role].stream;
    int64_t skew = xasContinuousSkew(a, role), from = stamp_ns, to = stamp_ns;

    (void)xasStreamGap(s, stamp_ns, &from, NULL);
    to = xasStreamAfter(s, stamp_ns);
    if (to != INT64_MAX)
        xasContinuousLate(a, role, from + skew, to + skew);
}

/* Its clock was set: readings before and after it cannot be put in order. */
static void restart(xasAssembler *a, xasRole role, int64_t lag_ns)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f = &m->feed[role];
    const xasReading *newest = xasStreamNewest(&f->stream);
    double by_s = newest ? (double)(lag_ns - a->source[role].lag_ns) / 1e9 : 0;

    if (a->scan)
        (void)xasScanAddEvent(
            a->scan, a->now_ns, "clock", "the clock of %s was set %s by %.3f s",
            nameOf(role), by_s < 0 ? "on" : "back", fabs(by_s));
    f->stream.n = f->stream.first = 0;
    f->stream.next |= xasPointLate;
    f->stream.doubtTo_ns = 0;
    a->source[role].lag_ns = lag_ns;
    if (role == m->pace)
        m->done_ns = INT64_MIN;
}

static void toSweep(xasAssembler *a, const xasReading *r, bool gap)
{
    xasContinuous *m = xasContinuousOf(a);

    xasCourseAdd(&m->course, xasContinuousEnergy(a, r->value), r->stamp_ns,
                 gap);
}

static void placed(xasAssembler *a, xasRole role, xasStreamPlace where,
                   const xasReading *r)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f = &m->feed[role];

    switch (where) {
    case xasStreamLast: break;
    case xasStreamEqual:
        if (a->scan && !f->equal++)
            (void)xasScanAddEvent(a->scan, r->stamp_ns, "clock",
                                  "%s: two readings with one stamp: the last "
                                  "counts",
                                  nameOf(role));
        break;
    case xasStreamInside: retro(a, role, r->stamp_ns); break;
    case xasStreamBack:
        if (a->scan && !f->back++)
            (void)xasScanAddEvent(a->scan, r->stamp_ns, "clock",
                                  "%s: stamped before its last reading: left "
                                  "out",
                                  nameOf(role));
        break;
    case xasStreamFull: a->status = xasErrMemory; break;
    }
}

/* The stamp in its own clock, even where it is replaced. */
static xasReading readingOf(const xasAssembler *a, xasRole role,
                            const xasHeld *held)
{
    xasReading r = { .stamp_ns = held->stamp_ns, .value = held->value };

    if (held->stampBad) {
        r.stamp_ns -= lagOf(a, role);
        r.flags |= xasPointStampBad;
    }
    if (held->severity >= 3 || !isfinite(held->value)) {
        r.value = NAN;
        r.flags |= xasPointInvalid;
    }
    return r;
}

static void put(xasAssembler *a, xasRole role, const xasHeld *held)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f = &m->feed[role];
    const xasReading *before = xasStreamNewest(&f->stream);
    xasReading r = readingOf(a, role, held);
    bool gap = before &&
               (r.stamp_ns - before->stamp_ns > xasStreamPatience(&f->stream) ||
                f->stream.next);
    xasStreamPlace where = xasStreamPut(&f->stream, &r);

    placed(a, role, where, &r);
    if (where == xasStreamLast || where == xasStreamEqual) {
        f->asked_ns = 0;
        f->stalled = false;
        if (role == m->axis)
            toSweep(a, &r, gap);
    }
}

static void monitor(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    xasFeed *f = &xasContinuousOf(a)->feed[role];
    xasSource *s = &a->source[role];
    bool known = s->lagKnown;
    int64_t least = s->lag_ns, lag = e->received_ns - e->stamp_ns;
    xasHeld held = xasAssemblerHeld(a, e);

    f->lagKnown = s->lagKnown;
    s->last = held;
    f->posted = true;
    if (!held.stampBad && known) {
        bool on = lag < least - clockSet_ns;
        bool back =
            lag > least + clockSet_ns && f->stream.back + 1 >= clockBack;

        if (on)
            s->lag_ns = least; /* to say by how much */
        if (on || back)
            restart(a, role, lag);
    }
    put(a, role, &held);
}

/* State, not news: older than what we have it tells nothing. */
static void first(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    const xasReading *newest =
        xasStreamNewest(&xasContinuousOf(a)->feed[role].stream);
    xasHeld held = xasAssemblerHeld(a, e);

    a->source[role].last = held;
    if (!newest || (!held.stampBad && held.stamp_ns > newest->stamp_ns))
        put(a, role, &held);
}

static bool same(const xasReading *a, const xasReading *b)
{
    return (isnan(a->value) && isnan(b->value)) || a->value == b->value;
}

/* Its record was not processed since its last reading (of one that was held
 * the stamp is ours): what does that tell? */
static bool isAtRest(const xasAssembler *a, xasRole role, const xasReading *r)
{
    const xasContinuous *m = xasContinuousOf(a);
    const xasFeed *f = &m->feed[role];
    const xasReading *newest = xasStreamNewest(&f->stream);
    int64_t age = f->lastAsk_ns - lagOf(a, role) - r->stamp_ns;

    if (r->stamp_ns != newest->stamp_ns &&
        !(newest->held && r->stamp_ns < newest->stamp_ns))
        return false;
    return role == m->axis ||
           (role != m->pace && !f->posted && age > constant_ns);
}

/* See the top of xasContinuousParts.h for what an answer proves. */
static void reply(xasAssembler *a, const xasEvent *e)
{
    xasContinuous *m = xasContinuousOf(a);
    xasRole role = (xasRole)e->role;
    xasFeed *f = &m->feed[role];
    xasHeld held = xasAssemblerHeld(a, e);
    xasReading r = readingOf(a, role, &held);
    const xasReading *newest = xasStreamNewest(&f->stream);
    int64_t until = r.stamp_ns;

    if (!newest) {
        put(a, role, &held);
        return;
    }
    if (!same(&r, newest)) {
        f->closed = r.stamp_ns <= newest->stamp_ns;
        return;
    }
    if (isnan(r.value)) /* that is not constant, there is none */
        until = INT64_MIN;
    else if (!held.stampBad && e->ask == f->ask && isAtRest(a, role, &r))
        until = f->lastAsk_ns - lagOf(a, role);
    if (xasStreamHold(&f->stream, until) == xasStreamLast) {
        f->asked_ns = 0;
        f->stalled = false;
        if (role == m->axis)
            toSweep(a, xasStreamNewest(&f->stream), false);
    }
    f->closed = true;
}

/* A jump tells that monitors were dropped: where just one reading is missing
 * in a stream is a gap then. */
static void sequence(xasAssembler *a, const xasEvent *e)
{
    xasContinuous *m = xasContinuousOf(a);
    xasHeld held = xasAssemblerHeld(a, e);
    int64_t number = xasAssemblerNumber(&held), before = m->number;
    int64_t skew = xasContinuousSkew(a, xasRoleSequence);

    a->source[xasRoleSequence].last = held;
    if (number >= 0 && a->scan && before >= 0 && number > before + 1) {
        (void)xasScanAddEvent(a->scan, held.stamp_ns, "sequence",
                              "numbers between %lld and %lld were lost",
                              (long long)before, (long long)number);
        a->holes = true;
        for (int r = 0; r < xasChannelCount; r++) {
            xasStream *s = &m->feed[r].stream;
            int64_t own = skew - xasContinuousSkew(a, (xasRole)r);
            const xasReading *newest = xasStreamNewest(s);

            if (!xasContinuousHas(a, r) || !newest)
                continue;
            xasStreamDoubt(s, m->numberStamp_ns + own, held.stamp_ns + own);
            /* its next one may have come before the number */
            if (xasStreamGap(s, newest->stamp_ns, NULL, NULL))
                retro(a, (xasRole)r, newest->stamp_ns - 1);
        }
    }
    m->number = number;
    m->numberStamp_ns = held.stamp_ns;
    if (e->initial) /* is it still the same scan? */
        xasAssemblerOtherScan(a);
    if (!a->scan || number < 0)
        return;
    a->scan->sequence = a->count.last = number;
    a->count.known = true;
}

void xasContinuousValue(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;

    if (e->isArray)
        return;
    if (role >= xasChannelCount) {
        if (e->kind == xasEventReply)
            a->endOpen &= ~xasRoleBit(role);
        if (role == xasRoleSequence)
            sequence(a, e);
        return;
    }
    if (!xasContinuousHas(a, role))
        return;
    if (e->kind == xasEventReply)
        reply(a, e);
    else if (e->initial)
        first(a, e);
    else
        monitor(a, e);
}

void xasContinuousDoubt(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    for (int r = 0; r < xasChannelCount; r++) {
        const xasReading *newest = xasStreamNewest(&m->feed[r].stream);

        if (newest)
            xasStreamDoubt(&m->feed[r].stream, newest->stamp_ns, INT64_MAX);
    }
}

int64_t xasContinuousSilentAt(const xasAssembler *a, xasRole role)
{
    const xasFeed *f = &xasContinuousOf(a)->feed[role];
    int64_t patience =
        f->stream.usual_ns ? xasStreamPatience(&f->stream) : pauseUnknown_ns;
    int64_t since = a->source[role].received_ns;

    if (f->lastAsk_ns > since)
        since = f->lastAsk_ns;
    return since + (patience > pause_ns ? patience : pause_ns);
}

void xasContinuousAsk(xasAssembler *a, bool all)
{
    xasContinuous *m = xasContinuousOf(a);
    xasRoles roles = 0;
    uint32_t number;

    for (int r = 0; r < xasChannelCount; r++) {
        xasFeed *f = &m->feed[r];

        if (xasRolesHave(m->waiting, r) && a->source[r].connected &&
            !f->asked_ns && !f->stalled &&
            (all || xasContinuousSilentAt(a, (xasRole)r) <= a->now_ns))
            roles |= xasRoleBit(r);
    }
    if (!roles)
        return;
    xasAssemblerAsk(a, roles, &number);
    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(roles, r)) {
            m->feed[r].ask = number;
            m->feed[r].asked_ns = m->feed[r].lastAsk_ns = a->now_ns;
            m->feed[r].deadline_ns = 0;
        }
}
