/* SPDX-License-Identifier: BSD-3-Clause */
/* A thread for what a CA callback must not do: subscribe texts by what they
 * turn out to be, read units, and log which PVs are missing. */
#include "xasdChannelParts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <errlog.h>

static const int64_t second_ns = 1000000000;

/* A line of so many PVs with their roles. */
#define MISSING_SIZE 400

static char *startOf(char *out, size_t size, const char *text, size_t n)
{
    (void)snprintf(out, size, "%.*s", (int)n, text);
    return out;
}

static void unitsEvent(struct event_handler_args args)
{
    xasdRequest *request = args.usr;
    xasdLink *link = request->link;
    xasdChannels *c = link->owner;

    if (args.status == ECA_NORMAL && args.dbr) {
        const struct dbr_gr_double *d = args.dbr;

        (void)pthread_mutex_lock(&c->mutex);
        (void)startOf(link->units, sizeof link->units, d->units,
                      sizeof d->units);
        link->unitsKnown = true;
        xasdWake(c);
        (void)pthread_mutex_unlock(&c->mutex);
    }
    xasdRequestGive(request);
}

static void askUnits(xasdLink *link)
{
    xasdRequest *request = xasdRequestTake(link, 0, 0);

    if (request && ca_get_callback(DBR_GR_DOUBLE, link->chan, unitsEvent,
                                   request) != ECA_NORMAL)
        xasdRequestGive(request);
}

static bool isDegrees(const char *units)
{
    return strncasecmp(units, "deg", 3) == 0 ||
           strcmp(units, "\xc2\xb0") == 0 ||
           strcmp(units, "\xb0") == 0; /* the sign, in UTF-8 or Latin 1 */
}

/* Units that say nothing, such as "", are believed to be as configured. */
static void checkUnits(xasdLink *link)
{
    xasdStationState *station = &link->owner->station[link->station];
    bool energy = xasRolesHave(link->roles, xasRoleEnergy);
    const char *wanted = !energy                         ? "degrees"
                         : station->energy_scale == 1000 ? "keV"
                                                         : "eV";
    char units[sizeof link->units];
    bool known;

    (void)pthread_mutex_lock(&link->owner->mutex);
    known = link->unitsKnown;
    link->unitsKnown = false;
    (void)strcpy(units, link->units);
    (void)pthread_mutex_unlock(&link->owner->mutex);
    if (!known || !units[0] || (!energy && isDegrees(units)) ||
        strcasecmp(units, wanted) == 0)
        return;
    errlogSevPrintf(
        errlogMajor, "xasd: %s: %s %s has units '%s', configured is %s\n",
        station->name, energy ? "energy" : "angle", link->name, units, wanted);
}

static void longConnection(struct connection_handler_args args)
{
    xasdLink *link = ca_puser(args.chid);
    bool up = args.op == CA_OP_CONN_UP;
    unsigned long count = up ? ca_element_count(args.chid) : 0;
    bool chars = up && ca_field_type(args.chid) == DBF_CHAR;

    (void)pthread_mutex_lock(&link->owner->mutex);
    link->longConnected = chars;
    link->longCount = count;
    link->setUp = link->setUp || up;
    xasdWake(link->owner);
    (void)pthread_mutex_unlock(&link->owner->mutex);
}

/* "REC" -> "REC.VAL$", "REC.DESC" -> "REC.DESC$". */
static bool longName(const char *name, char *out, size_t size)
{
    size_t n = strlen(name);

    if (!n || name[n - 1] == '$' || strchr(name, '{'))
        return false;
    return snprintf(out, size, "%s%s$", name, strchr(name, '.') ? "" : ".VAL") <
           (int)size;
}

static void subscribe(xasdLink *link, chid from, chtype type,
                      unsigned long count)
{
    evid old = link->sub;
    bool same;

    (void)pthread_mutex_lock(&link->owner->mutex);
    same = old && link->from == from && link->fromType == type &&
           link->fromCount == count;
    link->from = from;
    link->fromType = type;
    link->fromCount = count;
    link->fresh = link->fresh || !same;
    (void)pthread_mutex_unlock(&link->owner->mutex);
    if (same)
        return; /* libca restores it after a reconnect */
    if (old)
        (void)ca_clear_subscription(old);
    link->sub = NULL;
    if (ca_create_subscription(type, count, from, DBE_VALUE | DBE_ALARM,
                               xasdLinkEvent, link, &link->sub) != ECA_NORMAL)
        link->sub = NULL;
}

static unsigned long textCount(unsigned long count)
{
    return count < XASD_TEXT_SIZE ? count : XASD_TEXT_SIZE;
}

/* A long string read plainly is cut at 39 bytes, so its "$" form is tried for
 * a second. A server that does not know it is not searched for ever. Returns
 * whether there is more to do. */
static bool setUpString(xasdLink *link, bool longKnown, unsigned long count,
                        int64_t age_ns)
{
    char name[sizeof link->name + 8];

    if (longKnown) {
        subscribe(link, link->longChan, DBR_TIME_CHAR, textCount(count));
        return false;
    }
    if (!link->longChan && age_ns < second_ns &&
        longName(link->name, name, sizeof name) &&
        ca_create_channel(name, longConnection, link, CA_PRIORITY_DEFAULT,
                          &link->longChan) != ECA_NORMAL)
        link->longChan = NULL;
    if (link->longChan && age_ns < second_ns)
        return true;
    subscribe(link, link->chan, DBR_TIME_STRING, 1);
    if (link->longChan && age_ns >= 10 * second_ns) {
        (void)ca_clear_channel(link->longChan); /* no callback after it */
        link->longChan = NULL;
        (void)pthread_mutex_lock(&link->owner->mutex);
        link->longConnected = false; /* it may have come in this moment */
        (void)pthread_mutex_unlock(&link->owner->mutex);
    }
    return link->longChan != NULL;
}

