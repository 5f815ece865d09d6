/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimData.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasXdi.h"

#define I0_MADE 1e6

static const char *baseName(const char *file)
{
    const char *slash = strrchr(file, '/');

    return slash ? slash + 1 : file;
}

/* Columns of the file that are signals of the station, as they are. */
static unsigned takeRaw(const xasXdi *x, const double *i0, unsigned signals,
                        xasSimData *d)
{
    static const char *const names[xasSimSignals] = {
        "i0,io,monitor,imonitor", "itrans,i1,it,trans",
        "ifluor,ifluo,if,fluor,fluo", "itey,tey,iey,drain"
    };
    unsigned taken = 0;

    for (int s = xasSimI1; i0 && s < xasSimSignals; s++) {
        const double *column = xasXdiColumn(x, names[s]);

        if (!column || !(signals >> s & 1))
            continue;
        memcpy(d->signal[s], column, d->n * sizeof *column);
        taken |= 1u << s;
    }
    if (taken)
        memcpy(d->signal[xasSimI0], i0, d->n * sizeof *i0);
    return taken ? taken | 1u << xasSimI0 : 0;
}

static double muAt(const xasXdiChannels *ch, size_t i)
{
    switch (ch->detection) {
    case xasDetectMu: return ch->signal[i];
    case xasDetectTransmission: return log(ch->i0[i] / ch->signal[i]);
    case xasDetectFluorescence:
    case xasDetectYield: break;
    }
    return ch->signal[i] / ch->i0[i];
}

/* The station's first signal, counted by an ideal detector. */
static unsigned makeRaw(const xasXdiChannels *ch, unsigned signals,
                        xasSimData *d)
{
    int s = xasSimI1;

    while (s + 1 < xasSimSignals && !(signals >> s & 1))
        s++;
    for (size_t i = 0; i < d->n; i++) {
        double mu = muAt(ch, i);

        d->signal[xasSimI0][i] = I0_MADE;
        d->signal[s][i] = I0_MADE * (s == xasSimI1 ? exp(-mu) : mu);
    }
    return 1u << xasSimI0 | 1u << s;
}

static void describe(const xasXdi *x, const char *file, unsigned taken,
                     bool raw, xasSimData *d)
{
    char names[64] = "";

    for (int s = 0; s < xasSimSignals; s++)
        if (taken >> s & 1) {
            size_t used = strlen(names);

            (void)snprintf(names + used, sizeof names - used, "%s%s",
                           used ? ", " : "", xasSimSignalName((xasSimSignal)s));
        }
    const char *how = taken >> xasSimI1 & 1   ? "I1 = I0 exp(-mu)"
                      : taken >> xasSimIf & 1 ? "If = mu I0"
                                              : "TEY = mu I0";

    if (raw)
        (void)snprintf(d->comment, sizeof d->comment,
                       "played from %.120s: %s as in the file%s",
                       baseName(file), names,
                       x->energyIsKeV ? ", keV to eV" : "");
    else
        (void)snprintf(d->comment, sizeof d->comment,
                       "converted from mu of %.120s: I0 = 1e6, %s%s",
                       baseName(file), how,
                       x->energyIsKeV ? ", keV to eV" : "");
    (void)snprintf(d->formula, sizeof d->formula, "%s", x->formula);
    (void)snprintf(d->sample, sizeof d->sample, "%s",
                   x->sample[0] ? x->sample : baseName(file));
    memcpy(d->element, x->element, sizeof d->element);
    (void)snprintf(d->edge, sizeof d->edge, "%.1s", x->edge);
    d->edge[0] = (char)toupper((unsigned char)d->edge[0]);
}

/* What the source has not, the station will show as NaN. */
static void dropOthers(unsigned taken, xasSimData *d)
{
    for (int s = 0; s < xasSimSignals; s++)
        if (!(taken >> s & 1)) {
            free(d->signal[s]);
            d->signal[s] = NULL;
        }
}

xasStatus xasSimDataRead(const char *file, unsigned signals, xasSimData **out,
                         xasMessage *message)
{
    xasXdi *x = NULL;
    xasMessage why = { "" };
    xasXdiChannels ch = { .detection = xasDetectMu };
    xasSimData *d = NULL;

    if (!(signals & ~(1u << xasSimI0)))
        return xasFail(xasErrArg, message, "no signal besides I0");
    xasStatus status = xasXdiRead(file, &x, message);

    if (status != xasOk)
        return status;
    status = xasXdiBind(x, &ch, &why);
    if (status != xasOk) {
        xasFail(status, message, "%.300s: %.200s", file, why.text);
        goto done;
    }
    d = xasSimDataCreate(x->n, signals | 1u << xasSimI0);
    if (!d) {
        status = xasFail(xasErrMemory, message, "%s: out of memory", file);
        goto done;
    }
    for (size_t i = 0; i < d->n; i++)
        d->energy_eV[i] = ch.energy[i] * (x->energyIsKeV ? 1000 : 1);
    unsigned taken = takeRaw(x, ch.i0, signals, d);
    bool raw = taken != 0;

    if (!raw)
        taken = makeRaw(&ch, signals, d);
    describe(x, file, taken, raw, d);
    dropOthers(taken, d);
    *out = d;
done:
    xasXdiDestroy(x);
    return status;
}
