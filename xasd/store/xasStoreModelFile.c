/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStoreModelFile.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "xasBlob.h"
#include "xasFeatures.h"
#include "xasSql.h"
#include "xasStoreMerge.h"

static const char format[] = "xasd model";
enum { version = 1, cell = 8 };

/* The tables of a model; the first has a row, the others any number. */
static const struct {
    const char *name, *key, *order;
} tables[] = {
    { "model", "id", "id" },
    { "model_feature", "model", "position" },
    { "model_term", "model", "fold, term" },
    { "model_sample", "model", "row" },
};
enum { nTables = sizeof tables / sizeof *tables };

static bool isScan(const char *column)
{
    return strcmp(column, "k_scan") == 0 || strcmp(column, "l_scan") == 0;
}

static bool isMerge(const char *column)
{
    return strcmp(column, "k_merge") == 0 || strcmp(column, "l_merge") == 0;
}

/* Another database numbers its scans otherwise. */
static json_t *uidOf(xasStore *store, int64_t scan)
{
    sqlite3_stmt *s;
    char uid[128] = "";

    if (xasSqlPrepare(store, &s, "SELECT uid FROM scan WHERE id = ?", "i",
                      scan) == xasOk &&
        xasSqlStep(store, s) == xasOk)
        xasSqlText(s, 0, uid, sizeof uid);
    (void)sqlite3_finalize(s);
    return uid[0] ? json_string(uid) : json_null();
}

/* And its merges: they are told by their scans. */
static json_t *uidsOf(xasStore *store, int64_t merge)
{
    sqlite3_stmt *s;
    json_t *array = json_array();
    char uid[128];
    xasStatus status =
        xasSqlPrepare(store, &s,
                      "SELECT c.uid FROM merge_scan m JOIN scan c "
                      "ON c.id = m.scan WHERE m.merge = ? "
                      "ORDER BY c.start_ns, c.id",
                      "i", merge);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        xasSqlText(s, 0, uid, sizeof uid);
        (void)json_array_append_new(array, json_string(uid));
    }
    (void)sqlite3_finalize(s);
    return array;
}

static json_t *numbersOf(sqlite3_stmt *s, int column)
{
    const unsigned char *data = sqlite3_column_blob(s, column);
    int n = sqlite3_column_bytes(s, column) / cell;
    json_t *array = json_array();

    for (int i = 0; i < n; i++) {
        double value = xasBlobDouble(data + (size_t)i * cell);

        (void)json_array_append_new(array, isfinite(value) ? json_real(value)
                                                           : json_null());
    }
    return array;
}

static json_t *cellOf(xasStore *store, sqlite3_stmt *s, int column)
{
    switch (sqlite3_column_type(s, column)) {
    case SQLITE_INTEGER:
        if (isScan(sqlite3_column_name(s, column)))
            return uidOf(store, sqlite3_column_int64(s, column));
        if (isMerge(sqlite3_column_name(s, column)))
            return uidsOf(store, sqlite3_column_int64(s, column));
        return json_integer(sqlite3_column_int64(s, column));
    case SQLITE_FLOAT: return json_real(sqlite3_column_double(s, column));
    case SQLITE_TEXT:
        return json_string((const char *)sqlite3_column_text(s, column));
    case SQLITE_BLOB: return numbersOf(s, column);
    default: return json_null();
    }
}

/* Without the column that only says whose the row is. */
static json_t *rowOf(xasStore *store, sqlite3_stmt *s, const char *key)
{
    json_t *row = json_object();

    for (int c = 0; c < sqlite3_column_count(s); c++) {
        const char *name = sqlite3_column_name(s, c);

        if (strcmp(name, key) != 0)
            (void)json_object_set_new(row, name, cellOf(store, s, c));
    }
    return row;
}

static xasStatus readTable(xasStore *store, int t, int64_t model, json_t *to)
{
    json_t *rows = json_array();
    sqlite3_stmt *s;
    char sql[128];
    xasStatus status;

    (void)snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE %s = ? ORDER BY %s",
                   tables[t].name, tables[t].key, tables[t].order);
    status = xasSqlPrepare(store, &s, sql, "i", model);
    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        (void)json_array_append_new(rows, rowOf(store, s, tables[t].key));
    (void)sqlite3_finalize(s);
    if (json_object_set_new(to, tables[t].name, rows))
        return xasErrMemory;
    return status == xasErrNotFound ? xasOk : status;
}

