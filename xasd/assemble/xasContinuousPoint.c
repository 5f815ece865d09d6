/* SPDX-License-Identifier: BSD-3-Clause */
/* Points of a continuous scan: out of the streams. */
#include "xasAxis.h"
#include "xasContinuousParts.h"
#include "xasDetector.h"

#include <math.h>
#include <stdio.h>

/* Where the energy turns is told afterwards: points wait so long for it. */
static const int64_t hover_ns = 2000000000;
static const double least_eV = 1; /* a shorter movement starts no scan */

/* Does it spoil a point where it has no value? */
static bool isSignificant(const xasAssembler *a, int role)
{
    return xasRolesHave(a->significant, role);
}

/* Do points begin and end with it? An element that is missing is xasDetector's
 * to judge, but not where the scan just begins. */
static bool isNeeded(const xasAssembler *a, int role)
{
    return xasRolesHave(a->significant | XAS_ROLES_ELEMENTS, role);
}

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

        if (!xasContinuousHas(a, r) || !isNeeded(a, r))
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
    }
    m->started = false;
    m->done_ns = INT64_MIN;
}

static void sayGap(xasAssembler *a, xasRole role, int64_t stamp_ns,
                   uint32_t flags)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f = &m->feed[role];
    int64_t from = 0, to = 0;

    if (flags & xasPointInvalid) {
        if (!f->invalid)
            (void)xasScanAddEvent(
                a->scan, stamp_ns + xasContinuousSkew(a, role), "invalid",
                "%s: readings are invalid", xasRoleName(role));
        f->invalid = true;
        return;
    }
    if (f->invalid && !flags)
        f->invalid = false;
    if (!(flags & (xasPointLate | xasPointDisconnected)) ||
        stamp_ns <= f->said_ns)
        return;
    a->holes |= (flags & xasPointLate) && isSignificant(a, role);
    f->said_ns = stamp_ns;
    (void)xasStreamGap(&f->stream, stamp_ns, &from, &to);
    if (to > from) {
        f->said_ns = to;
        (void)xasScanAddEvent(a->scan, from + xasContinuousSkew(a, role), "gap",
                              "%s: no reading for %.4g s, usual %.3g s",
                              xasRoleName(role), (double)(to - from) / 1e9,
                              (double)f->stream.usual_ns / 1e9);
    } else if (f->stalled) {
        f->said_ns = INT64_MAX; /* until it goes on */
        (void)xasScanAddEvent(a->scan, a->now_ns, "gap",
                              "%s has stalled: no reading, no answer",
                              xasRoleName(role));
    }
}

typedef enum verdict {
    verdictPoint,
    verdictWait,
    verdictFirst,
    verdictLast
} verdict;

/* Many detectors read only during scans: their first reading in it is the
 * beginning of what all cover. */
static bool isFromBefore(const xasAssembler *a, xasRole role, int64_t stamp_ns,
                         uint32_t flags)
{
    const xasContinuous *m = xasContinuousOf(a);
    const xasStream *s = &m->feed[role].stream;
    int64_t from = INT64_MAX;

    if (!(flags & (xasPointLate | xasPointDisconnected)))
        return false;
    (void)xasStreamGap(s, stamp_ns, &from, NULL);
    return from <= m->startRef_ns - xasContinuousSkew(a, role);
}

/* One channel at one time: value and flags, or why there is none. */
static verdict channel(xasAssembler *a, int role, int64_t ref_ns, bool flush,
                       double *value, uint32_t *flags)
{
    xasContinuous *m = xasContinuousOf(a);
    xasFeed *f = &m->feed[role];
    int64_t own = ref_ns - xasContinuousSkew(a, (xasRole)role);

    *value = NAN;
    *flags = 0;
    switch (xasStreamAt(&f->stream, own, value, flags)) {
    case xasStreamKnown:
        if (f->said_ns == INT64_MAX)
            f->said_ns = own;
        if (!a->scan->n && isFromBefore(a, (xasRole)role, own, *flags))
            return verdictFirst;
        break;
    case xasStreamBefore:
        if (!a->scan->n)
            return verdictFirst;
        *flags = f->stream.next & xasPointDisconnected ? xasPointDisconnected
                                                       : xasPointLate;
        break;
    case xasStreamWait:
        if (!a->source[role].connected)
            *flags = xasPointDisconnected;
        else if (f->stalled)
            *flags = xasPointLate;
        else
            return flush ? verdictLast : verdictWait;
        break;
    }
    sayGap(a, (xasRole)role, own, *flags);
    return verdictPoint;
}

static void add(xasAssembler *a, double *value, int64_t ref_ns, uint32_t flags)
{
    xasStatus status;

    flags |= xasAxisPoint(&a->rules, value);
    flags = xasDetectorPoint(a->scan, &a->rules, value, flags);
    status = xasScanAddPoint(a->scan, value, ref_ns, flags);
    a->progress_ns = a->now_ns;
    if (!status) {
        xasAssemblerAct(
            a, (xasAction){ .kind = xasActionPoint, .index = a->scan->n - 1 });
        return;
    }
    if (!a->scan->lost++ || status != xasErrFull)
        (void)xasScanAddEvent(a->scan, ref_ns, "gap", "point lost here: %s",
                              xasStatusText(status));
    a->status = status;
}

