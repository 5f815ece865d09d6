/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl calibrations: how the energies of scans were moved. */
#include "xasctl.h"

typedef struct options {
    const char *station;
    int64_t limit;
    bool all, foils;
} options;

static const struct argp_option optionList[] = {
    { "station", 'S', "NAME", 0, "only those of a station", 0 },
    { "foils", 'f', NULL, 0, "only scans with a foil of their own", 0 },
    { "last", 'n', "NUMBER", 0, "so many, the newest; 30", 0 },
    { "all", 'a', NULL, 0, "all of them", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case 'S': o->station = arg; return 0;
    case 'f': o->foils = true; return 0;
    case 'a': o->all = true; return 0;
    case 'n':
        if (!xasctlNumber(arg, &o->limit))
            argp_error(state, "--last %s: expected a number above 0", arg);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static const char sql[] =
    "SELECT scan, started, station, element, edge, state, shift_eV, error_eV, "
    "method, foil, foil_scan, age_h, derivative_eV, least_squares_eV, reason "
    "FROM (SELECT c.scan, s.started, s.start_ns, s.station, s.element, s.edge, "
    "c.state, c.shift_eV, c.error_eV, c.method, c.foil, c.foil_scan, "
    "c.age_s / 3600 AS age_h, c.derivative_eV, c.least_squares_eV, c.reason "
    "FROM calibration c JOIN scan s ON s.id = c.scan "
    "WHERE (?1 IS NULL OR s.station = ?1) AND (?2 = 0 OR c.foil_scan = c.scan) "
    "ORDER BY s.start_ns DESC, s.id DESC LIMIT ?3) ORDER BY start_ns, scan";

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList, parse,
        "",         "List how the energies of scans were calibrated.",
        NULL,       NULL,
        NULL
    };
    options o = { .limit = 30 };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "tii", o.station, (int64_t)o.foils,
                     o.all ? (int64_t)-1 : o.limit) != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no scans");
}

const xasctlCommand xasctlCalibrations = { "calibrations",
                                           "list energy calibrations", run };
