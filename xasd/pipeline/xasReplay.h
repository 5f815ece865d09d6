/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_REPLAY_H
#define XAS_REPLAY_H

#include "xasRecording.h"

/** Feeds recordings (xasRecording.h) to an assembler of their own rules, as
 * fast as they can be read, and compares what comes out with what came out
 * when they were made. */
typedef struct xasReplay xasReplay;

typedef enum xasVerdict {
    xasVerdictNone, /* the recording does not tell: cut, or made by hand */
    xasVerdictIdentical,
    xasVerdictDiffers
} xasVerdict;

/** \brief "not compared", "identical", "differs". */
const char *xasVerdictName(xasVerdict verdict);

/** A scan that came out. */
typedef struct xasReplayed {
    const char *file;
    unsigned long line; /* of what ended it */
    xasScan *scan;      /* take it by setting this to NULL */
    bool ended;         /* false: the recording ended first */
    xasVerdict verdict;
    const char *difference; /* the first, in words; "" none */
} xasReplayed;

/** \brief Told of each scan in turn. \return not xasOk ends the replay */
typedef xasStatus (*xasReplayTake)(void *arg, xasReplayed *replayed);

/** What has been replayed. */
typedef struct xasReplayCounts {
    uint64_t events;             /* fed, those of before the file included */
    int64_t first_ns, last_ns;   /* receipt of the first and last event */
    size_t ended;                /* scans that ended */
    size_t identical, differing; /* of these */
    size_t differences;          /* scans that began or ended otherwise */
    uint64_t unanswered; /* requests of now that were not made when recorded,
                          * so that nothing answers them */
    uint64_t unasked;    /* replies to what nobody asks now; left out */
    bool cut;            /* the last file ends within a line or a block */
    bool closed; /* it has its last line; else it was killed, or is still
                  * being written */
    bool alone;  /* it continues another that was not given before it */
    char difference[640]; /* the first: "file:line: ..."; "" none */
} xasReplayCounts;

xasStatus xasReplayCreate(xasReplayTake take, void *arg, xasReplay **out);
void xasReplayDestroy(xasReplay *r);

/** \brief Replay a file. One that continues the last one goes on with the same
 * assembler, else it begins with its own.
 * \return as xasRecordingOpen and xasRecordingNext, or as take said. What was
 *         read until then has been replayed. */
xasStatus xasReplayFile(xasReplay *r, const char *path, xasMessage *message);

/** \brief Nothing follows: a scan that still runs is handed on, as interrupted.
 */
xasStatus xasReplayEnd(xasReplay *r);

void xasReplayCount(const xasReplay *r, xasReplayCounts *out);

#endif
