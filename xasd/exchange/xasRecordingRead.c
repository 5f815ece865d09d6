/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRecordingParts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct xasRecording {
    FILE *file;
    char *path;
    char *line;
    size_t size;
    unsigned long number; /* of the line */
    bool cut;             /* it ends within a line or a block */
    double *array;        /* of record.event */
    xasRecordingHead head;
    xasRecord record;
};

/* The next line without its end.  xasErrNotFound at the end; what stands
 * behind the last line end is no line. */
static xasStatus readLine(xasRecording *r, xasMessage *message)
{
    size_t n = 0;
    int c;

    while ((c = getc_unlocked(r->file)) != EOF && c != '\n' && c) {
        if (n + 1 >= r->size) {
            size_t to = r->size ? 2 * r->size : 4096;
            char *bigger =
                n < XAS_RECORDING_LINE_MAX ? realloc(r->line, to) : NULL;

            if (!bigger)
                return xasFail(n < XAS_RECORDING_LINE_MAX ? xasErrMemory
                                                          : xasErrFormat,
                               message, "%s:%lu: the line is too long", r->path,
                               r->number + 1);
            r->line = bigger;
            r->size = to;
        }
        r->line[n++] = (char)c;
    }
    if (c == EOF && ferror(r->file))
        return xasFail(xasErrIo, message, "%s: %s", r->path, strerror(errno));
    if (c == EOF) {
        r->cut = r->cut || n > 0;
        return xasErrNotFound;
    }
    r->number++;
    if (!c)
        return xasFail(xasErrFormat, message,
                       "%s:%lu: expected text, not a byte of 0", r->path,
                       r->number);
    if (!r->line && !(r->line = calloc(1, r->size = 1)))
        return xasFail(xasErrMemory, message, "%s: out of memory", r->path);
    r->line[n] = 0;
    return xasOk;
}

static bool isPassedOver(const char *line)
{
    line += strspn(line, " ");
    return !*line || *line == '#';
}

/* The next line that says something, and its first word. */
static xasStatus readWords(xasRecording *r, xasRecordingWords *w,
                           const char **first, xasMessage *message)
{
    xasStatus status;

    do
        status = readLine(r, message);
    while (status == xasOk && isPassedOver(r->line));
    if (status)
        return status;
    w->at = r->line;
    *first = xasRecordingWord(w);
    if (*first)
        return xasOk;
    return xasFail(xasErrFormat, message, "%s:%lu: expected a word", r->path,
                   r->number);
}

static xasStatus bad(const xasRecording *r, const char *expected,
                     xasMessage *message)
{
    if (!expected[0])
        return xasFail(xasErrMemory, message, "%s:%lu: out of memory", r->path,
                       r->number);
    return xasFail(xasErrFormat, message, "%s:%lu: expected %s", r->path,
                   r->number, expected);
}

/* "xasd recording 1" */
static xasStatus readVersion(xasRecording *r, xasMessage *message)
{
    xasRecordingWords w;
    const char *first;
    int64_t version;
    xasStatus status = readWords(r, &w, &first, message);

    if (status == xasErrIo || status == xasErrMemory)
        return status;
    if (status || strcmp(first, "xasd") != 0 ||
        !xasRecordingWordIs(&w, "recording") ||
        !xasRecordingGetInt(&w, &version) || !xasRecordingAtEnd(&w))
        return xasFail(xasErrFormat, message,
                       "%s: no recording of xasd: its first line is not "
                       "\"xasd recording %d\"",
                       r->path, XAS_RECORDING_VERSION);
    if (version != XAS_RECORDING_VERSION)
        return xasFail(xasErrVersion, message,
                       "%s: a recording of version %lld, and this program "
                       "reads version %d",
                       r->path, (long long)version, XAS_RECORDING_VERSION);
    return xasOk;
}

static const char *headLine(xasRecordingHead *head, const char *first,
                            xasRecordingWords *w)
{
    bool program = strcmp(first, "program") == 0;
    char *text;

    if (program || strcmp(first, "continues") == 0) {
        char *to = program ? head->program : head->continues;
        size_t size = program ? sizeof head->program : sizeof head->continues;

        if (!xasRecordingGetText(w, &text) || strlen(text) >= size)
            return "a text between quotes";
        memcpy(to, text, strlen(text) + 1);
    } else if (strcmp(first, "started") == 0) {
        if (!xasRecordingGetTime(w, &head->started_ns))
            return "a time, SECONDS.NANOSECONDS";
    } else if (strcmp(first, "rule") == 0) {
        size_t n;
        const xasField *fields = xasRecordingRuleFields(&n);
        const char *name = xasRecordingWord(w);
        const xasField *field = name ? xasFieldFind(fields, n, name) : NULL;

        if (!field)
            return "a rule that this program knows";
        if (!xasFieldGet(w, field, &head->rules))
            return "the rule's value";
    } else {
        return "program, started, continues, rule or events";
    }
    return xasRecordingAtEnd(w) ? NULL : "the line's end";
}

static xasStatus readHead(xasRecording *r, xasMessage *message)
{
    xasStatus status = readVersion(r, message);
    xasMessage why = { "" };

    xasAssemblerRulesDefaults(&r->head.rules);
    while (status == xasOk) {
        xasRecordingWords w;
        const char *first, *expected;

        status = readWords(r, &w, &first, message);
        if (status == xasErrNotFound)
            return xasFail(xasErrFormat, message,
                           "%s: cut within its head: nothing to replay",
                           r->path);
        if (status == xasOk && strcmp(first, "events") == 0)
            break;
        if (status == xasOk && (expected = headLine(&r->head, first, &w)))
            status = bad(r, expected, message);
    }
    if (status == xasOk && xasAssemblerRulesCheck(&r->head.rules, &why))
        status = xasFail(xasErrFormat, message, "%s:%lu: %.300s", r->path,
                         r->number, why.text);
    return status;
}

