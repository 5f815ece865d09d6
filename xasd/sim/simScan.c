/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include <epicsTime.h>
#include <epicsEvent.h>

#include "simStation.h"

static double clock_s(void)
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

/* Until `due`, serving requests meanwhile; false when the scan is to end. A
 * semaphore wakes up too coarsely for the last two milliseconds. */
static bool waitUntil(simStation *st, double due)
{
    struct timespec t;

    while (due - clock_s() > 2e-3) {
        (void)epicsEventWaitWithTimeout(st->wake, due - clock_s() - 1e-3);
        simStationServe(st);
        if (stopped(st))
            return false;
    }
    t.tv_sec = (time_t)due;
    t.tv_nsec = (long)((due - (double)t.tv_sec) * 1e9);
    while (clock_s() < due)
        (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
    return !stopped(st);
}

/* Energy, signals, then the point's number: who sees that has all of it. */
static void postPoint(simStation *st, const xasSimData *d, size_t i)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutNumber(st->show[simShowEnergy], d->energy_eV[i], &now);
    for (int s = 0; s < xasSimSignals; s++)
        if (st->count[s])
            simPutNumber(st->count[s], d->signal[s] ? d->signal[s][i] : NAN,
                         &now);
    simPutNumber(st->show[simShowPoint], (double)i, &now);
}

static void begin(simStation *st, const xasSimData *d, size_t n)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutText(st->show[simShowComment], d->comment, &now);
    simPutText(st->show[simShowElement], d->element, &now);
    simPutText(st->show[simShowEdge], d->edge, &now);
    simPutNumber(st->show[simShowPlanned], (double)n, &now);
    simPutNumber(st->show[simShowAborted], 0, &now);
    simPutNumber(st->show[simShowBusy], 1, &now);
}

static void end(simStation *st, bool aborted)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    simPutNumber(st->show[simShowAborted], aborted, &now);
    simPutNumber(st->show[simShowPoint], -1, &now);
    simPutNumber(st->show[simShowDone], ++st->done, &now);
    simPutNumber(st->show[simShowBusy], 0, &now);
}

void simScanRun(simStation *st, const xasSimData *data)
{
    double points = simGetNumber(st->set[simSetPoints]);
    double dwell = simGetNumber(st->set[simSetDwell]), due = clock_s();
    size_t n = data->n, i = 0;
    bool go = true;

    if (points > 0 && points < (double)n)
        n = (size_t)points;
    st->running = true;
    begin(st, data, n);
    while (i < n && go) {
        due += dwell;
        /* A late point moves all that follow: catching up would be a burst,
         * and Channel Access drops what comes in bursts. */
        due = fmax(due, clock_s());
        go = waitUntil(st, due);
        if (go)
            postPoint(st, data, i++);
    }
    end(st, i < n);
    st->running = false;
}
