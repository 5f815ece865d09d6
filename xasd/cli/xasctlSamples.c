/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl samples: the scans that stand for each, its prediction, and what it
 * still lacks. */
#include "xasctl.h"

static const char sql[] =
    "WITH known AS (SELECT *, formula_of(formula, sample, element) AS is_a, "
    "reference_of(formula, sample, element) AS dhf, "
    "(SELECT low_quality FROM good_scan WHERE scan = k_scan) AS k_low, "
    "(SELECT low_quality FROM good_scan WHERE scan = l_scan) AS l_low "
    "FROM (SELECT h.*, (SELECT element FROM scan WHERE id = coalesce(k_scan, "
    "l_scan)) AS element FROM sample_history h)) "
    "SELECT sample, is_a AS formula, dhf AS dHf_kJ_per_mol, scans, k_scan, "
    "k_good, l_scan, l_good, hf AS hf_kJ_per_mol, lo, hi, kind, model, state, "
    "made, rtrim(CASE WHEN k_scan IS NULL THEN 'K scan, ' "
    "WHEN k_low THEN 'better K scan, ' ELSE '' END "
    "|| CASE WHEN l_scan IS NULL THEN 'L scan, ' "
    "WHEN l_low THEN 'better L scan, ' ELSE '' END "
    "|| CASE WHEN is_a IS NULL THEN 'formula, ' "
    "WHEN metal_atoms(is_a) IS NULL THEN 'formula that can be read, ' "
    "WHEN dhf IS NULL THEN 'reference value, ' ELSE '' END, ', ') AS lacks "
    "FROM known ORDER BY sample_id";

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        NULL,
        "",
        "List samples with the scans that stand for them, how many good ones "
        "there are of each edge, the tabulated enthalpy, the newest "
        "prediction, and what is lacking for a model of K+L.",
        NULL,
        NULL,
        NULL
    };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, NULL);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q, sql, "") != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no samples");
}

const xasctlCommand xasctlSamples = { "samples",
                                      "list samples with predictions", run };
