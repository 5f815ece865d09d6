/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl stats: how much there is, and how it came about. */
#include <stdio.h>

#include "xasctl.h"

static const struct {
    const char *name, *sql;
} counts[] = {
    { "scans", "SELECT count(*) FROM scan" },
    { "running", "SELECT count(*) FROM scan WHERE state = 'open'" },
    { "complete", "SELECT count(*) FROM scan WHERE exit = 'complete'" },
    { "rejected", "SELECT count(*) FROM scan WHERE rejected" },
    { "points", "SELECT coalesce(sum(points), 0) FROM scan" },
    { "flagged", "SELECT coalesce(sum(flagged), 0) FROM scan" },
    { "lost", "SELECT coalesce(sum(lost), 0) FROM scan" },
    { "samples", "SELECT count(*) FROM sample" },
    { "references", "SELECT count(*) FROM reference" },
    { "models", "SELECT count(*) FROM model" },
    { "active_models", "SELECT count(*) FROM active_model" },
    { "predictions", "SELECT count(*) FROM prediction" },
};

static bool count(xasctl *ctl, const char *sql, int64_t *out)
{
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, sql, "");

    if (status != xasOk)
        return false;
    status = xasQueryNext(q);
    if (status == xasOk)
        *out = xasQueryIntOf(q, 0);
    xasQueryClose(q);
    return status == xasOk;
}

static void put(xasctl *ctl, xasJson *j, const char *name, int64_t value)
{
    if (ctl->form == xasctlJson)
        xasJsonInt(j, name, value);
    else if (ctl->form == xasctlTsv)
        (void)printf("%s\t%lld\n", name, (long long)value);
    else
        (void)printf("%-14s %12lld\n", name, (long long)value);
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL, "", "Count what the database holds.", NULL, NULL, NULL
    };
    int64_t value = 0, bytes = 0, diskFree = 0;
    xasJson j;

    xasctlParse(ctl, &argp, argc, argv, NULL);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasStoreSize(ctl->store, &bytes, &diskFree) != xasOk)
        return xasctlStoreFail(ctl);
    xasJsonInit(&j, stdout);
    if (ctl->form == xasctlJson)
        xasJsonOpen(&j, NULL, '{');
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        if (!count(ctl, counts[i].sql, &value))
            return xasctlStoreFail(ctl);
        put(ctl, &j, counts[i].name, value);
    }
    put(ctl, &j, "bytes", bytes);
    put(ctl, &j, "disk_free", diskFree);
    if (ctl->form == xasctlJson)
        xasJsonClose(&j);
    return xasctlDone;
}

const xasctlCommand xasctlStats = { "stats", "count what the database holds",
                                    run };
