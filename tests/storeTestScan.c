/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans and results for the tests of the store. */
#include <math.h>
#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>

#include "storeTestScan.h"
#include "xasStoreScan.h"

static double payloadNaN(void)
{
    uint64_t bits = 0x7ff8000000abcdefULL;
    double value;

    memcpy(&value, &bits, sizeof value);
    return value;
}

xasScan *testScanMake(const char *uid, const char *sample, size_t n)
{
    xasRoles roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                     xasRoleBit(xasRoleI1);
    xasScan *s = NULL;

    if (xasScanCreate(roles, &s) != xasOk)
        abort();
    (void)snprintf(s->uid, sizeof s->uid, "%s", uid);
    (void)snprintf(s->station, sizeof s->station, "BL5S1");
    (void)snprintf(s->mode, sizeof s->mode, "step");
    (void)snprintf(s->sample, sizeof s->sample, "%s", sample);
    (void)snprintf(s->comment, sizeof s->comment, "SYNTHETIC, \xc2\xb5 'x'");
    (void)snprintf(s->element, sizeof s->element, "Fe");
    s->shell = xasShellK;
    s->detection = xasDetectTransmission;
    s->planned = 500;
    s->dead_per_count = 1e-7;
    s->sequence = (int64_t)n - 1;
    s->start_ns = 1795361670123456789;
    for (size_t i = 0; i < n; i++) {
        double v[xasChannelCount];

        for (int c = 0; c < xasChannelCount; c++)
            v[c] = NAN;
        v[xasRoleEnergy] = 7000.0 + 0.3 * (double)(i == 7 ? 6 : i);
        v[xasRoleI0] = 1e6 / (1.0 + (double)i);
        v[xasRoleI1] = i == 3 ? payloadNaN() : -0.0 + sqrt((double)i);
        if (xasScanAddPoint(s, v, s->start_ns + (int64_t)i * 500000001,
                            i == 3 ? xasPointInvalid : 0) != xasOk)
            abort();
        s->end_ns = s->start_ns + (int64_t)i * 500000001;
        if (i == 5)
            (void)xasScanAddEvent(s, s->end_ns, "gap", "%d points after %s", 2,
                                  "\xce\xbc");
    }
    (void)xasScanAddEvent(s, s->end_ns, "disconnect", "i0");
    s->lost = 2;
    return s;
}

static bool sameArrays(const xasScan *a, const xasScan *b)
{
    if (a->n == 0) /* an empty scan has no arrays: memcmp takes no NULL */
        return true;
    for (int c = 0; c < xasChannelCount; c++)
        if (xasRolesHave(a->channels, c) &&
            memcmp(a->channel[c], b->channel[c], a->n * sizeof(double)) != 0)
            return false;
    return memcmp(a->stamp_ns, b->stamp_ns, a->n * sizeof *a->stamp_ns) == 0 &&
           memcmp(a->flags, b->flags, a->n * sizeof *a->flags) == 0;
}

static bool sameEvents(const xasScan *a, const xasScan *b)
{
    if (a->nEvents != b->nEvents)
        return false;
    for (size_t i = 0; i < a->nEvents; i++)
        if (a->event[i].stamp_ns != b->event[i].stamp_ns ||
            a->event[i].point != b->event[i].point ||
            strcmp(a->event[i].what, b->event[i].what) != 0 ||
            strcmp(a->event[i].text, b->event[i].text) != 0)
            return false;
    return true;
}

bool testScanEqual(const xasScan *a, const xasScan *b)
{
    return a->n == b->n && a->channels == b->channels && sameArrays(a, b) &&
           sameEvents(a, b) && strcmp(a->uid, b->uid) == 0 &&
           strcmp(a->station, b->station) == 0 &&
           strcmp(a->mode, b->mode) == 0 && a->detection == b->detection &&
           strcmp(a->sample, b->sample) == 0 &&
           strcmp(a->formula, b->formula) == 0 &&
           strcmp(a->comment, b->comment) == 0 &&
           strcmp(a->element, b->element) == 0 && a->shell == b->shell &&
           a->planned == b->planned && a->dead_per_count == b->dead_per_count &&
           a->sequence == b->sequence && a->start_ns == b->start_ns &&
           a->end_ns == b->end_ns && a->exit == b->exit &&
           strcmp(a->reason, b->reason) == 0 && a->lost == b->lost &&
           a->direction == b->direction && a->d_spacing_A == b->d_spacing_A &&
           (a->lag_s == b->lag_s || (isnan(a->lag_s) && isnan(b->lag_s))) &&
           memcmp(a->dark, b->dark, sizeof a->dark) == 0 &&
           a->leftOut == b->leftOut;
}

