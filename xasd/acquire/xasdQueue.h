/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_QUEUE_H
#define XASD_QUEUE_H

#include "xasEvent.h"
#include "xasStatus.h"

/** Events on their way from any thread to the loop thread.  Bounded: what
 * does not fit is dropped, counted, and told in its place by an event. */
typedef struct xasdQueue xasdQueue;

/** \param capacity  events
 * \param bytes     room for the texts (ends included) and arrays of queued
 *                  events
 * \return xasErrArg, xasErrMemory, xasErrIo (no eventfd) */
xasStatus xasdQueueCreate(size_t capacity, size_t bytes, xasdQueue **out);
void xasdQueueDestroy(xasdQueue *queue);

/** \brief Append an event; its text and array are copied. From any thread;
 * waits for nothing but a short mutex. \return xasErrFull: dropped and counted;
 * xasErrMemory: as full */
xasStatus xasdQueuePush(xasdQueue *queue, const xasEvent *event);

/** \brief Take the oldest event; from one thread only.
 *
 * Where events of a station were dropped, a xasEventOverflow comes before its
 * next event (or when the queue is empty): value is their number.
 * event->text and event->array are valid until the next call.
 * \return false if there is none */
bool xasdQueuePop(xasdQueue *queue, xasEvent *event);

/** \brief Readable as long as there may be an event, level-triggered: it is
 * only to be watched, xasdQueuePop() reads it when it finds nothing more. */
int xasdQueueFd(const xasdQueue *queue);

/** \brief Events dropped since it was made. */
uint64_t xasdQueueDropped(xasdQueue *queue);
/** \brief Those of one station; 0 for one it cannot tell. */
uint64_t xasdQueueDroppedOf(xasdQueue *queue, uint16_t station);
/** \brief Events in it now. */
size_t xasdQueueLength(xasdQueue *queue);
/** \brief The most there were since the last call. */
size_t xasdQueuePeak(xasdQueue *queue);

#endif
