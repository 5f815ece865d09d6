/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdSnapshot.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <callback.h>
#include <dbScan.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static xasdSnapshot *all; /* [count]; its fields are guarded by lock */
static IOSCANPVT (*ioscan)[xasdPartCount];
static size_t count;

/* Held while a command is handed over, so that none is under way once a sink
 * has been taken out.  Taken with a record locked; inside it only the sink's
 * own locks. */
static pthread_mutex_t sinkLock = PTHREAD_MUTEX_INITIALIZER;
static xasdCommandSink sink;

xasStatus xasdSnapshotInit(size_t n)
{
    all = calloc(n, sizeof *all);
    ioscan = calloc(n, sizeof *ioscan);
    if (!all || !ioscan)
        return xasErrMemory;
    count = n;
    for (size_t i = 0; i < n; i++) {
        xasResultClear(&all[i].result);
        all[i].progress = all[i].elapsed_s = all[i].lag_s = NAN;
        all[i].writeMs = all[i].scanLag_ms = NAN;
        for (int part = 0; part < xasdPartCount; part++)
            scanIoInit(&ioscan[i][part]);
    }
    return xasOk;
}

xasStatus xasdSnapshotName(size_t index, const char *station, size_t maxPoints)
{
    xasdSnapshot *s = &all[index];
    xasdArray *array[] = { &s->liveEnergy, &s->liveMu,   &s->liveI0,
                           &s->lastEnergy, &s->lastNorm, &s->lastFlat };

    (void)snprintf(s->station, sizeof s->station, "%s", station);
    s->maxPoints = maxPoints;
    for (size_t i = 0; maxPoints && i < sizeof array / sizeof *array; i++) {
        array[i]->value = calloc(maxPoints, sizeof(double));
        if (!array[i]->value)
            return xasErrMemory;
    }
    return xasOk;
}

size_t xasdSnapshotFind(const char *station)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(all[i].station, station) == 0)
            return i;
    return (size_t)-1;
}

xasdSnapshot *xasdSnapshotLock(size_t index)
{
    pthread_mutex_lock(&lock);
    return &all[index];
}

void xasdSnapshotUnlock(void)
{
    pthread_mutex_unlock(&lock);
}

void xasdSnapshotPost(size_t index, xasdPart part)
{
    scanIoRequest(ioscan[index][part]);
}

/* Two quick requests would both show the newer result: the older one would
 * never be seen by a client.  Processing here and now shows each. */
void xasdSnapshotPostNow(size_t index, xasdPart part)
{
    for (int priority = 0; priority < NUM_CALLBACK_PRIORITIES; priority++)
        scanIoImmediate(ioscan[index][part], priority);
}

static const xasdPart resultParts[] = { xasdPartResult, xasdPartPredicted,
                                        xasdPartAge, xasdPartCommit };
enum { nResultParts = sizeof resultParts / sizeof *resultParts };

void xasdSnapshotSetResult(xasdSnapshot *s, int64_t stamp_ns)
{
    for (int i = 0; i < nResultParts; i++) {
        s->known[resultParts[i]] = true;
        s->stamp_ns[resultParts[i]] = stamp_ns;
    }
    s->predicted_ns = s->result.stamp_ns ? s->result.stamp_ns : stamp_ns;
}

void xasdSnapshotSetPredicted(xasdSnapshot *s, int64_t stamp_ns)
{
    s->known[xasdPartPredicted] = s->known[xasdPartAge] = true;
    s->stamp_ns[xasdPartPredicted] = s->stamp_ns[xasdPartAge] = stamp_ns;
    s->predicted_ns = stamp_ns;
}

void xasdSnapshotPostResult(size_t index)
{
    for (int i = 0; i < nResultParts; i++)
        xasdSnapshotPostNow(index, resultParts[i]);
}

void *xasdSnapshotIoScan(size_t index, xasdPart part)
{
    return ioscan[index][part];
}

void xasdSnapshotSetSink(xasdCommandSink newSink)
{
    pthread_mutex_lock(&sinkLock);
    sink = newSink;
    pthread_mutex_unlock(&sinkLock);
}

bool xasdSnapshotCommand(size_t index, xasCommand command, const char *text,
                         double value)
{
    bool taken;

    pthread_mutex_lock(&sinkLock);
    taken = sink && sink(index, command, text, value);
    pthread_mutex_unlock(&sinkLock);
    return taken;
}
