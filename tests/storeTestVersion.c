/* SPDX-License-Identifier: BSD-3-Clause */
/* A database of schema version 1, made by its SQL alone with a scan that was
 * closed and one cut short in its journal, is migrated with nothing lost; and
 * what only version 2 can hold comes back as it went in. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "storeTestScan.h"
#include "xasBlob.h"
#include "xasSql.h"
#include "xasStoreScan.h"

static char folder[] = "/tmp/storeTestVersionXXXXXX";
static char path[80];

static void run(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        testAbort("%s: %s", why, sql);
}

static void blob(sqlite3 *db, const char *sql, const unsigned char *data,
                 size_t size)
{
    sqlite3_stmt *s;

    if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK ||
        sqlite3_bind_blob(s, 1, data, (int)size, SQLITE_STATIC) != SQLITE_OK ||
        sqlite3_step(s) != SQLITE_DONE)
        testAbort("%s: %s", sqlite3_errmsg(db), sql);
    (void)sqlite3_finalize(s);
}

/* Point i of both scans; channels energy, i0, i1. */
static double at(size_t i, int channel)
{
    return channel == 0 ? 7000 + (double)i
                        : 1e6 / (double)(channel * 3 + (int)i);
}

static void closedScan(sqlite3 *db)
{
    static const char *const names[] = { "energy", "i0", "i1" };
    unsigned char data[20 * 8];
    char sql[200];

    run(db,
        "INSERT INTO sample VALUES (1, 'batch 7', 'FeCl3', '2026-01-01');"
        "INSERT INTO scan VALUES (1, 'BL5S1-old', 'BL5S1', 'step', "
        "'transmission', 1, 'FeCl3', 'kept', 'Fe', 'K', 'closed', 'complete', "
        "'done', '2026-01-01T00:00:00Z', '2026-01-01T00:00:20Z', 1000, 21000, "
        "20, 20, 1e-7, 20, 1, 2, 0, 'live');"
        "INSERT INTO scan_event VALUES (1, 1, 1000, 0, 'start', 'active');"
        "INSERT INTO feature VALUES (1, 'wl_e', 7124.5, 0.1);"
        "INSERT INTO prediction (scan, sample, made, made_ns, state, reason, "
        "hf, code) VALUES (1, 1, 'then', 5, 'valid', '', -399.5, '0.1');"
        "INSERT INTO setting VALUES ('BL5S1', 'sample', 'batch 7')");
    for (int c = 0; c < 3; c++) {
        for (size_t i = 0; i < 20; i++)
            xasBlobPutDouble(data + i * 8, at(i, c));
        (void)snprintf(sql, sizeof sql,
                       "INSERT INTO scan_channel VALUES (1, '%s', '', 'f64', "
                       "?)",
                       names[c]);
        blob(db, sql, data, sizeof data);
    }
    for (size_t i = 0; i < 20; i++)
        xasBlobPutInt(data + i * 8, 1000 + (int64_t)i * 1000);
    blob(db, "INSERT INTO scan_channel VALUES (1, 'stamp_ns', 'ns', 'i64', ?)",
         data, sizeof data);
    for (size_t i = 0; i < 20; i++)
        xasBlobPutInt(data + i * 8, i == 4 ? xasPointLate : 0);
    blob(db, "INSERT INTO scan_channel VALUES (1, 'flags', '', 'i64', ?)", data,
         sizeof data);
}

static void openScan(sqlite3 *db)
{
    unsigned char data[10 * 5 * 8], *to = data;

    run(db,
        "INSERT INTO scan (id, uid, station, mode, detection, state, started, "
        "start_ns, points, planned, sequence, source) VALUES (2, 'BL5S1-open', "
        "'BL5S1', 'step', 'transmission', 'open', '2026-01-02T00:00:00Z', "
        "50000, 10, 30, 10, 'live');"
        "INSERT INTO scan_event VALUES (2, 2, 50000, 0, 'start', 'active')");
    for (size_t i = 0; i < 10; i++) {
        xasBlobPutInt(to, 50000 + (int64_t)i);
        xasBlobPutInt(to + 8, i == 2 ? xasPointInvalid : 0);
        for (int c = 0; c < 3; c++)
            xasBlobPutDouble(to + 16 + c * 8, at(i, c));
        to += (size_t)5 * 8;
    }
    blob(db,
         "INSERT INTO journal (scan, first, n, roles, data) "
         "VALUES (2, 0, 10, 7, ?)",
         data, sizeof data);
}

static void makeOld(void)
{
    sqlite3 *db;

    if (sqlite3_open(path, &db) != SQLITE_OK)
        testAbort("%s", path);
    run(db, "PRAGMA foreign_keys = ON");
    run(db, xasSchema);
    run(db, "PRAGMA application_id = 0x58415344; PRAGMA user_version = 1");
    closedScan(db);
    openScan(db);
    (void)sqlite3_close(db);
}