/* A straight line from a reading with beam to one without is neither: a point
 * is low if I0 is at any of the readings that were used. It may have to wait
 * for that.
 * \return false if it must */
static bool lookForBeam(xasAssembler *a, int64_t ref_ns, bool flush,
                        uint32_t *flags)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasStream *i0 = &m->feed[xasRoleI0].stream;
    int64_t first = ref_ns, last = ref_ns, from, to, skew;

    if (!(a->rules.i0_min > 0) || !i0->n)
        return true;
    for (int r = 0; r < xasChannelCount; r++) {
        if (!xasContinuousHas(a, r))
            continue;
        skew = xasContinuousSkew(a, (xasRole)r);
        if (!xasStreamAround(&m->feed[r].stream, ref_ns - skew, &from, &to))
            continue;
        first = from + skew < first ? from + skew : first;
        last = to + skew > last ? to + skew : last;
    }
    skew = xasContinuousSkew(a, xasRoleI0);
    if (xasStreamLeast(i0, first - skew, last - skew) <
        a->rules.i0_min + a->rules.dark[xasRoleI0])
        *flags |= xasPointLowI0;
    if (flush || !a->source[xasRoleI0].connected ||
        m->feed[xasRoleI0].stalled ||
        xasStreamNewest(i0)->stamp_ns >= last - skew)
        return true;
    m->waiting |= xasRoleBit(xasRoleI0);
    return false;
}

/* \return false if it must wait, for m->waiting */
static bool point(xasAssembler *a, int64_t ref_ns, bool flush)
{
    xasContinuous *m = xasContinuousOf(a);
    double value[xasChannelCount];
    uint32_t all = 0, flags;
    verdict worst = verdictPoint;

    m->waiting = 0;
    for (int r = 0; r < xasChannelCount; r++) {
        verdict v;

        value[r] = NAN;
        if (!xasContinuousHas(a, r))
            continue;
        v = channel(a, r, ref_ns, flush, &value[r], &flags);
        if (v == verdictWait)
            m->waiting |= xasRoleBit(r);
        if (isSignificant(a, r))
            all |= flags;
        if (isNeeded(a, r))
            worst = v > worst ? v : worst;
    }
    if (m->waiting)
        return false;
    if (worst == verdictPoint && !lookForBeam(a, ref_ns, flush, &all))
        return false;
    if (worst == verdictFirst)
        m->cutFirst++;
    else if (worst == verdictLast)
        m->cutLast++;
    else
        add(a, value, ref_ns, all);
    return true;
}

/* What the pace has skipped is lost: nobody knows the values there.
 * last_ns: the point before */
static void paceGap(xasAssembler *a, int64_t stamp_ns, int64_t last_ns)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasStream *s = &m->feed[m->pace].stream;
    int64_t skew = xasContinuousSkew(a, m->pace), from = 0, to = 0, n;
    uint32_t flags = xasStreamGap(s, stamp_ns, &from, &to);

    if (m->done_ns == INT64_MIN) { /* resumed, or its clock was set */
        from = last_ns - skew;
        to = stamp_ns;
        flags = to - from > xasStreamPatience(s) ? xasPointLate : 0;
    }
    if (!flags || !s->usual_ns)
        return;
    n = (to - from + s->usual_ns / 2) / s->usual_ns - 1;
    if (n < 1)
        return;
    (void)xasScanAddEvent(a->scan, from + skew, "gap",
                          "no reading of %s, the pace, for %.4g s: "
                          "%lld points lost",
                          xasRoleName(m->pace), (double)(to - from) / 1e9,
                          (long long)n);
    a->scan->lost += n;
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
    if (!xasCourseIsOff(s) && s->last_ns - hover_ns > s->furthest.stamp_ns)
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

    if (a->scan->n < xasContinuousLeast) {
        (void)xasScanAddEvent(a->scan, at.stamp_ns, "turn",
                              "the energy turned at %.2f eV after %zu points: "
                              "no scan of its own",
                              at.energy_eV, a->scan->n);
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
            if (!flush)
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
        if (!point(a, t + skew, flush))
            return;
        if (last != INT64_MIN)
            paceGap(a, t, last);
        m->done_ns = t;
    }
}

void xasContinuousAdvance(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);

    if (!a->scan && !xasAssemblerHas(a, xasRoleActive)) {
        choosePace(a);
        mayStart(a);
    }
    if (a->scan && m->fresh && !a->resumed)
        freshen(a);
    if (a->scan)
        choosePace(a);
    if (a->scan && !a->resumed && m->pace != xasRoleCount) {
        advance(a, false);
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

void xasContinuousLate(xasAssembler *a, xasRole role, int64_t from_ns,
                       int64_t to_ns)
{
    xasScan *scan = a->scan;
    bool said = false;

    if (!scan || !isSignificant(a, role))
        return;
    for (size_t i = scan->n; i-- > 0 && scan->stamp_ns[i] > from_ns;) {
        if (scan->stamp_ns[i] >= to_ns || (scan->flags[i] & xasPointLate))
            continue;
        scan->flags[i] |= xasPointLate;
        if (!said)
            (void)xasScanAddEvent(scan, scan->stamp_ns[i], "late",
                                  "%s of point %zu came after it was complete",
                                  xasRoleName(role), i);
        said = true;
    }
}
