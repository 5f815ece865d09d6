/* SPDX-License-Identifier: BSD-3-Clause */
/* Part of storeTest: results, and the scans that stand for a sample. */
#include "storeTestSample.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>

#include "storeTestScan.h"
#include "xasSql.h"
#include "xasStoreQuery.h"
#include "xasStoreScan.h"

static xasStatus storeResult(xasStore *store, const xasResult *r,
                             const xasScan *scan)
{
    xasStatus status = xasStoreBegin(store);

    if (status == xasOk)
        status = xasStoreFeatures(store, r, scan, "0.1");
    if (status == xasOk)
        status = xasStorePrediction(store, r, xasTimeNow(), "0.1");
    return status == xasOk ? xasStoreCommit(store) : status;
}

void testResults(xasStore *store)
{
    xasScan *scan = testScanMake("result", "CoF2", testPoints);
    xasResult first, second, back;

    (void)snprintf(scan->station, sizeof scan->station, "BL7");
    scan->element[0] = '\0';
    scan->shell = xasShellNone;
    testOk1(xasStoreLastResult(store, "BL7", &back) == xasErrNotFound);
    testOk1(testScanClose(store, scan) == xasOk);
    testOk1(xasStoreFeaturesRead(store, scan->row, &back) == xasErrNotFound);
    (void)snprintf(scan->element, sizeof scan->element, "Co");
    scan->shell = xasShellK; /* found by the pipeline */
    testResultMake(&first, scan, 1);
    testOk(storeResult(store, &first, scan) == xasOk, "%s",
           xasStoreError(store));
    testOk1(xasStoreLastResult(store, "BL7", &back) == xasOk &&
            testResultEqual(&first, &back));
    testResultMake(&second, scan, 2);
    second.haveNorm = 0;
    second.norm = back.norm;
    testOk1(storeResult(store, &second, scan) == xasOk);
    testOk1(xasStoreLastResult(store, "BL7", &back) == xasOk &&
            !back.haveNorm && back.predicted.hf == second.predicted.hf &&
            back.features.value[xasWlDe] == second.features.value[xasWlDe]);
    testOk1(!back.predicted.notHeld);
    testOk1(xasSqlRun(store, "UPDATE scan SET formula = 'NaCl' WHERE id = ?",
                      "i", scan->row) == xasOk &&
            xasStoreLastResult(store, "BL7", &back) == xasOk &&
            back.predicted.notHeld);
    xasScanDestroy(scan);
}

/* A stored scan with features, of an element and edge, on a day. */
static int64_t measured(xasStore *store, const char *sample,
                        const char *element, xasShell shell, int day,
                        const char *flags)
{
    static int number;
    char uid[32];
    xasScan *scan;
    xasResult r;
    int64_t row;

    (void)snprintf(uid, sizeof uid, "sample-%d", number++);
    scan = testScanMake(uid, sample, testPoints);
    scan->start_ns += (int64_t)day * 86400 * 1000000000;
    (void)snprintf(scan->element, sizeof scan->element, "%s", element);
    scan->shell = shell;
    if (strcmp(flags, "cut") == 0)
        (void)xasScanAddEvent(scan, scan->start_ns, "cut",
                              "sample may be longer");
    if (testScanClose(store, scan) != xasOk)
        testAbort("%s", xasStoreError(store));
    testResultMake(&r, scan, 1);
    (void)snprintf(r.features.flags, sizeof r.features.flags, "%s", flags);
    if (storeResult(store, &r, scan) != xasOk)
        testAbort("%s", xasStoreError(store));
    row = scan->row;
    xasScanDestroy(scan);
    return row;
}

static void joins(xasStore *store, int64_t scan, bool joinable, double days,
                  int64_t k, int64_t l, const char *what)
{
    xasSampleScans found;
    xasStatus status = xasStoreSampleScans(store, scan, joinable, days, &found);

    testOk(status == xasOk && found.kScan == k && found.lScan == l,
           "%s: K %lld, L %lld", what, (long long)found.kScan,
           (long long)found.lScan);
}

