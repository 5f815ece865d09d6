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
    d->energy_eV = malloc(n * sizeof *d->energy_eV);
    bool good = d->energy_eV != NULL;

    for (int s = 0; s < xasSimSignals; s++)
        if (signals >> s & 1) {
            d->signal[s] = malloc(n * sizeof(double));
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

static void countK(const xasSimHalide *h, xasSimRandom *r, double e, size_t i,
                   xasSimData *d)
{
    double y = xasSimHalideK(h, e), ek = xasSimHalideEdgeK(h);
    double mu = 1.1 * pow(e / ek, -3) + 0.9 * y;
    double i0 = xasSimRandomPoisson(r, 4e5 * (1 + 0.05 * sin(e / 170)));

    d->signal[xasSimI0][i] = i0;
    if (d->signal[xasSimI1])
        d->signal[xasSimI1][i] = xasSimRandomPoisson(r, i0 * exp(-mu));
    /* A diluted sample: no self-absorption; 2 % scatter. */
    if (d->signal[xasSimIf])
        d->signal[xasSimIf][i] = xasSimRandomPoisson(r, i0 * 0.02 * (y + 0.02));
    if (d->signal[xasSimTey])
        d->signal[xasSimTey][i] = xasSimRandomPoisson(r, i0 * 0.05 * (1 + y));
}

static void countL(const xasSimHalide *h, xasSimRandom *r, double e, size_t i,
                   xasSimData *d)
{
    double y = xasSimHalideL(h, e);
    double i0 = xasSimRandomPoisson(r, 2e5);

    d->signal[xasSimI0][i] = i0;
    if (d->signal[xasSimTey])
        d->signal[xasSimTey][i] = xasSimRandomPoisson(r, i0 * 0.05 * y);
    if (d->signal[xasSimIf])
        d->signal[xasSimIf][i] =
            xasSimRandomPoisson(r, i0 * 0.002 * (y - 1 + 0.02));
    if (d->signal[xasSimI1])
        d->signal[xasSimI1][i] = xasSimRandomPoisson(r, i0 * exp(-0.3 * y));
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

xasStatus xasSimDataMake(const char *formula, char edge, unsigned signals,
                         uint32_t seed, xasSimData **out, xasMessage *message)
{
    const xasSimHalide *h = xasSimHalideFind(formula);
    double grid[GRID_MAX];
    char name[16];

    if (edge != 'K' && edge != 'L')
        return xasFail(xasErrArg, message, "edge %c, expected K or L", edge);
    if (!h)
        return xasFail(xasErrNotFound, message,
                       "no synthetic spectrum of '%.60s', expected a halide "
                       "such as FeCl2",
                       formula);
    size_t n = gridOf(h, edge, grid);
    xasSimData *d = xasSimDataCreate(n, signals | 1u << xasSimI0);

    if (!d)
        return xasFail(xasErrMemory, message, "out of memory");
    (void)snprintf(name, sizeof name, "%s %c", h->formula, edge);
    xasSimRandom r = xasSimRandomInit(seed, name);
    /* The monochromator never comes back to quite the same place, and what it
     * reads is rounded to 1 meV. */
    double off = xasSimRandomNormal(&r) * (edge == 'K' ? 0.05 : 0.02);

    for (size_t i = 0; i < n; i++) {
        (edge == 'K' ? countK : countL)(h, &r, grid[i], i, d);
        d->energy_eV[i] = nearbyint((grid[i] + off) * 1e3) / 1e3;
    }
    memcpy(d->element, h->formula, 2);
    d->edge[0] = edge;
    (void)snprintf(d->formula, sizeof d->formula, "%s", h->formula);
    (void)snprintf(d->sample, sizeof d->sample, "%s", h->formula);
    (void)snprintf(d->comment, sizeof d->comment,
                   "SYNTHETIC %s %c edge, seed %u (not measured)", h->formula,
                   edge, (unsigned)seed);
    *out = d;
    return xasOk;
}
