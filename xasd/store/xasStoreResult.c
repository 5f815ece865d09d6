/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreCalib.h"
#include "xasStoreScan.h"

/* NaN becomes NULL. */
static double degreeOf(const xasFit *fit)
{
    return fit->degree < 0 ? (double)NAN : (double)fit->degree;
}

static xasStatus writeSpectrum(xasStore *store, const xasResult *r,
                               const xasScan *scan, const char *code)
{
    const xasNorm none = { .e0_eV = NAN,
                           .edge_step = NAN,
                           .pre_offset = NAN,
                           .pre_slope_per_eV = NAN,
                           .pre1_eV = NAN,
                           .pre2_eV = NAN,
                           .norm1_eV = NAN,
                           .norm2_eV = NAN,
                           .nnorm = 0,
                           .norm_c = { NAN, NAN, NAN } };
    const xasNorm *n = r->haveNorm ? &r->norm : &none;
    const xasFeatures *f = &r->features;
    xasSpectrum *spectrum = NULL;
    int64_t points = 0;
    xasStatus status;

    if (xasScanSpectrum(scan, &spectrum) == xasOk)
        points = (int64_t)xasSpectrumSize(spectrum);
    xasSpectrumDestroy(spectrum);
    status = xasSqlRun(
        store,
        "INSERT INTO spectrum (scan, detection, points, e0_eV, edge_step, "
        "pre_offset, pre_slope_per_eV, pre1_eV, pre2_eV, norm1_eV, norm2_eV, "
        "nnorm, norm_c0, norm_c1, norm_c2, flags, step_or_jump, sigma, "
        "e0_deriv_eV, pre_limit, before_from_eV, before_to_eV, before_degree, "
        "behind_from_eV, behind_to_eV, behind_degree, definitions, code) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "itiddddddddidddtddddddddddit", r->scan,
        xasDetectionName(scan->detection), points, n->e0_eV, n->edge_step,
        n->pre_offset, n->pre_slope_per_eV, n->pre1_eV, n->pre2_eV, n->norm1_eV,
        n->norm2_eV, (int64_t)n->nnorm, n->norm_c[0], n->norm_c[1],
        n->norm_c[2], f->flags, f->step_or_jump, f->sigma, f->e0_deriv_eV,
        f->pre_limit, f->before.from_eV, f->before.to_eV, degreeOf(&f->before),
        f->behind.from_eV, f->behind.to_eV, degreeOf(&f->behind),
        (int64_t)XAS_FEATURES_VERSION, code);
    if (status == xasOk) /* the edge, where the station did not say it */
        status = xasSqlRun(store,
                           "UPDATE scan SET element = coalesce(element, ?), "
                           "edge = coalesce(edge, ?) WHERE id = ?",
                           "TTi", f->element, xasShellName(f->shell), r->scan);
    return status;
}

static xasStatus writeQuality(xasStore *store, int64_t scan,
                              const xasQuality *q)
{
    return xasSqlRun(
        store,
        "INSERT OR REPLACE INTO quality (scan, score, reason, snr, i0_min, "
        "glitches, glitches_i0, spacing_eV, pre_eV, post_eV) VALUES (?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?)",
        "idtddiiddd", scan, q->score, q->reason, q->snr, q->i0Min, q->glitches,
        q->glitchesI0, q->spacing_eV, q->pre_eV, q->post_eV);
}

static xasStatus readQuality(xasStore *store, int64_t scan, xasQuality *q)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT score, reason, snr, i0_min, glitches, glitches_i0, spacing_eV, "
        "pre_eV, post_eV FROM quality WHERE scan = ?",
        "i", scan);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        q->score = xasSqlDouble(s, 0);
        xasSqlText(s, 1, q->reason, sizeof q->reason);
        q->snr = xasSqlDouble(s, 2);
        q->i0Min = xasSqlDouble(s, 3);
        q->glitches = sqlite3_column_int64(s, 4);
        q->glitchesI0 = sqlite3_column_int64(s, 5);
        q->spacing_eV = xasSqlDouble(s, 6);
        q->pre_eV = xasSqlDouble(s, 7);
        q->post_eV = xasSqlDouble(s, 8);
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

