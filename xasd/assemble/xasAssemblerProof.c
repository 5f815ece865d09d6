/* SPDX-License-Identifier: BSD-3-Clause */
/* When the server may have overwritten values, and what proves a value then. */
#include "xasAssemblerParts.h"

#include <math.h>
#include <string.h>

/* A server overwrites when some 100 events (of a connection, of all stations
 * on it) wait in it: late by more than this above the usual, or so many of
 * this station in so short a time that a delay of it would not show. */
static const int64_t lagging_ns = 20000000;
/* Points before it may have suffered already. */
static const int64_t suffered_ns = 60000000;
/* What else is on its way at that moment arrives until then, in points and in
 * time. */
static const int settlePoints = 3;
static const int64_t settle_ns = 1000000000;
/* So many of a kind are a habit. */
static const int habit = 3;

bool xasAssemblerDoubts(const xasAssembler *a)
{
    return a->server.points > 0 || a->server.until_ns > a->now_ns;
}

bool xasAssemblerQuiet(const xasAssembler *a)
{
    const xasSource *closer = &a->source[a->closer];

    return !xasAssemblerDoubts(a) && closer->lags >= habit;
}

void xasAssemblerTrust(xasAssembler *a)
{
    bool counts = a->server.counts; /* that is how the PV is */

    memset(&a->server, 0, sizeof a->server);
    a->server.counts = counts;
    for (int r = 0; r < XAS_POINT_ROLES; r++)
        a->source[r].often = a->source[r].any = false;
}

static void spoil(xasAssembler *a, xasRecent *recent, xasRoles roles)
{
    xasScan *scan = a->scan;
    size_t i = recent->index;

    if (!roles || i >= scan->n)
        return;
    if (roles & a->significant)
        scan->flags[i] |= xasPointLate;
    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(roles & ~a->significant, r) && scan->channel[r])
            scan->channel[r][i] = NAN;
    recent->weak &= ~roles;
    recent->byStamp &= ~roles;
}

static void begin(xasAssembler *a)
{
    xasDoubt *d = &a->server;
    int64_t since = a->now_ns - suffered_ns;

    for (size_t i = d->added; i-- > 0 && i + xasBurst >= d->added;) {
        xasRecent *recent = &d->recent[i % xasBurst];

        if (recent->closed_ns < since)
            break;
        spoil(a, recent, recent->weak);
    }
    d->until_ns = a->now_ns + settle_ns;
    d->points = settlePoints;
}

unsigned xasAssemblerStride(const xasAssembler *a)
{
    unsigned few = 0; /* events of three points */

    for (int r = 0; r < XAS_POINT_ROLES; r++)
        few += xasAssemblerHas(a, r) ? 3 : 0;
    return 1 + few / xasBurst;
}

/* xasAssemblerHeld() has brought the least lag up to date. */
void xasAssemblerWatch(xasAssembler *a, const xasEvent *e)
{
    const xasSource *source = &a->source[e->role];
    xasDoubt *d = &a->server;
    int64_t first = d->received_ns[d->next % xasBurst];

    if (!a->scan || e->initial || e->kind != xasEventValue ||
        e->role > xasRoleSequence)
        return;
    if (d->events++ % a->stride)
        first = 0;
    else
        d->received_ns[d->next++ % xasBurst] = e->received_ns;
    if ((first && e->received_ns - first < lagging_ns) ||
        (source->lagKnown && !source->clockBad &&
         e->received_ns - e->stamp_ns - source->lag_ns > lagging_ns))
        begin(a);
}

static void spoilLast(xasAssembler *a, bool numbers)
{
    xasRecent *last = &a->server.recent[(a->server.added - 1) % xasBurst];

    if (a->server.added)
        spoil(a, last, last->weak | (numbers ? last->byStamp : 0));
}

/* The point before turns out to stand beside a gap: its number may be wrong,
 * and what only quiet times make sure is not. */
static void besideGap(xasAssembler *a)
{
    bool numbers = !a->server.counts;
    xasPending *p;

    if (a->nPending) {
        p = xasAssemblerPending(a, a->nPending - 1);
        p->unsure |= p->weak | (numbers ? p->byStamp : 0);
    } else {
        spoilLast(a, numbers);
    }
}

static void demandProof(xasAssembler *a)
{
    for (size_t i = 0; i < a->nPending; i++) {
        xasPending *p = xasAssemblerPending(a, i);

        p->unsure |= p->proof ? 0 : p->weak;
        p->proof = true;
    }
}

