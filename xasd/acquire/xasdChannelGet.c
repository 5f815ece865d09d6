/* SPDX-License-Identifier: BSD-3-Clause */
/* Gets, and what is known of the connections. */
#include "xasdChannelParts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

xasdRequest *xasdRequestTake(xasdLink *link, xasRoles roles, uint32_t ask)
{
    xasdChannels *c = link->owner;
    xasdRequest *r = NULL;

    (void)pthread_mutex_lock(&c->mutex);
    if (link->asks < xasdAsksPerLink) { /* so there is one for it */
        r = c->freeRequest;
        if (r)
            c->freeRequest = r->next;
        else
            r = &c->request[c->usedRequests++];
        *r = (xasdRequest){ link, roles, ask, NULL };
        link->asks++;
    }
    (void)pthread_mutex_unlock(&c->mutex);
    return r;
}

void xasdRequestGive(xasdRequest *request)
{
    xasdLink *link = request->link;
    xasdChannels *c = link->owner;

    (void)pthread_mutex_lock(&c->mutex);
    link->asks--;
    request->next = c->freeRequest;
    c->freeRequest = request;
    (void)pthread_mutex_unlock(&c->mutex);
}

static void noReply(const xasdLink *link, xasRoles roles, uint32_t ask)
{
    xasdLinkPush(link, roles,
                 (xasEvent){ .kind = xasEventReply,
                             .ask = ask,
                             .severity = 3,
                             .isArray = link->array,
                             .value = NAN });
}

static void replyEvent(struct event_handler_args args)
{
    xasdRequest *request = args.usr;
    xasdLink *link = request->link;
    char clean[XASD_TEXT_SIZE];

    if (args.status == ECA_NORMAL && args.dbr) {
        xasEvent event = xasdLinkDecode(link, args, clean);

        event.kind = xasEventReply;
        event.ask = request->ask;
        xasdLinkPush(link, request->roles, event);
    } else if (args.status != ECA_DISCONN && !link->text) {
        (void)xasdLinkRefused(link, args.status);
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

/* A role whose only PV is an array answers either way. */
void xasdChannelsGet(xasdChannels *c, size_t station, xasRoles roles,
                     bool arrays, uint32_t ask)
{
    const xasdStationState *s = &c->station[station];

    for (size_t i = s->first; i < s->end; i++) {
        xasdLink *link = &c->link[i];

        if ((arrays ? link->array : !link->final) && (link->roles & roles))
            get(link, link->roles & roles, ask);
    }
    (void)ca_flush_io();
}

void xasdChannelsCount(xasdChannels *c, size_t station, xasdConnections *out)
{
    (void)pthread_mutex_lock(&c->mutex);
    *out = (xasdConnections){ c->station[station].expected,
                              c->station[station].connected,
                              c->station[station].reconnects };
    (void)pthread_mutex_unlock(&c->mutex);
}

static xasRole firstRole(xasRoles roles)
{
    xasRole role = 0;

    while (!xasRolesHave(roles, (int)role))
        role++;
    return role;
}

/* Append it if it fits whole, with room left to count the rest. */
static bool list(const xasdLink *link, char *out, size_t size, size_t *used)
{
    enum { rest = sizeof " and 9999 more" };
    const char *name = xasRoleName(firstRole(link->roles));
    size_t need = strlen(name) + strlen(link->name) + sizeof ",  (array)";

    if (*used + need + rest > size)
        return false;
    *used += (size_t)snprintf(out + *used, size - *used, "%s%s %s%s",
                              *used ? ", " : "", name, link->name,
                              link->final ? " (array)" : "");
    return true;
}

size_t xasdChannelsMissing(xasdChannels *c, size_t station, char *out,
                           size_t size)
{
    const xasdStationState *s = &c->station[station];
    size_t missing = 0, listed = 0, used = 0;

    if (size)
        out[0] = 0;
    (void)pthread_mutex_lock(&c->mutex);
    for (size_t i = s->first; i < s->end; i++) {
        if (c->link[i].connected)
            continue;
        if (listed == missing && list(&c->link[i], out, size, &used))
            listed++;
        missing++;
    }
    (void)pthread_mutex_unlock(&c->mutex);
    if (listed && listed < missing)
        (void)snprintf(out + used, size - used, " and %zu more",
                       missing - listed);
    return missing;
}

void xasdChannelsUnits(xasdChannels *c, size_t station, char *out, size_t size)
{
    const xasdStationState *s = &c->station[station];

    (void)snprintf(out, size, "%s", "");
    (void)pthread_mutex_lock(&c->mutex);
    for (size_t i = s->first; i < s->end; i++)
        if (xasRolesHave(c->link[i].roles, xasRoleEnergy) && !c->link[i].final)
            (void)snprintf(out, size, "%s", c->link[i].units);
    (void)pthread_mutex_unlock(&c->mutex);
}
