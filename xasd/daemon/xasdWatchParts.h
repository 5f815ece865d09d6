/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_WATCH_PARTS_H
#define XASD_WATCH_PARTS_H

/* Inside xasdWatch only: xasdWatch.c has events, journal and commands,
 * xasdWatchShow.c what the records show. */

#include "xasdWatch.h"

struct xasdWatch {
    const xasConf *conf;
    const xasConfStation *own;
    size_t index;
    xasdWorker *worker;
    xasdWatchGet get;
    xasAssembler *assembler;
    struct xasdRecorder *recorder; /* NULL: none wanted */
    size_t journalled; /* points of the running scan handed to the worker */
    int64_t journal_ns;
    int64_t show_ns, live_ns; /* when the next is due */
    int64_t predict_ns;
    size_t predicted; /* points of the last provisional prediction */
    bool changed;     /* since the records were last shown */
    bool liveChanged;
    xasdSaid said;
    bool discard; /* the scan that ends now */
    xasExit lastExit;
    int64_t stamp_ns; /* of the newest event */
    double lag_s;     /* the largest since Ca: was shown, NaN: no event */
    double shownLag_s;
    int64_t lost; /* points of its ended scans */
};

/** \brief Is it time? Also when the clock was set back. */
static inline bool xasdWatchDue(int64_t due_ns, int64_t now_ns)
{
    return now_ns >= due_ns || due_ns - now_ns > INT64_C(60000000000);
}

/** \brief Show state and head of its scan, and the scan's arrays if they are
 * due or it has ended. */
void xasdWatchShow(xasdWatch *s, const xasScan *scan, int64_t now_ns);

#endif