/* The same whatever the layout of the file. */
static xasStatus sumOf(const json_t *model,
                       char hex[SHA256_DIGEST_STRING_LENGTH])
{
    char *text = json_dumps(model, JSON_COMPACT | JSON_SORT_KEYS |
                                       JSON_REAL_PRECISION(17));

    if (!text)
        return xasErrMemory;
    (void)SHA256Data((const uint8_t *)text, strlen(text), hex);
    free(text);
    return xasOk;
}

static xasStatus readModel(xasStore *store, int64_t row, json_t *model)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    for (int t = 0; t < nTables && status == xasOk; t++)
        status = readTable(store, t, row, model);
    xasSqlReadEnd(store, began);
    if (status == xasOk && !json_array_size(json_object_get(model, "model")))
        return xasSqlFail(store, xasErrNotFound, "there is no model %lld",
                          (long long)row);
    return status;
}

xasStatus xasStoreModelExport(xasStore *store, int64_t row, FILE *out,
                              xasMessage *message)
{
    json_t *model = json_object(), *file;
    char sum[SHA256_DIGEST_STRING_LENGTH];
    xasStatus status = model ? readModel(store, row, model) : xasErrMemory;

    if (status == xasOk)
        status = sumOf(model, sum);
    if (status) {
        json_decref(model);
        return xasFail(status, message, "model %lld: %s", (long long)row,
                       xasStoreError(store));
    }
    file = json_pack("{s:s, s:i, s:s, s:o}", "format", format, "version",
                     (int)version, "sha256", sum, "model", model);
    if (!file ||
        json_dumpf(file, out, JSON_INDENT(1) | JSON_REAL_PRECISION(17)))
        status = xasFail(xasErrIo, message, "model %lld: cannot be written: %s",
                         (long long)row, strerror(errno));
    json_decref(file);
    if (status == xasOk && (fputc('\n', out) < 0 || fflush(out)))
        status = xasFail(xasErrIo, message, "model %lld: cannot be written: %s",
                         (long long)row, strerror(errno));
    return status;
}

static xasStatus bindNumbers(xasStore *store, sqlite3_stmt *s, int i,
                             const char *column, const json_t *array)
{
    size_t n = json_array_size(array);
    unsigned char *data = malloc(n * cell + 1);
    int result;

    if (!data)
        return xasErrMemory;
    for (size_t k = 0; k < n; k++) {
        const json_t *value = json_array_get(array, k);

        if (!json_is_number(value) && !json_is_null(value)) {
            free(data);
            return xasSqlFail(store, xasErrFormat, "%s: not all are numbers",
                              column);
        }
        xasBlobPutDouble(data + k * cell, json_is_number(value)
                                              ? json_number_value(value)
                                              : NAN);
    }
    result = sqlite3_bind_blob64(s, i, data, n * cell, free);
    return result == SQLITE_OK ? xasOk : xasErrMemory;
}

static xasStatus bindScan(xasStore *store, sqlite3_stmt *s, int i,
                          const char *uid)
{
    int64_t row = 0;
    xasStatus status =
        xasSqlInt(store, &row, "SELECT id FROM scan WHERE uid = ?", "t", uid);

    if (status == xasErrNotFound)
        return xasOk; /* NULL */
    return status ? status : xasSqlStatus(store, sqlite3_bind_int64(s, i, row));
}

/* The merge that this database has of these scans; NULL if it has none. */
static xasStatus bindMerge(xasStore *store, sqlite3_stmt *s, int i,
                           const json_t *uids)
{
    int64_t scan[XAS_MERGE_MAX], row = 0;
    size_t n = json_array_size(uids);
    xasStatus status = n <= XAS_MERGE_MAX ? xasOk : xasErrNotFound;

    for (size_t k = 0; k < n && status == xasOk; k++) {
        const char *uid = json_string_value(json_array_get(uids, k));

        status = xasSqlInt(store, &scan[k], "SELECT id FROM scan WHERE uid = ?",
                           "t", uid ? uid : "");
    }
    if (status == xasOk)
        status = xasStoreMergeRow(store, scan, n, &row);
    if (status == xasErrNotFound)
        return xasOk;
    return status ? status : xasSqlStatus(store, sqlite3_bind_int64(s, i, row));
}

