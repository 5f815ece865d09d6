/* SPDX-License-Identifier: BSD-3-Clause */
/* What ends when its time is up. */
#include "xasAssemblerParts.h"

static int64_t timeout(const xasAssembler *a)
{
    return xasAssemblerNs(a->rules.point_timeout_s);
}

int64_t xasAssemblerDue(const xasAssembler *a, int64_t asked_ns,
                        int64_t deadline_ns)
{
    return deadline_ns ? deadline_ns : asked_ns + timeout(a) / 4;
}

/* Events may have waited in the queue: then the get went out long after what
 * it asks about. Only a tick tells the present, so the first one after it sets
 * the deadline. */
static void arm(const xasAssembler *a, int64_t asked_ns, int64_t *deadline_ns)
{
    bool late = a->now_ns > asked_ns + timeout(a) / 2;

    if (!*deadline_ns)
        *deadline_ns = (late ? a->now_ns : asked_ns) + timeout(a);
}

static bool isUp(const xasAssembler *a, int64_t deadline_ns)
{
    return deadline_ns && deadline_ns <= a->now_ns;
}

static bool isUpFirst(xasAssembler *a)
{
    return a->nPending && isUp(a, xasAssemblerPending(a, 0)->deadline_ns);
}

void xasAssemblerExpire(xasAssembler *a, bool tick)
{
    int64_t limit = xasAssemblerNs(a->rules.scan_timeout_s);

    for (size_t i = 0; tick && i < a->nPending; i++)
        arm(a, xasAssemblerPending(a, i)->asked_ns,
            &xasAssemblerPending(a, i)->deadline_ns);
    if (tick && a->ending)
        arm(a, a->endAsked_ns, &a->endDeadline_ns);
    while (isUpFirst(a)) {
        xasPendingExpire(xasAssemblerPending(a, 0));
        xasAssemblerDrain(a);
    }
    if (a->ops)
        a->ops->expire(a, tick);
    if (!a->scan)
        return;
    if (xasBeamInhibited(a) && !a->resumed)
        a->progress_ns = a->now_ns; /* it is told to wait */
    if (xasInfers(a) && !a->ending && !a->resumed) {
        xasInferExpire(a);
        if (!a->scan || a->ending || a->infer.tentative)
            return;
    }
    if (a->ending) {
        if (isUp(a, a->endDeadline_ns))
            xasAssemblerFinish(a, xasExitComplete, "");
    } else if (a->resumed) {
        if (a->progress_ns + xasAssemblerNs(a->rules.resume_gap_s) <= a->now_ns)
            xasAssemblerFinish(a, xasExitInterrupted,
                               "not resumed: its PVs did not come back");
    } else if (limit > 0 && a->progress_ns + limit <= a->now_ns) {
        xasRoles gone = 0;

        for (int r = 0; r < xasRoleCount; r++)
            gone |= !a->source[r].connected ? xasRoleBit(r) : 0;
        if (gone & a->rules.required)
            xasAssemblerFinish(a, xasExitInterrupted,
                               "a required PV was disconnected and no point "
                               "came for too long");
        else
            xasAssemblerFinish(a, xasExitTimeout, "no point for too long");
    }
}

static int64_t waits(const xasAssembler *a)
{
    double limit = a->rules.scan_timeout_s;

    if (xasInfers(a) && (!(limit > 0) || a->rules.idle_s < limit))
        limit = a->rules.idle_s;
    return limit > 0 ? a->progress_ns + xasAssemblerNs(limit) : 0;
}

int64_t xasAssemblerDeadline(const xasAssembler *a)
{
    int64_t next = 0;

    if (!a->scan)
        return a->reread_ns;
    if (a->ending)
        next = xasAssemblerDue(a, a->endAsked_ns, a->endDeadline_ns);
    else if (a->resumed)
        next = a->progress_ns + xasAssemblerNs(a->rules.resume_gap_s);
    else
        next = waits(a);
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
