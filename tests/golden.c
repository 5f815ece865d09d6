/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "golden.h"
#include "sharedData.h"

char *goldenFile(const char *name)
{
    FILE *f = fopen(sharedPath(name), "rb");
    char *text = NULL;
    long size;

    if (!f)
        return NULL;
    if (!fseek(f, 0, SEEK_END) && (size = ftell(f)) >= 0 &&
        !fseek(f, 0, SEEK_SET) && (text = calloc((size_t)size + 1, 1)) &&
        fread(text, 1, (size_t)size, f) != (size_t)size) {
        free(text);
        text = NULL;
    }
    fclose(f);
    return text;
}

/* Columns before the features: id, compound, element, er_K, er_L3, er_L2, dHf
 */
enum { leading = 7, mostColumns = 100, mostRows = 200 };

static size_t split(char *line, char **field)
{
    size_t n = 0;

    line[strcspn(line, "\r\n")] = '\0';
    while (line && n < mostColumns)
        field[n++] = strsep(&line, ",");
    return n;
}

static double number(const char *text)
{
    char *end;
    double value = strtod(text, &end);

    return end == text ? NAN : value;
}

static void readRow(char **field, xasTable *t, const char **id,
                    const char **compound, double *x, double *y, double *er)
{
    id[t->n] = field[0];
    compound[t->n] = field[1];
    for (size_t k = 0; k < xasErCount; k++)
        er[t->n * xasErCount + k] = number(field[3 + k]);
    y[t->n] = number(field[6]);
    for (size_t j = 0; j < t->p; j++)
        x[t->n * t->p + j] = number(field[leading + j]);
    t->n++;
}

int goldenTableRead(const char *name, goldenTable *out)
{
    char *text = goldenFile(name), *rest = text, *line;
    char *field[mostColumns];
    const char **id = calloc(mostRows, sizeof *id);
    const char **compound = calloc(mostRows, sizeof *compound);
    const char **column = calloc(mostColumns, sizeof *column);
    double *x = calloc(mostRows * mostColumns, sizeof *x);
    double *y = calloc(mostRows, sizeof *y);
    double *er = calloc(mostRows * xasErCount, sizeof *er);
    xasTable *t = &out->table;
    size_t fields = text ? split(strsep(&rest, "\n"), field) : 0;

    *t = (xasTable){ 0,      fields > leading ? fields - leading : 0,
                     id,     compound,
                     column, x,
                     y,      er };
    out->text = text;
    for (size_t j = 0; j < t->p; j++)
        column[j] = field[leading + j];
    while (t->p && (line = strsep(&rest, "\n")) && *line && t->n < mostRows)
        if (split(line, field) == fields)
            readRow(field, t, id, compound, x, y, er);
    if (t->n)
        return 1;
    goldenTableClear(out);
    return 0;
}

void goldenTableClear(goldenTable *g)
{
    free((void *)g->table.id);
    free((void *)g->table.compound);
    free((void *)g->table.column);
    free((void *)g->table.x);
    free((void *)g->table.y);
    free((void *)g->table.er_eV);
    free(g->text);
}

static const char *space(const char *p)
{
    return p + strspn(p, " \t\r\n");
}

static const char *endOfText(const char *p)
{
    for (p++; *p && *p != '"'; p++)
        if (*p == '\\' && p[1])
            p++;
    return *p ? p + 1 : p;
}

/* Behind a value: brackets are counted, texts stepped over. */
static const char *endOf(const char *p)
{
    int depth = 0;

    do {
        if (*p == '"') {
            p = endOfText(p);
            continue;
        }
        depth += *p == '{' || *p == '[';
        depth -= *p == '}' || *p == ']';
        p++;
    } while (*p && (depth > 0 || !strchr(",]} \t\r\n", *p)));
    return p;
}

const char *jsonMember(const char *p, const char *key)
{
    if (!p || *p != '{')
        return NULL;
    for (p = space(p + 1); *p == '"'; p = space(p)) {
        int found = jsonIsText(p, key);

        p = space(endOfText(p));
        p = space(*p == ':' ? p + 1 : p);
        if (found)
            return p;
        p = space(endOf(p));
        p += *p == ',';
    }
    return NULL;
}

const char *jsonElement(const char *p, size_t index)
{
    if (!p || *p != '[')
        return NULL;
    for (p = space(p + 1); *p && *p != ']'; p = space(p)) {
        if (!index--)
            return p;
        p = space(endOf(p));
        p += *p == ',';
    }
    return NULL;
}

double jsonNumber(const char *object, const char *key)
{
    const char *value = jsonMember(object, key);

    return value ? number(value) : NAN;
}

int jsonIsText(const char *value, const char *text)
{
    size_t n = strlen(text);

    return value && *value == '"' && strncmp(value + 1, text, n) == 0 &&
           value[n + 1] == '"';
}
