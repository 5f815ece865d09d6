/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "xasSql.h"

xasStatus xasSqlStatus(xasStore *store, int result)
{
    switch (result & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE: return xasOk;
    default: break;
    }
    (void)snprintf(store->error.text, sizeof store->error.text, "%s",
                   store->db ? sqlite3_errmsg(store->db)
                             : sqlite3_errstr(result));
    switch (result & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return xasErrBusy;
    case SQLITE_NOMEM: return xasErrMemory;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT: return xasErrFormat;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
    case SQLITE_RANGE: return xasErrArg;
    case SQLITE_ERROR:
    case SQLITE_MISUSE: return xasErrState;
    default: return xasErrIo;
    }
}

xasStatus xasSqlFail(xasStore *store, xasStatus status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(store->error.text, sizeof store->error.text, format, args);
    va_end(args);
    return status;
}

xasStatus xasSqlNeedTransaction(xasStore *store)
{
    if (!sqlite3_get_autocommit(store->db))
        return xasOk;
    return xasSqlFail(store, xasErrState, "no transaction has been begun");
}

xasStatus xasSqlReadBegin(xasStore *store, bool *began)
{
    xasStatus status = xasOk;

    *began = sqlite3_get_autocommit(store->db) != 0;
    if (*began)
        status = xasSqlStatus(
            store, sqlite3_exec(store->db, "BEGIN", NULL, NULL, NULL));
    *began = *began && status == xasOk;
    return status;
}

void xasSqlReadEnd(xasStore *store, bool began)
{
    xasMessage why = store->error;

    if (began)
        (void)sqlite3_exec(store->db, "COMMIT", NULL, NULL, NULL);
    store->error = why;
}

static int bindText(sqlite3_stmt *s, int column, const char *text, char type)
{
    if (!text || (type == 'T' && !text[0]))
        return sqlite3_bind_null(s, column);
    return sqlite3_bind_text(s, column, text, -1, SQLITE_TRANSIENT);
}

static int bindBlob(sqlite3_stmt *s, int column, const void *data, size_t size)
{
    if (!size)
        return sqlite3_bind_zeroblob(s, column, 0);
    return sqlite3_bind_blob64(s, column, data, size, SQLITE_STATIC);
}

static int bindAll(sqlite3_stmt *s, const char *types, va_list args)
{
    int result = SQLITE_OK;

    for (int i = 1; *types && result == SQLITE_OK; i++, types++) {
        int64_t number;

        switch (*types) {
        case 'i':
        case 'I':
            number = va_arg(args, int64_t);
            result = *types == 'I' && number == 0
                         ? sqlite3_bind_null(s, i)
                         : sqlite3_bind_int64(s, i, number);
            break;
        case 'd':
            result = sqlite3_bind_double(s, i, va_arg(args, double));
            break;
        case 't':
        case 'T': /* the type is read again inside */
            result = bindText(s, i, va_arg(args, const char *), *types);
            break;
        case 'b': {
            const void *data = va_arg(args, const void *);

            result = bindBlob(s, i, data, va_arg(args, size_t));
            break;
        }
        default: result = SQLITE_MISUSE;
        }
    }
    return result;
}

xasStatus xasSqlPrepareList(xasStore *store, sqlite3_stmt **out,
                            const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *s = NULL;
    int result = sqlite3_prepare_v2(store->db, sql, -1, &s, NULL);

    if (result == SQLITE_OK)
        result = bindAll(s, types, args);
    if (result != SQLITE_OK) {
        xasStatus status = xasSqlStatus(store, result);

        (void)sqlite3_finalize(s);
        *out = NULL;
        return status;
    }
    *out = s;
    return xasOk;
}

xasStatus xasSqlPrepare(xasStore *store, sqlite3_stmt **out, const char *sql,
                        const char *types, ...)
{
    xasStatus status;
    va_list args;

    va_start(args, types);
    status = xasSqlPrepareList(store, out, sql, types, args);
    va_end(args);
    return status;
}

xasStatus xasSqlStep(xasStore *store, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    return result == SQLITE_DONE ? xasErrNotFound : xasSqlStatus(store, result);
}

xasStatus xasSqlRun(xasStore *store, const char *sql, const char *types, ...)
{
    sqlite3_stmt *s;
    xasStatus status;
    va_list args;

    va_start(args, types);
    status = xasSqlPrepareList(store, &s, sql, types, args);
    va_end(args);
    while (status == xasOk)
        status = xasSqlStep(store, s);
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

xasStatus xasSqlInt(xasStore *store, int64_t *out, const char *sql,
                    const char *types, ...)
{
    sqlite3_stmt *s;
    xasStatus status;
    va_list args;

    va_start(args, types);
    status = xasSqlPrepareList(store, &s, sql, types, args);
    va_end(args);
    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk && sqlite3_column_type(s, 0) == SQLITE_NULL)
        status = xasErrNotFound;
    if (status == xasOk)
        *out = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    return status;
}

void xasSqlText(sqlite3_stmt *statement, int column, char *out, size_t size)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    (void)snprintf(out, size, "%s", text ? (const char *)text : "");
}

double xasSqlDouble(sqlite3_stmt *statement, int column)
{
    if (sqlite3_column_type(statement, column) == SQLITE_NULL)
        return NAN;
    return sqlite3_column_double(statement, column);
}
