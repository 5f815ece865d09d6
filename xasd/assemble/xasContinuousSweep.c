/* SPDX-License-Identifier: BSD-3-Clause */
/* Where sweeps of a continuous scan begin, turn and end; which points are due.
 */
#include "xasContinuousParts.h"

#include <stdio.h>

/* Where the energy turns is told afterwards: points wait so long for it. */
static const int64_t hover_ns = 2000000000;
static const double least_eV = 1; /* a shorter movement starts no scan */

static void sayPace(xasAssembler *a, int64_t usual_ns)
{
    const char *name = xasRoleName(xasContinuousOf(a)->pace);

    if (usual_ns)
        (void)xasScanAddEvent(a->scan, a->now_ns, "pace",
                              "points at the stamps of %s, one in %.4g s", name,
                              (double)usual_ns / 1e9);
    else
        (void)xasScanAddEvent(a->scan, a->now_ns, "pace",
                              "points at the stamps of %s", name);
}

/* The slowest stream of those needed; those that never post set no pace, and
 * after a second or so nobody waits for them to show what they are. */
static void choosePace(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    bool all = true;
    int64_t usual_ns = 0, patience = xasAssemblerNs(a->rules.point_timeout_s);
    xasRole slowest = xasRoleCount;

    if (m->pace != xasRoleCount)
        return;
    for (int r = 0; r < xasChannelCount; r++) {
        const xasStream *s = &m->feed[r].stream;

        if (!xasContinuousHas(a, r) || !xasContinuousNeeds(a, r))
            continue;
        all = all && s->usual_ns;
        if (s->usual_ns > usual_ns) {
            usual_ns = s->usual_ns;
            slowest = (xasRole)r;
        }
    }
    if (a->rules.pace < xasChannelCount)
        slowest = a->rules.pace == xasRoleEnergy ? m->axis : a->rules.pace;
    else if (!usual_ns || (!all && a->now_ns - m->began_ns < patience / 2))
        return;
    m->pace = slowest;
    if (a->scan)
        sayPace(a, usual_ns);
}

/* Where the scan begins, in the clock of the axis; what is known of a resumed
 * one is its points. */
static int64_t joinedAt(const xasAssembler *a)
{
    const xasSource *axis = &a->source[xasContinuousOf(a)->axis];

    return a->now_ns - (axis->lagKnown ? axis->lag_ns : 0) - 1;
}

static void freshen(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasScan *scan = a->scan;

    m->fresh = false;
    m->began_ns = a->now_ns;
    if (scan->n) {
        m->startRef_ns = scan->stamp_ns[scan->n - 1];
        m->course = (xasCourse){ .direction = 0 };
        for (size_t i = 0; i < scan->n; i++)
            xasCourseAdd(&m->course, scan->channel[xasRoleEnergy][i],
                         scan->stamp_ns[i], false);
    } else if (!m->started) {
        m->startRef_ns =
            scan->start_ns + xasContinuousSkew(a, xasRoleActive) - 1;
        if (a->joined) { /* active is old, and may be of before an outage */
            m->startRef_ns = joinedAt(a);
            a->missedStart = true;
        }
    }
    m->started = false;
    m->done_ns = INT64_MIN;
    for (int r = 0; r < xasChannelCount; r++) {
        int64_t skew = xasContinuousHas(a, r) && !a->source[r].clockBad
                           ? xasContinuousSkew(a, (xasRole)r)
                           : 0;

        if (skew)
            (void)xasScanAddEvent(a->scan, a->now_ns, "clock",
                                  "%s's clock is %.4f s off that of %s: set "
                                  "right",
                                  xasRoleName((xasRole)r), -(double)skew / 1e9,
                                  xasRoleName(m->axis));
    }
}

/* Readings of the pace since the energy was furthest. */
static size_t pointsSince(const xasAssembler *a, int64_t ref_ns)
{
    const xasContinuous *m = xasContinuousOf(a);
    const xasStream *s = &m->feed[m->pace].stream;
    int64_t t = ref_ns - xasContinuousSkew(a, m->pace);
    size_t n = 0;

    while (n < xasContinuousLeast && (t = xasStreamAfter(s, t)) != INT64_MAX)
        n++;
    return n;
}

static bool isTurned(const xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);

    return xasCourseIsBack(&m->course) &&
           pointsSince(a, m->course.furthest.stamp_ns) >= xasContinuousLeast;
}

/* Points up to there surely belong to this sweep. */
static int64_t sure(const xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);
    const xasCourse *s = &m->course;

    if (!s->direction)
        return INT64_MAX;
    /* with no active PV readings at rest are none of the scan */
    if (xasAssemblerHas(a, xasRoleActive) && !xasCourseIsOff(s) &&
        s->last_ns - hover_ns > s->furthest.stamp_ns)
        return s->last_ns - hover_ns;
    return s->furthest.stamp_ns;
}

/* Of complete sweeps the reason is ours, else it says what is missing. */
void xasContinuousComplete(xasAssembler *a, const char *why)
{
    const xasHeld *aborted = &a->source[xasRoleAborted].last;
    bool whole = !a->scan->lost && !a->missedStart && !a->overflow &&
                 !a->holes && !a->away && !xasAssemblerIsSet(aborted);

    xasAssemblerFinish(a, xasExitComplete, whole ? why : "");
}

