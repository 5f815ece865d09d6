/* SPDX-License-Identifier: BSD-3-Clause */
/* From the points of a scan to normalisation and features. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasPipeline.h"

/* DESIGN.md section 4: more than 5 % of the points, or any within 15 eV of
 * the edge, make a scan that must not be believed. */
#define FLAGGED_PART 0.05
#define EDGE_ZONE_EV 15.0

static bool nearEdge(double energy_eV, const xasFeatures *f)
{
    xasEdgeEnergies e;

    if (xasEdgeLookUp(f->element, &e))
        return false;
    if (f->shell == xasShellK)
        return fabs(energy_eV - e.k_eV) <= EDGE_ZONE_EV;
    return fabs(energy_eV - e.l3_eV) <= EDGE_ZONE_EV ||
           fabs(energy_eV - e.l2_eV) <= EDGE_ZONE_EV;
}

static void judge(const xasScan *scan, xasFeatures *f)
{
    const double *energy = scan->channel[xasRoleEnergy];
    size_t bad = xasScanFlagged(scan);
    bool low = false;

    if ((double)bad > FLAGGED_PART * (double)scan->n) {
        xasFlagsAdd(f->flags, "points_flagged");
        low = true;
    }
    for (size_t i = 0; energy && i < scan->n; i++) {
        if ((scan->flags[i] &
             ~(uint32_t)(xasPointDuplicate | xasPointGlitchI0)) &&
            nearEdge(energy[i], f)) {
            xasFlagsAdd(f->flags, "edge_points_flagged");
            low = true;
            break;
        }
    }
    if (scan->lost > 0) {
        xasFlagsAdd(f->flags, "points_lost");
        low = true;
    }
    if (low)
        xasFlagsAdd(f->flags, "low_quality");
}

static xasStatus find(const xasScan *scan, const xasSpectrum *s,
                      xasResult *result)
{
    xasFeatures *f = &result->features;
    char element[3];
    xasShell shell = scan->shell;

    memcpy(element, scan->element, sizeof element);
    if (!element[0] || shell == xasShellNone) {
        if (xasEdgeIdentify(s, element, &shell)) {
            xasFlagsAdd(f->flags, "no_edge");
            xasFlagsAdd(f->flags, "unknown_element");
            return xasOk;
        }
    }
    return xasFeaturesFind(s, element, shell, result->formula, f);
}

xasStatus xasPipelineAnalyse(const xasScan *scan, xasResult *result)
{
    xasSpectrum *s = NULL;
    xasStatus status;

    xasResultClear(result);
    result->scan = scan->row;
    result->stamp_ns = scan->end_ns ? scan->end_ns : scan->start_ns;
    (void)snprintf(result->sample, sizeof result->sample, "%s", scan->sample);
    (void)snprintf(result->formula, sizeof result->formula, "%s",
                   scan->formula);
    memcpy(result->features.element, scan->element,
           sizeof result->features.element);
    result->features.shell = scan->shell;
    status = xasScanSpectrum(scan, &s);
    if (status == xasErrMemory)
        return status;
    if (status) {
        xasFlagsAdd(result->features.flags, "too_few_points");
        return xasOk;
    }
    status = find(scan, s, result);
    if (status == xasOk) {
        judge(scan, &result->features);
        result->haveNorm =
            xasNormFind(xasSpectrumEnergy(s), xasSpectrumMu(s),
                        xasSpectrumSize(s), NAN, &result->norm) == xasOk;
    }
    xasSpectrumDestroy(s);
    return status;
}
