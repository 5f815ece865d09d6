/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdWatchParts.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <errlog.h>

#include "xasdRecorder.h"
#include "xasdText.h"

static void warn(const xasdWatch *s, const char *what, xasStatus status)
{
    errlogSevPrintf(errlogMinor, "xasd: %s: %s: %s\n", s->own->name, what,
                    xasStatusText(status));
}

xasStatus xasdWatchCreate(const xasConf *conf, size_t index, xasdWorker *worker,
                          xasdWatchGet get, xasScan *resume, xasdWatch **out)
{
    xasdWatch *s = calloc(1, sizeof *s);
    xasStatus status = xasErrMemory;
    int64_t now_ns = xasTimeNow();

    if (s) {
        s->conf = conf;
        s->own = &conf->station[index];
        s->index = index;
        s->worker = worker;
        s->get = get;
        s->lag_s = s->shownLag_s = NAN;
        s->changed = true;
        status = xasAssemblerCreate(&s->own->rules, &s->assembler);
    }
    if (status == xasOk)
        s->recorder = xasdRecorderOpen(conf, index, now_ns);
    if (status == xasOk && resume) {
        s->journalled = resume->n;
        xasdRecorderResume(s->recorder, resume, now_ns);
        status = xasAssemblerResume(s->assembler, resume, now_ns);
        resume = NULL;
    }
    xasScanDestroy(resume);
    if (status) {
        xasdWatchDestroy(s);
        return status;
    }
    *out = s;
    return xasOk;
}

void xasdWatchDestroy(xasdWatch *s)
{
    if (!s)
        return;
    xasdRecorderClose(s->recorder, xasTimeNow());
    xasAssemblerDestroy(s->assembler);
    free(s);
}

/* Hand the worker a job about a slice of the running scan; what to say when
 * that fails. */
static void send(xasdWatch *s, xasdJobKind kind, const xasScan *scan,
                 size_t first, size_t n, const char *otherwise)
{
    xasdJob *job = xasdJobNew(kind, s->index);
    xasStatus status = job ? xasOk : xasErrMemory;

    if (status == xasOk)
        status = xasScanSlice(scan, first, n, &job->scan);
    if (status) {
        xasdJobFree(job);
        warn(s, otherwise, status);
        return;
    }
    job->first = first;
    xasdWorkerPut(s->worker, job);
}

static void journal(xasdWatch *s, int64_t now_ns)
{
    const xasScan *scan = xasAssemblerScan(s->assembler);

    if (!scan || scan->n <= s->journalled)
        return;
    send(s, xasdJobChunk, scan, s->journalled, scan->n - s->journalled,
         "points not journalled");
    s->journalled = scan->n;
    s->journal_ns = now_ns;
}

static void onStart(xasdWatch *s)
{
    const xasScan *scan = xasAssemblerScan(s->assembler);
    xasdJob *started = xasdJobNew(xasdJobStarted, s->index);

    s->journalled = 0;
    s->journal_ns = scan->start_ns;
    send(s, xasdJobOpen, scan, 0, 0, "the start is not journalled");
    if (started)
        xasdWorkerPut(s->worker, started);
    errlogSevPrintf(errlogInfo, "xasd: %s: scan %s of \"%s\" started\n",
                    s->own->name, scan->uid, scan->sample);
}

static void onEnd(xasdWatch *s, int64_t now_ns)
{
    xasScan *scan = xasAssemblerTake(s->assembler);
    xasdJob *job = xasdJobNew(xasdJobFinish, s->index);

    if (!scan || !job) {
        xasScanDestroy(scan);
        xasdJobFree(job);
        warn(s, "finished scan lost", xasErrMemory);
        return;
    }
    s->lastExit = scan->exit;
    s->lost += scan->lost;
    xasdWatchShow(s, scan, now_ns);
    job->scan = scan;
    job->reject = s->discard;
    s->discard = false;
    s->journalled = 0;
    xasdWorkerPut(s->worker, job);
}

/* Points that come while the database still writes the ones before wait in the
 * scan itself: so the memory for them has a bound, and the database less to
 * do. */
