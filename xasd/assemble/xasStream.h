/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STREAM_H
#define XAS_STREAM_H

#include "xasStatus.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Internal to assemble: the readings of one PV of a continuous scan, and its
 * value between two of them.  All stamps are in the PV's own clock. */

typedef struct xasReading {
    int64_t stamp_ns;
    double value;   /* NaN: invalid */
    uint32_t flags; /* of this reading: xasPointInvalid, xasPointStampBad,
                     * xasPointLate if it, or the one before, is coarse, or
                     * those before were stamped back */
    uint32_t apart; /* flags of the time since the reading before; 0: the
                     * value may be interpolated there */
    bool coarse;    /* another reading with another value has the same stamp */
    bool held;      /* the value was seen to be still that of the one before */
} xasReading;

enum { xasStreamIntervals = 16 };

/** Readings in order of their stamps.  Begins as all 0. */
typedef struct xasStream {
    xasReading *reading; /* [capacity], those that count from first on */
    size_t first, n, capacity;
    int64_t interval_ns[xasStreamIntervals]; /* the last ones measured */
    size_t intervals;                        /* ever measured */
    int64_t usual_ns;                        /* their median, 0 unknown */
    uint32_t next; /* flags of the time until the next reading */
    /* events were lost there: a long interval hides a reading */
    int64_t doubtFrom_ns, doubtTo_ns;
    size_t back; /* readings in a row that were stamped before the last */
} xasStream;

void xasStreamClear(xasStream *s);

typedef enum xasStreamPlace {
    xasStreamLast,   /* the newest */
    xasStreamEqual,  /* stamped as one before, which it replaces */
    xasStreamInside, /* older than one that a get has brought */
    xasStreamBack,   /* older than the last monitor: not taken */
    xasStreamFull    /* no memory: not taken */
} xasStreamPlace;

/** \brief A new reading; apart and held are set here. */
xasStreamPlace xasStreamPut(xasStream *s, const xasReading *reading);
/** \brief The last value was still the same at that time. */
xasStreamPlace xasStreamHold(xasStream *s, int64_t stamp_ns);
/** \brief The newest reading, NULL without any. */
const xasReading *xasStreamNewest(const xasStream *s);
/** \brief Stamp of the first reading after that time; INT64_MAX: none yet. */
int64_t xasStreamAfter(const xasStream *s, int64_t stamp_ns);

/** \brief The longest time between two readings that is no gap: 3 times the
 * usual and 5 ms for jitter; 1 s while the usual is not known. */
int64_t xasStreamPatience(const xasStream *s);
/** \brief Events were lost between these times: from now on, until the usual
 * interval and a half, is a gap there.  to_ns INT64_MAX: up to the next. */
void xasStreamDoubt(xasStream *s, int64_t from_ns, int64_t to_ns);
/** \brief Flags of the time between the readings around (at which there is
 * none); from and to may be NULL. */
uint32_t xasStreamGap(const xasStream *s, int64_t stamp_ns, int64_t *from_ns,
                      int64_t *to_ns);

typedef enum xasStreamSay {
    xasStreamKnown,  /* value and flags are set */
    xasStreamWait,   /* no reading so late yet */
    xasStreamBefore, /* before the first reading */
} xasStreamSay;

/** \brief The value at a time: that of the reading stamped so, else on the
 * straight line between the two around it; behind one that was held it stays
 * until the usual interval before the next.  NaN with flags (invalid, late,
 * disconnected) where one of these is not valid or a gap is between; stamp_bad,
 * and late of a reading's own, come with a value. */
xasStreamSay xasStreamAt(const xasStream *s, int64_t stamp_ns, double *value,
                         uint32_t *flags);

/** \brief The readings that a value at a time comes from: one, or two around.
 * \return false if there are none */
bool xasStreamAround(const xasStream *s, int64_t stamp_ns, int64_t *from_ns,
                     int64_t *to_ns);
/** \brief The least valid reading from the last one at or before from to the
 * first one at or after to; INFINITY if there is none. */
double xasStreamLeast(const xasStream *s, int64_t from_ns, int64_t to_ns);

/** \brief Forget what was long before that time: a few readings stay. */
void xasStreamForget(xasStream *s, int64_t stamp_ns);

#endif
