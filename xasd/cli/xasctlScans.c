/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl scans: what has been measured, newest last. */
#include "xasctl.h"

typedef struct options {
    const char *sample, *station, *edge;
    int64_t limit;
    bool all;
} options;

static const struct argp_option optionList[] = {
    { "sample", 's', "NAME", 0, "only those of a sample", 0 },
    { "station", 'S', "NAME", 0, "only those of a station", 0 },
    { "edge", 'e', "K|L", 0, "only those at an edge", 0 },
    { "last", 'n', "NUMBER", 0, "so many, the newest; 30", 0 },
    { "all", 'a', NULL, 0, "all of them", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case 's': o->sample = arg; return 0;
    case 'S': o->station = arg; return 0;
    case 'e': o->edge = arg; return 0;
    case 'a': o->all = true; return 0;
    case 'n':
        if (!xasctlNumber(arg, &o->limit))
            argp_error(state, "--last %s: expected a number above 0", arg);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
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
    options o = { .limit = 30 };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "ttti", o.sample, o.station, o.edge,
                     o.all ? (int64_t)-1 : o.limit) != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no scans");
}

const xasctlCommand xasctlScans = { "scans", "list scans with predictions",
                                    run };
