/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStoreMerge.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasSql.h"

/* "3,5,9": up to 20 characters each. */
enum { listSize = XAS_MERGE_MAX * 21 + 1 };

static void listOf(const int64_t *scan, size_t n, char list[listSize])
{
    size_t used = 0;

    list[0] = '\0';
    for (size_t i = 0; i < n && i < XAS_MERGE_MAX; i++)
        used += (size_t)snprintf(list + used, listSize - used, "%s%lld",
                                 i ? "," : "", (long long)scan[i]);
}

xasStatus xasStoreRepeats(xasStore *store, int64_t scanRow, xasShell shell,
                          double join_days, int64_t *scan, size_t *n)
{
    const double limit_ns = join_days * 86400e9;
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "WITH same AS (SELECT g.* FROM good_scan g JOIN scan c "
        "ON g.sample = c.sample AND g.element = c.element "
        "WHERE c.id = ?1 AND g.edge = ?2 AND g.whole_name "
        "AND NOT g.low_quality "
        "AND (?3 <= 0 OR abs(g.start_ns - c.start_ns) <= ?3)) "
        "SELECT scan FROM (SELECT scan, start_ns FROM same WHERE detection = "
        "(SELECT detection FROM same ORDER BY start_ns DESC, scan DESC "
        "LIMIT 1) ORDER BY start_ns DESC, scan DESC LIMIT ?4) "
        "ORDER BY start_ns, scan",
        "itdi", scanRow, xasShellName(shell), limit_ns, (int64_t)XAS_MERGE_MAX);

    *n = 0;
    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        scan[(*n)++] = sqlite3_column_int64(s, 0);
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

static const char findSql[] =
    "SELECT id, element, edge, detection, calibration, aligned, used, trend, "
    "flags FROM merge WHERE scans = ? AND definitions = ? AND NOT stale "
    "ORDER BY id DESC LIMIT 1";

static xasStatus readHead(xasStore *store, const char *list, xasMerged *m)
{
    char word[16];
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(store, &s, findSql, "ti", list,
                                     (int64_t)XAS_FEATURES_VERSION);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        xasFeatures *f = &m->merge.features;

        m->row = sqlite3_column_int64(s, 0);
        xasSqlText(s, 1, f->element, sizeof f->element);
        xasSqlText(s, 2, word, sizeof word);
        f->shell = word[0] == 'K' ? xasShellK : xasShellL;
        xasSqlText(s, 3, m->detection, sizeof m->detection);
        xasSqlText(s, 4, m->calibration, sizeof m->calibration);
        m->merge.aligned = sqlite3_column_int(s, 5) != 0;
        m->merge.used = (size_t)sqlite3_column_int64(s, 6);
        xasSqlText(s, 7, m->merge.trend, sizeof m->merge.trend);
        m->merge.beamDamage = m->merge.trend[0] != '\0';
        xasSqlText(s, 8, f->flags, sizeof f->flags);
    }
    (void)sqlite3_finalize(s);
    return status;
}

