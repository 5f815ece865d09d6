/* SPDX-License-Identifier: BSD-3-Clause */
/* From a foil to the features of a stored scan: the same spectrum on an axis
 * that is off gives the same features; which foil counts; what is refused;
 * nothing is applied twice. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "pipelineStore.h"
#include "xasSamplePredict.h"
#include "xasStoreCalib.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"

enum { step_s = 3600 };

static double rise(double e, double e0, double width)
{
    return 0.5 * (1 + erf((e - e0) / width));
}

/* A compound with a white line, and a foil whose edge is at e0. */
static double sampleMu(double e, double e0)
{
    double u = (e - e0 - 12) / 2.5, v = (e - e0 - 2) / 1.5;

    return 0.5 + rise(e, e0 + 8, 2.5) + 0.7 * exp(-u * u) + 0.06 * exp(-v * v) +
           0.05 * sin((e - e0) / 13) * rise(e, e0 + 30, 9);
}

static double foilMu(double e, double e0)
{
    return 0.6 + 0.7 * rise(e, e0, 2.2) + 0.8 * rise(e, e0 + 11, 2.5);
}

/** What a test's scan is. */
typedef struct made {
    const char *station, *sample, *formula, *element;
    double e0_eV, off_eV; /* the axis reads so much too low */
    double hours;
    bool i2, foil; /* with a foil behind it; is one */
} made;

static xasScan *makeScan(const made *m)
{
    const xasRoles roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                           xasRoleBit(xasRoleI1) |
                           (m->i2 ? xasRoleBit(xasRoleI2) : 0);
    static int number;
    unsigned seed = 5;
    xasScan *scan = NULL;

    if (xasScanCreate(roles, &scan))
        testAbort("out of memory");
    (void)snprintf(scan->uid, sizeof scan->uid, "scan-%d", ++number);
    (void)snprintf(scan->station, sizeof scan->station, "%s", m->station);
    (void)snprintf(scan->mode, sizeof scan->mode, "step");
    (void)snprintf(scan->sample, sizeof scan->sample, "%s", m->sample);
    (void)snprintf(scan->formula, sizeof scan->formula, "%s", m->formula);
    (void)snprintf(scan->element, sizeof scan->element, "%s", m->element);
    scan->shell = xasShellK;
    scan->detection = xasDetectTransmission;
    scan->exit = xasExitComplete;
    scan->start_ns = (int64_t)((100 + m->hours) * step_s * 1e9);
    scan->end_ns = scan->start_ns + 1000;
    for (double e = m->e0_eV - 140; e < m->e0_eV + 350;
         e += fabs(e - m->e0_eV) < 50 ? 0.4 : 4) {
        double mu = m->foil ? foilMu(e, m->e0_eV) : sampleMu(e, m->e0_eV);
        double value[xasChannelCount] = { 0 }, noise;

        seed = seed * 1664525u + 1013904223u;
        noise = 1 + 1e-4 * (seed / 4294967296.0 - 0.5);
        value[xasRoleEnergy] = e - m->off_eV;
        value[xasRoleI0] = 1e7;
        value[xasRoleI1] = 1e7 * exp(-mu) * noise;
        value[xasRoleI2] = value[xasRoleI1] * exp(-foilMu(e, m->e0_eV)) / noise;
        if (xasScanAddPoint(scan, value, scan->start_ns, 0))
            testAbort("out of memory");
    }
    return scan;
}

/* Through the whole road; the scan is destroyed. */
static void runScan(xasPipeline *p, const made *m, xasResult *r)
{
    xasScan *scan = makeScan(m);

    if (xasPipelineRun(p, scan, "live", r) != xasOk)
        testAbort("%s: not stored", m->sample);
    xasScanDestroy(scan);
}

