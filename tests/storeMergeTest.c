/* SPDX-License-Identifier: BSD-3-Clause */
/* Which scans are repeats, and merges of them: kept, found again by exactly
 * their scans, and no longer once one of these was analysed anew. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "storeTestScan.h"
#include "xasStoreMerge.h"
#include "xasStoreScan.h"

static char path[] = "/tmp/storeMergeTestXXXXXX";
static xasStore *store;

static void analyse(xasScan *scan, const char *flags)
{
    xasResult r;

    testResultMake(&r, scan, 1);
    (void)snprintf(r.features.flags, sizeof r.features.flags, "%s", flags);
    if (xasStoreBegin(store) || xasStoreFeatures(store, &r, scan, "0.1") ||
        xasStoreCommit(store))
        testAbort("%s", xasStoreError(store));
}

/* A scan of a day, stored with features. */
static xasScan *measure(const char *sample, xasShell shell, int day,
                        xasDetection detection, const char *flags)
{
    static int number;
    char uid[32];
    xasScan *scan;

    (void)snprintf(uid, sizeof uid, "repeat-%d", number++);
    scan = testScanMake(uid, sample, testPoints);
    scan->start_ns += (int64_t)day * 86400 * 1000000000;
    (void)snprintf(scan->element, sizeof scan->element, "Fe");
    scan->shell = shell;
    scan->detection = detection;
    if (strcmp(flags, "cut") == 0)
        (void)xasScanAddEvent(scan, scan->start_ns, "cut",
                              "sample may be longer");
    if (testScanClose(store, scan) != xasOk)
        testAbort("%s", xasStoreError(store));
    analyse(scan, flags);
    return scan;
}

static int64_t measureOnly(const char *sample, xasShell shell, int day,
                           xasDetection detection, const char *flags)
{
    xasScan *scan = measure(sample, shell, day, detection, flags);
    int64_t row = scan->row;

    xasScanDestroy(scan);
    return row;
}

static void repeats(int64_t of, xasShell shell, double days, const char *what,
                    size_t n, const int64_t *expected)
{
    int64_t found[XAS_MERGE_MAX];
    size_t count = 0;
    xasStatus status = xasStoreRepeats(store, of, shell, days, found, &count);

    testOk(status == xasOk && count == n &&
               memcmp(found, expected, n * sizeof *found) == 0,
           "%s: %zu scans", what, count);
}

static void whichRepeat(void)
{
    const xasDetection t = xasDetectTransmission;
    int64_t late = measureOnly("S", xasShellK, 3, t, "");
    int64_t k[3] = { measureOnly("S", xasShellK, 1, t, "noise_scaled"),
                     measureOnly("S", xasShellK, 2, t, ""), late };
    int64_t l = measureOnly("S", xasShellL, 9, xasDetectYield, "");
    int64_t other, bad;

    repeats(late, xasShellK, 0, "oldest first, whatever was stored first", 3,
            k);
    repeats(l, xasShellK, 0, "asked by the partner's scan", 3, k);
    repeats(late, xasShellL, 0, "of the partner's edge", 1, &l);
    repeats(late, xasShellK, 1.5, "not further apart than allowed", 2, k + 1);
    bad = measureOnly("S", xasShellK, 4, t, "points_lost;low_quality");
    repeats(late, xasShellK, 0, "none of low quality", 3, k);
    repeats(bad, xasShellK, 0, "which has repeats itself", 3, k);
    (void)measureOnly("S", xasShellK, 4, t, "no_edge");
    (void)measureOnly("S", xasShellK, 4, t, "cut");
    repeats(late, xasShellK, 0, "no edge, a name cut short", 3, k);
    other = measureOnly("S", xasShellK, 5, xasDetectFluorescence, "");
    repeats(late, xasShellK, 0, "the detection of the newest", 1, &other);
    other = measureOnly("", xasShellK, 5, t, "");
    repeats(other, xasShellK, 0, "nothing joins without a name", 0, k);
}

static void makeMerge(xasMerged *m, xasScan *const *scan, size_t n)
{
    memset(m, 0, sizeof *m);
    m->n = n;
    (void)snprintf(m->detection, sizeof m->detection, "transmission");
    (void)snprintf(m->calibration, sizeof m->calibration, "foil");
    xasFeaturesClear(&m->merge.features, "Fe", xasShellK);
    for (int i = 0; i < xasFeatureCount; i++)
        m->merge.error[i] = m->merge.oneMore[i] = NAN;
    for (size_t i = 0; i < n; i++) {
        m->scan[i] = scan[i]->row;
        m->verdict[i].used = i != 1;
        m->verdict[i].distance = i == 1 ? NAN : 0.5 + (double)i;
    }
    (void)snprintf(m->verdict[1].reason, sizeof m->verdict[1].reason,
                   "outlier");
    m->merge.used = n - 1;
    m->merge.aligned = true;
    (void)snprintf(m->merge.features.flags, sizeof m->merge.features.flags,
                   "weak_white_line");
    m->merge.features.value[xasWlE] = 7124.25;
    m->merge.error[xasWlE] = 0.03;
}

