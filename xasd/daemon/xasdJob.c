/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdJob.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct xasdJobs {
    pthread_mutex_t lock; /* guards all below, but not what jobs hold */
    pthread_cond_t changed;
    xasdJob *head, **tail;
    size_t count, bytes;
    unsigned chunks[XAS_STATIONS_MAX];
    bool closed;
};

xasStatus xasdJobsCreate(xasdJobs **out)
{
    xasdJobs *jobs = calloc(1, sizeof *jobs);
    pthread_condattr_t attr;

    if (!jobs)
        return xasErrMemory;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->changed, &attr);
    pthread_condattr_destroy(&attr);
    jobs->tail = &jobs->head;
    *out = jobs;
    return xasOk;
}

void xasdJobsDestroy(xasdJobs *jobs)
{
    xasdJob *job;

    if (!jobs)
        return;
    while ((job = xasdJobsTake(jobs)))
        xasdJobFree(job);
    pthread_cond_destroy(&jobs->changed);
    pthread_mutex_destroy(&jobs->lock);
    free(jobs);
}

xasdJob *xasdJobNew(xasdJobKind kind, size_t station)
{
    xasdJob *job = calloc(1, sizeof *job);

    if (job) {
        job->kind = kind;
        job->station = station;
    }
    return job;
}

void xasdJobFree(xasdJob *job)
{
    if (!job)
        return;
    xasScanDestroy(job->scan);
    free(job);
}

static size_t bytesOf(const xasdJob *job)
{
    const xasScan *scan = job->scan;
    size_t columns = 2; /* stamps and flags */

    if (!scan)
        return sizeof *job;
    for (int c = 0; c < xasChannelCount; c++)
        columns += scan->channel[c] != NULL;
    return sizeof *job + sizeof *scan +
           scan->capacity * columns * sizeof(double) +
           scan->eventCapacity * sizeof *scan->event;
}

/* Under the lock. */
static void account(xasdJobs *jobs, const xasdJob *job, int sign)
{
    jobs->count += (size_t)sign;
    jobs->bytes += (size_t)sign * job->bytes;
    if (job->kind == xasdJobChunk && job->station < XAS_STATIONS_MAX)
        jobs->chunks[job->station] += (unsigned)sign;
}

/* Under the lock: take out the job that *at points to. */
static xasdJob *unlink1(xasdJobs *jobs, xasdJob **at)
{
    xasdJob *job = *at;

    *at = job->next;
    if (jobs->tail == &job->next)
        jobs->tail = at;
    account(jobs, job, -1);
    return job;
}

void xasdJobsPut(xasdJobs *jobs, xasdJob *job)
{
    job->bytes = bytesOf(job);
    pthread_mutex_lock(&jobs->lock);
    job->next = NULL;
    *jobs->tail = job;
    jobs->tail = &job->next;
    account(jobs, job, 1);
    pthread_cond_signal(&jobs->changed);
    pthread_mutex_unlock(&jobs->lock);
}

xasdJob *xasdJobsPeek(xasdJobs *jobs, double wait_s)
{
    struct timespec until;
    xasdJob *job;

    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)wait_s;
    until.tv_nsec += (long)((wait_s - (double)(time_t)wait_s) * 1e9);
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_mutex_lock(&jobs->lock);
    while (!jobs->head && !jobs->closed)
        if (pthread_cond_timedwait(&jobs->changed, &jobs->lock, &until))
            break;
    job = jobs->head;
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

xasdJob *xasdJobsTake(xasdJobs *jobs)
{
    xasdJob *job = NULL;

    pthread_mutex_lock(&jobs->lock);
    if (jobs->head)
        job = unlink1(jobs, &jobs->head);
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

static bool sameScan(const xasdJob *a, const xasdJob *b)
{
    return a->scan && b->scan && strcmp(a->scan->uid, b->scan->uid) == 0;
}

xasdJob *xasdJobsTakeKind(xasdJobs *jobs, xasdJobKind kind)
{
    xasdJob **at, *job = NULL;

    pthread_mutex_lock(&jobs->lock);
    for (at = &jobs->head; *at && (*at)->kind != kind;)
        at = &(*at)->next;
    if (*at)
        job = unlink1(jobs, at);
    for (at = &jobs->head; job && *at;) {
        if (sameScan(*at, job))
            xasdJobFree(unlink1(jobs, at));
        else
            at = &(*at)->next;
    }
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

xasdJob *xasdJobsFind(xasdJobs *jobs, xasdJobKind kind)
{
    xasdJob *job;

    pthread_mutex_lock(&jobs->lock);
    for (job = jobs->head; job && (job->kind != kind || job->shown);)
        job = job->next;
    pthread_mutex_unlock(&jobs->lock);
    return job;
}

size_t xasdJobsCount(xasdJobs *jobs)
{
    size_t count;

    pthread_mutex_lock(&jobs->lock);
    count = jobs->count;
    pthread_mutex_unlock(&jobs->lock);
    return count;
}

size_t xasdJobsBytes(xasdJobs *jobs)
{
    size_t bytes;

    pthread_mutex_lock(&jobs->lock);
    bytes = jobs->bytes;
    pthread_mutex_unlock(&jobs->lock);
    return bytes;
}

unsigned xasdJobsChunks(xasdJobs *jobs, size_t station)
{
    unsigned chunks = 0;

    pthread_mutex_lock(&jobs->lock);
    if (station < XAS_STATIONS_MAX)
        chunks = jobs->chunks[station];
    pthread_mutex_unlock(&jobs->lock);
    return chunks;
}

void xasdJobsClose(xasdJobs *jobs)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->closed = true;
    pthread_cond_signal(&jobs->changed);
    pthread_mutex_unlock(&jobs->lock);
}

bool xasdJobsClosed(xasdJobs *jobs)
{
    bool closed;

    pthread_mutex_lock(&jobs->lock);
    closed = jobs->closed;
    pthread_mutex_unlock(&jobs->lock);
    return closed;
}
