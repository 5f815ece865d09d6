/* SPDX-License-Identifier: BSD-3-Clause */
/* Callbacks of libca: copy, queue and return. */
#include "xasdChannelParts.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include <epicsTime.h>

static int64_t unixTime(epicsTimeStamp stamp)
{
    if (!stamp.secPastEpoch)
        return 0; /* never processed, or nobody set it */
    return ((int64_t)stamp.secPastEpoch + POSIX_TIME_AT_EPICS_EPOCH) *
               1000000000 +
           stamp.nsec;
}

static int64_t realTime(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* One event for each role of the PV, commit after sequence: what a commit
 * closes must have come before it. */
void xasdLinkPush(const xasdLink *link, xasRoles roles, xasEvent event)
{
    event.station = link->station;
    event.generation = link->owner->generation;
    event.received_ns = realTime();
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

void xasdLinkConnection(struct connection_handler_args args)
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
    xasdLinkPush(link, link->roles,
                 (xasEvent){ .kind = up ? xasEventConnect : xasEventDisconnect,
                             .isArray = link->array,
                             .value = server });
}

/* Under the mutex: what it refused it sends again. */
static void accepted(xasdLink *link)
{
    link->refused = false;
    if (!link->refusedSaid)
        return;
    link->setUp = true;
    xasdWake(link->owner);
}

static bool takeFresh(xasdLink *link)
{
    bool fresh;

    (void)pthread_mutex_lock(&link->owner->mutex);
    fresh = link->fresh;
    link->fresh = false;
    if (link->refused)
        accepted(link);
    (void)pthread_mutex_unlock(&link->owner->mutex);
    return fresh;
}

bool xasdLinkRefused(xasdLink *link, int status)
{
    if (!link->array || (status != ECA_TOLARGE && status != ECA_16KARRAYCLIENT))
        return false;
    (void)pthread_mutex_lock(&link->owner->mutex);
    if (!link->refused) {
        link->refused = link->setUp = true;
        xasdWake(link->owner);
    }
    (void)pthread_mutex_unlock(&link->owner->mutex);
    return true;
}

/* dbr holds either form; text points into `clean`. */
xasEvent xasdLinkDecode(const xasdLink *link, struct event_handler_args args,
                        char clean[XASD_TEXT_SIZE])
{
    xasEvent e = { .kind = xasEventValue };

    if (!link->text) {
        const struct dbr_time_double *d = args.dbr;

        e.isArray = link->array;
        if (!link->array)
            e.value = d->value;
        else if (args.count > 0)
            e.array = &d->value;
        e.count = e.array ? (size_t)args.count : 0;
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

void xasdLinkEvent(struct event_handler_args args)
{
    xasdLink *link = args.usr;
    char clean[XASD_TEXT_SIZE];
    xasEvent event;

    if (args.status != ECA_NORMAL || !args.dbr) {
        (void)xasdLinkRefused(link, args.status);
        return; /* the connection is told by its own callback */
    }
    event = xasdLinkDecode(link, args, clean);
    event.initial = takeFresh(link);
    xasdLinkPush(link, link->roles, event);
}
