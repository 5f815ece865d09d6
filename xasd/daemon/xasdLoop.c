/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdLoop.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <event2/event.h>
#include <errlog.h>

#include "xasdChannel.h"
#include "xasdNotify.h"
#include "xasdQueue.h"
#include "xasdReload.h"
#include "xasdSetup.h"
#include "xasdSnapshot.h"
#include "xasdWatch.h"

#define QUEUE_EVENTS 65536
/* A sweep of 20,000 points, 5 channels and 57 of a detector's elements is 10
 * MB; some stations may post theirs at once. Taken only as long as needed. */
#define QUEUE_BYTES (128u << 20)
#define TICK_MS     100
#define PAUSE_NS    1000000
#define SECOND_NS   1000000000LL
#define AGE_S       10
/* So many events at a time, then timers and signals have their turn. */
#define BATCH 10000

static struct {
    const xasConf *conf; /* in force */
    xasConf *next;       /* read again, in force when no scan runs */
    uint16_t generation; /* of conf; older events are dropped */
    xasdWorker *worker;
    xasdQueue *queue;
    xasdChannels *channels;
    struct event_base *base;
    xasdWatch *station[XAS_STATIONS_MAX];
    xasdSaid said[XAS_STATIONS_MAX]; /* while there is no xasdWatch */
    size_t nStations;                /* as long as the daemon runs */
    bool connections;                /* changed since they were shown */
    double lost;                     /* events, by our queue */
    int64_t lostSaid_ns;
    size_t peak;       /* most events that ever waited */
    int64_t second_ns; /* when the last one began */
    int64_t heartbeat;
} the;

static void get(size_t station, xasRoles roles, bool arrays, uint32_t ask)
{
    xasdChannelsGet(the.channels, station, roles, arrays, ask);
}

/* A line when it begins and one a second at most, while it goes on. */
static void logOverflow(const xasEvent *event)
{
    the.lost += event->value;
    if (xasTimeNow() - the.lostSaid_ns < SECOND_NS)
        return;
    the.lostSaid_ns = xasTimeNow();
    errlogSevPrintf(errlogMajor,
                    "xasd: own queue full, %.0f events lost so far, "
                    "the last of station %u\n",
                    the.lost, event->station + 1U);
}

static void drain(size_t most)
{
    xasEvent event;

    for (size_t n = 0; n < most && xasdQueuePop(the.queue, &event); n++) {
        if (event.kind == xasEventOverflow)
            logOverflow(&event);
        the.connections |=
            event.kind == xasEventConnect || event.kind == xasEventDisconnect;
        /* What was under way when the configuration changed is of PVs that
         * may no longer be the station's. */
        if (event.station < the.conf->nStations &&
            (event.generation == the.generation ||
             event.kind == xasEventCommand))
            xasdWatchEvent(the.station[event.station], &event);
    }
}

/* Where events come all the time, being woken for each costs more than what it
 * brings: then once a millisecond. */
static void onQueue(evutil_socket_t fd, short what, void *arg)
{
    static const struct timespec pause = { 0, PAUSE_NS };
    static int64_t drained_ns;

    (void)fd;
    (void)what;
    (void)arg;
    if (xasdMonotonic() - drained_ns < PAUSE_NS)
        (void)nanosleep(&pause, NULL);
    drain(BATCH); /* what is left keeps fd readable */
    drained_ns = xasdMonotonic();
}

static void showCa(void)
{
    the.connections = false;
    for (size_t i = 0; i < the.conf->nStations; i++) {
        xasdConnections counts;
        xasdWatchCa ca = { 0 };

        xasdChannelsCount(the.channels, i, &counts);
        ca.connected = (int64_t)counts.connected;
        ca.expected = (int64_t)counts.expected;
        ca.reconnects = (int64_t)counts.reconnects;
        ca.lost = (int64_t)xasdQueueDroppedOf(the.queue, (uint16_t)i);
        (void)xasdChannelsMissing(the.channels, i, ca.missing,
                                  sizeof ca.missing);
        xasdWatchShowCa(the.station[i], &ca);
    }
}

/* Ages grow while nothing else happens. */
static void showAges(bool post)
{
    for (size_t i = 0; i < the.conf->nStations; i++) {
        xasdSnapshotLock(i + 1)->staleAfter_s =
            the.conf->station[i].stale_after_s;
        xasdSnapshotUnlock();
        if (post)
            xasdSnapshotPost(i + 1, xasdPartAge);
    }
}

