/* SPDX-License-Identifier: BSD-3-Clause */
/* Lists: a table for people, an array of objects, or lines with tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasTsv.h"
#include "xasctl.h"

/** All cells as texts, since widths are known only at the end. */
typedef struct table {
    int columns;
    size_t rows, room;
    char **cell; /* [rows*columns] */
    int *width;  /* [columns] */
    bool *right; /* [columns] numbers */
} table;

int xasctlWidth(const char *text)
{
    int width = 0;

    for (; *text; text++)
        width += (*text & 0xc0) != 0x80;
    return width;
}

static bool keep(table *t, char *text, int column)
{
    size_t at = (t->rows * (size_t)t->columns) + (size_t)column;

    if (at >= t->room) {
        size_t room = t->room ? 2 * t->room : 256;
        char **more = realloc(t->cell, room * sizeof *more);

        if (!more)
            return false;
        t->cell = more;
        t->room = room;
    }
    t->cell[at] = text;
    if (!text)
        return false;
    if (xasctlWidth(text) > t->width[column])
        t->width[column] = xasctlWidth(text);
    return true;
}

static char *textOf(const xasQuery *q, int column)
{
    char number[40];

    switch (xasQueryTypeOf(q, column)) {
    case xasQueryNull: return strdup("-");
    case xasQueryReal:
        (void)snprintf(number, sizeof number, "%.6g",
                       xasQueryRealOf(q, column));
        return strdup(number);
    case xasQueryInt:
    case xasQueryText:
    case xasQueryBlob: break;
    }
    return strdup(xasQueryTextOf(q, column));
}

static bool keepRow(table *t, const xasQuery *q)
{
    for (int i = 0; i < t->columns; i++) {
        xasQueryType type = xasQueryTypeOf(q, i);

        if (!keep(t, textOf(q, i), i))
            return false;
        t->right[i] |= type == xasQueryInt || type == xasQueryReal;
    }
    t->rows++;
    return true;
}

static void printCell(const table *t, const char *text, int column)
{
    int blank = t->width[column] - xasctlWidth(text);

    if (column)
        (void)fputs("  ", stdout);
    if (t->right[column])
        (void)printf("%*s%s", blank, "", text);
    else if (column + 1 < t->columns)
        (void)printf("%s%*s", text, blank, "");
    else
        (void)fputs(text, stdout);
}

static void printTable(const table *t, const xasQuery *q)
{
    for (int i = 0; i < t->columns; i++)
        printCell(t, xasQueryName(q, i), i);
    (void)fputc('\n', stdout);
    for (size_t r = 0; r < t->rows; r++) {
        for (int i = 0; i < t->columns; i++)
            printCell(t, t->cell[r * (size_t)t->columns + (size_t)i], i);
        (void)fputc('\n', stdout);
    }
}

static void freeTable(table *t)
{
    for (size_t i = 0; i < t->rows * (size_t)t->columns; i++)
        free(t->cell[i]);
    free(t->cell);
    free(t->width);
    free(t->right);
}

static xasStatus listText(xasQuery *q, const char *empty)
{
    table t = { .columns = xasQueryColumns(q) };
    xasStatus status;

    t.width = calloc((size_t)t.columns, sizeof *t.width);
    t.right = calloc((size_t)t.columns, sizeof *t.right);
    status = t.width && t.right ? xasOk : xasErrMemory;
    for (int i = 0; status == xasOk && i < t.columns; i++)
        t.width[i] = xasctlWidth(xasQueryName(q, i));
    while (status == xasOk && (status = xasQueryNext(q)) == xasOk)
        if (!keepRow(&t, q))
            status = xasErrMemory;
    if (status == xasErrNotFound && t.rows)
        printTable(&t, q);
    else if (status == xasErrNotFound && empty)
        (void)fprintf(stderr, "%s\n", empty);
    freeTable(&t);
    return status;
}

static xasStatus listTsv(xasQuery *q)
{
    int columns = xasQueryColumns(q);
    xasStatus status;

    for (int i = 0; i < columns; i++)
        (void)printf("%s%s", i ? "\t" : "", xasQueryName(q, i));
    (void)fputc('\n', stdout);
    while ((status = xasQueryNext(q)) == xasOk) {
        for (int i = 0; i < columns; i++) {
            char number[40];

            if (i)
                (void)fputc('\t', stdout);
            if (xasQueryTypeOf(q, i) == xasQueryReal) {
                xasJsonDigits(xasQueryRealOf(q, i), number, sizeof number);
                (void)fputs(number, stdout);
            } else {
                xasTsvWrite(stdout, xasQueryTextOf(q, i));
            }
        }
        (void)fputc('\n', stdout);
    }
    return status;
}

int64_t xasctlKnown(xasctl *ctl, const char *uid)
{
    xasQuery *q;
    int64_t row = 0;

    if (xasQueryOpen(ctl->store, &q, "SELECT id FROM scan WHERE uid = ?", "t",
                     uid) != xasOk)
        return 0;
    if (xasQueryNext(q) == xasOk)
        row = xasQueryIntOf(q, 0);
    xasQueryClose(q);
    return row;
}

void xasctlPutCell(xasJson *j, const xasQuery *q, int column)
{
    const char *name = xasQueryName(q, column);

    switch (xasQueryTypeOf(q, column)) {
    case xasQueryNull: xasJsonNull(j, name); break;
    case xasQueryInt: xasJsonInt(j, name, xasQueryIntOf(q, column)); break;
    case xasQueryReal: xasJsonNumber(j, name, xasQueryRealOf(q, column)); break;
    case xasQueryText:
    case xasQueryBlob: xasJsonText(j, name, xasQueryTextOf(q, column)); break;
    }
}

static xasStatus listJson(xasQuery *q)
{
    xasJson j;
    xasStatus status;

    xasJsonInit(&j, stdout);
    xasJsonOpen(&j, NULL, '[');
    while ((status = xasQueryNext(q)) == xasOk) {
        xasJsonOpen(&j, NULL, '{');
        for (int i = 0; i < xasQueryColumns(q); i++)
            xasctlPutCell(&j, q, i);
        xasJsonClose(&j);
    }
    xasJsonClose(&j);
    return status;
}

int xasctlTable(xasctl *ctl, xasQuery *query, const char *empty)
{
    xasStatus status = xasErrArg;

    switch (ctl->form) {
    case xasctlText: status = listText(query, empty); break;
    case xasctlTsv: status = listTsv(query); break;
    case xasctlJson: status = listJson(query); break;
    }
    xasQueryClose(query);
    if (status == xasErrMemory)
        return xasctlFail("out of memory");
    return status == xasErrNotFound ? xasctlDone : xasctlStoreFail(ctl);
}
