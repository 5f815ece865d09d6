/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_WATCH_H
#define XASD_WATCH_H

#include "xasConf.h"
#include "xasdWorker.h"

/** A station as the loop sees it: its assembler, its journal, its live
 * records.  Loop thread only. */
typedef struct xasdWatch xasdWatch;

/** Asks the station's PVs once; the loop's way to xasdChannelsGet. */
typedef void (*xasdWatchGet)(size_t station, xasRoles roles, bool arrays,
                             uint32_t ask);

/** \brief Make it, with the scan of an earlier run that is to be resumed.
 * \param index  in the configuration   \param resume  moved in; NULL: none */
xasStatus xasdWatchCreate(const xasConf *conf, size_t index, xasdWorker *worker,
                          xasdWatchGet get, xasScan *resume, xasdWatch **out);
void xasdWatchDestroy(xasdWatch *s);

/** What clients said by the station's `Ctl:` records.  It outlives a reload,
 * and the texts a restart. */
typedef struct xasdSaid {
    bool disabled;
    bool muted; /* the rest of a scan that they ended is to be ignored */
    char sample[XAS_SAMPLE_SIZE], formula[XAS_SAMPLE_SIZE];
} xasdSaid;
void xasdWatchSaid(const xasdWatch *s, xasdSaid *out);
void xasdWatchSay(xasdWatch *s, const xasdSaid *said);

/** \brief One event of its PVs, or a command. */
void xasdWatchEvent(xasdWatch *s, const xasEvent *event);

/** \brief Time passes: deadlines, journal, records. Every 100 ms or so. */
void xasdWatchTick(xasdWatch *s, int64_t now_ns);

/** \brief Stop of the daemon: the running scan stays open in the journal, so
 * that the next start can resume or close it. */
void xasdWatchStop(xasdWatch *s);

/** \brief Does a scan run? */
bool xasdWatchBusy(const xasdWatch *s);

/** Counters of the station's connections, for `Ca:`. */
typedef struct xasdWatchCa {
    int64_t connected, expected, reconnects, lost;
    char missing[XAS_SAMPLE_SIZE];
} xasdWatchCa;
void xasdWatchShowCa(xasdWatch *s, const xasdWatchCa *ca);

#endif
