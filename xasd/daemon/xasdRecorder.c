/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdRecorder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <errlog.h>

#include "xasStore.h"
#include "xasVersion.h"
#include "xasdRecorderFiles.h"

#define FILE_MAX   (64LL << 20)
#define FILE_LIMIT (4 * FILE_MAX) /* even if a scan runs */
#define KEEP_MAX   (1LL << 30)    /* of all files of a station */
#define FREE_MIN   (256LL << 20)
#define FLUSH_NS   100000000LL
#define LOOK_NS    10000000000LL /* at what is free on the disk */
#define BUFFER     (1u << 16)

/** What a new file has to begin with, so that it can be read alone. */
typedef struct known {
    bool connected, connectedArray, any;
    uint64_t order; /* of value */
    xasEvent connect, connectArray, value;
    char text[XAS_SAMPLE_SIZE];
} known;

struct xasdRecorder {
    const char *dir;
    const xasAssemblerRules *rules;
    FILE *file; /* NULL: given up */
    char name[XAS_RECORDING_NAME];
    int64_t flushed_ns, looked_ns;
    uint64_t order;
    known role[xasRoleCount];
};

/* No more of it; said once, since the file is gone. */
static void giveUp(xasdRecorder *r, const char *why)
{
    errlogSevPrintf(errlogMajor, "xasd: %s: no longer recorded: %s/%s: %s\n",
                    r->rules->station, r->dir, r->name, why);
    if (r->file)
        (void)fclose(r->file);
    r->file = NULL;
}

static void putState(xasdRecorder *r)
{
    uint64_t last = 0;

    for (int role = 0; role < xasRoleCount; role++) {
        const known *k = &r->role[role];

        if (k->connected)
            xasRecordingPutState(r->file, &k->connect);
        if (k->connectedArray)
            xasRecordingPutState(r->file, &k->connectArray);
    }
    for (;;) { /* in the order in which they came */
        const known *next = NULL;

        for (int role = 0; role < xasRoleCount; role++) {
            const known *k = &r->role[role];

            if (k->any && k->order > last && (!next || k->order < next->order))
                next = k;
        }
        if (!next)
            break;
        xasRecordingPutState(r->file, &next->value);
        last = next->order;
    }
}

/* Another file; r->name is the one before, if `continued`. */
static bool begin(xasdRecorder *r, bool continued, int64_t now_ns)
{
    xasRecordingHead head = { .started_ns = now_ns, .rules = *r->rules };

    if (continued)
        memcpy(head.continues, r->name, sizeof head.continues);
    (void)snprintf(head.program, sizeof head.program, "xasd %s", XAS_VERSION);
    r->file = xasdRecorderFileNew(r->dir, r->rules->station, now_ns, r->name);
    if (!r->file) {
        giveUp(r, strerror(errno));
        return false;
    }
    (void)setvbuf(r->file, NULL, _IOFBF, BUFFER);
    xasRecordingPutHead(r->file, &head);
    if (continued)
        putState(r);
    errlogSevPrintf(errlogInfo, "xasd: %s: recorded in %s/%s\n",
                    r->rules->station, r->dir, r->name);
    xasdRecorderFilesPrune(r->dir, r->rules->station, r->name, KEEP_MAX);
    return true;
}

xasdRecorder *xasdRecorderOpen(const xasConf *conf, size_t station,
                               int64_t now_ns)
{
    const xasConfStation *own = &conf->station[station];
    xasdRecorder *r;

    if (!own->record_events)
        return NULL;
    r = calloc(1, sizeof *r);
    if (!r) {
        errlogSevPrintf(errlogMajor, "xasd: %s: not recorded: out of memory\n",
                        own->name);
        return NULL;
    }
    r->dir = conf->record_dir;
    r->rules = &own->rules;
    (void)mkdir(r->dir, 0777); /* where it fails, so does the file */
    if (begin(r, false, now_ns))
        return r;
    free(r);
    return NULL;
}

