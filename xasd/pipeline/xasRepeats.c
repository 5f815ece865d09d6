/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRepeats.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasStoreScan.h"

/** A repeat as read from the store. */
typedef struct member {
    xasSpectrum *spectrum; /* NULL: none */
    xasResult result;
    char formula[XAS_SAMPLE_SIZE];
    char detection[16];
} member;

static xasStatus readMember(xasStore *store, int64_t row, member *m,
                            xasMessage *why)
{
    xasScan *scan = NULL;
    bool rejected = false;
    xasStatus status = xasStoreScanRead(store, row, &scan);

    if (status)
        return xasFail(status, why, "there is no scan %lld", (long long)row);
    status = xasStoreFeaturesRead(store, row, &m->result);
    if (status)
        (void)xasFail(status, why, "scan %lld has no features yet",
                      (long long)row);
    else if (xasScanSpectrum(scan, &m->spectrum) == xasErrMemory)
        status = xasFail(xasErrMemory, why, "out of memory");
    if (status == xasOk)
        status = xasStoreScanRejected(store, row, &rejected);
    if (rejected)
        xasFlagsAdd(m->result.features.flags, "rejected");
    (void)snprintf(m->formula, sizeof m->formula, "%s", scan->formula);
    (void)snprintf(m->detection, sizeof m->detection, "%s",
                   xasDetectionName(scan->detection));
    xasScanDestroy(scan);
    return status;
}

static xasStatus readAll(xasStore *store, const int64_t *scan, size_t n,
                         member *m, xasMessage *why)
{
    const xasFeatures *first = &m[0].result.features;
    xasStatus status = xasOk;

    for (size_t i = 0; i < n && status == xasOk; i++) {
        const xasFeatures *f = &m[i].result.features;

        status = readMember(store, scan[i], &m[i], why);
        if (status == xasOk && (strcmp(f->element, first->element) != 0 ||
                                f->shell != first->shell))
            status = xasFail(
                xasErrArg, why, "scan %lld is of %s %s, scan %lld of %s %s",
                (long long)scan[i], f->element, xasShellName(f->shell),
                (long long)scan[0], first->element, xasShellName(first->shell));
    }
    return status;
}

static bool allByFoil(const member *m, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (m[i].result.calibration.state != xasCalibFoil)
            return false;
    return true;
}

/* On one axis; what was found on another is found again. */
static xasStatus shiftAll(member *m, size_t n, bool aligned)
{
    xasStatus status = xasOk;

    for (size_t i = 0; i < n && status == xasOk; i++) {
        const member *by = aligned ? &m[i] : &m[0];
        xasFeatures *f = &m[i].result.features, found;
        bool rejected = xasFlagsHave(f->flags, "rejected");

        if (!m[i].spectrum)
            continue;
        xasSpectrumShift(m[i].spectrum, by->result.calibration.shift_eV);
        status = xasFeaturesFind(m[i].spectrum, f->element, f->shell,
                                 m[i].formula, &found);
        if (status == xasOk)
            *f = found;
        if (rejected)
            xasFlagsAdd(f->flags, "rejected");
    }
    return status;
}

static xasStatus mergeAll(const member *m, const int64_t *scan, size_t n,
                          bool aligned, xasMerged *out, xasMessage *why)
{
    const xasFeatures *f = &m[0].result.features;
    xasMergeMember of[XAS_MERGE_MAX];
    xasStatus status;

    for (size_t i = 0; i < n; i++) {
        out->scan[i] = scan[i];
        of[i] = (xasMergeMember){ m[i].spectrum, &m[i].result.features,
                                  aligned ? 0 : NAN };
    }
    status = xasMergeFind(of, n, f->element, f->shell, m[0].formula,
                          out->verdict, &out->merge, NULL);
    if (status == xasErrRange)
        return xasFail(status, why, "nothing to merge: scan %lld: %s",
                       (long long)scan[0], out->verdict[0].reason);
    if (status)
        return xasFail(status, why, "cannot merge: %s", xasStatusText(status));
    out->n = n;
    out->shell = f->shell;
    memcpy(out->detection, m[0].detection, sizeof out->detection);
    (void)snprintf(out->calibration, sizeof out->calibration, "%s",
                   xasCalibStateKind(m[0].result.calibration.state));
    return xasOk;
}

xasStatus xasRepeatsMerge(xasStore *store, const int64_t *scan, size_t n,
                          xasMerged *out, xasRepeat *each, xasMessage *why)
{
    member *m;
    bool aligned;
    xasStatus status;

    memset(out, 0, sizeof *out);
    if (!n || n > XAS_MERGE_MAX)
        return xasFail(xasErrArg, why, "%zu scans: expected 1 to %d", n,
                       XAS_MERGE_MAX);
    m = calloc(n, sizeof *m);
    if (!m)
        return xasFail(xasErrMemory, why, "out of memory");
    status = readAll(store, scan, n, m, why);
    aligned = allByFoil(m, n);
    if (status == xasOk)
        status = shiftAll(m, n, aligned);
    if (status == xasOk)
        status = mergeAll(m, scan, n, aligned, out, why);
    for (size_t i = 0; i < n; i++) {
        if (each) {
            each[i].features = m[i].result.features;
            memcpy(each[i].sample, m[i].result.sample, sizeof each[i].sample);
        }
        xasSpectrumDestroy(m[i].spectrum);
    }
    free(m);
    return status;
}

xasStatus xasRepeatsOf(xasStore *store, int64_t scanRow, xasShell shell,
                       double join_days, xasMerged *out)
{
    int64_t scan[XAS_MERGE_MAX];
    size_t n = 0;
    xasStatus status =
        xasStoreRepeats(store, scanRow, shell, join_days, scan, &n);

    if (status != xasOk)
        return status;
    if (n < 2)
        return xasErrNotFound;
    status = xasStoreMergeFind(store, scan, n, out);
    if (status == xasErrNotFound)
        status = xasRepeatsMerge(store, scan, n, out, NULL, NULL);
    /* Of a sample that the beam changes the first scan alone may count. */
    if (status == xasErrRange ||
        (status == xasOk && out->merge.used < 2 && !out->merge.beamDamage))
        return xasErrNotFound;
    return status;
}
