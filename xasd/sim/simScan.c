/* SPDX-License-Identifier: BSD-3-Clause */
#include "simScan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <epicsEvent.h>
#include <epicsTime.h>
#include <errlog.h>

double simClock(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static bool stopped(simStation *st)
{
    epicsMutexMustLock(st->lock);
    bool stop = st->stop || st->quit;

    epicsMutexUnlock(st->lock);
    return stop;
}

/* A semaphore wakes up too coarsely for the last two milliseconds. */
bool simWaitUntil(simStation *st, double due)
{
    struct timespec t;

    while (due - simClock() > 2e-3) {
        (void)epicsEventWaitWithTimeout(st->wake, due - simClock() - 1e-3);
        simStationServe(st);
        if (stopped(st))
            return false;
    }
    t.tv_sec = (time_t)due;
    t.tv_nsec = (long)((due - (double)t.tv_sec) * 1e9);
    while (simClock() < due)
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    return !stopped(st);
}

static void begin(simScan *scan, bool first)
{
    static const xasSimStep well = { .beam = 1 };
    simStation *st = scan->st;
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutText(st->show[simShowComment], scan->mean->comment, &now);
    simPutText(st->show[simShowElement], scan->mean->element, &now);
    simPutText(st->show[simShowEdge], scan->mean->edge, &now);
    simPutNumber(st->show[simShowPlanned], (double)scan->schedule->planned,
                 &now);
    simPutNumber(st->show[simShowAborted], 0, &now);
    simPutNumber(st->show[simShowSweep], 0, &now);
    st->open = true;
    simPostBeam(st, &well, true);
    if (first)
        simPutNumber(st->show[simShowBusy], 1, &now);
}

static void showPosted(simStation *st, const epicsTimeStamp *now)
{
    for (int i = 0; i <= simShowPostedPoint - simShowPosted; i++)
        simPutNumber(st->show[simShowPosted + i], (double)st->posted[i], now);
}

/* Back to where the scan began; nobody is counting. */
static void goBack(simScan *scan)
{
    static const xasSimStep well = { .beam = 1 };
    simStation *st = scan->st;
    enum { readings = 5 };

    if (!scan->truthN)
        return;
    double to = scan->truthE[0], from = scan->truthE[scan->truthN - 1];

    for (int k = 1; k <= readings; k++) {
        epicsTimeStamp now;

        (void)simWaitUntil(st, simClock() + 0.01);
        (void)epicsTimeGetCurrent(&now);
        simPostEnergy(st, from + (to - from) * k / readings, &well, &now);
    }
}

static void end(simScan *scan, bool aborted, bool last)
{
    static const xasSimStep well = { .beam = 1 };
    simStation *st = scan->st;
    epicsTimeStamp now;

    st->open = false;
    (void)epicsTimeGetCurrent(&now);
    simPutArray(st->show[simShowTruthE], scan->truthE, scan->truthN, false,
                &now);
    simPutArray(st->show[simShowTruthMu], scan->truthMu, scan->truthN, false,
                &now);
    showPosted(st, &now);
    simPostBeam(st, &well, true);
    simPutNumber(st->show[simShowAborted], aborted, &now);
    if (last)
        simPutNumber(st->show[simShowPoint], -1, &now);
    simPutNumber(st->show[simShowDone], ++st->done, &now);
    if (last)
        simPutNumber(st->show[simShowBusy], 0, &now);
    if (st->now[simSetReturn] != 0)
        goBack(scan);
}

static bool run(simScan *scan)
{
    if (scan->faults.empty)
        return true;
    switch ((simMode)(int)scan->st->now[simSetMode]) {
    case simModeContinuous: return simScanContinuous(scan);
    case simModeArray: return simScanArray(scan);
    case simModeSscan: return simScanSscan(scan);
    case simModeStep: break;
    }
    return simScanStep(scan);
}

static xasStatus plan(const simScan *scan, xasSimSchedule *out)
{
    const double *set = scan->st->now;
    double sweeps = set[simSetSweeps];
    size_t n = scan->mean->n;

    if ((simMode)(int)set[simSetMode] == simModeContinuous) {
        double time = (scan->sweep_s + set[simSetTurnS]) * sweeps;

        out->planned =
            scan->faults.empty ? 0 : (size_t)(time * set[simSetSignalRate]);
        return xasOk;
    }
    if (set[simSetPoints] > 0 && set[simSetPoints] < (double)n)
        n = (size_t)set[simSetPoints];
    xasStatus status = xasSimScheduleMake(&scan->faults, n, (size_t)sweeps,
                                          set[simSetAlternate] != 0, out);
    double lag = set[simSetLagMs] * 1e-3;

    if (!status && (simMode)(int)set[simSetMode] == simModeArray && lag > 0)
        xasSimScheduleLag(
            out, (size_t)(fmin(lag / fmax(set[simSetSweepTime], 1e-9), 1) *
                              (double)n +
                          0.5));
    return status;
}

void simScanRun(simStation *st, const simPlay *play, bool first, bool last)
{
    xasSimSchedule schedule = { 0 };
    xasSimData *data = NULL;
    simScan scan = { .st = st,
                     .mean = play->mean,
                     .schedule = &schedule,
                     .from_eV = play->from_eV,
                     .to_eV = play->to_eV,
                     .sweep_s = play->sweep_s };
    double *truth = malloc(2 * SIM_ARRAY_MAX * sizeof *truth);

    simSetFaults(st->now, &scan.faults);
    memset(st->posted, 0, sizeof st->posted);
    st->held.secPastEpoch = 0; /* none yet */
    if (!truth || plan(&scan, &schedule) ||
        xasSimDataPlay(play->mean, &schedule, st->seed,
                       st->now[simSetNoise] != 0, &data)) {
        errlogSevPrintf(errlogMajor, "xassim: %s out of memory\n", st->prefix);
        goto done;
    }
    scan.data = data;
    scan.truthE = truth;
    scan.truthMu = truth + SIM_ARRAY_MAX;
    scan.random = xasSimRandomInit(st->seed, "rest");
    st->running = true;
    begin(&scan, first);
    bool whole = run(&scan);

    end(&scan, !whole || schedule.aborts, last || !whole);
done:
    st->running = false;
    xasSimDataDestroy(data);
    xasSimScheduleClear(&schedule);
    free(truth);
}
