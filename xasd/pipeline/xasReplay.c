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

enum { waitingMax = 8, pathMax = 4096 }; /* an event makes two at most */

struct xasReplay {
    xasReplayTake take;
    void *arg;
    xasAssembler *assembler;
    char path[pathMax];
    uint32_t asks;   /* requests before the assembler's first */
    bool outcomes;   /* the file tells what came out */
    bool passed;     /* state lines are those of the file before */
    int64_t last_ns; /* of anything fed */
    unsigned long line;
    size_t n;
    waiting waits[waitingMax];
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

/* Fetch what the assembler wants; gets were answered in the recording. */
static xasStatus drain(xasReplay *r)
{
    xasAction action;

    while (xasAssemblerNext(r->assembler, &action)) {
        waiting *w = &r->waits[r->n];

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

    if (event.ask)
        event.ask -= r->asks;
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
    status = judgeRest(r, false);
    if (status)
        return status;
    switch (record->kind) {
    case xasRecordAsks:
        if (!r->passed)
            r->asks = record->asks;
        return xasOk;
    case xasRecordState: return r->passed ? xasOk : feed(r, record);
    case xasRecordEvent: return feed(r, record);
    case xasRecordResume: return resume(r, record);
    case xasRecordStop:
        r->last_ns = record->now_ns;
        status = xasAssemblerStop(r->assembler, record->exit, record->reason,
                                  record->now_ns);
        return status == xasOk ? drain(r) : status;
    case xasRecordClose: r->count.closed = true; return xasOk;
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
        r->asks = 0;
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
