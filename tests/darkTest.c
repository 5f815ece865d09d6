/* SPDX-License-Identifier: BSD-3-Clause */
/* Two scans of the same counts, one read with offsets that the scan knows: all
 * that is made of them is the same to the last digit, since counts and offsets
 * are whole numbers.  What is stored stays as read. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "pipelineStore.h"
#include "xasStoreScan.h"

static const double offset[xasChannelCount] = {
    [xasRoleI0] = 50000,    [xasRoleI1] = -30000, [xasRoleI2] = 7000,
    [xasRoleFluor] = 12345, [xasRoleTey] = -99,
};

static double rise(double e, double width)
{
    return 0.5 * (1 + erf((e - 7112) / width));
}

static double muAt(double e)
{
    double u = (e - 7124) / 2.5;

    return 0.5 + rise(e - 8, 2.5) + 0.7 * exp(-u * u);
}

/* signal: I1, Fluor or TEY; where dark, the PVs read more than there is. */
static xasScan *makeScan(xasDetection detection, bool dark, bool known)
{
    const xasRoles roles = (xasRoleBit(xasRoleTey) << 1) - 1;
    static int number;
    xasScan *scan = NULL;

    if (xasScanCreate(roles, &scan))
        testAbort("out of memory");
    (void)snprintf(scan->uid, sizeof scan->uid, "scan-%d", ++number);
    (void)snprintf(scan->station, sizeof scan->station, "S%d", number);
    (void)snprintf(scan->mode, sizeof scan->mode, "step");
    (void)snprintf(scan->element, sizeof scan->element, "Fe");
    scan->shell = xasShellK;
    scan->detection = detection;
    scan->exit = xasExitComplete;
    scan->dead_per_count = detection == xasDetectFluorescence ? 2.5e-8 : 0;
    if (known)
        memcpy(scan->dark, offset, sizeof offset);
    for (double e = 6970; e < 7460; e += fabs(e - 7112) < 50 ? 0.5 : 4) {
        double value[xasChannelCount] = { 0 };
        bool glitch = fabs(e - 7302) < 1;

        value[xasRoleEnergy] = e;
        value[xasRoleI0] = rint(1e6 - 50 * (e - 7000));
        value[xasRoleI1] =
            rint(value[xasRoleI0] * exp(-muAt(e))) * (glitch ? 1.2 : 1);
        value[xasRoleI2] =
            rint(value[xasRoleI1] * exp(-0.6 - 0.7 * rise(e + 0.7, 2.2)));
        value[xasRoleFluor] = rint(value[xasRoleI0] * muAt(e));
        value[xasRoleTey] = rint(value[xasRoleI0] * muAt(e) * 0.01);
        value[xasRoleI1] = rint(value[xasRoleI1]);
        for (int c = 0; dark && c < xasChannelCount; c++)
            value[c] += offset[c];
        if (xasScanAddPoint(scan, value, 0, 0))
            testAbort("out of memory");
    }
    return scan;
}

static size_t glitches(const xasScan *scan)
{
    size_t n = 0;

    for (size_t i = 0; i < scan->n; i++)
        n += (scan->flags[i] & xasPointGlitch) != 0;
    return n;
}

static void same(xasStore *store, xasPipeline *p, xasDetection detection)
{
    xasScan *plain = makeScan(detection, false, false);
    xasScan *dark = makeScan(detection, true, true);
    xasScan *wrong = makeScan(detection, true, false), *back = NULL;
    xasResult a, b, c;

    if (xasPipelineRun(p, plain, "live", &a) ||
        xasPipelineRun(p, dark, "live", &b) ||
        xasPipelineRun(p, wrong, "live", &c))
        testAbort("not stored");
    testOk(pipelineApart(&a.features, &b.features) == 0 &&
               a.norm.e0_eV == b.norm.e0_eV,
           "%s: the same features", xasDetectionName(detection));
    testOk(pipelineApart(&a.features, &c.features) > 1e-3,
           "others by %.2g without the offsets",
           pipelineApart(&a.features, &c.features));
    testOk(a.quality.i0Min == b.quality.i0Min && a.quality.score > 50 &&
               a.quality.score == b.quality.score &&
               strcmp(a.features.flags, b.features.flags) == 0,
           "the same quality, %s", b.quality.reason);
    testOk(a.calibration.state == xasCalibFoil &&
               a.calibration.shift_eV == b.calibration.shift_eV,
           "the same shift by the foil, %.4f eV", b.calibration.shift_eV);
    testOk1(glitches(plain) == glitches(dark) &&
            (glitches(dark) == 1 || detection != xasDetectTransmission));
    testOk1(xasStoreScanRead(store, dark->row, &back) == xasOk &&
            memcmp(back->dark, offset, sizeof offset) == 0 &&
            back->channel[xasRoleI0][0] == 1001500 + 50000);
    xasScanDestroy(plain);
    xasScanDestroy(dark);
    xasScanDestroy(wrong);
    xasScanDestroy(back);
}

MAIN(darkTest)
{
    xasCalibRules calib;
    xasStore *store = pipelineStoreMake();
    xasPipeline *p;

    testPlan(3 * 6);
    xasCalibRulesDefaults(&calib);
    p = pipelineMake(store, &calib);
    same(store, p, xasDetectTransmission);
    same(store, p, xasDetectFluorescence);
    same(store, p, xasDetectYield);
    xasPipelineDestroy(p);
    pipelineStoreEnd(store);
    return testDone();
}