static bool sameReadings(const xasScan *scan, size_t n)
{
    for (int c = 0; c < 3; c++)
        for (size_t i = 0; i < n; i++)
            if (scan->channel[c][i] != at(i, c))
                return false;
    return scan->n >= n;
}

static bool nothingNew(const xasScan *scan)
{
    for (int c = 0; c < xasChannelCount; c++)
        if (scan->dark[c] != 0)
            return false;
    return scan->direction == 0 && isnan(scan->lag_s) &&
           scan->d_spacing_A == 0 && !scan->leftOut;
}

static int64_t number(xasStore *store, const char *sql)
{
    int64_t n = -1;

    return xasSqlInt(store, &n, sql, "") == xasOk ? n : -1;
}

static void oldScans(xasStore *store)
{
    xasScan *closed = NULL, *open = NULL;
    int64_t rows[4];
    size_t n = 0;

    testOk1(number(store, "PRAGMA user_version") == XAS_SCHEMA_VERSION);
    if (xasStoreScanRead(store, 1, &closed) ||
        xasStoreScanRead(store, 2, &open))
        testAbort("%s", xasStoreError(store));
    testOk(closed->n == 20 && sameReadings(closed, 20) && nothingNew(closed) &&
               closed->flags[4] == xasPointLate && closed->nEvents == 1 &&
               closed->exit == xasExitComplete && closed->lost == 2 &&
               closed->stamp_ns[19] == 20000,
           "the closed scan");
    testOk1(xasStoreScanListOpen(store, rows, 4, &n) == xasOk && n == 1 &&
            rows[0] == 2);
    testOk(open->n == 10 && sameReadings(open, 10) && nothingNew(open) &&
               open->flags[2] == xasPointInvalid && open->sequence == 10 &&
               open->planned == 30 && open->exit == xasExitNone,
           "the open scan, from its journal");
    testOk1(number(store, "SELECT count(*) FROM history WHERE scan = 1 AND "
                          "mode = 'step' AND direction IS NULL AND lag_s IS "
                          "NULL AND wl_e = 7124.5 AND hf = -399.5 AND sample = "
                          "'batch 7'") == 1);
    testOk1(number(store, "SELECT count(*) FROM setting") == 1 &&
            number(store, "SELECT count(*) FROM prediction") == 1);
    xasScanDestroy(closed);
    xasScanDestroy(open);
}

/* The cut scan goes on under the new program, and ends. */
static void goOn(xasStore *store)
{
    xasScan *open = NULL, *slice = NULL, *back = NULL;
    double value[xasChannelCount] = { 0 };

    if (xasStoreScanRead(store, 2, &open))
        testAbort("%s", xasStoreError(store));
    for (int c = 0; c < 3; c++)
        value[c] = at(10, c);
    if (xasScanAddPoint(open, value, 60000, 0) ||
        xasScanSlice(open, 10, 1, &slice) || xasStoreBegin(store))
        testAbort("no transaction");
    testOk1(xasStoreScanJournal(store, 2, slice, 10) == xasOk &&
            xasStoreCommit(store) == xasOk);
    xasScanDestroy(slice);
    xasScanDestroy(open);
    if (xasStoreScanRead(store, 2, &open))
        testAbort("%s", xasStoreError(store));
    testOk1(open->n == 11 && sameReadings(open, 11));
    open->exit = xasExitInterrupted;
    testOk1(testScanClose(store, open) == xasOk &&
            number(store, "SELECT count(*) FROM journal") == 0);
    testOk1(xasStoreScanRead(store, 2, &back) == xasOk &&
            testScanEqual(open, back));
    xasScanDestroy(open);
    xasScanDestroy(back);
}

enum { elements = 19, points = 400 };

/* A detector of 19 elements, an angle, offsets. */
static xasScan *makeElements(void)
{
    xasRoles roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                     xasRoleBit(xasRoleFluor) | xasRoleBit(xasRoleAngle);
    xasScan *scan = NULL;

    for (int k = 0; k < elements; k++)
        roles |= xasRoleBit(xasRoleRoi + k) | xasRoleBit(xasRoleIcr + k) |
                 xasRoleBit(xasRoleOcr + k);
    if (xasScanCreate(roles, &scan))
        testAbort("no memory");
    (void)snprintf(scan->uid, sizeof scan->uid, "BL-elements");
    (void)snprintf(scan->station, sizeof scan->station, "BL");
    (void)snprintf(scan->mode, sizeof scan->mode, "continuous");
    scan->detection = xasDetectFluorescence;
    scan->direction = -1;
    scan->lag_s = 0.0125;
    scan->d_spacing_A = 3.1356;
    scan->start_ns = scan->end_ns = 1000;
    scan->dark[xasRoleI0] = 12.5;
    scan->dark[xasRoleRoi + 18] = -3;
    for (size_t i = 0; i < points; i++) {
        double value[xasChannelCount];

        for (int c = 0; c < xasChannelCount; c++) /* counts, as a detector's */
            value[c] = (double)((i * 7919 + (size_t)c * 104729) % 100003);
        value[xasRoleEnergy] = 7500 - (double)i;
        if (xasScanAddPoint(scan, value, 1000 + (int64_t)i, 0))
            testAbort("no memory");
    }
    return scan;
}

