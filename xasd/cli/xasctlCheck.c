/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl check: is the database whole?  SQLite's own check, and ours. */
#include "xasctl.h"

/* Each row found is a fault: what, and where. */
static const char sql[] =
    "SELECT 'file' AS what, integrity_check AS detail FROM "
    "pragma_integrity_check WHERE integrity_check <> 'ok' "
    "UNION ALL SELECT 'link', \"table\" || ' row ' || rowid || ' names no ' || "
    "parent FROM pragma_foreign_key_check "
    "UNION ALL SELECT 'array', 'scan ' || s.id || ': ' || c.name || ' has ' || "
    "length(c.data) || ' bytes for ' || s.points || ' points' "
    "FROM scan_channel c JOIN scan s ON s.id = c.scan "
    "WHERE s.state = 'closed' AND length(c.data) <> 8 * s.points "
    "UNION ALL SELECT 'array', 'scan ' || id || ' lacks its stamps or flags' "
    "FROM scan s WHERE state = 'closed' AND (SELECT count(*) FROM scan_channel "
    "WHERE scan = s.id AND name IN ('stamp_ns', 'flags')) <> 2 "
    "UNION ALL SELECT 'journal', 'scan ' || s.id || ' is closed but has a "
    "journal' FROM scan s WHERE state = 'closed' AND EXISTS "
    "(SELECT 1 FROM journal WHERE scan = s.id) "
    "UNION ALL SELECT 'feature', 'scan ' || f.scan || ' has features without "
    "a spectrum' FROM feature f WHERE NOT EXISTS (SELECT 1 FROM spectrum "
    "WHERE scan = f.scan) GROUP BY f.scan "
    "UNION ALL SELECT 'model', 'model ' || m.id || ' has ' || (SELECT count(*) "
    "FROM model_sample WHERE model = m.id) || ' of ' || m.n || ' samples' "
    "FROM model m WHERE (SELECT count(*) FROM model_sample "
    "WHERE model = m.id) <> m.n";

static const char countSql[] =
    "SELECT (SELECT count(*) FROM scan) AS scans, (SELECT count(*) FROM scan "
    "WHERE state = 'open') AS running, (SELECT count(*) FROM sample) AS "
    "samples, (SELECT count(*) FROM model) AS models, (SELECT count(*) FROM "
    "prediction) AS predictions, 'ok' AS state";

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL,
        "",   "Check that the database is whole. Exit status 1 if it is not.",
        NULL, NULL,
        NULL
    };
    xasQuery *q;
    xasStatus status;

    xasctlParse(ctl, &argp, argc, argv, NULL);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "") != xasOk)
        return xasctlStoreFail(ctl);
    status = xasQueryNext(q);
    xasQueryClose(q);
    if (status != xasOk && status != xasErrNotFound)
        return xasctlStoreFail(ctl);
    if (xasQueryOpen(ctl->store, &q, status == xasOk ? sql : countSql, "") !=
        xasOk)
        return xasctlStoreFail(ctl);
    if (xasctlTable(ctl, q, NULL) != xasctlDone)
        return xasctlFailed;
    if (status == xasOk)
        return xasctlFail("%s: the database is damaged", ctl->database);
    return xasctlDone;
}

const xasctlCommand xasctlCheck = { "check", "is the database whole?", run };
