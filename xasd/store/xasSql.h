/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SQL_H
#define XAS_SQL_H

/* Inside the store only: SQLite behind xasStatus. */

#include <sqlite3.h>
#include <stdarg.h>
#include <stddef.h>

#include "xasStore.h"

struct xasStore {
    sqlite3 *db;
    char *path;
    int busy_ms;
    int64_t reopened; /* times */
    xasMessage error;
};

/** schema.sql, schema2.sql, ...: made by build.mk. */
extern const char xasSchema[], xasSchema2[], xasSchema3[];

/** \brief Add to the connection: formula_of(given, sample, element) what is
 * known of a sample's formula, reference_of(the same) its tabulated enthalpy
 * per formula unit; molar_mass(formula) in g/mol and metal_atoms(formula).
 * NULL for unknown. */
xasStatus xasSqlFunctions(xasStore *store);

/** \brief Our status of an SQLite result; keeps SQLite's words in the handle.
 * xasOk for SQLITE_OK, SQLITE_ROW and SQLITE_DONE. */
xasStatus xasSqlStatus(xasStore *store, int result);

/** \brief Keep a text as the handle's last failure; hands the status on. */
xasStatus xasSqlFail(xasStore *store, xasStatus status, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));

/** \brief xasErrState unless the caller has begun a transaction. */
xasStatus xasSqlNeedTransaction(xasStore *store);

/** \brief See one state of the database over several statements, whoever
 * writes meanwhile; nothing to do inside a transaction.
 * \param[out] began  for xasSqlReadEnd() */
xasStatus xasSqlReadBegin(xasStore *store, bool *began);
/** \brief Keeps the text of a failure that came before. */
void xasSqlReadEnd(xasStore *store, bool began);

/** \brief Prepare and bind.  One letter of `types` per `?`:
 *
 * i int64_t; I the same, 0 is NULL; d double, NaN is NULL; t text, NULL is
 * NULL; T the same, "" is NULL; b blob: const void *, size_t, kept until the
 * statement ends. On failure *out is NULL. */
xasStatus xasSqlPrepare(xasStore *store, sqlite3_stmt **out, const char *sql,
                        const char *types, ...);

xasStatus xasSqlPrepareList(xasStore *store, sqlite3_stmt **out,
                            const char *sql, const char *types, va_list args);

/** \brief Next row: xasOk, xasErrNotFound at the end, or a failure. */
xasStatus xasSqlStep(xasStore *store, sqlite3_stmt *statement);

/** \brief Prepare, bind, run to its end. */
xasStatus xasSqlRun(xasStore *store, const char *sql, const char *types, ...);

/** \brief First column of the first row; xasErrNotFound without one or NULL. */
xasStatus xasSqlInt(xasStore *store, int64_t *out, const char *sql,
                    const char *types, ...);

/** \brief Column as text into a buffer, "" for NULL; cut to fit. */
void xasSqlText(sqlite3_stmt *statement, int column, char *out, size_t size);

/** \brief Column as double, NaN for NULL. */
double xasSqlDouble(sqlite3_stmt *statement, int column);

/** \brief Features into arrays [xasFeatureCount]; those of other names are
 * passed over, those that are not there stay as they are.
 * \param sql  name, value, error of one `?`: the row */
xasStatus xasSqlFeatures(xasStore *store, const char *sql, int64_t row,
                         double *value, double *error);

#endif
