/* SPDX-License-Identifier: BSD-3-Clause */
/* What stands in the lines of a recording. */
#include "xasRecordingParts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *getArray(xasRecordingWords *w, xasEvent *e, double **array)
{
    int64_t n;

    /* A number takes two characters at least: a line bounds the memory. */
    if (!xasRecordingGetInt(w, &n) || n < 0 || (size_t)n > strlen(w->at) / 2)
        return "a count of numbers, and so many";
    if (n && !(*array = malloc((size_t)n * sizeof(double))))
        return ""; /* out of memory */
    for (int64_t i = 0; i < n; i++)
        if (!xasRecordingGetNumber(w, &(*array)[i]))
            return "a number in the array";
    e->isArray = true;
    e->array = *array;
    e->count = (size_t)n;
    return NULL;
}

static const char *getOption(xasRecordingWords *w, xasEvent *e, double **array)
{
    int64_t n;
    char *text;

    if (xasRecordingWordIs(w, "at"))
        return xasRecordingGetTime(w, &e->stamp_ns) ? NULL : "a stamp";
    if (xasRecordingWordIs(w, "severity")) {
        if (!xasRecordingGetInt(w, &n) || n < 0 || n > 255)
            return "a severity";
        e->severity = (uint8_t)n;
    } else if (xasRecordingWordIs(w, "initial")) {
        e->initial = true;
    } else if (xasRecordingWordIs(w, "ask")) {
        if (!xasRecordingGetInt(w, &n) || n < 0 || n > UINT32_MAX)
            return "the number of a request";
        e->ask = (uint32_t)n;
    } else if (xasRecordingWordIs(w, "text")) {
        if (!xasRecordingGetText(w, &text))
            return "a text between quotes";
        e->text = text;
    } else if (xasRecordingWordIs(w, "array")) {
        return *array ? "one array" : getArray(w, e, array);
    } else {
        return "at, severity, initial, ask, text, array or the line's end";
    }
    return NULL;
}

const char *xasRecordingEventLine(xasRecordingWords *w, xasEventKind kind,
                                  xasEvent *e, double **array)
{
    memset(e, 0, sizeof *e);
    *array = NULL;
    e->kind = (uint8_t)kind;
    if (!xasRecordingGetTime(w, &e->received_ns))
        return "the time of receipt, SECONDS.NANOSECONDS";
    if (kind <= xasEventDisconnect) {
        const char *name = xasRecordingWord(w);
        xasRole role = name ? xasRoleFromName(name) : xasRoleCount;

        if (role >= xasRoleCount && (!name || strcmp(name, "none") != 0))
            return "a role";
        e->role = (uint8_t)role;
    }
    if (!xasRecordingGetNumber(w, &e->value))
        return "a number";
    if (kind == xasEventCommand &&
        !(e->value >= 0 && e->value <= xasCommandFormula))
        return "the number of a command";
    while (!xasRecordingAtEnd(w)) {
        const char *expected = getOption(w, e, array);

        if (expected)
            return expected;
    }
    return NULL;
}

const char *xasRecordingGetLine(xasRecordingWords *w, xasAction *get)
{
    int64_t n;

    memset(get, 0, sizeof *get);
    get->kind = xasActionGet;
    if (!xasRecordingGetInt(w, &n) || n <= 0 || n > UINT32_MAX)
        return "the number of a request";
    get->ask = (uint32_t)n;
    get->arrays = xasRecordingWordIs(w, "arrays");
    return xasRecordingGetRoles(w, &get->roles) ? NULL : "roles";
}

static bool getExit(xasRecordingWords *w, xasExit *out)
{
    const char *word = xasRecordingWord(w);

    for (int i = 0; word && i < xasExitCount; i++)
        if (strcmp(word, xasExitName((xasExit)i)) == 0) {
            *out = (xasExit)i;
            return true;
        }
    return false;
}

static bool getCopy(xasRecordingWords *w, char *out, size_t size)
{
    char *text;

    if (!xasRecordingGetText(w, &text) || strlen(text) >= size)
        return false;
    memcpy(out, text, strlen(text) + 1);
    return true;
}

static bool getNamed(xasRecordingWords *w, const char *name, int64_t *out)
{
    return xasRecordingWordIs(w, name) && xasRecordingGetInt(w, out);
}

