/* SPDX-License-Identifier: BSD-3-Clause */
/* Sweeps up and down: how far apart they see the same edge. */
#include <math.h>
#include <string.h>

#include "xasArrayParts.h"
#include "xasLag.h"

/* The speed that counts is that at the edge. */
static const double near_eV = 10;
/* Fewer points tell no lag. */
static const size_t least = 20;

/* eV/s around an energy, of points that take so long each; NaN unknown. */
static double speedAt(const xasScan *scan, double energy_eV, double dwell_s)
{
    const double *energy = scan->channel[xasRoleEnergy];
    double low = INFINITY, high = -INFINITY;
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++) {
        if (!(fabs(energy[i] - energy_eV) <= near_eV))
            continue;
        low = fmin(low, energy[i]);
        high = fmax(high, energy[i]);
        n++;
    }
    return n > 1 && dwell_s > 0 ? (high - low) / ((double)(n - 1) * dwell_s)
                                : NAN;
}

/* An energy that lags behind the detectors is read too low on the way up and
 * too high on the way down. The points of an array have no times: how long the
 * lag is follows only if a PV tells how long a point takes. */
static void say(const xasAssembler *a, xasScan *scan, const xasLag *lag)
{
    const xasHeld *dwell = &a->source[xasRoleDwell].last;
    double dwell_s = dwell->known && dwell->severity < 3 ? dwell->value : NAN;
    double speed = speedAt(scan, lag->steepest_eV, dwell_s);

    if (speed > 0)
        scan->lag_s = lag->shift_eV / (2 * speed);
    (void)xasScanAddEvent(scan, scan->stamp_ns[scan->n - 1], "lag",
                          "edge %.3f +- %.3f eV apart, up and down; energy "
                          "behind detectors by %.4f s",
                          lag->shift_eV, lag->error_eV, scan->lag_s);
}

void xasArrayLag(xasAssembler *a, xasScan *scan)
{
    xasSweep *s = xasArraySweep(a);
    xasSpectrum *now = NULL;
    xasLag lag;

    if (!scan->direction || scan->n < least ||
        xasScanSpectrumMeasured(scan, &now))
        return;
    if (s->before && s->beforeDirection == -scan->direction &&
        strcmp(s->beforeSample, scan->sample) == 0) {
        const xasSpectrum *up = scan->direction > 0 ? now : s->before;
        const xasSpectrum *down = scan->direction > 0 ? s->before : now;

        if (xasLagFind(xasSpectrumEnergy(up), xasSpectrumMu(up),
                       xasSpectrumSize(up), xasSpectrumEnergy(down),
                       xasSpectrumMu(down), xasSpectrumSize(down),
                       &lag) == xasOk)
            say(a, scan, &lag);
        else
            (void)xasScanAddEvent(scan, scan->stamp_ns[scan->n - 1], "lag",
                                  "not told: no structure in common with the "
                                  "sweep before");
    }
    xasSpectrumDestroy(s->before);
    s->before = now;
    s->beforeDirection = scan->direction;
    (void)memcpy(s->beforeSample, scan->sample, sizeof s->beforeSample);
}