static void everySecond(int64_t now)
{
    size_t peak = xasdQueuePeak(the.queue);
    xasdSnapshot *s = xasdSnapshotLock(0);

    the.peak = peak > the.peak ? peak : the.peak;
    s->heartbeat = ++the.heartbeat;
    s->known[xasdPartDaemon] = true;
    s->stamp_ns[xasdPartDaemon] = now;
    xasdSnapshotUnlock();
    xasdSnapshotPost(0, xasdPartDaemon);
    showCa();
    showAges(the.heartbeat % AGE_S == 0);
}

static xasStatus makeStations(void)
{
    xasStatus status = xasOk;

    for (size_t i = 0; status == xasOk && i < the.conf->nStations; i++) {
        status =
            xasdWatchCreate(the.conf, i, the.worker, get,
                            xasdWorkerTakeOpen(the.worker, i), &the.station[i]);
        if (status == xasOk)
            xasdWatchSay(the.station[i], &the.said[i]);
    }
    return status;
}

static xasStatus connectAll(void)
{
    xasdStation list[XAS_STATIONS_MAX] = { 0 };

    for (size_t i = 0; i < the.conf->nStations; i++) {
        const xasConfStation *own = &the.conf->station[i];

        list[i].name = own->name;
        list[i].energy_scale = own->rules.energy_scale;
        if (own->rules.mode == xasModeArray)
            list[i].arrays = XAS_ROLES_CHANNELS;
        for (int role = 0; role < xasRoleCount; role++)
            list[i].pv[role] = own->pv[role];
        for (int role = 0; role < xasChannelCount; role++)
            list[i].final[role] = own->final[role];
    }
    return xasdChannelsStart(list, the.conf->nStations, the.generation,
                             the.queue, &the.channels);
}

static void destroyStations(void)
{
    for (size_t i = 0; i < the.conf->nStations; i++) {
        if (the.station[i]) {
            xasdWatchStop(the.station[i]);
            xasdWatchSaid(the.station[i], &the.said[i]);
        }
        xasdWatchDestroy(the.station[i]);
        the.station[i] = NULL;
    }
}

static bool scanning(void)
{
    for (size_t i = 0; i < the.conf->nStations; i++)
        if (xasdWatchBusy(the.station[i]))
            return true;
    return false;
}

/* The scans that ran have ended under the old configuration. */
static void applyNext(void)
{
    xasStatus status;

    xasdChannelsStop(the.channels);
    the.channels = NULL;
    drain(SIZE_MAX);
    destroyStations();
    status = xasdSetupReplace(the.next);
    if (status == xasOk) {
        the.conf = the.next;
        xasdWorkerSetConf(the.worker, the.conf);
    } else {
        xasConfDestroy(the.next);
    }
    the.next = NULL;
    the.generation++;
    if (status == xasOk)
        status = makeStations();
    if (status == xasOk)
        status = connectAll();
    if (status == xasOk) {
        errlogSevPrintf(errlogInfo, "xasd: %s is in force\n", the.conf->file);
        return;
    }
    errlogSevPrintf(errlogFatal, "xasd: reload: %s, stopping\n",
                    xasStatusText(status));
    (void)event_base_loopbreak(the.base);
}

static void reload(void)
{
    xasMessage message = { "" };
    xasConf *next = NULL;

    xasdNotify("RELOADING=1");
    if (xasdReloadRead(the.conf, &next, &message)) {
        errlogSevPrintf(errlogMajor, "xasd: not reloaded: %s\n", message.text);
    } else {
        xasConfDestroy(the.next);
        the.next = next;
        if (scanning())
            errlogSevPrintf(errlogInfo,
                            "xasd: %s is in force when the "
                            "running scans have ended\n",
                            next->file);
    }
    xasdNotify("READY=1");
}

static void onTick(evutil_socket_t fd, short what, void *arg)
{
    int64_t now = xasTimeNow();

    (void)fd;
    (void)what;
    (void)arg;
    if (the.next && !scanning())
        applyNext();
    for (size_t i = 0; i < the.conf->nStations; i++)
        xasdWatchTick(the.station[i], now);
    if (now - the.second_ns >= SECOND_NS || now < the.second_ns) {
        the.second_ns = now;
        everySecond(now);
    } else if (the.connections) {
        showCa();
    }
}

