/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdWorkerParts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <errlog.h>

#include "xasVersion.h"
#include "xasdLock.h"
#include "xasdRescue.h"

/* DESIGN.md section 6: a result waits so long for the store, then it is shown
 * as unsaved. */
#define UNSAVED_AFTER_NS 2000000000LL
#define RETRY_S          0.1
#define IDLE_S           1.0
/* One that is being written, and the next. */
#define CHUNKS_MAX 2

static volatile sig_atomic_t hurry;

static bool transient(xasStatus status)
{
    return status == xasErrBusy || status == xasErrIo || status == xasErrFull;
}

static void setStoreState(xasdWorker *w, xasStatus status, const char *why)
{
    bool busy = status == xasErrBusy && !w->putAside;
    xasdStoreState now = status == xasOk ? xasdStoreOk
                         : busy          ? xasdStoreBusy
                                         : xasdStoreFailed;

    if (now == xasdStoreOk)
        w->putAside = 0;
    else if (w->putAside)
        (void)snprintf(w->storeText, sizeof w->storeText,
                       "%u scans not stored, memory_MB is used up: %s",
                       w->putAside, why);
    else
        (void)snprintf(w->storeText, sizeof w->storeText, "%s", why);
    if (now == w->state)
        return;
    if (now == xasdStoreOk)
        errlogSevPrintf(errlogInfo, "xasd: database takes results again\n");
    else
        errlogSevPrintf(errlogMajor,
                        "xasd: database does not take results (%s); "
                        "they are kept\n",
                        w->storeText);
    w->state = now;
}

static void showStore(xasdWorker *w)
{
    int64_t bytes = 0, diskFree = 0, now = xasTimeNow();
    xasdSnapshot *s;

    (void)xasStoreSize(w->store, &bytes, &diskFree);
    s = xasdSnapshotLock(0);
    s->storeState = (int32_t)w->state;
    s->storeBytes = bytes;
    s->diskFree = diskFree;
    s->storeQueue = (int64_t)xasdJobsCount(w->jobs);
    s->writeMs = w->writeMs;
    (void)snprintf(s->storeText, sizeof s->storeText, "%s", w->storeText);
    s->known[xasdPartStore] = true;
    s->stamp_ns[xasdPartStore] = now;
    xasdSnapshotUnlock();
    xasdSnapshotPostNow(0, xasdPartStore);
}

/* Scans that wait too long for the store are shown all the same. */
static void showUnsaved(xasdWorker *w)
{
    xasdJob *job = xasdJobsFind(w->jobs, xasdJobFinish);
    place *me;
    xasResult result;

    if (!job || xasTimeNow() - job->queued_ns < UNSAVED_AFTER_NS)
        return;
    job->shown = true;
    if (job->foreign || xasPipelineUnsaved(w->pipeline, job->scan, &result))
        return;
    me = &w->station[job->station];
    me->last = result;
    me->haveLast = true;
    me->previous = me->stale = false;
    xasdWorkerShow(w, job->station, job->scan, result.stamp_ns);
}

static void noticeModels(xasdWorker *w)
{
    bool changed = false, outdated;

    (void)xasPipelineRefresh(w->pipeline, &changed); /* tried again soon */
    outdated = xasPipelineOutdated(w->pipeline);
    if (outdated && !w->outdated)
        errlogSevPrintf(errlogMajor, "xasd: an active model is of other "
                                     "feature definitions or damaged, not "
                                     "used: train and activate a new one\n");
    w->outdated = outdated;
    if (!changed)
        return;
    errlogSevPrintf(errlogInfo, "xasd: active models changed\n");
    for (size_t i = 0; i < w->conf->nStations; i++)
        xasdWorkerAdd(w, xasdJobReprocess, i);
}

/* A prediction may be shown for so long; then it is marked as old. */
static void noticeAge(xasdWorker *w)
{
    int64_t now = xasTimeNow();

    for (size_t i = 0; i < w->conf->nStations; i++) {
        double limit_s = w->conf->station[i].stale_after_s;
        place *me = &w->station[i];
        bool stale = limit_s > 0 && me->haveLast &&
                     (double)(now - me->last.stamp_ns) > limit_s * 1e9;

        if (stale == me->stale)
            continue;
        me->stale = stale;
        xasdWorkerShow(w, i, NULL, now);
    }
}

