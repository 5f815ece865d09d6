/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdRescue.h"

#include <stdio.h>
#include <string.h>

#include "xasStore.h"
#include "xasXdi.h"

/* As xasctl import looks for them; mu has no channel of its own. */
static const struct {
    xasRole role;
    const char *label;
} columns[] = { { xasRoleEnergy, "energy" }, { xasRoleI0, "i0" },
                { xasRoleI1, "itrans" },     { xasRoleI2, "i2" },
                { xasRoleFluor, "ifluor" },  { xasRoleTey, "itey" } };
enum { columnCount = sizeof columns / sizeof *columns };

static void nameFile(const char *database, const xasScan *scan, size_t first,
                     char *file, size_t size)
{
    const char *slash = strrchr(database, '/');
    int folder = slash ? (int)(slash - database) + 1 : 0;

    if (first)
        (void)snprintf(file, size, "%.*s%s-from%zu.xdi", folder, database,
                       scan->uid, first);
    else
        (void)snprintf(file, size, "%.*s%s.xdi", folder, database, scan->uid);
}

xasStatus xasdRescue(const char *database, const xasScan *scan, size_t first,
                     xasMessage *message)
{
    const char *label[columnCount];
    const double *value[columnCount];
    char file[4096], start[XAS_TIME_SIZE], comment[XAS_UID_SIZE + 64];
    xasXdiHead head = { scan->element, xasShellName(scan->shell),
                        scan->formula, scan->sample,
                        start,         comment };
    size_t n = 0;
    xasStatus status;

    for (size_t i = 0; i < columnCount; i++)
        if (scan->channels >> columns[i].role & 1) {
            label[n] = columns[i].label;
            value[n++] = scan->channel[columns[i].role];
        }
    xasTimeText(scan->start_ns, start);
    (void)snprintf(comment, sizeof comment, "%s, rescued by xasd, %s",
                   scan->uid,
                   scan->exit ? xasExitName(scan->exit) : "a part of it");
    nameFile(database, scan, first, file, sizeof file);
    status = xasXdiWrite(file, &head, n, label, value, scan->n, message);
    if (status == xasOk)
        (void)snprintf(message->text, sizeof message->text, "%.500s", file);
    return status;
}
