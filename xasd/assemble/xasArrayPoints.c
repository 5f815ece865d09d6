/* SPDX-License-Identifier: BSD-3-Clause */
/* A sweep becomes a scan, or one for each direction of its energies. */
#include "xasArrayParts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "xasAxis.h"
#include "xasDetector.h"

static const int64_t ms_ns = 1000000;
/* Sweeps in a row without energies: those do not come with each any more. */
static const unsigned silent = 3;

static void names(xasRoles roles, char *out, size_t size)
{
    size_t used = 0;

    out[0] = 0;
    for (int r = 0; r < xasChannelCount && used < size; r++) {
        int n = xasRolesHave(roles, r)
                    ? snprintf(out + used, size - used, "%s%s",
                               used ? ", " : "", xasRoleName((xasRole)r))
                    : 0;

        used += n > 0 ? (size_t)n : 0;
    }
}

/* A name is made of the stamp: no two scans may have the same. */
void xasArrayBegin(xasAssembler *a, int64_t stamp_ns, const char *why)
{
    xasSweep *s = xasArraySweep(a);
    int64_t name_ns = stamp_ns;

    if (a->scan && a->scan->start_ns > s->named_ns)
        s->named_ns = a->scan->start_ns;
    if (!a->scan) {
        if (name_ns < s->named_ns + ms_ns)
            name_ns = a->now_ns > s->named_ns + ms_ns ? a->now_ns
                                                      : s->named_ns + ms_ns;
        xasAssemblerMayBegin(a, name_ns, false, why);
        if (!a->scan)
            return;
        s->named_ns = name_ns;
        a->scan->start_ns = a->scan->end_ns = stamp_ns;
        a->scan->event[0].stamp_ns = stamp_ns;
    }
    if (s->tardy)
        (void)xasScanAddEvent(a->scan, a->now_ns, "late",
                              "an array of the sweep before came after it had "
                              "been given up");
    s->tardy = false;
}

/* Of these a shorter array cuts the others; of the rest what lacks is NaN. */
static xasRoles cutting(const xasAssembler *a)
{
    const xasSweep *s = xasArraySweep(a);

    return (a->significant | XAS_ROLES_ELEMENTS | xasRoleBit(s->axis)) &
           s->have;
}

static void cut(xasAssembler *a, size_t *n, size_t to, const char *by)
{
    (void)xasScanAddEvent(a->scan, a->now_ns, "cut",
                          "%s: %zu of %zu points are taken", by, to, *n);
    *n = to;
}

/* Points of the sweep: the smallest count, and what the station says. */
static size_t countOf(xasAssembler *a)
{
    const xasSweep *s = xasArraySweep(a);
    const xasHeld *valid = &a->source[xasRoleValid].last;
    xasRoles least = cutting(a), shortest = 0;
    size_t n = SIZE_MAX, most = 0;
    char text[64];

    for (int r = 0; r < xasChannelCount; r++) {
        if (!xasRolesHave(least, r))
            continue;
        if (s->part[r].n > most)
            most = s->part[r].n;
        if (s->part[r].n < n) {
            n = s->part[r].n;
            shortest = 0;
        }
        if (s->part[r].n == n)
            shortest |= xasRoleBit(r);
    }
    if (n == SIZE_MAX)
        return 0;
    if (n < most) {
        names(shortest, text, sizeof text);
        cut(a, &most, n, text);
    }
    if (valid->known && valid->severity < 3 && valid->value >= 0 &&
        valid->value < (double)n)
        cut(a, &n, (size_t)valid->value, "the valid PV");
    return n;
}

static double energyOf(const xasAssembler *a, double reading)
{
    return xasArraySweep(a)->axis == xasRoleAngle
               ? xasAxisEnergy(reading, a->rules.d_spacing_A)
               : reading * a->rules.energy_scale;
}

static bool makeEnergies(xasAssembler *a, size_t n)
{
    xasSweep *s = xasArraySweep(a);

    if (n > s->room) {
        double *bigger = realloc(s->energy, n * sizeof *bigger);

        if (!bigger) {
            a->status = xasErrMemory;
            return false;
        }
        s->energy = bigger;
        s->room = n;
    }
    for (size_t i = 0; i < n; i++)
        s->energy[i] = energyOf(a, s->part[s->axis].value[i]);
    return true;
}

/* Where the energies turn round, if they do behind `from`: a step back of
 * less than return_eV is none. */
static size_t turnAfter(const xasAssembler *a, const double *energy,
                        size_t from, size_t n)
{
    double step = a->rules.return_eV;
    size_t high = from, low = from;
    int way = 0;

    for (size_t i = from; i < n && step > 0; i++) {
        if (!(energy[i] <= energy[high])) /* or that is NaN */
            high = i;
        if (!(energy[i] >= energy[low]))
            low = i;
        if (way >= 0 && energy[high] - energy[i] > step) {
            if (way > 0)
                return high + 1;
            way = -1;
        } else if (way <= 0 && energy[i] - energy[low] > step) {
            if (way < 0)
                return low + 1;
            way = 1;
        }
    }
    return n;
}