static xasStatus bindCell(xasStore *store, sqlite3_stmt *s, int i,
                          const char *column, const json_t *value)
{
    if (json_is_null(value))
        return xasOk;
    /* A number would be a row of the database it comes from. */
    if (isScan(column))
        return json_is_string(value)
                   ? bindScan(store, s, i, json_string_value(value))
                   : xasSqlFail(store, xasErrFormat,
                                "%s: expected the uid of a scan", column);
    if (isMerge(column))
        return json_is_array(value)
                   ? bindMerge(store, s, i, value)
                   : xasSqlFail(store, xasErrFormat,
                                "%s: expected a list of the uids of scans",
                                column);
    if (json_is_string(value))
        return xasSqlStatus(store,
                            sqlite3_bind_text(s, i, json_string_value(value),
                                              -1, SQLITE_TRANSIENT));
    if (json_is_integer(value))
        return xasSqlStatus(
            store, sqlite3_bind_int64(s, i, json_integer_value(value)));
    if (json_is_real(value))
        return xasSqlStatus(store,
                            sqlite3_bind_double(s, i, json_real_value(value)));
    if (json_is_array(value))
        return bindNumbers(store, s, i, column, value);
    return xasSqlFail(store, xasErrFormat, "%s: not a value", column);
}

/* Names become SQL: only those that the table has. */
static bool isColumn(xasStore *store, const char *table, const char *name)
{
    int64_t there = 0;

    return xasSqlInt(store, &there,
                     "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?",
                     "tt", table, name) == xasOk &&
           there == 1;
}

static xasStatus insertText(xasStore *store, int t, const json_t *row,
                            char *sql, size_t size)
{
    const char *name;
    json_t *value;
    size_t used, n = 0;

    (void)snprintf(sql, size, "INSERT INTO %s (", tables[t].name);
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
    {
        if (!isColumn(store, tables[t].name, name))
            return xasSqlFail(store, xasErrVersion,
                              "%s has no column \"%.60s\": the file is of "
                              "another program",
                              tables[t].name, name);
        used = strlen(sql);
        (void)snprintf(sql + used, size - used, "%s%s", n++ ? ", " : "", name);
    }
    used = strlen(sql);
    (void)snprintf(sql + used, size - used, t ? ", %s) VALUES (" : ") VALUES (",
                   tables[t].key);
    for (size_t i = 0; i < n + (t > 0); i++) {
        used = strlen(sql);
        (void)snprintf(sql + used, size - used, i ? ", ?" : "?");
    }
    used = strlen(sql);
    (void)snprintf(sql + used, size - used, ")");
    return used + 1 < size
               ? xasOk
               : xasSqlFail(store, xasErrFormat, "too many columns");
}

static xasStatus insertRow(xasStore *store, int t, int64_t model,
                           const json_t *row)
{
    char sql[4096];
    sqlite3_stmt *s = NULL;
    const char *name;
    json_t *value;
    int i = 1;
    xasStatus status = insertText(store, t, row, sql, sizeof sql);

    if (status == xasOk)
        status = xasSqlPrepare(store, &s, sql, "");
    if (status != xasOk)
        return status;
    json_object_foreach((json_t *)(uintptr_t)row, name, value)
    {
        if (status == xasOk)
            status = bindCell(store, s, i++, name, value);
    }
    if (status == xasOk && t)
        status = xasSqlStatus(store, sqlite3_bind_int64(s, i, model));
    if (status == xasOk)
        status = xasSqlStep(store, s);
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status; /* no rows come back */
}

