/* SPDX-License-Identifier: BSD-3-Clause */
/* What clients of a synApps sscan record see: scalars at most 20 times a
 * second, and only changed ones; VAL for each set of them; arrays and DATA = 1
 * at the end; BUSY falls later.  Source: "The sscan record", sections 1.3.4 and
 * 1.3.5, of the documentation of the sscan module. */
#include <math.h>
#include <stdlib.h>

#include <epicsTime.h>

#include "simStep.h"

#define POST_EVERY_S 0.05
/* Positioners may move back before BUSY falls. */
#define AFTER_S 0.02

typedef struct Sscan {
    simSteps run;
    double posted_s;
    double energy_eV, value[simSscanMax]; /* as last posted */
    double *array;                        /* [SIM_SSCAN_MAX] */
    size_t cpt, npts, posted;             /* points; CPT as last posted */
} Sscan;

static void putTo(dbCommon *record, double value)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutNumber(record, value, &now);
}

static void put(Sscan *s, simShow show, double value)
{
    putTo(s->run.scan->st->show[show], value);
}

/* Signals, then ROI, ICR and OCR of each element.  The record keeps detectors
 * as float. */
static double valueOf(const Sscan *s, int detector, size_t i)
{
    const simScan *scan = s->run.scan;

    if (detector < xasSimSignals)
        return (float)simShown(scan, i, detector);
    return (float)simElementShown(scan, i, detector - xasSimSignals);
}

static double energyOf(const Sscan *s, size_t i)
{
    return simShown(s->run.scan, i, -1);
}

/* Once for each point. */
static void postDone(Sscan *s)
{
    if (s->posted == s->cpt)
        return;
    s->posted = s->cpt;
    put(s, simShowSscanCpt, (double)s->cpt);
    put(s, simShowSscanVal, 0); /* its value means nothing */
}

static void postScalars(Sscan *s, size_t i, bool end)
{
    double now = simClock(), e = energyOf(s, i);

    if (!end && s->posted && now - s->posted_s <= POST_EVERY_S) {
        /* Some versions: a client takes the last scalars for new ones. */
        if (s->run.scan->st->now[simSetSscanEvery] != 0)
            postDone(s);
        return;
    }
    s->posted_s = now;
    /* NaN is never different: fabs(NaN) > 0 is false in the record, too. */
    for (int d = 0; d < s->run.scan->st->detectors; d++) {
        double value = valueOf(s, d, i);

        if (fabs(s->value[d] - value) > 0) {
            putTo(s->run.scan->st->sscanCv[d], value);
            s->value[d] = value;
        }
    }
    if (fabs(s->energy_eV - e) > 0) {
        put(s, simShowSscanP1dv, e);
        put(s, simShowSscanR1cv, e);
        s->energy_eV = e;
    }
    postDone(s);
}

/* What was not measured has the value of the last point: up to all that the
 * record has room for, since displays plot the whole array. */
static void postArray(Sscan *s, dbCommon *record, int detector)
{
    epicsTimeStamp now;

    for (size_t i = 0; i < SIM_SSCAN_MAX; i++) {
        size_t from = i < s->cpt ? i : s->cpt - 1;

        s->array[i] = !s->cpt        ? 0
                      : detector < 0 ? energyOf(s, from)
                                     : valueOf(s, detector, from);
    }
    (void)epicsTimeGetCurrent(&now);
    simPutArray(record, s->array, SIM_SSCAN_MAX, false, &now);
}

static void begin(Sscan *s)
{
    put(s, simShowSscanNpts, (double)s->npts);
    put(s, simShowSscanMpts, SIM_SSCAN_MAX);
    put(s, simShowSscanExsc, 1);
    put(s, simShowSscanBusy, 1);
    put(s, simShowSscanData, 0);
    s->cpt = 0;
    put(s, simShowSscanCpt, 0);
}

static void end(Sscan *s)
{
    const simStation *st = s->run.scan->st;

    if (s->cpt)
        postScalars(s, s->cpt - 1, true);
    postArray(s, st->show[simShowSscanP1ra], -1);
    for (int d = 0; d < st->detectors; d++)
        postArray(s, st->sscanDa[d], d);
    put(s, simShowSscanExsc, 0);
    put(s, simShowSscanData, 1);
}

bool simScanSscan(simScan *scan)
{
    Sscan s = { .run = { .scan = scan, .due_s = simClock() }, .energy_eV = -1 };
    epicsTimeStamp stamp;
    bool go = true;

    /* A point that is measured again is one of its table. */
    s.npts = scan->schedule->n > scan->schedule->planned
                 ? scan->schedule->n
                 : scan->schedule->planned;
    if (s.npts > SIM_SSCAN_MAX)
        s.npts = SIM_SSCAN_MAX;
    s.array = malloc(SIM_SSCAN_MAX * sizeof *s.array);
    if (!s.array)
        return false;
    for (int d = 0; d < simSscanMax; d++)
        s.value[d] = -1;
    begin(&s);
    for (size_t i = 0; i < scan->schedule->n && s.cpt < s.npts && go; i++) {
        go = simStepWait(&s.run, i);
        if (!go)
            break;
        simStepPost(&s.run, i, &stamp);
        s.cpt = i + 1;
        postScalars(&s, i, false);
    }
    end(&s);
    free(s.array);
    (void)simWaitUntil(scan->st, simClock() + AFTER_S);
    put(&s, simShowSscanBusy, 0);
    return simStepEnd(&s.run) && go;
}
