/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdarg.h>
#include <stdlib.h>

#include "xasSql.h"
#include "xasStoreQuery.h"

struct xasQuery {
    xasStore *store;
    sqlite3_stmt *statement;
};

xasStatus xasQueryOpen(xasStore *store, xasQuery **out, const char *sql,
                       const char *types, ...)
{
    xasQuery *q = calloc(1, sizeof *q);
    xasStatus status;
    va_list args;

    if (!q)
        return xasSqlFail(store, xasErrMemory, "out of memory");
    q->store = store;
    va_start(args, types);
    status = xasSqlPrepareList(store, &q->statement, sql, types, args);
    va_end(args);
    if (status == xasOk && !sqlite3_stmt_readonly(q->statement))
        status = xasSqlFail(store, xasErrArg, "a query must not write");
    if (status == xasOk)
        *out = q;
    else
        xasQueryClose(q);
    return status;
}

void xasQueryClose(xasQuery *query)
{
    if (!query)
        return;
    (void)sqlite3_finalize(query->statement);
    free(query);
}

xasStatus xasQueryNext(xasQuery *query)
{
    return xasSqlStep(query->store, query->statement);
}

int xasQueryColumns(const xasQuery *query)
{
    return sqlite3_column_count(query->statement);
}

const char *xasQueryName(const xasQuery *query, int column)
{
    return sqlite3_column_name(query->statement, column);
}

xasQueryType xasQueryTypeOf(const xasQuery *query, int column)
{
    switch (sqlite3_column_type(query->statement, column)) {
    case SQLITE_INTEGER: return xasQueryInt;
    case SQLITE_FLOAT: return xasQueryReal;
    case SQLITE_TEXT: return xasQueryText;
    case SQLITE_BLOB: return xasQueryBlob;
    default: return xasQueryNull;
    }
}

int64_t xasQueryIntOf(const xasQuery *query, int column)
{
    return sqlite3_column_int64(query->statement, column);
}

double xasQueryRealOf(const xasQuery *query, int column)
{
    return xasSqlDouble(query->statement, column);
}

const char *xasQueryTextOf(const xasQuery *query, int column)
{
    const unsigned char *text = sqlite3_column_text(query->statement, column);

    return text ? (const char *)text : "";
}