static xasStatus insertTable(xasStore *store, int t, const json_t *model,
                             int64_t *row)
{
    const json_t *rows = json_object_get(model, tables[t].name);
    size_t n = json_array_size(rows);
    xasStatus status = xasOk;

    if (!json_is_array(rows) || (t == 0 && n != 1))
        return xasSqlFail(store, xasErrFormat, "expected a list \"%s\"",
                          tables[t].name);
    for (size_t i = 0; i < n && status == xasOk; i++) {
        const json_t *one = json_array_get(rows, i);

        status = json_is_object(one) ? insertRow(store, t, *row, one)
                                     : xasSqlFail(store, xasErrFormat,
                                                  "\"%s\" holds what is no row",
                                                  tables[t].name);
        if (t == 0 && status == xasOk)
            *row = sqlite3_last_insert_rowid(store->db);
    }
    return status;
}

/* The head as this program knows it: name, definitions. */
static xasStatus checkHead(xasStore *store, json_t *model, const char *name)
{
    json_t *head = json_array_get(json_object_get(model, tables[0].name), 0);
    const json_t *definitions = json_object_get(head, "definitions");
    const char *own = json_string_value(json_object_get(head, "name"));
    int64_t there = 0;

    if (!own || !json_is_integer(definitions))
        return xasSqlFail(store, xasErrFormat,
                          "expected a model with name and definitions");
    if (json_integer_value(definitions) != XAS_FEATURES_VERSION)
        return xasSqlFail(store, xasErrVersion,
                          "its features are of version %lld of the "
                          "definitions, this program finds them by version %d",
                          (long long)json_integer_value(definitions),
                          XAS_FEATURES_VERSION);
    if (name && json_object_set_new(head, "name", json_string(name)))
        return xasErrMemory;
    name = name ? name : own;
    if (xasSqlInt(store, &there, "SELECT count(*) FROM model WHERE name = ?",
                  "t", name) == xasOk &&
        there)
        return xasSqlFail(store, xasErrArg,
                          "there is a model \"%.100s\" already; expected "
                          "another name",
                          name);
    return xasOk;
}

static xasStatus checkFile(xasStore *store, const json_t *file)
{
    const char *is = json_string_value(json_object_get(file, "format"));
    const char *sum = json_string_value(json_object_get(file, "sha256"));
    const json_t *model = json_object_get(file, "model");
    char found[SHA256_DIGEST_STRING_LENGTH];

    if (!is || strcmp(is, format) != 0 || !sum || !json_is_object(model))
        return xasSqlFail(store, xasErrFormat,
                          "not a model: expected format \"%s\", sha256 and "
                          "model",
                          format);
    if (json_integer_value(json_object_get(file, "version")) != version)
        return xasSqlFail(
            store, xasErrVersion,
            "version %lld of the format, this program knows %d",
            (long long)json_integer_value(json_object_get(file, "version")),
            (int)version);
    if (sumOf(model, found))
        return xasErrMemory;
    if (strcmp(found, sum) != 0)
        return xasSqlFail(store, xasErrFormat,
                          "changed since it was exported: its sha256 is "
                          "%.16s..., expected %.16s...",
                          found, sum);
    return xasOk;
}

static xasStatus insertModel(xasStore *store, const json_t *model, int64_t *row)
{
    xasModelHead head;
    xasModel *read = NULL;
    xasStatus status = xasOk;

    for (int t = 0; t < nTables && status == xasOk; t++)
        status = insertTable(store, t, model, row);
    if (status == xasOk)
        status = xasStoreModelRead(store, *row, &head, &read);
    xasModelDestroy(read);
    return status;
}

xasStatus xasStoreModelImport(xasStore *store, const char *file,
                              const char *name, int64_t *row,
                              xasMessage *message)
{
    json_error_t error;
    json_t *root;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status)
        return status;
    root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return error.line > 0 ? xasFail(xasErrFormat, message, "%s:%d: %s",
                                        file, error.line, error.text)
                              : xasFail(xasErrIo, message, "%s", error.text);
    status = checkFile(store, root);
    if (status == xasOk)
        status = checkHead(store, json_object_get(root, "model"), name);
    *row = 0;
    if (status == xasOk)
        status = insertModel(store, json_object_get(root, "model"), row);
    json_decref(root);
    return status
               ? xasFail(status, message, "%s: %s", file, xasStoreError(store))
               : xasOk;
}