xasStatus xasStoreFeatures(xasStore *store, const xasResult *result,
                           const xasScan *scan, const char *code)
{
    const xasFeatures *f = &result->features;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = xasSqlRun(store, "DELETE FROM feature WHERE scan = ?", "i",
                           result->scan);
    if (status == xasOk)
        status = xasSqlRun(store, "DELETE FROM spectrum WHERE scan = ?", "i",
                           result->scan);
    if (status == xasOk)
        status = xasStoreCalibration(store, result->scan, &result->calibration);
    if (status == xasOk)
        status = writeSpectrum(store, result, scan, code);
    if (status == xasOk)
        status = writeQuality(store, result->scan, &result->quality);
    for (int i = 0; i < xasFeatureCount && status == xasOk; i++) {
        xasFeatureId id = (xasFeatureId)i;

        if (f->shell == xasShellNone || xasFeatureShell(id) != f->shell)
            continue;
        status = xasSqlRun(store,
                           "INSERT INTO feature (scan, name, value, error) "
                           "VALUES (?, ?, ?, ?)",
                           "itdd", result->scan, xasFeatureName(id),
                           f->value[i], f->error[i]);
    }
    return status;
}

static xasFit fitOf(sqlite3_stmt *s, int column)
{
    xasFit fit = { xasSqlDouble(s, column), xasSqlDouble(s, column + 1), -1 };

    if (sqlite3_column_type(s, column + 2) != SQLITE_NULL)
        fit.degree = sqlite3_column_int(s, column + 2);
    return fit;
}

static void spectrumOf(sqlite3_stmt *s, xasResult *r)
{
    xasNorm *n = &r->norm;
    char edge[8];

    n->e0_eV = xasSqlDouble(s, 0);
    n->edge_step = xasSqlDouble(s, 1);
    n->pre_offset = xasSqlDouble(s, 2);
    n->pre_slope_per_eV = xasSqlDouble(s, 3);
    n->pre1_eV = xasSqlDouble(s, 4);
    n->pre2_eV = xasSqlDouble(s, 5);
    n->norm1_eV = xasSqlDouble(s, 6);
    n->norm2_eV = xasSqlDouble(s, 7);
    n->nnorm = sqlite3_column_int(s, 8);
    for (int i = 0; i < 3; i++)
        n->norm_c[i] = xasSqlDouble(s, 9 + i);
    r->haveNorm = sqlite3_column_type(s, 0) != SQLITE_NULL;
    xasSqlText(s, 12, r->features.flags, sizeof r->features.flags);
    r->features.step_or_jump = xasSqlDouble(s, 13);
    r->features.sigma = xasSqlDouble(s, 14);
    r->features.e0_deriv_eV = xasSqlDouble(s, 15);
    r->features.pre_limit = xasSqlDouble(s, 16);
    r->scan = sqlite3_column_int64(s, 17);
    r->stamp_ns = sqlite3_column_int64(s, 18);
    xasSqlText(s, 19, r->sample, sizeof r->sample);
    xasSqlText(s, 20, r->formula, sizeof r->formula);
    xasSqlText(s, 21, r->features.element, sizeof r->features.element);
    xasSqlText(s, 22, edge, sizeof edge);
    r->features.before = fitOf(s, 23);
    r->features.behind = fitOf(s, 26);
    r->features.shell = xasShellFromName(edge);
}

static xasStatus readSpectrum(xasStore *store, int64_t row, xasResult *result)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT p.e0_eV, p.edge_step, p.pre_offset, p.pre_slope_per_eV, "
        "p.pre1_eV, p.pre2_eV, p.norm1_eV, p.norm2_eV, p.nnorm, p.norm_c0, "
        "p.norm_c1, p.norm_c2, p.flags, p.step_or_jump, p.sigma, "
        "p.e0_deriv_eV, p.pre_limit, c.id, coalesce(c.end_ns, c.start_ns), "
        "a.name, c.formula, c.element, c.edge, p.before_from_eV, "
        "p.before_to_eV, p.before_degree, p.behind_from_eV, p.behind_to_eV, "
        "p.behind_degree FROM spectrum p JOIN scan c ON c.id = p.scan "
        "LEFT JOIN sample a ON a.id = c.sample WHERE c.id = ?",
        "i", row);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        spectrumOf(s, result);
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "scan %lld has no features",
                          (long long)row);
    return status;
}

