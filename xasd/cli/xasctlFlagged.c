/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlFlagged.h"

#include <stdio.h>
#include <string.h>

#include "xasStoreScan.h"

enum { flagBits = 16, rangesSize = 200 };

typedef struct flagged {
    char name[32];
    size_t count;
    char points[rangesSize]; /* "3, 41-43", from 0 */
} flagged;

/* True if it was not too long. */
static bool append(char *text, size_t first, size_t last)
{
    size_t used = strlen(text);
    const char *comma = used ? ", " : "";

    if (used + 48 > rangesSize) {
        (void)snprintf(text + used, rangesSize - used, ", ...");
        return false;
    }
    if (first == last)
        (void)snprintf(text + used, rangesSize - used, "%s%zu", comma, first);
    else
        (void)snprintf(text + used, rangesSize - used, "%s%zu-%zu", comma,
                       first, last);
    return true;
}

static void look(const xasScan *scan, uint32_t flag, flagged *f)
{
    bool room = true;

    *f = (flagged){ .count = 0 };
    xasPointFlagsText(flag, f->name, sizeof f->name);
    for (size_t i = 0; i < scan->n; i++) {
        size_t first = i;

        if (!(scan->flags[i] & flag))
            continue;
        while (i + 1 < scan->n && scan->flags[i + 1] & flag)
            i++;
        f->count += i - first + 1;
        room = room && append(f->points, first, i);
    }
}

xasStatus xasctlFlaggedText(xasctl *ctl, int64_t row)
{
    char between = ctl->form == xasctlTsv ? '\t' : ' ';
    bool any = false;
    xasScan *scan = NULL;
    xasStatus status = xasStoreScanRead(ctl->store, row, &scan);

    for (int bit = 0; status == xasOk && bit < flagBits; bit++) {
        flagged f;

        look(scan, 1u << bit, &f);
        if (!f.count)
            continue;
        if (!any)
            (void)printf("\nFlagged points, counted from 0\n");
        any = true;
        (void)printf("%-13s%c%6zu%c%s\n", f.name, between, f.count, between,
                     f.points);
    }
    xasScanDestroy(scan);
    return status;
}

xasStatus xasctlFlaggedJson(xasctl *ctl, xasJson *j, int64_t row)
{
    xasScan *scan = NULL;
    xasStatus status = xasStoreScanRead(ctl->store, row, &scan);

    if (status)
        return status;
    xasJsonOpen(j, "flagged", '[');
    for (int bit = 0; bit < flagBits; bit++) {
        flagged f;

        look(scan, 1u << bit, &f);
        if (!f.count)
            continue;
        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "flag", f.name);
        xasJsonInt(j, "count", (int64_t)f.count);
        xasJsonText(j, "points", f.points);
        xasJsonClose(j);
    }
    xasJsonClose(j);
    xasScanDestroy(scan);
    return xasOk;
}
