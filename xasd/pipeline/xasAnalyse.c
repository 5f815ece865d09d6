/* SPDX-License-Identifier: BSD-3-Clause */
/* From the points of a scan to normalisation and features. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasFormula.h"
#include "xasPipeline.h"

/* DESIGN.md section 4: more than 5 % of the points, or any within 15 eV of
 * the edge, make a scan that must not be believed. */
#define FLAGGED_PART 0.05
#define EDGE_ZONE_EV 15.0
/* The two ways to calibrate must agree to this, or to their errors. */
#define METHODS_APART_EV     0.3
#define METHODS_APART_ERRORS 4

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

/* What is to be known of the energies, as flags. */
static void judgeCalibration(const xasCalibration *c, xasFeatures *f)
{
    double apart = fabs(c->derivative.shift_eV - c->leastSquares.shift_eV);
    double error = hypot(c->derivative.error_eV, c->leastSquares.error_eV);

    if (c->state == xasCalibNone)
        xasFlagsAdd(f->flags, "no_calibration");
    if (c->state == xasCalibRefused)
        xasFlagsAdd(f->flags, "cal_refused");
    if (c->state == xasCalibOld)
        xasFlagsAdd(f->flags, "cal_old");
    if (c->state != xasCalibNone && c->state != xasCalibRefused &&
        (strcmp(c->foil, f->element) != 0 || c->shell != f->shell))
        xasFlagsAdd(f->flags, "cal_transferred");
    if (apart > METHODS_APART_EV && !(apart < METHODS_APART_ERRORS * error))
        xasFlagsAdd(f->flags, "cal_methods_differ");
}

static void count(const xasScan *scan, double shift_eV, const xasFeatures *f,
                  xasQualityCounts *n)
{
    const double *energy = scan->channel[xasRoleEnergy];
    bool i0 = scan->channel[xasRoleI0] != NULL;

    *n = (xasQualityCounts){ .points = (int64_t)scan->n,
                             .flagged = (int64_t)xasScanFlagged(scan),
                             .lost = scan->lost,
                             .i0Min = NAN };
    for (size_t i = 0; i < scan->n; i++) {
        uint32_t flags = scan->flags[i];

        n->glitches += (flags & xasPointGlitch) != 0;
        n->glitchesI0 += (flags & xasPointGlitchI0) != 0;
        if (i0 && !(flags & ~(uint32_t)xasPointGlitchI0))
            n->i0Min = fmin(n->i0Min, xasScanReading(scan, xasRoleI0, i));
        flags &= ~(uint32_t)(xasPointDuplicate | xasPointGlitchI0);
        n->edgeFlagged += energy && flags && nearEdge(energy[i] + shift_eV, f);
    }
}

/* A fluorescence detector that was blind for more than 5 % of a point damps
 * the white line; non-paralysable: the part is counts times dead time. */
#define DEAD_PART 0.05

static void judgeDeadTime(const xasScan *scan, xasFeatures *f)
{
    if (scan->detection != xasDetectFluorescence ||
        !scan->channel[xasRoleFluor])
        return;
    for (size_t i = 0; i < scan->n; i++)
        if (xasScanReading(scan, xasRoleFluor, i) * scan->dead_per_count >
            DEAD_PART) {
            xasFlagsAdd(f->flags, "dead_time");
            return;
        }
}

static void judge(const xasScan *scan, const xasSpectrum *s, xasResult *result)
{
    xasFeatures *f = &result->features;
    xasQualityCounts n;
    bool low = false;

    count(scan, result->calibration.shift_eV, f, &n);
    if ((double)n.flagged > FLAGGED_PART * (double)n.points) {
        xasFlagsAdd(f->flags, "points_flagged");
        low = true;
    }
    if (n.edgeFlagged) {
        xasFlagsAdd(f->flags, "edge_points_flagged");
        low = true;
    }
    if (n.lost > 0) {
        xasFlagsAdd(f->flags, "points_lost");
        low = true;
    }
    if (low)
        xasFlagsAdd(f->flags, "low_quality");
    judgeDeadTime(scan, f);
    if (s)
        xasSaturationFlags(s, f, result->formula, f->flags);
    (void)xasQualityJudge(s, f, &n, &result->quality);
}

static xasStatus find(const xasScan *scan, const xasSpectrum *s, bool running,
                      xasResult *result)
{
    const char *formula;
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
    formula = xasFormulaOfSample(result->formula, result->sample, element);
    return running ? xasFeaturesFindRunning(s, element, shell, formula, f)
                   : xasFeaturesFind(s, element, shell, formula, f);
}

/* Larch's way, of the spectrum as measured, for cross checks: Larch knows no
 * glitches. */
static xasStatus normalise(const xasScan *scan, xasResult *result)
{
    xasSpectrum *s = NULL;
    xasStatus status = xasScanSpectrumMeasured(scan, &s);

    if (status)
        return status == xasErrMemory ? status : xasOk;
    xasSpectrumShift(s, result->calibration.shift_eV);
    result->haveNorm =
        xasNormFind(xasSpectrumEnergy(s), xasSpectrumMu(s), xasSpectrumSize(s),
                    NAN, &result->norm) == xasOk;
    xasSpectrumDestroy(s);
    return xasOk;
}

static xasStatus analyse(const xasScan *scan, const xasCalibration *calibration,
                         bool running, xasResult *result)
{
    xasSpectrum *s = NULL;
    xasStatus status;

    xasResultClear(result);
    if (calibration)
        result->calibration = *calibration;
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
        judge(scan, NULL, result);
        return xasOk;
    }
    xasSpectrumShift(s, result->calibration.shift_eV);
    status = find(scan, s, running, result);
    if (status == xasOk) {
        judge(scan, s, result);
        judgeCalibration(&result->calibration, &result->features);
        status = normalise(scan, result);
    }
    xasSpectrumDestroy(s);
    return status;
}

xasStatus xasPipelineAnalyse(const xasScan *scan,
                             const xasCalibration *calibration,
                             xasResult *result)
{
    return analyse(scan, calibration, false, result);
}

xasStatus xasPipelineAnalyseRunning(const xasScan *scan,
                                    const xasCalibration *calibration,
                                    xasResult *result)
{
    return analyse(scan, calibration, true, result);
}
