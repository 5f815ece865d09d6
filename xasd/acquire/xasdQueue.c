/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdQueue.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { stations = 64 };

typedef struct slot {
    xasEvent event;
    uint64_t lost; /* events of its station dropped just before it */
} slot;

/* What was dropped of a station since its last event in the queue. */
typedef struct loss {
    uint64_t events;
    uint16_t generation;
    int64_t received_ns;
} loss;

struct xasdQueue {
    int fd;
    size_t capacity, textLimit;
    char *popped; /* text of the last event taken: the consumer's alone */

    pthread_mutex_t mutex; /* guards all below */
    slot *ring;
    size_t first, count;
    size_t textBytes;
    bool signalled;   /* fd is readable */
    uint64_t dropped; /* ever */
    bool anyLoss;     /* in `lost` */
    loss lost[stations];
};

xasStatus xasdQueueCreate(size_t capacity, size_t textBytes, xasdQueue **out)
{
    xasdQueue *q;

    if (!capacity || capacity > SIZE_MAX / sizeof *q->ring)
        return xasErrArg;
    q = calloc(1, sizeof *q);
    if (!q)
        return xasErrMemory;
    q->capacity = capacity;
    q->textLimit = textBytes;
    q->ring = calloc(capacity, sizeof *q->ring);
    q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (!q->ring || q->fd < 0 || pthread_mutex_init(&q->mutex, NULL)) {
        xasStatus status = q->ring ? xasErrIo : xasErrMemory;

        if (q->fd >= 0)
            (void)close(q->fd);
        free(q->ring);
        free(q);
        return status;
    }
    *out = q;
    return xasOk;
}

void xasdQueueDestroy(xasdQueue *q)
{
    if (!q)
        return;
    for (size_t i = 0; i < q->count; i++)
        free((char *)q->ring[(q->first + i) % q->capacity].event.text);
    free(q->popped);
    free(q->ring);
    (void)close(q->fd);
    (void)pthread_mutex_destroy(&q->mutex);
    free(q);
}

/* fd follows `signalled`; both change under the mutex only, so a wake-up is
 * never lost: as long as there is something to take, fd is readable. A write
 * of 1 to a counter of 0, and the read of it, cannot fail or block. */
static void signalOn(xasdQueue *q)
{
    const uint64_t one = 1;

    if (q->signalled)
        return;
    q->signalled = write(q->fd, &one, sizeof one) == (ssize_t)sizeof one;
}

static void signalOff(xasdQueue *q)
{
    uint64_t count;

    if (q->signalled)
        q->signalled = read(q->fd, &count, sizeof count) < 0;
}

static void drop(xasdQueue *q, const xasEvent *event)
{
    q->dropped++;
    if (event->station >= stations)
        return;
    q->anyLoss = true;
    q->lost[event->station].events++;
    q->lost[event->station].generation = event->generation;
    q->lost[event->station].received_ns = event->received_ns;
    signalOn(q);
}

xasStatus xasdQueuePush(xasdQueue *q, const xasEvent *event)
{
    size_t bytes = event->text ? strlen(event->text) + 1 : 0;
    char *text = bytes ? malloc(bytes) : NULL;
    xasStatus status = bytes && !text ? xasErrMemory : xasOk;

    if (text)
        memcpy(text, event->text, bytes);
    (void)pthread_mutex_lock(&q->mutex);
    if (q->count == q->capacity || bytes > q->textLimit - q->textBytes)
        status = xasErrFull;
    if (status) {
        drop(q, event);
    } else {
        slot *to = &q->ring[(q->first + q->count) % q->capacity];

        *to = (slot){ .event = *event };
        to->event.text = text;
        if (q->anyLoss && event->station < stations) {
            to->lost = q->lost[event->station].events;
            q->lost[event->station].events = 0;
        }
        q->textBytes += bytes;
        q->count++;
        signalOn(q);
    }
    (void)pthread_mutex_unlock(&q->mutex);
    if (status)
        free(text);
    return status;
}

static xasEvent overflow(uint16_t station, const loss *l)
{
    return (xasEvent){ .kind = xasEventOverflow,
                       .station = station,
                       .generation = l->generation,
                       .stamp_ns = l->received_ns,
                       .received_ns = l->received_ns,
                       .value = (double)l->events };
}

/* Losses that no later event of their station has told. */
static bool popLoss(xasdQueue *q, xasEvent *event)
{
    for (uint16_t s = 0; s < stations; s++) {
        if (!q->lost[s].events)
            continue;
        *event = overflow(s, &q->lost[s]);
        q->lost[s].events = 0;
        return true;
    }
    q->anyLoss = false;
    return false;
}

static void popEvent(xasdQueue *q, xasEvent *event)
{
    slot *from = &q->ring[q->first];

    *event = from->event;
    if (from->lost) {
        loss l = { from->lost, event->generation, event->received_ns };

        *event = overflow(event->station, &l);
        from->lost = 0;
        return; /* the event itself is next */
    }
    q->popped = (char *)event->text;
    if (event->text)
        q->textBytes -= strlen(event->text) + 1;
    q->first = (q->first + 1) % q->capacity;
    q->count--;
}

bool xasdQueuePop(xasdQueue *q, xasEvent *event)
{
    bool got = true;

    free(q->popped);
    q->popped = NULL;
    (void)pthread_mutex_lock(&q->mutex);
    if (q->count) {
        popEvent(q, event);
    } else if (!q->anyLoss || !popLoss(q, event)) {
        signalOff(q);
        got = false;
    }
    (void)pthread_mutex_unlock(&q->mutex);
    return got;
}

int xasdQueueFd(const xasdQueue *q)
{
    return q->fd;
}

uint64_t xasdQueueDropped(xasdQueue *q)
{
    uint64_t dropped;

    (void)pthread_mutex_lock(&q->mutex);
    dropped = q->dropped;
    (void)pthread_mutex_unlock(&q->mutex);
    return dropped;
}

size_t xasdQueueLength(xasdQueue *q)
{
    size_t length;

    (void)pthread_mutex_lock(&q->mutex);
    length = q->count;
    (void)pthread_mutex_unlock(&q->mutex);
    return length;
}
