/* SPDX-License-Identifier: BSD-3-Clause */
/* Events in: what each kind and role means to the scan. */
#include "xasFinal.h"

#include <stdlib.h>

/* What the ops of a mode take. */
static bool isReading(const xasAssembler *a, xasRole role)
{
    return xasRolesHave(a->ops->extra, role) || role <= xasRoleSequence ||
           role == xasRoleValid || role == xasRoleData;
}

/* What means the same as a monitor and as an answer. */
static bool taken(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;

    if (xasRoleIsText(role))
        xasAssemblerTextValue(a, e, role);
    else if (role == xasRoleActive)
        xasAssemblerActive(a, e);
    else if (a->ops && isReading(a, role))
        a->ops->value(a, e);
    else
        return false;
    return true;
}

static void value(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    xasHeld held;

    if (taken(a, e)) {
        if (role == xasRoleSample && e->initial) {
            xasAssemblerRenamed(a);
            xasAssemblerOtherScan(a);
        }
        return;
    }
    if (xasInfers(a))
        xasInferValue(a, e);
    if (role == a->closer && role != xasAssemblerAxis(a)) {
        xasAssemblerCommit(a, e);
        return;
    }
    held = xasAssemblerHeld(a, e);
    xasAssemblerWatch(a, e);
    if (role == xasRolePlanned && a->scan && held.value > 0 &&
        held.value < 1e9 && held.severity < 3)
        a->scan->planned = (int64_t)held.value;
    if (role == xasRoleDwell && a->scan)
        xasAssemblerDwell(a, &held);
    if (e->initial || !a->scan || role >= XAS_POINT_ROLES) {
        a->source[role].last = held;
        if (role == xasRoleSequence && e->initial)
            xasAssemblerOtherScan(a);
    } else if (role == a->closer) {
        xasAssemblerEnergy(a, &held);
    } else {
        xasAssemblerMonitor(a, role, &held);
    }
    xasFinalScalar(a, e);
}

static void reply(xasAssembler *a, const xasEvent *e)
{
    xasRole role = (xasRole)e->role;
    xasSource *source = &a->source[role];
    xasHeld held, v;

    if (taken(a, e))
        return;
    held = xasAssemblerHeld(a, e);
    if (a->ending && e->ask == a->endAsk && xasRolesHave(a->endOpen, role)) {
        xasAssemblerEndReply(a, role, &held);
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
    xasFinalScalar(a, e);
}

static void dispatch(xasAssembler *a, const xasEvent *e)
{
    if (e->isArray && !a->ops) {
        xasFinalArray(a, e);
        return;
    }
    switch ((xasEventKind)e->kind) {
    case xasEventValue: value(a, e); break;
    case xasEventReply: reply(a, e); break;
    case xasEventConnect:
        xasAssemblerConnect(a, e);
        if (a->ops)
            a->ops->connect(a, e);
        break;
    case xasEventDisconnect:
        xasAssemblerDisconnect(a, e);
        if (a->ops)
            a->ops->connect(a, e);
        break;
    case xasEventTick: break;
    case xasEventOverflow: xasAssemblerOverflow(a, e); break;
    case xasEventCommand: xasAssemblerCommand(a, e); break;
    }
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
    dispatch(a, e);
    xasAssemblerReread(a);
    xasAssemblerDrain(a);
    xasAssemblerCheckEnd(a);
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
    /* an element that is missing is xasDetector's to judge */
    a->significant = (xasAssemblerNeeds(rules->detection) |
                      (rules->required & XAS_ROLES_CHANNELS)) &
                     ~(XAS_ROLES_ELEMENTS | xasRolesMade(rules->roles));
    if (xasAssemblerHas(a, xasRoleAngle))
        a->significant |= xasRoleBit(xasRoleAngle);
    a->closer = xasAssemblerHas(a, xasRoleCommit)     ? xasRoleCommit
                : xasAssemblerHas(a, xasRoleSequence) ? xasRoleSequence
                                                      : xasAssemblerAxis(a);
    a->stride = xasAssemblerStride(a);
    a->count.seen = a->count.before = -1;
    if (rules->mode == xasModeArray)
        a->ops = &xasArrayOps;
    else if (rules->mode == xasModeContinuous)
        a->ops = &xasContinuousOps;
    status = a->ops ? a->ops->create(a) : xasFinalCreate(a);
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
    xasFinalDestroy(a);
    xasScanDestroy(a->scan);
    while (a->ended)
        xasScanDestroy(xasAssemblerTake(a));
    free(a->action);
    free(a);
}

const xasScan *xasAssemblerScan(const xasAssembler *a)
{
    return a->ended ? a->ended : a->infer.tentative ? NULL : a->scan;
}

xasScan *xasAssemblerTake(xasAssembler *a)
{
    xasScan *scan = a->ended;

    a->ended = a->nLater ? a->later[0] : NULL;
    for (size_t i = 1; i < a->nLater; i++)
        a->later[i - 1] = a->later[i];
    a->nLater -= a->nLater > 0;
    return scan;
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
                          (double)(now_ns - last) / 1e9);
    if (now_ns > last + xasAssemblerNs(a->rules.resume_gap_s))
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
    if (a->scan && a->infer.tentative)
        xasInferDrop(a);
    else if (a->scan)
        xasAssemblerFinish(a, exit, reason);
    return xasOk;
}
