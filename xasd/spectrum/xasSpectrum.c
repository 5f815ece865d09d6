/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasSpectrum.h"

struct xasSpectrum {
    xasDetection detection;
    size_t n;
    double *energy_eV, *mu;
    double *variance; /* NULL without channels */
};

typedef struct row {
    double energy, mu, variance;
} row;

static const char *const names[] = { "mu", "transmission", "fluorescence",
                                     "yield" };

const char *xasDetectionName(xasDetection detection)
{
    return (unsigned)detection < 4 ? names[detection] : "";
}

xasStatus xasDetectionFromName(const char *name, xasDetection *detection)
{
    for (int d = 0; name && d < 4; d++)
        if (strcmp(name, names[d]) == 0) {
            *detection = (xasDetection)d;
            return xasOk;
        }
    return xasErrNotFound;
}

/* By energy; equal energies by value, so that the means do not depend on the
 * order in which the rows came. */
static int ascending(const void *a, const void *b)
{
    const row *x = a, *y = b;

    if (x->energy != y->energy)
        return x->energy > y->energy ? 1 : -1;
    if (x->mu != y->mu)
        return x->mu > y->mu ? 1 : -1;
    return (x->variance > y->variance) - (x->variance < y->variance);
}

/* Most scans come in order, and sorting costs more than all the rest. */
static void sortRows(row *r, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (ascending(&r[i - 1], &r[i]) > 0) {
            qsort(r, n, sizeof *r, ascending);
            return;
        }
}

double xasSpectrumMuOf(xasDetection detection, const double *i0, double signal)
{
    if (!i0)
        return signal;
    return detection == xasDetectTransmission ? log(*i0 / signal)
                                              : signal / *i0;
}

/* False for a row without a finite mu. */
static int makeRow(xasDetection detection, double energy, const double *i0,
                   double signal, row *out)
{
    out->energy = energy;
    out->mu = xasSpectrumMuOf(detection, i0, signal);
    out->variance = 0;
    if (i0 && detection == xasDetectTransmission)
        out->variance = 1 / *i0 + 1 / signal;
    else if (i0)
        out->variance = out->mu * (1 + out->mu) / *i0;
    /* A drain current may be negative once its dark offset is off. */
    if (out->variance < 0)
        out->variance = 0;
    return isfinite(energy) && isfinite(out->mu) && isfinite(out->variance);
}

/* Average the points closer than XAS_SAME_EV to the first of their group;
 * running means leave copies of one row exactly what they are. */
static size_t average(row *r, size_t n)
{
    size_t groups = 0;

    for (size_t i = 0, next; i < n; i = next) {
        row mean = r[i];
        for (next = i + 1;
             next < n && r[next].energy - r[i].energy < XAS_SAME_EV; next++) {
            double count = (double)(next - i + 1);
            mean.energy += (r[next].energy - mean.energy) / count;
            mean.mu += (r[next].mu - mean.mu) / count;
            mean.variance += (r[next].variance - mean.variance) / count;
        }
        mean.variance /= (double)(next - i);
        r[groups++] = mean;
    }
    return groups;
}

static xasStatus fromRows(xasDetection detection, const row *r, size_t n,
                          int haveVariance, xasSpectrum **out)
{
    xasSpectrum *s = calloc(1, sizeof *s);

    if (!s)
        return xasErrMemory;
    s->detection = detection;
    s->n = n;
    s->energy_eV = malloc(3 * n * sizeof *s->energy_eV);
    if (!s->energy_eV) {
        free(s);
        return xasErrMemory;
    }
    s->mu = s->energy_eV + n;
    s->variance = haveVariance ? s->mu + n : NULL;
    for (size_t i = 0; i < n; i++) {
        s->energy_eV[i] = r[i].energy;
        s->mu[i] = r[i].mu;
        if (s->variance)
            s->variance[i] = r[i].variance;
    }
    *out = s;
    return xasOk;
}

xasStatus xasSpectrumCreate(xasDetection detection, const double *energy_eV,
                            const double *i0, const double *signal, size_t n,
                            xasSpectrum **out)
{
    size_t used = 0;
    xasStatus status;
    row *r;

    if ((unsigned)detection > xasDetectYield || !out ||
        (n && (!energy_eV || !signal)) || (i0 && detection == xasDetectMu))
        return xasErrArg;
    if (!n)
        return xasErrRange;
    r = malloc(n * sizeof *r);
    if (!r)
        return xasErrMemory;
    for (size_t i = 0; i < n; i++)
        used += (size_t)makeRow(detection, energy_eV[i], i0 ? i0 + i : NULL,
                                signal[i], &r[used]);
    if (!used) {
        free(r);
        return xasErrRange;
    }
    sortRows(r, used);
    if (r[used - 1].energy < XAS_KEV_BELOW)
        for (size_t i = 0; i < used; i++)
            r[i].energy *= 1000;
    used = average(r, used);
    status = fromRows(detection, r, used, i0 != NULL, out);
    free(r);
    return status;
}

xasStatus xasSpectrumFromMu(xasDetection detection, const double *energy_eV,
                            const double *mu, const double *variance, size_t n,
                            xasSpectrum **out)
{
    xasStatus status = xasOk;
    row *r;

    if ((unsigned)detection > xasDetectYield || !energy_eV || !mu ||
        !variance || !out)
        return xasErrArg;
    if (!n)
        return xasErrRange;
    r = malloc(n * sizeof *r);
    if (!r)
        return xasErrMemory;
    for (size_t i = 0; i < n && status == xasOk; i++) {
        r[i] = (row){ energy_eV[i], mu[i], variance[i] };
        if (!isfinite(r[i].energy) || !isfinite(r[i].mu) ||
            !(r[i].variance >= 0))
            status = xasErrNaN;
        else if (i && !(r[i].energy > r[i - 1].energy))
            status = xasErrOrder;
    }
    if (status == xasOk)
        status = fromRows(detection, r, n, 1, out);
    free(r);
    return status;
}

void xasSpectrumDestroy(xasSpectrum *s)
{
    if (!s)
        return;
    free(s->energy_eV);
    free(s);
}

void xasSpectrumShift(xasSpectrum *s, double shift_eV)
{
    for (size_t i = 0; i < s->n; i++)
        s->energy_eV[i] += shift_eV;
}

size_t xasSpectrumCut(xasSpectrum *s, double low_eV, double high_eV)
{
    size_t kept = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (!(s->energy_eV[i] >= low_eV && s->energy_eV[i] <= high_eV))
            continue;
        s->energy_eV[kept] = s->energy_eV[i];
        s->mu[kept] = s->mu[i];
        if (s->variance)
            s->variance[kept] = s->variance[i];
        kept++;
    }
    s->n = kept;
    return kept;
}

size_t xasSpectrumSize(const xasSpectrum *s)
{
    return s->n;
}

xasDetection xasSpectrumDetection(const xasSpectrum *s)
{
    return s->detection;
}

const double *xasSpectrumEnergy(const xasSpectrum *s)
{
    return s->energy_eV;
}

const double *xasSpectrumMu(const xasSpectrum *s)
{
    return s->mu;
}

const double *xasSpectrumVariance(const xasSpectrum *s)
{
    return s->variance;
}
