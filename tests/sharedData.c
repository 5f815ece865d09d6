/* SPDX-License-Identifier: BSD-3-Clause */
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
