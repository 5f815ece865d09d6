/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl show: one scan, all that is known of it. */
#include <stdio.h>

#include "xasctlArgs.h"
#include "xasctlFlagged.h"

/* Parts of the page; each query takes the scan. */
static const struct {
    const char *name, *title, *sql;
    bool one; /* a row at most: shown as a list of its columns */
} parts[] = {
    { "scan", NULL,
      "SELECT c.id AS scan, c.uid, c.station, c.mode, c.detection, "
      "a.name AS sample, coalesce(c.formula, a.formula) AS formula, c.comment, "
      "c.element, c.edge, coalesce(c.exit, 'running') AS exit, c.reason, "
      "c.started, c.ended, c.direction, c.lag_s, c.d_spacing_A, c.points, "
      "c.planned, c.flagged, c.lost, c.rejected, "
      "(SELECT group_concat(name, ' ') FROM scan_channel WHERE scan = c.id AND "
      "used = 0 AND name LIKE 'fluor%') AS left_out, "
      "c.source FROM scan c LEFT JOIN sample a ON a.id = c.sample "
      "WHERE c.id = ?",
      true },
    { "channels", "Channels",
      "SELECT name, unit, type, length(data) / 8 AS points, "
      "nullif(dark, 0) AS dark, CASE used WHEN 0 THEN 'left out' END AS use "
      "FROM scan_channel WHERE scan = ? ORDER BY rowid",
      false },
    { "events", "Events",
      "SELECT strftime('%Y-%m-%dT%H:%M:%S', stamp_ns / 1000000000, "
      "'unixepoch') || printf('.%03dZ', stamp_ns / 1000000 % 1000) AS time, "
      "point, what, text FROM scan_event WHERE scan = ? ORDER BY id",
      false },
    { "calibration", "Calibration of the energies",
      "SELECT state, method, shift_eV, error_eV, foil, foil_edge, foil_eV, "
      "measured_eV, derivative_eV, derivative_error_eV, least_squares_eV, "
      "least_squares_error_eV, foil_scan, age_s, reason FROM calibration "
      "WHERE scan = ?",
      true },
    { "spectrum", "Spectrum",
      "SELECT points, e0_eV, edge_step, pre_offset, pre_slope_per_eV, pre1_eV, "
      "pre2_eV, norm1_eV, norm2_eV, nnorm, step_or_jump, sigma, e0_deriv_eV, "
      "pre_limit, before_from_eV, before_to_eV, before_degree, "
      "behind_from_eV, behind_to_eV, behind_degree, flags, definitions, code "
      "FROM spectrum WHERE scan = ?",
      true },
    { "quality", "Quality",
      "SELECT score, reason, snr, i0_min, glitches, glitches_i0, spacing_eV, "
      "pre_eV, post_eV FROM quality WHERE scan = ?",
      true },
    { "features", "Features",
      "SELECT name, value, error FROM feature WHERE scan = ? ORDER BY name",
      false },
    { "predictions", "Predictions, the newest last",
      "SELECT p.made, p.hf AS hf_kJ_per_mol, p.lo, p.hi, p.level, p.kind, "
      "m.name AS model, p.state, p.reason, p.distance, p.hf_k, p.hf_l, "
      "p.hf_kl, p.k_scan, (SELECT group_concat(scan, ' ') FROM merge_scan "
      "WHERE merge = p.k_merge AND used) AS k_merged, p.l_scan, "
      "(SELECT group_concat(scan, ' ') FROM merge_scan "
      "WHERE merge = p.l_merge AND used) AS l_merged, p.code FROM prediction p "
      "LEFT JOIN model m ON m.id = p.model WHERE p.scan = ? ORDER BY p.id",
      false },
};

/* Points that are flagged come behind channels and events. */
enum { nParts = sizeof parts / sizeof *parts, flaggedBefore = 3 };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    return xasctlParseScan(key, arg, state, state->input);
}

