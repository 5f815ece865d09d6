/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdChannelParts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <envDefs.h>
#include <errlog.h>

#include "xasScan.h"

int64_t xasdMonotonic(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

void xasdWake(xasdChannels *c)
{
    c->woken = true;
    (void)pthread_cond_signal(&c->wake);
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
    if (ca_create_channel(link->name, xasdLinkConnection, link,
                          CA_PRIORITY_DEFAULT, &link->chan) != ECA_NORMAL)
        return false;
    if (link->text)
        return true;
    link->from = link->chan;
    link->fromType = DBR_TIME_DOUBLE;
    link->fromCount = link->array ? 0 : 1; /* 0: as many as there are */
    if (link->final)
        return true;
    return ca_create_subscription(DBR_TIME_DOUBLE, link->fromCount, link->chan,
                                  mask, xasdLinkEvent, link,
                                  &sub) == ECA_NORMAL;
}

/* The station's link of this kind to this PV: for a role more, or a new one.
 * NULL: the name is too long. */
static xasdLink *linkTo(xasdChannels *c, xasdStationState *station,
                        const xasdLink *like, const char *name)
{
    xasdLink *link;

    if (strlen(name) >= sizeof link->name)
        return NULL;
    for (size_t i = station->first; i < c->nLinks; i++) {
        link = &c->link[i];
        if (link->text == like->text && link->array == like->array &&
            link->final == like->final && strcmp(link->name, name) == 0)
            return link;
    }
    link = &c->link[c->nLinks++];
    *link = *like;
    (void)strcpy(link->name, name);
    station->expected++;
    return link;
}

static bool addLink(xasdChannels *c, const xasdLink *like, int role,
                    const char *name)
{
    xasdLink *link;

    if (!name || !name[0])
        return true;
    link = linkTo(c, &c->station[like->station], like, name);
    if (link)
        link->roles |= xasRoleBit(role);
    return link != NULL;
}

static xasStatus addLinks(xasdChannels *c, uint16_t s,
                          const xasdStation *station)
{
    const xasdLink final = {
        .owner = c, .station = s, .array = true, .final = true
    };
    bool good = true;

    c->station[s].name = station->name;
    c->station[s].energy_scale = station->energy_scale;
    c->station[s].changed_ns = c->started_ns;
    c->station[s].first = c->nLinks;
    for (int r = 0; r < xasRoleCount; r++) {
        const xasdLink like = { .owner = c,
                                .station = s,
                                .text = xasRoleIsText((xasRole)r),
                                .array = xasRolesHave(station->arrays, r) };

        good = good && addLink(c, &like, r, station->pv[r]);
    }
    for (int r = 0; r < xasChannelCount; r++)
        good = good && addLink(c, &final, r, station->final[r]);
    c->station[s].end = c->nLinks;
    return good ? xasOk : xasErrArg;
}

/* Arrays of the longest scan must pass. libca takes any length unless the user
 * has told it not to, and then what he allows; so only that is raised. */
static void allowArrays(const xasdChannels *c)
{
    const long need = XAS_SCAN_POINTS_MAX * (long)sizeof(double) + 1000;
    long allowed = 0;
    bool arrays = false;
    int yes = 1;
    char text[32];

    for (size_t i = 0; i < c->nLinks; i++)
        arrays = arrays || c->link[i].array;
    (void)envGetBoolConfigParam(&EPICS_CA_AUTO_ARRAY_BYTES, &yes);
    (void)envGetLongConfigParam(&EPICS_CA_MAX_ARRAY_BYTES, &allowed);
    if (!arrays || yes || allowed >= need)
        return;
    (void)snprintf(text, sizeof text, "%ld", need);
    epicsEnvSet("EPICS_CA_MAX_ARRAY_BYTES", text);
    errlogSevPrintf(errlogInfo,
                    "xasd: EPICS_CA_MAX_ARRAY_BYTES raised from %ld to %ld\n",
                    allowed, need);
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
    allowArrays(c);
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
    c->link = calloc(n * (xasRoleCount + xasChannelCount) + 1, sizeof *c->link);
    if (!c->station || !c->link || !makeLocks(c)) {
        free(c->station);
        free(c->link);
        free(c);
        return xasErrMemory;
    }
    for (size_t i = 0; i < n && !status; i++)
        status = addLinks(c, (uint16_t)i, &station[i]);
    if (!status) {
        c->request =
            calloc(c->nLinks * xasdAsksPerLink + 1, sizeof *c->request);
        status = c->request ? xasOk : xasErrMemory;
    }
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
    free(c->request);
    free(c->station);
    free(c->link);
    free(c);
}
