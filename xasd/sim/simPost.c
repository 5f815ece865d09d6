/* SPDX-License-Identifier: BSD-3-Clause */
/* Readings on their way into records. */
#include <math.h>

#include <epicsTime.h>

#include "simScan.h"

/* Where a clock that nobody has set may stand. */
#define UNSET_S 100
/* What a ring monitor shows without beam, of 1. */
#define RING_EMPTY 1e-4

epicsTimeStamp simStampOf(simStation *st, xasSimStamp kind, double age_s)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    epicsTimeAddSeconds(&now, -age_s);
    if (kind != xasSimStampEqual || st->held.secPastEpoch == 0)
        st->held = now;
    switch (kind) {
    case xasSimStampFuture: epicsTimeAddSeconds(&now, 3600); break;
    case xasSimStamp1990:
        now.secPastEpoch = UNSET_S + now.secPastEpoch % 1000;
        break;
    case xasSimStampEqual: now = st->held; break;
    case xasSimStampUndefined:
        now.secPastEpoch = 0;
        now.nsec = 0;
        break;
    case xasSimStampNow:
    case xasSimStampCount: break;
    }
    return now;
}

xasSimSignal simStationSignal(const simStation *st)
{
    int s = xasSimI1;

    while (s + 1 < xasSimSignals && !(st->signals >> s & 1))
        s++;
    return (xasSimSignal)s;
}

/* Fault:Channel: 0 the first signal, 1 the energy, then I0 I1 If TEY. */
bool simIsFaulty(const simStation *st, int signal)
{
    int channel = (int)st->now[simSetFaultChannel];

    if (channel == 0)
        return signal == (int)simStationSignal(st);
    return signal == channel - 2;
}

static void post(dbCommon *record, double value, bool broken,
                 const epicsTimeStamp *stamp)
{
    if (broken)
        simPutBroken(record, value, stamp);
    else
        simPutNumber(record, value, stamp);
}

static void counted(simStation *st, simShow which)
{
    st->posted[which - simShowPosted]++;
    st->posted[0]++;
}

/* A spike comes before the dark counts, NaN after all. */
double simFaulty(const simStation *st, const xasSimStep *step, int signal,
                 double value)
{
    bool faulty = simIsFaulty(st, signal);

    if (faulty && step->glitch)
        value *= st->now[simSetGlitchFactor];
    /* -0 + 0 would be another number. */
    if (signal >= 0 && st->now[simSetDark] != 0)
        value += st->now[simSetDark];
    return faulty && step->nan ? NAN : value;
}

double simShown(const simScan *scan, size_t i, int signal)
{
    const xasSimStep *step = &scan->schedule->step[i];
    const double *values =
        signal < 0 ? scan->data->energy_eV : scan->data->signal[signal];
    size_t from = simIsFaulty(scan->st, signal) ? step->held : i;

    return values ? simFaulty(scan->st, step, signal, values[from]) : NAN;
}

void simPostSignal(simStation *st, xasSimSignal s, double value,
                   const xasSimStep *step, const epicsTimeStamp *stamp)
{
    if (!st->count[s])
        return;
    post(st->count[s], value, simIsFaulty(st, (int)s) && step->invalid, stamp);
    counted(st, simShowPostedI0 + s);
}

void simPostEnergy(simStation *st, double energy_eV, const xasSimStep *step,
                   const epicsTimeStamp *stamp)
{
    bool broken = simIsFaulty(st, -1) && step->invalid;

    post(st->show[simShowAngle],
         xasSimAngle(energy_eV, st->now[simSetDSpacing]), broken, stamp);
    post(st->show[simShowEnergy], energy_eV, broken, stamp);
    counted(st, simShowPostedEnergy);
}

void simPostPoint(simStation *st, size_t i, const epicsTimeStamp *stamp)
{
    if (st->now[simSetNoPoint] != 0)
        return;
    simPutNumber(st->show[simShowPoint], (double)i, stamp);
    counted(st, simShowPostedPoint);
}