/* Points go to a file, what else there is is only named. */
static void drop(xasdWorker *w, xasdJob *job, xasStatus status)
{
    const char *station = xasdWorkerName(w, job->station);
    xasMessage where = { "" };

    if (job->kind == xasdJobStarted)
        return; /* a mark on a result shown before */
    if (!job->scan || !job->scan->n)
        errlogSevPrintf(errlogMinor, "xasd: %s: a command lost: %s (%s)\n",
                        station, xasStatusText(status),
                        xasStoreError(w->store));
    else if (xasdRescue(w->conf->database, job->scan, job->first, &where))
        errlogSevPrintf(errlogMajor,
                        "xasd: %s: %s: %zu points lost: %s (%s); %s\n", station,
                        job->scan->uid, job->scan->n, xasStatusText(status),
                        xasStoreError(w->store), where.text);
    else
        errlogSevPrintf(errlogMajor,
                        "xasd: %s: %zu points not in the database: %s (%s); "
                        "they are in %s\n",
                        station, job->scan->n, xasStatusText(status),
                        xasStoreError(w->store), where.text);
}

/* Does it stay until the store takes it? Points do also when the database is
 * damaged: it may be replaced by a backup. */
static bool stays(const xasdJob *job, xasStatus status)
{
    return transient(status) || (status == xasErrFormat && job->scan);
}

/* A database that has taken nothing for long, and the memory for it is used
 * up: the oldest scans go to files, or are lost and told so; when there is none
 * left, what clients wanted is. */
static void makeRoom(xasdWorker *w, xasStatus status)
{
    static const xasdJobKind kinds[] = { xasdJobFinish,    xasdJobStarted,
                                         xasdJobReprocess, xasdJobReject,
                                         xasdJobJoin,      xasdJobSetting };
    size_t most = (size_t)w->conf->memory_MB << 20;

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds;) {
        xasdJob *job;

        if (xasdJobsBytes(w->jobs) <= most)
            return;
        job = xasdJobsTakeKind(w->jobs, kinds[i]);
        if (!job) {
            i++;
            continue;
        }
        w->putAside += job->scan != NULL;
        drop(w, job, status);
        xasdJobFree(job);
    }
}

/* One try at the first job. False: it stays, wait before the next try. */
static bool step(xasdWorker *w, xasdJob *job)
{
    int64_t before = xasTimeNow();
    int64_t giveUp = hurry ? 1 : atomic_load(&w->giveUp_ns);
    xasStatus status = xasdWorkerDo(w, job);

    w->writeMs = (double)(xasTimeNow() - before) / 1e6;
    if (status || xasdWorkerWrites(w, job))
        setStoreState(w, stays(job, status) ? status : xasOk,
                      xasStoreError(w->store));
    if (stays(job, status) && (!giveUp || before < giveUp)) {
        showUnsaved(w);
        makeRoom(w, status); /* may take the job itself */
        return false;
    }
    if (status)
        drop(w, job, status);
    xasdJobFree(xasdJobsTake(w->jobs));
    return true;
}

/* Rows of the database before are nothing in another one. What runs brings
 * all its points when it ends. */
static void forgetRows(xasdWorker *w)
{
    for (size_t i = 0; i < w->conf->nStations; i++)
        w->station[i].row = w->station[i].last.scan = 0;
}

/* The file is another: the claim on the one before says nothing about it. */
static void claim(xasdWorker *w)
{
    xasMessage why = { "" };
    bool claimed = !xasdLockDatabase(w->conf->database, &why);

    if (!claimed && w->claimed)
        errlogSevPrintf(errlogMajor, "xasd: %s\n", why.text);
    w->claimed = claimed;
}