static bool setUpText(xasdLink *link)
{
    bool connected, longKnown;
    unsigned long count, longCount;
    int64_t age_ns;
    short type;

    (void)pthread_mutex_lock(&link->owner->mutex);
    connected = link->connected;
    longKnown = link->longConnected;
    type = link->type;
    count = link->count;
    longCount = link->longCount;
    age_ns = xasdMonotonic() - link->since_ns;
    (void)pthread_mutex_unlock(&link->owner->mutex);
    if (!connected)
        return false;
    if (type == DBF_STRING)
        return setUpString(link, longKnown, longCount, age_ns);
    if (type == DBF_CHAR && count > 1)
        subscribe(link, link->chan, DBR_TIME_CHAR, textCount(count));
    else
        subscribe(link, link->chan, DBR_TIME_STRING, 1);
    return false;
}

/* An IOC built before Base 3.16, or told so, sends arrays up to a size that
 * only its own environment sets. */
static void checkRefused(xasdLink *link)
{
    xasdChannels *c = link->owner;
    const char *station = c->station[link->station].name;
    unsigned long count;
    bool refused, changed;

    (void)pthread_mutex_lock(&c->mutex);
    refused = link->refused;
    changed = refused != link->refusedSaid;
    link->refusedSaid = refused;
    count = link->count;
    (void)pthread_mutex_unlock(&c->mutex);
    if (changed && refused)
        errlogSevPrintf(errlogMajor,
                        "xasd: %s: the IOC of %s cannot send its %lu elements: "
                        "set EPICS_CA_MAX_ARRAY_BYTES=%lu in that IOC\n",
                        station, link->name, count, count * 8 + 100);
    else if (changed)
        errlogSevPrintf(errlogInfo, "xasd: %s: %s comes now\n", station,
                        link->name);
}

static bool setUp(xasdLink *link)
{
    const xasRoles axis = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleAngle);
    bool wanted, again = false;

    (void)pthread_mutex_lock(&link->owner->mutex);
    wanted = link->setUp;
    link->setUp = false;
    (void)pthread_mutex_unlock(&link->owner->mutex);
    if (wanted && link->text)
        again = setUpText(link);
    if (wanted && link->array)
        checkRefused(link);
    if (wanted && (link->roles & axis))
        askUnits(link);
    if (link->roles & axis)
        checkUnits(link);
    if (again) {
        (void)pthread_mutex_lock(&link->owner->mutex);
        link->setUp = true;
        (void)pthread_mutex_unlock(&link->owner->mutex);
    }
    return again;
}

/* A line when the set of missing PVs has been the same for a second; the
 * first 5 s after the start, when all may be there. Returns whether there is
 * more to do. */
static bool report(xasdChannels *c, size_t s)
{
    xasdStationState *station = &c->station[s];
    int64_t now = xasdMonotonic();
    unsigned expected, missing;
    char list[MISSING_SIZE];
    bool due;

    (void)pthread_mutex_lock(&c->mutex);
    expected = station->expected;
    missing = expected - station->connected;
    due = station->changed_ns && now - station->changed_ns >= second_ns &&
          (!missing || now - c->started_ns >= 5 * second_ns);
    if (!due) {
        bool more = station->changed_ns != 0;

        (void)pthread_mutex_unlock(&c->mutex);
        return more;
    }
    station->changed_ns = 0;
    due = !station->saidOnce || station->said != missing;
    station->saidOnce = true;
    station->said = missing;
    (void)pthread_mutex_unlock(&c->mutex);
    if (!due)
        return false;
    (void)xasdChannelsMissing(c, s, list, sizeof list);
    if (missing)
        errlogSevPrintf(errlogMinor, "xasd: %s: %u of %u PVs missing: %s\n",
                        station->name, missing, expected, list);
    else
        errlogSevPrintf(errlogInfo, "xasd: %s: all %u PVs connected\n",
                        station->name, expected);
    return false;
}

/* Until woken; or a tenth of a second, if something waits for time. */
static bool rest(xasdChannels *c, bool more)
{
    struct timespec until;
    bool go;

    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 100000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    (void)pthread_mutex_lock(&c->mutex);
    while (!c->woken && !c->stop) {
        if (!more)
            (void)pthread_cond_wait(&c->wake, &c->mutex);
        else if (pthread_cond_timedwait(&c->wake, &c->mutex, &until))
            break;
    }
    c->woken = false;
    go = !c->stop;
    (void)pthread_mutex_unlock(&c->mutex);
    return go;
}

void *xasdChannelWatch(void *arg)
{
    xasdChannels *c = arg;
    bool more = true;

    (void)ca_attach_context(c->context);
    while (rest(c, more)) {
        more = false;
        for (size_t i = 0; i < c->nLinks; i++)
            more = setUp(&c->link[i]) || more;
        (void)ca_flush_io();
        for (size_t s = 0; s < c->nStations; s++)
            more = report(c, s) || more;
    }
    ca_detach_context();
    return NULL;
}
