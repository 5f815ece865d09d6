/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdChannelParts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <epicsTime.h>
#include <errlog.h>

#include "xasdText.h"

static int64_t clockNow(clockid_t id)
{
    struct timespec t;

    (void)clock_gettime(id, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t xasdMonotonic(void)
{
    return clockNow(CLOCK_MONOTONIC);
}

void xasdWake(xasdChannels *c)
{
    c->woken = true;
    (void)pthread_cond_signal(&c->wake);
}

static int64_t unixTime(epicsTimeStamp stamp)
{
    if (!stamp.secPastEpoch)
        return 0; /* never processed, or nobody set it */
    return ((int64_t)stamp.secPastEpoch + POSIX_TIME_AT_EPICS_EPOCH) *
               1000000000 +
           stamp.nsec;
}

/* One event for each role of the PV, commit after sequence: what a commit
 * closes must have come before it. */
static void push(const xasdLink *link, xasRoles roles, xasEvent event)
{
    event.station = link->station;
    event.generation = link->owner->generation;
    event.received_ns = clockNow(CLOCK_REALTIME);
    for (int r = xasRoleCount - 1; r >= 0; r--) {
        if (!xasRolesHave(roles, r))
            continue;
        event.role = (uint8_t)r;
        (void)xasdQueuePush(link->owner->queue, &event);
    }
}

/* Number of a server; under the mutex. */
static double serverNumber(xasdChannels *c, const char *host)
{
    for (int i = 0; i < xasdServers; i++) {
        if (!c->server[i][0])
            (void)snprintf(c->server[i], sizeof c->server[i], "%s", host);
        if (strcmp(c->server[i], host) == 0)
            return i + 1;
    }
    return 0;
}

static void connection(struct connection_handler_args args)
{
    xasdLink *link = ca_puser(args.chid);
    xasdChannels *c = link->owner;
    xasdStationState *station = &c->station[link->station];
    bool up = args.op == CA_OP_CONN_UP;
    char host[xasdHostSize] = "";
    double server = 0;

    if (up)
        (void)ca_get_host_name(args.chid, host, sizeof host);
    (void)pthread_mutex_lock(&c->mutex);
    if (up) {
        server = serverNumber(c, host);
        station->reconnects += link->ever;
        link->type = ca_field_type(args.chid);
        link->count = ca_element_count(args.chid);
        link->since_ns = xasdMonotonic();
    }
    station->connected += up && !link->connected;
    station->connected -= !up && link->connected;
    station->changed_ns = xasdMonotonic();
    link->ever = link->ever || up;
    link->connected = link->fresh = link->setUp = up;
    xasdWake(c);
    (void)pthread_mutex_unlock(&c->mutex);
    push(link, link->roles,
         (xasEvent){ .kind = up ? xasEventConnect : xasEventDisconnect,
                     .value = server });
}

static bool takeFresh(xasdLink *link)
{
    bool fresh;

    (void)pthread_mutex_lock(&link->owner->mutex);
    fresh = link->fresh;
    link->fresh = false;
    (void)pthread_mutex_unlock(&link->owner->mutex);
    return fresh;
}

/* dbr holds either form; text points into `clean`. */
static xasEvent decode(const xasdLink *link, struct event_handler_args args,
                       char clean[XASD_TEXT_SIZE])
{
    xasEvent e = { .kind = xasEventValue };

    if (!link->text) {
        const struct dbr_time_double *d = args.dbr;

        e.value = d->value;
        e.severity = (uint8_t)d->severity;
        e.stamp_ns = unixTime(d->stamp);
    } else if (args.type == DBR_TIME_CHAR) {
        const struct dbr_time_char *d = args.dbr;

        xasdTextClean((const char *)&d->value, (size_t)args.count, clean);
        e.severity = (uint8_t)d->severity;
        e.stamp_ns = unixTime(d->stamp);
        e.text = clean;
    } else {
        const struct dbr_time_string *d = args.dbr;

        xasdTextClean(d->value, sizeof d->value, clean);
        e.value = strnlen(d->value, sizeof d->value) == sizeof d->value - 1;
        e.severity = (uint8_t)d->severity;
        e.stamp_ns = unixTime(d->stamp);
        e.text = clean;
    }
    return e;
}

static void valueEvent(struct event_handler_args args)
{
    xasdLink *link = args.usr;
    char clean[XASD_TEXT_SIZE];
    xasEvent event;

    if (args.status != ECA_NORMAL || !args.dbr)
        return; /* the connection is told by its own callback */
    event = decode(link, args, clean);
    event.initial = takeFresh(link);
    push(link, link->roles, event);
}

void xasdTextEvent(struct event_handler_args args)
{
    valueEvent(args);
}

xasdRequest *xasdRequestTake(xasdLink *link, xasRoles roles, uint32_t ask)
{
    xasdChannels *c = link->owner;
    xasdRequest *r;

    (void)pthread_mutex_lock(&c->mutex);
    r = &c->request[c->nextRequest];
    if (r->busy) {
        r = NULL; /* a thousand unanswered: one more would not help */
    } else {
        *r = (xasdRequest){ link, roles, ask, true };
        c->nextRequest = (c->nextRequest + 1) % xasdRequests;
    }
    (void)pthread_mutex_unlock(&c->mutex);
    return r;
}

void xasdRequestGive(xasdRequest *request)
{
    xasdChannels *c = request->link->owner;

    (void)pthread_mutex_lock(&c->mutex);
    request->busy = false;
    (void)pthread_mutex_unlock(&c->mutex);
}

static void noReply(const xasdLink *link, xasRoles roles, uint32_t ask)
{
    push(link, roles,
         (xasEvent){
             .kind = xasEventReply, .ask = ask, .severity = 3, .value = NAN });
}

static void replyEvent(struct event_handler_args args)
{
    xasdRequest *request = args.usr;
    xasdLink *link = request->link;
    char clean[XASD_TEXT_SIZE];

    if (args.status == ECA_NORMAL && args.dbr) {
        xasEvent event = decode(link, args, clean);

        event.kind = xasEventReply;
        event.ask = request->ask;
        push(link, request->roles, event);
    } else if (args.status != ECA_DISCONN && !link->text) {
        noReply(link, request->roles, request->ask);
    }
    xasdRequestGive(request);
}

static void get(xasdLink *link, xasRoles roles, uint32_t ask)
{
    xasdRequest *request;
    unsigned long count;
    bool connected;
    chtype type;
    chid from;
    int status;

    (void)pthread_mutex_lock(&link->owner->mutex);
    connected = link->connected;
    from = link->from;
    type = link->fromType;
    count = link->fromCount;
    (void)pthread_mutex_unlock(&link->owner->mutex);
    if (!connected || !from)
        return;
    request = xasdRequestTake(link, roles, ask);
    status = request
                 ? ca_array_get_callback(type, count, from, replyEvent, request)
                 : ECA_ALLOCMEM;
    if (status == ECA_NORMAL)
        return;
    if (request)
        xasdRequestGive(request);
    if (status != ECA_DISCONN && !link->text)
        noReply(link, roles, ask);
}

void xasdChannelsGet(xasdChannels *c, size_t station, xasRoles roles,
                     uint32_t ask)
{
    for (size_t i = 0; i < c->nLinks; i++)
        if (c->link[i].station == station && (c->link[i].roles & roles))
            get(&c->link[i], c->link[i].roles & roles, ask);
    (void)ca_flush_io();
}

/* libca's own handler prints blocks of lines. The same fault again within 10 s
 * is not worth one. */
static void exception(struct exception_handler_args args)
{
    xasdChannels *c = args.usr;
    int64_t now = xasdMonotonic();
    bool again;

    (void)pthread_mutex_lock(&c->mutex);
    again = c->exceptionStat == args.stat &&
            now - c->exception_ns < INT64_C(10000000000);
    c->exceptionStat = args.stat;
    c->exception_ns = now;
    (void)pthread_mutex_unlock(&c->mutex);
    if (!again)
        errlogSevPrintf(errlogMinor, "xasd: Channel Access: %s: %s\n",
                        ca_message(args.stat), args.ctx ? args.ctx : "");
}

static bool create(xasdLink *link)
{
    long mask = DBE_VALUE | DBE_ALARM;
    evid sub;

    /* a commit must be a new value: a change of alarm alone is none */
    if (link->roles & (xasRoleBit(xasRoleCommit) | xasRoleBit(xasRoleSequence)))
        mask = DBE_VALUE;
    if (ca_create_channel(link->name, connection, link, CA_PRIORITY_DEFAULT,
                          &link->chan) != ECA_NORMAL)
        return false;
    if (link->text)
        return true;
    link->from = link->chan;
    link->fromType = DBR_TIME_DOUBLE;
    link->fromCount = 1;
    return ca_create_subscription(DBR_TIME_DOUBLE, 1, link->chan, mask,
                                  valueEvent, link, &sub) == ECA_NORMAL;
}

static xasdLink *sameLink(xasdChannels *c, uint16_t station, const char *name,
                          bool text)
{
    for (size_t i = 0; i < c->nLinks; i++)
        if (c->link[i].station == station && c->link[i].text == text &&
            strcmp(c->link[i].name, name) == 0)
            return &c->link[i];
    return NULL;
}

static xasStatus addLinks(xasdChannels *c, uint16_t s,
                          const xasdStation *station)
{
    c->station[s].name = station->name;
    c->station[s].energy_scale = station->energy_scale;
    c->station[s].changed_ns = c->started_ns;
    for (int r = 0; r < xasRoleCount; r++) {
        const char *name = station->pv[r] ? station->pv[r] : "";
        bool text = xasRoleIsText((xasRole)r);
        xasdLink *link = sameLink(c, s, name, text);

        if (!name[0])
            continue;
        if (strlen(name) >= sizeof link->name)
            return xasErrArg;
        if (!link) {
            link = &c->link[c->nLinks++];
            link->owner = c;
            link->station = s;
            link->text = text;
            (void)strcpy(link->name, name);
            c->station[s].expected++;
        }
        link->roles |= xasRoleBit(r);
    }
    return xasOk;
}

static bool makeLocks(xasdChannels *c)
{
    pthread_condattr_t attr;
    bool good;

    if (pthread_mutex_init(&c->mutex, NULL))
        return false;
    if (pthread_condattr_init(&attr))
        return false;
    good = !pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) &&
           !pthread_cond_init(&c->wake, &attr);
    (void)pthread_condattr_destroy(&attr);
    return good;
}

static xasStatus connectAll(xasdChannels *c)
{
    if (ca_context_create(ca_enable_preemptive_callback) != ECA_NORMAL)
        return xasErrIo;
    c->context = ca_current_context();
    if (ca_add_exception_event(exception, c) != ECA_NORMAL)
        return xasErrIo;
    for (size_t i = 0; i < c->nLinks; i++)
        if (!create(&c->link[i]))
            return xasErrIo;
    (void)ca_flush_io();
    c->watching = !pthread_create(&c->watch, NULL, xasdChannelWatch, c);
    return c->watching ? xasOk : xasErrMemory;
}

xasStatus xasdChannelsStart(const xasdStation *station, size_t n,
                            uint16_t generation, xasdQueue *queue,
                            xasdChannels **out)
{
    xasdChannels *c = calloc(1, sizeof *c);
    xasStatus status = xasOk;

    if (!c)
        return xasErrMemory;
    c->queue = queue;
    c->generation = generation;
    c->nStations = n;
    c->started_ns = xasdMonotonic();
    c->station = calloc(n + 1, sizeof *c->station);
    c->link = calloc(n * xasRoleCount + 1, sizeof *c->link);
    if (!c->station || !c->link || !makeLocks(c)) {
        free(c->station);
        free(c->link);
        free(c);
        return xasErrMemory;
    }
    for (size_t i = 0; i < n && !status; i++)
        status = addLinks(c, (uint16_t)i, &station[i]);
    if (!status)
        status = connectAll(c);
    if (status)
        xasdChannelsStop(c);
    else
        *out = c;
    return status;
}

void xasdChannelsStop(xasdChannels *c)
{
    if (!c)
        return;
    if (c->watching) {
        (void)pthread_mutex_lock(&c->mutex);
        c->stop = true;
        xasdWake(c);
        (void)pthread_mutex_unlock(&c->mutex);
        (void)pthread_join(c->watch, NULL);
    }
    if (c->context) {
        for (size_t i = 0; i < c->nLinks; i++) {
            if (c->link[i].longChan)
                (void)ca_clear_channel(c->link[i].longChan);
            if (c->link[i].chan)
                (void)ca_clear_channel(c->link[i].chan);
        }
        ca_context_destroy(); /* joins its threads: no callback after it */
    }
    (void)pthread_cond_destroy(&c->wake);
    (void)pthread_mutex_destroy(&c->mutex);
    free(c->station);
    free(c->link);
    free(c);
}

void xasdChannelsCount(xasdChannels *c, size_t station, xasdConnections *out)
{
    (void)pthread_mutex_lock(&c->mutex);
    *out = (xasdConnections){ c->station[station].expected,
                              c->station[station].connected,
                              c->station[station].reconnects };
    (void)pthread_mutex_unlock(&c->mutex);
}

size_t xasdChannelsMissing(xasdChannels *c, size_t station, char *out,
                           size_t size)
{
    size_t missing = 0, used = 0;

    if (size)
        out[0] = 0;
    (void)pthread_mutex_lock(&c->mutex);
    for (size_t i = 0; i < c->nLinks; i++) {
        const xasdLink *link = &c->link[i];
        xasRole role = 0;
        int length;

        if (link->station != station || link->connected)
            continue;
        while (!xasRolesHave(link->roles, role))
            role++;
        length = used < size ? snprintf(out + used, size - used, "%s%s %s",
                                        missing ? ", " : "", xasRoleName(role),
                                        link->name)
                             : 0;
        used += length > 0 ? (size_t)length : 0;
        missing++;
    }
    (void)pthread_mutex_unlock(&c->mutex);
    return missing;
}

void xasdChannelsUnits(xasdChannels *c, size_t station, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", "");
    (void)pthread_mutex_lock(&c->mutex);
    for (size_t i = 0; i < c->nLinks; i++)
        if (c->link[i].station == station &&
            (c->link[i].roles & xasRoleBit(xasRoleEnergy)))
            (void)snprintf(out, size, "%s", c->link[i].units);
    (void)pthread_mutex_unlock(&c->mutex);
}
