/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdLive.h"

#include <math.h>
#include <stdlib.h>

#include "xasdSnapshot.h"

typedef struct livePoint {
    double energy, mu, i0;
} livePoint;

static double muOf(const xasScan *scan, size_t i)
{
    int signal = xasScanSignalRole(scan->detection);
    double i0;

    if (!scan->channel[xasRoleI0] || !scan->channel[signal])
        return NAN;
    i0 = xasScanReading(scan, xasRoleI0, i);
    return xasSpectrumMuOf(scan->detection, &i0,
                           xasScanReading(scan, signal, i));
}

static int byEnergy(const void *a, const void *b)
{
    double x = ((const livePoint *)a)->energy;
    double y = ((const livePoint *)b)->energy;

    return (x > y) - (x < y);
}

static size_t gather(const xasScan *scan, livePoint *point)
{
    size_t n = 0;
    bool sorted = true;

    for (size_t i = 0; i < scan->n; i++) {
        livePoint p = { scan->channel[xasRoleEnergy][i], muOf(scan, i), 0 };

        if (!isfinite(p.energy) || !isfinite(p.mu))
            continue;
        p.i0 = xasScanReading(scan, xasRoleI0, i);
        sorted = sorted && (n == 0 || p.energy >= point[n - 1].energy);
        point[n++] = p;
    }
    if (!sorted)
        qsort(point, n, sizeof *point, byEnergy);
    return n;
}

void xasdLiveShow(size_t station, const xasScan *scan, int64_t stamp_ns)
{
    livePoint *point = calloc(scan->n + 1, sizeof *point);
    xasdSnapshot *s;
    size_t n = 0, shown;

    if (!point)
        return;
    if (scan->channel[xasRoleEnergy])
        n = gather(scan, point);
    s = xasdSnapshotLock(station + 1);
    shown = n < s->maxPoints ? n : s->maxPoints;
    for (size_t i = 0; i < shown; i++) { /* evenly from all, if too many */
        const livePoint *p = &point[i * n / shown];

        s->liveEnergy.value[i] = p->energy;
        s->liveMu.value[i] = p->mu;
        s->liveI0.value[i] = p->i0;
    }
    s->liveEnergy.n = s->liveMu.n = s->liveI0.n = shown;
    s->liveCommit = (int64_t)n;
    s->known[xasdPartLive] = true;
    s->stamp_ns[xasdPartLive] = stamp_ns;
    xasdSnapshotUnlock();
    free(point);
    xasdSnapshotPost(station + 1, xasdPartLive);
}