void testResultMake(xasResult *r, const xasScan *scan, double seed)
{
    xasResultClear(r);
    r->scan = scan->row;
    r->stamp_ns = scan->end_ns;
    (void)snprintf(r->sample, sizeof r->sample, "%s", scan->sample);
    (void)snprintf(r->formula, sizeof r->formula, "%s", scan->formula);
    r->haveNorm = 1;
    r->norm = (xasNorm){ .e0_eV = 7112 + seed,
                         .edge_step = 1 / 3.0,
                         .pre_offset = 0.1 * seed,
                         .pre_slope_per_eV = -1e-5,
                         .pre1_eV = -110,
                         .pre2_eV = -55,
                         .norm1_eV = 25,
                         .norm2_eV = 300,
                         .nnorm = 2,
                         .norm_c = { 1, 2e-3, NAN } };
    memcpy(r->features.element, scan->element, sizeof scan->element);
    r->features.shell = scan->shell;
    for (int i = 0; i < xasFeatureCount; i++)
        if (xasFeatureShell((xasFeatureId)i) == scan->shell && i % 5) {
            r->features.value[i] = seed * sqrt(i + 1.0);
            r->features.error[i] = i % 2 ? 1e-3 * i : NAN;
        }
    r->features.step_or_jump = 0.5 + seed;
    r->features.sigma = 1e-4;
    r->features.e0_deriv_eV = 7113;
    r->features.before = (xasFit){ 6962.5, 7092, 1 };
    (void)snprintf(r->features.flags, sizeof r->features.flags,
                   "noise_scaled;weak_white_line");
    r->predicted.state = xasPredSingleEdge;
    (void)snprintf(r->predicted.reason, sizeof r->predicted.reason,
                   "K edge only");
    r->predicted.hf = -341.8 * seed;
    r->predicted.lo = -INFINITY;
    r->predicted.hi = -300;
    r->predicted.err = (r->predicted.hi - r->predicted.lo) / 2;
    r->predicted.level = 13.0 / 16;
    r->predicted.distance = 0.25;
    r->predicted.hfOf[xasKindK] = r->predicted.hf;
    r->predicted.kScan = scan->row;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static bool sameNorm(const xasNorm *a, const xasNorm *b)
{
    return same(a->e0_eV, b->e0_eV) && same(a->edge_step, b->edge_step) &&
           same(a->pre_offset, b->pre_offset) &&
           same(a->pre_slope_per_eV, b->pre_slope_per_eV) &&
           same(a->pre1_eV, b->pre1_eV) && same(a->pre2_eV, b->pre2_eV) &&
           same(a->norm1_eV, b->norm1_eV) && same(a->norm2_eV, b->norm2_eV) &&
           a->nnorm == b->nnorm && same(a->norm_c[0], b->norm_c[0]) &&
           same(a->norm_c[1], b->norm_c[1]) && same(a->norm_c[2], b->norm_c[2]);
}

static bool sameFit(const xasFit *a, const xasFit *b)
{
    return same(a->from_eV, b->from_eV) && same(a->to_eV, b->to_eV) &&
           a->degree == b->degree;
}

static bool sameFeatures(const xasFeatures *a, const xasFeatures *b)
{
    for (int i = 0; i < xasFeatureCount; i++)
        if (!same(a->value[i], b->value[i]) || !same(a->error[i], b->error[i]))
            return false;
    return strcmp(a->element, b->element) == 0 && a->shell == b->shell &&
           same(a->step_or_jump, b->step_or_jump) && same(a->sigma, b->sigma) &&
           same(a->e0_deriv_eV, b->e0_deriv_eV) &&
           sameFit(&a->before, &b->before) && sameFit(&a->behind, &b->behind) &&
           same(a->pre_limit, b->pre_limit) && strcmp(a->flags, b->flags) == 0;
}

static bool samePredicted(const xasPredicted *a, const xasPredicted *b)
{
    for (int i = 0; i < xasKindCount; i++)
        if (!same(a->hfOf[i], b->hfOf[i]))
            return false;
    return a->state == b->state && strcmp(a->reason, b->reason) == 0 &&
           same(a->hf, b->hf) && same(a->lo, b->lo) && same(a->hi, b->hi) &&
           same(a->err, b->err) && same(a->level, b->level) &&
           a->model == b->model && same(a->distance, b->distance) &&
           a->kScan == b->kScan && a->lScan == b->lScan;
}

bool testResultEqual(const xasResult *a, const xasResult *b)
{
    return a->scan == b->scan && a->stamp_ns == b->stamp_ns &&
           strcmp(a->sample, b->sample) == 0 &&
           strcmp(a->formula, b->formula) == 0 && a->haveNorm == b->haveNorm &&
           sameNorm(&a->norm, &b->norm) &&
           sameFeatures(&a->features, &b->features) &&
           samePredicted(&a->predicted, &b->predicted);
}

xasStatus testScanClose(xasStore *store, xasScan *scan)
{
    xasStatus status = xasStoreBegin(store);

    scan->exit = xasExitComplete;
    if (status == xasOk)
        status = xasStoreScanClose(store, scan, "live");
    if (status == xasOk)
        return xasStoreCommit(store);
    xasStoreRollback(store);
    return status;
}

void testFolderMake(char folder[64], const char *name)
{
    const char *base = getenv("TMPDIR");

    (void)snprintf(folder, 64, "%.40s/%.16sXXXXXX", base ? base : "/tmp", name);
    if (!mkdtemp(folder))
        testAbort("no folder %s", folder);
}

void testFolderRemove(const char *folder)
{
    char command[256];

    (void)snprintf(command, sizeof command, "chmod -R u+w %s; rm -rf %s",
                   folder, folder);
    if (system(command) != 0)
        testDiag("left behind: %s", folder);
}