void xasdRecorderClose(xasdRecorder *r, int64_t now_ns)
{
    if (r && r->file) {
        xasRecordingPutClose(r->file, "xasd stopped or read its configuration",
                             now_ns);
        if (fclose(r->file)) {
            r->file = NULL;
            giveUp(r, strerror(errno));
        }
    }
    free(r);
}

void xasdRecorderResume(xasdRecorder *r, const xasScan *scan, int64_t now_ns)
{
    if (r && r->file)
        xasRecordingPutResume(r->file, scan, now_ns);
}

static void remember(xasdRecorder *r, const xasEvent *e)
{
    known *k = &r->role[e->role];

    switch ((xasEventKind)e->kind) {
    case xasEventConnect:
        *(e->isArray ? &k->connectArray : &k->connect) = *e;
        *(e->isArray ? &k->connectedArray : &k->connected) = true;
        break;
    case xasEventDisconnect:
        *(e->isArray ? &k->connectedArray : &k->connected) = false;
        k->any = k->any && e->isArray;
        break;
    case xasEventValue:
    case xasEventReply:
        if (e->isArray)
            break; /* of a sweep that is over */
        k->any = true;
        k->order = ++r->order;
        k->value = *e;
        k->value.ask = 0;
        if (e->text) {
            (void)snprintf(k->text, sizeof k->text, "%s", e->text);
            k->value.text = k->text;
        }
        break;
    default: break;
    }
}

void xasdRecorderFeed(xasdRecorder *r, const xasEvent *event)
{
    if (!r || !r->file)
        return;
    xasRecordingPutEvent(r->file, event);
    if (event->role < xasRoleCount)
        remember(r, event);
}

void xasdRecorderStop(xasdRecorder *r, xasExit exit, const char *reason,
                      int64_t now_ns)
{
    if (r && r->file)
        xasRecordingPutStop(r->file, exit, reason, now_ns);
}

void xasdRecorderNext(xasdRecorder *r, const xasAssembler *a,
                      const xasAction *action)
{
    xasOutcome outcome;

    if (!r || !r->file)
        return;
    if (action->kind == xasActionGet)
        xasRecordingPutGet(r->file, action);
    if (action->kind != xasActionStart && action->kind != xasActionEnd)
        return;
    xasOutcomeOf(xasAssemblerScan(a), action->kind == xasActionEnd, &outcome);
    xasRecordingPutOutcome(r->file, &outcome);
}

/* Between two scans, as far as the station tells. */
static bool atRest(const xasdRecorder *r, bool busy)
{
    const known *active = &r->role[xasRoleActive];

    return !busy && (!active->any || active->value.value == 0);
}

static void next(xasdRecorder *r, int64_t now_ns)
{
    xasRecordingPutClose(r->file, "continued in another file", now_ns);
    if (fclose(r->file)) {
        r->file = NULL;
        giveUp(r, strerror(errno));
        return;
    }
    (void)begin(r, true, now_ns);
}

static void lookAtDisk(xasdRecorder *r, int64_t now_ns)
{
    struct statvfs disk;

    if (now_ns - r->looked_ns < LOOK_NS && now_ns >= r->looked_ns)
        return;
    r->looked_ns = now_ns;
    if (statvfs(r->dir, &disk) == 0 &&
        (double)disk.f_bavail * (double)disk.f_frsize < (double)FREE_MIN)
        giveUp(r, "less than 256 MB are free on its disk");
}

void xasdRecorderTick(xasdRecorder *r, bool busy, int64_t now_ns)
{
    int64_t size;

    if (!r || !r->file)
        return;
    if (now_ns - r->flushed_ns < FLUSH_NS && now_ns >= r->flushed_ns)
        return;
    r->flushed_ns = now_ns;
    if (fflush(r->file) || ferror(r->file)) {
        giveUp(r, strerror(errno));
        return;
    }
    size = ftello(r->file);
    if ((size > FILE_MAX && atRest(r, busy)) || size > FILE_LIMIT)
        next(r, now_ns);
    if (r->file)
        lookAtDisk(r, now_ns);
}
