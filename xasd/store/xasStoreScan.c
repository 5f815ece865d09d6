/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasBlob.h"
#include "xasSql.h"
#include "xasStoreScan.h"

enum { cell = 8 };

/* The sample's row, made on its first scan; 0 without a name. */
static xasStatus sampleRow(xasStore *store, const xasScan *scan, int64_t *row)
{
    char now[XAS_TIME_SIZE];
    xasStatus status;

    *row = 0;
    if (!scan->sample[0])
        return xasOk;
    xasTimeText(xasTimeNow(), now);
    status = xasSqlRun(store,
                       "INSERT INTO sample (name, formula, created) "
                       "VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE "
                       "SET formula = ?2 WHERE ?2 IS NOT NULL "
                       "AND formula IS NOT ?2",
                       "tTt", scan->sample, scan->formula, now);
    if (status == xasOk)
        status = xasSqlInt(store, row, "SELECT id FROM sample WHERE name = ?",
                           "t", scan->sample);
    return status;
}

static const char *directionName(int direction)
{
    return direction > 0 ? "up" : direction < 0 ? "down" : "";
}

/* All of the head that can change while a scan runs. */
static xasStatus writeHead(xasStore *store, int64_t row, const xasScan *scan,
                           int64_t points, int64_t flagged)
{
    char started[XAS_TIME_SIZE];
    int64_t sample = 0;
    xasStatus status = sampleRow(store, scan, &sample);

    if (status != xasOk)
        return status;
    xasTimeText(scan->start_ns, started);
    return xasSqlRun(
        store,
        "UPDATE scan SET sample = ?, formula = ?, comment = ?, element = ?, "
        "edge = ?, reason = ?, started = ?, start_ns = ?, points = ?, "
        "planned = ?, dead_per_count = ?, sequence = ?, flagged = ?, "
        "lost = ?, direction = ?, lag_s = ?, d_spacing_A = ? WHERE id = ?",
        "ITtTTttiiIdiiiTddi", sample, scan->formula, scan->comment,
        scan->element, xasShellName(scan->shell), scan->reason, started,
        scan->start_ns, points, scan->planned,
        scan->dead_per_count > 0 ? scan->dead_per_count : NAN, scan->sequence,
        flagged, scan->lost, directionName(scan->direction), scan->lag_s,
        scan->d_spacing_A > 0 ? scan->d_spacing_A : NAN, row);
}

/* A new row with what never changes; writeHead() gives the rest. */
static xasStatus insertHead(xasStore *store, const xasScan *scan, int64_t *row)
{
    char started[XAS_TIME_SIZE];
    xasStatus status;

    if (!scan->uid[0] || !scan->station[0])
        return xasSqlFail(store, xasErrArg, "a scan without uid or station");
    xasTimeText(scan->start_ns, started);
    status =
        xasSqlRun(store,
                  "INSERT INTO scan (uid, station, mode, detection, "
                  "state, started, start_ns, source) "
                  "VALUES (?, ?, ?, ?, 'open', ?, ?, 'live')",
                  "ttttti", scan->uid, scan->station, scan->mode,
                  xasDetectionName(scan->detection), started, scan->start_ns);
    if (status == xasOk)
        *row = sqlite3_last_insert_rowid(store->db);
    return status;
}

static xasStatus writeChannel(xasStore *store, int64_t row, const char *name,
                              const char *unit, const char *type,
                              const unsigned char *data, size_t n)
{
    return xasSqlRun(store,
                     "INSERT OR REPLACE INTO scan_channel "
                     "(scan, name, unit, type, data) VALUES (?, ?, ?, ?, ?)",
                     "itttb", row, name, unit, type, (const void *)data,
                     n * cell);
}

static xasStatus writeUse(xasStore *store, int64_t row, const xasScan *scan,
                          int channel)
{
    bool used = !xasRolesHave(scan->leftOut, channel);

    if (used && scan->dark[channel] == 0)
        return xasOk;
    return xasSqlRun(store,
                     "UPDATE scan_channel SET dark = ?, used = ? "
                     "WHERE scan = ? AND name = ?",
                     "diit", scan->dark[channel], (int64_t)used, row,
                     xasRoleName((xasRole)channel));
}

static const char *unitOf(const xasScan *scan, int channel)
{
    if (channel == xasRoleEnergy)
        return "eV";
    if (channel == xasRoleAngle)
        return "deg";
    if (channel >= xasRoleIcr)
        return "1/s";
    return scan->detection == xasDetectMu ? "mu" : "";
}

