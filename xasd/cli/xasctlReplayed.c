/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl replay: how it writes scans, as show does those of a database. */
#include "xasctlReplayed.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* "3 low_i0; 1 late": points of each flag. */
static void flagCounts(const xasScan *scan, char *out, size_t size)
{
    size_t used = 0;

    out[0] = 0;
    for (int bit = 0; bit < 32; bit++) {
        char name[32];
        size_t n = 0;

        for (size_t i = 0; i < scan->n; i++)
            n += scan->flags[i] >> bit & 1;
        if (!n || used + sizeof name + 24 > size)
            continue;
        xasPointFlagsText((uint32_t)1 << bit, name, sizeof name);
        used += (size_t)snprintf(out + used, size - used, "%s%zu %s",
                                 used ? "; " : "", n, name);
    }
}

/* A member, if anything is known of it. */
static void putLine(const char *name, const char *text)
{
    if (text[0])
        (void)printf("%-17s %s\n", name, text);
}

static void putCount(const char *name, int64_t count)
{
    (void)printf("%-17s %" PRId64 "\n", name, count);
}

static void putTable(const xasScan *scan)
{
    (void)printf("\nPoints\npoint\tstamp\tflags");
    for (int c = 0; c < xasChannelCount; c++)
        if (scan->channel[c])
            (void)printf("\t%s", xasRoleName((xasRole)c));
    (void)putchar('\n');
    for (size_t i = 0; i < scan->n; i++) {
        char time[XAS_TIME_SIZE], flags[160];

        xasTimeText(scan->stamp_ns[i], time);
        xasPointFlagsText(scan->flags[i], flags, sizeof flags);
        (void)printf("%zu\t%s\t%s", i, time, flags[0] ? flags : "-");
        for (int c = 0; c < xasChannelCount; c++)
            if (scan->channel[c])
                (void)printf("\t%.9g", scan->channel[c][i]);
        (void)putchar('\n');
    }
}

static void putEvents(const xasScan *scan)
{
    (void)puts("\nEvents");
    for (size_t i = 0; i < scan->nEvents; i++) {
        const xasScanEvent *e = &scan->event[i];
        char time[XAS_TIME_SIZE];

        xasTimeText(e->stamp_ns, time);
        (void)printf("%s  %6" PRId64 "  %-10s  %s\n", time, e->point, e->what,
                     e->text);
    }
}

static void putText(const xasctlReplayedForm *form, const xasReplayed *r,
                    int64_t stored)
{
    const xasScan *scan = r->scan;
    char text[400];

    putLine("uid", scan->uid);
    putLine("station", scan->station);
    putLine("mode", scan->mode);
    putLine("detection", xasDetectionName(scan->detection));
    putLine("sample", scan->sample);
    putLine("formula", scan->formula);
    putLine("comment", scan->comment);
    putLine("element", scan->element);
    putLine("edge", xasShellName(scan->shell));
    putLine("exit", xasExitName(scan->exit));
    putLine("reason", scan->reason);
    xasTimeText(scan->start_ns, text);
    putLine("started", text);
    xasTimeText(scan->end_ns, text);
    putLine("ended", text);
    putCount("points", (int64_t)scan->n);
    putCount("planned", scan->planned);
    putCount("flagged", (int64_t)xasScanFlagged(scan));
    flagCounts(scan, text, sizeof text);
    putLine("flags", text);
    putCount("lost", scan->lost);
    putCount("events", (int64_t)scan->nEvents);
    (void)printf("%-17s %s%s%s\n", "recorded", xasVerdictName(r->verdict),
                 r->difference[0] ? ": " : "", r->difference);
    if (stored)
        putCount("stored_as", stored);
    if (form->events)
        putEvents(scan);
    if (form->points)
        putTable(scan);
    (void)putchar('\n');
}

static void jsonEvents(xasJson *j, const xasScan *scan)
{
    xasJsonOpen(j, "events", '[');
    for (size_t i = 0; i < scan->nEvents; i++) {
        const xasScanEvent *e = &scan->event[i];
        char time[XAS_TIME_SIZE];

        xasTimeText(e->stamp_ns, time);
        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "time", time);
        xasJsonInt(j, "point", e->point);
        xasJsonText(j, "what", e->what);
        xasJsonText(j, "text", e->text);
        xasJsonClose(j);
    }
    xasJsonClose(j);
}

static void jsonPoints(xasJson *j, const xasScan *scan)
{
    xasJsonOpen(j, "data", '{');
    for (int c = 0; c < xasChannelCount; c++) {
        if (!scan->channel[c])
            continue;
        xasJsonOpen(j, xasRoleName((xasRole)c), '[');
        for (size_t i = 0; i < scan->n; i++)
            xasJsonNumber(j, NULL, scan->channel[c][i]);
        xasJsonClose(j);
    }
    xasJsonOpen(j, "stamp_ns", '[');
    for (size_t i = 0; i < scan->n; i++)
        xasJsonInt(j, NULL, scan->stamp_ns[i]);
    xasJsonClose(j);
    xasJsonOpen(j, "flags", '[');
    for (size_t i = 0; i < scan->n; i++)
        xasJsonInt(j, NULL, scan->flags[i]);
    xasJsonClose(j);
    xasJsonClose(j);
}

