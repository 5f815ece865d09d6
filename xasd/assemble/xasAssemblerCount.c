/* SPDX-License-Identifier: BSD-3-Clause */
/* The numbers of the points tell what is lost. */
#include "xasAssemblerParts.h"

int64_t xasAssemblerNumber(const xasHeld *value)
{
    /* NaN fails both comparisons */
    if (!value->known || value->severity >= 3 || !(value->value >= 0) ||
        !(value->value < 9e15))
        return -1;
    return (int64_t)value->value;
}

static void lose(xasAssembler *a, int64_t points, int64_t after, int64_t upTo)
{
    a->scan->lost += points;
    (void)xasScanAddEvent(a->scan, a->now_ns, "gap",
                          "%lld points lost between number %lld and %lld",
                          (long long)points, (long long)after, (long long)upTo);
}

/* The first number of a scan. A counter either starts anew, at 0 or 1, or goes
 * on from the scan before: of both readings the one with less loss holds. */
static void firstNumber(xasAssembler *a, int64_t number)
{
    int64_t before = a->count.before;
    int64_t missing = number - (a->numbersFrom0 ? 0 : 1);

    if (a->count.blind)
        return;
    if (!a->joined && before >= 0 && number > before &&
        number - before - 1 < missing)
        missing = number - before - 1;
    if (number == 0)
        a->numbersFrom0 = true;
    if (a->joined && a->scan->planned && number > a->scan->planned) {
        a->missedStart = true; /* a counter that never starts anew */
    } else if (missing > 0) {
        a->missedStart = a->joined;
        lose(a, missing, number - missing - 1, number);
    }
}

/* Returns whether points were lost just before this one. */
bool xasAssemblerCount(xasAssembler *a, const xasPending *p)
{
    xasRoles bad = p->unsure | p->gone;
    xasCounting *c = &a->count;
    int64_t number, due;
    bool lost = false;

    if (!(a->rules.roles & xasRoleBit(xasRoleSequence)))
        return false;
    number = p->number;
    if (number < 0 && !(bad & xasRoleBit(xasRoleSequence)))
        number = xasAssemblerNumber(&p->held[xasRoleSequence]);
    if (number < 0) {
        c->unknown++;
        return false;
    }
    due = c->last + 1 + c->unknown;
    if (!c->known) {
        firstNumber(a, number - c->unknown);
    } else if (number > due) {
        lost = true;
        lose(a, number - due, due - 1, number);
    } else if (number < c->last) {
        (void)xasScanAddEvent(a->scan, a->now_ns, "sequence",
                              "went back from %lld to %lld", (long long)c->last,
                              (long long)number);
    }
    c->known = true;
    c->last = a->scan->sequence = number;
    c->unknown = 0;
    return lost;
}

bool xasAssemblerBaseline(xasAssembler *a, int64_t number)
{
    xasCounting *c = &a->count;
    int64_t missing;

    if (number < 0)
        return true;
    if (c->known)
        return number >= c->last;
    if (!a->joined || a->scan->n || a->nPending)
        return true;
    c->known = true;
    c->last = c->seen = number;
    missing = a->numbersFrom0 ? number + 1 : number;
    if (missing > 0)
        a->missedStart = true;
    /* above planned it is a counter that never starts anew: no telling */
    if (missing > 0 && !(a->scan->planned && missing > a->scan->planned))
        lose(a, missing, number - missing, number + 1);
    return true;
}

/* Where the sequence PV is back at rest, the plan tells of a lost end, if the
 * station says that nothing cut the scan short. */
static int64_t missingToPlan(const xasAssembler *a)
{
    const xasHeld *aborted = &a->source[xasRoleAborted].last;
    const xasScan *scan = a->scan;

    if (a->endNumber >= 0 || !aborted->known || aborted->severity >= 3 ||
        aborted->value != 0)
        return 0;
    return scan->planned - (int64_t)scan->n - scan->lost;
}

void xasAssemblerLostAtEnd(xasAssembler *a)
{
    const xasCounting *c = &a->count;
    int64_t missing = missingToPlan(a);

    if (c->known && a->endNumber > c->last + c->unknown)
        missing = a->endNumber - c->last - c->unknown;
    if (c->known && missing > 0)
        lose(a, missing, c->last, c->last + c->unknown + missing + 1);
}