static bool sameNumber(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool sameMerge(const xasMerged *a, const xasMerged *b)
{
    const xasMerge *p = &a->merge, *q = &b->merge;

    for (size_t i = 0; i < a->n && a->n == b->n; i++)
        if (a->scan[i] != b->scan[i] ||
            a->verdict[i].used != b->verdict[i].used ||
            !sameNumber(a->verdict[i].distance, b->verdict[i].distance) ||
            strcmp(a->verdict[i].reason, b->verdict[i].reason) != 0)
            return false;
    for (int i = 0; i < xasFeatureCount; i++)
        if (!sameNumber(p->features.value[i], q->features.value[i]) ||
            !sameNumber(p->error[i], q->error[i]))
            return false;
    return a->n == b->n && a->row == b->row &&
           strcmp(a->detection, b->detection) == 0 &&
           strcmp(a->calibration, b->calibration) == 0 && p->used == q->used &&
           p->aligned == q->aligned && p->beamDamage == q->beamDamage &&
           strcmp(p->trend, q->trend) == 0 &&
           strcmp(p->features.element, q->features.element) == 0 &&
           p->features.shell == q->features.shell &&
           strcmp(p->features.flags, q->features.flags) == 0;
}

/* A merge is made, one of its scans is found anew, then it is to be kept:
 * what holds for others must be of the new ones. */
static void readBefore(xasMerged *m, xasScan *later)
{
    static xasMerged back;

    m->row = 0;
    testOk1(xasStoreMergeMark(store, m->scan, 3, &m->mark) == xasOk && m->mark);
    analyse(later, "noise_scaled");
    testOk(xasStoreBegin(store) == xasOk &&
               xasStoreMergePut(store, m, "0.1") == xasOk && m->row > 0 &&
               xasStoreCommit(store) == xasOk,
           "kept for whom it stood");
    testOk1(xasStoreMergeFind(store, m->scan, 3, &back) == xasErrNotFound);
    m->row = 0;
    testOk1(xasStoreMergeMark(store, m->scan, 3, &m->mark) == xasOk);
    testOk(xasStoreBegin(store) == xasOk &&
               xasStoreMergePut(store, m, "0.1") == xasOk &&
               xasStoreCommit(store) == xasOk &&
               xasStoreMergeFind(store, m->scan, 3, &back) == xasOk &&
               back.row == m->row,
           "one made of what is there now holds");
}

static void keepAndFind(void)
{
    xasScan *scan[3];
    static xasMerged m, back;

    for (int i = 0; i < 3; i++)
        scan[i] = measure("T", xasShellK, i, xasDetectTransmission, "");
    makeMerge(&m, scan, 3);
    testOk1(xasStoreMergeFind(store, m.scan, 3, &back) == xasErrNotFound);
    testOk1(xasStoreMergePut(store, &m, "0.1") == xasErrState);
    if (xasStoreBegin(store))
        testAbort("%s", xasStoreError(store));
    testOk(xasStoreMergePut(store, &m, "0.1") == xasOk && m.row > 0 &&
               xasStoreCommit(store) == xasOk,
           "kept");
    testOk1(xasStoreMergeFind(store, m.scan, 3, &back) == xasOk &&
            sameMerge(&m, &back));
    testOk1(xasStoreMergeFind(store, m.scan, 2, &back) == xasErrNotFound);
    testOk1(xasStoreMergeFind(store, m.scan + 1, 2, &back) == xasErrNotFound);
    analyse(scan[1], "");
    testOk(xasStoreMergeFind(store, m.scan, 3, &back) == xasErrNotFound,
           "not once a scan was analysed anew, refused or not");
    readBefore(&m, scan[2]);
    for (int i = 0; i < 3; i++)
        xasScanDestroy(scan[i]);
}

MAIN(storeMergeTest)
{
    xasMessage why = { "" };
    int file = mkstemp(path);
    char more[sizeof path + 4];

    testPlan(21);
    if (file < 0 || close(file) || unlink(path) ||
        xasStoreOpen(path, xasStoreCreate, 1000, &store, &why))
        testAbort("no database: %s", why.text);
    whichRepeat();
    keepAndFind();
    xasStoreClose(store);
    (void)unlink(path);
    for (int i = 0; i < 2; i++) {
        (void)snprintf(more, sizeof more, "%s%s", path, i ? "-shm" : "-wal");
        (void)unlink(more);
    }
    return testDone();
}
