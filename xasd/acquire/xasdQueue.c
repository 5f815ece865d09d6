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
    void *block; /* holds its array and its text, in this order */
    size_t bytes;
    uint64_t lost; /* events of its station dropped just before it */
} slot;

/* What was dropped of a station since its last event in the queue. */
typedef struct loss {
    uint64_t events;
    uint64_t ever;
    uint16_t generation;
    int64_t received_ns;
} loss;

struct xasdQueue {
    int fd;
    size_t capacity, byteLimit;
    void *popped; /* block of the last event taken: the consumer's alone */

    pthread_mutex_t mutex; /* guards all below */
    slot *ring;
    size_t first, count, peak;
    size_t bytes;
    bool signalled;   /* fd is readable */
    uint64_t dropped; /* ever */
    bool anyLoss;     /* in `lost` */
    loss lost[stations];
};

xasStatus xasdQueueCreate(size_t capacity, size_t bytes, xasdQueue **out)
{
    xasdQueue *q;

    if (!capacity || capacity > SIZE_MAX / sizeof *q->ring)
        return xasErrArg;
    q = calloc(1, sizeof *q);
    if (!q)
        return xasErrMemory;
    q->capacity = capacity;
    q->byteLimit = bytes;
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
        free(q->ring[(q->first + i) % q->capacity].block);
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
    q->lost[event->station].ever++;
    q->lost[event->station].generation = event->generation;
    q->lost[event->station].received_ns = event->received_ns;
    signalOn(q);
}

/* The pointers of an event moved into a block of its own. */
static void own(xasEvent *event, char *block, size_t arrayBytes,
                size_t textBytes)
{
    if (arrayBytes) {
        memcpy(block, event->array, arrayBytes);
        event->array = (const double *)(void *)block;
    }
    if (textBytes) {
        memcpy(block + arrayBytes, event->text, textBytes);
        event->text = block + arrayBytes;
    }
}

static bool fits(const xasdQueue *q, size_t bytes)
{
    return q->count < q->capacity && bytes <= q->byteLimit - q->bytes;
}

static void append(xasdQueue *q, const slot *item)
{
    slot *to = &q->ring[(q->first + q->count) % q->capacity];
    uint16_t station = item->event.station;

    *to = *item;
    if (q->anyLoss && station < stations) {
        to->lost = q->lost[station].events;
        q->lost[station].events = 0;
    }
    q->bytes += item->bytes;
    q->count++;
    if (q->count > q->peak)
        q->peak = q->count;
    signalOn(q);
}

xasStatus xasdQueuePush(xasdQueue *q, const xasEvent *event)
{
    size_t textBytes = event->text ? strlen(event->text) + 1 : 0;
    size_t arrayBytes = event->array ? event->count * sizeof(double) : 0;
    slot item = { .event = *event, .bytes = textBytes + arrayBytes };
    xasStatus status = xasOk;

    if (!arrayBytes) {
        item.event.array = NULL;
        item.event.count = 0;
    }
    /* Copied without the lock, but not where there is no room for it. */
    if (item.bytes) {
        (void)pthread_mutex_lock(&q->mutex);
        if (!fits(q, item.bytes))
            status = xasErrFull;
        (void)pthread_mutex_unlock(&q->mutex);
        item.block = status ? NULL : malloc(item.bytes);
        if (item.block)
            own(&item.event, item.block, arrayBytes, textBytes);
        else if (!status)
            status = xasErrMemory;
    }
    (void)pthread_mutex_lock(&q->mutex);
    if (!status && !fits(q, item.bytes))
        status = xasErrFull;
    if (status)
        drop(q, event);
    else
        append(q, &item);
    (void)pthread_mutex_unlock(&q->mutex);
    if (status)
        free(item.block);
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
        loss l = { .events = from->lost,
                   .generation = event->generation,
                   .received_ns = event->received_ns };

        *event = overflow(event->station, &l);
        from->lost = 0;
        return; /* the event itself is next */
    }
    q->popped = from->block;
    q->bytes -= from->bytes;
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

uint64_t xasdQueueDroppedOf(xasdQueue *q, uint16_t station)
{
    uint64_t dropped;

    if (station >= stations)
        return 0;
    (void)pthread_mutex_lock(&q->mutex);
    dropped = q->lost[station].ever;
    (void)pthread_mutex_unlock(&q->mutex);
    return dropped;
}

size_t xasdQueuePeak(xasdQueue *q)
{
    size_t peak;

    (void)pthread_mutex_lock(&q->mutex);
    peak = q->peak;
    q->peak = q->count;
    (void)pthread_mutex_unlock(&q->mutex);
    return peak;
}