static bool journalDue(const xasdWatch *s, size_t least)
{
    const xasScan *scan = xasAssemblerScan(s->assembler);

    return scan && scan->exit == xasExitNone &&
           scan->n >= s->journalled + least &&
           xasdWorkerKeepsUp(s->worker, s->index);
}

/* All that an event brings is journalled together, and not at all if it ends
 * the scan. */
static void drain(xasdWatch *s, int64_t now_ns)
{
    xasAction action;
    bool points = false;

    while (xasAssemblerNext(s->assembler, &action)) {
        xasdRecorderNext(s->recorder, s->assembler, &action);
        s->changed = true;
        switch (action.kind) {
        case xasActionGet:
            s->get(s->index, action.roles, action.arrays, action.ask);
            break;
        case xasActionStart: onStart(s); break;
        case xasActionPoint: points = s->liveChanged = true; break;
        case xasActionEnd: onEnd(s, now_ns); break;
        case xasActionStray:
            errlogSevPrintf(errlogInfo,
                            "xasd: %s: %zu points between %.2f and %.2f eV "
                            "make no scan\n",
                            s->own->name, action.index, action.low_eV,
                            action.high_eV);
            break;
        }
    }
    if (points && journalDue(s, (size_t)s->conf->journal_points))
        journal(s, now_ns);
}

static void stopScan(xasdWatch *s, xasExit exit, const char *reason,
                     int64_t now_ns)
{
    xasStatus status;

    if (!xasAssemblerScan(s->assembler))
        return;
    xasdRecorderStop(s->recorder, exit, reason, now_ns);
    status = xasAssemblerStop(s->assembler, exit, reason, now_ns);
    /* until active falls; where it is inferred points make the next scan */
    s->said.muted =
        s->own->pv[xasRoleActive][0] != 0 || s->own->rules.mode != xasModeStep;
    if (status)
        warn(s, reason, status);
    drain(s, now_ns);
}

static void keep(xasdWatch *s, const char *key, const char *text)
{
    xasdJob *job = xasdJobNew(xasdJobSetting, s->index);

    if (!job)
        return;
    job->key = key;
    (void)snprintf(job->text, sizeof job->text, "%s", text);
    xasdWorkerPut(s->worker, job);
}

static xasStatus feed(xasdWatch *s, const xasEvent *event)
{
    xasdRecorderFeed(s->recorder, event);
    return xasAssemblerFeed(s->assembler, event);
}

static void useText(xasdWatch *s, xasRole role, const char *text)
{
    xasEvent value = { .kind = xasEventValue,
                       .role = (uint8_t)role,
                       .station = (uint16_t)s->index,
                       .received_ns = xasTimeNow(),
                       .text = text };

    if (!s->own->pv[role][0])
        (void)feed(s, &value);
}

/* A name given by a client stands in for the PV that the station lacks. */
static void setText(xasdWatch *s, xasRole role, const char *text)
{
    char *said = role == xasRoleSample ? s->said.sample : s->said.formula;

    if (s->own->pv[role][0]) {
        errlogSevPrintf(errlogMinor,
                        "xasd: %s: %s comes from %s, not from Ctl:\n",
                        s->own->name, xasRoleName(role), s->own->pv[role]);
        return;
    }
    xasdTextClean(text, strlen(text), said); /* as if it came from a PV */
    useText(s, role, said);
    keep(s, xasRoleName(role), said);
}

void xasdWatchSaid(const xasdWatch *s, xasdSaid *out)
{
    *out = s->said;
}

void xasdWatchSay(xasdWatch *s, const xasdSaid *said)
{
    s->said = *said;
    if (said->sample[0])
        useText(s, xasRoleSample, said->sample);
    if (said->formula[0])
        useText(s, xasRoleFormula, said->formula);
}

static void simple(xasdWatch *s, xasdJobKind kind)
{
    xasdJob *job = xasdJobNew(kind, s->index);

    if (job)
        xasdWorkerPut(s->worker, job);
}

