/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStoreSetting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasSql.h"

/* What is of no station: the key is join_days or no_join and a number. */
static const char general[] = "";

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

static bool same(const xasJoin *a, const xasJoin *b)
{
    if (a->days != b->days || a->nNever != b->nNever)
        return false;
    for (size_t i = 0; i < a->nNever; i++)
        if (strcmp(a->never[i], b->never[i]) != 0)
            return false;
    return true;
}

static xasStatus put(xasStore *store, const char *key, const char *value)
{
    return xasSqlRun(store,
                     "INSERT INTO setting (station, key, value) "
                     "VALUES (?, ?, ?)",
                     "ttt", general, key, value);
}

static xasStatus replaceJoin(xasStore *store, const xasJoin *join)
{
    char key[40], days[32];
    xasStatus status = xasSqlRun(store,
                                 "DELETE FROM setting WHERE station = ? AND "
                                 "(key = 'join_days' OR key LIKE 'no_join %')",
                                 "t", general);

    (void)snprintf(days, sizeof days, "%.17g", join->days);
    if (status == xasOk)
        status = put(store, "join_days", days);
    for (size_t i = 0; i < join->nNever && status == xasOk; i++) {
        (void)snprintf(key, sizeof key, "no_join %02zu", i + 1);
        status = put(store, key, join->never[i]);
    }
    return status;
}

/* *told: somebody has kept it. */
static xasStatus readJoin(xasStore *store, xasJoin *join, bool *told)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(store, &s,
                                     "SELECT key, value FROM setting WHERE "
                                     "station = ? ORDER BY key",
                                     "t", general);

    *join = (xasJoin){ .days = 0 };
    *told = false;
    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        char key[24], value[XAS_SAMPLE_SIZE];

        xasSqlText(s, 0, key, sizeof key);
        xasSqlText(s, 1, value, sizeof value);
        if (strcmp(key, "join_days") == 0) {
            join->days = strtod(value, NULL);
            *told = true;
        } else if (strncmp(key, "no_join ", 8) == 0 &&
                   join->nNever < XAS_NEVER_MAX) {
            memcpy(join->never[join->nNever++], value, sizeof value);
        }
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

xasStatus xasStoreJoinPut(xasStore *store, const xasJoin *join)
{
    xasJoin kept;
    bool told;
    xasStatus status = readJoin(store, &kept, &told);

    if (status != xasOk || (told && same(join, &kept)))
        return status;
    status = xasStoreBegin(store);
    if (status != xasOk)
        return status;
    status = replaceJoin(store, join);
    if (status == xasOk)
        return xasStoreCommit(store);
    xasStoreRollback(store);
    return status;
}

xasStatus xasStoreJoinGet(xasStore *store, xasJoin *join)
{
    xasJoin found;
    bool told;
    xasStatus status = readJoin(store, &found, &told);

    if (status != xasOk)
        return status;
    if (told)
        *join = found;
    else
        xasJoinDefaults(join);
    return xasOk;
}