/* Is this the commit that follows the last one received? */
static bool follows(xasAssembler *a, const xasHeld *commit, int64_t number)
{
    xasDoubt *d = &a->server;
    bool step = commit->value == d->value + 1;

    if (a->closer == xasRoleSequence)
        d->counts = true;
    else if (xasAssemblerQuiet(a)) {
        d->steps = step ? d->steps + 1 : 0;
        d->counts = d->counts || d->steps >= habit;
    }
    if (d->counts)
        return step;
    return number >= 0 && d->number >= 0 && number == d->number + 1;
}

/* The number that the sequence PV gives to this commit, if it surely does. */
static int64_t numberOf(const xasAssembler *a, const xasHeld *commit)
{
    xasHeld v;

    if (a->closer == xasRoleSequence)
        return xasAssemblerNumber(commit);
    if (xasAssemblerPick(a, xasRoleSequence, commit, &v) < 0 || v.stampBad ||
        v.stamp_ns > commit->stamp_ns || v.stamp_ns <= a->server.commit_ns)
        return -1;
    return xasAssemblerNumber(&v);
}

/* The sequence PV may come too soon or too late; a commit that counts, too,
 * cannot disagree with itself. */
int64_t xasAssemblerCommitNumber(const xasAssembler *a, const xasHeld *commit)
{
    const xasDoubt *d = &a->server;
    double number = commit->value + d->offset;
    int64_t read = numberOf(a, commit);

    if (!d->offsetKnown || !(number >= 0) || !(number < 9e15) ||
        (!xasAssemblerDoubts(a) && read >= 0 && read == d->number + 1))
        return -1;
    return (int64_t)number;
}

static void sortRoles(const xasAssembler *a, xasPending *p)
{
    p->ahead = a->ahead;
    for (int r = 0; r < XAS_POINT_ROLES; r++) {
        const xasSource *s = &a->source[r];

        if (!xasAssemblerHas(a, r))
            continue;
        if (s->often || s->inOrder < habit || xasRolesHave(a->ahead, r))
            p->unlike |= xasRoleBit(r);
        if (s->often)
            p->often |= xasRoleBit(r);
        if (!s->any)
            p->constant |= xasRoleBit(r);
        if (s->server != a->source[a->closer].server)
            p->foreign |= xasRoleBit(r);
    }
}

void xasAssemblerProof(xasAssembler *a, xasPending *p, const xasHeld *commit)
{
    xasDoubt *d = &a->server;
    int64_t number = numberOf(a, commit);
    bool next = follows(a, commit, number) && d->closed && !commit->stampBad &&
                a->closer != xasAssemblerAxis(a);

    if (d->closed && commit->stamp_ns <= d->commit_ns)
        d->coarse = true;
    if (p->recheck && !a->doubt) /* else we have lost events, not it */
        begin(a);
    p->proof = p->recheck || xasAssemblerDoubts(a);
    p->number = xasAssemblerCommitNumber(a, commit);
    if (d->counts && !p->proof && number >= 0) {
        d->offset = (double)number - commit->value;
        d->offsetKnown = true;
    }
    p->after_ns = d->commit_ns;
    p->bracket = next && !d->coarse && !p->recheck;
    sortRoles(a, p);
    if (p->proof)
        demandProof(a);
    if (p->proof && d->closed && !next &&
        (d->counts || number >= 0 || d->number >= 0))
        besideGap(a);
    /* no PV tells whether an energy was left out */
    if (p->proof && a->closer == xasAssemblerAxis(a))
        p->unsure |= xasRoleBit(a->closer);
    d->closed = true;
    d->value = commit->value;
    d->commit_ns = commit->stamp_ns;
    d->number = number;
    if (d->points > 0)
        d->points--;
}

void xasAssemblerProven(xasAssembler *a, const xasPending *p)
{
    xasDoubt *d = &a->server;

    d->recent[d->added++ % xasBurst] = (xasRecent){
        .byStamp = p->byStamp,
        .weak = p->weak,
        .closed_ns = p->asked_ns,
        .index = a->scan->n - 1,
    };
}

void xasAssemblerProvenLast(xasAssembler *a)
{
    const xasDoubt *d = &a->server;

    if (!d->counts && xasAssemblerDoubts(a) &&
        (d->number < 0 || a->endNumber != d->number))
        spoilLast(a, true);
}
