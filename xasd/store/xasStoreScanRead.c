/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasBlob.h"
#include "xasSql.h"
#include "xasStoreScan.h"

enum { cell = 8 };

xasStatus xasStoreScanListOpen(xasStore *store, int64_t *row, size_t max,
                               size_t *n)
{
    sqlite3_stmt *s;
    size_t count = 0;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT id FROM scan WHERE state = 'open' ORDER BY id LIMIT ?", "i",
        (int64_t)max);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        if (count < max)
            row[count++] = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    if (status != xasErrNotFound)
        return status;
    *n = count;
    return xasOk;
}

static xasExit exitFromName(const char *name)
{
    for (int e = 0; e < xasExitCount; e++)
        if (strcmp(name, xasExitName((xasExit)e)) == 0)
            return (xasExit)e;
    return xasExitNone;
}

static void headOf(sqlite3_stmt *s, int64_t row, xasScan *scan)
{
    char word[32];

    scan->row = row;
    xasSqlText(s, 1, scan->uid, sizeof scan->uid);
    xasSqlText(s, 2, scan->station, sizeof scan->station);
    xasSqlText(s, 3, scan->mode, sizeof scan->mode);
    xasSqlText(s, 4, word, sizeof word);
    if (xasDetectionFromName(word, &scan->detection) != xasOk)
        scan->detection = xasDetectMu;
    xasSqlText(s, 5, scan->sample, sizeof scan->sample);
    xasSqlText(s, 6, scan->formula, sizeof scan->formula);
    xasSqlText(s, 7, scan->comment, sizeof scan->comment);
    xasSqlText(s, 8, scan->element, sizeof scan->element);
    xasSqlText(s, 9, word, sizeof word);
    scan->shell = xasShellFromName(word);
    xasSqlText(s, 10, word, sizeof word);
    scan->exit = exitFromName(word);
    xasSqlText(s, 11, scan->reason, sizeof scan->reason);
    scan->start_ns = sqlite3_column_int64(s, 12);
    scan->end_ns = sqlite3_column_int64(s, 13);
    scan->planned = sqlite3_column_int64(s, 14);
    scan->lost = sqlite3_column_int64(s, 15);
    scan->sequence = sqlite3_column_int64(s, 16);
    scan->dead_per_count = sqlite3_column_double(s, 17); /* NULL: 0 */
    xasSqlText(s, 18, word, sizeof word);
    scan->direction = word[0] == 'u' ? 1 : word[0] == 'd' ? -1 : 0;
    if (sqlite3_column_type(s, 19) != SQLITE_NULL)
        scan->lag_s = sqlite3_column_double(s, 19);
    scan->d_spacing_A = sqlite3_column_double(s, 20);
}

static xasStatus readHead(xasStore *store, int64_t row, xasScan *scan,
                          bool *open)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT c.state = 'open', c.uid, c.station, c.mode, c.detection, "
        "a.name, c.formula, c.comment, c.element, c.edge, c.exit, c.reason, "
        "c.start_ns, c.end_ns, c.planned, c.lost, c.sequence, "
        "c.dead_per_count, c.direction, c.lag_s, c.d_spacing_A "
        "FROM scan c LEFT JOIN sample a ON a.id = c.sample WHERE c.id = ?",
        "i", row);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        headOf(s, row, scan);
        *open = sqlite3_column_int(s, 0) != 0;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "there is no scan %lld",
                          (long long)row);
    return status;
}

static xasStatus readEvents(xasStore *store, int64_t row, xasScan *scan)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT stamp_ns, what, text, point FROM scan_event WHERE scan = ? "
        "ORDER BY id",
        "i", row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        char what[24], text[104];

        xasSqlText(s, 1, what, sizeof what);
        xasSqlText(s, 2, text, sizeof text);
        status =
            xasScanAddEvent(scan, sqlite3_column_int64(s, 0), what, "%s", text);
        if (status == xasOk)
            scan->event[scan->nEvents - 1].point = sqlite3_column_int64(s, 3);
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

/* A point of the journal goes where it belongs: a later chunk may carry
 * earlier points again. A new one is added as it was when the scan ran, so
 * that it marks those it superseded. */
