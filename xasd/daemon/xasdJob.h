/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_JOB_H
#define XASD_JOB_H

#include "xasConf.h"

/** Work the loop hands to the worker, by pointer, in order. */
typedef enum xasdJobKind {
    xasdJobOpen,        /* a scan has begun; scan: its head, no points */
    xasdJobChunk,       /* points of the running scan; scan holds only these */
    xasdJobFinish,      /* the scan has ended; scan: all of it */
    xasdJobReject,      /* the station's last scan */
    xasdJobReprocess,   /* predict the station's last scan again */
    xasdJobProvisional, /* predict from the running scan; scan: a copy */
    xasdJobJoin,        /* keep how scans are joined, for xasctl */
    xasdJobStarted, /* another scan runs: the shown prediction is previous */
    xasdJobSetting  /* keep a setting of the station: key and text */
} xasdJobKind;

typedef struct xasdJob {
    struct xasdJob *next;
    xasdJobKind kind;
    size_t station;    /* index in the configuration */
    xasScan *scan;     /* owned */
    size_t first;      /* chunk: index of its first point */
    size_t bytes;      /* it takes in memory; set when it is put */
    bool reject;       /* finish: the operator discards it */
    bool foreign;      /* finish: of a station that is no longer configured */
    bool shown;        /* finish: the result was published as unsaved */
    int64_t queued_ns; /* when it was handed over */
    const char *key;   /* setting */
    char text[XAS_SAMPLE_SIZE];
} xasdJob;

/** A first-in first-out queue between two threads. */
typedef struct xasdJobs xasdJobs;

xasStatus xasdJobsCreate(xasdJobs **out);
void xasdJobsDestroy(xasdJobs *jobs); /* with what is still in it */

/** \brief A zeroed job; NULL without memory. */
xasdJob *xasdJobNew(xasdJobKind kind, size_t station);
void xasdJobFree(xasdJob *job);

/** \brief Hand a job over; it is the queue's from then on. */
void xasdJobsPut(xasdJobs *jobs, xasdJob *job);

/** \brief The first job without taking it out; waits at most wait_s.
 * \return NULL: none came, or all is done after xasdJobsClose */
xasdJob *xasdJobsPeek(xasdJobs *jobs, double wait_s);
/** \brief Take the first one out. */
xasdJob *xasdJobsTake(xasdJobs *jobs);
/** \brief The first job of a kind that was not shown yet, left in its place.
 * Only the worker may: it alone takes jobs out. */
xasdJob *xasdJobsFind(xasdJobs *jobs, xasdJobKind kind);
/** \brief Take out the first job of a kind, and free what else there is of its
 * scan. Only the worker may. */
xasdJob *xasdJobsTakeKind(xasdJobs *jobs, xasdJobKind kind);

size_t xasdJobsCount(xasdJobs *jobs);
/** \brief Memory that waiting jobs take. */
size_t xasdJobsBytes(xasdJobs *jobs);
/** \brief Parts of the running scan of a station that wait. */
unsigned xasdJobsChunks(xasdJobs *jobs, size_t station);
/** \brief No more will come: Peek no longer waits. */
void xasdJobsClose(xasdJobs *jobs);
bool xasdJobsClosed(xasdJobs *jobs);

#endif
