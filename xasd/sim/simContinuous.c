/* SPDX-License-Identifier: BSD-3-Clause */
/* The monochromator moves on while detectors count: every reading comes at its
 * own time, and its stamp says when. */
#include <math.h>
#include <string.h>

#include <epicsTime.h>

#include "simScan.h"

/* Behind by more readings than this, the monochromator waits: catching up would
 * be a burst, and a client's queue holds about a hundred. */
#define BEHIND_MAX 50

/* Energy first, then signals. */
enum { streamsMax = 1 + xasSimSignals };

typedef struct Stream {
    int signal;   /* -1: energy */
    double rate;  /* 1/s; 0: none */
    double at_s;  /* end of its next reading, in time of the scan */
    double due_s; /* when it is posted */
    double last;  /* value shown */
    size_t n;     /* readings of elements */
} Stream;

typedef struct Run {
    simScan *scan;
    Stream stream[streamsMax];
    double start_s, end_s; /* clock at time 0; length of the scan */
    double rate;           /* of the signals: what points are counted by */
    double all;            /* readings per second, of all streams */
    size_t points;
} Run;

/* Time that the monochromator has been under way at t. */
static double moving(const Run *r, double t)
{
    const xasSimFaults *f = &r->scan->faults;

    if (f->pauseAt < 0)
        return t;
    double from = (double)f->pauseAt / r->rate;

    return t <= from ? t : fmax(from, t - f->pause_s);
}

static size_t sweepOf(const Run *r, double t)
{
    const simStation *st = r->scan->st;
    double whole = r->scan->sweep_s + st->now[simSetTurnS];
    double k = floor(moving(r, t) / whole), last = st->now[simSetSweeps] - 1;

    return k < 0 ? 0 : (size_t)fmin(k, last);
}

static double energyAt(const Run *r, double t)
{
    const simScan *scan = r->scan;
    const simStation *st = scan->st;
    size_t sweep = sweepOf(r, t);
    double turn = st->now[simSetTurnS];
    double x = moving(r, t) - (double)sweep * (scan->sweep_s + turn);
    double part = fmin(fmax(x / scan->sweep_s, 0), 1);

    if (st->now[simSetAlternate] != 0)
        part = sweep % 2 ? 1 - part : part;
    else if (x > scan->sweep_s && turn > 0) /* on its way back */
        part = 1 - fmin((x - scan->sweep_s) / turn, 1);
    return scan->from_eV + (scan->to_eV - scan->from_eV) * part;
}

static epicsTimeStamp stampAt(Run *r, double t, xasSimStamp kind)
{
    return simStampOf(r->scan->st, kind, simClock() - (r->start_s + t));
}

static xasSimStep stepAt(const Run *r, double t)
{
    double i = floor(t * r->rate + 1e-9);
    xasSimStep step =
        xasSimFaultStep(&r->scan->faults, i > 0 ? (size_t)i : 0, 0, 0);

    return step;
}

static double reading(Run *r, xasSimSignal s, double energy, double beam)
{
    const simScan *scan = r->scan;
    double mean = xasSimDataAt(scan->mean, s, energy) * beam;

    if (scan->mean->counted && scan->st->now[simSetNoise] != 0 && !isnan(mean))
        return xasSimRandomPoisson(&r->scan->random, mean);
    return mean;
}

/* The first signal counts the points; the truth knows no lag. */
static void postPoint(Run *r, double middle, const epicsTimeStamp *stamp)
{
    const simScan *scan = r->scan;
    double energy = energyAt(r, middle);
    double i0 = xasSimDataAt(scan->mean, xasSimI0, energy);
    xasSimSignal s = simStationSignal(scan->st);
    double y = xasSimDataAt(scan->mean, s, energy);

    simTruth(r->scan, energy, s == xasSimI1 ? log(i0 / y) : y / i0);
    simPostPoint(scan->st, r->points++, stamp);
}

/* A detector reading belongs to the middle of its integration, and sees where
 * the monochromator was LagMs before. */
