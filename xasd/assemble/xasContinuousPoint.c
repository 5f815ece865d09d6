/* SPDX-License-Identifier: BSD-3-Clause */
/* Points of a continuous scan: out of the streams, one by one. */
#include "xasAxis.h"
#include "xasContinuousParts.h"
#include "xasDetector.h"
#include "xasStat.h"

#include <math.h>

/* Does it spoil a point where it has no value? */
static bool isSignificant(const xasAssembler *a, int role)
{
    return xasRolesHave(a->significant, role);
}

bool xasContinuousNeeds(const xasAssembler *a, int role)
{
    return xasRolesHave(a->significant | XAS_ROLES_ELEMENTS, role);
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

    if (!(flags & (xasPointLate | xasPointDisconnected | xasPointInvalid)))
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

/* These PVs come in when they like: what they say holds for points from one
 * reading of the pace before to now. */
void xasContinuousBeam(xasAssembler *a)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasSource *axis = &a->source[m->axis];
    int64_t now = a->now_ns - (axis->lagKnown ? axis->lag_ns : 0);
    bool dark = xasBeamGone(a, true);

    if (dark && !m->dark)
        m->darkFrom_ns =
            now -
            (m->pace == xasRoleCount ? 0 : m->feed[m->pace].stream.usual_ns);
    if (dark || m->dark)
        m->darkTo_ns = now;
    m->dark = dark;
}

static void add(xasAssembler *a, double *value, int64_t ref_ns, uint32_t flags)
{
    const xasContinuous *m = xasContinuousOf(a);
    xasStatus status;

    if (ref_ns >= m->darkFrom_ns && ref_ns <= m->darkTo_ns)
        flags |= xasPointNoBeam;
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

bool xasContinuousPoint(xasAssembler *a, int64_t ref_ns, bool flush)
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
        if (xasContinuousNeeds(a, r))
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

/* Of the pace; after a restart only the last points before it tell. */
static int64_t usual(const xasAssembler *a, int64_t last_ns)
{
    const xasContinuous *m = xasContinuousOf(a);
    const xasScan *scan = a->scan;
    double interval[xasStreamIntervals];
    size_t n = 0, i = scan->n;

    if (m->feed[m->pace].stream.usual_ns)
        return m->feed[m->pace].stream.usual_ns;
    for (; i > 1 && n < xasStreamIntervals; i--)
        if (scan->stamp_ns[i - 1] <= last_ns)
            interval[n++] =
                (double)(scan->stamp_ns[i - 1] - scan->stamp_ns[i - 2]);
    return n ? (int64_t)xasMedian(interval, n) : 0;
}

/* Did the energy stand while nothing was read? Then nothing was missed: the
 * whole scan paused. The point behind the silence is there already. */
static bool stood(const xasAssembler *a)
{
    const xasScan *scan = a->scan;
    const double *e = scan->channel[xasRoleEnergy];
    double step[xasStreamIntervals];
    size_t n = 0;

    for (size_t i = scan->n - 2; i > 0 && n < xasStreamIntervals; i--)
        if (isfinite(e[i]) && isfinite(e[i - 1]))
            step[n++] = fabs(e[i] - e[i - 1]);
    return n > 2 &&
           fabs(e[scan->n - 1] - e[scan->n - 2]) <= 3 * xasMedian(step, n);
}

void xasContinuousPaceGap(xasAssembler *a, int64_t stamp_ns, int64_t last_ns)
{
    xasContinuous *m = xasContinuousOf(a);
    const xasStream *s = &m->feed[m->pace].stream;
    int64_t skew = xasContinuousSkew(a, m->pace), from = 0, to = 0, n;
    uint32_t flags = xasStreamGap(s, stamp_ns, &from, &to);
    int64_t usual_ns = m->done_ns == INT64_MIN || flags ? usual(a, last_ns) : 0;

    if (m->done_ns == INT64_MIN) { /* resumed, or its clock was set */
        from = last_ns - skew;
        to = stamp_ns;
        flags = usual_ns && (to - from) / 2 > usual_ns ? xasPointLate : 0;
    }
    if (!flags || !usual_ns)
        return;
    n = (to - from + usual_ns / 2) / usual_ns - 1;
    if (n < 1)
        return;
    if (!(flags & xasPointDisconnected) && a->scan->n > 2 && stood(a)) {
        (void)xasScanAddEvent(a->scan, from + skew, "pause",
                              "of %.4g s: no readings, and the energy stood",
                              (double)(to - from) / 1e9);
        return;
    }
    (void)xasScanAddEvent(a->scan, from + skew, "gap",
                          "no reading of %s, the pace, for %.4g s: "
                          "%lld points lost",
                          xasRoleName(m->pace), (double)(to - from) / 1e9,
                          (long long)n);
    a->scan->lost += n;
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