xasStatus xasSqlFeatures(xasStore *store, const char *sql, int64_t row,
                         double *value, double *error)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(store, &s, sql, "i", row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        char name[32];
        xasFeatureId id;

        xasSqlText(s, 0, name, sizeof name);
        id = xasFeatureFromName(name);
        if (id < xasFeatureCount) {
            value[id] = xasSqlDouble(s, 1);
            error[id] = xasSqlDouble(s, 2);
        }
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

static xasStatus readFeatures(xasStore *store, int64_t row, xasResult *result)
{
    xasResult r;
    xasStatus status;

    xasResultClear(&r);
    status = readSpectrum(store, row, &r);
    if (status == xasOk)
        status = readQuality(store, row, &r.quality);
    if (status == xasOk)
        status = xasStoreCalibrationRead(store, row, &r.calibration);
    if (status == xasOk)
        status = xasSqlFeatures(
            store, "SELECT name, value, error FROM feature WHERE scan = ?", row,
            r.features.value, r.features.error);
    if (status == xasOk)
        *result = r;
    return status;
}

xasStatus xasStoreFeaturesRead(xasStore *store, int64_t row, xasResult *result)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readFeatures(store, row, result);
    xasSqlReadEnd(store, began);
    return status;
}

xasStatus xasStorePrediction(xasStore *store, const xasResult *result,
                             int64_t made_ns, const char *code)
{
    const xasPredicted *p = &result->predicted;
    char made[XAS_TIME_SIZE];
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    xasTimeText(made_ns, made);
    return xasSqlRun(
        store,
        "INSERT INTO prediction (scan, sample, made, made_ns, state, reason, "
        "kind, model, k_scan, l_scan, hf, lo, hi, level, distance, hf_k, "
        "hf_l, hf_kl, cal_differs, code, leverage, nearest, nearest_hf, "
        "hf_spec, hf_comp, delta, delta_limit, dhf_de_k, dhf_de_l, because, "
        "k_merge, l_merge) "
        "VALUES (?1, (SELECT sample FROM scan WHERE id = ?1), ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)",
        "itittTIIIddddddddit"
        "dTdddddddTII",
        result->scan, made, made_ns, xasPredStateName(p->state), p->reason,
        p->model ? xasKindName(p->kind) : "", p->model, p->kScan, p->lScan,
        p->hf, p->lo, p->hi, p->level, p->distance, p->hfOf[xasKindK],
        p->hfOf[xasKindL], p->hfOf[xasKindKL], (int64_t)p->calDiffers, code,
        p->leverage, p->nearest, p->nearestHf, p->hfSpec, p->hfComp, p->delta,
        p->deltaLimit, p->byEnergy[0], p->byEnergy[1], p->because,
        p->kMerge > 0 ? p->kMerge : (int64_t)0,
        p->lMerge > 0 ? p->lMerge : (int64_t)0);
}

static xasPredState stateFromName(const char *name)
{
    for (int i = 0; i < xasPredStateCount; i++)
        if (strcmp(name, xasPredStateName((xasPredState)i)) == 0)
            return (xasPredState)i;
    return xasPredNotComputed;
}