static bool isKnown(const xasHeld *held)
{
    return held->known && held->severity < 3 && !isnan(held->value);
}

void xasArrayBeam(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    const xasHeld *ring = &a->source[xasRoleRingCurrent].last;
    const xasHeld *shutter = &a->source[xasRoleShutter].last;

    if ((isKnown(ring) && ring->value < a->rules.ring_min_mA) ||
        (isKnown(shutter) && shutter->value == 0))
        s->dark = true;
    if (xasAssemblerIsSet(&a->source[xasRoleInhibit].last))
        s->inhibited = true;
}

static uint32_t sweepFlags(const xasAssembler *a)
{
    const xasSweep *s = xasArraySweep(a);
    uint32_t flags = s->dark || s->inhibited ? xasPointNoBeam : 0;

    for (int r = 0; r < xasChannelCount; r++) {
        if (!xasRolesHave(cutting(a), r) ||
            xasRolesHave(XAS_ROLES_ELEMENTS & ~a->significant, r))
            continue;
        if (s->part[r].severity >= 3)
            flags |= xasPointInvalid;
        if (s->part[r].stampBad)
            flags |= xasPointStampBad;
    }
    return flags;
}

/* Roles of this sweep, as a list: most of the hundred are not there. */
typedef struct Columns {
    int role[xasChannelCount];
    bool significant[xasChannelCount], useless[xasChannelCount];
    int n;
} Columns;

static void listColumns(const xasAssembler *a, Columns *c)
{
    const xasSweep *s = xasArraySweep(a);

    c->n = 0;
    for (int r = 0; r < xasChannelCount; r++) {
        bool significant = xasRolesHave(a->significant, r);

        if (!xasRolesHave(s->have, r))
            continue;
        c->role[c->n] = r;
        c->significant[c->n] = significant;
        /* no flag speaks for this channel */
        c->useless[c->n++] = !significant && s->part[r].severity >= 3;
    }
}

/* A point of the sweep in `value`; its flags. */
static uint32_t pointAt(const xasAssembler *a, size_t i, const Columns *c,
                        double value[xasChannelCount])
{
    const xasSweep *s = xasArraySweep(a);
    uint32_t flags = 0;

    for (int k = 0; k < c->n; k++) {
        const xasPart *part = &s->part[c->role[k]];
        double reading = i < part->n && !c->useless[k] ? part->value[i] : NAN;

        value[c->role[k]] = reading;
        if (c->significant[k] && !isfinite(reading))
            flags |= xasPointInvalid;
    }
    flags |= xasAxisPoint(&a->rules, value);
    if (a->rules.i0_min > 0 &&
        value[xasRoleI0] - a->rules.dark[xasRoleI0] < a->rules.i0_min)
        flags |= xasPointLowI0;
    return flags;
}

static int directionOf(const double *energy, size_t from, size_t to)
{
    while (from < to && isnan(energy[from]))
        from++;
    while (to > from && isnan(energy[to - 1]))
        to--;
    if (to < from + 2 || energy[to - 1] == energy[from])
        return 0;
    return energy[to - 1] > energy[from] ? 1 : -1;
}

void xasArrayAdd(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    xasScan *scan = a->scan;
    double value[xasChannelCount];
    uint32_t flags = sweepFlags(a);
    xasStatus status = xasOk;
    Columns columns;
    size_t i;

    if (!s->givesOut) { /* ended from outside: what there is */
        if (a->significant & xasArrayMissing(a))
            return;
        s->from = 0;
        s->to = countOf(a);
        if (!makeEnergies(a, s->to))
            return;
    }
    for (int r = 0; r < xasChannelCount; r++)
        value[r] = NAN;
    listColumns(a, &columns);
    for (i = s->from; i < s->to && !status; i++) {
        uint32_t own = flags | pointAt(a, i, &columns, value);

        own = xasDetectorPoint(scan, &a->rules, value, own);
        status = xasScanAddPoint(scan, value, s->last_ns, own);
    }
    if (status) {
        scan->lost += (int64_t)(s->to - i + 1);
        a->status = status;
        (void)xasScanAddEvent(scan, s->last_ns, "gap", "%zu points lost: %s",
                              s->to - i + 1, xasStatusText(status));
    }
    if (!isnan(s->number) && s->number < 9e15)
        scan->sequence = (int64_t)s->number;
    scan->direction = directionOf(s->energy, s->from, s->to);
    if (s->givesOut)
        xasArrayLag(a, scan);
    if (scan->n)
        xasAssemblerAct(
            a, (xasAction){ .kind = xasActionPoint, .index = scan->n - 1 });
}

