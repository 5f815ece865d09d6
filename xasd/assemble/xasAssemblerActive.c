/* SPDX-License-Identifier: BSD-3-Clause */
/* Start and end of a scan, and the monitors that close its points. */
#include "xasAssemblerParts.h"
#include "xasAxis.h"
#include "xasFinal.h"

#include <math.h>

/* Without a commit PV the energy has moved on when it differs by XAS_SAME_EV
 * and by this part: the read-back of a monochromator moves by some parts of its
 * resolution, which is 1e-4 of the energy. */
static const double movedPart = 3e-6;

void xasAssemblerMayBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
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

void xasAssemblerOtherScan(xasAssembler *a)
{
    const xasHeld *number = &a->source[xasRoleSequence].last;
    const xasHeld *active = &a->source[xasRoleActive].last;

    if (!a->scan || a->ending || !xasAssemblerIsSet(active) ||
        (!otherSample(a, active) &&
         xasAssemblerBaseline(a, xasAssemblerNumber(number))))
        return;
    xasAssemblerFinish(a, xasExitInterrupted,
                       "another scan had begun when its PVs came back");
    xasAssemblerMayBegin(a, active->stamp_ns, true,
                         "joined: it was running already");
    if (a->scan)
        (void)xasAssemblerBaseline(a, xasAssemblerNumber(number));
}

static bool closes(const xasAssembler *a, double value)
{
    switch (a->closer == xasRoleCommit ? a->rules.commit_when : xasCommitAny) {
    case xasCommitZero: return value == 0;
    case xasCommitSet: return value < 0 || value > 0; /* no NaN */
    case xasCommitAny: break;
    }
    return value >= 0; /* no NaN */
}

void xasAssemblerCommit(xasAssembler *a, const xasEvent *e)
{
    xasHeld held = xasAssemblerHeld(a, e);

    xasAssemblerWatch(a, e);
    a->source[e->role].last = held;
    if (e->initial) {
        if (a->closer == xasRoleSequence)
            xasAssemblerOtherScan(a);
        return;
    }
    if (!closes(a, held.value))
        return;
    if (xasInfers(a) && a->ending && held.stamp_ns > a->end_ns) {
        xasAssemblerFinish(a, xasExitComplete, "");
        xasInferValue(a, e);
    }
    if (!a->scan && xasAssemblerIsSet(&a->source[xasRoleActive].last))
        xasAssemblerMayBegin(a, held.stamp_ns, true,
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

static bool detectorPosted(const xasAssembler *a, const xasHeld *commit)
{
    for (int r = xasRoleI0; r < xasChannelCount; r++) {
        xasHeld v;

        if (r != xasRoleAngle &&
            xasAssemblerPick(a, (xasRole)r, commit, &v) >= 0 &&
            (v.stampBad || commit->stampBad || v.stamp_ns <= commit->stamp_ns))
            return true;
    }
    return false;
}

static double energyOf(const xasAssembler *a, const xasHeld *held)
{
    return xasAssemblerHas(a, xasRoleAngle)
               ? xasAxisEnergy(held->value, a->rules.d_spacing_A)
               : held->value * a->rules.energy_scale;
}

/* No commit PV: a new energy closes the point, if a detector has spoken. */
void xasAssemblerEnergy(xasAssembler *a, const xasHeld *value)
{
    xasSource *source = &a->source[xasAssemblerAxis(a)];
    double moved = energyOf(a, value) - energyOf(a, &source->last);
    xasHeld commit = *value;

    commit.stamp_ns--; /* just before it moved */
    if (source->last.known && fabs(moved) > XAS_SAME_EV &&
        fabs(moved) > movedPart * energyOf(a, &source->last) &&
        detectorPosted(a, &commit))
        xasAssemblerClose(a, &commit, &source->last);
    source->last = *value;
}

double xasAssemblerEnergyOf(const xasAssembler *a, const xasHeld *held)
{
    return energyOf(a, held);
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
    xasFinalEnding(a);
    if (!a->ops && a->closer == xasAssemblerAxis(a) && detectorPosted(a, &v))
        xasAssemblerClose(a, &v, &a->source[xasAssemblerAxis(a)].last);
    a->endOpen = 0;
    for (int r = 0; r < xasRoleCount; r++)
        if (xasRolesHave(wanted, r) && xasAssemblerHas(a, (xasRole)r) &&
            a->source[r].connected)
            a->endOpen |= xasRoleBit(r);
    if (a->endOpen)
        xasAssemblerAsk(a, a->endOpen, &a->endAsk);
}

void xasAssemblerEndNow(xasAssembler *a, const char *why)
{
    xasHeld now = { .stamp_ns = a->now_ns, .stampBad = true, .known = true };

    /* by the clock of the readings, whatever ours says */
    for (int r = 0; r < XAS_POINT_ROLES; r++) {
        const xasSource *s = &a->source[r];
        xasHeld v = xasAssemblerClock(a, (xasRole)r, s->last);

        if (!s->any || v.stampBad ||
            (!now.stampBad && v.stamp_ns <= now.stamp_ns))
            continue;
        now.stamp_ns = v.stamp_ns;
        now.stampBad = false;
    }
    a->endWhy = why;
    startEnding(a, &now);
}

static void activeState(xasAssembler *a, bool on, const xasHeld *held)
{
    if (a->scan && on && a->ending)
        xasAssemblerFinish(a, xasExitComplete, "");
    if (!a->scan && on) {
        xasAssemblerMayBegin(a, held->stamp_ns, true,
                             "joined: it was running already");
    } else if (a->scan && on) {
        a->resumed = false;
        xasAssemblerOtherScan(a);
    } else if (a->scan && !a->ending) {
        xasAssemblerFinish(a, xasExitInterrupted,
                           "it had ended when its PVs came back");
    }
}

void xasAssemblerActive(xasAssembler *a, const xasEvent *e)
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
            xasAssemblerMayBegin(a, held.stamp_ns, false, "active went to 1");
        else if (!a->scan)
            xasAssemblerMayBegin(a, held.stamp_ns, true,
                                 "joined: it was running already");
    } else if (a->scan && !a->ending) {
        startEnding(a, &held);
    }
}
void xasAssemblerEndReply(xasAssembler *a, xasRole role, const xasHeld *held)
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

/* The end waits for what is pending and for numbers that must still come. */
void xasAssemblerCheckEnd(xasAssembler *a)
{
    const xasCounting *c = &a->count;

    if (!a->scan || !a->ending || a->endOpen || a->nPending ||
        xasFinalWaits(a) || (a->ops && !a->ops->ended(a)) ||
        (!xasFinalReady(a) && c->known && a->endNumber > c->last + c->unknown))
        return;
    xasAssemblerFinish(a, xasExitComplete, "");
}
