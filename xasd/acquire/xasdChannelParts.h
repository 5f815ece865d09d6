/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_CHANNEL_PARTS_H
#define XASD_CHANNEL_PARTS_H

#include <pthread.h>

#include <cadef.h>

#include "xasdChannel.h"

/* Internal to acquire: xasdChannel.c has the callbacks and gets,
 * xasdChannelWatch.c the thread that does what a callback must not. */

enum { xasdRequests = 1024, xasdServers = 64, xasdHostSize = 128 };

/** One PV. What is fixed at the start stands first. */
typedef struct xasdLink {
    xasdChannels *owner;
    uint16_t station;
    xasRoles roles;
    bool text;
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
    bool busy;
} xasdRequest;

typedef struct xasdStationState {
    const char *name;
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
    xasdRequest request[xasdRequests];
    size_t nextRequest;
    char server[xasdServers][xasdHostSize];
    long exceptionStat; /* last logged, and when */
    int64_t exception_ns;
};

int64_t xasdMonotonic(void);
void xasdWake(xasdChannels *channels);
/** \brief Callback of a text's subscription. */
void xasdTextEvent(struct event_handler_args args);
xasdRequest *xasdRequestTake(xasdLink *link, xasRoles roles, uint32_t ask);
void xasdRequestGive(xasdRequest *request);
void *xasdChannelWatch(void *channels);

#endif
