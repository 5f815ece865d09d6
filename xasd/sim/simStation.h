/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_STATION_H
#define SIM_STATION_H

#include <dbCommon.h>
#include <epicsEvent.h>
#include <epicsMutex.h>
#include <epicsThread.h>

#include "simSet.h"
#include "xasSimData.h"
#include "xasSimOptics.h"

/** Points that an array holds. */
#define SIM_ARRAY_MAX 20000
/** Points of all sweeps of a scan. */
#define SIM_READINGS_MAX 2000000
/** Points that a run of the sscan-like records holds. */
#define SIM_SSCAN_MAX 2000

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
    simShowEnergySet,
    simShowAngle,
    simShowI2,
    simShowSweep,
    simShowRing,
    simShowShutter,
    simShowTopUp,
    simShowCounting, /* scaler:CNT */
    simShowCounted,  /* scaler:VAL */
    simShowPosted,
    simShowPostedEnergy,
    simShowPostedI0,
    simShowPostedI1,
    simShowPostedIf,
    simShowPostedTey,
    simShowPostedPoint,
    simShowTruthE,
    simShowTruthMu,
    simShowArrDone,
    simShowEnergyArr,
    simShowAngleArr,
    simShowI0Arr,
    simShowI1Arr,
    simShowIfArr,
    simShowTeyArr,
    simShowSscanExsc,
    simShowSscanBusy,
    simShowSscanData,
    simShowSscanNpts,
    simShowSscanMpts,
    simShowSscanCpt,
    simShowSscanVal,
    simShowSscanP1dv,
    simShowSscanR1cv,
    simShowSscanP1ra,
    simShowCount
} simShow;

/** Detectors of the sscan-like records, as many as an sscan record has: D01 I0,
 * D02 I1, D03 If, D04 TEY, then ROI, ICR and OCR of each element. */
enum { simSscanMax = 70 };

/** Of one element of a fluorescence detector. */
typedef enum simPart { simPartRoi, simPartIcr, simPartOcr, simParts } simPart;

/** One simulated station.  Its thread does all the work; record support only
 * leaves requests and ends when the thread has served them. */
typedef struct simStation {
    struct simStation *next;
    char prefix[40];
    char edge;        /* 'K' or 'L' */
    unsigned signals; /* bit set of xasSimSignal */
    int elements;     /* of its fluorescence detector, 0: counted as one */
    dbCommon *ask[simAskCount], *show[simShowCount], *set[simSetCount];
    dbCommon *count[xasSimSignals];
    dbCommon *element[xasSimElementsMax][simParts];
    dbCommon *elementArr[xasSimElementsMax][simParts];
    dbCommon *sscanCv[simSscanMax], *sscanDa[simSscanMax];
    int detectors; /* of these */
    epicsThreadId thread;
    epicsEventId wake;

    epicsMutexId lock; /* guards what follows */
    bool asked[simAskCount];
    bool stop, quit;
    short severity[simAskCount]; /* of the record, when it completes */
    char reason[simAskCount][40];

    /* Only the thread uses what follows. */
    bool running;
    xasSimData *file; /* NULL: synthetic */
    uint32_t seed;    /* of the running scan */
    int done;
    int arrays;              /* sweeps posted as arrays */
    double now[simSetCount]; /* settings of the running scan */
    epicsTimeStamp held;     /* the stamp that all readings get */
    bool open;               /* the shutter */
    bool dumped, filling;    /* as last posted */
    size_t sweep;            /* likewise */
    int64_t posted[simShowPostedPoint - simShowPosted + 1];
} simStation;

/** \brief Make a station; its records must be loaded as well. */
simStation *simStationCreate(const char *prefix, char edge, unsigned signals,
                             int elements);
simStation *simStationFind(const char *prefix);
/** \brief Do without this record; it has not been loaded. */
void simStationHide(const char *record);

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

/** \brief Detectors of the sscan-like records of a station. */
int simStationDetectors(int elements);

/** \brief Find the records of a station; simFind.c. False: one is missing, and
 * the log says which. */
bool simStationRecords(simStation *st);

/** \brief Serve what was asked for; the station's thread. */
void simStationServe(simStation *st);
/** \brief The first signal besides I0. */
xasSimSignal simStationSignal(const simStation *st);

/* Records, simRecord.c: value, stamp and processing in one; a record that is
 * not there is passed over. */
void simPutNumber(dbCommon *record, double value, const epicsTimeStamp *stamp);
/** \brief INVALID, whatever the value. */
void simPutBroken(dbCommon *record, double value, const epicsTimeStamp *stamp);
void simPutText(dbCommon *record, const char *text,
                const epicsTimeStamp *stamp);
/** \brief n numbers, as many as have room; `broken`: INVALID. */
void simPutArray(dbCommon *record, const double *values, size_t n, bool broken,
                 const epicsTimeStamp *stamp);
double simGetNumber(dbCommon *record);
void simGetText(dbCommon *record, char *out, size_t size);

#endif
