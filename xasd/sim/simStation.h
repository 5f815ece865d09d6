/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_STATION_H
#define SIM_STATION_H

#include <dbCommon.h>
#include <epicsEvent.h>
#include <epicsMutex.h>
#include <epicsThread.h>

#include "xasSimData.h"

/** What an operator asks a station for; each is a record. */
typedef enum simAsk {
    simAskSample,
    simAskFormula,
    simAskFile,
    simAskStart,
    simAskCount
} simAsk;

/** Records a station posts, besides its signals. */
typedef enum simShow {
    simShowEnergy,
    simShowPoint,
    simShowPlanned,
    simShowBusy,
    simShowDone,
    simShowAborted,
    simShowElement,
    simShowEdge,
    simShowComment,
    simShowCount
} simShow;

/** Settings it reads when a scan starts. */
typedef enum simSet {
    simSetSeed,
    simSetPoints,
    simSetDwell,
    simSetCount
} simSet;

/** One simulated station.  Its thread does all the work; record support only
 * leaves requests and ends when the thread has served them. */
typedef struct simStation {
    struct simStation *next;
    char prefix[40];
    char edge;        /* 'K' or 'L' */
    unsigned signals; /* bit set of xasSimSignal */
    dbCommon *ask[simAskCount], *show[simShowCount], *set[simSetCount];
    dbCommon *count[xasSimSignals];
    epicsThreadId thread;
    epicsEventId wake;

    epicsMutexId lock; /* guards what follows */
    bool asked[simAskCount];
    bool stop, quit;
    short severity[simAskCount]; /* of the record, when it completes */
    char reason[simAskCount][40];

    /* Only the thread uses what follows. */
    bool running;
    xasSimData *file;    /* NULL: synthetic */
    xasSimData *playing; /* what the running scan reads */
    int done;
} simStation;

/** \brief Make a station; its records must be loaded as well. */
simStation *simStationCreate(const char *prefix, char edge, unsigned signals);
simStation *simStationFind(const char *prefix);

/** \brief After iocInit: find records, start the threads. \return stations, or
 * -1 with a line in the log. */
int simStationsRun(void);
/** \brief End scans and threads. */
void simStationsStop(void);

/** \brief From record support: ask, and be processed again when served. */
void simStationAsk(simStation *st, simAsk what);
void simStationAbort(simStation *st);
/** \brief Severity and reason left for a record that completes. */
short simStationVerdict(simStation *st, simAsk what, char reason[40]);

/** \brief Run one scan; the station's thread. */
void simScanRun(simStation *st, const xasSimData *data);
/** \brief Serve what was asked for; the station's thread. */
void simStationServe(simStation *st);

/* Records, simRecord.c: value, stamp and processing in one. */
void simPutNumber(dbCommon *record, double value, const epicsTimeStamp *stamp);
void simPutText(dbCommon *record, const char *text,
                const epicsTimeStamp *stamp);
double simGetNumber(dbCommon *record);
void simGetText(dbCommon *record, char *out, size_t size);

#endif
