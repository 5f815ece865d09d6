/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xasTsv.h"

static const char byteOrderMark[] = "\xef\xbb\xbf";

/** Where the reader stands in the text that it cuts up. */
typedef struct reader {
    const char *file;
    char *at;
    size_t line;
    char separator;
    xasMessage *message;
    char **field; /* of the row read last */
    size_t fields, room;
} reader;

static xasStatus readWhole(const char *file, char **out, xasMessage *message)
{
    char *text = NULL;
    size_t n = 0, room = 0, got = 1;
    FILE *f = fopen(file, "rbe");
    xasStatus status = xasOk;

    if (!f)
        return xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));
    while (status == xasOk && got) {
        char *more = NULL;

        if (n + 1 >= room) {
            room = room ? 2 * room : 65536;
            more = realloc(text, room);
            if (!more) {
                status =
                    xasFail(xasErrMemory, message, "%s: out of memory", file);
                break;
            }
            text = more;
        }
        got = fread(text + n, 1, room - n - 1, f);
        n += got;
    }
    if (status == xasOk && ferror(f))
        status = xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));
    (void)fclose(f);
    if (status == xasOk && memchr(text, '\0', n))
        status = xasFail(xasErrFormat, message, "%s: not a text", file);
    if (status != xasOk) {
        free(text);
        return status;
    }
    text[n] = '\0';
    *out = text;
    return xasOk;
}

/* Steps over comments and empty lines; false at the end. */
static int seekRow(reader *r)
{
    for (;;) {
        size_t length = strcspn(r->at, "\n");
        size_t blank = strspn(r->at, " \r");

        if (r->at[0] != '#' && blank < length)
            return 1;
        if (!r->at[length])
            return 0;
        r->at += length + 1;
        r->line++;
    }
}

static xasStatus keep(reader *r, char *field)
{
    if (r->fields == r->room) {
        size_t room = r->room ? 2 * r->room : 64;
        char **more = realloc(r->field, room * sizeof *more);

        if (!more)
            return xasFail(xasErrMemory, r->message, "%s: out of memory",
                           r->file);
        r->field = more;
        r->room = room;
    }
    r->field[r->fields++] = field;
    return xasOk;
}

/* A quoted field, unquoted in place; r->at is behind the closing quote. */
static xasStatus quoted(reader *r, char **field)
{
    size_t began = r->line;
    char *from = r->at + 1, *to = r->at;

    *field = to;
    for (; *from; from++) {
        if (*from == '"' && from[1] != '"') {
            r->at = from + 1;
            *to = '\0'; /* before from: the quotes made room */
            return xasOk;
        }
        if (*from == '"')
            from++;
        r->line += *from == '\n';
        *to++ = *from;
    }
    return xasFail(xasErrFormat, r->message, "%s:%zu: a quote does not end",
                   r->file, began);
}

static char *plain(reader *r)
{
    char *field = r->at;

    while (*r->at && *r->at != r->separator && *r->at != '\n' &&
           !(*r->at == '\r' && (r->at[1] == '\n' || !r->at[1])))
        r->at++;
    return field;
}

static void trim(char *text)
{
    size_t n = strlen(text), skip = strspn(text, " ");

    while (n > skip && text[n - 1] == ' ')
        n--;
    memmove(text, text + skip, n - skip);
    text[n - skip] = '\0';
}

/* One row into r->field. */
static xasStatus readRow(reader *r)
{
    int more = 1;

    r->fields = 0;
    while (more) {
        char *field, *end;
        int isQuoted = *r->at == '"';
        xasStatus status = xasOk;

        if (isQuoted)
            status = quoted(r, &field);
        else
            field = plain(r);
        if (status == xasOk)
            status = keep(r, field);
        if (status != xasOk)
            return status;
        end = r->at;
        if (*r->at == '\r')
            r->at++;
        more = *r->at == r->separator;
        if (!more && *r->at && *r->at != '\n')
            return xasFail(xasErrFormat, r->message,
                           "%s:%zu: text behind a closing quote", r->file,
                           r->line);
        r->line += *r->at == '\n';
        r->at += *r->at != '\0';
        if (!isQuoted) {
            *end = '\0';
            trim(field);
        }
    }
    return xasOk;
}

