/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasPending.h"

#include <math.h>

static const xasHeld nothing = { .value = NAN };
/* What the estimate of another clock may be wrong by. */
static const int64_t foreign_ns = 5000000;

static void answer(xasPending *p, xasRole role, bool sure)
{
    p->open &= ~xasRoleBit(role);
    if (!sure || !p->held[role].known)
        p->unsure |= xasRoleBit(role);
}

static bool beforeCommit(const xasPending *p, const xasHeld *value)
{
    return !value->stampBad && value->stamp_ns <= p->commit_ns;
}

static bool isBetween(const xasPending *p, xasRole role, const xasHeld *value)
{
    int64_t margin = p->foreign & xasRoleBit(role) ? foreign_ns : 0;

    return !p->stampBad && value->known && !value->stampBad &&
           value->stamp_ns > p->after_ns + margin &&
           value->stamp_ns <= p->commit_ns - margin;
}

bool xasPendingProves(const xasPending *p, xasRole role, const xasHeld *value)
{
    return p->bracket && !(p->unlike & xasRoleBit(role)) &&
           isBetween(p, role, value);
}

bool xasPendingSeems(const xasPending *p, xasRole role, const xasHeld *value)
{
    return (p->bracket || !p->after_ns) &&
           !((p->ahead | p->often) & xasRoleBit(role)) &&
           isBetween(p, role, value);
}

/* Nothing newer or older says that this is not the point's value: enough as
 * long as the server overwrites nothing. */
static void believe(xasPending *p, xasRole role, bool sure)
{
    if (p->open & xasRoleBit(role))
        p->weak |= xasRoleBit(role);
    answer(p, role, sure && !p->proof);
}

static void before(xasPending *p, xasRole role, const xasHeld *value)
{
    xasRoles bit = xasRoleBit(role);

    p->held[role] = *value;
    if (!p->proof) {
        answer(p, role, true);
    } else if (xasPendingProves(p, role, value)) {
        p->byStamp |= bit;
        answer(p, role, true);
    } else if (!(p->open & bit)) {
        answer(p, role, false);
    } /* else its get tells */
}

/* Monitors of one PV come in order.  So one that is newer than the commit
 * proves that none older is on its way: the value held before is the point's.
 * Unless monitors were lost just before, may have been overwritten in a server
 * that could not send, or the clock is useless. */
bool xasPendingMonitor(xasPending *p, xasRole role, const xasHeld *value)
{
    if (p->gone & xasRoleBit(role))
        return false;
    if (beforeCommit(p, value)) {
        before(p, role, value);
        return true;
    }
    if (p->open & xasRoleBit(role))
        believe(p, role, !value->stampBad);
    return false;
}

/* A reply made after the commit: an equal value means that nothing changed
 * (a record processed without a change posts no monitor).  Another value
 * means that it changed after the commit, or before it with the monitor still
 * on its way: the next monitor tells, see above, and is waited for. */
bool xasPendingReply(xasPending *p, xasRole role, const xasHeld *value)
{
    xasHeld *held = &p->held[role];

    if (!(p->open & xasRoleBit(role)))
        return false;
    if (beforeCommit(p, value)) {
        *held = *value;
        answer(p, role, !p->proof || !(p->ahead & xasRoleBit(role)));
        return true;
    }
    if (held->known && held->severity == value->severity &&
        (held->value == value->value ||
         (isnan(held->value) && isnan(value->value)))) {
        if (p->constant & xasRoleBit(role))
            answer(p, role, true);
        else
            believe(p, role, true);
    } else if (value->stampBad) {
        *held = *value;
        answer(p, role, false);
    } else if (p->proof || !held->known) {
        answer(p, role, false);
    } else {
        p->replied |= xasRoleBit(role);
    }
    return false;
}

void xasPendingGone(xasPending *p, xasRole role)
{
    if (!(p->open & xasRoleBit(role)))
        return;
    p->open &= ~xasRoleBit(role);
    p->gone |= xasRoleBit(role);
    p->held[role] = nothing;
}

/* With a reply that was newer than the commit the value before is the best
 * guess, without any the value is unknown: both are said to be unsure. */
void xasPendingExpire(xasPending *p)
{
    for (int r = 0; r < XAS_POINT_ROLES; r++)
        if (p->open & ~p->replied & xasRoleBit(r))
            p->held[r] = nothing;
    p->unsure |= p->open;
    p->open = 0;
}