xasStatus xasRecordingOpen(const char *path, xasRecording **out,
                           xasMessage *message)
{
    xasRecording *r = calloc(1, sizeof *r);
    xasStatus status = xasOk;

    if (!r || !(r->path = strdup(path))) {
        free(r);
        return xasFail(xasErrMemory, message, "%s: out of memory", path);
    }
    r->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
    if (!r->file)
        status = xasFail(xasErrIo, message, "%s: %s", path, strerror(errno));
    if (status == xasOk)
        status = readHead(r, message);
    if (status)
        xasRecordingClose(r);
    else
        *out = r;
    return status;
}

static void forget(xasRecording *r)
{
    free(r->array);
    r->array = NULL;
    xasScanDestroy(r->record.scan);
    r->record.scan = NULL;
}

void xasRecordingClose(xasRecording *r)
{
    if (!r)
        return;
    forget(r);
    if (r->file && r->file != stdin)
        (void)fclose(r->file);
    free(r->line);
    free(r->path);
    free(r);
}

const xasRecordingHead *xasRecordingHeadOf(const xasRecording *r)
{
    return &r->head;
}

bool xasRecordingIsCut(const xasRecording *r)
{
    return r->cut;
}

/* The head's members over those of the scan, whose arrays stay. */
static void takeHead(xasScan *scan, const xasScan *head)
{
    size_t n;
    const xasField *fields = xasRecordingScanFields(&n);

    for (size_t i = 0; i < n; i++)
        memcpy((char *)scan + fields[i].offset,
               (const char *)head + fields[i].offset, fields[i].size);
}

static xasStatus readBlock(xasRecording *r, xasScan *scan, xasScan *head,
                           xasMessage *message)
{
    for (;;) {
        xasRecordingWords w;
        const char *first, *expected = "";
        xasStatus status = readWords(r, &w, &first, message);

        if (status == xasErrNotFound)
            r->cut = true;
        if (status)
            return status;
        if (strcmp(first, "resumed") == 0) {
            if (!xasRecordingGetTime(&w, &r->record.now_ns) ||
                !xasRecordingAtEnd(&w))
                return bad(r, "a time, SECONDS.NANOSECONDS", message);
            takeHead(scan, head);
            return xasOk;
        }
        status = xasRecordingResumeLine(&w, first, scan, head, &expected);
        if (status == xasErrFull)
            return bad(r, "no more points or events of a scan", message);
        if (status)
            return bad(r, status == xasErrFormat ? expected : "", message);
    }
}

static xasStatus readResume(xasRecording *r, xasRecordingWords *w,
                            xasMessage *message)
{
    xasScan *scan = NULL, *head = NULL;
    xasRoles roles;
    xasStatus status;

    r->record.kind = xasRecordResume;
    if (!xasRecordingGetRoles(w, &roles) || (roles & ~XAS_ROLES_CHANNELS))
        return bad(r, "the channels of a scan", message);
    status = xasScanCreate(roles, &scan);
    if (status == xasOk)
        status = xasScanCreate(0, &head);
    if (status)
        status = bad(r, "", message);
    else
        status = readBlock(r, scan, head, message);
    xasScanDestroy(head);
    if (status) {
        xasScanDestroy(scan);
        return status;
    }
    r->record.scan = scan;
    return xasOk;
}

static const char *readEvent(xasRecording *r, const char *first,
                             xasRecordingWords *w)
{
    for (int kind = 0; kind < xasRecordingKindCount; kind++)
        if (strcmp(first, xasRecordingKinds[kind]) == 0)
            return xasRecordingEventLine(w, (xasEventKind)kind,
                                         &r->record.event, &r->array);
    return "an event, get, stop, resume, begin, end or close";
}

static const char *readState(xasRecording *r, xasRecordingWords *w)
{
    const char *first = xasRecordingWord(w);

    r->record.kind = xasRecordState;
    return first ? readEvent(r, first, w) : "an event";
}

xasStatus xasRecordingNext(xasRecording *r, xasRecord **out,
                           xasMessage *message)
{
    xasRecord *record = &r->record;
    xasRecordingWords w;
    const char *first, *expected;
    xasStatus status = readWords(r, &w, &first, message);

    if (status)
        return status;
    forget(r);
    record->line = r->number;
    record->kind = xasRecordEvent;
    if (strcmp(first, "resume") == 0) {
        status = readResume(r, &w, message);
        if (status == xasOk)
            *out = record;
        return status;
    }
    if (strcmp(first, "state") == 0) {
        expected = readState(r, &w);
    } else if (strcmp(first, "get") == 0) {
        record->kind = xasRecordGet;
        expected = xasRecordingGetLine(&w, &record->get);
    } else if (strcmp(first, "stop") == 0) {
        record->kind = xasRecordStop;
        expected = xasRecordingStopLine(&w, true, record);
    } else if (strcmp(first, "close") == 0) {
        record->kind = xasRecordClose;
        expected = xasRecordingStopLine(&w, false, record);
    } else if (strcmp(first, "begin") == 0 || strcmp(first, "end") == 0) {
        record->kind = xasRecordOutcome;
        expected =
            xasRecordingOutcomeLine(&w, first[0] == 'e', &record->outcome);
    } else {
        expected = readEvent(r, first, &w);
    }
    if (expected)
        return bad(r, expected, message);
    *out = record;
    return xasOk;
}
