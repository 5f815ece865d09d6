/* SPDX-License-Identifier: BSD-3-Clause */
#include "simScan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <alarm.h>
#include <cantProceed.h>
#include <dbAccess.h>
#include <dbLock.h>
#include <epicsTime.h>
#include <errlog.h>

#include "xasSimHalide.h"

static simStation *first;

simStation *simStationFind(const char *prefix)
{
    simStation *st = first;

    while (st && strcmp(st->prefix, prefix) != 0)
        st = st->next;
    return st;
}

simStation *simStationCreate(const char *prefix, char edge, unsigned signals,
                             int elements)
{
    simStation *st = callocMustSucceed(1, sizeof *st, "xassimStation");
    simStation **last = &first;

    (void)snprintf(st->prefix, sizeof st->prefix, "%s", prefix);
    st->edge = edge;
    st->signals = signals;
    st->elements = elements;
    st->lock = epicsMutexMustCreate();
    st->wake = epicsEventMustCreate(epicsEventEmpty);
    while (*last)
        last = &(*last)->next;
    return *last = st;
}

void simStationAsk(simStation *st, simAsk what)
{
    epicsMutexMustLock(st->lock);
    st->asked[what] = true;
    if (what == simAskStart)
        st->stop = false;
    epicsMutexUnlock(st->lock);
    epicsEventMustTrigger(st->wake);
}

void simStationAbort(simStation *st)
{
    epicsMutexMustLock(st->lock);
    st->stop = true;
    epicsMutexUnlock(st->lock);
    epicsEventMustTrigger(st->wake);
}

short simStationVerdict(simStation *st, simAsk what, char reason[40])
{
    epicsMutexMustLock(st->lock);
    short severity = st->severity[what];

    memcpy(reason, st->reason[what], sizeof st->reason[what]);
    epicsMutexUnlock(st->lock);
    return severity;
}

/* The record completes, with an alarm if there is a reason for one. */
static void finish(simStation *st, simAsk what, const char *reason)
{
    dbCommon *record = st->ask[what];

    epicsMutexMustLock(st->lock);
    st->severity[what] = reason ? MAJOR_ALARM : NO_ALARM;
    (void)snprintf(st->reason[what], sizeof st->reason[what], "%s",
                   reason ? reason : "");
    epicsMutexUnlock(st->lock);
    dbScanLock(record);
    if (record->pact)
        (void)record->rset->process(record);
    dbScanUnlock(record);
}

static void complain(simStation *st, const char *text)
{
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    errlogSevPrintf(errlogMinor, "xassim: %s %s\n", st->prefix, text);
    /* The comment of a running scan is that scan's. */
    if (!st->running)
        simPutText(st->show[simShowComment], text, &now);
}

static void serveSample(simStation *st)
{
    epicsTimeStamp now;
    char name[256];

    (void)epicsTimeGetCurrent(&now);
    simGetText(st->ask[simAskSample], name, sizeof name);
    /* A name that is no formula leaves none behind: the last one belonged to
     * another sample. */
    if (!st->file)
        simPutText(st->ask[simAskFormula], xasSimHalideFind(name) ? name : "",
                   &now);
    finish(st, simAskSample, NULL);
}

static void replaceFile(simStation *st, xasSimData *data)
{
    xasSimDataDestroy(st->file);
    st->file = data;
}

static void serveFile(simStation *st)
{
    epicsTimeStamp now;
    xasMessage message = { "" };
    xasSimData *data = NULL;
    char name[256];

    (void)epicsTimeGetCurrent(&now);
    simGetText(st->ask[simAskFile], name, sizeof name);
    if (name[0] &&
        xasSimDataRead(name, st->signals, &data, &message) != xasOk) {
        complain(st, message.text);
        replaceFile(st, NULL);
        finish(st, simAskFile, "cannot be played, see Comment");
        return;
    }
    replaceFile(st, data);
    if (data) {
        simPutText(st->ask[simAskSample], data->sample, &now);
        simPutText(st->ask[simAskFormula], data->formula, &now);
    }
    finish(st, simAskFile, NULL);
}

