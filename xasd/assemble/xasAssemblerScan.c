/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans out: begin, points, their numbers, end. */
#include "xasAssemblerParts.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double nsPerS = 1e9;

static bool has(const xasAssembler *a, xasRole role)
{
    return xasRolesHave(a->rules.roles, role);
}

static bool isLeap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Station and UTC time: of the start, or of the joining, since an earlier part
 * of that scan may have got its start. Plain arithmetic: no clock here. */
static void nameUid(xasScan *scan, int64_t ns)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    int64_t ms = ns > 0 ? ns / 1000000 : 0;
    int64_t day = ms / 86400000, year = 1970;
    unsigned s = (unsigned)(ms / 1000 % 86400);
    int month = 0, length = 31;

    for (; day >= 365 + isLeap(year); year++)
        day -= 365 + isLeap(year);
    for (; day >= length; month++) {
        day -= length;
        length = lengths[(month + 1) % 12] + (month == 0 && isLeap(year));
    }
    (void)snprintf(scan->uid, sizeof scan->uid,
                   "%s-%04u%02u%02uT%02u%02u%02u.%03uZ", scan->station,
                   (unsigned)year % 10000, ((unsigned)month + 1) % 100,
                   ((unsigned)day + 1) % 100, s / 3600 % 24, s / 60 % 60,
                   s % 60, (unsigned)(ms % 1000));
}

static void takeElement(xasScan *scan, const char *text)
{
    size_t n = strlen(text);
    bool good = n > 0 && n < sizeof scan->element &&
                isupper((unsigned char)text[0]) &&
                (n == 1 || islower((unsigned char)text[1]));

    (void)snprintf(scan->element, sizeof scan->element, "%s", good ? text : "");
}

static void takeShell(xasScan *scan, const char *text)
{
    scan->shell = text[0] == 'K'   ? xasShellK
                  : text[0] == 'L' ? xasShellL
                                   : xasShellNone;
}

static void takeText(xasAssembler *a, xasRole role)
{
    const char *text = a->text[role - xasRoleSample];
    xasScan *scan = a->scan;

    if (a->cut & xasRoleBit(role))
        (void)xasScanAddEvent(scan, a->now_ns, "cut",
                              "%s may be longer than the 39 bytes we got",
                              xasRoleName(role));
    if (role == xasRoleSample)
        (void)snprintf(scan->sample, sizeof scan->sample, "%s", text);
    else if (role == xasRoleFormula)
        (void)snprintf(scan->formula, sizeof scan->formula, "%s", text);
    else if (role == xasRoleComment)
        (void)snprintf(scan->comment, sizeof scan->comment, "%s", text);
    else if (role == xasRoleElement && !a->rules.element[0])
        takeElement(scan, text);
    else if (role == xasRoleEdge && a->rules.shell == xasShellNone)
        takeShell(scan, text);
}

void xasAssemblerText(xasAssembler *a, xasRole role, int64_t stamp_ns)
{
    if (!a->scan || a->resumed)
        return;
    if (!a->scan->n && !a->nPending)
        takeText(a, role);
    else
        (void)xasScanAddEvent(a->scan, stamp_ns, xasRoleName(role),
                              "is now \"%.60s\"; this scan keeps its own",
                              a->text[role - xasRoleSample]);
}

void xasAssemblerRenamed(xasAssembler *a)
{
    const char *name = a->text[0]; /* xasRoleSample */

    if (a->scan && !a->ending && name[0])
        a->renamed = strcmp(name, a->scan->sample) != 0;
}

void xasAssemblerReset(xasAssembler *a)
{
    const xasHeld *number = &a->source[xasRoleSequence].last;

    a->ending = a->resumed = a->joined = a->missedStart = false;
    a->overflow = a->away = a->doubt = a->renamed = false;
    a->ahead = 0;
    a->firstPending = a->nPending = 0;
    a->lastCommit_ns = 0;
    a->progress_ns = a->now_ns;
    a->count = (xasCounting){ .seen = -1 };
    a->count.before = xasAssemblerNumber(number);
    for (int r = 0; r < xasRoleCount; r++)
        a->source[r].posted = a->source[r].lagKnown = a->source[r].lost = false;
    if (a->ops)
        a->ops->begin(a);
}

void xasAssemblerDwell(xasAssembler *a, const xasHeld *dwell)
{
    if (dwell->known && dwell->severity < 3 && dwell->value > 0)
        a->scan->dead_per_count = a->rules.dead_time_s / dwell->value;
}

void xasAssemblerBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
                       const char *why)
{
    const xasHeld *planned = &a->source[xasRolePlanned].last;
    xasStatus status = xasScanCreate(a->rules.roles, &a->scan);
    xasScan *scan = a->scan;

    xasAssemblerReset(a);
    if (status) {
        a->scan = NULL;
        a->status = status;
        return;
    }
    a->joined = joined;
    scan->start_ns = scan->end_ns = stamp_ns;
    (void)snprintf(scan->station, sizeof scan->station, "%s", a->rules.station);
    (void)snprintf(scan->mode, sizeof scan->mode, "%s",
                   xasModeName(a->rules.mode));
    (void)snprintf(scan->element, sizeof scan->element, "%s", a->rules.element);
    scan->detection = a->rules.detection;
    scan->shell = a->rules.shell;
    if (planned->known && planned->value > 0 && planned->value < 1e9)
        scan->planned = (int64_t)planned->value;
    memcpy(scan->dark, a->rules.dark, sizeof scan->dark);
    if (has(a, xasRoleAngle))
        scan->d_spacing_A = a->rules.d_spacing_A;
    xasAssemblerDwell(a, &a->source[xasRoleDwell].last);
    nameUid(scan, joined ? a->now_ns : stamp_ns);
    (void)xasScanAddEvent(scan, stamp_ns, "start", "%s", why);
    for (int r = xasRoleSample; r < xasRoleCount; r++)
        takeText(a, (xasRole)r);
    xasAssemblerAct(a, (xasAction){ .kind = xasActionStart });
}

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
static bool countPoint(xasAssembler *a, const xasPending *p)
{
    xasRoles bad = p->unsure | p->gone;
    xasCounting *c = &a->count;
    int64_t number, due;
    bool lost = false;

    if (!(a->rules.roles & xasRoleBit(xasRoleSequence)))
        return false;
    number = xasAssemblerNumber(&p->held[xasRoleSequence]);
    if (number < 0 || (bad & xasRoleBit(xasRoleSequence))) {
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
    if (a->rules.i0_min > 0 && i0->known && i0->value < a->rules.i0_min)
        flags |= xasPointLowI0;
    return flags;
}

static void addPoint(xasAssembler *a, const xasPending *p)
{
    uint32_t flags = flagsOf(a, p, countPoint(a, p));
    double value[xasChannelCount];
    xasStatus status;

    for (int r = 0; r < xasChannelCount; r++) {
        const xasHeld *held = &p->held[r];
        /* no flag speaks for a channel that is not significant */
        bool doubtful = held->severity >= 3 || (p->unsure & xasRoleBit(r));

        value[r] = held->known ? held->value : NAN;
        if (doubtful && !(a->significant & xasRoleBit(r)))
            value[r] = NAN;
    }
    value[xasRoleEnergy] *= a->rules.energy_scale;
    status = xasScanAddPoint(a->scan, value, p->commit_ns, flags);
    a->progress_ns = a->now_ns;
    if (!status) {
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
    (void)snprintf(text, size, "active went to 0 after %lld points", n);
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
    } else if (a->away) {
        *exit = xasExitInterrupted;
        (void)snprintf(text, size,
                       "points may be lost: the source was gone "
                       "for a while and no sequence PV counts");
    } else if (!n || (planned && n < planned)) {
        *exit = xasExitAborted;
        (void)snprintf(text, size, "ended after %lld of %lld points planned", n,
                       planned);
    }
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

static void lostAtEnd(xasAssembler *a)
{
    const xasCounting *c = &a->count;
    int64_t missing = missingToPlan(a);

    if (c->known && a->endNumber > c->last + c->unknown)
        missing = a->endNumber - c->last - c->unknown;
    if (c->known && missing > 0)
        lose(a, missing, c->last, c->last + c->unknown + missing + 1);
}

void xasAssemblerFinish(xasAssembler *a, xasExit exit, const char *reason)
{
    xasScan *scan = a->scan;
    char own[XAS_REASON_SIZE] = "";

    for (size_t i = 0; i < a->nPending; i++)
        xasPendingExpire(xasAssemblerPending(a, i));
    xasAssemblerDrain(a);
    if (a->ops)
        a->ops->finish(a);
    if (a->ending)
        lostAtEnd(a);
    if (exit == xasExitComplete)
        endReason(a, &exit, own, sizeof own);
    scan->exit = exit;
    (void)snprintf(scan->reason, sizeof scan->reason, "%s",
                   own[0] ? own : reason);
    scan->end_ns = scan->n ? scan->stamp_ns[scan->n - 1] : a->now_ns;
    a->ended = scan;
    a->scan = NULL;
    a->ending = a->resumed = false;
    xasAssemblerAct(a, (xasAction){ .kind = xasActionEnd });
}

static int64_t timeout(const xasAssembler *a)
{
    return (int64_t)(a->rules.point_timeout_s * nsPerS);
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
    int64_t limit = (int64_t)(a->rules.scan_timeout_s * nsPerS);

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
    if (a->ending) {
        if (isUp(a, a->endDeadline_ns))
            xasAssemblerFinish(a, xasExitComplete, "");
    } else if (a->resumed) {
        if (a->progress_ns + (int64_t)(a->rules.resume_gap_s * nsPerS) <=
            a->now_ns)
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