/* Offsets are a scan's from its start: who resumes it may know others. */
static xasStatus writeOffsets(xasStore *store, int64_t row, const xasScan *scan)
{
    const unsigned char none = 0;
    xasStatus status = xasOk;

    for (int c = 0; c < xasChannelCount && status == xasOk; c++) {
        if (!xasRolesHave(scan->channels, c) || scan->dark[c] == 0)
            continue;
        status = writeChannel(store, row, xasRoleName((xasRole)c),
                              unitOf(scan, c), "f64", &none, 0);
        if (status == xasOk)
            status = writeUse(store, row, scan, c);
    }
    return status;
}

xasStatus xasStoreScanOpen(xasStore *store, xasScan *scan)
{
    int64_t row = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = insertHead(store, scan, &row);
    if (status == xasOk)
        status = writeHead(store, row, scan, (int64_t)scan->n,
                           (int64_t)xasScanFlagged(scan));
    if (status == xasOk)
        status = writeOffsets(store, row, scan);
    if (status == xasOk)
        scan->row = row;
    return status;
}

/* Events are only ever appended: store those that are not there yet. */
static xasStatus writeEvents(xasStore *store, int64_t row, const xasScan *scan)
{
    int64_t have = 0;
    xasStatus status =
        xasSqlInt(store, &have,
                  "SELECT count(*) FROM scan_event WHERE scan = ?", "i", row);

    for (size_t i = (size_t)have; status == xasOk && i < scan->nEvents; i++) {
        const xasScanEvent *e = &scan->event[i];

        status =
            xasSqlRun(store,
                      "INSERT INTO scan_event "
                      "(scan, stamp_ns, point, what, text) "
                      "VALUES (?, ?, ?, ?, ?)",
                      "iiitt", row, e->stamp_ns, e->point, e->what, e->text);
    }
    return status;
}

/* Rows of stamp, flags and the channels of the bit set, in order of role. */
static unsigned char *packRows(const xasScan *scan, size_t *size)
{
    size_t width = 2;
    unsigned char *data, *at;

    for (int c = 0; c < xasChannelCount; c++)
        width += xasRolesHave(scan->channels, c);
    *size = scan->n * width * cell;
    data = malloc(*size ? *size : 1);
    if (!data)
        return NULL;
    at = data;
    for (size_t i = 0; i < scan->n; i++) {
        xasBlobPutInt(at, scan->stamp_ns[i]);
        xasBlobPutInt(at + cell, (int64_t)scan->flags[i]);
        at += (size_t)2 * cell;
        for (int c = 0; c < xasChannelCount; c++)
            if (xasRolesHave(scan->channels, c)) {
                xasBlobPutDouble(at, scan->channel[c][i]);
                at += cell;
            }
    }
    return data;
}

static xasStatus writeChunk(xasStore *store, int64_t row, const xasScan *slice,
                            size_t first)
{
    size_t size;
    unsigned char *data = packRows(slice, &size);
    xasStatus status;

    if (!data)
        return xasSqlFail(store, xasErrMemory, "out of memory");
    status = xasSqlRun(store,
                       "INSERT INTO journal "
                       "(scan, first, n, roles, roles_high, data) "
                       "VALUES (?, ?, ?, ?, ?, ?)",
                       "iiiiib", row, (int64_t)first, (int64_t)slice->n,
                       (int64_t)(uint64_t)slice->channels,
                       (int64_t)(uint64_t)(slice->channels >> 64),
                       (const void *)data, size);
    free(data);
    return status;
}

xasStatus xasStoreScanJournal(xasStore *store, int64_t row,
                              const xasScan *slice, size_t first)
{
    int64_t flagged = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = xasSqlInt(store, &flagged,
                           "SELECT flagged FROM scan WHERE id = ?", "i", row);
    if (status == xasOk && slice->n)
        status = writeChunk(store, row, slice, first);
    if (status == xasOk)
        status = writeHead(store, row, slice, (int64_t)(first + slice->n),
                           flagged + (int64_t)xasScanFlagged(slice));
    if (status == xasOk)
        status = writeEvents(store, row, slice);
    return status;
}

