/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasFinal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasAxis.h"
#include "xasDetector.h"

typedef struct Column {
    double *value; /* [n] */
    size_t n;
    uint8_t severity;
} Column;

struct xasFinal {
    xasRoles connected; /* arrays */
    bool posted;        /* in this scan */
    int64_t posted_ns;  /* stamp of that */
    bool posting;       /* data was 0 in this scan */
    uint32_t ask, askValid;
    xasRoles open, have;
    bool validOpen;
    double valid; /* points in the arrays; NaN unknown */
    Column column[xasChannelCount];
};

static void drop(xasFinal *f)
{
    for (int r = 0; r < xasChannelCount; r++) {
        free(f->column[r].value);
        f->column[r] = (Column){ .value = NULL };
    }
    f->have = 0;
}

xasStatus xasFinalCreate(xasAssembler *a)
{
    if (a->rules.mode != xasModeStep || !a->rules.final ||
        !xasAssemblerHas(a, xasRoleData))
        return xasOk;
    a->final = calloc(1, sizeof *a->final);
    if (!a->final)
        return xasErrMemory;
    a->final->valid = NAN;
    return xasOk;
}

void xasFinalDestroy(xasAssembler *a)
{
    if (a->final)
        drop(a->final);
    free(a->final);
}

void xasFinalReset(xasAssembler *a)
{
    xasFinal *f = a->final;

    if (!f)
        return;
    drop(f);
    f->posted = f->posting = f->validOpen = false;
    f->open = 0;
    f->ask = f->askValid = 0;
    f->valid = NAN;
}

static void ask(xasAssembler *a)
{
    xasFinal *f = a->final;

    drop(f);
    f->open = a->rules.final & f->connected;
    f->validOpen = a->source[xasRoleValid].connected;
    if (f->validOpen)
        xasAssemblerAsk(a, xasRoleBit(xasRoleValid), &f->askValid);
    if (!f->open)
        return;
    xasAssemblerAsk(a, f->open, &f->ask);
    a->action[a->nActions - 1].arrays = true;
}

static void dataSet(xasAssembler *a, const xasHeld *held)
{
    xasFinal *f = a->final;

    if (!a->scan || f->posted ||
        (!held->stampBad && held->stamp_ns < a->scan->start_ns))
        return; /* or of the scan before */
    f->posted = true;
    f->posted_ns = held->stamp_ns;
    ask(a);
}

/* A new scan begins; if active has not fallen between, it is told by this. */
static void dataCleared(xasAssembler *a, const xasHeld *held)
{
    xasFinal *f = a->final;

    if (!a->scan)
        return;
    if (f->posted && !a->ending) {
        xasAssemblerFinish(a, xasExitComplete, "");
        xasAssemblerMayBegin(a, held->stamp_ns, false, "data went to 0");
    }
    if (!a->ending)
        f->posting = true;
}

void xasFinalScalar(xasAssembler *a, const xasEvent *e)
{
    xasFinal *f = a->final;
    bool reply = e->kind == xasEventReply;
    xasHeld held;

    if (!f || (e->role != xasRoleValid && e->role != xasRoleData))
        return;
    held = xasAssemblerHeld(a, e);
    if (held.severity >= 3 || isnan(held.value))
        held.known = false; /* tells nothing */
    if (e->role == xasRoleValid) {
        if (reply && f->validOpen && e->ask == f->askValid) {
            f->validOpen = false;
            /* the next scan's count starts from 0 */
            if (held.known && !(held.value < f->valid))
                f->valid = held.value;
        } else if (held.known && !e->initial && !f->posted) {
            f->valid = held.value;
        }
    } else if (held.known && held.value == 0) {
        dataCleared(a, &held);
    } else if (held.known && (!e->initial || f->posting || a->ending)) {
        dataSet(a, &held);
    }
}

static void take(xasAssembler *a, const xasEvent *e)
{
    xasFinal *f = a->final;
    Column *column = &f->column[e->role];

    if (e->severity >= 3 && !e->count)
        return; /* the get has failed */
    column->value = malloc(e->count ? e->count * sizeof *e->array : 1);
    if (!column->value) {
        a->status = xasErrMemory;
        return;
    }
    if (e->count)
        memcpy(column->value, e->array, e->count * sizeof *e->array);
    column->n = e->count;
    column->severity = e->severity;
    f->have |= xasRoleBit(e->role);
}

