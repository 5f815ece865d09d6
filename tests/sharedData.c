/* SPDX-License-Identifier: BSD-3-Clause */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sharedData.h"

const char *sharedPath(const char *name)
{
    static char path[1024];
    const char *root = getenv("XASD_SHARED");

    snprintf(path, sizeof path, "%s/data/%s", root ? root : "../../../shared",
             name);
    return path;
}

int sharedThere(void)
{
    FILE *f = fopen(sharedPath("edges.csv"), "r");

    if (f)
        fclose(f);
    return f != NULL;
}

/* Cut one cell off a line in place; quotes as in RFC 4180, one line each. */
static char *cutCell(char **at)
{
    char *from = *at, *to = *at, *start = *at;
    int quoted = 0;

    for (; *from && (quoted || *from != ','); from++) {
        if (*from != '"')
            *to++ = *from;
        else if (quoted && from[1] == '"')
            *to++ = *from++;
        else
            quoted = !quoted;
    }
    *at = *from ? from + 1 : NULL;
    *to = 0;
    return start;
}

static void addRow(table *t, char *line)
{
    char **row = calloc(256, sizeof *row);
    size_t n = 0;

    line[strcspn(line, "\r\n")] = 0;
    for (char *at = line; at && n < 255;)
        row[n++] = strdup(cutCell(&at));
    if (!t->rows)
        t->columns = n;
    t->cell = realloc(t->cell, (t->rows + 1) * sizeof *t->cell);
    t->cell[t->rows++] = row;
}

table *tableRead(const char *file)
{
    FILE *f = fopen(file, "r");
    table *t = calloc(1, sizeof *t);
    char *line = NULL;
    size_t size = 0;

    while (f && getline(&line, &size, f) > 0)
        addRow(t, line);
    free(line);
    if (f)
        fclose(f);
    if (f && t->rows)
        return t;
    tableDestroy(t);
    return NULL;
}

void tableDestroy(table *t)
{
    if (!t)
        return;
    for (size_t i = 0; i < t->rows; i++) {
        for (size_t j = 0; t->cell[i][j]; j++)
            free(t->cell[i][j]);
        free(t->cell[i]);
    }
    free(t->cell);
    free(t);
}

const char *tableText(const table *t, size_t row, const char *column)
{
    for (size_t j = 0; j < t->columns; j++)
        if (strcmp(t->cell[0][j], column) == 0)
            return t->cell[row][j] ? t->cell[row][j] : "";
    return "";
}

double tableNumber(const table *t, size_t row, const char *column)
{
    const char *text = tableText(t, row, column);

    return *text ? strtod(text, NULL) : NAN;
}

size_t tableFind(const table *t, const char *column, const char *text)
{
    for (size_t i = 1; i < t->rows; i++)
        if (strcmp(tableText(t, i, column), text) == 0)
            return i;
    return 0;
}

/* Which column is which, from the "# Column.N: label" lines. */
typedef struct binding {
    int energy, i0, transmitted, yield, mu;
} binding;

static void bindLine(const char *line, binding *b)
{
    int number;
    char label[64];

    if (sscanf(line, "# Column.%d: %63s", &number, label) != 2)
        return;
    if (strcmp(label, "energy") == 0)
        b->energy = number;
    else if (strcmp(label, "i0") == 0)
        b->i0 = number;
    else if (strcmp(label, "itrans") == 0)
        b->transmitted = number;
    else if (strcmp(label, "itey") == 0)
        b->yield = number;
    else if (strcmp(label, "mutrans") == 0 || strcmp(label, "normtrans") == 0)
        b->mu = number;
}

static double numberAt(const char *line, int column)
{
    char *end;
    double v = NAN;

    for (int i = 0; i < column; i++, line = end) {
        v = strtod(line, &end);
        if (end == line)
            return NAN;
    }
    return v;
}

static void addPoint(rawScan *raw, const char *line, const binding *b)
{
    size_t n = raw->n++, bytes = raw->n * sizeof(double);

    raw->energy = realloc(raw->energy, bytes);
    raw->i0 = realloc(raw->i0, bytes);
    raw->signal = realloc(raw->signal, bytes);
    raw->energy[n] = numberAt(line, b->energy);
    raw->i0[n] = raw->channels ? numberAt(line, b->i0) : NAN;
    raw->signal[n] = numberAt(line, !raw->channels   ? b->mu
                                    : b->transmitted ? b->transmitted
                                                     : b->yield);
}

int rawRead(const char *file, rawScan *out)
{
    FILE *f = fopen(file, "r");
    binding b = { 0, 0, 0, 0, 0 };
    char line[1024];

    memset(out, 0, sizeof *out);
    while (f && fgets(line, sizeof line, f)) {
        const char *at = line + strspn(line, " \t");
        if (*at == '#') {
            bindLine(at, &b);
            out->channels = b.i0 && (b.transmitted || b.yield);
            out->detection = !out->channels  ? xasDetectMu
                             : b.transmitted ? xasDetectTransmission
                                             : xasDetectYield;
        } else if (isdigit((unsigned char)*at)) {
            addPoint(out, at, &b);
        }
    }
    if (f)
        fclose(f);
    return out->n > 0;
}

void rawClear(rawScan *raw)
{
    free(raw->energy);
    free(raw->i0);
    free(raw->signal);
    memset(raw, 0, sizeof *raw);
}

xasSpectrum *rawSpectrum(const rawScan *raw)
{
    xasSpectrum *s = NULL;

    if (xasSpectrumCreate(raw->detection, raw->energy,
                          raw->channels ? raw->i0 : NULL, raw->signal, raw->n,
                          &s))
        return NULL;
    return s;
}
