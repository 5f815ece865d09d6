/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl replay: recorded events through the assembler again. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "xasctl.h"
#include "xasctlPredicted.h"
#include "xasctlReplayed.h"

typedef struct options {
    char **file;
    int files;
    const char *store;
    xasctlReplayedForm form;
} options;

enum { optionStore = 300, optionPoints, optionEvents };

static const struct argp_option optionList[] = {
    { "store", optionStore, "DB", 0,
      "store the scans in this database, with features and predictions", 0 },
    { "points", optionPoints, NULL, 0, "write the points of each scan", 0 },
    { "events", optionEvents, NULL, 0, "write the events of each scan", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case optionStore: o->store = arg; return 0;
    case optionPoints: o->form.points = true; return 0;
    case optionEvents: o->form.events = true; return 0;
    case ARGP_KEY_ARGS:
        o->file = state->argv + state->next;
        o->files = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which file?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/** What all scans of a call share. */
typedef struct job {
    xasctl *ctl;
    const options *o;
    xasPipeline *pipeline; /* NULL: nothing is stored */
    xasJson j;
    bool failed;
} job;

/* Row of the scan; 0 when it is not stored. */
static int64_t store(job *job, const xasReplayed *r)
{
    const char *slash = strrchr(r->file, '/');
    xasResult result;
    int64_t row = xasctlKnown(job->ctl, r->scan->uid);

    if (row) {
        (void)fprintf(stderr, "%s: %s is stored already, as scan %lld\n",
                      r->file, r->scan->uid, (long long)row);
        return row;
    }
    if (xasPipelineRun(job->pipeline, r->scan, slash ? slash + 1 : r->file,
                       &result) == xasOk)
        return r->scan->row;
    (void)xasctlFail("%s: %s cannot be stored: %s", r->file, r->scan->uid,
                     xasStoreError(job->ctl->store));
    job->failed = true;
    return 0;
}

/* Shown as it came out: the pipeline adds flags of its own.  A scan that the
 * recording cuts is not stored, since the next recording may have it whole. */
static xasStatus take(void *arg, xasReplayed *r)
{
    job *job = arg;
    xasScan *shown = NULL;
    int64_t row = 0;

    if (job->pipeline && r->ended) {
        xasScan *scan = r->scan;
        xasStatus status = xasScanSlice(scan, 0, scan->n, &shown);

        if (status)
            return status;
        for (size_t i = 0; i < scan->n; i++)
            shown->flags[i] = scan->flags[i];
        row = store(job, r);
        xasScanDestroy(r->scan);
        r->scan = shown;
    }
    xasctlReplayedPut(&job->o->form, &job->j, r, row);
    return xasOk;
}

/* What a person should know of how the file ends and begins. */
static void sayEnds(const char *file, const xasReplayCounts *c)
{
    if (c->alone)
        (void)fprintf(stderr,
                      "xasctl: %s continues another file: exact only with "
                      "that one before it\n",
                      file);
    if (c->cut)
        (void)fprintf(stderr,
                      "xasctl: %s is cut within a line: replayed up to "
                      "there\n",
                      file);
    else if (!c->closed)
        (void)fprintf(stderr,
                      "xasctl: %s has no last line: xasd was killed, or "
                      "still writes it\n",
                      file);
}

static double now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int replayAll(job *job, xasReplay *replay)
{
    xasMessage why = { "" };
    xasReplayCounts counts;
    xasStatus status = xasOk;
    double began = now();

    for (int i = 0; i < job->o->files && status == xasOk; i++) {
        status = xasReplayFile(replay, job->o->file[i], &why);
        xasReplayCount(replay, &counts);
        if (status == xasOk)
            sayEnds(job->o->file[i], &counts);
    }
    if (xasReplayEnd(replay) && status == xasOk)
        status = xasFail(xasErrMemory, &why, "out of memory");
    xasReplayCount(replay, &counts);
    if (job->o->form.form == xasctlJson)
        xasJsonClose(&job->j);
    xasctlReplayedCounts(&job->o->form, &job->j, &counts, now() - began);
    if (status)
        return xasctlFail("%s", why.text);
    if (counts.difference[0])
        return xasctlFail("not as recorded: %s", counts.difference);
    return job->failed ? xasctlFailed : xasctlDone;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "FILE...",
        "Feed the events that xasd recorded (record_events) to its assembler "
        "again, and tell whether the same scans come out. A file that "
        "continues another is exact when given behind it.",
        NULL,
        NULL,
        NULL
    };
    options o = { .files = 0 };
    job job = { .ctl = ctl, .o = &o };
    xasReplay *replay = NULL;
    int result;

    xasctlParse(ctl, &argp, argc, argv, &o);
    o.form.form = ctl->form;
    if (o.store) {
        ctl->database = o.store;
        if (!xasctlOpen(ctl, xasStoreCreate))
            return xasctlFailed;
        if (xasctlPipeline(ctl, 0, &job.pipeline) != xasctlDone)
            return xasctlFailed;
    }
    if (xasReplayCreate(take, &job, &replay) != xasOk)
        return xasctlFail("out of memory");
    xasJsonInit(&job.j, stdout);
    if (ctl->form == xasctlJson) {
        xasJsonOpen(&job.j, NULL, '{');
        xasJsonOpen(&job.j, "scans", '[');
    } else if (ctl->form == xasctlTsv) {
        xasctlReplayedTitle();
    }
    result = replayAll(&job, replay);
    if (ctl->form == xasctlJson)
        xasJsonClose(&job.j);
    xasReplayDestroy(replay);
    xasPipelineDestroy(job.pipeline);
    return result;
}

const xasctlCommand xasctlReplay = {
    "replay", "run recorded events through the assembler again", run
};