void testSamples(xasStore *store)
{
    int64_t k1 = measured(store, "S", "Fe", xasShellK, 0, "");
    int64_t l1 = measured(store, "S", "Fe", xasShellL, 30, "noise_scaled");
    int64_t k2, co, nameless, bad, cut;
    xasSampleScans found;

    joins(store, k1, true, 0, k1, l1, "both edges");
    joins(store, k1, true, 10, k1, 0, "too far apart");
    joins(store, l1, true, 30, k1, l1, "just near enough");
    joins(store, l1, false, 0, 0, l1, "not joinable");
    k2 = measured(store, "S", "Fe", xasShellK, 1, "");
    joins(store, l1, true, 0, k2, l1, "the newer one");
    bad = measured(store, "S", "Fe", xasShellK, 2, "low_quality");
    joins(store, l1, true, 0, k2, l1, "a good one before one of low quality");
    bad = measured(store, "S", "Fe", xasShellK, 2, "noise_scaled;no_edge");
    joins(store, l1, true, 0, k2, l1, "one without an edge stands for none");
    joins(store, bad, false, 0, 0, 0, "not even for itself");
    (void)measured(store, "S", "Fe", xasShellK, 3, "wrong_element:Mn");
    joins(store, l1, true, 0, k2, l1, "nor one of another element");
    co = measured(store, "Q", "Fe", xasShellK, 4, "points_lost;low_quality");
    joins(store, co, true, 0, co, 0, "low quality where there is no other");
    co = measured(store, "S", "Co", xasShellK, 4, "");
    joins(store, l1, true, 0, k2, l1, "the other metal of the sample");
    joins(store, co, true, 0, co, 0, "which stands for itself");
    testOk1(xasStoreScanReject(store, k2, true) == xasErrState);
    testOk1(xasStoreBegin(store) == xasOk &&
            xasStoreScanReject(store, k2, true) == xasOk &&
            xasStoreScanReject(store, 99999, true) == xasErrNotFound &&
            xasStoreCommit(store) == xasOk);
    joins(store, l1, true, 0, k1, l1, "rejected by the operator");
    nameless = measured(store, "", "Fe", xasShellK, 5, "");
    joins(store, nameless, true, 0, nameless, 0, "without a name");
    cut = measured(store, "S", "Fe", xasShellK, 6, "cut");
    joins(store, l1, true, 0, k1, l1, "a name that may be cut joins nothing");
    joins(store, cut, true, 0, cut, 0, "but stands for itself");
    testOk1(xasStoreSampleScans(store, k1, true, 0, &found) == xasOk &&
            strcmp(found.detectionK, "transmission") == 0 && found.sample > 0);
    testOk1(xasStoreSampleScans(store, 99999, true, 0, &found) ==
            xasErrNotFound);
}

void testQuery(xasStore *store)
{
    xasQuery *q = NULL;

    testOk1(xasQueryOpen(store, &q, "SELECT ?, 2.5, NULL, 'x' AS t", "i",
                         (int64_t)7) == xasOk);
    testOk1(xasQueryNext(q) == xasOk && xasQueryColumns(q) == 4 &&
            xasQueryIntOf(q, 0) == 7 && xasQueryRealOf(q, 1) == 2.5 &&
            isnan(xasQueryRealOf(q, 2)) &&
            xasQueryTypeOf(q, 2) == xasQueryNull &&
            strcmp(xasQueryTextOf(q, 3), "x") == 0 &&
            strcmp(xasQueryName(q, 3), "t") == 0);
    testOk1(xasQueryNext(q) == xasErrNotFound);
    xasQueryClose(q);
    testOk(xasQueryOpen(store, &q, "DELETE FROM scan", "") == xasErrArg,
           "refused: %s", xasStoreError(store));
    testOk(xasQueryOpen(store, &q, "SELECT * FROM none", "") == xasErrState,
           "refused: %s", xasStoreError(store));
}