static void command(xasdWatch *s, const xasEvent *event)
{
    int64_t now = event->received_ns;
    const char *text = event->text ? event->text : "";

    switch ((xasCommand)event->value) {
    case xasCommandEndScan:
        stopScan(s, xasExitAborted, "ended by the operator", now);
        break;
    case xasCommandDiscard:
        s->discard = xasAssemblerScan(s->assembler) != NULL;
        stopScan(s, xasExitAborted, "discarded by the operator", now);
        break;
    case xasCommandEnable: s->said.disabled = false; break;
    case xasCommandDisable:
        s->said.disabled = true;
        stopScan(s, xasExitAborted, "station disabled", now);
        break;
    case xasCommandReject: simple(s, xasdJobReject); break;
    case xasCommandReprocess: simple(s, xasdJobReprocess); break;
    case xasCommandSample: setText(s, xasRoleSample, text); break;
    case xasCommandFormula: setText(s, xasRoleFormula, text); break;
    case xasCommandReload: break; /* the daemon's, not a station's */
    }
    s->changed = true;
}

/* What is left of a scan that the operator has ended is no new scan, and a
 * disabled station takes none. */
static bool ignored(xasdWatch *s, const xasEvent *event)
{
    if (event->kind != xasEventValue)
        return false;
    if (event->role == xasRoleActive && event->value == 0)
        s->said.muted = false;
    if (!s->said.disabled && !s->said.muted)
        return false;
    return event->role < xasChannelCount || event->role == xasRoleCommit ||
           event->role == xasRoleSequence ||
           (event->role == xasRoleActive && event->value != 0);
}

void xasdWatchEvent(xasdWatch *s, const xasEvent *event)
{
    xasStatus status;

    if (event->kind == xasEventCommand) {
        command(s, event);
        return;
    }
    if (event->kind == xasEventConnect || event->kind == xasEventDisconnect)
        s->changed = true;
    if (event->kind == xasEventValue && event->stamp_ns && !event->initial) {
        double lag_s = (double)(event->received_ns - event->stamp_ns) / 1e9;

        s->stamp_ns = event->stamp_ns;
        s->lag_s = fmax(s->lag_s, lag_s); /* the other, if one is NaN */
    }
    if (ignored(s, event))
        return;
    status = feed(s, event);
    if (status)
        warn(s, "event lost", status);
    drain(s, event->received_ns);
}

/* Between provisional predictions. */
static const int64_t predict_ns = 1000000000;

/* Of the running scan, where the worker has nothing else to do.  The copy of
 * 20,000 points takes less than a millisecond. */
static void predict(xasdWatch *s, const xasScan *scan, int64_t now_ns)
{
    if (!scan || scan->n == s->predicted || scan->exit != xasExitNone ||
        !xasdWatchDue(s->predict_ns, now_ns) || !xasdWorkerIdle(s->worker))
        return;
    s->predicted = scan->n;
    s->predict_ns = now_ns + predict_ns;
    send(s, xasdJobProvisional, scan, 0, scan->n, "no provisional prediction");
}

void xasdWatchTick(xasdWatch *s, int64_t now_ns)
{
    int64_t deadline = xasAssemblerDeadline(s->assembler);
    const xasScan *scan;

    if (deadline && now_ns >= deadline) {
        xasEvent tick = { .kind = xasEventTick,
                          .station = (uint16_t)s->index,
                          .received_ns = now_ns };

        (void)feed(s, &tick);
        drain(s, now_ns);
    }
    if (xasdWatchDue(s->journal_ns + (int64_t)(s->conf->journal_s * 1e9),
                     now_ns) &&
        journalDue(s, 1))
        journal(s, now_ns);
    scan = xasAssemblerScan(s->assembler);
    predict(s, scan, now_ns);
    xasdRecorderTick(s->recorder, scan != NULL, now_ns);
    if ((s->changed && xasdWatchDue(s->show_ns, now_ns)) ||
        (s->liveChanged && xasdWatchDue(s->live_ns, now_ns)))
        xasdWatchShow(s, scan, now_ns);
}

bool xasdWatchBusy(const xasdWatch *s)
{
    return xasAssemblerScan(s->assembler) != NULL;
}

void xasdWatchStop(xasdWatch *s)
{
    journal(s, xasTimeNow());
}
