/* SPDX-License-Identifier: BSD-3-Clause */
/* Step by step: go to an energy, count, post. */
#include <math.h>

#include <epicsTime.h>

#include "simStep.h"

/* A client's queue holds about a hundred events: what is behind by more than
 * this many points is not caught up with, but late. */
#define CATCH_UP_POINTS 4
#define CATCH_UP_S      2e-3

static void postLate(simSteps *run)
{
    simStation *st = run->scan->st;
    const simLate *late = &run->late[0];
    const xasSimStep *step = &run->scan->schedule->step[late->i];

    for (int s = 0; s < xasSimSignals; s++)
        if (simIsFaulty(st, s))
            simPostSignal(st, (xasSimSignal)s, simShown(run->scan, late->i, s),
                          step, &late->stamp);
    if (simIsFaulty(st, -1))
        simPostEnergy(st, simShown(run->scan, late->i, -1), step, &late->stamp);
    run->lates--;
    for (size_t i = 0; i < run->lates; i++)
        run->late[i] = run->late[i + 1];
}

static void keepLate(simSteps *run, size_t i, const epicsTimeStamp *stamp)
{
    if (run->lates == sizeof run->late / sizeof *run->late)
        postLate(run);
    run->late[run->lates++] =
        (simLate){ simClock() + run->scan->st->now[simSetLateMs] * 1e-3, i,
                   *stamp };
}

/* Until then, posting meanwhile what is late. */
static bool waitFor(simSteps *run, double due)
{
    while (run->lates && run->late[0].due_s <= due) {
        if (!simWaitUntil(run->scan->st, run->late[0].due_s))
            return false;
        postLate(run);
    }
    return simWaitUntil(run->scan->st, due);
}

static void count(simSteps *run, bool counting)
{
    simStation *st = run->scan->st;
    epicsTimeStamp now;
    double t = simClock();

    (void)epicsTimeGetCurrent(&now);
    if (!counting)
        simPutNumber(st->show[simShowCounted], t - run->began_s, &now);
    run->began_s = t;
    simPutNumber(st->show[simShowCounting], counting, &now);
}

/* The monochromator goes there: read-backs on its way, the last one where it
 * is to be. */
static void move(simSteps *run, size_t i)
{
    simScan *scan = run->scan;
    simStation *st = scan->st;
    const xasSimStep *step = &scan->schedule->step[i];
    double to = simShown(scan, i, -1);
    double from = i ? scan->data->energy_eV[i - 1] : to;
    int n = (int)st->now[simSetMoveReadings];
    epicsTimeStamp stamp = simStampOf(st, step->stamp, 0);

    simPutNumber(st->show[simShowEnergySet], scan->data->energy_eV[i], &stamp);
    if (step->late && simIsFaulty(st, -1))
        return;
    for (int k = 1; k <= n; k++) {
        stamp = simStampOf(st, step->stamp, 0);
        simPostEnergy(st, k == n ? to : from + (to - from) * k / n, step,
                      &stamp);
    }
}

bool simStepWait(simSteps *run, size_t i)
{
    simStation *st = run->scan->st;
    const xasSimStep *step = &run->scan->schedule->step[i];
    double dwell = step->noDwell ? 0 : st->now[simSetDwell];
    double slack = fmin(CATCH_UP_S, CATCH_UP_POINTS * dwell);

    if (i && run->scan->schedule->step[i - 1].sweep != step->sweep) {
        epicsTimeStamp now;

        (void)epicsTimeGetCurrent(&now);
        simPutNumber(st->show[simShowSweep], (double)step->sweep, &now);
    }
    simPostBeam(st, step, false);
    if (step->pause_s > 0 &&
        !waitFor(run, run->due_s = simClock() + step->pause_s))
        return false;
    move(run, i);
    count(run, true);
    run->due_s = fmax(run->due_s + dwell, simClock() - slack);
    bool go = waitFor(run, run->due_s);

    count(run, false);
    return go;
}

/* Energy, signals, then the point's number: who sees that has all of it. */
void simStepPost(simSteps *run, size_t i, epicsTimeStamp *stamp)
{
    simScan *scan = run->scan;
    simStation *st = scan->st;
    const xasSimData *d = scan->data;
    const xasSimStep *step = &scan->schedule->step[i];

    *stamp = simStampOf(st, step->stamp, 0);
    if (st->now[simSetMoveReadings] <= 0 &&
        (!step->late || !simIsFaulty(st, -1)))
        simPostEnergy(st, simShown(scan, i, -1), step, stamp);
    for (int s = 0; s < xasSimSignals; s++)
        if (!step->late || !simIsFaulty(st, s))
            simPostSignal(st, (xasSimSignal)s, simShown(scan, i, s), step,
                          stamp);
    simPostRest(scan, i, stamp);
    simPostPoint(st, i, stamp);
    if (step->late)
        keepLate(run, i, stamp);
    simTruth(scan, d->energy_eV[i], xasSimDataMu(scan->mean, step->at));
}

bool simStepEnd(simSteps *run)
{
    bool go = true;

    while (run->lates && go) {
        go = simWaitUntil(run->scan->st, run->late[0].due_s);
        postLate(run);
    }
    return go;
}

bool simScanStep(simScan *scan)
{
    simSteps run = { .scan = scan, .due_s = simClock() };
    epicsTimeStamp stamp;
    bool go = true;

    for (size_t i = 0; i < scan->schedule->n && go; i++) {
        go = simStepWait(&run, i);
        if (go)
            simStepPost(&run, i, &stamp);
    }
    return simStepEnd(&run) && go;
}
