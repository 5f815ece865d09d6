/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_SNAPSHOT_H
#define XASD_SNAPSHOT_H

#include "xasEvent.h"
#include "xasResult.h"
#include "xasScan.h"

/** What the records show, copied here by the thread that knows it.  A part is
 * posted as a whole and belongs to one thread. */
typedef enum xasdPart {
    xasdPartLive,      /* arrays of the running scan; loop */
    xasdPartScan,      /* its state and the sample; loop */
    xasdPartCa,        /* connections; loop */
    xasdPartSaved,     /* what the store has of it; worker */
    xasdPartResult,    /* features of the last scan; worker */
    xasdPartPredicted, /* prediction, also of a running scan; worker */
    xasdPartAge,       /* how old the prediction is; loop, worker */
    xasdPartCommit,    /* that all of a result is there; worker */
    xasdPartDaemon,    /* heartbeat; loop (snapshot 0's only) */
    xasdPartStore,     /* state of the database; worker (snapshot 0's only) */
    xasdPartCount
} xasdPart;

typedef enum xasdScanState {
    xasdScanIdle,
    xasdScanRunning,
    xasdScanDisconnected, /* a required PV has no connection */
    xasdScanDisabled,
    xasdScanStateCount
} xasdScanState;

typedef enum xasdStoreState {
    xasdStoreOk,
    xasdStoreBusy,  /* locked by another program; jobs are kept */
    xasdStoreFailed /* disk full or worse; jobs are kept */
} xasdStoreState;

/** An array record's content. */
typedef struct xasdArray {
    size_t n;
    double *value; /* [maxPoints] */
} xasdArray;

/** Everything a station (or, at index 0, the daemon) shows.  Which is valid
 * is said part by part in `known`; a record of an unknown part is INVALID. */
typedef struct xasdSnapshot {
    char station[32];
    size_t maxPoints;
    bool known[xasdPartCount];
    int64_t stamp_ns[xasdPartCount];

    xasdArray liveEnergy, liveMu, liveI0;
    int64_t liveCommit; /* points in them */

    int32_t state; /* xasdScanState */
    char mode[16], uid[XAS_UID_SIZE], start[32];
    char direction[8]; /* of the energy: "up", "down", "" not told */
    double scanLag_ms; /* of the energy behind the detectors, NaN unknown */
    char leftOut[XAS_REASON_SIZE]; /* elements of a detector, "fluor3;fluor7" */
    char reason[XAS_REASON_SIZE];
    int32_t exit; /* xasExit of the last scan */
    int64_t points, planned, flagged, lost;
    double progress, elapsed_s; /* %, 0 without a plan; first to last point */
    char sample[XAS_SAMPLE_SIZE], formula[XAS_SAMPLE_SIZE];
    char element[4], edge[4], comment[XAS_SAMPLE_SIZE];

    int64_t connected, expected, reconnects, eventsLost;
    double lag_s;
    char missing[XAS_SAMPLE_SIZE]; /* PVs without connection, and their role */

    int64_t number, saved; /* row in the store, points journalled */

    xasResult result;
    int64_t predicted_ns; /* last point of what the prediction is of, Unix */
    double staleAfter_s;  /* a prediction older than that is marked; 0: none */
    xasdArray lastEnergy, lastNorm, lastFlat;

    /* of the daemon */
    int64_t heartbeat;
    char version[64];
    int32_t storeState;
    int64_t storeBytes, storeQueue, diskFree;
    double writeMs;
    char storeText[XAS_SAMPLE_SIZE];
} xasdSnapshot;

/** \brief Make n snapshots; index 0 is the daemon's, stations follow.
 * Called once, before the records are loaded. \return xasErrMemory */
xasStatus xasdSnapshotInit(size_t n);
/** \brief Name and size one. */
xasStatus xasdSnapshotName(size_t index, const char *station, size_t maxPoints);
/** \brief Index of a name; (size_t)-1 if there is none. */
size_t xasdSnapshotFind(const char *station);

/** \brief Lock all and get one; every Lock has an Unlock, hold it for copies
 * only. */
xasdSnapshot *xasdSnapshotLock(size_t index);
void xasdSnapshotUnlock(void);

/** \brief Process the records of a part: queued to EPICS's callback threads,
 * or at once in this thread so that no result is skipped. */
void xasdSnapshotPost(size_t index, xasdPart part);
void xasdSnapshotPostNow(size_t index, xasdPart part);

/** \brief A whole result has been put into a locked snapshot.
 * \param stamp_ns  of the records; the age counts from the result's own, if it
 *                  has one */
void xasdSnapshotSetResult(xasdSnapshot *snapshot, int64_t stamp_ns);
/** \brief A prediction alone has, of points up to stamp_ns. */
void xasdSnapshotSetPredicted(xasdSnapshot *snapshot, int64_t stamp_ns);
/** \brief Process all its records at once, Pred:Commit last. */
void xasdSnapshotPostResult(size_t index);

/** \brief Its IOSCANPVT, for device support. */
void *xasdSnapshotIoScan(size_t index, xasdPart part);

/** \brief Where the `Ctl:` records put commands; text may be NULL. False:
 * not taken, the record shows an alarm. */
typedef bool (*xasdCommandSink)(size_t index, xasCommand command,
                                const char *text, double value);
/** \brief Set it, or NULL; the old one is not called after the return. */
void xasdSnapshotSetSink(xasdCommandSink sink);
bool xasdSnapshotCommand(size_t index, xasCommand command, const char *text,
                         double value);

#endif