static xasStatus takeNames(reader *r, xasTsv *t)
{
    xasStatus status;

    if (!seekRow(r))
        return xasFail(xasErrFormat, r->message, "%s: no column names",
                       r->file);
    r->separator = memchr(r->at, '\t', strcspn(r->at, "\n")) ? '\t' : ',';
    status = readRow(r);
    if (status != xasOk)
        return status;
    t->columns = r->fields;
    t->name = calloc(t->columns, sizeof *t->name);
    if (!t->name)
        return xasFail(xasErrMemory, r->message, "%s: out of memory", r->file);
    memcpy(t->name, r->field, t->columns * sizeof *t->name);
    for (size_t i = 0; i < t->columns; i++)
        for (size_t k = 0; k < i; k++)
            if (strcmp(t->name[k], t->name[i]) == 0)
                return xasFail(xasErrFormat, r->message,
                               "%s: column \"%s\" twice", r->file, t->name[i]);
    return xasOk;
}

static xasStatus takeRow(reader *r, xasTsv *t, size_t *room)
{
    size_t line = r->line;
    xasStatus status = readRow(r);

    if (status != xasOk)
        return status;
    if (r->fields != t->columns)
        return xasFail(xasErrFormat, r->message,
                       "%s:%zu: %zu fields, but %zu column names", r->file,
                       line, r->fields, t->columns);
    if (t->rows == *room) {
        size_t wanted = *room ? 2 * *room : 64;
        char **cell = realloc(t->cell, wanted * t->columns * sizeof *cell);
        size_t *lines = NULL;

        if (cell) {
            t->cell = cell;
            lines = realloc(t->line, wanted * sizeof *lines);
        }
        if (!lines)
            return xasFail(xasErrMemory, r->message, "%s: out of memory",
                           r->file);
        t->line = lines;
        *room = wanted;
    }
    memcpy(t->cell + t->rows * t->columns, r->field,
           t->columns * sizeof *t->cell);
    t->line[t->rows++] = line;
    return xasOk;
}

xasStatus xasTsvRead(const char *file, xasTsv **out, xasMessage *message)
{
    reader r = { .file = file, .line = 1, .message = message };
    size_t room = 0;
    xasTsv *t = calloc(1, sizeof *t);
    xasStatus status;

    if (!t)
        return xasFail(xasErrMemory, message, "%s: out of memory", file);
    status = readWhole(file, &t->text, message);
    if (status == xasOk) {
        r.at = t->text;
        if (strncmp(r.at, byteOrderMark, sizeof byteOrderMark - 1) == 0)
            r.at += sizeof byteOrderMark - 1;
        status = takeNames(&r, t);
    }
    while (status == xasOk && seekRow(&r))
        status = takeRow(&r, t, &room);
    free(r.field);
    if (status == xasOk)
        *out = t;
    else
        xasTsvDestroy(t);
    return status;
}

void xasTsvDestroy(xasTsv *table)
{
    if (!table)
        return;
    free(table->name);
    free(table->cell);
    free(table->line);
    free(table->text);
    free(table);
}

xasStatus xasTsvColumn(const xasTsv *table, const char *name, size_t *column)
{
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->name[i], name) == 0) {
            *column = i;
            return xasOk;
        }
    return xasErrNotFound;
}

const char *xasTsvCell(const xasTsv *table, size_t row, size_t column)
{
    return table->cell[row * table->columns + column];
}

xasStatus xasTsvNumber(const xasTsv *table, size_t row, size_t column,
                       double *out)
{
    const char *text = xasTsvCell(table, row, column);
    char *end;
    double value;

    if (!text[0] || strcasecmp(text, "nan") == 0) {
        *out = NAN;
        return xasOk;
    }
    value = strtod(text, &end);
    if (end == text || *end || !isfinite(value))
        return xasErrFormat;
    *out = value;
    return xasOk;
}

void xasTsvWrite(FILE *file, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '\t': (void)fputs("\\t", file); break;
        case '\n': (void)fputs("\\n", file); break;
        case '\r': (void)fputs("\\r", file); break;
        case '\\': (void)fputs("\\\\", file); break;
        default: (void)fputc(*text, file);
        }
}
