/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSides.h"

#include <stdio.h>
#include <string.h>

#include "xasRepeats.h"
#include "xasStoreScan.h"

void xasSideSet(xasSide *side, int64_t scan, const xasResult *of,
                const char *detection)
{
    side->scan = scan;
    side->features = of->features;
    (void)snprintf(side->calibration, sizeof side->calibration, "%s",
                   xasCalibStateKind(of->calibration.state));
    (void)snprintf(side->detection, sizeof side->detection, "%s", detection);
}

static xasStatus readSide(const xasGather *g, int64_t scan,
                          const char *detection, xasSide *side,
                          char formula[XAS_SAMPLE_SIZE])
{
    xasResult other;
    xasStatus status;

    xasResultClear(&other);
    status = xasStoreFeaturesRead(g->store, scan, &other);
    if (status)
        return status;
    xasSideSet(side, scan, &other, detection);
    if (!formula[0]) /* the other station may know it */
        (void)snprintf(formula, XAS_SAMPLE_SIZE, "%s", other.formula);
    return xasOk;
}

/* The scan itself, and the partner edge of its sample. */
static xasStatus gatherScans(const xasGather *g, xasResult *result,
                             xasSide sides[2])
{
    int own = result->features.shell == xasShellL;
    xasSampleScans scans;
    xasStatus status;

    status = xasStoreSampleScans(g->store, result->scan, g->joinable,
                                 g->join_days, &scans);
    if (status)
        return status;
    xasSideSet(&sides[own], result->scan, result,
               own ? scans.detectionL : scans.detectionK);
    if (own == 0 && scans.lScan)
        status = readSide(g, scans.lScan, scans.detectionL, &sides[1],
                          result->formula);
    if (own == 1 && scans.kScan)
        status = readSide(g, scans.kScan, scans.detectionK, &sides[0],
                          result->formula);
    if (!result->formula[0]) /* as training does */
        (void)snprintf(result->formula, sizeof result->formula, "%s",
                       scans.formula);
    return status;
}

static const xasMergeVerdict *verdictOf(const xasMerged *m, int64_t scan)
{
    for (size_t i = 0; i < m->n; i++)
        if (m->scan[i] == scan)
            return &m->verdict[i];
    return NULL;
}

static void sayMerged(const xasMerged *m, const xasMergeVerdict *own,
                      xasSide *side)
{
    const char *edge = xasShellName(m->merge.features.shell);

    if (m->merge.beamDamage)
        (void)snprintf(side->merged, sizeof side->merged,
                       "%s: beam damage, the first %zu of %zu scans count",
                       edge, m->merge.used, m->n);
    else
        (void)snprintf(side->merged, sizeof side->merged,
                       "%s: %zu of %zu scans merged%s%s%.40s", edge,
                       m->merge.used, m->n,
                       xasFlagsHave(m->merge.features.flags, "repeats_differ")
                           ? ", which differ"
                           : "",
                       own && !own->used ? ", not this one: " : "",
                       own && !own->used ? own->reason : "");
}

/* What the repeats come to, if the scan at hand is one of them: where it was
 * of low quality, it is what is asked about. */
static xasStatus mergeSide(const xasGather *g, const xasResult *result, int i,
                           xasSide *side)
{
    xasMerged *m = &g->merged[i];
    bool own = result->features.shell == (i ? xasShellL : xasShellK);
    const xasMergeVerdict *verdict;
    xasStatus status = xasRepeatsOf(g->store, result->scan,
                                    i ? xasShellL : xasShellK, g->join_days, m);

    if (status != xasOk)
        return status == xasErrNotFound ? xasOk : status;
    verdict = verdictOf(m, side->scan);
    if (!verdict)
        return xasOk;
    side->features = m->merge.features;
    memcpy(side->features.error, m->merge.error, sizeof m->merge.error);
    memcpy(side->detection, m->detection, sizeof side->detection);
    memcpy(side->calibration, m->calibration, sizeof side->calibration);
    side->merge = m->row ? m->row : -1;
    sayMerged(m, own ? verdict : NULL, side);
    return xasOk;
}

xasStatus xasSidesGather(const xasGather *g, xasResult *result, xasSides *sides)
{
    int own = result->features.shell == xasShellL;
    xasStatus status = gatherScans(g, result, sides->scan);

    memcpy(sides->repeats, sides->scan, sizeof sides->scan);
    for (int i = 0; i < 2 && status == xasOk; i++)
        if (g->merge && g->joinable && sides->scan[i].scan &&
            !(g->running && i == own))
            status = mergeSide(g, result, i, &sides->repeats[i]);
    return status;
}
