/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdRescue.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasStore.h"
#include "xasXdiScan.h"

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
    char file[4096], start[XAS_TIME_SIZE], comment[XAS_UID_SIZE + 64];
    xasXdiScanOptions options = { true, NAN, start, comment };
    xasStatus status;

    xasTimeText(scan->start_ns, start);
    (void)snprintf(comment, sizeof comment, "%s, rescued by xasd, %s",
                   scan->uid,
                   scan->exit ? xasExitName(scan->exit) : "a part of it");
    nameFile(database, scan, first, file, sizeof file);
    status = xasXdiWriteScan(file, scan, &options, message);
    if (status == xasOk)
        (void)snprintf(message->text, sizeof message->text, "%.500s", file);
    return status;
}
