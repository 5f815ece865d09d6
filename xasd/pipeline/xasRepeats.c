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
    char station[32];
    char refused[128]; /* why it cannot be merged at all */
} member;

static void takeScan(const xasScan *scan, member *m)
{
    (void)snprintf(m->formula, sizeof m->formula, "%s", scan->formula);
    (void)snprintf(m->detection, sizeof m->detection, "%s",
                   xasDetectionName(scan->detection));
    (void)snprintf(m->station, sizeof m->station, "%s", scan->station);
}

/* What is damaged in the store is refused: the others still count. */
static xasStatus readMember(xasStore *store, int64_t row, member *m,
                            xasMessage *why)
{
    xasScan *scan = NULL;
    bool rejected = false;
    xasStatus status = xasStoreScanRead(store, row, &scan);

    if (status == xasErrFormat)
        (void)snprintf(m->refused, sizeof m->refused, "cannot be read: %.100s",
                       xasStoreError(store));
    else if (status)
        return xasFail(status, why, "there is no scan %lld", (long long)row);
    status = xasStoreFeaturesRead(store, row, &m->result);
    if (status)
        (void)xasFail(status, why, "scan %lld has no features yet",
                      (long long)row);
    if (status || !scan) {
        xasScanDestroy(scan);
        return status;
    }
    if (xasScanSpectrum(scan, &m->spectrum) == xasErrMemory)
        status = xasFail(xasErrMemory, why, "out of memory");
    if (status == xasOk)
        status = xasStoreScanRejected(store, row, &rejected);
    if (rejected)
        xasFlagsAdd(m->result.features.flags, "rejected");
    takeScan(scan, m);
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
        if (!m[i].refused[0] && m[i].result.calibration.state != xasCalibFoil)
            return false;
    return true;
}

static bool calibrated(const member *m)
{
    return strcmp(xasCalibStateKind(m->result.calibration.state), "none") != 0;
}

static void refuse(member *m, const char *why)
{
    if (!m->refused[0])
        (void)snprintf(m->refused, sizeof m->refused, "%s", why);
}

/* Where most of them were measured; the first of equals. */
static const char *usualStation(const member *m, size_t n)
{
    const char *best = "";
    size_t most = 0;

    for (size_t i = 0; i < n; i++) {
        size_t count = 0;

        for (size_t j = 0; j < n; j++)
            count +=
                !m[j].refused[0] && strcmp(m[j].station, m[i].station) == 0;
        if (count > most) {
            most = count;
            best = m[i].station;
        }
    }
    return best;
}

/* An axis that no foil has joined to the others' is nobody's but its own. */
static void refuseAxes(member *m, size_t n)
{
    const char *station = usualStation(m, n);
    bool any = false;

    for (size_t i = 0; i < n; i++)
        any = any || (!m[i].refused[0] && calibrated(&m[i]));
    for (size_t i = 0; i < n; i++)
        if (any && !calibrated(&m[i]))
            refuse(&m[i], "not calibrated, as others are");
        else if (!any && strcmp(m[i].station, station) != 0)
            refuse(&m[i], "another station, no foil joins them");
}

/* Features as they are on the axis that the spectrum is shifted to. */
static xasStatus shiftAll(member *m, size_t n)
{
    xasStatus status = xasOk;

    for (size_t i = 0; i < n && status == xasOk; i++) {
        xasFeatures *f = &m[i].result.features, found;
        bool rejected = xasFlagsHave(f->flags, "rejected");

        if (!m[i].spectrum)
            continue;
        xasSpectrumShift(m[i].spectrum, m[i].result.calibration.shift_eV);
        status = xasFeaturesFind(m[i].spectrum, f->element, f->shell,
                                 m[i].formula, &found);
        if (status == xasOk)
            *f = found;
        if (rejected)
            xasFlagsAdd(f->flags, "rejected");
    }
    return status;
}

/* How the mean was calibrated: as the least sure of those in it. */
static void sumUp(const member *m, size_t n, xasMerged *out)
{
    const member *first = NULL, *weakest = NULL;

    for (size_t i = 0; i < n; i++) {
        if (!out->verdict[i].used)
            continue;
        first = first ? first : &m[i];
        if (!weakest || m[i].result.calibration.state == xasCalibTransferred)
            weakest = &m[i];
    }
    if (!first)
        return;
    memcpy(out->detection, first->detection, sizeof out->detection);
    (void)snprintf(out->calibration, sizeof out->calibration, "%s",
                   xasCalibStateKind(weakest->result.calibration.state));
}

/* The formula that the first of them was given with. */
static const char *formulaOf(const member *m, size_t n)
{
    size_t i = 0;

    while (i + 1 < n && !m[i].formula[0])
        i++;
    return m[i].formula;
}

static xasStatus mergeAll(const member *m, const int64_t *scan, size_t n,
                          bool aligned, xasMerged *out, xasMessage *why)
{
    const xasFeatures *f = &m[0].result.features;
    xasMergeMember of[XAS_MERGE_MAX];
    xasMergeVerdict verdict[XAS_MERGE_MAX] = { 0 };
    size_t at[XAS_MERGE_MAX], left = 0;
    xasStatus status = xasErrRange;

    for (size_t i = 0; i < n; i++) {
        out->scan[i] = scan[i];
        out->verdict[i] = (xasMergeVerdict){ .distance = NAN };
        memcpy(out->verdict[i].reason, m[i].refused, sizeof m[i].refused);
        if (m[i].refused[0])
            continue;
        of[left] = (xasMergeMember){ m[i].spectrum, &m[i].result.features,
                                     aligned ? 0 : NAN };
        at[left++] = i;
    }
    if (left)
        status = xasMergeFind(of, left, f->element, f->shell, formulaOf(m, n),
                              verdict, &out->merge, NULL);
    for (size_t k = 0; k < left; k++)
        out->verdict[at[k]] = verdict[k];
    if (status == xasErrRange)
        return xasFail(status, why, "nothing to merge: scan %lld: %s",
                       (long long)scan[0], out->verdict[0].reason);
    if (status)
        return xasFail(status, why, "cannot merge: %s", xasStatusText(status));
    out->n = n;
    sumUp(m, n, out);
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
    if (status == xasOk)
        refuseAxes(m, n);
    aligned = allByFoil(m, n);
    if (status == xasOk)
        status = shiftAll(m, n);
    if (status == xasOk)
        status = mergeAll(m, scan, n, aligned, out, why);
    if (status == xasOk)
        status = xasStoreMergeMark(store, scan, n, &out->mark);
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
