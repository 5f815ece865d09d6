/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, and which value belongs to which point. */
#include "xasAssemblerParts.h"

#include <stdlib.h>
#include <string.h>

/* Clocks of two servers differ if their least lags do by more than this; for
 * PVs of one server (maybe a gateway) only a difference no delay explains. */
static const int64_t skewOther_ns = 200000, skewSame_ns = 5000000;

void xasAssemblerAct(xasAssembler *a, xasAction action)
{
    if (a->nActions == a->actionCapacity) {
        size_t to = a->actionCapacity ? 2 * a->actionCapacity : 16;
        xasAction *bigger = realloc(a->action, to * sizeof *bigger);

        if (!bigger) {
            a->status = xasErrMemory;
            return;
        }
        a->action = bigger;
        a->actionCapacity = to;
    }
    a->action[a->nActions++] = action;
}

bool xasAssemblerNext(xasAssembler *a, xasAction *action)
{
    if (a->firstAction == a->nActions) {
        a->firstAction = a->nActions = 0;
        return false;
    }
    *action = a->action[a->firstAction++];
    return true;
}

xasPending *xasAssemblerPending(xasAssembler *a, size_t i)
{
    return &a->pending[(a->firstPending + i) % xasPendingMax];
}

/* Between readings of all PVs after overflows. */
static const int64_t rereadPause_ns = 500000000;

/* Replies may be old: a constant value was made long ago. A monitor is new. */
xasHeld xasAssemblerHeld(xasAssembler *a, const xasEvent *e)
{
    xasSource *source = &a->source[e->role];
    int64_t tolerance = xasAssemblerNs(a->rules.clock_tolerance_s);
    int64_t lag = e->received_ns - e->stamp_ns;
    bool monitor = e->kind == xasEventValue && !e->initial;
    bool bad = e->stamp_ns <= 0 || lag < -tolerance;

    bad = bad || (monitor ? lag > tolerance : source->clockBad);
    if (monitor) {
        source->clockBad = bad;
        if (!bad && (!source->lagKnown || lag < source->lag_ns))
            source->lag_ns = lag;
        source->lagKnown = source->lagKnown || !bad;
    }
    source->received_ns = e->received_ns;
    return (xasHeld){ .value = e->value,
                      .stamp_ns = bad ? e->received_ns : e->stamp_ns,
                      .severity = e->severity,
                      .known = true,
                      .stampBad = bad };
}

/* The same in the commit's clock. */
xasHeld xasAssemblerClock(const xasAssembler *a, xasRole role, xasHeld held)
{
    const xasSource *commit = &a->source[a->closer], *s = &a->source[role];
    int64_t skew = s->lag_ns - commit->lag_ns;
    int64_t limit = s->server == commit->server ? skewSame_ns : skewOther_ns;

    if (s->lagKnown && commit->lagKnown && !held.stampBad &&
        (skew > limit || skew < -limit))
        held.stamp_ns += skew;
    return held;
}

void xasAssemblerAsk(xasAssembler *a, xasRoles roles, uint32_t *number)
{
    if (++a->asks == 0)
        a->asks = 1; /* 0 is no request */
    *number = a->asks;
    xasAssemblerAct(
        a, (xasAction){ .kind = xasActionGet, .roles = roles, .ask = *number });
}

/* A value older than a point that is complete: the point got another one. */
static void tooLate(xasAssembler *a, xasRole role, const xasHeld *value)
{
    double scale = role == xasRoleEnergy ? a->rules.energy_scale : 1;
    xasScan *scan = a->scan;
    size_t i = scan->n;

    while (i > 0 && scan->stamp_ns[i - 1] >= value->stamp_ns)
        i--;
    if (i == scan->n || role >= xasChannelCount || !scan->channel[role] ||
        !(a->significant & xasRoleBit(role)) ||
        scan->channel[role][i] == value->value * scale)
        return;
    scan->flags[i] |= xasPointLate;
    (void)xasScanAddEvent(scan, value->stamp_ns, "late",
                          "%s of point %zu came after it was complete",
                          xasRoleName(role), i);
}

bool xasAssemblerNews(const xasHeld *last, const xasHeld *value)
{
    return !last->known || last->stampBad || value->stampBad ||
           value->stamp_ns >= last->stamp_ns;
}

/* A channel or the sequence PV, in a scan. */
void xasAssemblerMonitor(xasAssembler *a, xasRole role, const xasHeld *value)
{
    xasSource *source = &a->source[role];
    xasHeld v = xasAssemblerClock(a, role, *value);

    if (!xasAssemblerNews(&source->last, value))
        return; /* a get has overtaken it */
    source->last = *value;
    if (!v.stampBad && v.stamp_ns <= a->lastCommit_ns) {
        tooLate(a, role, &v);
        return;
    }
    for (size_t i = 0; i < a->nPending; i++)
        if (xasPendingMonitor(xasAssemblerPending(a, i), role, &v))
            return;
    source->posted = true;
}

