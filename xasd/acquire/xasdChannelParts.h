/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_CHANNEL_PARTS_H
#define XASD_CHANNEL_PARTS_H

#include <pthread.h>

#include <cadef.h>

#include "xasdChannel.h"
#include "xasdText.h"

/* Internal to acquire: xasdChannel.c has start and stop, xasdChannelEvent.c
 * the callbacks, xasdChannelGet.c the gets, xasdChannelWatch.c the thread that
 * does what a callback must not. */

enum { xasdServers = 64, xasdHostSize = 128, xasdAsksPerLink = 64 };

/** One PV. What is fixed at the start stands first. */
typedef struct xasdLink {
    xasdChannels *owner;
    uint16_t station;
    xasRoles roles;
    bool text;
    bool array;
    bool final; /* an array that is read only when asked for */
    char name[128];
    chid chan;

    /* the watch thread's alone */
    chid longChan; /* "NAME.VAL$" of a text */
    evid sub;

    /* guarded by owner->mutex */
    bool connected, ever, longConnected;
    bool fresh; /* its next monitor is the first after a connect */
    bool setUp; /* the watch thread must look at it */
    bool unitsKnown;
    unsigned asks;    /* unanswered */
    bool refused;     /* its server cannot send it for its size */
    bool refusedSaid; /* in the log */
    short type;
    unsigned long count, longCount;
    int64_t since_ns; /* of the connection, monotonic */
    chid from;        /* what is subscribed: a text waits for its set-up */
    chtype fromType;
    unsigned long fromCount;
    char units[MAX_UNITS_SIZE + 1];
} xasdLink;

/** A get under way. */
typedef struct xasdRequest {
    xasdLink *link;
    xasRoles roles;
    uint32_t ask;
    struct xasdRequest *next; /* of those that are free */
} xasdRequest;

typedef struct xasdStationState {
    const char *name;
    size_t first, end; /* its links */
    double energy_scale;
    unsigned expected, connected, reconnects;
    unsigned said; /* missing, as last logged */
    bool saidOnce;
    int64_t changed_ns; /* monotonic; 0: nothing to say */
} xasdStationState;

struct xasdChannels {
    xasdQueue *queue;
    uint16_t generation;
    struct ca_client_context *context;
    size_t nStations, nLinks;
    xasdLink *link;
    pthread_t watch;
    int64_t started_ns;
    bool watching;

    pthread_mutex_t mutex; /* guards all below; no ca_ call under it */
    pthread_cond_t wake;
    bool woken, stop;
    xasdStationState *station;
    xasdRequest *request, *freeRequest; /* xasdAsksPerLink for each link */
    size_t usedRequests;                /* of them were ever taken */
    char server[xasdServers][xasdHostSize];
    long exceptionStat; /* last logged, and when */
    int64_t exception_ns;
};

void xasdWake(xasdChannels *channels);
/** \brief One event for each of these roles of the PV. */
void xasdLinkPush(const xasdLink *link, xasRoles roles, xasEvent event);
/** \brief The value in an answer or monitor; `text` holds its text. */
xasEvent xasdLinkDecode(const xasdLink *link, struct event_handler_args args,
                        char text[XASD_TEXT_SIZE]);
/** \brief The answer was an error; true if it is told by a line in the log:
 * the server cannot send the array. */
bool xasdLinkRefused(xasdLink *link, int status);
/** \brief Callbacks of a channel and of its subscription. */
void xasdLinkConnection(struct connection_handler_args args);
void xasdLinkEvent(struct event_handler_args args);
/** \brief NULL when too many are unanswered. */
xasdRequest *xasdRequestTake(xasdLink *link, xasRoles roles, uint32_t ask);
void xasdRequestGive(xasdRequest *request);
void *xasdChannelWatch(void *channels);

#endif