static void testSame(xasPipeline *p)
{
    const made at = { "A", "FeCl2", "FeCl2", "Fe", 7112, 0, 0, true, false };
    made off = at;
    xasResult a, b;

    runScan(p, &at, &a);
    testOk(a.calibration.state == xasCalibFoil &&
               fabs(a.calibration.shift_eV) < 0.02,
           "its own foil: shift %.4f +- %.4f eV", a.calibration.shift_eV,
           a.calibration.error_eV);
    off.off_eV = 2.37;
    off.hours = 1;
    runScan(p, &off, &b);
    testOk(fabs(b.calibration.shift_eV - a.calibration.shift_eV - 2.37) < 1e-6,
           "2.37 eV lower: shift %.6f eV", b.calibration.shift_eV);
    testOk(pipelineApart(&a.features, &b.features) < 1e-6,
           "the same features, to %.1e",
           pipelineApart(&a.features, &b.features));
    testOk(fabs(a.norm.e0_eV - b.norm.e0_eV) < 1e-6, "and E0");
    testOk(!xasFlagsHave(b.features.flags, "no_calibration"), "flags: %s",
           b.features.flags);
    testOk(isnan(a.calibration.leastSquares.shift_eV) &&
               fabs(b.calibration.leastSquares.shift_eV -
                    b.calibration.derivative.shift_eV) < 0.01,
           "by least squares against the first: %.4f +- %.4f eV",
           b.calibration.leastSquares.shift_eV,
           b.calibration.leastSquares.error_eV);
}

static void testLast(xasPipeline *p)
{
    made m = { "A", "FeF3", "FeF3", "Fe", 7112, 2.37, 3, false, false };
    xasResult r, again;

    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibLast &&
               fabs(r.calibration.shift_eV - 2.37) < 0.02 &&
               fabs(r.calibration.age_s - 2 * step_s) < 1,
           "the last foil: %.3f eV, %.0f s old", r.calibration.shift_eV,
           r.calibration.age_s);
    m.hours = 30;
    runScan(p, &m, &again);
    testOk(again.calibration.state == xasCalibOld &&
               xasFlagsHave(again.features.flags, "cal_old") &&
               again.calibration.shift_eV == r.calibration.shift_eV,
           "a day later: %s", again.calibration.reason);
    m.station = "B";
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibNone && r.calibration.shift_eV == 0 &&
               xasFlagsHave(r.features.flags, "no_calibration"),
           "another station has none: %s", r.calibration.reason);
    /* Earlier than any foil. */
    m = (made){ "A", "FeF2", "FeF2", "Fe", 7112, 0, -5, false, false };
    runScan(p, &m, &r);
    testOk1(r.calibration.state == xasCalibNone);
}

static void testFoilSample(xasPipeline *p)
{
    made m = { "C", "Foil", "Fe", "Fe", 7112, -1.2, 0, false, true };
    xasResult r;

    m.formula = "FeO";
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibNone, "FeO is no foil");
    m.formula = "Fe";
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibFoil &&
               fabs(r.calibration.shift_eV + 1.2) < 0.02,
           "a foil as sample: %.3f eV", r.calibration.shift_eV);
    m = (made){ "C", "FeS", "FeS", "Fe", 7112, -1.2, 1, false, false };
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibLast &&
               fabs(r.calibration.shift_eV + 1.2) < 0.02,
           "serves the next scan");
    m = (made){ "C", "CoO", "CoO", "Co", 7709, -1.2, 2, false, false };
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibNone && r.calibration.reason[0],
           "not another edge: %s", r.calibration.reason);
}

static void testTransfer(xasPipeline *p)
{
    made m = { "C", "CoO", "CoO", "Co", 7709, -1.2, 3, false, false };
    static const xasJoin join; /* without limits */
    xasPipelineRules rules = { .level = 0.8, .join = &join, .code = "0.1" };
    const xasCalibShift from = { -1.2, NAN };
    xasCalibShift to = { NAN, NAN };
    xasCalibRules calib;
    xasResult r;

    xasCalibRulesDefaults(&calib);
    (void)snprintf(calib.station, sizeof calib.station, "C");
    calib.mono = xasMonoCrystal;
    calib.d_spacing_A = 3.1356;
    rules.calib = &calib;
    xasPipelineSetRules(p, &rules);
    runScan(p, &m, &r);
    (void)xasCalibTransfer(xasMonoCrystal, 3.1356, 7112, 7709, &from, &to);
    testOk(r.calibration.state == xasCalibTransferred &&
               fabs(r.calibration.shift_eV - to.shift_eV) < 0.02 &&
               xasFlagsHave(r.features.flags, "cal_transferred"),
           "Fe foil for Co: %.3f eV, Bragg %.3f", r.calibration.shift_eV,
           to.shift_eV);
    rules.calib = NULL;
    xasPipelineSetRules(p, &rules);
}

