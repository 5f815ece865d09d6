/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdWorkerParts.h"

#include <stdio.h>
#include <string.h>

#include <errlog.h>

#include "xasStoreScan.h"
#include "xasStoreSetting.h"
#include "xasVersion.h"
#include "xasdShow.h"

const char *xasdWorkerName(const xasdWorker *w, size_t station)
{
    return w->conf->station[station].name;
}

/* A transaction of one call, so that the jobs below are a line each. */
static xasStatus ended(xasdWorker *w, xasStatus status)
{
    if (status == xasOk)
        return xasStoreCommit(w->store);
    xasStoreRollback(w->store);
    return status;
}

/* The row of a scan of this station that is open; 0: it has none (yet). */
static int64_t rowOf(const xasdWorker *w, const xasdJob *job)
{
    const place *me = &w->station[job->station];

    return strcmp(me->uid, job->scan->uid) == 0 ? me->row : 0;
}

static xasStatus doOpen(xasdWorker *w, xasdJob *job)
{
    xasStatus status = xasStoreBegin(w->store);

    if (status)
        return status;
    status = ended(w, xasStoreScanOpen(w->store, job->scan));
    if (status) {
        job->scan->row = 0;
        return status;
    }
    w->station[job->station].row = job->scan->row;
    memcpy(w->station[job->station].uid, job->scan->uid, XAS_UID_SIZE);
    xasdShowSaved(job->station, job->scan->row, 0, xasTimeNow(), true);
    return xasOk;
}

static xasStatus doChunk(xasdWorker *w, const xasdJob *job)
{
    int64_t row = rowOf(w, job);
    xasStatus status;

    if (!row) /* it could not be opened: the finished scan brings all */
        return xasOk;
    status = xasStoreBegin(w->store);
    if (status)
        return status;
    status =
        ended(w, xasStoreScanJournal(w->store, row, job->scan, job->first));
    if (status == xasOk)
        xasdShowSaved(job->station, row, (int64_t)(job->first + job->scan->n),
                      xasTimeNow(), true);
    return status;
}

void xasdWorkerAdd(xasdWorker *w, xasdJobKind kind, size_t station)
{
    xasdJob *job = xasdJobNew(kind, station);

    if (job)
        xasdJobsPut(w->jobs, job);
}

/* The other station's prediction rests on this sample too. */
static void tellPartners(xasdWorker *w, size_t station)
{
    const place *me = &w->station[station];

    for (size_t i = 0; i < w->conf->nStations; i++) {
        const place *other = &w->station[i];

        if (i != station && other->haveLast && me->last.sample[0] &&
            strcmp(other->last.sample, me->last.sample) == 0)
            xasdWorkerAdd(w, xasdJobReprocess, i);
    }
}

void xasdWorkerRules(const xasdWorker *w, size_t station, xasPipelineRules *out)
{
    const xasConf *conf = w->conf;

    *out = (xasPipelineRules){ .level = conf->station[station].level,
                               .join = &conf->join,
                               .calib = &conf->station[station].calib,
                               .code = XAS_VERSION };
}

static void refuse(xasResult *result, const char *reason)
{
    xasPredictedClear(&result->predicted);
    result->predicted.state = xasPredNotComputed;
    (void)snprintf(result->predicted.reason, sizeof result->predicted.reason,
                   "%s", reason);
}

void xasdWorkerShow(xasdWorker *w, size_t station, const xasScan *scan,
                    int64_t stamp_ns)
{
    place *me = &w->station[station];
    xasResult shown = me->last;

    if ((me->previous || me->stale) &&
        xasPredStateSeverity(shown.predicted.state) < 2) {
        shown.predicted.state = xasPredPrevious;
        xasPredictedSayFirst(&shown.predicted,
                             me->previous ? "another scan has started since"
                                          : "older than stale_after_s");
    }
    xasdShowResult(station, &shown, scan, stamp_ns, true);
}