void simPostBeam(simStation *st, const xasSimStep *step, bool force)
{
    bool dump = step->dump, inhibit = step->inhibit;
    epicsTimeStamp now;

    if (!force && dump == st->dumped && inhibit == st->filling)
        return;
    (void)epicsTimeGetCurrent(&now);
    simPutNumber(st->show[simShowRing],
                 st->now[simSetRingNominal] * (dump ? RING_EMPTY : 1), &now);
    simPutNumber(st->show[simShowTopUp], inhibit, &now);
    /* An interlock closes it without a beam. */
    simPutNumber(st->show[simShowShutter], st->open && !dump, &now);
    st->dumped = dump;
    st->filling = inhibit;
}

static void elementsOf(const simStation *st, double counts, double ratio,
                       double beam, size_t i, xasSimElement *out)
{
    bool dead = (double)i >= st->now[simSetDeadAt];

    /* Scatter comes in as well, whatever the energy. */
    xasSimElements(counts, (0.4 + 50 * ratio) * beam,
                   st->now[simSetTauNs] * 1e-9, st->elements,
                   dead ? (int)st->now[simSetDeadElement] : 0, out);
}

static void elementsAt(const simScan *scan, size_t i, xasSimElement *out)
{
    const xasSimStep *step = &scan->schedule->step[i];
    const double *line = scan->mean->signal[xasSimIf];

    if (line)
        elementsOf(scan->st, scan->data->signal[xasSimIf][i],
                   line[step->sees] / scan->mean->signal[xasSimI0][step->sees],
                   step->beam, i, out);
    else
        elementsOf(scan->st, NAN, NAN, 1, i, out);
}

double simElementShown(const simScan *scan, size_t i, int which)
{
    xasSimElement e[xasSimElementsMax];
    int k = which / simParts;

    elementsAt(scan, i, e);
    switch ((simPart)(which % simParts)) {
    case simPartIcr: return e[k].icr_per_s;
    case simPartOcr: return e[k].ocr_per_s;
    case simPartRoi:
    case simParts: break;
    }
    return e[k].roi;
}

static void postElements(simStation *st, const xasSimElement *e,
                         const epicsTimeStamp *stamp)
{
    for (int k = 0; k < st->elements; k++) {
        simPutNumber(st->element[k][simPartRoi], e[k].roi, stamp);
        simPutNumber(st->element[k][simPartIcr], e[k].icr_per_s, stamp);
        simPutNumber(st->element[k][simPartOcr], e[k].ocr_per_s, stamp);
    }
}

void simPostElements(simStation *st, double counts, double ratio, double beam,
                     size_t i, const epicsTimeStamp *stamp)
{
    xasSimElement e[xasSimElementsMax];

    elementsOf(st, counts, ratio, beam, i, e);
    postElements(st, e, stamp);
}

void simPostFoil(simScan *scan, double energy_eV, double i1,
                 const epicsTimeStamp *stamp)
{
    simStation *st = scan->st;
    double foil = xasSimFoil(scan->mean->element, st->edge, energy_eV);
    double i2 = i1 * exp(-foil);

    if (!st->show[simShowI2])
        return;
    if (st->now[simSetNoise] != 0 && scan->mean->counted && !isnan(i2))
        i2 = xasSimRandomPoisson(&scan->random, i2);
    simPutNumber(st->show[simShowI2], i2 + st->now[simSetDark], stamp);
}

void simPostRest(simScan *scan, size_t i, const epicsTimeStamp *stamp)
{
    const double *i1 = scan->data->signal[xasSimI1];
    xasSimElement e[xasSimElementsMax];

    if (scan->st->elements) {
        elementsAt(scan, i, e);
        postElements(scan->st, e, stamp);
    }
    simPostFoil(scan, scan->mean->energy_eV[scan->schedule->step[i].sees],
                i1 ? i1[i] : NAN, stamp);
}

void simTruth(simScan *scan, double energy_eV, double mu)
{
    if (scan->truthN >= SIM_ARRAY_MAX)
        return;
    scan->truthE[scan->truthN] = energy_eV;
    scan->truthMu[scan->truthN++] = mu;
}
