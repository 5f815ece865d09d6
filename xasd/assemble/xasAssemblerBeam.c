/* SPDX-License-Identifier: BSD-3-Clause */
/* Is there light, and do points come as they did? */
#include "xasAssemblerParts.h"

#include <math.h>

/* So many points without light up to the end: that is why it ended. */
static const size_t darkPoints = 3;
/* No point for so long, and for so many times the usual: a pause. */
static const double pause_s = 5, pauseFactor = 10;

static bool isKnown(const xasHeld *held)
{
    return held->known && held->severity < 3 && !isnan(held->value);
}

bool xasBeamInhibited(const xasAssembler *a)
{
    const xasHeld *inhibit = &a->source[xasRoleInhibit].last;

    return isKnown(inhibit) && inhibit->value != 0;
}

bool xasBeamGone(const xasAssembler *a, bool orInhibited)
{
    const xasHeld *ring = &a->source[xasRoleRingCurrent].last;
    const xasHeld *shutter = &a->source[xasRoleShutter].last;

    return (a->rules.ring_min_mA > 0 && isKnown(ring) &&
            ring->value < a->rules.ring_min_mA) ||
           (isKnown(shutter) && shutter->value == 0) ||
           (orInhibited && xasBeamInhibited(a));
}

static size_t darkAtEnd(const xasScan *scan)
{
    size_t n = 0;

    while (n < scan->n &&
           (scan->flags[scan->n - 1 - n] & (xasPointLowI0 | xasPointNoBeam)))
        n++;
    return n;
}

/* Many stations close the shutter when they have finished: a whole scan with
 * light on its last point is none that lost its beam. */
bool xasBeamLost(const xasAssembler *a, xasExit exit)
{
    size_t dark = darkAtEnd(a->scan);
    bool gone = xasBeamGone(a, false);
    bool points = a->rules.mode != xasModeArray; /* that come one by one */

    switch (exit) {
    case xasExitComplete:
        return points && (dark >= darkPoints || (gone && dark > 0));
    case xasExitAborted:
    case xasExitTimeout: return gone || (points && dark >= darkPoints);
    default: return false;
    }
}

void xasBeamPace(xasAssembler *a, const xasPending *p)
{
    xasPace *pace = &a->points;
    double s = (double)(p->commit_ns - pace->last_ns) / 1e9;

    if (pace->last_ns && pace->intervals > 0 && s > pause_s &&
        s > pauseFactor * pace->mean_s) {
        (void)xasScanAddEvent(a->scan, p->commit_ns, "pause",
                              "no point for %.1f s%s", s,
                              xasBeamInhibited(a) ? ", inhibit is set" : "");
    } else if (pace->last_ns && s > 0) {
        pace->intervals++;
        pace->mean_s += (s - pace->mean_s) / pace->intervals;
    }
    pace->last_ns = p->commit_ns;
}