void xasFinalArray(xasAssembler *a, const xasEvent *e)
{
    xasFinal *f = a->final;
    xasRoles bit = xasRoleBit(e->role);

    if (!f || e->role >= xasChannelCount)
        return;
    if (e->kind == xasEventConnect) {
        f->connected |= bit;
    } else if (e->kind == xasEventDisconnect) {
        f->connected &= ~bit;
        f->open &= ~bit;
    } else if (e->kind == xasEventReply && e->ask == f->ask &&
               (f->open & bit)) {
        f->open &= ~bit;
        take(a, e);
    }
}

void xasFinalEnding(xasAssembler *a)
{
    if (a->final)
        a->endDeadline_ns =
            a->now_ns + xasAssemblerNs(a->rules.array_timeout_s);
}

bool xasFinalWaits(const xasAssembler *a)
{
    const xasFinal *f = a->final;

    if (!f)
        return false;
    return f->posted ? f->open || f->validOpen
                     : a->source[xasRoleData].connected;
}

/* Points in the arrays, behind which they are padded; 0: no telling. */
static size_t countOf(const xasAssembler *a)
{
    const xasFinal *f = a->final;
    double n = isnan(f->valid) ? (double)a->scan->planned : f->valid;

    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(f->have, r) && (double)f->column[r].n < n)
            n = (double)f->column[r].n;
    return n > 0 ? (size_t)n : 0;
}

/* Without a count of its own a scan holds what was planned, if it was not cut
 * short. */
static bool asPlanned(const xasAssembler *a)
{
    const xasHeld *aborted = &a->source[xasRoleAborted].last;

    return a->scan->planned > 0 && aborted->known && aborted->severity < 3 &&
           aborted->value == 0;
}

/* Points seen live; a commit that was repeated makes one twice. */
static size_t seen(const xasScan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++)
        n += !(scan->flags[i] & xasPointDuplicate);
    return n;
}

/* Why the arrays cannot stand for the points; NULL if they can. */
static const char *refusal(const xasAssembler *a)
{
    const xasFinal *f = a->final;

    if (!f->posted)
        return "were not posted";
    if (a->rules.final & a->significant & ~f->have)
        return "did not come";
    if (isnan(f->valid) && !asPlanned(a))
        return "may be padded, and no PV tells how many points are valid";
    if (countOf(a) < seen(a->scan))
        return "have fewer points than were seen";
    return NULL;
}

bool xasFinalReady(const xasAssembler *a)
{
    return a->final && a->scan && !xasFinalWaits(a) && !refusal(a);
}

/* Points of the scan as it was, whose arrays have been taken out of it. */
typedef struct Live {
    double *channel[xasChannelCount];
    int64_t *stamp_ns;
    uint32_t *flags;
    size_t n, capacity;
    double low_eV, high_eV;
} Live;

static void moveOut(xasScan *scan, Live *live)
{
    *live = (Live){ .stamp_ns = scan->stamp_ns,
                    .flags = scan->flags,
                    .n = scan->n,
                    .capacity = scan->capacity,
                    .low_eV = scan->low_eV,
                    .high_eV = scan->high_eV };
    memcpy(live->channel, scan->channel, sizeof live->channel);
    memset(scan->channel, 0, sizeof scan->channel);
    scan->stamp_ns = NULL;
    scan->flags = NULL;
    scan->n = scan->capacity = 0;
    scan->low_eV = scan->high_eV = NAN;
}

static void freeLive(Live *live)
{
    for (int r = 0; r < xasChannelCount; r++)
        free(live->channel[r]);
    free(live->stamp_ns);
    free(live->flags);
}

static void moveBack(xasScan *scan, Live *live)
{
    Live made;

    moveOut(scan, &made);
    freeLive(&made);
    memcpy(scan->channel, live->channel, sizeof scan->channel);
    scan->stamp_ns = live->stamp_ns;
    scan->flags = live->flags;
    scan->n = live->n;
    scan->capacity = live->capacity;
    scan->low_eV = live->low_eV;
    scan->high_eV = live->high_eV;
}

static double energyAt(const xasAssembler *a, size_t i)
{
    xasRole axis = xasAssemblerAxis(a);
    const Column *column = &a->final->column[axis];
    double value[xasChannelCount];

    if (!xasRolesHave(a->final->have, (int)axis))
        return NAN;
    value[axis] = column->value[i];
    (void)xasAxisPoint(&a->rules, value);
    return value[xasRoleEnergy];
}

