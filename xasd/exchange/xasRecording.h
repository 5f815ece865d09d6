/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RECORDING_H
#define XAS_RECORDING_H

#include <stdio.h>

#include "xasAssembler.h"

/** Recordings: all that went into the assembler of one station, and what came
 * out, so that it can be run again elsewhere with the same result.
 *
 * Text, a line each, words between spaces.  Times are Unix seconds with nine
 * decimals; numbers read back bit by bit; texts stand between quotes.  Empty
 * lines and those that begin with # are passed over.
 *
 *   xasd recording 1
 *   program TEXT / started TIME / continues TEXT (the file before)
 *   rule NAME VALUE...                      all of xasAssemblerRules
 *   events                                  ends the head
 *   value TIME ROLE NUMBER [at STAMP] [severity N] [initial] [ask N]
 *         [text TEXT] [array COUNT NUMBER...]
 *   reply, connect, disconnect              the same
 *   tick TIME / overflow TIME NUMBER / command TIME NUMBER [text TEXT]
 *   stop TIME EXIT TEXT                     xasAssemblerStop
 *   resume ROLE...                          xasAssemblerResume:
 *     head NAME VALUE...                      of the scan given back
 *     point STAMP FLAGS NUMBER...             in the order of those roles
 *     happened STAMP POINT TEXT TEXT          its events
 *   resumed TIME
 *   get N [arrays] ROLE...                  what came out: a request, whose
 *                                           replies carry ask N; a scan that
 *   begin UID                               began,
 *   end UID EXIT points N flagged N lost N events N data HEX story HEX
 *       sample TEXT reason TEXT             that ended (xasOutcome)
 *   close TIME TEXT                         the last line, with the reason
 *
 * A file that continues another begins with what is needed to go on without
 * it: lines that start with `state`, last known events. */
#define XAS_RECORDING_VERSION 1
#define XAS_RECORDING_SUFFIX  ".xev"
#define XAS_RECORDING_NAME    128

/** Longest line that is read. */
#define XAS_RECORDING_LINE_MAX (8u << 20)

typedef struct xasRecordingHead {
    char program[64];                   /* "xasd 0.4.0" */
    int64_t started_ns;                 /* Unix */
    char continues[XAS_RECORDING_NAME]; /* file before, "" none */
    xasAssemblerRules rules;
} xasRecordingHead;

/** What came out: a scan that began, or one that ended. */
typedef struct xasOutcome {
    bool ended;
    char uid[XAS_UID_SIZE];
    /* of an ended one */
    xasExit exit;
    int64_t points, flagged, lost, events;
    uint64_t data;  /* FNV-1a 64 over channels, stamps and flags */
    uint64_t story; /* the same over head and events */
    char sample[XAS_SAMPLE_SIZE], reason[XAS_REASON_SIZE];
} xasOutcome;

/** \brief Of a scan as the assembler gives it, before glitches are sought.
 * data: for each channel in the order of roles its role (a byte) and its
 * values, then stamps and flags, all little-endian; nothing without points. */
void xasOutcomeOf(const xasScan *scan, bool ended, xasOutcome *out);
/** \brief The first difference in words, such as "points: 12, now 11"; false
 * if there is none. */
bool xasOutcomeDiffers(const xasOutcome *recorded, const xasOutcome *now,
                       char *out, size_t size);

/* Writing: a line, or a block of them; failures are left to ferror(). */
void xasRecordingPutHead(FILE *f, const xasRecordingHead *head);
void xasRecordingPutEvent(FILE *f, const xasEvent *event);
void xasRecordingPutStop(FILE *f, xasExit exit, const char *reason,
                         int64_t now_ns);
void xasRecordingPutResume(FILE *f, const xasScan *scan, int64_t now_ns);
void xasRecordingPutOutcome(FILE *f, const xasOutcome *outcome);
/** \brief An event that is known from before this file. */
void xasRecordingPutState(FILE *f, const xasEvent *event);
/** \brief An xasActionGet. */
void xasRecordingPutGet(FILE *f, const xasAction *get);
void xasRecordingPutClose(FILE *f, const char *reason, int64_t now_ns);

typedef enum xasRecordKind {
    xasRecordEvent,
    xasRecordState, /* an event from before this file */
    xasRecordGet,
    xasRecordStop,
    xasRecordResume,
    xasRecordOutcome,
    xasRecordClose
} xasRecordKind;

/** One entry of a recording. */
typedef struct xasRecord {
    xasRecordKind kind;
    unsigned long line; /* where it begins, from 1 */
    xasEvent event;     /* its text and array are valid until the next read */
    xasAction get;
    int64_t now_ns;               /* stop, resume, close */
    xasExit exit;                 /* stop */
    char reason[XAS_REASON_SIZE]; /* stop, close */
    xasScan *scan;                /* resume: the reader's, unless it is taken
                                   * by setting this to NULL */
    xasOutcome outcome;
} xasRecord;

typedef struct xasRecording xasRecording;

/** \brief Open a recording and read its head. \param path  "-": stdin
 * \return xasErrIo; xasErrFormat (`message`: "file:line: expected ...");
 *         xasErrVersion: of a later format */
xasStatus xasRecordingOpen(const char *path, xasRecording **out,
                           xasMessage *message);
void xasRecordingClose(xasRecording *r);
const xasRecordingHead *xasRecordingHeadOf(const xasRecording *r);

/** \brief The next entry, owned by r, valid until the next call.
 * \return xasErrNotFound at the end; xasErrFormat, xasErrIo, xasErrMemory as
 *         in xasRecordingOpen */
xasStatus xasRecordingNext(xasRecording *r, xasRecord **out,
                           xasMessage *message);
/** \brief After the end: does the file stop within a line (or a block), as
 * after a kill or a full disk?  What it cut is not among the entries. */
bool xasRecordingIsCut(const xasRecording *r);

#endif
