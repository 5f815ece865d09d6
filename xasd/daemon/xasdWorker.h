/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_WORKER_H
#define XASD_WORKER_H

#include "xasConf.h"
#include "xasStore.h"
#include "xasdJob.h"

/** The thread that owns the database's write handle and the pipeline. */
typedef struct xasdWorker xasdWorker;

/** \brief Make it and show the last results of the stations; no thread yet.
 * Scans left open by an earlier run are read back: those young enough wait in
 * xasdWorkerTakeOpen(), the others will be closed as interrupted.
 * \param store  moved in on success, closed at the end */
xasStatus xasdWorkerCreate(const xasConf *conf, xasStore *store,
                           xasdWorker **out, xasMessage *message);

/** \brief The station's scan to resume, or NULL; the caller's from then on. */
xasScan *xasdWorkerTakeOpen(xasdWorker *w, size_t station);

/** \brief Start the thread; after iocInit, since it processes records. */
xasStatus xasdWorkerStart(xasdWorker *w);

/** \brief Hand a job over; it is the worker's from then on. */
void xasdWorkerPut(xasdWorker *w, xasdJob *job);

/** \brief Does no job wait? */
bool xasdWorkerIdle(xasdWorker *w);

/** \brief Does the database keep up with the station's running scan? If not,
 * its next points are better handed over together, later. */
bool xasdWorkerKeepsUp(xasdWorker *w, size_t station);

/** \brief Rules of another configuration of the same stations from now on.
 * The earlier one must live as long as the worker. */
void xasdWorkerSetConf(xasdWorker *w, const xasConf *conf);

/** \brief Finish all jobs, end the thread, close the store. A store that takes
 * nothing is tried for wait_s; what is lost then is logged scan by scan. */
void xasdWorkerDestroy(xasdWorker *w, double wait_s);

/** \brief Try no longer: what the database does not take at once is lost as
 * above. From a signal handler, too. */
void xasdWorkerHurry(void);

#endif
