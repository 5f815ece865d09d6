/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RECORDING_PARTS_H
#define XAS_RECORDING_PARTS_H

#include "xasRecording.h"
#include "xasRecordingFields.h"

/* Internal to exchange: what writing and reading share. */

enum { xasRecordingKindCount = xasEventCommand + 1 };
/** First words of the lines of events. */
extern const char *const xasRecordingKinds[xasRecordingKindCount];

/** \brief Read one line that is an event, without its first word.
 * \param[out] array  [count] of event; the caller's to free, NULL if none
 * \return NULL, or what was expected in words */
const char *xasRecordingEventLine(xasRecordingWords *w, xasEventKind kind,
                                  xasEvent *event, double **array);
/** \brief The same for "get". */
const char *xasRecordingGetLine(xasRecordingWords *w, xasAction *get);
/** \brief The same for "begin" and "end". */
const char *xasRecordingOutcomeLine(xasRecordingWords *w, bool ended,
                                    xasOutcome *outcome);

/** \brief The same for "stop" (exit) and "close". */
const char *xasRecordingStopLine(xasRecordingWords *w, bool exit,
                                 xasRecord *record);

/** \brief A line of a resume block: "head", "point", "happened".
 * \param scan  gets points and events  \param head  gets the head
 * \return xasErrFormat with what was expected, xasErrMemory, xasErrFull */
xasStatus xasRecordingResumeLine(xasRecordingWords *w, const char *first,
                                 xasScan *scan, xasScan *head,
                                 const char **expected);

#endif