/* The energy has turned: one sweep ends there, the next begins. */
static void turn(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    xasCourseEnd at = m->course.furthest;
    char why[XAS_REASON_SIZE];
    size_t moved = 0;

    while (moved < a->scan->n &&
           a->scan->stamp_ns[a->scan->n - 1 - moved] > m->course.start.stamp_ns)
        moved++;
    if (moved < xasContinuousLeast) {
        (void)xasScanAddEvent(a->scan, at.stamp_ns, "turn",
                              "the energy turned at %.2f eV after %zu points: "
                              "no scan of its own",
                              at.energy_eV, moved);
        xasCourseTurn(&m->course);
        return;
    }
    (void)snprintf(why, sizeof why, "the energy turned at %.2f eV",
                   at.energy_eV);
    m->own = true;
    m->stop_ns = at.stamp_ns;
    xasContinuousComplete(a, why);
    xasCourseTurn(&m->course);
    m->started = true;
    m->startRef_ns = at.stamp_ns;
    xasAssemblerMayBegin(a, at.stamp_ns, false, why);
}

/* With no active PV a movement of the energy is a scan. */
static void mayStart(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    int64_t start = m->course.start.stamp_ns;

    if (m->pace == xasRoleCount)
        return;
    if (!m->course.direction)
        m->mute = false;
    if (xasCourseIsBack(&m->course)) {
        xasCourseTurn(&m->course);
        m->mute = false;
        return;
    }
    if (m->mute || xasCourseRange(&m->course) < least_eV ||
        pointsSince(a, start) < xasContinuousLeast)
        return;
    m->started = true;
    m->startRef_ns = start - 1;
    xasAssemblerMayBegin(a, start, false, "the energy moves");
}

/* What no point will ask for any more. */
static void forget(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    int64_t keep = m->course.last_ns - 2 * hover_ns;

    if (a->scan && m->done_ns != INT64_MIN)
        keep = m->done_ns + xasContinuousSkew(a, m->pace);
    else if (a->scan)
        keep = m->startRef_ns;
    else if (!xasAssemblerHas(a, xasRoleActive) && m->course.direction)
        keep = m->course.start.stamp_ns;
    for (int r = 0; r < xasChannelCount; r++)
        if (m->feed[r].stream.n)
            xasStreamForget(&m->feed[r].stream,
                            keep - xasContinuousSkew(a, (xasRole)r));
}

static void advance(xasAssembler *a, bool flush)
{
    xasContinuous *m = xasContinuousOf(a);

    while (a->scan && !(a->ended && !flush)) {
        const xasStream *s = &m->feed[m->pace].stream;
        int64_t skew = xasContinuousSkew(a, m->pace);
        int64_t from = m->startRef_ns - skew, t, last;

        t = xasStreamAfter(s, m->done_ns > from ? m->done_ns : from);
        m->waiting = 0;
        if (t == INT64_MAX) {
            if (flush)
                return;
            m->waiting = xasRoleBit(m->pace);
            return;
        }
        if (t + skew > m->stop_ns) {
            for (; flush && t != INT64_MAX; t = xasStreamAfter(s, t))
                m->cutRest += !a->ending && !xasCourseIsBack(&m->course);
            return;
        }
        if (!flush && !a->ending && t + skew > sure(a)) {
            m->waiting = xasRoleBit(m->axis);
            if (!isTurned(a))
                return;
            m->waiting = 0;
            turn(a);
            if (m->fresh && a->scan)
                freshen(a);
            if (a->scan)
                choosePace(a);
            if (m->pace == xasRoleCount)
                return;
            continue;
        }
        last = a->scan->n ? a->scan->stamp_ns[a->scan->n - 1] : INT64_MIN;
        if (!xasContinuousPoint(a, t + skew, flush))
            return;
        if (last != INT64_MIN)
            xasContinuousPaceGap(a, t, last);
        m->done_ns = t;
    }
}

void xasContinuousAdvance(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    xasContinuousBeam(a);
    if (!a->scan && !xasAssemblerHas(a, xasRoleActive)) {
        choosePace(a);
        mayStart(a);
    }
    if (a->scan && m->fresh && !a->resumed)
        freshen(a);
    if (a->scan)
        choosePace(a);
    if (a->scan && m->pace == xasRoleCount) {
        for (int r = 0; r < xasChannelCount; r++)
            if (xasContinuousHas(a, r))
                m->waiting |= xasRoleBit(r); /* who is silent? */
        xasContinuousAsk(a, false);
    }
    if (a->scan && !a->resumed && m->pace != xasRoleCount) {
        advance(a, false);
        if (!xasAssemblerHas(a, xasRoleActive)) /* does the energy rest? */
            m->waiting |= xasRoleBit(m->axis);
        xasContinuousAsk(a, false);
    }
    forget(a);
}

void xasContinuousFlush(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    if (m->fresh)
        freshen(a);
    if (m->pace != xasRoleCount)
        advance(a, true);
}

bool xasContinuousIsOpen(const xasAssembler *a)
{
    const xasContinuous *m = xasContinuousOf(a);
    xasRoles open = m->waiting;

    if (m->pace == xasRoleCount)
        return false;
    for (int r = 0; r < xasChannelCount; r++)
        if (xasRolesHave(open, r) && (!a->source[r].connected ||
                                      m->feed[r].stalled || m->feed[r].closed))
            open &= ~xasRoleBit(r);
    return open != 0;
}