static void postSignal(Run *r, Stream *s)
{
    simStation *st = r->scan->st;
    double middle = s->at_s - 0.5 / s->rate;
    xasSimStep step = stepAt(r, middle);
    double lagged = energyAt(r, middle - st->now[simSetLagMs] * 1e-3);
    epicsTimeStamp stamp = stampAt(r, middle, step.stamp);
    double value = reading(r, (xasSimSignal)s->signal, lagged, step.beam);

    if (!step.hold || !simIsFaulty(st, s->signal))
        s->last = simFaulty(st, &step, s->signal, value);
    simPostBeam(st, &step, false);
    simPostSignal(st, (xasSimSignal)s->signal, s->last, &step, &stamp);
    if (s->signal == xasSimI1)
        simPostFoil(r->scan, lagged, value, &stamp);
    if (s->signal == xasSimIf && st->elements)
        simPostElements(st, value,
                        xasSimDataAt(r->scan->mean, xasSimIf, lagged) /
                            xasSimDataAt(r->scan->mean, xasSimI0, lagged),
                        step.beam, s->n++, &stamp);
    if (s->signal == (int)simStationSignal(st))
        postPoint(r, middle, &stamp);
}

static void postEnergy(Run *r, Stream *s)
{
    xasSimStep step = stepAt(r, s->at_s);
    epicsTimeStamp stamp = stampAt(r, s->at_s, step.stamp);
    size_t sweep = sweepOf(r, s->at_s);

    if (sweep != r->scan->st->sweep) {
        simPutNumber(r->scan->st->show[simShowSweep], (double)sweep, &stamp);
        r->scan->st->sweep = sweep;
    }
    if (!step.hold || !simIsFaulty(r->scan->st, -1))
        s->last = simFaulty(r->scan->st, &step, -1, energyAt(r, s->at_s));
    simPostEnergy(r->scan->st, s->last, &step, &stamp);
}

static double dueOf(const Run *r, const Stream *s)
{
    xasSimStep step = stepAt(r, s->at_s);
    double late = step.late && simIsFaulty(r->scan->st, s->signal)
                      ? r->scan->st->now[simSetLateMs] * 1e-3
                      : 0;

    return r->start_s + s->at_s + late;
}

static Stream *nextStream(Run *r)
{
    Stream *best = NULL;

    for (int i = 0; i < streamsMax; i++) {
        Stream *s = &r->stream[i];

        if (s->rate > 0 && s->at_s <= r->end_s + 1e-9 &&
            (!best || s->due_s < best->due_s))
            best = s;
    }
    return best;
}

/* Detectors start when they like: no two end at the same time. */
static void addStreams(Run *r)
{
    const simStation *st = r->scan->st;

    for (int i = 0; i < streamsMax; i++) {
        Stream *s = &r->stream[i];

        s->signal = i - 1;
        if (i == 0)
            s->rate = st->now[simSetEnergyRate];
        else if (st->count[i - 1])
            s->rate = i == 1 ? st->now[simSetI0Rate] : r->rate;
        r->all += s->rate;
        s->at_s = i && s->rate > 0 ? (1 + 0.13 * i) / s->rate : 0;
        s->due_s = dueOf(r, s);
    }
}

static bool post(Run *r, Stream *s)
{
    double behind = simClock() - s->due_s;

    if (behind * r->all > BEHIND_MAX) {
        r->start_s += behind;
        for (int i = 0; i < streamsMax; i++)
            r->stream[i].due_s += behind;
    }
    if (!simWaitUntil(r->scan->st, s->due_s))
        return false;
    if (s->signal < 0)
        postEnergy(r, s);
    else
        postSignal(r, s);
    s->at_s += 1 / s->rate;
    s->due_s = dueOf(r, s);
    return true;
}

bool simScanContinuous(simScan *scan)
{
    simStation *st = scan->st;
    const xasSimFaults *f = &scan->faults;
    Run r = { .scan = scan, .rate = st->now[simSetSignalRate] };
    bool go = true;

    r.start_s = simClock();
    st->sweep = 0;
    r.end_s = (scan->sweep_s + st->now[simSetTurnS]) * st->now[simSetSweeps] -
              st->now[simSetTurnS];
    if (f->pauseAt >= 0)
        r.end_s += f->pause_s;
    addStreams(&r);
    for (Stream *s = nextStream(&r); s && go; s = nextStream(&r)) {
        if (f->abortAt >= 0 && r.points >= (size_t)f->abortAt)
            return false;
        go = post(&r, s);
    }
    return go;
}
