/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl samples: the scans that stand for each, and its prediction. */
#include "xasctl.h"

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL, NULL, "",  "List samples with their newest scans and prediction.",
        NULL, NULL, NULL
    };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, NULL);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q,
                     "SELECT sample, formula, scans, k_scan, l_scan, "
                     "hf AS hf_kJ_per_mol, lo, hi, kind, model, state, made "
                     "FROM sample_history ORDER BY sample_id",
                     "") != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no samples");
}

const xasctlCommand xasctlSamples = { "samples",
                                      "list samples with predictions", run };
