/* SPDX-License-Identifier: BSD-3-Clause */
/* From the means of a spectrum to readings of it. */
#include "xasSimData.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasSimRandom.h"

static void copyNames(const xasSimData *from, xasSimData *to)
{
    memcpy(to->formula, from->formula, sizeof to->formula);
    memcpy(to->sample, from->sample, sizeof to->sample);
    memcpy(to->element, from->element, sizeof to->element);
    memcpy(to->edge, from->edge, sizeof to->edge);
    memcpy(to->comment, from->comment, sizeof to->comment);
    to->counted = from->counted;
}

static unsigned signalsOf(const xasSimData *d)
{
    unsigned signals = 0;

    for (int s = 0; s < xasSimSignals; s++)
        if (d->signal[s])
            signals |= 1u << s;
    return signals;
}

/* What follows I0 sees the photons that I0 has counted: the photons behind a
 * chamber scatter together with those in it. */
static void count(const xasSimData *mean, const xasSimStep *step, size_t i,
                  xasSimRandom *r, xasSimData *d)
{
    static const xasSimSignal k[] = { xasSimI1, xasSimIf, xasSimTey };
    static const xasSimSignal l[] = { xasSimTey, xasSimIf, xasSimI1 };
    double i0Mean = mean->signal[xasSimI0][step->sees];
    double i0 = xasSimRandomPoisson(r, i0Mean * step->beam);

    d->signal[xasSimI0][i] = i0;
    for (int j = 0; j < 3; j++) {
        xasSimSignal s = mean->edge[0] == 'L' ? l[j] : k[j];

        if (mean->signal[s])
            d->signal[s][i] = xasSimRandomPoisson(
                r, i0 * (mean->signal[s][step->sees] / i0Mean));
    }
}

static void copy(const xasSimData *mean, const xasSimStep *step, size_t i,
                 xasSimData *d)
{
    for (int s = 0; s < xasSimSignals; s++)
        if (mean->signal[s])
            d->signal[s][i] = mean->signal[s][step->sees] * step->beam;
}

xasStatus xasSimDataPlay(const xasSimData *mean, const xasSimSchedule *s,
                         uint32_t seed, bool noise, xasSimData **out)
{
    xasSimData *d = xasSimDataCreate(s->n, signalsOf(mean));
    char name[16];

    if (!d)
        return xasErrMemory;
    copyNames(mean, d);
    (void)snprintf(name, sizeof name, "%.10s %c", mean->formula, mean->edge[0]);
    xasSimRandom r = xasSimRandomInit(seed, name);

    (void)xasSimRandomNormal(&r); /* was the monochromator's */
    for (size_t i = 0; i < s->n; i++) {
        d->energy_eV[i] = mean->energy_eV[s->step[i].at];
        if (noise && mean->counted)
            count(mean, &s->step[i], i, &r, d);
        else
            copy(mean, &s->step[i], i, d);
    }
    *out = d;
    return xasOk;
}

double xasSimDataAt(const xasSimData *d, xasSimSignal signal, double energy_eV)
{
    const double *e = d->energy_eV, *y = d->signal[signal];
    size_t lo = 0, hi = d->n - 1;

    if (!y)
        return NAN;
    if (!(energy_eV > e[lo]))
        return y[lo];
    if (!(energy_eV < e[hi]))
        return y[hi];
    while (hi - lo > 1) {
        size_t mid = lo + (hi - lo) / 2;

        if (e[mid] <= energy_eV)
            lo = mid;
        else
            hi = mid;
    }
    return y[lo] + (y[hi] - y[lo]) * (energy_eV - e[lo]) / (e[hi] - e[lo]);
}

double xasSimDataMu(const xasSimData *d, size_t i)
{
    double i0 = d->signal[xasSimI0] ? d->signal[xasSimI0][i] : NAN;

    if (d->signal[xasSimI1])
        return log(i0 / d->signal[xasSimI1][i]);
    if (d->signal[xasSimIf])
        return d->signal[xasSimIf][i] / i0;
    return d->signal[xasSimTey] ? d->signal[xasSimTey][i] / i0 : NAN;
}

xasStatus xasSimDataResample(const xasSimData *d, size_t n, xasSimData **out)
{
    xasSimData *r = xasSimDataCreate(n ? n : d->n, signalsOf(d));
    double from = d->energy_eV[0], to = d->energy_eV[d->n - 1];

    if (!r)
        return xasErrMemory;
    copyNames(d, r);
    if (!n) {
        memcpy(r->energy_eV, d->energy_eV, d->n * sizeof *r->energy_eV);
        for (int s = 0; s < xasSimSignals; s++)
            if (d->signal[s])
                memcpy(r->signal[s], d->signal[s], d->n * sizeof(double));
        *out = r;
        return xasOk;
    }
    for (size_t i = 1; i < d->n; i++)
        if (!(d->energy_eV[i] > d->energy_eV[i - 1])) {
            xasSimDataDestroy(r);
            return xasErrOrder;
        }
    for (size_t i = 0; i < n; i++) {
        double e =
            n > 1 ? from + (to - from) * (double)i / (double)(n - 1) : from;

        r->energy_eV[i] = e;
        for (int s = 0; s < xasSimSignals; s++)
            if (d->signal[s])
                r->signal[s][i] = xasSimDataAt(d, (xasSimSignal)s, e);
    }
    *out = r;
    return xasOk;
}