static xasStatus readVerdicts(xasStore *store, xasMerged *m)
{
    sqlite3_stmt *s;
    xasStatus status =
        xasSqlPrepare(store, &s,
                      "SELECT m.scan, m.used, m.distance, m.reason "
                      "FROM merge_scan m JOIN scan c ON c.id = m.scan "
                      "WHERE m.merge = ? ORDER BY c.start_ns, c.id",
                      "i", m->row);

    m->n = 0;
    while (status == xasOk && m->n < XAS_MERGE_MAX &&
           (status = xasSqlStep(store, s)) == xasOk) {
        xasMergeVerdict *v = &m->verdict[m->n];

        m->scan[m->n++] = sqlite3_column_int64(s, 0);
        v->used = sqlite3_column_int(s, 1) != 0;
        v->distance = xasSqlDouble(s, 2);
        xasSqlText(s, 3, v->reason, sizeof v->reason);
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

static xasStatus findMerge(xasStore *store, const char *list, xasMerged *m)
{
    xasStatus status;

    memset(m, 0, sizeof *m);
    xasFeaturesClear(&m->merge.features, "", xasShellNone);
    for (int i = 0; i < xasFeatureCount; i++)
        m->merge.error[i] = m->merge.oneMore[i] = NAN;
    status = readHead(store, list, m);
    if (status == xasOk)
        status = readVerdicts(store, m);
    if (status == xasOk)
        status = xasSqlFeatures(
            store,
            "SELECT name, value, error FROM merge_feature WHERE merge = ?",
            m->row, m->merge.features.value, m->merge.error);
    return status;
}

xasStatus xasStoreMergeFind(xasStore *store, const int64_t *scan, size_t n,
                            xasMerged *out)
{
    char list[listSize];
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    listOf(scan, n, list);
    if (status == xasOk)
        status = findMerge(store, list, out);
    xasSqlReadEnd(store, began);
    return status;
}

xasStatus xasStoreMergeRow(xasStore *store, const int64_t *scan, size_t n,
                           int64_t *row)
{
    char list[listSize];

    listOf(scan, n, list);
    return xasSqlInt(store, row, findSql, "ti", list,
                     (int64_t)XAS_FEATURES_VERSION);
}

/* FNV-1a: no secret, only whether it is the same. */
static void addTo(uint64_t *sum, const char *text)
{
    for (; *text; text++)
        *sum = (*sum ^ (unsigned char)*text) * UINT64_C(1099511628211);
    *sum = (*sum ^ '\n') * UINT64_C(1099511628211);
}

xasStatus xasStoreMergeMark(xasStore *store, const int64_t *scan, size_t n,
                            uint64_t *mark)
{
    uint64_t sum = UINT64_C(14695981039346656037);
    char text[512];
    xasStatus status = xasOk;

    for (size_t i = 0; i < n && status == xasOk; i++) {
        sqlite3_stmt *s;

        status = xasSqlPrepare(
            store, &s,
            "SELECT coalesce(formula, '') || ' ' || (SELECT flags || ' ' || "
            "coalesce(e0_eV, '') FROM spectrum WHERE scan = c.id) || ' ' || "
            "(SELECT total(value) FROM feature WHERE scan = c.id) "
            "FROM scan c WHERE id = ?",
            "i", scan[i]);
        if (status == xasOk)
            status = xasSqlStep(store, s);
        if (status == xasOk) {
            xasSqlText(s, 0, text, sizeof text);
            addTo(&sum, text);
        }
        (void)sqlite3_finalize(s);
    }
    if (status == xasOk)
        *mark = sum;
    return status;
}

static xasStatus isStale(xasStore *store, const xasMerged *m, bool *stale)
{
    uint64_t now = m->mark;
    xasStatus status =
        m->mark ? xasStoreMergeMark(store, m->scan, m->n, &now) : xasOk;

    *stale = now != m->mark;
    return status;
}

static xasStatus putHead(xasStore *store, const xasMerged *m, const char *list,
                         const char *code, int64_t *row)
{
    char made[XAS_TIME_SIZE];
    bool stale;
    xasStatus status = isStale(store, m, &stale);

    if (status != xasOk)
        return status;
    xasTimeText(xasTimeNow(), made);
    status = xasSqlRun(
        store,
        "INSERT INTO merge (scans, element, edge, detection, calibration, "
        "aligned, used, trend, flags, definitions, code, made, stale) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "tttttiittitti", list, m->merge.features.element,
        xasShellName(m->merge.features.shell), m->detection, m->calibration,
        (int64_t)m->merge.aligned, (int64_t)m->merge.used, m->merge.trend,
        m->merge.features.flags, (int64_t)XAS_FEATURES_VERSION, code, made,
        (int64_t)stale);
    if (status == xasOk)
        *row = sqlite3_last_insert_rowid(store->db);
    return status;
}

xasStatus xasStoreMergePut(xasStore *store, xasMerged *merged, const char *code)
{
    const xasMerge *m = &merged->merge;
    char list[listSize];
    int64_t row = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    status = xasStoreMergeRow(store, merged->scan, merged->n, &merged->row);
    if (status != xasErrNotFound)
        return status;
    listOf(merged->scan, merged->n, list);
    status = putHead(store, merged, list, code, &row);
    for (size_t i = 0; i < merged->n && status == xasOk; i++)
        status = xasSqlRun(
            store,
            "INSERT INTO merge_scan (merge, scan, used, "
            "distance, reason) VALUES (?, ?, ?, ?, ?)",
            "iiidt", row, merged->scan[i], (int64_t)merged->verdict[i].used,
            merged->verdict[i].distance, merged->verdict[i].reason);
    for (int i = 0; i < xasFeatureCount && status == xasOk; i++)
        if (xasFeatureShell((xasFeatureId)i) == m->features.shell)
            status = xasSqlRun(store,
                               "INSERT INTO merge_feature (merge, name, value, "
                               "error) VALUES (?, ?, ?, ?)",
                               "itdd", row, xasFeatureName((xasFeatureId)i),
                               m->features.value[i], m->error[i]);
    if (status == xasOk)
        merged->row = row;
    return status;
}
