/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasReplay.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What came out and has not been compared yet. */
typedef struct waiting {
    xasOutcome outcome;
    xasScan *scan; /* of an end */
    unsigned long line;
} waiting;

/* A request of the assembler that no line has named yet. */
typedef struct request {
    xasAction get;
    bool named;
} request;

/* What a request has in the recording for a number, and what now. */
typedef struct asked {
    uint32_t recorded, now; /* now 0: not made now */
    xasRoles roles;
} asked;

/* An event makes two outcomes at most; few requests are open at a time. */
enum { waitingMax = 8, requestsMax = 64, askedMax = 256, pathMax = 4096 };

struct xasReplay {
    xasReplayTake take;
    void *arg;
    xasAssembler *assembler;
    char path[pathMax];
    bool outcomes;   /* the file tells what came out */
    bool named;      /* and what was asked for */
    bool passed;     /* state lines are those of the file before */
    int64_t last_ns; /* of anything fed */
    unsigned long line;
    size_t n;
    waiting waits[waitingMax];
    size_t nRequests;
    request requests[requestsMax]; /* of the last event */
    size_t nAsked;                 /* ever; the last askedMax are kept */
    asked asked[askedMax];
    xasReplayCounts count;
};

static const char *const verdicts[] = { "not compared", "identical",
                                        "differs" };

const char *xasVerdictName(xasVerdict verdict)
{
    return (unsigned)verdict <= xasVerdictDiffers ? verdicts[verdict] : "?";
}

xasStatus xasReplayCreate(xasReplayTake take, void *arg, xasReplay **out)
{
    xasReplay *r = calloc(1, sizeof *r);

    if (!r)
        return xasErrMemory;
    r->take = take;
    r->arg = arg;
    *out = r;
    return xasOk;
}

void xasReplayDestroy(xasReplay *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++)
        xasScanDestroy(r->waits[i].scan);
    xasAssemblerDestroy(r->assembler);
    free(r);
}

void xasReplayCount(const xasReplay *r, xasReplayCounts *out)
{
    *out = r->count;
}

static void differs(xasReplay *r, unsigned long line, const char *what)
{
    r->count.differences++;
    if (!r->count.difference[0])
        (void)snprintf(r->count.difference, sizeof r->count.difference,
                       "%.250s:%lu: %.350s", r->path, line, what);
}

/* The oldest of those that wait has been judged. */
static xasStatus judged(xasReplay *r, xasVerdict verdict, const char *what)
{
    waiting *w = &r->waits[0];
    xasReplayed out = { .file = r->path,
                        .line = w->line,
                        .scan = w->scan,
                        .ended = w->outcome.ended,
                        .verdict = verdict,
                        .difference = what };
    xasStatus status = xasOk;

    if (verdict == xasVerdictDiffers)
        differs(r, r->line, what);
    if (out.scan) {
        r->count.ended++;
        r->count.identical += verdict == xasVerdictIdentical;
        r->count.differing += verdict == xasVerdictDiffers;
        status = r->take(r->arg, &out);
        xasScanDestroy(out.scan);
    }
    r->n--;
    memmove(r->waits, r->waits + 1, r->n * sizeof *r->waits);
    return status;
}

/* More is fed, or nothing follows: what waits still was not recorded. */
static xasStatus judgeRest(xasReplay *r, bool atEnd)
{
    xasStatus status = xasOk;
    bool missing = r->outcomes && !(atEnd && r->count.cut);

    while (r->n && status == xasOk) {
        const char *what = r->waits[0].outcome.ended
                               ? "a scan ended now, but not when recorded"
                               : "a scan began now, but not when recorded";

        if (missing)
            status = judged(r, xasVerdictDiffers, what);
        else
            status = judged(r, xasVerdictNone, "");
    }
    return status;
}

static void keepRequest(xasReplay *r, const xasAction *get)
{
    if (r->nRequests < requestsMax)
        r->requests[r->nRequests++] = (request){ .get = *get };
}

/* Fetch what the assembler wants; gets were answered in the recording. */
static xasStatus drain(xasReplay *r)
{
    xasAction action;

    while (xasAssemblerNext(r->assembler, &action)) {
        waiting *w = &r->waits[r->n];

        if (action.kind == xasActionGet)
            keepRequest(r, &action);
        if (action.kind != xasActionStart && action.kind != xasActionEnd)
            continue;
        if (r->n == waitingMax)
            return xasErrFull;
        memset(w, 0, sizeof *w);
        w->line = r->line;
        xasOutcomeOf(xasAssemblerScan(r->assembler),
                     action.kind == xasActionEnd, &w->outcome);
        if (action.kind == xasActionEnd)
            w->scan = xasAssemblerTake(r->assembler);
        r->n++;
    }
    return xasOk;
}

static xasStatus compare(xasReplay *r, const xasOutcome *recorded)
{
    char what[400];
    xasStatus status = r->n ? xasOk : drain(r);

    if (status)
        return status;
    r->outcomes = true;
    if (!r->n) {
        differs(r, r->line,
                recorded->ended ? "a scan ended when recorded, but not now"
                                : "a scan began when recorded, but not now");
        return xasOk;
    }
    if (xasOutcomeDiffers(recorded, &r->waits[0].outcome, what, sizeof what))
        return judged(r, xasVerdictDiffers, what);
    return judged(r, xasVerdictIdentical, "");
}

/* A line that names a request: which of those just made is it?  None, if this
 * assembler asks otherwise than that which was recorded. */