/* Was this stamped after the commit it came before?  Sources that do so from
 * the first point on have their reasons; for others it is a value of the next
 * point that has overwritten this one's. */
static bool isAhead(xasAssembler *a, xasRole role, const xasPending *p)
{
    const xasHeld *held = &p->held[role];

    if (held->stampBad || p->stampBad || held->stamp_ns <= p->commit_ns)
        return false;
    if (!a->scan->n && !a->nPending && !(a->ahead & xasRoleBit(role))) {
        a->ahead |= xasRoleBit(role);
        (void)xasScanAddEvent(a->scan, p->commit_ns, "clock",
                              "%s is stamped %.6f s after the commit",
                              xasRoleName(role),
                              (double)(held->stamp_ns - p->commit_ns) / 1e9);
    }
    return !(a->ahead & xasRoleBit(role));
}

static void gather(xasAssembler *a, xasPending *p, xasRole role)
{
    xasSource *source = &a->source[role];
    xasRoles bit = xasRoleBit(role);

    if (!source->connected) {
        p->open |= bit;
        xasPendingGone(p, role);
        return;
    }
    p->held[role] = xasAssemblerClock(a, role, source->last);
    if (!source->posted || a->doubt || (p->recheck && role != xasRoleSequence))
        p->open |= bit;
    else if (role < xasChannelCount && isAhead(a, role, p))
        p->unsure |= bit;
    source->posted = false;
}

/* The number this commit has, as far as it is known yet; tells a loss. */
static bool lossBefore(xasAssembler *a, const xasHeld *commit)
{
    const xasSource *sequence = &a->source[xasRoleSequence];
    int64_t number = -1, seen = a->count.seen;

    if (a->closer == xasRoleSequence)
        number = xasAssemblerNumber(commit);
    else if (xasAssemblerHas(a, xasRoleSequence) && sequence->posted)
        number = xasAssemblerNumber(&sequence->last);
    if (number < 0) {
        a->count.seen += seen >= 0;
        return false;
    }
    a->count.seen = number;
    return seen >= 0 && number > seen + 1;
}

/* A server that cannot send overwrites the last value that it holds of a PV,
 * and nothing tells: not even the order between PVs is kept then. It takes some
 * 100 events under way, which shows as a lag above the usual one. */
static const int64_t lagging_ns = 20000000;

static bool isLagging(const xasAssembler *a, const xasHeld *commit)
{
    const xasSource *s = &a->source[a->closer];

    return s->lagKnown && !commit->stampBad &&
           s->received_ns - commit->stamp_ns - s->lag_ns > lagging_ns;
}

void xasAssemblerClose(xasAssembler *a, const xasHeld *commit,
                       const xasHeld *own)
{
    xasPending *p;

    if (a->nPending == xasPendingMax) {
        xasPendingExpire(xasAssemblerPending(a, 0));
        xasAssemblerDrain(a);
    }
    p = xasAssemblerPending(a, a->nPending);
    memset(p, 0, sizeof *p);
    p->commit_ns = commit->stamp_ns;
    p->stampBad = commit->stampBad;
    p->asked_ns = a->now_ns;
    p->recheck = lossBefore(a, commit) || a->doubt;
    p->lagging = isLagging(a, commit);
    for (int r = 0; r < XAS_POINT_ROLES; r++) {
        if (r == xasRoleCommit || !xasAssemblerHas(a, (xasRole)r))
            continue;
        if (r == (int)a->closer)
            p->held[r] = *own;
        else
            gather(a, p, (xasRole)r);
    }
    a->nPending++;
    a->doubt = false;
    if (p->open)
        xasAssemblerAsk(a, p->open, &p->ask);
}

/* Values between the last commit and the next are not sure any more. An
 * overload must not grow by our reading all again at each loss. */
void xasAssemblerOverflow(xasAssembler *a, const xasEvent *e)
{
    int64_t due = a->lastReread_ns + rereadPause_ns;

    a->overflowEvents += e->value;
    a->overflow = a->doubt = true;
    for (size_t i = 0; i < a->nPending; i++)
        xasAssemblerPending(a, i)->recheck = true;
    if (!a->reread_ns)
        a->reread_ns = due > e->received_ns ? due : e->received_ns;
}

void xasAssemblerReread(xasAssembler *a)
{
    xasRoles roles = 0;
    uint32_t number;

    if (!a->reread_ns || a->reread_ns > a->now_ns)
        return;
    if (a->scan)
        (void)xasScanAddEvent(a->scan, a->now_ns, "overflow",
                              "our queue was full, %.0f events lost",
                              a->overflowEvents);
    a->overflowEvents = 0;
    a->reread_ns = 0;
    a->lastReread_ns = a->now_ns;
    for (int r = 0; r < xasRoleCount; r++)
        if (xasAssemblerHas(a, (xasRole)r) && a->source[r].connected)
            roles |= xasRoleBit(r);
    if (roles)
        xasAssemblerAsk(a, roles, &number);
}
