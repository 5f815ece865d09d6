/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans out: points, end. */
#include "xasAssemblerParts.h"

#include <math.h>
#include <stdio.h>

#include "xasAxis.h"
#include "xasDetector.h"
#include "xasFinal.h"

static uint32_t flagsOf(const xasAssembler *a, const xasPending *p, bool lost)
{
    const xasHeld *i0 = &p->held[xasRoleI0];
    uint32_t flags = p->stampBad ? xasPointStampBad : 0;

    for (int r = 0; r < xasChannelCount; r++) {
        xasRoles bit = xasRoleBit(r);

        if (!(a->significant & bit))
            continue;
        if (p->gone & bit)
            flags |= xasPointDisconnected;
        else if (p->unsure & bit)
            flags |= xasPointLate;
        if (p->held[r].known &&
            (p->held[r].severity >= 3 || !isfinite(p->held[r].value)))
            flags |= xasPointInvalid;
    }
    if (lost && !p->recheck)
        flags |= xasPointLate;
    if (p->noBeam)
        flags |= xasPointNoBeam;
    if (a->rules.i0_min > 0 && i0->known &&
        i0->value - a->rules.dark[xasRoleI0] < a->rules.i0_min)
        flags |= xasPointLowI0;
    return flags;
}

static void addPoint(xasAssembler *a, const xasPending *p)
{
    uint32_t flags = flagsOf(a, p, xasAssemblerCount(a, p));
    double value[xasChannelCount];
    xasStatus status;

    for (int r = 0; r < xasChannelCount; r++) {
        const xasHeld *held = &p->held[r];
        /* no flag speaks for a channel that is not significant */
        bool doubtful =
            held->severity >= 3 || ((p->unsure | p->gone) & xasRoleBit(r));

        value[r] = held->known ? held->value : NAN;
        if (doubtful && !(a->significant & xasRoleBit(r)))
            value[r] = NAN;
    }
    flags |= xasAxisPoint(&a->rules, value);
    flags = xasDetectorPoint(a->scan, &a->rules, value, flags);
    status = xasScanAddPoint(a->scan, value, p->commit_ns, flags);
    a->progress_ns = a->now_ns;
    if (!status) {
        xasAssemblerProven(a, p);
        xasInferAdded(a);
        if (a->infer.tentative)
            return;
        xasAssemblerAct(
            a, (xasAction){ .kind = xasActionPoint, .index = a->scan->n - 1 });
        return;
    }
    if (!a->scan->lost++ || status != xasErrFull)
        (void)xasScanAddEvent(a->scan, p->commit_ns, "gap",
                              "point lost here: %s", xasStatusText(status));
    a->status = status;
}

void xasAssemblerDrain(xasAssembler *a)
{
    while (a->nPending && !xasAssemblerPending(a, 0)->open) {
        const xasPending *p = xasAssemblerPending(a, 0);
        const char *why = xasInferSplits(a, p);

        if (why)
            xasInferTurn(a, p, why);
        if (!a->scan)
            return;
        xasBeamPace(a, p);
        addPoint(a, p);
        a->lastCommit_ns = p->commit_ns;
        a->firstPending = (a->firstPending + 1) % xasPendingMax;
        a->nPending--;
    }
}

static void endReason(xasAssembler *a, xasExit *exit, char *text, size_t size)
{
    const xasScan *scan = a->scan;
    const xasHeld *aborted = &a->source[xasRoleAborted].last;
    long long n = (long long)scan->n, planned = (long long)scan->planned;

    *exit = xasExitComplete;
    (void)snprintf(text, size, "%s after %lld points",
                   a->endWhy ? a->endWhy : "active went to 0", n);
    if (aborted->known && aborted->severity < 3 && aborted->value != 0) {
        *exit = xasExitAborted;
        (void)snprintf(text, size, "the aborted PV is set");
    } else if (scan->lost || a->missedStart) {
        *exit = xasExitLossy;
        (void)snprintf(text, size, "%lld points lost%s", (long long)scan->lost,
                       a->missedStart ? ", the beginning was missed" : "");
    } else if (a->overflow) {
        *exit = xasExitLossy;
        (void)snprintf(text, size, "our queue was full: points may be lost");
    } else if (a->holes) {
        *exit = xasExitLossy;
        (void)snprintf(text, size, "readings of a channel are missing");
    } else if (a->away) {
        *exit = xasExitInterrupted;
        (void)snprintf(text, size,
                       "points may be lost: the source was gone "
                       "for a while and no sequence PV counts");
    } else if (!n ||
               (planned && n < planned && a->rules.mode != xasModeContinuous)) {
        *exit = xasExitAborted;
        (void)snprintf(
            text, size, "ended after %lld of %lld points planned%s", n, planned,
            aborted->known ? "" : "; no PV says that it was aborted");
    }
}

void xasAssemblerFinish(xasAssembler *a, xasExit exit, const char *reason)
{
    xasScan *scan = a->scan;
    char own[XAS_REASON_SIZE] = "";

    a->finishing = true;
    for (size_t i = 0; i < a->nPending; i++)
        xasPendingExpire(xasAssemblerPending(a, i));
    xasAssemblerDrain(a);
    if (a->ops)
        a->ops->finish(a);
    if (a->ending)
        xasAssemblerLostAtEnd(a);
    xasAssemblerProvenLast(a);
    if (a->late > xasLateEvents)
        (void)xasScanAddEvent(scan, a->now_ns, "late",
                              "%zu values in all came after their points",
                              a->late);
    xasFinalApply(a);
    xasDetectorFinish(scan, &a->rules);
    if (exit == xasExitComplete && !reason[0])
        endReason(a, &exit, own, sizeof own);
    if (xasBeamLost(a, exit)) {
        exit = xasExitBeamLost;
        (void)snprintf(own, sizeof own,
                       "no beam when it ended, after %zu points", scan->n);
    }
    scan->exit = exit;
    (void)snprintf(scan->reason, sizeof scan->reason, "%s",
                   own[0] ? own : reason);
    scan->end_ns = scan->n ? scan->stamp_ns[scan->n - 1] : a->now_ns;
    if (!a->ended)
        a->ended = scan;
    else if (a->nLater < xasLaterMax)
        a->later[a->nLater++] = scan;
    a->scan = NULL;
    a->ending = a->resumed = a->finishing = false;
    xasAssemblerAct(a, (xasAction){ .kind = xasActionEnd });
}
