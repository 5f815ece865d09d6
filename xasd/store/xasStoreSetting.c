/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStoreSetting.h"

#include "xasSql.h"

xasStatus xasStoreSettingPut(xasStore *store, const char *station,
                             const char *key, const char *text)
{
    xasStatus status = xasStoreBegin(store);

    if (status)
        return status;
    status = xasSqlRun(store,
                       "INSERT INTO setting (station, key, value) "
                       "VALUES (?1, ?2, ?3) ON CONFLICT (station, key) "
                       "DO UPDATE SET value = ?3",
                       "ttt", station, key, text);
    if (status == xasOk)
        return xasStoreCommit(store);
    xasStoreRollback(store);
    return status;
}

xasStatus xasStoreSettingGet(xasStore *store, const char *station,
                             const char *key, char text[XAS_SAMPLE_SIZE])
{
    sqlite3_stmt *statement;
    xasStatus status = xasSqlPrepare(store, &statement,
                                     "SELECT value FROM setting "
                                     "WHERE station = ? AND key = ?",
                                     "tt", station, key);

    text[0] = '\0';
    if (status == xasOk)
        status = xasSqlStep(store, statement);
    if (status == xasOk)
        xasSqlText(statement, 0, text, XAS_SAMPLE_SIZE);
    sqlite3_finalize(statement);
    return status == xasErrNotFound ? xasOk : status;
}
