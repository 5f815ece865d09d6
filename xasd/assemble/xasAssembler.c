/* SPDX-License-Identifier: BSD-3-Clause */
/* Events in: what each kind and role means to the scan. */
#include "xasAssemblerParts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double nsPerS = 1e9;
/* Without a commit PV the energy has moved on when it differs by this. */
static const double moved_eV = 0.02;

static bool has(const xasAssembler *a, xasRole role)
{
    return xasRolesHave(a->rules.roles, role);
}

static bool isSet(const xasHeld *held)
{
    return held->known && held->severity < 3 && held->value != 0;
}

static void mayBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
                     const char *why)
{
    if (!a->disabled && !a->ignore)
        xasAssemblerBegin(a, stamp_ns, joined, why);
}

/* While we looked away active was set, maybe not for the first time, and the
 * sample became another: points of two specimens must not meet in a scan. The
 * stamp alone does not tell, since some records are processed all the time. */
static bool otherSample(const xasAssembler *a, const xasHeld *active)
{
    const xasScan *scan = a->scan;
    int64_t last = scan->n ? scan->stamp_ns[scan->n - 1] : scan->start_ns;

    return a->renamed && !active->stampBad && active->stamp_ns > last;
}

/* The counter fell while we looked away: what runs now is another scan. */
static void otherScan(xasAssembler *a)
{
    const xasHeld *number = &a->source[xasRoleSequence].last;
    const xasHeld *active = &a->source[xasRoleActive].last;

    if (!a->scan || a->ending || !isSet(active) ||
        (!otherSample(a, active) &&
         xasAssemblerBaseline(a, xasAssemblerNumber(number))))
        return;
    xasAssemblerFinish(a, xasExitInterrupted,
                       "another scan had begun when its PVs came back");
    mayBegin(a, active->stamp_ns, true, "joined: it was running already");
    if (a->scan)
        (void)xasAssemblerBaseline(a, xasAssemblerNumber(number));
}

static void commitMonitor(xasAssembler *a, const xasEvent *e)
{
    xasHeld held = xasAssemblerHeld(a, e);

    a->source[e->role].last = held;
    if (e->initial) {
        if (a->closer == xasRoleSequence)
            otherScan(a);
        return;
    }
    if (!(held.value >= 0)) /* or NaN */
        return;
    if (!a->scan && isSet(&a->source[xasRoleActive].last))
        mayBegin(a, held.stamp_ns, true,
                 "points came though the scan had been ended");
    if (!a->scan)
        return;
    a->endOpen &= ~xasRoleBit(xasRoleCommit);
    /* after the end the counter may be set back: that is no point */
    if (a->ending && !held.stampBad && held.stamp_ns > a->end_ns)
        return;
    a->resumed = false;
    xasAssemblerClose(a, &held, &held);
}

static bool detectorPosted(const xasAssembler *a)
{
    for (int r = xasRoleI0; r < xasChannelCount; r++)
        if (a->source[r].posted)
            return true;
    return false;
}

/* No commit PV: a new energy closes the point, if a detector has spoken. */
static void energyMonitor(xasAssembler *a, const xasHeld *value)
{
    xasSource *source = &a->source[xasRoleEnergy];
    double moved = (value->value - source->last.value) * a->rules.energy_scale;

    if (source->last.known && fabs(moved) > moved_eV && detectorPosted(a)) {
        xasHeld commit = *value;

        commit.stamp_ns--; /* just before it moved */
        xasAssemblerClose(a, &commit, &source->last);
    }
    source->last = *value;
}

static void startEnding(xasAssembler *a, const xasHeld *active)
{
    const xasRoles wanted = xasRoleBit(xasRoleAborted) |
                            xasRoleBit(xasRoleSequence) |
                            xasRoleBit(xasRoleCommit);
    xasHeld v = xasAssemblerClock(a, xasRoleActive, *active);

    a->ending = true;
    a->end_ns = v.stamp_ns;
    a->endNumber = -1;
    a->endAsked_ns = a->now_ns;
    a->endDeadline_ns = 0;
    if (a->ops)
        a->ops->ending(a);
    if (!a->ops && a->closer == xasRoleEnergy && detectorPosted(a))
        xasAssemblerClose(a, &v, &a->source[xasRoleEnergy].last);
    a->endOpen = 0;
    for (int r = 0; r < xasRoleCount; r++)
        if (xasRolesHave(wanted, r) && has(a, (xasRole)r) &&
            a->source[r].connected)
            a->endOpen |= xasRoleBit(r);
    if (a->endOpen)
        xasAssemblerAsk(a, a->endOpen, &a->endAsk);
}

