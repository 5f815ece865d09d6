/* SPDX-License-Identifier: BSD-3-Clause */
/* A quick monochromator: a sweep passes, then its arrays come, one by one. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include <epicsTime.h>

#include "simScan.h"

enum { arraysMax = 2 + xasSimSignals + xasSimElementsMax * simParts };

typedef struct Sweep {
    simScan *scan;
    size_t from, n; /* readings of the schedule */
    double *values; /* [n] */
} Sweep;

/* Number `which` of the arrays: energy, angle, signals, elements. */
static dbCommon *recordOf(const simStation *st, int which)
{
    if (which < 2 + xasSimSignals)
        return st->show[simShowEnergyArr + which];
    which -= 2 + xasSimSignals;
    return st->elementArr[which / simParts][which % simParts];
}

/* Signals count as -1 for energy and angle, 0... for I0... */
static double valueOf(const simScan *scan, size_t i, int which)
{
    int signal = which < 2 ? -1 : which - 2;

    if (signal >= xasSimSignals)
        return simElementShown(scan, i, signal - xasSimSignals);
    double value = simShown(scan, i, signal);

    return which == 1 ? xasSimAngle(value, scan->st->now[simSetDSpacing])
                      : value;
}

/* ArrShort: one array lacks so many points. */
static size_t lengthOf(const Sweep *w, int which)
{
    const simStation *st = w->scan->st;
    double lacks = st->now[simSetArrShort];

    if (lacks <= 0 || which == 1 || which >= 2 + xasSimSignals ||
        !simIsFaulty(st, which < 2 ? -1 : which - 2))
        return w->n;
    return lacks < (double)w->n ? w->n - (size_t)lacks : 0;
}

static void postArray(Sweep *w, int which)
{
    simScan *scan = w->scan;
    size_t n = lengthOf(w, which);
    int signal = which < 2 ? -1 : which - 2;
    xasSimStamp kind = xasSimStampNow;
    bool broken = false;

    /* An array has one stamp and one alarm: what is wrong with one of its
     * points is wrong with all. */
    for (size_t i = 0; i < n; i++) {
        const xasSimStep *step = &scan->schedule->step[w->from + i];

        w->values[i] = valueOf(scan, w->from + i, which);
        broken = broken || step->invalid;
        if (step->stamp != xasSimStampNow)
            kind = step->stamp;
    }
    epicsTimeStamp stamp = simStampOf(scan->st, kind, 0);

    simPutArray(recordOf(scan->st, which), w->values, n,
                broken && signal < xasSimSignals &&
                    simIsFaulty(scan->st, signal),
                &stamp);
    scan->st->posted[0]++;
}

/* Those it has, in the order asked for: permutation number ArrOrder, counted
 * as a dictionary does, of n; -1: another each time. */
static int order(simScan *scan, int out[arraysMax])
{
    const simStation *st = scan->st;
    int pool[arraysMax], n = 0, all = 2 + xasSimSignals;
    double asked = st->now[simSetArrOrder];

    for (int i = 0; i < all + st->elements * simParts; i++)
        if (recordOf(st, i))
            pool[n++] = i;
    uint64_t number =
        asked < 0 ? (uint64_t)(xasSimRandomUniform(&scan->random) * 0x1p32)
                  : (uint64_t)asked;
    /* The digits of `number` to the bases n, n-1, ..., the last one first. */
    int digit[arraysMax];

    for (int i = n - 1; i >= 0; i--) {
        digit[i] = (int)(number % (uint64_t)(n - i));
        number /= (uint64_t)(n - i);
    }
    for (int i = 0; i < n; i++) {
        out[i] = pool[digit[i]];
        for (int j = digit[i]; j < n - i - 1; j++)
            pool[j] = pool[j + 1];
    }
    return n;
}

static bool postSweep(Sweep *w)
{
    simStation *st = w->scan->st;
    int which[arraysMax], n = order(w->scan, which);
    double gap = st->now[simSetArrGapMs] * 1e-3;
    epicsTimeStamp now;

    for (int i = 0; i < n; i++) {
        if (i && gap > 0 && !simWaitUntil(st, simClock() + gap))
            return false;
        postArray(w, which[i]);
    }
    (void)epicsTimeGetCurrent(&now);
    simPutNumber(st->show[simShowArrDone], ++st->arrays, &now);
    return true;
}

/* Readings of the sweep that begins at `from`, and its pauses. */
static size_t sweepAt(const simScan *scan, size_t from, double *pause_s)
{
    const xasSimSchedule *s = scan->schedule;
    size_t n = 0;

    *pause_s = 0;
    while (from + n < s->n && s->step[from + n].sweep == s->step[from].sweep)
        *pause_s += s->step[from + n++].pause_s;
    return n;
}

static bool passSweep(simScan *scan, size_t from, size_t n, double until)
{
    simStation *st = scan->st;
    const xasSimSchedule *s = scan->schedule;
    double start = simClock();
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutNumber(st->show[simShowSweep], (double)s->step[from].sweep, &now);
    /* Where the beam fails, the ring says so at that time. */
    for (size_t i = 0; i < n; i++) {
        const xasSimStep *step = &s->step[from + i];

        if (step->dump == st->dumped && step->inhibit == st->filling)
            continue;
        if (!simWaitUntil(st, start + (until - start) * (double)i / (double)n))
            return false;
        simPostBeam(st, step, false);
    }
    for (size_t i = from; i < from + n; i++)
        simTruth(scan, scan->data->energy_eV[i],
                 xasSimDataMu(scan->mean, s->step[i].at));
    return simWaitUntil(st, until);
}

bool simScanArray(simScan *scan)
{
    Sweep w = { .scan = scan };
    double due = simClock(), pause;

    w.values = malloc((scan->schedule->n + 1) * sizeof *w.values);
    if (!w.values)
        return false;
    bool go = true;

    for (; go && w.from < scan->schedule->n; w.from += w.n) {
        w.n = sweepAt(scan, w.from, &pause);
        due = fmax(due, simClock()) + scan->st->now[simSetSweepTime] + pause;
        go = passSweep(scan, w.from, w.n, due) && postSweep(&w);
    }
    free(w.values);
    return go;
}
