/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRecordingParts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

const char *const xasRecordingKinds[xasRecordingKindCount] = {
    "value", "reply", "connect", "disconnect", "tick", "overflow", "command",
};

static void putEnd(FILE *f)
{
    (void)putc_unlocked('\n', f);
}

void xasRecordingPutHead(FILE *f, const xasRecordingHead *head)
{
    size_t n;
    const xasField *fields = xasRecordingRuleFields(&n);

    (void)fprintf(f, "xasd recording %d\nprogram", XAS_RECORDING_VERSION);
    xasRecordingPutText(f, head->program);
    (void)fputs("\nstarted", f);
    xasRecordingPutTime(f, head->started_ns);
    if (head->continues[0]) {
        (void)fputs("\ncontinues", f);
        xasRecordingPutText(f, head->continues);
    }
    for (size_t i = 0; i < n; i++) {
        (void)fprintf(f, "\nrule %s", fields[i].name);
        xasFieldPut(f, &fields[i], &head->rules);
    }
    (void)fputs("\nevents\n", f);
}

static void putArray(FILE *f, const xasEvent *e)
{
    size_t n = e->array ? e->count : 0;

    xasRecordingPutWord(f, "array");
    xasRecordingPutInt(f, (int64_t)n);
    for (size_t i = 0; i < n; i++)
        xasRecordingPutExact(f, e->array[i]);
}

void xasRecordingPutEvent(FILE *f, const xasEvent *e)
{
    if (e->kind >= xasRecordingKindCount)
        return;
    (void)fputs(xasRecordingKinds[e->kind], f);
    xasRecordingPutTime(f, e->received_ns);
    if (e->kind <= xasEventDisconnect) {
        if (e->role < xasRoleCount) /* else it is refused, and now as well */
            xasRecordingPutWord(f, xasRoleName((xasRole)e->role));
        else
            xasRecordingPutWord(f, "none");
    }
    xasRecordingPutNumber(f, e->value);
    if (e->stamp_ns) {
        xasRecordingPutWord(f, "at");
        xasRecordingPutTime(f, e->stamp_ns);
    }
    if (e->severity) {
        xasRecordingPutWord(f, "severity");
        xasRecordingPutInt(f, e->severity);
    }
    if (e->initial)
        xasRecordingPutWord(f, "initial");
    if (e->ask) {
        xasRecordingPutWord(f, "ask");
        xasRecordingPutInt(f, e->ask);
    }
    if (e->text) {
        xasRecordingPutWord(f, "text");
        xasRecordingPutText(f, e->text);
    }
    if (e->isArray)
        putArray(f, e);
    putEnd(f);
}

void xasRecordingPutState(FILE *f, const xasEvent *event)
{
    (void)fputs("state ", f);
    xasRecordingPutEvent(f, event);
}

void xasRecordingPutGet(FILE *f, const xasAction *get)
{
    (void)fprintf(f, "get %u%s", get->ask, get->arrays ? " arrays" : "");
    xasRecordingPutRoles(f, get->roles);
    putEnd(f);
}

void xasRecordingPutStop(FILE *f, xasExit exit, const char *reason,
                         int64_t now_ns)
{
    char cut[XAS_REASON_SIZE];

    (void)snprintf(cut, sizeof cut, "%s", reason); /* as the scan has it */
    (void)fputs("stop", f);
    xasRecordingPutTime(f, now_ns);
    xasRecordingPutWord(f, xasExitName(exit));
    xasRecordingPutText(f, cut);
    putEnd(f);
}

void xasRecordingPutClose(FILE *f, const char *reason, int64_t now_ns)
{
    (void)fputs("close", f);
    xasRecordingPutTime(f, now_ns);
    xasRecordingPutText(f, reason);
    putEnd(f);
}

static void putPoint(FILE *f, const xasScan *scan, size_t i)
{
    (void)fputs("point", f);
    xasRecordingPutTime(f, scan->stamp_ns[i]);
    xasRecordingPutInt(f, scan->flags[i]);
    for (int c = 0; c < xasChannelCount; c++)
        if (xasRolesHave(scan->channels, c))
            xasRecordingPutNumber(f,
                                  scan->channel[c] ? scan->channel[c][i] : NAN);
    putEnd(f);
}

void xasRecordingPutResume(FILE *f, const xasScan *scan, int64_t now_ns)
{
    size_t n;
    const xasField *fields = xasRecordingScanFields(&n);

    (void)fputs("resume", f);
    xasRecordingPutRoles(f, scan->channels);
    for (size_t i = 0; i < n; i++) {
        (void)fprintf(f, "\nhead %s", fields[i].name);
        xasFieldPut(f, &fields[i], scan);
    }
    putEnd(f);
    for (size_t i = 0; i < scan->n; i++)
        putPoint(f, scan, i);
    for (size_t i = 0; i < scan->nEvents; i++) {
        const xasScanEvent *e = &scan->event[i];

        (void)fputs("happened", f);
        xasRecordingPutTime(f, e->stamp_ns);
        xasRecordingPutInt(f, e->point);
        xasRecordingPutText(f, e->what);
        xasRecordingPutText(f, e->text);
        putEnd(f);
    }
    (void)fputs("resumed", f);
    xasRecordingPutTime(f, now_ns);
    putEnd(f);
}

void xasRecordingPutOutcome(FILE *f, const xasOutcome *o)
{
    (void)fputs(o->ended ? "end" : "begin", f);
    xasRecordingPutText(f, o->uid);
    if (o->ended) {
        xasRecordingPutWord(f, xasExitName(o->exit));
        xasRecordingPutWord(f, "points");
        xasRecordingPutInt(f, o->points);
        xasRecordingPutWord(f, "flagged");
        xasRecordingPutInt(f, o->flagged);
        xasRecordingPutWord(f, "lost");
        xasRecordingPutInt(f, o->lost);
        xasRecordingPutWord(f, "events");
        xasRecordingPutInt(f, o->events);
        xasRecordingPutWord(f, "data");
        xasRecordingPutHex(f, o->data);
        xasRecordingPutWord(f, "story");
        xasRecordingPutHex(f, o->story);
        xasRecordingPutWord(f, "sample");
        xasRecordingPutText(f, o->sample);
        xasRecordingPutWord(f, "reason");
        xasRecordingPutText(f, o->reason);
    }
    putEnd(f);
}