/* Somebody has deleted, moved or replaced the file under us. */
static void followFile(xasdWorker *w)
{
    xasMessage why = { "" };
    bool other = false;

    if (!xasStoreMoved(w->store)) {
        if (w->state != xasdStoreOk && !xasdJobsCount(w->jobs))
            setStoreState(w, xasOk, "");
    } else if (xasStoreReopen(w->store, &other, &why)) {
        setStoreState(w, xasErrIo, why.text);
    } else if (other) {
        forgetRows(w);
        errlogSevPrintf(errlogMajor,
                        "xasd: %s is another file than before: going on with "
                        "that one\n",
                        w->conf->database);
    } else {
        errlogSevPrintf(errlogMajor,
                        "xasd: %s was deleted or moved away: written again "
                        "from the open file\n",
                        w->conf->database);
    }
    if (!xasStoreMoved(w->store)) /* what it holds open must stay so */
        claim(w);
}

static void rest(double seconds)
{
    struct timespec t = { 0, (long)(seconds * 1e9) };

    (void)nanosleep(&t, NULL);
}

static void *run(void *arg)
{
    xasdWorker *w = arg;
    int64_t shown = 0;

    for (;;) {
        xasdJob *job = xasdJobsPeek(w->jobs, IDLE_S);

        if (!job && xasdJobsClosed(w->jobs))
            break;
        if (job && !step(w, job))
            rest(RETRY_S);
        if (xasTimeNow() - shown >= (int64_t)(IDLE_S * 1e9)) {
            shown = xasTimeNow();
            followFile(w);
            noticeModels(w);
            noticeAge(w);
            showStore(w);
        }
    }
    return NULL;
}

xasStatus xasdWorkerCreate(const xasConf *conf, xasStore *store,
                           xasdWorker **out, xasMessage *message)
{
    xasdWorker *w = calloc(1, sizeof *w);
    xasPipelineRules rules;
    xasStatus status;

    if (!w)
        return xasFail(xasErrMemory, message, "out of memory");
    w->conf = conf;
    w->store = store;
    w->claimed = true;
    xasdWorkerRules(w, 0, &rules);
    status = xasdJobsCreate(&w->jobs);
    if (status == xasOk)
        status = xasPipelineCreate(store, &rules, &w->pipeline);
    if (status == xasOk)
        status = xasPipelineRefresh(w->pipeline, NULL);
    if (status == xasOk)
        status = xasdWorkerRestore(w);
    if (status) {
        (void)xasFail(status, message, "%s: %s", conf->database,
                      xasStoreError(store));
        w->store = NULL; /* still the caller's */
        xasdWorkerDestroy(w, 0);
        return status;
    }
    xasdWorkerAdd(w, xasdJobJoin, 0);
    *out = w;
    return xasOk;
}

xasScan *xasdWorkerTakeOpen(xasdWorker *w, size_t station)
{
    xasScan *scan = w->station[station].open;

    w->station[station].open = NULL;
    return scan;
}

xasStatus xasdWorkerStart(xasdWorker *w)
{
    w->started = pthread_create(&w->thread, NULL, run, w) == 0;
    return w->started ? xasOk : xasErrMemory;
}

void xasdWorkerPut(xasdWorker *w, xasdJob *job)
{
    job->queued_ns = xasTimeNow();
    xasdJobsPut(w->jobs, job);
}

bool xasdWorkerKeepsUp(xasdWorker *w, size_t station)
{
    return xasdJobsChunks(w->jobs, station) < CHUNKS_MAX;
}

bool xasdWorkerIdle(xasdWorker *w)
{
    return xasdJobsCount(w->jobs) == 0;
}

void xasdWorkerSetConf(xasdWorker *w, const xasConf *conf)
{
    w->conf = conf;
    xasdWorkerAdd(w, xasdJobJoin, 0);
}

void xasdWorkerHurry(void)
{
    hurry = 1;
}

void xasdWorkerDestroy(xasdWorker *w, double wait_s)
{
    if (!w)
        return;
    atomic_store(&w->giveUp_ns, xasTimeNow() + (int64_t)(wait_s * 1e9));
    if (w->jobs)
        xasdJobsClose(w->jobs);
    if (w->started)
        (void)pthread_join(w->thread, NULL);
    xasPipelineDestroy(w->pipeline);
    for (size_t i = 0; i < XAS_STATIONS_MAX; i++)
        xasScanDestroy(w->station[i].open);
    xasdJobsDestroy(w->jobs);
    xasStoreClose(w->store);
    free(w);
}