static xasStatus scanOnce(simStation *st, int number, int last,
                          xasMessage *message)
{
    simPlay play;
    xasStatus status = simChoose(st, number, &play, message);

    if (status)
        return status;
    simScanRun(st, &play, number == 0, number == last);
    xasSimDataDestroy(play.mean);
    return xasOk;
}

static bool stopped(simStation *st)
{
    epicsMutexMustLock(st->lock);
    bool stop = st->stop || st->quit;

    epicsMutexUnlock(st->lock);
    return stop;
}

static void serveStart(simStation *st)
{
    xasMessage message = { "" };
    xasStatus status = xasOk;

    for (int i = 0; i < simSetCount; i++)
        st->now[i] = simGetNumber(st->set[i]);
    int last = (int)st->now[simSetNoGap];

    for (int i = 0; i <= last && !status; i++) {
        status = scanOnce(st, i, last, &message);
        if (stopped(st))
            break;
    }
    if (status)
        complain(st, message.text);
    finish(st, simAskStart, status ? "not started, see Comment" : NULL);
}

static bool take(simStation *st, simAsk what)
{
    epicsMutexMustLock(st->lock);
    bool asked = st->asked[what];

    st->asked[what] = false;
    epicsMutexUnlock(st->lock);
    return asked;
}

void simStationServe(simStation *st)
{
    if (take(st, simAskFile))
        serveFile(st);
    if (take(st, simAskSample))
        serveSample(st);
    if (take(st, simAskFormula))
        finish(st, simAskFormula, NULL);
    if (!st->running && take(st, simAskStart))
        serveStart(st);
}

static void threadRun(void *arg)
{
    simStation *st = arg;
    bool quit = false;

    while (!quit) {
        epicsEventMustWait(st->wake);
        simStationServe(st);
        epicsMutexMustLock(st->lock);
        quit = st->quit;
        epicsMutexUnlock(st->lock);
    }
}

static void showIdle(simStation *st)
{
    static const struct {
        simShow show;
        double value;
    } idle[] = { { simShowPoint, -1 },
                 { simShowPlanned, 0 },
                 { simShowBusy, 0 },
                 { simShowDone, 0 },
                 { simShowAborted, 0 },
                 { simShowSweep, 0 },
                 { simShowArrDone, 0 },
                 { simShowTopUp, 0 },
                 { simShowShutter, 0 },
                 { simShowCounting, 0 },
                 { simShowSscanExsc, 0 },
                 { simShowSscanBusy, 0 },
                 { simShowSscanData, 1 },
                 { simShowSscanNpts, 0 },
                 { simShowSscanMpts, SIM_SSCAN_MAX },
                 { simShowSscanCpt, 0 },
                 { simShowSscanVal, 0 } };
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        simPutNumber(st->show[idle[i].show], idle[i].value, &now);
    simPutNumber(st->show[simShowRing],
                 simGetNumber(st->set[simSetRingNominal]), &now);
    simPutText(st->show[simShowElement], "", &now);
    simPutText(st->show[simShowEdge], "", &now);
    simPutText(st->show[simShowComment], "no scan yet", &now);
}

int simStationsRun(void)
{
    epicsThreadOpts options = EPICS_THREAD_OPTS_INIT;
    int n = 0;

    options.joinable = 1;
    options.priority = epicsThreadPriorityHigh;
    for (simStation *st = first; st; st = st->next) {
        if (!simStationRecords(st))
            return -1;
        showIdle(st);
        st->thread = epicsThreadCreateOpt(st->prefix, threadRun, st, &options);
        if (!st->thread)
            return -1;
        n++;
    }
    return n;
}

void simStationsStop(void)
{
    for (simStation *st = first; st; st = st->next) {
        epicsMutexMustLock(st->lock);
        st->quit = true;
        epicsMutexUnlock(st->lock);
        epicsEventMustTrigger(st->wake);
    }
    for (simStation *st = first; st; st = st->next) {
        if (st->thread)
            epicsThreadMustJoin(st->thread);
        xasSimDataDestroy(st->file);
    }
}
