/* SPDX-License-Identifier: BSD-3-Clause */
/* A scan begins: its name and texts. */
#include "xasFinal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool isLeap(int64_t year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Station and UTC time: of the start, or of the joining, since an earlier part
 * of that scan may have got its start. Plain arithmetic: no clock here. */
static void nameUid(xasScan *scan, int64_t ns)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30,
                                   31, 31, 30, 31, 30, 31 };
    int64_t ms = ns > 0 ? ns / 1000000 : 0;
    int64_t day = ms / 86400000, year = 1970;
    unsigned s = (unsigned)(ms / 1000 % 86400);
    int month = 0, length = 31;

    for (; day >= 365 + isLeap(year); year++)
        day -= 365 + isLeap(year);
    for (; day >= length; month++) {
        day -= length;
        length = lengths[(month + 1) % 12] + (month == 0 && isLeap(year));
    }
    (void)snprintf(scan->uid, sizeof scan->uid,
                   "%s-%04u%02u%02uT%02u%02u%02u.%03uZ", scan->station,
                   (unsigned)year % 10000, ((unsigned)month + 1) % 100,
                   ((unsigned)day + 1) % 100, s / 3600 % 24, s / 60 % 60,
                   s % 60, (unsigned)(ms % 1000));
}

static void takeElement(xasScan *scan, const char *text)
{
    size_t n = strlen(text);
    bool good = n > 0 && n < sizeof scan->element &&
                isupper((unsigned char)text[0]) &&
                (n == 1 || islower((unsigned char)text[1]));

    (void)snprintf(scan->element, sizeof scan->element, "%s", good ? text : "");
}

static void takeText(xasAssembler *a, xasRole role)
{
    const char *text = a->text[role - xasRoleSample];
    xasScan *scan = a->scan;

    if (a->cut & xasRoleBit(role))
        (void)xasScanAddEvent(scan, a->now_ns, "cut",
                              "%s may be longer than the 39 bytes we got",
                              xasRoleName(role));
    if (role == xasRoleSample)
        (void)snprintf(scan->sample, sizeof scan->sample, "%s", text);
    else if (role == xasRoleFormula)
        (void)snprintf(scan->formula, sizeof scan->formula, "%s", text);
    else if (role == xasRoleComment)
        (void)snprintf(scan->comment, sizeof scan->comment, "%s", text);
    else if (role == xasRoleElement && !a->rules.element[0])
        takeElement(scan, text);
    else if (role == xasRoleEdge && a->rules.shell == xasShellNone)
        scan->shell = xasShellFromName(text);
}

/* After a resume texts come as if they were new. */
static bool isOwn(const xasScan *scan, xasRole role, const char *text)
{
    const char *own = role == xasRoleSample    ? scan->sample
                      : role == xasRoleFormula ? scan->formula
                      : role == xasRoleComment ? scan->comment
                      : role == xasRoleElement ? scan->element
                                               : "";

    return strcmp(own, text) == 0;
}

void xasAssemblerText(xasAssembler *a, xasRole role, int64_t stamp_ns)
{
    if (!a->scan || a->resumed || a->infer.tentative ||
        isOwn(a->scan, role, a->text[role - xasRoleSample]))
        return; /* a tentative scan takes its texts when it starts */
    if (!a->scan->n && !a->nPending)
        takeText(a, role);
    else
        (void)xasScanAddEvent(a->scan, stamp_ns, xasRoleName(role),
                              "is now \"%.60s\"; this scan keeps its own",
                              a->text[role - xasRoleSample]);
}

void xasAssemblerRenamed(xasAssembler *a)
{
    const char *name = a->text[0]; /* xasRoleSample */

    if (a->scan && !a->ending && name[0])
        a->renamed = strcmp(name, a->scan->sample) != 0;
}

/* What was seen before this scan is no part of it. */
static void forget(xasAssembler *a)
{
    a->ahead = 0;
    a->firstPending = a->nPending = 0;
    a->lastCommit_ns = 0;
    for (int r = 0; r < xasRoleCount; r++) {
        a->source[r].posted = a->source[r].lost = false;
        a->source[r].queued = 0;
        xasAssemblerForgetLag(&a->source[r]);
    }
    xasAssemblerTrust(a);
}

void xasAssemblerReset(xasAssembler *a)
{
    int64_t before = xasAssemblerNumber(&a->source[xasRoleSequence].last);

    if (a->infer.seamless) /* its last value is of this scan already */
        before = a->count.known ? a->count.last : -1;
    a->ending = a->resumed = a->joined = a->missedStart = false;
    a->overflow = a->away = a->doubt = a->renamed = false;
    a->progress_ns = a->now_ns;
    a->points = (xasPace){ 0 };
    a->endWhy = NULL;
    a->badClock = 0;
    a->late = 0;
    a->count = (xasCounting){ .seen = -1, .before = before };
    if (!a->infer.seamless)
        forget(a);
    a->server.added = 0;
    if (a->ops)
        a->ops->begin(a);
    xasFinalReset(a);
}
void xasAssemblerDwell(xasAssembler *a, const xasHeld *dwell)
{
    if (dwell->known && dwell->severity < 3 && dwell->value > 0)
        a->scan->dead_per_count = a->rules.dead_time_s / dwell->value;
}

void xasAssemblerBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
                       const char *why)
{
    const xasHeld *planned = &a->source[xasRolePlanned].last;
    xasStatus status = xasScanCreate(a->rules.roles, &a->scan);
    xasScan *scan = a->scan;

    xasAssemblerReset(a);
    if (status) {
        a->scan = NULL;
        a->status = status;
        return;
    }
    a->joined = joined;
    scan->start_ns = scan->end_ns = stamp_ns;
    a->infer.run = 0;
    (void)snprintf(scan->station, sizeof scan->station, "%s", a->rules.station);
    (void)snprintf(scan->mode, sizeof scan->mode, "%s",
                   xasModeName(a->rules.mode));
    (void)snprintf(scan->element, sizeof scan->element, "%s", a->rules.element);
    scan->detection = a->rules.detection;
    scan->shell = a->rules.shell;
    if (planned->known && planned->value > 0 && planned->value < 1e9)
        scan->planned = (int64_t)planned->value;
    memcpy(scan->dark, a->rules.dark, sizeof scan->dark);
    if (xasAssemblerHas(a, xasRoleAngle))
        scan->d_spacing_A = a->rules.d_spacing_A;
    xasAssemblerDwell(a, &a->source[xasRoleDwell].last);
    if (!a->infer.tentative)
        xasAssemblerStart(a, stamp_ns, joined, why);
}

void xasAssemblerStart(xasAssembler *a, int64_t stamp_ns, bool joined,
                       const char *why)
{
    xasScan *scan = a->scan;

    scan->start_ns = stamp_ns;
    nameUid(scan, joined ? a->now_ns : stamp_ns);
    (void)xasScanAddEvent(scan, stamp_ns, "start", "%s", why);
    for (int r = xasRoleSample; r < xasRoleCount; r++)
        takeText(a, (xasRole)r);
    xasAssemblerAct(a, (xasAction){ .kind = xasActionStart });
}
