/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_RECORDER_H
#define XASD_RECORDER_H

#include "xasConf.h"

/** Writes what a station's assembler is fed into a file (xasRecording.h) that
 * `xasctl replay` runs again.
 *
 * Files are named STATION-UTCSTAMP.xev in record_dir; a new one at each start
 * and reload, and between two scans when one has grown to 64 MB. The oldest of
 * a station go when all of them are above 1 GB. What cannot be written (an
 * error, or less than 256 MB free on the disk) ends the recording, is said
 * once, and disturbs nothing else. Loop thread only. */
typedef struct xasdRecorder xasdRecorder;

/** \brief Begin. \return NULL if the station is not to be recorded, or cannot
 * be, which has been said; all calls below do nothing then. */
xasdRecorder *xasdRecorderOpen(const xasConf *conf, size_t station,
                               int64_t now_ns);
void xasdRecorderClose(xasdRecorder *r, int64_t now_ns);

/* Each before the call of xasAssembler.h that it is named after. */
void xasdRecorderResume(xasdRecorder *r, const xasScan *scan, int64_t now_ns);
void xasdRecorderFeed(xasdRecorder *r, const xasEvent *event);
void xasdRecorderStop(xasdRecorder *r, xasExit exit, const char *reason,
                      int64_t now_ns);
/** \brief After xasAssemblerNext gave an action. */
void xasdRecorderNext(xasdRecorder *r, const xasAssembler *a,
                      const xasAction *action);

/** \brief Time passes: hand what is written to the system, begin another file
 * when it is time. \param busy  a scan runs */
void xasdRecorderTick(xasdRecorder *r, bool busy, int64_t now_ns);

#endif