static void jsonHead(xasJson *j, const xasScan *scan)
{
    char time[XAS_TIME_SIZE];

    xasJsonText(j, "uid", scan->uid);
    xasJsonText(j, "station", scan->station);
    xasJsonText(j, "mode", scan->mode);
    xasJsonText(j, "detection", xasDetectionName(scan->detection));
    xasJsonText(j, "sample", scan->sample);
    xasJsonText(j, "formula", scan->formula);
    xasJsonText(j, "comment", scan->comment);
    xasJsonText(j, "element", scan->element);
    xasJsonText(j, "edge", xasShellName(scan->shell));
    xasJsonText(j, "exit", xasExitName(scan->exit));
    xasJsonText(j, "reason", scan->reason);
    xasTimeText(scan->start_ns, time);
    xasJsonText(j, "started", time);
    xasTimeText(scan->end_ns, time);
    xasJsonText(j, "ended", time);
    xasJsonInt(j, "points", (int64_t)scan->n);
    xasJsonInt(j, "planned", scan->planned);
    xasJsonInt(j, "flagged", (int64_t)xasScanFlagged(scan));
    xasJsonInt(j, "lost", scan->lost);
}

static void putJson(const xasctlReplayedForm *form, xasJson *j,
                    const xasReplayed *r, int64_t stored)
{
    char flags[400];

    xasJsonOpen(j, NULL, '{');
    xasJsonText(j, "file", r->file);
    xasJsonInt(j, "line", (int64_t)r->line);
    jsonHead(j, r->scan);
    flagCounts(r->scan, flags, sizeof flags);
    xasJsonText(j, "flags", flags);
    xasJsonText(j, "recorded", xasVerdictName(r->verdict));
    if (r->difference[0])
        xasJsonText(j, "difference", r->difference);
    if (stored)
        xasJsonInt(j, "stored_as", stored);
    jsonEvents(j, r->scan);
    if (form->points)
        jsonPoints(j, r->scan);
    xasJsonClose(j);
}

void xasctlReplayedTitle(void)
{
    (void)puts("uid\texit\tpoints\tplanned\tflagged\tlost\tflags\trecorded\t"
               "reason");
}

static void putTsv(const xasReplayed *r)
{
    const xasScan *scan = r->scan;
    char flags[400], reason[XAS_REASON_SIZE];

    flagCounts(scan, flags, sizeof flags);
    (void)snprintf(reason, sizeof reason, "%s", scan->reason);
    for (char *c = reason; *c; c++) /* of a hostile file */
        if ((unsigned char)*c < ' ')
            *c = ' ';
    (void)printf("%s\t%s\t%zu\t%" PRId64 "\t%zu\t%" PRId64 "\t%s\t%s\t%s\n",
                 scan->uid, xasExitName(scan->exit), scan->n, scan->planned,
                 xasScanFlagged(scan), scan->lost, flags[0] ? flags : "-",
                 xasVerdictName(r->verdict), reason[0] ? reason : "-");
}

void xasctlReplayedPut(const xasctlReplayedForm *form, xasJson *j,
                       const xasReplayed *r, int64_t stored)
{
    if (form->form == xasctlJson)
        putJson(form, j, r, stored);
    else if (form->form == xasctlTsv)
        putTsv(r);
    else
        putText(form, r, stored);
}

static double spanOf(const xasReplayCounts *c)
{
    return ((double)c->last_ns - (double)c->first_ns) / 1e9;
}

static const char *verdictOf(const xasReplayCounts *c)
{
    if (c->differences)
        return xasVerdictName(xasVerdictDiffers);
    return xasVerdictName(c->identical ? xasVerdictIdentical : xasVerdictNone);
}

void xasctlReplayedCounts(const xasctlReplayedForm *form, xasJson *j,
                          const xasReplayCounts *c, double seconds)
{
    if (form->form == xasctlJson) {
        xasJsonInt(j, "events_fed", (int64_t)c->events);
        xasJsonInt(j, "ended", (int64_t)c->ended);
        xasJsonInt(j, "identical", (int64_t)c->identical);
        xasJsonInt(j, "differing", (int64_t)c->differing);
        xasJsonText(j, "recorded", verdictOf(c));
        if (c->difference[0])
            xasJsonText(j, "difference", c->difference);
        xasJsonInt(j, "unanswered", (int64_t)c->unanswered);
        xasJsonInt(j, "unasked", (int64_t)c->unasked);
        xasJsonBool(j, "cut", c->cut);
        xasJsonBool(j, "closed", c->closed);
        xasJsonNumber(j, "span_s", spanOf(c));
        xasJsonNumber(j, "replay_s", seconds);
    } else if (form->form == xasctlText) {
        (void)printf("%" PRIu64 " events of %.1f s replayed in %.3f s (%.0f "
                     "times as fast)\n",
                     c->events, spanOf(c), seconds, spanOf(c) / seconds);
        (void)printf("%zu scans: %zu as recorded, %zu other than recorded, "
                     "%zu not compared\n",
                     c->ended, c->identical, c->differing,
                     c->ended - c->identical - c->differing);
        if (c->unanswered || c->unasked)
            (void)printf("another version of xasd: %" PRIu64 " requests were "
                         "not made when recorded, %" PRIu64 " are not made "
                         "now\n",
                         c->unanswered, c->unasked);
        if (c->difference[0])
            (void)printf("first difference: %s\n", c->difference);
    }
}
