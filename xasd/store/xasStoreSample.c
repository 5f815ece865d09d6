/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSql.h"
#include "xasStoreScan.h"

static const double dayNs = 86400e9;

/* What to look for, and where to put it. */
typedef struct wanted {
    int64_t scan, sample, start_ns;
    char element[4], edge[4];
    bool wholeName;
} wanted;

static xasStatus readWanted(xasStore *store, int64_t row, wanted *w)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT c.sample, c.start_ns, c.element, c.edge, "
        "NOT EXISTS (SELECT 1 FROM scan_event e WHERE e.scan = c.id "
        "AND e.what = 'cut' AND e.text LIKE 'sample %') "
        "FROM scan c WHERE c.id = ?", /* which may still run */
        "i", row);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        w->scan = row;
        w->sample = sqlite3_column_int64(s, 0);
        w->start_ns = sqlite3_column_int64(s, 1);
        xasSqlText(s, 2, w->element, sizeof w->element);
        xasSqlText(s, 3, w->edge, sizeof w->edge);
        w->wholeName = sqlite3_column_int(s, 4) != 0;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "there is no scan %lld",
                          (long long)row);
    return status;
}

static xasStatus newest(xasStore *store, sqlite3_stmt *s, int64_t *row,
                        char *detection, size_t size)
{
    xasStatus status = xasSqlStep(store, s);

    if (status == xasOk) {
        *row = sqlite3_column_int64(s, 0);
        xasSqlText(s, 1, detection, size);
    }
    return status == xasErrNotFound ? xasOk : status;
}

/* Only the scan itself, if it is good and of this edge. */
static xasStatus itself(xasStore *store, const wanted *w, const char *edge,
                        int64_t *row, char *detection, size_t size)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT scan, detection FROM good_scan WHERE scan = ? AND edge = ?",
        "it", w->scan, edge);

    if (status == xasOk)
        status = newest(store, s, row, detection, size);
    (void)sqlite3_finalize(s);
    return status;
}

static xasStatus ofSample(xasStore *store, const wanted *w, const char *edge,
                          double days, int64_t *row, char *detection,
                          size_t size)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT scan, detection FROM good_scan "
        "WHERE sample = ? AND edge = ? AND element = ? AND whole_name "
        "AND (?4 <= 0 OR abs(start_ns - ?5) <= ?4) "
        "ORDER BY low_quality, start_ns DESC, scan DESC LIMIT 1",
        "ittdi", w->sample, edge, w->element, days * dayNs, w->start_ns);

    if (status == xasOk)
        status = newest(store, s, row, detection, size);
    (void)sqlite3_finalize(s);
    return status;
}

static xasStatus formulaOf(xasStore *store, int64_t sample,
                           char formula[XAS_SAMPLE_SIZE])
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s, "SELECT formula FROM sample WHERE id = ?", "i", sample);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        xasSqlText(s, 0, formula, XAS_SAMPLE_SIZE);
    (void)sqlite3_finalize(s);
    return status;
}

xasStatus xasStoreSampleScans(xasStore *store, int64_t scanRow, bool joinable,
                              double join_days, xasSampleScans *out)
{
    xasSampleScans found = { .sample = 0 };
    wanted w = { .scan = 0 };
    xasStatus status = readWanted(store, scanRow, &w);

    if (status != xasOk)
        return status;
    found.sample = w.sample;
    if (!joinable || !w.sample || !w.wholeName || !w.element[0]) {
        status = itself(store, &w, "K", &found.kScan, found.detectionK,
                        sizeof found.detectionK);
        if (status == xasOk)
            status = itself(store, &w, "L", &found.lScan, found.detectionL,
                            sizeof found.detectionL);
    } else {
        status = ofSample(store, &w, "K", join_days, &found.kScan,
                          found.detectionK, sizeof found.detectionK);
        if (status == xasOk)
            status = ofSample(store, &w, "L", join_days, &found.lScan,
                              found.detectionL, sizeof found.detectionL);
        if (status == xasOk)
            status = formulaOf(store, w.sample, found.formula);
    }
    if (status == xasOk)
        *out = found;
    return status;
}
