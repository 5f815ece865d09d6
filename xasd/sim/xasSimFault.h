/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_FAULT_H
#define XAS_SIM_FAULT_H

#include <stdbool.h>
#include <stddef.h>

#include "xasStatus.h"

/** What a time stamp can be besides right. */
typedef enum xasSimStamp {
    xasSimStampNow,
    xasSimStampFuture,    /* an hour ahead */
    xasSimStamp1990,      /* the EPICS epoch, a clock that was never set */
    xasSimStampEqual,     /* that of the first reading concerned */
    xasSimStampUndefined, /* 0 */
    xasSimStampCount
} xasSimStamp;

/** Where something goes wrong: from point `at` on, for n points. */
typedef struct xasSimSpan {
    long at; /* counted from 0 as planned; below 0: never */
    long n;  /* 0: to the end */
} xasSimSpan;

/** All that can go wrong in a scan. */
typedef struct xasSimFaults {
    long pauseAt;   /* the next point comes late */
    double pause_s; /* by so much */
    xasSimSpan invalid, nan, late, dump, stamp, burst, hold, glitch;
    xasSimSpan topUp;     /* those points are measured again afterwards */
    xasSimSpan duplicate; /* point `at` is measured n times more */
    xasSimSpan back;      /* after `at` the energy goes n points back */
    xasSimStamp stampKind;
    long abortAt; /* ends as if stopped, before this point */
    bool empty;   /* not one point */
} xasSimFaults;

/** \brief Nothing is wrong. */
void xasSimFaultsNone(xasSimFaults *f);

/** One reading to make. */
typedef struct xasSimStep {
    size_t at;      /* point of the spectrum */
    size_t sees;    /* point that detectors see, `at` when well */
    size_t sweep;   /* which it belongs to */
    double pause_s; /* before it, besides the dwell */
    double beam;    /* of what it should be, 1 when well */
    xasSimStamp stamp;
    size_t held; /* reading whose value is shown instead; itself when well */
    bool hold, glitch;
    bool invalid, nan, late, noDwell;
    bool inhibit; /* the ring is being filled */
    bool again;   /* of a point measured before in this sweep */
    bool dump;    /* no beam in the ring */
} xasSimStep;

/** The readings of a scan in their order. */
typedef struct xasSimSchedule {
    size_t n, planned;
    bool aborts; /* after n readings */
    xasSimStep *step;
} xasSimSchedule;

/** \brief Order the readings of a scan.
 * \param f          what goes wrong
 * \param n          points of a sweep
 * \param sweeps     how many of them
 * \param alternate  every second one runs down
 * \return xasErrMemory */
xasStatus xasSimScheduleMake(const xasSimFaults *f, size_t n, size_t sweeps,
                             bool alternate, xasSimSchedule *out);
void xasSimScheduleClear(xasSimSchedule *s);

/** \brief Detectors see what was there so many readings before, in the same
 * sweep; its first point until then. */
void xasSimScheduleLag(xasSimSchedule *s, size_t readings);

/** \brief What is wrong with planned reading i of a sweep. */
xasSimStep xasSimFaultStep(const xasSimFaults *f, size_t i, size_t at,
                           size_t sweep);

/** \brief Is this one inside? */
bool xasSimSpanHolds(const xasSimSpan *span, size_t i);

#endif
