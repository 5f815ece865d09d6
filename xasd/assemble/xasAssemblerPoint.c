/* SPDX-License-Identifier: BSD-3-Clause */
/* Actions, and which value belongs to which point. */
#include "xasAssemblerParts.h"

#include <math.h>
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

static void learnLag(xasSource *source, int64_t lag_ns, int64_t now_ns)
{
    if (!source->lagKnown) {
        source->lagFrom_ns = now_ns;
        source->lags = 0;
    }
    if (!source->lagKnown || lag_ns < source->lag_ns)
        source->lag_ns = lag_ns;
    source->lagKnown = true;
    source->lags++;
}

/* A short delay holds for some monitors, a clock for all. */
static bool isSettled(const xasSource *s)
{
    return s->lags >= 5 && s->received_ns - s->lagFrom_ns >= 1000000000;
}

static int64_t leastLag(const xasSource *s)
{
    return s->usualKnown && !isSettled(s) && s->usual_ns < s->lag_ns
               ? s->usual_ns
               : s->lag_ns;
}

void xasAssemblerForgetLag(xasSource *s)
{
    if (s->lagKnown && isSettled(s)) {
        s->usual_ns = s->lag_ns;
        s->usualKnown = true;
    }
    s->lagKnown = false;
}

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
        if (!bad)
            learnLag(source, lag, e->received_ns);
    }
    source->received_ns = e->received_ns;
    return (xasHeld){ .value = e->value,
                      .stamp_ns = bad ? e->received_ns : e->stamp_ns,
                      .severity = e->severity,
                      .known = true,
                      .stampBad = bad };
}

/* Between PVs of one server the first monitors do not tell a delay from a
 * clock; but none comes before it is made. */
static bool isSkewed(const xasSource *commit, const xasSource *s, int64_t skew)
{
    bool same = s->server == commit->server;
    int64_t limit = same ? skewSame_ns : skewOther_ns;
    bool known = (isSettled(s) || s->usualKnown) &&
                 (isSettled(commit) || commit->usualKnown);

    if (skew <= limit && skew >= -limit)
        return false;
    return !same || known || leastLag(s) < -limit || leastLag(commit) < -limit;
}

