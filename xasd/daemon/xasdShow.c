/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdShow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasNorm.h"
#include "xasdSnapshot.h"

typedef struct curves {
    size_t n;
    double *energy, *norm, *flat; /* [n], one block */
} curves;

/* Normalised as the result says; computed before the lock is taken. */
static curves makeCurves(const xasResult *result, const xasScan *scan)
{
    curves c = { 0, NULL, NULL, NULL };
    xasSpectrum *s = NULL;

    if (!scan || !result->haveNorm || xasScanSpectrum(scan, &s))
        return c;
    /* The normalisation was found on the calibrated axis. */
    xasSpectrumShift(s, result->calibration.shift_eV);
    c.n = xasSpectrumSize(s);
    c.energy = calloc(3 * c.n, sizeof(double));
    if (c.energy) {
        c.norm = c.energy + c.n;
        c.flat = c.norm + c.n;
        memcpy(c.energy, xasSpectrumEnergy(s), c.n * sizeof(double));
    }
    if (!c.energy || xasNormApply(&result->norm, c.energy, xasSpectrumMu(s),
                                  c.n, c.norm, c.flat))
        c.n = 0;
    xasSpectrumDestroy(s);
    return c;
}

static void put(xasdArray *array, const double *value, size_t n, size_t max)
{
    array->n = n < max ? n : max;
    if (array->n)
        memcpy(array->value, value, array->n * sizeof(double));
}

void xasdShowResult(size_t station, const xasResult *result,
                    const xasScan *scan, int64_t stamp_ns, bool post)
{
    curves c = makeCurves(result, scan);
    xasdSnapshot *s = xasdSnapshotLock(station + 1);

    s->result = *result;
    if (scan) {
        put(&s->lastEnergy, c.energy, c.n, s->maxPoints);
        put(&s->lastNorm, c.norm, c.n, s->maxPoints);
        put(&s->lastFlat, c.flat, c.n, s->maxPoints);
    }
    xasdSnapshotSetResult(s, stamp_ns);
    xasdSnapshotUnlock();
    free(c.energy);
    if (post)
        xasdSnapshotPostResult(station + 1);
}

void xasdShowPredicted(size_t station, const xasResult *result,
                       int64_t stamp_ns)
{
    xasdSnapshot *s = xasdSnapshotLock(station + 1);

    s->result.predicted = result->predicted;
    memcpy(s->result.sample, result->sample, sizeof s->result.sample);
    memcpy(s->result.formula, result->formula, sizeof s->result.formula);
    xasdSnapshotSetPredicted(s, stamp_ns);
    xasdSnapshotUnlock();
    xasdSnapshotPostNow(station + 1, xasdPartPredicted);
    xasdSnapshotPostNow(station + 1, xasdPartAge);
}

void xasdShowSaved(size_t station, int64_t number, int64_t saved,
                   int64_t stamp_ns, bool post)
{
    xasdSnapshot *s = xasdSnapshotLock(station + 1);

    s->number = number;
    s->saved = saved;
    s->known[xasdPartSaved] = true;
    s->stamp_ns[xasdPartSaved] = stamp_ns;
    xasdSnapshotUnlock();
    if (post)
        xasdSnapshotPostNow(station + 1, xasdPartSaved);
}