static void journalElements(xasStore *store, xasScan *scan)
{
    xasScan *back = NULL;

    if (xasStoreBegin(store) || xasStoreScanOpen(store, scan))
        testAbort("%s", xasStoreError(store));
    for (size_t first = 0; first < points; first += 25) {
        xasScan *slice = NULL;

        if (xasScanSlice(scan, first, 25, &slice) ||
            xasStoreScanJournal(store, scan->row, slice, first))
            testAbort("%s", xasStoreError(store));
        xasScanDestroy(slice);
    }
    if (xasStoreCommit(store))
        testAbort("%s", xasStoreError(store));
    scan->end_ns = 1000 + points - 1;
    testOk(number(store, "SELECT min(roles_high) > 0 FROM journal") == 1,
           "channels beyond the 64th");
    testOk(xasStoreScanRead(store, scan->row, &back) == xasOk &&
               testScanEqual(scan, back),
           "61 channels and two offsets through the journal");
    xasScanDestroy(back);
}

static long long sizeOf(const char *file)
{
    struct stat s;

    return stat(file, &s) == 0 ? (long long)s.st_size : 0;
}

static void newScan(xasStore *store)
{
    xasScan *scan = makeElements(), *back = NULL;
    long long before;

    journalElements(store, scan);
    (void)number(store, "PRAGMA wal_checkpoint(TRUNCATE)");
    before = sizeOf(path);
    scan->leftOut = xasRoleBit(xasRoleRoi + 3) | xasRoleBit(xasRoleIcr + 3) |
                    xasRoleBit(xasRoleOcr + 3);
    scan->exit = xasExitComplete;
    testOk1(testScanClose(store, scan) == xasOk);
    testOk(xasStoreScanRead(store, scan->row, &back) == xasOk &&
               testScanEqual(scan, back),
           "and closed, with offsets and an element left out");
    testOk1(number(store, "SELECT count(*) FROM history WHERE mode = "
                          "'continuous' AND direction = 'down' AND lag_s = "
                          "0.0125") == 1);
    testOk1(number(store, "SELECT count(*) FROM scan_channel WHERE used = 0 "
                          "AND name IN ('fluor4', 'icr4', 'ocr4')") == 3);
    /* 4 + 57 channels, stamps and flags: 63 x 400 x 8 = 201,600 bytes; its
     * journal needed as much and is free for the next scan. */
    testDiag("a scan of %d points and %d elements: %lld bytes of arrays; the "
             "file was %lld bytes with its journal",
             points, elements,
             (long long)number(store, "SELECT sum(length(data)) FROM "
                                      "scan_channel WHERE scan > 2"),
             before);
    (void)number(store, "PRAGMA wal_checkpoint(TRUNCATE)");
    testDiag("and is %lld closed", sizeOf(path));
    xasScanDestroy(scan);
    xasScanDestroy(back);
}

/* A backup comes before an upgrade: of the old schema, and as it is. */
static void copyOld(void)
{
    xasStore *store = NULL;
    xasMessage message = { "" };
    char copy[sizeof path + 8];

    (void)snprintf(copy, sizeof copy, "%s.copy", path);
    if (xasStoreOpen(path, xasStoreAnyVersion, 250, &store, &message))
        testAbort("%s", message.text);
    testOk(xasStoreBackup(store, copy, &message) == xasOk, "copied %s",
           message.text);
    xasStoreClose(store);
    if (xasStoreOpen(copy, xasStoreAnyVersion, 250, &store, &message))
        testAbort("%s", message.text);
    testOk(number(store, "PRAGMA user_version") == 1, "as it is");
    xasStoreClose(store);
    (void)unlink(copy);
}

MAIN(storeTestVersion)
{
    xasStore *store = NULL;
    xasMessage message = { "" };

    testPlan(16 + 5);
    if (!mkdtemp(folder))
        testAbort("%s", folder);
    (void)snprintf(path, sizeof path, "%s/t.db", folder);
    makeOld();
    testOk(xasStoreOpen(path, xasStoreReadOnly, 250, &store, &message) ==
                   xasErrVersion &&
               strstr(message.text, "older schema"),
           "%s", message.text);
    copyOld();
    if (xasStoreOpen(path, xasStoreCreate, 250, &store, &message))
        testAbort("%s", message.text);
    oldScans(store);
    goOn(store);
    xasStoreClose(store);
    testOk(xasStoreOpen(path, xasStoreExisting, 250, &store, &message) == xasOk,
           "opened again: no second migration");
    newScan(store);
    testOk1(number(store, "PRAGMA foreign_key_check") == -1);
    xasStoreClose(store);
    (void)unlink(path);
    (void)rmdir(folder);
    return testDone();
}