/* The same in the commit's clock. */
xasHeld xasAssemblerClock(const xasAssembler *a, xasRole role, xasHeld held)
{
    const xasSource *commit = &a->source[a->closer], *s = &a->source[role];
    int64_t skew = leastLag(s) - leastLag(commit);

    if (s->lagKnown && commit->lagKnown && !held.stampBad &&
        isSkewed(commit, s, skew))
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

/* A value older than a point that is complete: the point got another one.  But
 * for a value with a newer one, known before it came, that is not newer than
 * the point: of these two the point has the right one. */
static void tooLate(xasAssembler *a, xasRole role, const xasHeld *value,
                    int64_t known_ns)
{
    double scale = role == xasRoleEnergy ? a->rules.energy_scale : 1;
    xasScan *scan = a->scan;
    size_t i = scan->n;

    while (i > 0 && scan->stamp_ns[i - 1] >= value->stamp_ns)
        i--;
    if (i == scan->n || known_ns <= scan->stamp_ns[i] ||
        role >= xasChannelCount || !scan->channel[role] ||
        scan->channel[role][i] == value->value * scale)
        return;
    if (a->significant & xasRoleBit(role))
        scan->flags[i] |= xasPointLate;
    else
        scan->channel[role][i] = NAN; /* no flag speaks for it */
    if (a->late++ >= xasLateEvents)
        return; /* leave room for what tells more */
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
    bool news = xasAssemblerNews(&source->last, value);
    int64_t known_ns =
        news ? INT64_MAX : xasAssemblerClock(a, role, source->last).stamp_ns;

    /* else the get of a later point has overtaken it, or it was posted late;
     * an earlier point may wait for it */
    if (news)
        source->last = *value;
    if (!v.stampBad && v.stamp_ns <= a->lastCommit_ns) {
        tooLate(a, role, &v, known_ns);
        return;
    }
    for (size_t i = 0; i < a->nPending; i++)
        if (xasPendingMonitor(xasAssemblerPending(a, i), role, &v))
            return;
    if (!news)
        return;
    source->queue[source->put++ % xasQueueMax] = *value;
    source->queued++;
    source->posted = source->any = true;
}

int xasAssemblerPick(const xasAssembler *a, xasRole role, const xasHeld *commit,
                     xasHeld *out)
{
    const xasSource *source = &a->source[role];
    int n = source->queued < xasQueueMax ? (int)source->queued : xasQueueMax;

    *out = xasAssemblerClock(a, role, source->last);
    if (!source->posted)
        return -1;
    for (int left = 0; left < n && !xasRolesHave(a->ahead, role); left++) {
        unsigned i = source->put - 1 - (unsigned)left;
        xasHeld v = xasAssemblerClock(a, role, source->queue[i % xasQueueMax]);

        if (v.stampBad || commit->stampBad)
            break;
        if (v.stamp_ns <= commit->stamp_ns) {
            *out = v;
            return left;
        }
    }
    return 0;
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

/* The monitors up to the one that is this point's are used up. */
static void use(xasAssembler *a, xasRole role, const xasPending *p, int left)
{
    xasSource *source = &a->source[role];
    const xasHeld *held = &p->held[role];

    if (xasAssemblerQuiet(a) && left == 0) {
        if (source->queued > 1)
            source->often = true;
        else if (!held->stampBad && held->stamp_ns <= p->commit_ns &&
                 a->server.closed && held->stamp_ns > p->after_ns)
            source->inOrder++;
        else
            source->inOrder = 0;
    }
    source->queued = left > 0 ? (unsigned)left : 0;
    source->posted = left > 0;
}

/* Once a scan: its order is that of receipt. */
static void sayClock(xasAssembler *a, xasRole role)
{
    if (!(a->significant & ~a->badClock & xasRoleBit(role)))
        return;
    a->badClock |= xasRoleBit(role);
    (void)xasScanAddEvent(a->scan, a->now_ns, "clock",
                          "%s has no useful stamp: time of receipt",
                          xasRoleName(role));
}

static void gather(xasAssembler *a, xasPending *p, const xasHeld *commit,
                   xasRole role)
{
    xasSource *source = &a->source[role];
    xasRoles bit = xasRoleBit(role);
    bool counts = role == xasRoleSequence;
    int left;

    if (!source->connected) {
        p->open |= bit;
        xasPendingGone(p, role);
        return;
    }
    left = xasAssemblerPick(a, role, commit, &p->held[role]);
    if (left < 0 || a->doubt || (p->recheck && !counts))
        p->open |= bit;
    else if (!counts && isAhead(a, role, p))
        p->unsure |= bit;
    else if (counts && p->proof && !p->stampBad && !p->held[role].stampBad &&
             p->held[role].stamp_ns > p->commit_ns)
        p->unsure |= bit; /* the number of a later point */
    else if (xasPendingProves(p, role, &p->held[role]))
        p->byStamp |= bit;
    else if (p->proof && !counts)
        p->open |= bit;
    else if (!xasPendingSeems(p, role, &p->held[role]))
        p->weak |= bit;
    if (p->held[role].stampBad && left >= 0)
        sayClock(a, role);
    use(a, role, p, left);
}

/* The number this commit has, as far as it is known yet; tells a loss. */
static bool lossBefore(xasAssembler *a, const xasHeld *commit)
{
    int64_t number = -1, seen = a->count.seen;
    xasHeld sequence;

    if (a->closer == xasRoleSequence)
        number = xasAssemblerNumber(commit);
    else if (xasAssemblerCommitNumber(a, commit) >= 0)
        number = xasAssemblerCommitNumber(a, commit);
    else if (xasAssemblerHas(a, xasRoleSequence) &&
             xasAssemblerPick(a, xasRoleSequence, commit, &sequence) >= 0)
        number = xasAssemblerNumber(&sequence);
    if (number < 0) {
        a->count.seen += seen >= 0;
        return false;
    }
    a->count.seen = number;
    return seen >= 0 && number > seen + 1;
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
    if (xasInfers(a))
        a->resumed = false; /* no other PV tells that it goes on */
    p->noBeam = xasBeamGone(a, true);
    p->recheck = lossBefore(a, commit) || a->doubt;
    xasAssemblerProof(a, p, commit);
    for (int r = 0; r < XAS_POINT_ROLES; r++) {
        if (r == xasRoleCommit || !xasAssemblerHas(a, (xasRole)r))
            continue;
        if (r == (int)a->closer) {
            p->held[r] = *own;
            p->weak |= xasRoleBit(r) & xasRoleBit(xasAssemblerAxis(a));
        } else {
            gather(a, p, commit, (xasRole)r);
        }
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