static void activeState(xasAssembler *a, bool on, const xasHeld *held)
{
    if (a->scan && on && a->ending)
        xasAssemblerFinish(a, xasExitComplete, "");
    if (!a->scan && on) {
        mayBegin(a, held->stamp_ns, true, "joined: it was running already");
    } else if (a->scan && on) {
        a->resumed = false;
        otherScan(a);
    } else if (a->scan && !a->ending) {
        xasAssemblerFinish(a, xasExitInterrupted,
                           "it had ended when its PVs came back");
    }
}

static void activeValue(xasAssembler *a, const xasEvent *e)
{
    xasHeld held = xasAssemblerHeld(a, e);
    bool on = held.value != 0;

    if (held.severity >= 3 || isnan(held.value))
        return; /* tells nothing */
    a->source[xasRoleActive].last = held;
    if (!on)
        a->ignore = false;
    if (e->kind == xasEventValue && e->initial) {
        activeState(a, on, &held);
    } else if (on) {
        if (a->scan && a->ending)
            xasAssemblerFinish(a, xasExitComplete, "");
        a->resumed = false;
        if (!a->scan && e->kind == xasEventValue)
            mayBegin(a, held.stamp_ns, false, "active went to 1");
        else if (!a->scan)
            mayBegin(a, held.stamp_ns, true, "joined: it was running already");
    } else if (a->scan && !a->ending) {
        startEnding(a, &held);
    }
}

static void textValue(xasAssembler *a, const xasEvent *e, xasRole role)
{
    char *text = a->text[role - xasRoleSample];
    const char *now = e->text ? e->text : "";

    if (strncmp(text, now, XAS_SAMPLE_SIZE - 1) == 0)
        return;
    (void)snprintf(text, XAS_SAMPLE_SIZE, "%s", now);
    a->cut &= ~xasRoleBit(role);
    if (e->kind != xasEventCommand && e->value == 1)
        a->cut |= xasRoleBit(role);
    xasAssemblerText(a, role, e->received_ns);
}

/* What the ops of a mode take. */
static bool isReading(xasRole role)
{
    return role <= xasRoleSequence || role == xasRoleValid ||
           role == xasRoleData;
}

static void value(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    xasHeld held;

    if (xasRoleIsText(role)) {
        textValue(a, e, role);
        if (role == xasRoleSample && e->initial) {
            xasAssemblerRenamed(a);
            otherScan(a);
        }
        return;
    }
    if (role == xasRoleActive) {
        activeValue(a, e);
        return;
    }
    if (a->ops && isReading(role)) {
        a->ops->value(a, e);
        return;
    }
    if (role == a->closer && role != xasRoleEnergy) {
        commitMonitor(a, e);
        return;
    }
    held = xasAssemblerHeld(a, e);
    if (role == xasRolePlanned && a->scan && held.value > 0 &&
        held.value < 1e9 && held.severity < 3)
        a->scan->planned = (int64_t)held.value;
    if (role == xasRoleDwell && a->scan)
        xasAssemblerDwell(a, &held);
    if (e->initial || !a->scan || role >= XAS_POINT_ROLES) {
        a->source[role].last = held;
        if (role == xasRoleSequence && e->initial)
            otherScan(a);
    } else if (role == a->closer) {
        energyMonitor(a, &held);
    } else {
        xasAssemblerMonitor(a, role, &held);
    }
}

static void endReply(xasAssembler *a, xasRole role, const xasHeld *held)
{
    const xasHeld *last = &a->source[role].last;

    if (role == xasRoleCommit) {
        xasHeld v = xasAssemblerClock(a, role, *held);

        /* a commit is on its way: keep the door open for it */
        if (!v.stampBad && v.stamp_ns <= a->end_ns && held->value >= 0 &&
            held->value != last->value)
            return;
    } else if (role == xasRoleSequence) {
        a->endNumber = xasAssemblerNumber(held);
    } else {
        a->source[role].last = *held;
    }
    a->endOpen &= ~xasRoleBit(role);
}

