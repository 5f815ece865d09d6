/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_ITEMS_H
#define XASD_ITEMS_H

#include "xasdSnapshot.h"

/** The kind of a value that a record can show. */
typedef enum xasdItemType {
    xasdItemNumber, /* double */
    xasdItemCount,  /* int64_t */
    xasdItemMenu,   /* int32_t, index of an mbbi state */
    xasdItemText,   /* char[] */
    xasdItemArray,  /* xasdArray */
    xasdItemAge     /* int64_t Unix ns of the prediction, shown as hours since;
                     * NaN where nothing is predicted */
} xasdItemType;

/** One value of a snapshot under the name records use in INP. */
typedef struct xasdItem {
    xasdItemType type;
    xasdPart part;
    size_t offset; /* in xasdSnapshot */
    bool feature;  /* NaN of a sound spectrum means absent, no fault */
    bool graded;   /* alarm by the state of the prediction */
    bool calib;    /* alarm by the state of the calibration */
    bool doubted;  /* evidence with a MINOR alarm of its own: a formula that
                    * does not fit, a value that hangs on the calibration */
} xasdItem;

/** \brief Look a name up: "scan.points", "pred.hf", "feat.wl_e",
 * "feat.wl_e.err". \return xasErrNotFound */
xasStatus xasdItemFind(const char *name, xasdItem *out);

/** \brief Seconds since the last point of what is predicted, never negative;
 * NaN where nothing is. */
double xasdItemAge_s(const xasdSnapshot *s);

/** What a record shall show besides the value. */
typedef struct xasdGrade {
    int severity; /* EPICS 0..3 */
    bool undefined;
    char text[XAS_FLAGS_SIZE];
} xasdGrade;

/** \brief Alarm of an item's present value; call with the lock held.
 * \param nan  the value is NaN or an empty array */
void xasdItemGrade(const xasdItem *item, const xasdSnapshot *s, bool nan,
                   xasdGrade *out);

#endif