const char *xasRecordingOutcomeLine(xasRecordingWords *w, bool ended,
                                    xasOutcome *o)
{
    memset(o, 0, sizeof *o);
    o->ended = ended;
    if (!getCopy(w, o->uid, sizeof o->uid))
        return "the uid of a scan";
    if (ended &&
        (!getExit(w, &o->exit) || !getNamed(w, "points", &o->points) ||
         !getNamed(w, "flagged", &o->flagged) ||
         !getNamed(w, "lost", &o->lost) || !getNamed(w, "events", &o->events) ||
         !xasRecordingWordIs(w, "data") || !xasRecordingGetHex(w, &o->data) ||
         !xasRecordingWordIs(w, "story") || !xasRecordingGetHex(w, &o->story) ||
         !xasRecordingWordIs(w, "sample") ||
         !getCopy(w, o->sample, sizeof o->sample) ||
         !xasRecordingWordIs(w, "reason") ||
         !getCopy(w, o->reason, sizeof o->reason)))
        return "UID EXIT points N flagged N lost N events N data HEX story "
               "HEX sample TEXT reason TEXT";
    return xasRecordingAtEnd(w) ? NULL : "the line's end";
}

const char *xasRecordingStopLine(xasRecordingWords *w, bool exit, xasRecord *r)
{
    r->exit = xasExitNone;
    if (!xasRecordingGetTime(w, &r->now_ns))
        return "a time, SECONDS.NANOSECONDS";
    if (exit && (!getExit(w, &r->exit) || r->exit == xasExitNone))
        return "how the scan ended";
    if (!getCopy(w, r->reason, sizeof r->reason))
        return "a reason between quotes";
    return xasRecordingAtEnd(w) ? NULL : "the line's end";
}

/* Flagged while it is added, so that it supersedes none: what was superseded
 * is written in the flags. */
static xasStatus getPoint(xasRecordingWords *w, xasScan *scan)
{
    double value[xasChannelCount];
    int64_t stamp_ns, flags;
    xasStatus status;

    if (!xasRecordingGetTime(w, &stamp_ns) || !xasRecordingGetInt(w, &flags) ||
        flags < 0 || flags > UINT32_MAX)
        return xasErrFormat;
    for (int c = 0; c < xasChannelCount; c++) {
        value[c] = NAN;
        if (xasRolesHave(scan->channels, c) &&
            !xasRecordingGetNumber(w, &value[c]))
            return xasErrFormat;
    }
    if (!xasRecordingAtEnd(w))
        return xasErrFormat;
    status = xasScanAddPoint(scan, value, stamp_ns, xasPointInvalid);
    if (status == xasOk)
        scan->flags[scan->n - 1] = (uint32_t)flags;
    return status;
}

static xasStatus getHappened(xasRecordingWords *w, xasScan *scan)
{
    int64_t stamp_ns, point;
    char *what, *text;
    xasStatus status;

    if (!xasRecordingGetTime(w, &stamp_ns) || !xasRecordingGetInt(w, &point) ||
        !xasRecordingGetText(w, &what) || !xasRecordingGetText(w, &text) ||
        !xasRecordingAtEnd(w))
        return xasErrFormat;
    status = xasScanAddEvent(scan, stamp_ns, what, "%s", text);
    if (status == xasOk)
        scan->event[scan->nEvents - 1].point = point;
    return status;
}

xasStatus xasRecordingResumeLine(xasRecordingWords *w, const char *first,
                                 xasScan *scan, xasScan *head,
                                 const char **expected)
{
    if (strcmp(first, "head") == 0) {
        size_t n;
        const xasField *fields = xasRecordingScanFields(&n);
        const char *name = xasRecordingWord(w);
        const xasField *field = name ? xasFieldFind(fields, n, name) : NULL;

        *expected = "a member of a scan's head, and its value";
        return field && xasFieldGet(w, field, head) ? xasOk : xasErrFormat;
    }
    if (strcmp(first, "point") == 0) {
        *expected = "STAMP FLAGS and a number for each channel";
        return getPoint(w, scan);
    }
    if (strcmp(first, "happened") == 0) {
        *expected = "STAMP POINT TEXT TEXT";
        return getHappened(w, scan);
    }
    *expected = "head, point, happened or resumed";
    return xasErrFormat;
}