static void reply(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    xasSource *source = &a->source[role];
    xasHeld held, v;

    if (xasRoleIsText(role)) {
        textValue(a, e, role);
        return;
    }
    if (role == xasRoleActive) {
        activeValue(a, e);
        return;
    }
    if (a->ops && isReading(role)) {
        a->ops->value(a, e);
        return;
    }
    held = xasAssemblerHeld(a, e);
    if (a->ending && e->ask == a->endAsk && xasRolesHave(a->endOpen, role)) {
        endReply(a, role, &held);
        return;
    }
    v = xasAssemblerClock(a, role, held);
    for (size_t i = 0; i < a->nPending; i++) {
        xasPending *p = xasAssemblerPending(a, i);

        if (p->ask != e->ask || role >= XAS_POINT_ROLES)
            continue;
        if (xasPendingReply(p, role, &v) &&
            xasAssemblerNews(&source->last, &held))
            source->last = held;
        return;
    }
    /* asked for after an overflow; in a scan only its monitors tell */
    if (role >= XAS_POINT_ROLES || !a->scan)
        source->last = held;
}

static void connect(xasAssembler *a, const xasEvent *e)
{
    xasSource *source = &a->source[e->role];

    source->connected = true;
    source->server = e->value;
    if (a->scan && source->lost)
        (void)xasScanAddEvent(a->scan, e->received_ns, "connect", "%s",
                              xasRoleName((xasRole)e->role));
    source->lost = false;
}

static void disconnect(xasAssembler *a, const xasEvent *e)
{
    xasSource *source = &a->source[e->role];
    xasRole role = (xasRole)e->role;

    source->connected = source->posted = source->last.known = false;
    source->lagKnown = source->clockBad = false;
    if (!a->scan)
        return;
    source->lost = true;
    for (size_t i = 0; i < a->nPending; i++)
        xasPendingGone(xasAssemblerPending(a, i), role);
    a->endOpen &= ~xasRoleBit(role);
    if ((role == a->closer || role == xasRoleActive) &&
        !has(a, xasRoleSequence))
        a->away = true;
    (void)xasScanAddEvent(a->scan, e->received_ns, "disconnect", "%s",
                          xasRoleName(role));
}

static void commandText(xasAssembler *a, const xasEvent *e, xasRole role)
{
    if (!has(a, role)) /* a PV knows better */
        textValue(a, e, role);
}

static void command(xasAssembler *a, const xasEvent *e)
{
    switch ((xasCommand)(int)e->value) {
    case xasCommandEndScan:
        if (!a->scan)
            break;
        a->ignore = isSet(&a->source[xasRoleActive].last);
        xasAssemblerFinish(a, xasExitAborted, "ended by command");
        break;
    case xasCommandDiscard:
        if (a->scan)
            (void)xasScanAddEvent(a->scan, e->received_ns, "discard",
                                  "no prediction wanted");
        break;
    case xasCommandEnable:
        a->disabled = false;
        if (!a->scan && isSet(&a->source[xasRoleActive].last))
            mayBegin(a, e->received_ns, true, "joined when enabled");
        break;
    case xasCommandDisable: a->disabled = true; break;
    case xasCommandSample: commandText(a, e, xasRoleSample); break;
    case xasCommandFormula: commandText(a, e, xasRoleFormula); break;
    case xasCommandReload:
    case xasCommandReject:
    case xasCommandReprocess: break; /* not for a running scan */
    }
}

/* The end waits for what is pending and for numbers that must still come. */
static void checkEnd(xasAssembler *a)
{
    const xasCounting *c = &a->count;

    if (!a->scan || !a->ending || a->endOpen || a->nPending ||
        (a->ops && !a->ops->ended(a)) ||
        (c->known && a->endNumber > c->last + c->unknown))
        return;
    xasAssemblerFinish(a, xasExitComplete, "");
}

xasStatus xasAssemblerFeed(xasAssembler *a, const xasEvent *e)
{
    if (e->role >= xasRoleCount && e->kind <= xasEventDisconnect)
        return xasErrArg;
    if (a->ended)
        return xasErrState;
    a->status = xasOk;
    a->now_ns = e->received_ns;
    xasAssemblerExpire(a, e->kind == xasEventTick);
    switch ((xasEventKind)e->kind) {
    case xasEventValue: value(a, e); break;
    case xasEventReply: reply(a, e); break;
    case xasEventConnect:
        connect(a, e);
        if (a->ops)
            a->ops->connect(a, e);
        break;
    case xasEventDisconnect:
        disconnect(a, e);
        if (a->ops)
            a->ops->connect(a, e);
        break;
    case xasEventTick: break;
    case xasEventOverflow: xasAssemblerOverflow(a, e); break;
    case xasEventCommand: command(a, e); break;
    }
    xasAssemblerReread(a);
    xasAssemblerDrain(a);
    checkEnd(a);
    return a->status;
}