static void name(xasReplay *r, const xasAction *get)
{
    asked *to = &r->asked[r->nAsked++ % askedMax];

    r->named = true;
    *to = (asked){ .recorded = get->ask };
    for (size_t i = 0; i < r->nRequests; i++) {
        request *q = &r->requests[i];

        if (q->named || q->get.arrays != get->arrays ||
            !(q->get.roles & get->roles))
            continue;
        q->named = true;
        to->now = q->get.ask;
        to->roles = q->get.roles;
        r->count.unanswered += (q->get.roles & ~get->roles) != 0;
        break;
    }
}

static void countRequests(xasReplay *r)
{
    for (size_t i = 0; i < r->nRequests; i++)
        r->count.unanswered += r->named && !r->requests[i].named;
    r->nRequests = 0;
}

/* The number its request has now; false if nobody asks now. */
static bool answers(const xasReplay *r, xasEvent *event)
{
    if (event->kind != xasEventReply || !event->ask || !r->named)
        return true;
    for (size_t i = 0; i < askedMax && i < r->nAsked; i++) {
        const asked *a = &r->asked[(r->nAsked - 1 - i) % askedMax];

        if (a->recorded != event->ask)
            continue;
        event->ask = a->now;
        return a->now && event->role < xasRoleCount &&
               xasRolesHave(a->roles, event->role);
    }
    return false;
}

static void seen(xasReplay *r, int64_t now_ns)
{
    if (!r->count.first_ns)
        r->count.first_ns = now_ns;
    r->count.last_ns = now_ns;
}

static xasStatus feed(xasReplay *r, const xasRecord *record)
{
    xasEvent event = record->event;
    xasStatus status;

    countRequests(r);
    if (!answers(r, &event)) {
        r->count.unasked++;
        return xasOk;
    }
    r->count.events++;
    if (record->kind == xasRecordEvent)
        seen(r, event.received_ns);
    r->last_ns = event.received_ns;
    /* an event that is refused was so when recorded */
    status = xasAssemblerFeed(r->assembler, &event);
    if (status == xasErrMemory)
        return status;
    return drain(r);
}

static xasStatus resume(xasReplay *r, xasRecord *record)
{
    xasStatus status;

    seen(r, record->now_ns);
    r->last_ns = record->now_ns;
    status = xasAssemblerResume(r->assembler, record->scan, record->now_ns);
    if (status == xasOk)
        record->scan = NULL;
    return status; /* what it makes is fetched later, as in the daemon */
}

static xasStatus one(xasReplay *r, xasRecord *record)
{
    xasStatus status = xasOk;

    r->line = record->line;
    if (record->kind == xasRecordOutcome)
        return compare(r, &record->outcome);
    if (record->kind == xasRecordGet) {
        name(r, &record->get);
        return xasOk;
    }
    status = judgeRest(r, false);
    if (status)
        return status;
    switch (record->kind) {
    case xasRecordState: return r->passed ? xasOk : feed(r, record);
    case xasRecordEvent: return feed(r, record);
    case xasRecordResume: return resume(r, record);
    case xasRecordStop:
        r->last_ns = record->now_ns;
        status = xasAssemblerStop(r->assembler, record->exit, record->reason,
                                  record->now_ns);
        return status == xasOk ? drain(r) : status;
    case xasRecordClose: r->count.closed = true; return xasOk;
    case xasRecordGet:
    case xasRecordOutcome: break;
    }
    return xasOk;
}

xasStatus xasReplayEnd(xasReplay *r)
{
    xasStatus status = judgeRest(r, true);

    if (status || !r->assembler)
        return status;
    status = xasAssemblerStop(r->assembler, xasExitInterrupted,
                              "the recording ends here", r->last_ns);
    if (status == xasOk)
        status = drain(r);
    while (r->n && status == xasOk) {
        r->waits[0].outcome.ended = false; /* not by itself */
        status = judged(r, xasVerdictNone, "");
    }
    xasAssemblerDestroy(r->assembler);
    r->assembler = NULL;
    return status;
}

static const char *baseName(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* An assembler for the file: a new one, or that of the file it continues. */
static xasStatus prepare(xasReplay *r, const char *path,
                         const xasRecordingHead *head)
{
    xasStatus status = xasOk;

    r->passed = r->assembler && r->count.closed && head->continues[0] &&
                strcmp(head->continues, baseName(r->path)) == 0;
    r->count.alone = head->continues[0] && !r->passed;
    if (!r->passed)
        status = xasReplayEnd(r);
    (void)snprintf(r->path, sizeof r->path, "%s", path);
    r->count.closed = r->count.cut = r->outcomes = false;
    if (status == xasOk && !r->passed) {
        r->named = false;
        r->nAsked = r->nRequests = 0;
        status = xasAssemblerCreate(&head->rules, &r->assembler);
    }
    return status;
}

static xasStatus said(const xasReplay *r, xasStatus status, xasMessage *message)
{
    return xasFail(status, message, "%s:%lu: %s", r->path, r->line,
                   xasStatusText(status));
}

xasStatus xasReplayFile(xasReplay *r, const char *path, xasMessage *message)
{
    xasRecording *file = NULL;
    xasRecord *record;
    xasStatus status = xasRecordingOpen(path, &file, message);

    if (status)
        return status;
    status = prepare(r, path, xasRecordingHeadOf(file));
    if (status)
        (void)said(r, status, message);
    while (status == xasOk &&
           (status = xasRecordingNext(file, &record, message)) == xasOk)
        if ((status = one(r, record)))
            (void)said(r, status, message);
    r->count.cut = xasRecordingIsCut(file);
    xasRecordingClose(file);
    return status == xasErrNotFound ? xasOk : status;
}