/* Live points are some of the final ones, in the same order.
 * of  [n] for each final point its live one, SIZE_MAX if it was missed */
static size_t match(const xasAssembler *a, const Live *live, size_t n,
                    size_t *of)
{
    const double *energy = live->channel[xasRoleEnergy];
    size_t next = 0, matched = 0;

    for (size_t i = 0; i < n; i++)
        of[i] = SIZE_MAX;
    for (size_t j = 0; j < live->n; j++) {
        size_t i = next;

        while (i < n && !(fabs(energyAt(a, i) - energy[j]) < XAS_SAME_EV))
            i++;
        if (i == n)
            continue;
        of[i] = j;
        matched++;
        next = i + 1;
    }
    return matched;
}

/* Point i of the arrays; what they lack is its live point's, if it has one. */
static uint32_t pointAt(const xasAssembler *a, size_t i, const Live *live,
                        size_t j, double value[xasChannelCount])
{
    const xasFinal *f = a->final;
    bool seen = j != SIZE_MAX, whole = !(a->significant & ~f->have);
    uint32_t flags = seen ? live->flags[j] : 0;

    /* what the arrays hold is neither late nor lost */
    flags &= ~(
        uint32_t)(xasPointDuplicate | xasPointLowI0 |
                  (whole ? xasPointLate | xasPointDisconnected | xasPointInvalid
                         : 0));
    for (int r = 0; r < xasChannelCount; r++) {
        value[r] = seen && live->channel[r] ? live->channel[r][j] : NAN;
        if (!xasRolesHave(f->have, r))
            continue;
        value[r] = f->column[r].value[i];
        if (f->column[r].severity >= 3 && xasRolesHave(a->significant, r))
            flags |= xasPointInvalid;
    }
    if (xasRolesHave(f->have, (int)xasAssemblerAxis(a)))
        flags |= xasAxisPoint(&a->rules, value);
    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(a->significant, r) && !isfinite(value[r]))
            flags |= xasRolesHave(f->have, r) ? xasPointInvalid : xasPointLate;
    if (a->rules.i0_min > 0 &&
        value[xasRoleI0] - a->rules.dark[xasRoleI0] < a->rules.i0_min)
        flags |= xasPointLowI0;
    return flags;
}

static xasStatus replace(xasAssembler *a, const Live *live, size_t n,
                         const size_t *of)
{
    xasScan *scan = a->scan;
    double value[xasChannelCount];
    xasStatus status = xasOk;

    scan->leftOut = 0;
    for (size_t i = 0; i < n && !status; i++) {
        uint32_t flags = pointAt(a, i, live, of[i], value);

        flags = xasDetectorPoint(scan, &a->rules, value, flags);
        status = xasScanAddPoint(scan, value,
                                 of[i] == SIZE_MAX ? a->final->posted_ns
                                                   : live->stamp_ns[of[i]],
                                 flags);
    }
    return status;
}

void xasFinalApply(xasAssembler *a)
{
    xasScan *scan = a->scan;
    xasFinal *f = a->final;
    const char *why;
    size_t n, matched, *of;
    Live live;

    if (!f)
        return;
    why = refusal(a);
    if (why) {
        if (scan->n || f->posted)
            (void)xasScanAddEvent(scan, a->now_ns, "final",
                                  "live points stay: final arrays %s", why);
        return;
    }
    n = countOf(a);
    of = malloc((n + 1) * sizeof *of);
    if (!of) {
        a->status = xasErrMemory;
        return;
    }
    moveOut(scan, &live);
    matched = match(a, &live, n, of);
    a->status = replace(a, &live, n, of);
    if (a->status) {
        moveBack(scan, &live);
    } else {
        (void)xasScanAddEvent(
            scan, f->posted_ns, "final",
            "%zu points of the final arrays replaced %zu live ones; %zu were "
            "seen live, the others have the arrays' stamp",
            n, live.n, matched);
        freeLive(&live);
        scan->lost = 0;
        a->missedStart = a->overflow = a->away = false;
        if (n)
            xasAssemblerAct(
                a, (xasAction){ .kind = xasActionPoint, .index = n - 1 });
    }
    free(of);
}