static xasStatus placePoint(xasScan *scan, size_t index, const double *value,
                            int64_t stamp_ns, uint32_t flags)
{
    if (index == scan->n)
        return xasScanAddPoint(scan, value, stamp_ns, flags);
    scan->stamp_ns[index] = stamp_ns;
    scan->flags[index] = flags;
    for (int c = 0; c < xasChannelCount; c++)
        if (xasRolesHave(scan->channels, c))
            scan->channel[c][index] = value[c];
    return xasOk;
}

static xasStatus placeChunk(xasStore *store, sqlite3_stmt *s, xasScan *scan)
{
    int64_t first = sqlite3_column_int64(s, 0), n = sqlite3_column_int64(s, 1);
    const unsigned char *at = sqlite3_column_blob(s, 3);
    size_t width = 2;
    xasStatus status = xasOk;

    for (int c = 0; c < xasChannelCount; c++)
        width += xasRolesHave(scan->channels, c);
    if (n < 0 || first < 0 || (size_t)first > scan->n ||
        (uint64_t)sqlite3_column_bytes(s, 3) != (uint64_t)n * width * cell)
        return xasSqlFail(store, xasErrFormat,
                          "the journal of scan %lld is damaged at point %lld",
                          (long long)scan->row, (long long)first);
    for (size_t i = 0; i < (size_t)n && status == xasOk; i++) {
        double value[xasChannelCount];
        int64_t stamp_ns = xasBlobInt(at);
        uint32_t flags = (uint32_t)xasBlobInt(at + cell);

        at += (size_t)2 * cell;
        for (int c = 0; c < xasChannelCount; c++) {
            value[c] = NAN;
            if (xasRolesHave(scan->channels, c)) {
                value[c] = xasBlobDouble(at);
                at += cell;
            }
        }
        status = placePoint(scan, (size_t)first + i, value, stamp_ns, flags);
    }
    return status;
}

/* Two columns: SQLite's integers have 64 bits. */
static xasRoles rolesOf(sqlite3_stmt *s, int low, int high)
{
    return (xasRoles)(uint64_t)sqlite3_column_int64(s, high) << 64 |
           (uint64_t)sqlite3_column_int64(s, low);
}

static xasStatus readJournal(xasStore *store, int64_t row, xasScan *scan)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT first, n, roles, data, roles_high FROM journal WHERE scan = ? "
        "ORDER BY id",
        "i", row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        if (rolesOf(s, 2, 4) == scan->channels)
            status = placeChunk(store, s, scan);
        else
            status = xasSqlFail(store, xasErrFormat,
                                "the journal of scan %lld changes its channels",
                                (long long)row);
    (void)sqlite3_finalize(s);
    if (status != xasErrNotFound)
        return status;
    if (scan->n)
        scan->end_ns = scan->stamp_ns[scan->n - 1];
    return xasOk;
}

/* Arrays of a closed scan by role; stamps and flags behind the channels. */
typedef struct arrays {
    size_t n;
    xasRoles channels;
    xasRoles leftOut;
    double dark[xasChannelCount];
    unsigned char *data[xasChannelCount + 2];
} arrays;

static int arrayIndex(const char *name)
{
    xasRole role = xasRoleFromName(name);

    if (role < xasChannelCount)
        return (int)role;
    if (strcmp(name, "stamp_ns") == 0)
        return xasChannelCount;
    return strcmp(name, "flags") == 0 ? xasChannelCount + 1 : -1;
}

static xasStatus keepArray(xasStore *store, sqlite3_stmt *s, arrays *a)
{
    char name[32];
    const void *data = sqlite3_column_blob(s, 1);
    size_t size = (size_t)sqlite3_column_bytes(s, 1);
    int index;

    xasSqlText(s, 0, name, sizeof name);
    index = arrayIndex(name);
    if (index < 0)
        return xasOk; /* of a later program */
    if (size != a->n * cell)
        return xasSqlFail(store, xasErrFormat,
                          "channel %s has %zu bytes for %zu points", name, size,
                          a->n);
    a->data[index] = malloc(size + 1);
    if (!a->data[index])
        return xasSqlFail(store, xasErrMemory, "out of memory");
    if (size)
        memcpy(a->data[index], data, size);
    if (index < xasChannelCount) {
        a->channels |= xasRoleBit(index);
        a->dark[index] = sqlite3_column_double(s, 2);
        if (!sqlite3_column_int(s, 3))
            a->leftOut |= xasRoleBit(index);
    }
    return xasOk;
}

