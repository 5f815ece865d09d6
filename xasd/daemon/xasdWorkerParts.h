/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_WORKER_PARTS_H
#define XASD_WORKER_PARTS_H

/* Inside the worker only. */

#include <pthread.h>
#include <stdatomic.h>

#include "xasPipeline.h"
#include "xasdSnapshot.h"
#include "xasdWorker.h"

/** A station as the worker knows it. */
typedef struct place {
    int64_t row;            /* of the open scan, 0: none or not stored yet */
    char uid[XAS_UID_SIZE]; /* of that scan */
    xasResult last;         /* newest result shown */
    bool haveLast;
    bool previous; /* another scan has started since */
    bool stale;    /* older than stale_after_s; shown as such */
    xasScan *open; /* left by an earlier run, to be resumed */
} place;

struct xasdWorker {
    _Atomic(const xasConf *) conf; /* in force; the loop changes it */
    xasStore *store;
    xasPipeline *pipeline;
    xasdJobs *jobs;
    pthread_t thread;
    bool started;
    atomic_llong giveUp_ns; /* 0, or when to stop trying */
    xasdStoreState state;
    double writeMs;
    unsigned putAside; /* scans for which there was no memory any more */
    char storeText[XAS_SAMPLE_SIZE];
    bool claimed;  /* the database is no other daemon's */
    bool outdated; /* an active model cannot be used; logged */
    place station[XAS_STATIONS_MAX]; /* the thread's own, once it runs */
};

/** \brief Name of a station, for the log. */
const char *xasdWorkerName(const xasdWorker *w, size_t station);

/** \brief What the configuration in force says of a station's predictions. */
void xasdWorkerRules(const xasdWorker *w, size_t station,
                     xasPipelineRules *out);

/** \brief Do a job; xasErrBusy, xasErrIo, xasErrFull: try it again later. */
xasStatus xasdWorkerDo(xasdWorker *w, xasdJob *job);

/** \brief Does it write into the database? If not, its success tells nothing
 * about that. */
bool xasdWorkerWrites(const xasdWorker *w, const xasdJob *job);

/** \brief Put a job without data behind the others. */
void xasdWorkerAdd(xasdWorker *w, xasdJobKind kind, size_t station);

/** \brief Publish the station's last result, as previous if it is.
 * \param scan  for the arrays; NULL: they stay */
void xasdWorkerShow(xasdWorker *w, size_t station, const xasScan *scan,
                    int64_t stamp_ns);

/** \brief Before the thread starts: last results into the snapshots, scans of
 * an earlier run to be resumed or closed. */
xasStatus xasdWorkerRestore(xasdWorker *w);

#endif
