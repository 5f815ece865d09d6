/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimData.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasSimHalide.h"
#include "xasSimRandom.h"

#define GRID_MAX 600

const char *xasSimSignalName(xasSimSignal signal)
{
    static const char *const names[] = { "I0", "I1", "If", "TEY" };

    return names[signal];
}

xasSimData *xasSimDataCreate(size_t n, unsigned signals)
{
    xasSimData *d = calloc(1, sizeof *d);

    if (!d)
        return NULL;
    d->n = n;
    d->energy_eV = malloc((n ? n : 1) * sizeof *d->energy_eV);
    bool good = d->energy_eV != NULL;

    for (int s = 0; s < xasSimSignals; s++)
        if (signals >> s & 1) {
            d->signal[s] = malloc((n ? n : 1) * sizeof(double));
            good = good && d->signal[s];
        }
    if (good)
        return d;
    xasSimDataDestroy(d);
    return NULL;
}

void xasSimDataDestroy(xasSimData *data)
{
    if (!data)
        return;
    for (int s = 0; s < xasSimSignals; s++)
        free(data->signal[s]);
    free(data->energy_eV);
    free(data);
}

/* from, from + step, ... below to; appended at e[n]. */
static size_t append(double *e, size_t n, double from, double to, double step)
{
    for (size_t i = 0; from + (double)i * step < to - 1e-9; i++)
        e[n++] = from + (double)i * step;
    return n;
}

/* Means of counts for a flux of 1; what follows I0 is relative to it. */
static void meanK(const xasSimHalide *h, double e, size_t i, xasSimData *d)
{
    double y = xasSimHalideK(h, e), ek = xasSimHalideEdgeK(h);
    double mu = 1.1 * pow(e / ek, -3) + 0.9 * y;
    double i0 = 4e5 * (1 + 0.05 * sin(e / 170));

    d->signal[xasSimI0][i] = i0;
    if (d->signal[xasSimI1])
        d->signal[xasSimI1][i] = i0 * exp(-mu);
    /* A diluted sample: no self-absorption; 2 % scatter. */
    if (d->signal[xasSimIf])
        d->signal[xasSimIf][i] = i0 * 0.02 * (y + 0.02);
    if (d->signal[xasSimTey])
        d->signal[xasSimTey][i] = i0 * 0.05 * (1 + y);
}

static void meanL(const xasSimHalide *h, double e, size_t i, xasSimData *d)
{
    double y = xasSimHalideL(h, e), i0 = 2e5;

    d->signal[xasSimI0][i] = i0;
    if (d->signal[xasSimTey])
        d->signal[xasSimTey][i] = i0 * 0.05 * y;
    if (d->signal[xasSimIf])
        d->signal[xasSimIf][i] = i0 * 0.002 * (y - 1 + 0.02);
    if (d->signal[xasSimI1])
        d->signal[xasSimI1][i] = i0 * exp(-0.3 * y);
}

static size_t gridOf(const xasSimHalide *h, char edge, double grid[GRID_MAX])
{
    double l3, l2, ek = xasSimHalideEdgeK(h);

    xasSimHalideEdgeL(h, &l3, &l2);
    if (edge == 'L')
        return append(grid, 0, l3 - 18, l2 + 30, 0.15);
    size_t n = append(grid, 0, ek - 150, ek - 20, 5);

    n = append(grid, n, ek - 20, ek + 60, 0.35);
    return append(grid, n, ek + 60, ek + 420, 3);
}

static size_t spread(const double *grid, size_t n, size_t points, double *e)
{
    for (size_t i = 0; i < points; i++)
        e[i] = points > 1 ? grid[0] + (grid[n - 1] - grid[0]) * (double)i /
                                          (double)(points - 1)
                          : grid[0];
    return points;
}

static void nameOf(const char *formula, char edge, char name[16])
{
    (void)snprintf(name, 16, "%.10s %c", formula, edge);
}

xasStatus xasSimDataMean(const xasSimSpec *spec, xasSimData **out,
                         xasMessage *message)
{
    const xasSimHalide *h = xasSimHalideFind(spec->formula);
    double grid[GRID_MAX];
    char name[16];

    if (spec->edge != 'K' && spec->edge != 'L')
        return xasFail(xasErrArg, message, "edge %c, expected K or L",
                       spec->edge);
    if (!h)
        return xasFail(xasErrNotFound, message,
                       "no synthetic spectrum of '%.60s', expected a halide "
                       "such as FeCl2",
                       spec->formula);
    size_t n = gridOf(h, spec->edge, grid);
    xasSimData *d = xasSimDataCreate(spec->points ? spec->points : n,
                                     spec->signals | 1u << xasSimI0);

    if (!d)
        return xasFail(xasErrMemory, message, "out of memory");
    if (spec->points)
        (void)spread(grid, n, d->n, d->energy_eV);
    else
        memcpy(d->energy_eV, grid, n * sizeof *grid);
    nameOf(h->formula, spec->edge, name);
    xasSimRandom r = xasSimRandomInit(spec->seed, name);
    /* The monochromator never comes back to quite the same place, and what it
     * reads is rounded to 1 meV; not where points lie closer than that. */
    double off = xasSimRandomNormal(&r) * (spec->edge == 'K' ? 0.05 : 0.02);
    double fine = spec->points ? 1e6 : 1e3;

    for (size_t i = 0; i < d->n; i++) {
        (spec->edge == 'K' ? meanK : meanL)(h, d->energy_eV[i], i, d);
        d->energy_eV[i] = nearbyint((d->energy_eV[i] + off) * fine) / fine;
    }
    d->counted = true;
    memcpy(d->element, h->formula, 2);
    d->edge[0] = spec->edge;
    (void)snprintf(d->formula, sizeof d->formula, "%s", h->formula);
    (void)snprintf(d->sample, sizeof d->sample, "%s", h->formula);
    (void)snprintf(d->comment, sizeof d->comment,
                   "SYNTHETIC %s %c edge, seed %u (not measured)", h->formula,
                   spec->edge, (unsigned)spec->seed);
    *out = d;
    return xasOk;
}

xasStatus xasSimDataMake(const char *formula, char edge, unsigned signals,
                         uint32_t seed, xasSimData **out, xasMessage *message)
{
    xasSimSpec spec = { formula, edge, signals, seed, 0 };
    xasSimSchedule s = { 0 };
    xasSimFaults none;
    xasSimData *mean = NULL;
    xasStatus status = xasSimDataMean(&spec, &mean, message);

    if (status)
        return status;
    xasSimFaultsNone(&none);
    status = xasSimScheduleMake(&none, mean->n, 1, false, &s);
    if (!status)
        status = xasSimDataPlay(mean, &s, seed, true, out);
    if (status)
        (void)xasFail(status, message, "out of memory");
    xasSimScheduleClear(&s);
    xasSimDataDestroy(mean);
    return status;
}
