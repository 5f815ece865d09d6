/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl upgrade: the schema of an older program brought to ours. */
#include <stdio.h>

#include "xasctl.h"

static xasStatus versionOf(xasctl *ctl, int64_t *version)
{
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, "PRAGMA user_version", "");

    if (status != xasOk)
        return status;
    status = xasQueryNext(q);
    *version = xasQueryIntOf(q, 0);
    xasQueryClose(q);
    return status;
}

static void report(const xasctl *ctl, int64_t before)
{
    xasJson j;

    switch (ctl->form) {
    case xasctlText:
        if (before == XAS_SCHEMA_VERSION)
            (void)printf("%s: schema %lld already\n", ctl->database,
                         (long long)before);
        else
            (void)printf("%s: schema %lld, was %lld\n", ctl->database,
                         (long long)XAS_SCHEMA_VERSION, (long long)before);
        return;
    case xasctlTsv:
        (void)printf("%lld\t%lld\n", (long long)before,
                     (long long)XAS_SCHEMA_VERSION);
        return;
    case xasctlJson:
        xasJsonInit(&j, stdout);
        xasJsonOpen(&j, NULL, '{');
        xasJsonText(&j, "database", ctl->database);
        xasJsonInt(&j, "before", before);
        xasJsonInt(&j, "schema", XAS_SCHEMA_VERSION);
        xasJsonClose(&j);
    }
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        NULL,
        "",
        "Bring a database of an older xasd to the schema of this one, as xasd "
        "does when it starts on it. Older programs cannot open it any more: "
        "end them, and make a backup, first.",
        NULL,
        NULL,
        NULL
    };
    int64_t before = 0;

    xasctlParse(ctl, &argp, argc, argv, NULL);
    if (!xasctlOpen(ctl, xasStoreAnyVersion))
        return xasctlFailed;
    if (versionOf(ctl, &before) != xasOk)
        return xasctlStoreFail(ctl);
    xasStoreClose(ctl->store);
    ctl->store = NULL;
    if (!xasctlOpen(ctl, xasStoreExisting))
        return xasctlFailed;
    report(ctl, before);
    return xasctlDone;
}

const xasctlCommand xasctlUpgrade = { "upgrade",
                                      "bring an older database up to date",
                                      run };