static xasStatus readArrays(xasStore *store, int64_t row, arrays *a)
{
    sqlite3_stmt *s;
    int64_t n = 0;
    xasStatus status =
        xasSqlInt(store, &n, "SELECT points FROM scan WHERE id = ?", "i", row);

    if (status != xasOk)
        return status;
    a->n = n < 0 ? 0 : (size_t)n;
    status = xasSqlPrepare(store, &s,
                           "SELECT name, data, dark, used FROM scan_channel "
                           "WHERE scan = ?",
                           "i", row);
    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        status = keepArray(store, s, a);
    (void)sqlite3_finalize(s);
    if (status != xasErrNotFound)
        return status;
    if (!a->data[xasChannelCount] || !a->data[xasChannelCount + 1])
        return xasSqlFail(store, xasErrFormat,
                          "scan %lld lacks its stamps or flags",
                          (long long)row);
    return xasOk;
}

/* Flags come back as they were: a point added as invalid does not mark those
 * it has superseded a second time. */
static xasStatus addPoints(const arrays *a, xasScan *scan)
{
    xasStatus status = xasOk;

    memcpy(scan->dark, a->dark, sizeof scan->dark);
    scan->leftOut = a->leftOut;
    for (size_t i = 0; i < a->n && status == xasOk; i++) {
        double value[xasChannelCount];

        for (int c = 0; c < xasChannelCount; c++)
            value[c] = a->data[c] ? xasBlobDouble(a->data[c] + i * cell) : NAN;
        status = xasScanAddPoint(
            scan, value, xasBlobInt(a->data[xasChannelCount] + i * cell),
            xasPointInvalid);
        if (status == xasOk)
            scan->flags[i] =
                (uint32_t)xasBlobInt(a->data[xasChannelCount + 1] + i * cell);
    }
    return status;
}

/* Channels of a running scan; none if it was killed before its first points. */
static xasStatus journalRoles(xasStore *store, int64_t row, xasRoles *roles)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT roles, roles_high FROM journal WHERE scan = ? LIMIT 1", "i",
        row);

    *roles = 0;
    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        *roles = rolesOf(s, 0, 1);
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

/* Of a running scan its channels hold the offsets alone. */
static xasStatus readOffsets(xasStore *store, int64_t row, xasScan *scan)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT name, dark FROM scan_channel WHERE scan = ? AND dark <> 0", "i",
        row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        char name[32];
        xasRole role;

        xasSqlText(s, 0, name, sizeof name);
        role = xasRoleFromName(name);
        if (role < xasChannelCount)
            scan->dark[role] = sqlite3_column_double(s, 1);
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

static xasStatus create(xasStore *store, int64_t row, xasScan **scan, arrays *a)
{
    xasRoles roles = 0;
    int64_t open = 0;
    xasStatus status = xasSqlInt(
        store, &open, "SELECT state = 'open' FROM scan WHERE id = ?", "i", row);

    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "there is no scan %lld",
                          (long long)row);
    if (status == xasOk && open) {
        status = journalRoles(store, row, &roles);
    } else if (status == xasOk) {
        status = readArrays(store, row, a);
        roles = a->channels;
    }
    return status == xasOk ? xasScanCreate(roles, scan) : status;
}

static xasStatus readScan(xasStore *store, int64_t row, xasScan **out)
{
    arrays a = { 0 };
    xasScan *scan = NULL;
    bool open = false;
    xasStatus status = create(store, row, &scan, &a);

    if (status == xasOk)
        status = readHead(store, row, scan, &open);
    if (status == xasOk)
        status = readEvents(store, row, scan);
    if (status == xasOk && open)
        status = readOffsets(store, row, scan);
    if (status == xasOk)
        status = open ? readJournal(store, row, scan) : addPoints(&a, scan);
    for (int c = 0; c < xasChannelCount + 2; c++)
        free(a.data[c]);
    if (status == xasOk)
        *out = scan;
    else
        xasScanDestroy(scan);
    return status;
}

/* As it is at one moment: a running scan may be closed by its daemon between
 * two of our statements. */
xasStatus xasStoreScanRead(xasStore *store, int64_t row, xasScan **out)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readScan(store, row, out);
    xasSqlReadEnd(store, began);
    return status;
}
