/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl scans: what has been measured, newest last. */
#include "xasctlArgs.h"

typedef struct options {
    const char *sample, *edge;
    xasctlNewest newest;
} options;

static const struct argp_option optionList[] = {
    { "sample", 's', "NAME", 0, "only those of a sample", 0 },
    { "edge", 'e', "K|L", 0, "only those at an edge", 0 },
    XASCTL_NEWEST_OPTIONS,
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case 's': o->sample = arg; return 0;
    case 'e': o->edge = arg; return 0;
    default: return xasctlParseNewest(key, arg, state, &o->newest);
    }
}

static const char sql[] =
    "SELECT scan, started, station, sample, formula, element, edge, "
    "coalesce(exit, 'running') AS exit, points, flagged, lost, "
    "CASE rejected WHEN 0 THEN '' ELSE 'rejected' END AS rejected, "
    "hf AS hf_kJ_per_mol, lo, hi, kind, state FROM history WHERE scan IN "
    "(SELECT s.id FROM scan s LEFT JOIN sample a ON a.id = s.sample "
    "WHERE (?1 IS NULL OR a.name = ?1) AND (?2 IS NULL OR s.station = ?2) "
    "AND (?3 IS NULL OR s.edge = ?3) ORDER BY s.start_ns DESC, s.id DESC "
    "LIMIT ?4) ORDER BY started, scan";

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList, parse, "",  "List scans with their predictions.",
        NULL,       NULL,  NULL
    };
    options o = { .newest = XASCTL_NEWEST_DEFAULT };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "ttti", o.sample, o.newest.station,
                     o.edge, o.newest.limit) != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no scans");
}

const xasctlCommand xasctlScans = { "scans", "list scans with predictions",
                                    run };
