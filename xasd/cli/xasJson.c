/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasJson.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    levels = sizeof(((xasJson *)0)->level) / sizeof(((xasJson *)0)->level[0])
};

/* Bytes of the UTF-8 character at p, 0 if there is none. */
static int characterSize(const unsigned char *p)
{
    static const unsigned least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
    unsigned code;
    int size;

    if (p[0] < 0x80)
        return 1;
    size = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    code = p[0] & (0x7fU >> size);
    for (int i = 1; i < size; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (p[i] & 0x3fU);
    }
    if (code < least[size] || code > 0x10ffff ||
        (code >= 0xd800 && code < 0xe000))
        return 0;
    return size;
}

static void writeText(FILE *file, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;

    (void)fputc('"', file);
    while (*p) {
        int size = characterSize(p);

        if (*p == '"' || *p == '\\')
            (void)fprintf(file, "\\%c", *p);
        else if (*p == '\n')
            (void)fputs("\\n", file);
        else if (*p == '\t')
            (void)fputs("\\t", file);
        else if (*p < 0x20 || *p == 0x7f)
            (void)fprintf(file, "\\u%04x", *p);
        else if (size)
            (void)fwrite(p, 1, (size_t)size, file);
        else
            (void)fputs("\xef\xbf\xbd", file);
        p += size ? size : 1;
    }
    (void)fputc('"', file);
}

static void newLine(const xasJson *j)
{
    (void)fputc('\n', j->file);
    for (int i = 0; i < j->depth; i++)
        (void)fputc(' ', j->file);
}

/* What stands before a value: comma, line end, key. */
static void lead(xasJson *j, const char *key, bool holds)
{
    if (j->depth) {
        bool object = j->level[j->depth - 1].closing == '}';

        assert(object == (key != NULL));
        if (j->level[j->depth - 1].any)
            (void)fputc(',', j->file);
        if (object || holds)
            newLine(j);
        else if (j->level[j->depth - 1].any)
            (void)fputc(' ', j->file);
        j->level[j->depth - 1].any = true;
        j->level[j->depth - 1].lines |= object || holds;
    }
    if (key) {
        writeText(j->file, key);
        (void)fputs(": ", j->file);
    }
}

void xasJsonInit(xasJson *j, FILE *file)
{
    memset(j, 0, sizeof *j);
    j->file = file;
}

void xasJsonOpen(xasJson *j, const char *key, char bracket)
{
    assert(j->depth < levels && (bracket == '{' || bracket == '['));
    lead(j, key, true);
    (void)fputc(bracket, j->file);
    j->level[j->depth].closing = bracket == '{' ? '}' : ']';
    j->level[j->depth].any = j->level[j->depth].lines = false;
    j->depth++;
}

void xasJsonClose(xasJson *j)
{
    assert(j->depth > 0);
    j->depth--;
    if (j->level[j->depth].lines)
        newLine(j);
    (void)fputc(j->level[j->depth].closing, j->file);
    if (!j->depth)
        (void)fputc('\n', j->file);
}

void xasJsonText(xasJson *j, const char *key, const char *text)
{
    if (!text) {
        xasJsonNull(j, key);
        return;
    }
    lead(j, key, false);
    writeText(j->file, text);
}

void xasJsonDigits(double value, char *out, size_t size)
{
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(out, size, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
}

void xasJsonNumber(xasJson *j, const char *key, double value)
{
    char text[40];

    if (!isfinite(value)) {
        xasJsonNull(j, key);
        return;
    }
    xasJsonDigits(value, text, sizeof text);
    lead(j, key, false);
    (void)fputs(text, j->file);
}

void xasJsonInt(xasJson *j, const char *key, int64_t value)
{
    lead(j, key, false);
    (void)fprintf(j->file, "%lld", (long long)value);
}

void xasJsonBool(xasJson *j, const char *key, bool value)
{
    lead(j, key, false);
    (void)fputs(value ? "true" : "false", j->file);
}

void xasJsonNull(xasJson *j, const char *key)
{
    lead(j, key, false);
    (void)fputs("null", j->file);
}
