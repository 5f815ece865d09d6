/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdWorkerParts.h"

#include <stdio.h>
#include <string.h>

#include "xasDetector.h"
#include "xasStoreScan.h"
#include "xasdShow.h"

#define OPEN_MAX 64

static void restore(xasdWorker *w, size_t station)
{
    place *me = &w->station[station];
    xasScan *scan = NULL;

    if (xasStoreLastResult(w->store, xasdWorkerName(w, station), &me->last))
        return;
    me->haveLast = true;
    (void)xasStoreScanRead(w->store, me->last.scan, &scan);
    xasdShowResult(station, &me->last, scan, me->last.stamp_ns, false);
    xasdShowSaved(station, me->last.scan, scan ? (int64_t)scan->n : 0,
                  me->last.stamp_ns, false);
    xasScanDestroy(scan);
}

static size_t stationNamed(const xasConf *conf, const char *name)
{
    for (size_t i = 0; i < conf->nStations; i++)
        if (strcmp(conf->station[i].name, name) == 0)
            return i;
    return XAS_STATIONS_MAX;
}

/* It goes on only with the channels it has: one without any point in the
 * journal has none, and none may have come to the configuration since. */
static bool canGoOn(const xasScan *scan, const xasAssemblerRules *rules,
                    int64_t age_ns)
{
    xasRoles wanted =
        (rules->roles & XAS_ROLES_CHANNELS) | xasRoleBit(xasRoleEnergy);

    return scan->n && !(wanted & ~scan->channels) &&
           (double)age_ns < rules->resume_gap_s * 1e9;
}

/* A scan that was running when an earlier daemon ended. */
static xasStatus adopt(xasdWorker *w, int64_t row)
{
    xasScan *scan = NULL;
    size_t station;
    int64_t age;
    xasdJob *job;
    xasStatus status = xasStoreScanRead(w->store, row, &scan);

    if (status)
        return status;
    station = stationNamed(w->conf, scan->station);
    age = xasTimeNow() - (scan->end_ns ? scan->end_ns : scan->start_ns);
    if (station < XAS_STATIONS_MAX && !w->station[station].open &&
        canGoOn(scan, &w->conf->station[station].rules, age)) {
        w->station[station].open = scan;
        w->station[station].row = row;
        memcpy(w->station[station].uid, scan->uid, XAS_UID_SIZE);
        return xasOk;
    }
    if (station < XAS_STATIONS_MAX) /* no assembler will */
        xasDetectorFinish(scan, &w->conf->station[station].rules);
    scan->exit = xasExitInterrupted;
    (void)snprintf(scan->reason, sizeof scan->reason,
                   "xasd was not running when it ended");
    job = xasdJobNew(xasdJobFinish, station < XAS_STATIONS_MAX ? station : 0);
    if (!job) {
        xasScanDestroy(scan);
        return xasErrMemory;
    }
    job->scan = scan;
    job->foreign = station == XAS_STATIONS_MAX;
    job->queued_ns = xasTimeNow();
    xasdJobsPut(w->jobs, job);
    return xasOk;
}

static xasStatus adoptAll(xasdWorker *w)
{
    int64_t row[OPEN_MAX];
    size_t n;
    xasStatus status = xasStoreScanListOpen(w->store, row, OPEN_MAX, &n);

    /* Newest first: only that one of a station can be resumed. */
    for (size_t i = n; status == xasOk && i-- > 0;)
        status = adopt(w, row[i]);
    return status;
}

xasStatus xasdWorkerRestore(xasdWorker *w)
{
    for (size_t i = 0; i < w->conf->nStations; i++)
        restore(w, i);
    return adoptAll(w);
}