static xasStatus doFinish(xasdWorker *w, xasdJob *job)
{
    place *me = &w->station[job->station];
    xasResult result;
    xasStatus status;

    if (!job->scan->row)
        job->scan->row = rowOf(w, job);
    status = xasPipelineRun(w->pipeline, job->scan, "live", &result);
    if (status)
        return status;
    errlogSevPrintf(errlogInfo, "xasd: %s: scan %lld %s, %zu points, %s\n",
                    job->scan->station, (long long)job->scan->row,
                    xasExitName(job->scan->exit), job->scan->n,
                    xasPredStateName(result.predicted.state));
    if (job->foreign)
        return xasOk;
    if (me->row == job->scan->row)
        me->row =
            0; /* else: a scan of an earlier run, beside the running one */
    me->last = result;
    me->haveLast = true;
    me->previous = me->stale = false;
    xasdShowSaved(job->station, job->scan->row, (int64_t)job->scan->n,
                  job->scan->end_ns, true);
    xasdWorkerShow(w, job->station, job->scan, result.stamp_ns);
    if (job->reject)
        xasdWorkerAdd(w, xasdJobReject, job->station);
    else
        tellPartners(w, job->station);
    return xasOk;
}

static xasStatus doReject(xasdWorker *w, const xasdJob *job)
{
    place *me = &w->station[job->station];
    xasStatus status;

    if (!me->haveLast || !me->last.scan)
        return xasOk;
    status = xasStoreBegin(w->store);
    if (status)
        return status;
    refuse(&me->last, "scan rejected by the operator");
    xasFlagsAdd(me->last.features.flags, "rejected");
    status = xasStoreScanReject(w->store, me->last.scan, true);
    if (status == xasOk)
        status =
            xasStorePrediction(w->store, &me->last, xasTimeNow(), XAS_VERSION);
    status = ended(w, status);
    if (status == xasOk) {
        errlogSevPrintf(errlogInfo, "xasd: %s: scan %lld rejected\n",
                        xasdWorkerName(w, job->station),
                        (long long)me->last.scan);
        xasdWorkerShow(w, job->station, NULL, xasTimeNow());
        tellPartners(w, job->station);
    }
    return status;
}

static xasStatus doReprocess(xasdWorker *w, const xasdJob *job)
{
    place *me = &w->station[job->station];
    xasResult result = me->last;
    xasStatus status;

    if (!me->haveLast || !result.scan)
        return xasOk;
    status = xasStoreBegin(w->store);
    if (status)
        return status;
    status = xasPipelinePredict(w->pipeline, &result);
    if (status == xasOk)
        status = xasPipelineKeep(w->pipeline, &result);
    status = ended(w, status);
    if (status == xasOk) {
        me->last = result;
        xasdWorkerShow(w, job->station, NULL, result.stamp_ns);
    }
    return status;
}

/* Nothing waits for it: what cannot be said now is said a second later. */
static xasStatus doProvisional(xasdWorker *w, const xasdJob *job)
{
    xasResult result;

    job->scan->row = rowOf(w, job);
    if (job->scan->row &&
        xasPipelineProvisional(w->pipeline, job->scan, &result) == xasOk)
        xasdShowPredicted(job->station, &result,
                          job->scan->stamp_ns[job->scan->n - 1]);
    return xasOk;
}

static xasStatus doStarted(xasdWorker *w, const xasdJob *job)
{
    place *me = &w->station[job->station];

    me->previous = true;
    if (me->haveLast)
        xasdWorkerShow(w, job->station, NULL, xasTimeNow());
    return xasOk;
}

bool xasdWorkerWrites(const xasdWorker *w, const xasdJob *job)
{
    const place *me = &w->station[job->station];

    switch (job->kind) {
    case xasdJobStarted: return false;
    case xasdJobChunk: return rowOf(w, job) != 0;
    case xasdJobReject:
    case xasdJobReprocess: return me->haveLast && me->last.scan;
    default: return true;
    }
}

xasStatus xasdWorkerDo(xasdWorker *w, xasdJob *job)
{
    xasPipelineRules rules;

    xasdWorkerRules(w, job->station, &rules);
    xasPipelineSetRules(w->pipeline, &rules);
    switch (job->kind) {
    case xasdJobOpen: return doOpen(w, job);
    case xasdJobChunk: return doChunk(w, job);
    case xasdJobFinish: return doFinish(w, job);
    case xasdJobReject: return doReject(w, job);
    case xasdJobReprocess: return doReprocess(w, job);
    case xasdJobProvisional: return doProvisional(w, job);
    case xasdJobStarted: return doStarted(w, job);
    case xasdJobJoin: return xasStoreJoinPut(w->store, &w->conf->join);
    case xasdJobSetting:
        return xasStoreSettingPut(w->store, xasdWorkerName(w, job->station),
                                  job->key, job->text);
    }
    return xasErrArg;
}
