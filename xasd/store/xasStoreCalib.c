/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStoreCalib.h"

#include <string.h>

#include "xasSql.h"

#define COLUMNS                                                                \
    "b.state, b.method, b.shift_eV, b.error_eV, b.foil, b.foil_edge, "         \
    "b.foil_eV, b.measured_eV, b.derivative_eV, b.derivative_error_eV, "       \
    "b.least_squares_eV, b.least_squares_error_eV, b.foil_scan, b.age_s, "     \
    "b.reason"
enum { afterColumns = 15 };

/* Foils of a station that were measured with a scan of their own. */
#define FOILS                                                                  \
    "FROM calibration b JOIN scan c ON c.id = b.scan "                         \
    "WHERE b.foil_scan = b.scan AND b.state IN ('foil', 'transferred') "       \
    "AND c.rejected = 0 AND c.station = ?1 AND c.start_ns <= ?2 "

xasStatus xasStoreCalibration(xasStore *store, int64_t scan,
                              const xasCalibration *c)
{
    bool own = c->age_s == 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    return xasSqlRun(
        store,
        "INSERT OR REPLACE INTO calibration (scan, state, method, shift_eV, "
        "error_eV, foil, foil_edge, foil_eV, measured_eV, derivative_eV, "
        "derivative_error_eV, least_squares_eV, least_squares_error_eV, "
        "foil_scan, age_s, reason) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "ittddTTddddddIdt", scan, xasCalibStateName(c->state),
        xasCalibMethodName(c->method), c->shift_eV, c->error_eV, c->foil,
        xasShellName(c->shell), c->foil_eV, c->measured_eV,
        c->derivative.shift_eV, c->derivative.error_eV,
        c->leastSquares.shift_eV, c->leastSquares.error_eV,
        own ? scan : c->scan, c->age_s, c->reason);
}

static xasStatus take(xasStore *store, sqlite3_stmt *s, xasCalibration *out)
{
    xasCalibration c;
    char word[24];

    xasCalibClear(&c);
    xasSqlText(s, 0, word, sizeof word);
    c.state = xasCalibStateFromName(word);
    if (c.state == xasCalibStateCount)
        return xasSqlFail(store, xasErrFormat,
                          "unknown state '%s' of a calibration", word);
    xasSqlText(s, 1, word, sizeof word);
    if (strcmp(word, xasCalibMethodName(xasCalibLeastSquares)) == 0)
        c.method = xasCalibLeastSquares;
    c.shift_eV = xasSqlDouble(s, 2);
    c.error_eV = xasSqlDouble(s, 3);
    xasSqlText(s, 4, c.foil, sizeof c.foil);
    xasSqlText(s, 5, word, sizeof word);
    c.shell = xasShellFromName(word);
    c.foil_eV = xasSqlDouble(s, 6);
    c.measured_eV = xasSqlDouble(s, 7);
    c.derivative.shift_eV = xasSqlDouble(s, 8);
    c.derivative.error_eV = xasSqlDouble(s, 9);
    c.leastSquares.shift_eV = xasSqlDouble(s, 10);
    c.leastSquares.error_eV = xasSqlDouble(s, 11);
    c.scan = sqlite3_column_int64(s, 12);
    c.age_s = xasSqlDouble(s, 13);
    xasSqlText(s, 14, c.reason, sizeof c.reason);
    *out = c;
    return xasOk;
}

xasStatus xasStoreCalibrationRead(xasStore *store, int64_t scan,
                                  xasCalibration *out)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s, "SELECT " COLUMNS " FROM calibration b WHERE b.scan = ?",
        "i", scan);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        status = take(store, s, out);
    (void)sqlite3_finalize(s);
    return status;
}

xasStatus xasStoreFoilLast(xasStore *store, const xasFoilQuery *query,
                           xasCalibration *out, int64_t *start_ns)
{
    /* 0 is any age: SQLite compares integers, so in ns. */
    int64_t oldest = query->max_age_s > 0
                         ? query->before_ns - (int64_t)(query->max_age_s * 1e9)
                         : INT64_MIN;
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT " COLUMNS ", c.start_ns " FOILS
        "ORDER BY b.foil = ?3 AND b.foil_edge = ?4 AND c.start_ns >= ?5 DESC, "
        "c.start_ns DESC, c.id DESC LIMIT 1",
        "titti", query->station, query->before_ns, query->foil,
        xasShellName(query->shell), oldest);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        status = take(store, s, out);
    if (status == xasOk)
        *start_ns = sqlite3_column_int64(s, afterColumns);
    (void)sqlite3_finalize(s);
    return status;
}

xasStatus xasStoreFoilFirst(xasStore *store, const xasFoilQuery *query,
                            xasCalibration *out)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(store, &s,
                                     "SELECT " COLUMNS " " FOILS
                                     "AND b.foil = ?3 AND b.foil_edge = ?4 "
                                     "ORDER BY c.start_ns, c.id LIMIT 1",
                                     "titt", query->station, query->before_ns,
                                     query->foil, xasShellName(query->shell));

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        status = take(store, s, out);
    (void)sqlite3_finalize(s);
    return status;
}