static void testRefused(xasPipeline *p)
{
    made m = { "D", "FeS", "FeS", "Fe", 7112, 7.5, 0, true, false };
    xasResult r;

    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibRefused &&
               r.calibration.shift_eV == 0 &&
               xasFlagsHave(r.features.flags, "cal_refused"),
           "refused: %s", r.calibration.reason);
    m.i2 = false;
    m.hours = 1;
    runScan(p, &m, &r);
    testOk(r.calibration.state == xasCalibNone, "and not used by others");
}

static bool sameCalibration(const xasCalibration *a, const xasCalibration *b)
{
    return a->state == b->state && a->method == b->method &&
           a->shift_eV == b->shift_eV && a->measured_eV == b->measured_eV &&
           a->foil_eV == b->foil_eV && a->shell == b->shell &&
           strcmp(a->foil, b->foil) == 0 && a->age_s == b->age_s &&
           strcmp(a->reason, b->reason) == 0;
}

/* The channels stay as measured, and the second look gives the first's. */
static void testOnce(xasStore *store, xasPipeline *p)
{
    const made m = { "E", "FeCl3", "FeCl3", "Fe", 7112, 3.1, 0, true, false };
    xasScan *scan = makeScan(&m), *back = NULL;
    xasResult first, stored, second;
    xasCalibration c;

    testOk1(xasPipelineRun(p, scan, "live", &first) == xasOk);
    testOk1(xasStoreScanRead(store, scan->row, &back) == xasOk &&
            memcmp(scan->channel[xasRoleEnergy], back->channel[xasRoleEnergy],
                   scan->n * sizeof(double)) == 0);
    testOk1(xasStoreLastResult(store, "E", &stored) == xasOk &&
            sameCalibration(&stored.calibration, &first.calibration) &&
            stored.calibration.scan == scan->row);
    testOk1(xasStoreCalibrationRead(store, scan->row, &c) == xasOk &&
            xasPipelineAnalyse(back, &c, &second) == xasOk &&
            pipelineApart(&first.features, &second.features) == 0);
    testOk1(xasStoreCalibrationRead(store, 9999, &c) == xasErrNotFound);
    xasScanDestroy(scan);
    xasScanDestroy(back);
}

/* A model that knows foils, and a scan without one. */
static void testModel(xasStore *store)
{
    made m = { "G", "FeCl2", "FeCl2", "Fe", 7112, 0, 0, true, false };
    xasPipeline *p;
    xasResult r, back;

    pipelineModel(store, "foil");
    p = pipelineMake(store, NULL);
    runScan(p, &m, &r);
    testOk(isfinite(r.predicted.hf) && !r.predicted.calDiffers,
           "as the model knows: %s", r.predicted.reason);
    m.i2 = false;
    m.station = "H";
    runScan(p, &m, &r);
    testOk(isfinite(r.predicted.hf) && r.predicted.calDiffers &&
               strstr(r.predicted.reason, "calibration is not the model's"),
           "otherwise: %s", r.predicted.reason);
    testOk1(xasStoreLastResult(store, "H", &back) == xasOk &&
            back.predicted.calDiffers);
    xasPipelineDestroy(p);
}

/* The store is away: its own foil serves all the same. */
static void testUnsaved(xasPipeline *p)
{
    const made m = { "F", "FeCl3", "FeCl3", "Fe", 7112, 1.5, 0, true, false };
    xasScan *scan = makeScan(&m);
    xasResult r;

    testOk1(xasPipelineUnsaved(p, scan, &r) == xasOk &&
            r.calibration.state == xasCalibFoil &&
            fabs(r.calibration.shift_eV - 1.5) < 0.02);
    xasScanDestroy(scan);
}

MAIN(calibrateTest)
{
    xasStore *store = pipelineStoreMake();
    xasPipeline *p = pipelineMake(store, NULL);

    testPlan(6 + 4 + 4 + 1 + 2 + 5 + 1 + 3);
    testSame(p);
    testLast(p);
    testFoilSample(p);
    testTransfer(p);
    testRefused(p);
    testOnce(store, p);
    testUnsaved(p);
    xasPipelineDestroy(p);
    testModel(store);
    pipelineStoreEnd(store);
    return testDone();
}