static void predictedOf(sqlite3_stmt *s, xasPredicted *p)
{
    char word[32];

    xasSqlText(s, 0, word, sizeof word);
    p->state = stateFromName(word);
    xasSqlText(s, 1, p->reason, sizeof p->reason);
    xasSqlText(s, 2, word, sizeof word);
    p->kind = xasKindFromName(word);
    p->model = sqlite3_column_int64(s, 3);
    p->kScan = sqlite3_column_int64(s, 4);
    p->lScan = sqlite3_column_int64(s, 5);
    p->hf = xasSqlDouble(s, 6);
    p->lo = xasSqlDouble(s, 7);
    p->hi = xasSqlDouble(s, 8);
    p->err = (p->hi - p->lo) / 2;
    p->level = xasSqlDouble(s, 9);
    p->distance = xasSqlDouble(s, 10);
    p->hfOf[xasKindK] = xasSqlDouble(s, 11);
    p->hfOf[xasKindL] = xasSqlDouble(s, 12);
    p->hfOf[xasKindKL] = xasSqlDouble(s, 13);
    xasSqlText(s, 14, p->modelName, sizeof p->modelName);
    p->nTrained = sqlite3_column_int64(s, 15);
    p->calDiffers = sqlite3_column_int(s, 16) != 0;
    p->leverage = xasSqlDouble(s, 17);
    xasSqlText(s, 18, p->nearest, sizeof p->nearest);
    p->nearestHf = xasSqlDouble(s, 19);
    p->hfSpec = xasSqlDouble(s, 20);
    p->hfComp = xasSqlDouble(s, 21);
    p->delta = xasSqlDouble(s, 22);
    p->deltaLimit = xasSqlDouble(s, 23);
    p->mismatch = fabs(p->delta) > p->deltaLimit;
    p->byEnergy[0] = xasSqlDouble(s, 24);
    p->byEnergy[1] = xasSqlDouble(s, 25);
    xasSqlText(s, 26, p->because, sizeof p->because);
    xasSqlText(s, 27, word, sizeof word);
    if (p->model && word[0])
        xasBasisText(xasBasisFromName(word), p->basis);
    p->kMerge = sqlite3_column_int64(s, 28);
    p->lMerge = sqlite3_column_int64(s, 29);
}

static xasStatus readPrediction(xasStore *store, int64_t row, xasPredicted *p)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT p.state, p.reason, p.kind, p.model, p.k_scan, p.l_scan, p.hf, "
        "p.lo, p.hi, p.level, p.distance, p.hf_k, p.hf_l, p.hf_kl, m.name, "
        "m.n, p.cal_differs, p.leverage, p.nearest, p.nearest_hf, p.hf_spec, "
        "p.hf_comp, p.delta, p.delta_limit, p.dhf_de_k, p.dhf_de_l, p.because, "
        "m.basis, p.k_merge, p.l_merge "
        "FROM prediction p LEFT JOIN model m ON m.id = p.model "
        "WHERE p.scan = ? ORDER BY p.id DESC LIMIT 1",
        "i", row);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        predictedOf(s, p);
    (void)sqlite3_finalize(s);
    return status;
}

static xasStatus readLast(xasStore *store, const char *station,
                          xasResult *result)
{
    xasResult r;
    int64_t row = 0;
    xasStatus status = xasSqlInt(
        store, &row,
        "SELECT id FROM scan WHERE station = ? AND state = 'closed' AND "
        "EXISTS (SELECT 1 FROM prediction WHERE scan = scan.id) AND "
        "EXISTS (SELECT 1 FROM spectrum WHERE scan = scan.id) "
        "ORDER BY start_ns DESC, id DESC LIMIT 1",
        "t", station);

    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "station %s has no result yet",
                          station);
    if (status == xasOk)
        status = xasStoreFeaturesRead(store, row, &r);
    if (status == xasOk)
        status = readPrediction(store, row, &r.predicted);
    if (status == xasOk) {
        r.predicted.byOwn = r.predicted.byEnergy[r.features.shell == xasShellL];
        r.predicted.notHeld = isfinite(r.predicted.hf) &&
                              !xasFormulaHolds(r.formula, r.features.element);
        *result = r;
    }
    return status;
}

xasStatus xasStoreLastResult(xasStore *store, const char *station,
                             xasResult *result)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readLast(store, station, result);
    xasSqlReadEnd(store, began);
    return status;
}
