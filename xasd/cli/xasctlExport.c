/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl export: a stored scan as a file of columns. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasStoreScan.h"
#include "xasXdiScan.h"
#include "xasctl.h"

typedef struct options {
    char **scan;
    int scans;
    const char *output;
    bool raw;
} options;

static const struct argp_option optionList[] = {
    { "output", 'o', "FILE", 0, "where to, else scan-NUMBER.xdi", 0 },
    { "raw", 'r', NULL, 0,
      "all points as read, with flags, times and dark offsets", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    int64_t row;

    switch (key) {
    case 'o': o->output = arg; return 0;
    case 'r': o->raw = true; return 0;
    case ARGP_KEY_ARGS:
        o->scan = state->argv + state->next;
        o->scans = state->argc - state->next;
        for (int i = 0; i < o->scans; i++)
            if (!xasctlNumber(o->scan[i], &row))
                argp_error(state, "%s: expected the number of a scan",
                           o->scan[i]);
        if (o->output && o->scans > 1)
            argp_error(state, "--output: one scan only");
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which scans?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The calibration's shift as stored, NaN without one. */
static double shiftOf(xasctl *ctl, int64_t row)
{
    double shift_eV = NAN;
    xasQuery *q;

    if (xasQueryOpen(ctl->store, &q,
                     "SELECT shift_eV FROM calibration WHERE scan = ? AND "
                     "state NOT IN ('none', 'refused')",
                     "i", row) != xasOk)
        return NAN;
    if (xasQueryNext(q) == xasOk)
        shift_eV = xasQueryRealOf(q, 0);
    xasQueryClose(q);
    return shift_eV;
}

static int export(xasctl *ctl, const options *o, int64_t row)
{
    char name[64], start[XAS_TIME_SIZE];
    const char *file = o->output ? o->output : name;
    xasXdiScanOptions how = { o->raw, shiftOf(ctl, row), start, NULL };
    xasMessage why = { "" };
    xasScan *scan = NULL;
    xasStatus status = xasStoreScanRead(ctl->store, row, &scan);

    if (status != xasOk)
        return xasctlStoreFail(ctl);
    (void)snprintf(name, sizeof name, "scan-%lld.xdi", (long long)row);
    xasTimeText(scan->start_ns, start);
    how.comment = scan->comment;
    status = xasXdiWriteScan(file, scan, &how, &why);
    xasScanDestroy(scan);
    if (status != xasOk)
        return xasctlFail("scan %lld: %s", (long long)row, why.text);
    if (!o->output)
        (void)printf("%s\n", name);
    return xasctlDone;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "SCAN...",
        "Write stored scans as files of columns (XDI) for other programs: the "
        "good points with dark offsets taken off, or all as they were read. "
        "Energies are as measured; the header tells the calibration.",
        NULL,
        NULL,
        NULL
    };
    options o = { .scans = 0 };
    int result = xasctlDone;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    for (int i = 0; i < o.scans; i++) {
        int64_t row = 0;

        if (!xasctlNumber(o.scan[i], &row) ||
            export(ctl, &o, row) != xasctlDone)
            result = xasctlFailed;
    }
    return result;
}

const xasctlCommand xasctlExport = { "export", "write scans to files", run };
