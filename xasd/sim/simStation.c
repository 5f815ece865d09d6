/* SPDX-License-Identifier: BSD-3-Clause */
#include "simStation.h"

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

simStation *simStationCreate(const char *prefix, char edge, unsigned signals)
{
    simStation *st = callocMustSucceed(1, sizeof *st, "xassimStation");
    simStation **last = &first;

    (void)snprintf(st->prefix, sizeof st->prefix, "%s", prefix);
    st->edge = edge;
    st->signals = signals;
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

/* What a scan is reading stays until it ends. */
static void replaceFile(simStation *st, xasSimData *data)
{
    if (st->file != st->playing)
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

/* The data of the next scan; a file's stay the station's own. */
static xasStatus choose(simStation *st, xasSimData **made, xasMessage *message)
{
    char file[256], sample[256], formula[256];
    epicsTimeStamp now;

    *made = NULL;
    if (st->file)
        return xasOk;
    simGetText(st->ask[simAskFile], file, sizeof file);
    if (file[0])
        return xasFail(xasErrNotFound, message,
                       "not started: File %.100s cannot be played", file);
    simGetText(st->ask[simAskSample], sample, sizeof sample);
    simGetText(st->ask[simAskFormula], formula, sizeof formula);
    const char *known = xasSimHalideFind(sample) ? sample : formula;

    if (!xasSimHalideFind(known))
        return xasFail(xasErrNotFound, message,
                       "not started: no synthetic spectrum of Sample '%.60s', "
                       "Formula '%.60s'; a halide such as FeCl2, or File",
                       sample, formula);
    (void)epicsTimeGetCurrent(&now);
    double seed = simGetNumber(st->set[simSetSeed]);
    uint32_t chosen =
        seed != 0 ? (uint32_t)(int32_t)seed : now.nsec ^ now.secPastEpoch;

    return xasSimDataMake(known, st->edge, st->signals, chosen, made, message);
}

static void serveStart(simStation *st)
{
    xasMessage message = { "" };
    xasSimData *made = NULL;

    if (choose(st, &made, &message) != xasOk) {
        complain(st, message.text);
        finish(st, simAskStart, "not started, see Comment");
        return;
    }
    st->playing = made ? made : st->file;
    simScanRun(st, st->playing);
    if (st->playing != st->file)
        xasSimDataDestroy(st->playing);
    st->playing = NULL;
    finish(st, simAskStart, NULL);
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

static dbCommon *recordOf(const simStation *st, const char *leaf)
{
    char name[80];
    DBADDR address;

    (void)snprintf(name, sizeof name, "%s%s", st->prefix, leaf);
    if (dbNameToAddr(name, &address) == 0)
        return address.precord;
    errlogSevPrintf(errlogFatal, "xassim: no record %s\n", name);
    return NULL;
}

static bool findRecords(simStation *st)
{
    static const char *const ask[] = { "Sample", "Formula", "File", "Start" };
    static const char *const show[] = { "Energy",  "Point",    "Planned",
                                        "Busy",    "Done",     "Aborted",
                                        "Element", "EdgeName", "Comment" };
    static const char *const set[] = { "Seed", "Points", "Dwell" };
    bool all = true;

    for (int i = 0; i < simAskCount; i++)
        all = (st->ask[i] = recordOf(st, ask[i])) && all;
    for (int i = 0; i < simShowCount; i++)
        all = (st->show[i] = recordOf(st, show[i])) && all;
    for (int i = 0; i < simSetCount; i++)
        all = (st->set[i] = recordOf(st, set[i])) && all;
    for (int s = 0; s < xasSimSignals; s++)
        if (st->signals >> s & 1)
            all = (st->count[s] =
                       recordOf(st, xasSimSignalName((xasSimSignal)s))) &&
                  all;
    return all;
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
                 { simShowAborted, 0 } };
    epicsTimeStamp now;

    (void)epicsTimeGetCurrent(&now);
    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++)
        simPutNumber(st->show[idle[i].show], idle[i].value, &now);
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
        if (!findRecords(st))
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