/* What people must know of the points' times, and of sweeps that were lost. */
static void describe(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    int count = 0;

    for (int r = 0; r < xasChannelCount; r++)
        count += xasRolesHave(s->have, r);
    (void)xasScanAddEvent(a->scan, s->last_ns, "arrays",
                          "%d arrays stamped within %.6f s; every point has "
                          "the last one's stamp",
                          count, (double)(s->last_ns - s->first_ns) / 1e9);
    if (s->dark || s->inhibited)
        (void)xasScanAddEvent(a->scan, s->last_ns, "beam",
                              "%s in this sweep, at points that are not known",
                              s->dark ? "no beam" : "top-up");
    if (s->number > s->lastNumber + 1)
        (void)xasScanAddEvent(a->scan, s->last_ns, "gap",
                              "sweeps between number %.0f and %.0f were lost",
                              s->lastNumber, s->number);
}

void xasArrayClear(xasAssembler *a, bool whole)
{
    xasSweep *s = xasArraySweep(a);
    int64_t distance = s->before_ns ? s->first_ns - s->before_ns : 0;

    if (whole && distance > 0 && (!s->period_ns || distance < s->period_ns))
        s->period_ns = distance;
    s->before_ns = whole ? s->first_ns : 0;
    s->beat_ns = s->begun_ns ? s->first_ns - s->begun_ns : 0;
    s->begun_ns = s->first_ns;
    if (++s->axisSilent > silent)
        s->axisPosts = false;
    s->broken = whole ? 0 : s->broken + 1;
    if (s->broken > 3) /* then what was learned does not hold */
        s->period_ns = 0;
    s->over_ns = s->last_ns;
    s->overMissing = xasArrayMissing(a);
    s->overUnchanged = xasRolesHave(s->have, (int)s->axis) &&
                       s->part[s->axis].stamp_ns < s->first_ns &&
                       !s->part[s->axis].fresh;
    s->lastNumber = s->number;
    s->part[s->axis].fresh = false;
    s->dark = s->inhibited = false;
    xasArrayBeam(a); /* it may last */
    s->begun = s->settling = s->asked = false;
    s->late = 0;
    s->have = s->open = s->openScalars = 0;
    s->ask = s->askScalars = 0;
    s->commit_ns = s->look_ns = 0;
    s->most = 0;
}

/* Ends the scan with points [from, to) of the sweep. */
static void giveOut(xasAssembler *a, size_t from, size_t to, xasExit exit,
                    const char *reason)
{
    xasSweep *s = xasArraySweep(a);

    s->from = from;
    s->to = to;
    s->givesOut = true;
    xasAssemblerFinish(a, exit, reason);
    s->givesOut = false;
}

static xasExit exitOf(const xasAssembler *a, size_t n, char *reason,
                      size_t size)
{
    if (xasAssemblerIsSet(&a->source[xasRoleAborted].last)) {
        (void)snprintf(reason, size, "the aborted PV is set");
        return xasExitAborted;
    }
    if (xasArraySweep(a)->dark) {
        (void)snprintf(reason, size, "no beam in this sweep");
        return xasExitBeamLost;
    }
    if (!n) {
        (void)snprintf(reason, size, "the arrays are empty");
        return xasExitAborted;
    }
    (void)snprintf(reason, size, "all arrays of a sweep came");
    return xasExitComplete;
}

void xasArrayDeliver(xasAssembler *a)
{
    xasSweep *s = xasArraySweep(a);
    char reason[XAS_REASON_SIZE];
    size_t n, from = 0, to;
    xasExit exit;

    if (!a->scan) { /* memory was short when it began */
        xasArrayClear(a, false);
        return;
    }
    describe(a);
    n = countOf(a);
    exit = exitOf(a, n, reason, sizeof reason);
    if (!makeEnergies(a, n))
        n = 0;
    do {
        /* more turns than scans can wait: the rest is one */
        to = a->nLater + 2 < xasLaterMax ? turnAfter(a, s->energy, from, n) : n;
        if (from)
            xasArrayBegin(a, s->first_ns, "the energy turned");
        if (!a->scan)
            break;
        giveOut(a, from, to, exit, reason);
        from = to;
    } while (from < n);
    xasArrayClear(a, true);
}

void xasArrayGiveUp(xasAssembler *a, xasExit exit, const char *why)
{
    xasSweep *s = xasArraySweep(a);
    xasRoles missing = xasArrayMissing(a);
    char reason[XAS_REASON_SIZE], list[48];
    size_t n;
    bool enough = !(missing & a->significant);

    if (!a->scan) {
        xasArrayClear(a, false);
        return;
    }
    names(missing, list, sizeof list);
    (void)snprintf(reason, sizeof reason, "%s %s", list, why);
    (void)xasScanAddEvent(a->scan, a->now_ns, "missing", "%s", reason);
    n = countOf(a);
    if (!enough || !makeEnergies(a, n)) {
        a->scan->lost += (int64_t)(n ? n : s->most);
        n = 0;
    }
    giveOut(a, 0, n, exit, reason);
    xasArrayClear(a, false);
}
