/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RECORDING_TEXT_H
#define XAS_RECORDING_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Words of a recording (xasRecording.h), written and read back bit by bit.
 * Each Put writes a space and the word; failures are left to ferror(). */

void xasRecordingPutWord(FILE *f, const char *word);
/** \brief Shortest decimal that reads back the same; "inf", "-inf", "nan",
 * and "nan:HEX" for a NaN of other bits than the usual ones. */
void xasRecordingPutNumber(FILE *f, double value);
/** \brief The same in a fast form, for arrays: whole numbers as decimals,
 * others as hexadecimal floating point. */
void xasRecordingPutExact(FILE *f, double value);
void xasRecordingPutInt(FILE *f, int64_t value);
void xasRecordingPutHex(FILE *f, uint64_t value);
/** \brief Unix ns as "SECONDS.NANOSECONDS". */
void xasRecordingPutTime(FILE *f, int64_t unix_ns);
/** \brief Between quotes; a quote, a backslash and control characters are
 * written as \", \\, \n, \t, \xHH. */
void xasRecordingPutText(FILE *f, const char *text);

/** The part of a line that has not been read; it is cut into words. */
typedef struct xasRecordingWords {
    char *at;
} xasRecordingWords;

/** \brief Next word, NULL at the end of the line; what stands between quotes
 * is none. */
char *xasRecordingWord(xasRecordingWords *w);
/** \brief Is nothing left? */
bool xasRecordingAtEnd(xasRecordingWords *w);
/** \brief Next word is this one, and is taken; else all stays. */
bool xasRecordingWordIs(xasRecordingWords *w, const char *word);
/* These are false, with *out unchanged, where something else stands. */
bool xasRecordingGetNumber(xasRecordingWords *w, double *out);
bool xasRecordingGetInt(xasRecordingWords *w, int64_t *out);
bool xasRecordingGetHex(xasRecordingWords *w, uint64_t *out);
bool xasRecordingGetTime(xasRecordingWords *w, int64_t *unix_ns);
/** \brief Text between quotes, decoded in place. */
bool xasRecordingGetText(xasRecordingWords *w, char **out);

#endif