static xasStatus writeArrays(xasStore *store, int64_t row, const xasScan *scan)
{
    unsigned char *data = malloc(scan->n * cell + 1);
    xasStatus status = xasOk;

    if (!data)
        return xasSqlFail(store, xasErrMemory, "out of memory");
    for (int c = 0; c < xasChannelCount && status == xasOk; c++) {
        if (!xasRolesHave(scan->channels, c))
            continue;
        for (size_t i = 0; i < scan->n; i++)
            xasBlobPutDouble(data + i * cell, scan->channel[c][i]);
        status = writeChannel(store, row, xasRoleName((xasRole)c),
                              unitOf(scan, c), "f64", data, scan->n);
        if (status == xasOk)
            status = writeUse(store, row, scan, c);
    }
    for (size_t i = 0; i < scan->n; i++)
        xasBlobPutInt(data + i * cell, scan->stamp_ns[i]);
    if (status == xasOk)
        status =
            writeChannel(store, row, "stamp_ns", "ns", "i64", data, scan->n);
    for (size_t i = 0; i < scan->n; i++)
        xasBlobPutInt(data + i * cell, (int64_t)scan->flags[i]);
    if (status == xasOk)
        status = writeChannel(store, row, "flags", "", "i64", data, scan->n);
    free(data);
    return status;
}

/* The row to close.  A transaction that was rolled back may have taken the row
 * with it, and its number may be another scan's by now: the uid decides. */
static xasStatus rowToClose(xasStore *store, const xasScan *scan, int64_t *row)
{
    sqlite3_stmt *s;
    bool closed = false;
    xasStatus status = xasSqlPrepare(
        store, &s, "SELECT id, state FROM scan WHERE uid = ?", "t", scan->uid);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        char state[8];

        *row = sqlite3_column_int64(s, 0);
        xasSqlText(s, 1, state, sizeof state);
        closed = strcmp(state, "closed") == 0;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return insertHead(store, scan, row);
    if (status == xasOk && closed && scan->row != *row)
        return xasSqlFail(store, xasErrArg, "scan %s is stored already (%lld)",
                          scan->uid, (long long)*row);
    return status;
}

xasStatus xasStoreScanClose(xasStore *store, xasScan *scan, const char *source)
{
    char ended[XAS_TIME_SIZE];
    int64_t row = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    if (scan->exit == xasExitNone)
        return xasSqlFail(store, xasErrArg, "scan %s is still running",
                          scan->uid);
    status = rowToClose(store, scan, &row);
    if (status == xasOk)
        status = writeHead(store, row, scan, (int64_t)scan->n,
                           (int64_t)xasScanFlagged(scan));
    if (status == xasOk)
        status = writeEvents(store, row, scan);
    if (status == xasOk)
        status = writeArrays(store, row, scan);
    xasTimeText(scan->end_ns, ended);
    if (status == xasOk)
        status = xasSqlRun(store,
                           "UPDATE scan SET state = 'closed', exit = ?, "
                           "ended = ?, end_ns = ?, source = ? WHERE id = ?",
                           "ttiti", xasExitName(scan->exit), ended,
                           scan->end_ns, source ? source : "live", row);
    if (status == xasOk)
        status =
            xasSqlRun(store, "DELETE FROM journal WHERE scan = ?", "i", row);
    if (status == xasOk)
        scan->row = row;
    return status;
}

xasStatus xasStoreScanReject(xasStore *store, int64_t row, bool rejected)
{
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = xasSqlRun(store, "UPDATE scan SET rejected = ? WHERE id = ?",
                           "ii", (int64_t)rejected, row);
    if (status == xasOk && sqlite3_changes(store->db) == 0)
        return xasSqlFail(store, xasErrNotFound, "there is no scan %lld",
                          (long long)row);
    return status;
}

xasStatus xasStoreScanRejected(xasStore *store, int64_t row, bool *rejected)
{
    int64_t flag = 0;
    xasStatus status = xasSqlInt(
        store, &flag, "SELECT rejected FROM scan WHERE id = ?", "i", row);

    *rejected = flag != 0;
    return status;
}

xasStatus xasStoreScanFormula(xasStore *store, int64_t row, const char *formula)
{
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = xasSqlRun(store, "UPDATE scan SET formula = ? WHERE id = ?",
                           "ti", formula, row);
    if (status == xasOk)
        status = xasSqlRun(store,
                           "UPDATE sample SET formula = ? WHERE id = "
                           "(SELECT sample FROM scan WHERE id = ?)",
                           "ti", formula, row);
    return status;
}
