/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdlib.h>

#include "xasSql.h"
#include "xasStoreModel.h"

/* More repeats of one sample say little that is new. */
enum { mostOfRow = 4 };

static const char sql[] =
    "SELECT s.row, c.id FROM model_sample s LEFT JOIN merge_scan m "
    "ON m.merge = iif(?1 = 'K', s.k_merge, s.l_merge) AND m.used "
    "JOIN scan c ON c.id = coalesce(m.scan, iif(?1 = 'K', s.k_scan, s.l_scan)) "
    "WHERE s.model = ?2 AND c.state = 'closed' "
    "ORDER BY s.row, c.start_ns, c.id";

static xasStatus append(xasModelScan **list, size_t *n, size_t *capacity,
                        const xasModelScan *one)
{
    if (*n >= mostOfRow && (*list)[*n - mostOfRow].row == one->row)
        return xasOk;
    if (*n == *capacity) {
        size_t more = *capacity ? 2 * *capacity : 64;
        xasModelScan *grown = realloc(*list, more * sizeof *grown);

        if (!grown)
            return xasErrMemory;
        *list = grown;
        *capacity = more;
    }
    (*list)[(*n)++] = *one;
    return xasOk;
}

xasStatus xasStoreModelScans(xasStore *store, int64_t model, xasShell shell,
                             xasModelScan **out, size_t *n)
{
    sqlite3_stmt *s;
    xasModelScan *list = NULL;
    size_t count = 0, capacity = 0;
    xasStatus status =
        xasSqlPrepare(store, &s, sql, "ti", xasShellName(shell), model);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        xasModelScan one = { (size_t)sqlite3_column_int64(s, 0),
                             sqlite3_column_int64(s, 1) };

        status = append(&list, &count, &capacity, &one);
    }
    (void)sqlite3_finalize(s);
    if (status != xasErrNotFound) {
        free(list);
        return status;
    }
    *out = list;
    *n = count;
    return xasOk;
}