static void cellText(const xasQuery *q, int i, char *out, size_t size)
{
    if (xasQueryTypeOf(q, i) == xasQueryReal)
        (void)snprintf(out, size, "%.9g", xasQueryRealOf(q, i));
    else
        (void)snprintf(out, size, "%s", xasQueryTextOf(q, i));
}

/* One row as lines of name and value; what is not known is left out. */
static void printLines(const xasQuery *q)
{
    for (int i = 0; i < xasQueryColumns(q); i++) {
        char text[600];

        cellText(q, i, text, sizeof text);
        if (text[0])
            (void)printf("%-17s %s\n", xasQueryName(q, i), text);
    }
}

static xasStatus putRows(xasJson *j, int part, xasQuery *q)
{
    xasStatus status;

    if (!parts[part].one)
        xasJsonOpen(j, parts[part].name, '[');
    while ((status = xasQueryNext(q)) == xasOk) {
        xasJsonOpen(j, parts[part].one ? parts[part].name : NULL, '{');
        for (int i = 0; i < xasQueryColumns(q); i++)
            xasctlPutCell(j, q, i);
        xasJsonClose(j);
    }
    if (!parts[part].one)
        xasJsonClose(j);
    return status == xasErrNotFound ? xasOk : status;
}

static int showJson(xasctl *ctl, int64_t scan)
{
    xasStatus status = xasOk;
    xasJson j;

    xasJsonInit(&j, stdout);
    xasJsonOpen(&j, NULL, '{');
    for (int part = 0; part < nParts && status == xasOk; part++) {
        xasQuery *q;

        status = xasQueryOpen(ctl->store, &q, parts[part].sql, "i", scan);
        if (status != xasOk)
            break;
        status = putRows(&j, part, q);
        xasQueryClose(q);
    }
    if (status == xasOk)
        status = xasctlFlaggedJson(ctl, &j, scan);
    xasJsonClose(&j);
    return status == xasOk ? xasctlDone : xasctlStoreFail(ctl);
}

static int showPart(xasctl *ctl, int part, int64_t scan)
{
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, parts[part].sql, "i", scan);

    if (status != xasOk)
        return xasctlStoreFail(ctl);
    status = xasQueryNext(q);
    if (status == xasErrNotFound) {
        xasQueryClose(q);
        return xasctlDone;
    }
    if (status == xasOk && parts[part].title)
        (void)printf("\n%s\n", parts[part].title);
    if (status == xasOk && parts[part].one) {
        printLines(q);
        xasQueryClose(q);
        return xasctlDone;
    }
    xasQueryClose(q);
    if (status != xasOk ||
        xasQueryOpen(ctl->store, &q, parts[part].sql, "i", scan) != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, NULL);
}

static bool isThere(xasctl *ctl, int64_t scan)
{
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, parts[0].sql, "i", scan);

    if (status == xasOk) {
        status = xasQueryNext(q);
        xasQueryClose(q);
    }
    if (status == xasErrNotFound)
        (void)xasctlFail("%s: there is no scan %lld", ctl->database,
                         (long long)scan);
    else if (status != xasOk)
        (void)xasctlStoreFail(ctl);
    return status == xasOk;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        parse,
        "SCAN",
        "Show a scan: its head, channels, events, features and predictions.",
        NULL,
        NULL,
        NULL
    };
    int64_t scan = 0;
    int result = xasctlDone;

    xasctlParse(ctl, &argp, argc, argv, &scan);
    if (!xasctlOpen(ctl, xasStoreReadOnly) || !isThere(ctl, scan))
        return xasctlFailed;
    if (ctl->form == xasctlJson)
        return showJson(ctl, scan);
    for (int part = 0; part < nParts && result == xasctlDone; part++)
        result = part == flaggedBefore && xasctlFlaggedText(ctl, scan)
                     ? xasctlStoreFail(ctl)
                     : showPart(ctl, part, scan);
    return result;
}

const xasctlCommand xasctlShow = { "show", "show one scan", run };