xasStatus xasAssemblerCreate(const xasAssemblerRules *rules, xasAssembler **out)
{
    xasStatus status = xasAssemblerRulesCheck(rules, NULL);
    xasAssembler *a;

    if (status)
        return status;
    a = calloc(1, sizeof *a);
    if (!a)
        return xasErrMemory;
    a->rules = *rules;
    a->significant = xasAssemblerNeeds(rules->detection) |
                     (rules->required & XAS_ROLES_CHANNELS);
    a->closer = has(a, xasRoleCommit)     ? xasRoleCommit
                : has(a, xasRoleSequence) ? xasRoleSequence
                                          : xasRoleEnergy;
    a->count.seen = a->count.before = -1;
    status = a->ops ? a->ops->create(a) : xasOk;
    if (status)
        free(a);
    else
        *out = a;
    return status;
}

void xasAssemblerDestroy(xasAssembler *a)
{
    if (!a)
        return;
    if (a->ops)
        a->ops->destroy(a);
    xasScanDestroy(a->scan);
    xasScanDestroy(a->ended);
    free(a->action);
    free(a);
}

const xasScan *xasAssemblerScan(const xasAssembler *a)
{
    return a->ended ? a->ended : a->scan;
}

xasScan *xasAssemblerTake(xasAssembler *a)
{
    xasScan *scan = a->ended;

    a->ended = NULL;
    return scan;
}

static int64_t after(int64_t start_ns, double seconds)
{
    return start_ns + (int64_t)(seconds * nsPerS);
}

int64_t xasAssemblerDeadline(const xasAssembler *a)
{
    int64_t next = 0;

    if (!a->scan)
        return a->reread_ns;
    if (a->ending)
        next = xasAssemblerDue(a, a->endAsked_ns, a->endDeadline_ns);
    else if (a->resumed)
        next = after(a->progress_ns, a->rules.resume_gap_s);
    else if (a->rules.scan_timeout_s > 0)
        next = after(a->progress_ns, a->rules.scan_timeout_s);
    if (a->nPending) {
        const xasPending *p = &a->pending[a->firstPending];
        int64_t point = xasAssemblerDue(a, p->asked_ns, p->deadline_ns);

        if (!next || point < next)
            next = point;
    }
    if (a->ops) {
        int64_t own = a->ops->deadline(a);

        if (own && (!next || own < next))
            next = own;
    }
    if (a->reread_ns && (!next || a->reread_ns < next))
        next = a->reread_ns;
    return next;
}

xasStatus xasAssemblerResume(xasAssembler *a, xasScan *scan, int64_t now_ns)
{
    int64_t last = scan->n ? scan->stamp_ns[scan->n - 1] : scan->start_ns;

    if (a->scan || a->ended)
        return xasErrState;
    a->now_ns = now_ns;
    a->scan = scan;
    xasAssemblerReset(a);
    a->resumed = true;
    a->count.known = scan->sequence >= 0;
    a->count.last = a->count.seen = scan->sequence;
    a->count.blind = !a->count.known;
    /* what was measured while nobody looked can only be counted */
    a->away = a->count.blind;
    (void)xasScanAddEvent(scan, now_ns, "resume", "after %.1f s",
                          (double)(now_ns - last) / nsPerS);
    if (now_ns > after(last, a->rules.resume_gap_s))
        xasAssemblerFinish(a, xasExitInterrupted,
                           "xasd was away for too long to resume it");
    return xasOk;
}

xasStatus xasAssemblerStop(xasAssembler *a, xasExit exit, const char *reason,
                           int64_t now_ns)
{
    if (a->ended)
        return xasErrState;
    a->now_ns = now_ns;
    if (a->scan)
        xasAssemblerFinish(a, exit, reason);
    return xasOk;
}

void xasAssemblerRoleState(const xasAssembler *a, xasRole role,
                           xasRoleState *out)
{
    const xasSource *source = &a->source[role];

    *out = (xasRoleState){ .connected = source->connected,
                           .value = source->last.value,
                           .stamp_ns = source->last.stamp_ns,
                           .received_ns = source->received_ns };
    out->valid = source->connected && source->last.known &&
                 source->last.severity < 3 && isfinite(out->value);
    if (!source->last.known)
        out->value = NAN;
}
