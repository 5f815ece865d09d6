/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl calibrations: how the energies of scans were moved. */
#include "xasctlArgs.h"

typedef struct options {
    xasctlNewest newest;
    bool foils;
} options;

static const struct argp_option optionList[] = {
    { "foils", 'f', NULL, 0, "only scans with a foil of their own", 0 },
    XASCTL_NEWEST_OPTIONS,
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    if (key != 'f')
        return xasctlParseNewest(key, arg, state, &o->newest);
    o->foils = true;
    return 0;
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
    options o = { .newest = XASCTL_NEWEST_DEFAULT };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "tii", o.newest.station,
                     (int64_t)o.foils, o.newest.limit) != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no scans");
}

const xasctlCommand xasctlCalibrations = { "calibrations",
                                           "list energy calibrations", run };