static void onStop(evutil_socket_t number, short what, void *arg)
{
    (void)what;
    (void)arg;
    errlogSevPrintf(errlogInfo, "xasd: %s, stopping\n", strsignal(number));
    (void)event_base_loopbreak(the.base);
}

static void onReload(evutil_socket_t number, short what, void *arg)
{
    (void)number;
    (void)what;
    (void)arg;
    reload();
}

/* `Ctl:` records; from a record's thread. */
static bool onCommand(size_t index, xasCommand command, const char *text,
                      double value)
{
    xasEvent event = { .kind = xasEventCommand,
                       .received_ns = xasTimeNow(),
                       .text = text };

    (void)value;
    if (index == 0 && command == xasCommandReload)
        return raise(SIGHUP) == 0; /* as a person at the keyboard would */
    if (index == 0 || index > the.nStations)
        return false;
    event.station = (uint16_t)(index - 1);
    event.value = command;
    event.stamp_ns = event.received_ns;
    return xasdQueuePush(the.queue, &event) == xasOk;
}

/* A signal before the loop can take it; `exit` at the prompt is one, too. */
static volatile sig_atomic_t early;

static void onEarly(int number)
{
    if (number != SIGHUP)
        early = number;
}

void xasdLoopCatchSignals(void)
{
    static const int numbers[] = { SIGTERM, SIGINT, SIGHUP };
    struct sigaction action = { .sa_handler = onEarly, .sa_flags = SA_RESTART };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        (void)sigaction(numbers[i], &action, NULL);
}

static struct event *add(evutil_socket_t fd, short what, event_callback_fn call,
                         const struct timeval *every)
{
    struct event *e = event_new(the.base, fd, what | EV_PERSIST, call, NULL);

    if (e && event_add(e, every)) {
        event_free(e);
        return NULL;
    }
    return e;
}

static xasStatus serve(void)
{
    static const struct timeval tick = { 0, TICK_MS * 1000 };
    struct event *events[5];
    xasStatus status = xasErrMemory;

    events[0] = add(xasdQueueFd(the.queue), EV_READ, onQueue, NULL);
    events[1] = add(-1, 0, onTick, &tick);
    events[2] = add(SIGTERM, EV_SIGNAL, onStop, NULL);
    events[3] = add(SIGINT, EV_SIGNAL, onStop, NULL);
    events[4] = add(SIGHUP, EV_SIGNAL, onReload, NULL);
    if (events[0] && events[1] && events[2] && events[3] && events[4]) {
        errlogSevPrintf(errlogInfo, "xasd: ready, %zu stations\n",
                        the.conf->nStations);
        xasdNotify("READY=1");
        status = xasOk;
        xasdSnapshotSetSink(onCommand);
        if (early)
            onStop(early, 0, NULL);
        else if (event_base_dispatch(the.base) < 0)
            status = xasErrIo;
        xasdNotify("STOPPING=1");
        xasdSnapshotSetSink(NULL);
        errlogSevPrintf(errlogInfo,
                        "xasd: at most %zu of %d events waited, %.0f lost\n",
                        the.peak, QUEUE_EVENTS, the.lost);
    }
    for (size_t i = 0; i < 5; i++)
        if (events[i])
            event_free(events[i]);
    return status;
}

xasStatus xasdLoopRun(const xasConf *conf, xasdWorker *worker)
{
    xasStatus status;

    the.conf = conf;
    the.nStations = conf->nStations;
    the.worker = worker;
    for (size_t i = 0; i < conf->nStations; i++)
        xasdSetupSaid(i, &the.said[i]);
    the.base = event_base_new();
    status = the.base ? xasdQueueCreate(QUEUE_EVENTS, QUEUE_BYTES, &the.queue)
                      : xasErrMemory;
    if (status == xasOk)
        status = makeStations();
    if (status == xasOk)
        status = connectAll();
    if (status == xasOk)
        status = serve();
    else
        errlogSevPrintf(errlogFatal, "xasd: %s\n", xasStatusText(status));
    xasdChannelsStop(the.channels);
    if (the.queue)
        drain(SIZE_MAX);
    destroyStations();
    xasConfDestroy(the.next);
    xasdQueueDestroy(the.queue);
    if (the.base)
        event_base_free(the.base);
    return status;
}
