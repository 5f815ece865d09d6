/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"

/** A sample on its way into the table. */
typedef struct row {
    char id[XAS_SAMPLE_SIZE];
    char compound[XAS_FORMULA_TEXT];
    char formula[XAS_SAMPLE_SIZE];
    char element[4];
    double y;
    double er_eV[xasErCount];
    double x[xasFeatureCount]; /* all features; the kind's are taken later */
    xasSampleScans scans;
    const char *calibration[2]; /* kind, of K and L */
    bool synthetic;
} row;

typedef struct rows {
    xasKind kind;
    row *row;
    size_t n, capacity;
    size_t noReference, noEdge, otherDetection;
} rows;

/** What xasTraining shows, and the texts its table points to. */
typedef struct owner {
    xasTraining shown;
    row *row;
} owner;

static bool needsK(xasKind kind)
{
    return kind != xasKindL;
}

static bool needsL(xasKind kind)
{
    return kind != xasKindK;
}

static xasStatus isSynthetic(xasStore *store, int64_t scan, bool *synthetic)
{
    int64_t yes = 0;
    xasStatus status =
        scan ? xasSqlInt(store, &yes,
                         "SELECT instr(upper(comment), 'SYNTHETIC') FROM scan "
                         "WHERE id = ?",
                         "i", scan)
             : xasOk;

    *synthetic = *synthetic || yes > 0;
    return status;
}

static xasStatus takeFeatures(xasStore *store, int64_t scan, xasShell shell,
                              row *r, xasResult *last)
{
    xasStatus status = xasStoreFeaturesRead(store, scan, last);

    for (int i = 0; status == xasOk && i < xasFeatureCount; i++)
        if (xasFeatureShell((xasFeatureId)i) == shell)
            r->x[i] = last->features.value[i];
    if (status == xasOk)
        r->calibration[shell == xasShellL] =
            xasCalibStateKind(last->calibration.state);
    return status == xasOk ? isSynthetic(store, scan, &r->synthetic) : status;
}

/* Reference value and compound; xasErrNotFound without. */
static xasStatus takeTarget(xasStore *store, const xasResult *last,
                            const char *ofSample, row *r)
{
    /* given with the scan, else with another scan of the sample */
    const char *formula =
        xasFormulaOfSample(last->formula[0] ? last->formula : ofSample,
                           last->sample, last->features.element);
    xasReference ref;
    xasFormula parsed;
    xasEdgeEnergies er;
    xasStatus status;

    status = xasStoreReferenceFind(store, formula, &ref);
    if (status != xasOk)
        return status;
    if (xasFormulaParse(formula, &parsed, NULL) != xasOk ||
        xasFormulaCompound(&parsed, r->compound) != xasOk ||
        xasEdgeLookUp(last->features.element, &er) != xasOk)
        return xasErrNotFound;
    (void)snprintf(r->formula, sizeof r->formula, "%s", formula);
    (void)snprintf(r->element, sizeof r->element, "%.3s",
                   last->features.element);
    r->y = ref.dhf_kJ_per_mol;
    r->er_eV[xasErK] = er.k_eV;
    r->er_eV[xasErL3] = er.l3_eV;
    r->er_eV[xasErL2] = er.l2_eV;
    return xasOk;
}

static xasStatus append(rows *all, const row *r)
{
    if (all->n == all->capacity) {
        size_t capacity = all->capacity ? 2 * all->capacity : 32;
        row *more = realloc(all->row, capacity * sizeof *more);

        if (!more)
            return xasErrMemory;
        all->row = more;
        all->capacity = capacity;
    }
    all->row[all->n++] = *r;
    return xasOk;
}

/* One sample by its newest good scan; left out and counted, or appended. */
static xasStatus takeSample(xasStore *store, rows *all, const char *name,
                            const char *ofSample, int64_t anchor)
{
    row r = { .synthetic = false };
    xasResult last;
    xasStatus status = xasStoreSampleScans(store, anchor, true, 0, &r.scans);

    if (status != xasOk)
        return status;
    if ((needsK(all->kind) && !r.scans.kScan) ||
        (needsL(all->kind) && !r.scans.lScan)) {
        all->noEdge++;
        return xasOk;
    }
    (void)snprintf(r.id, sizeof r.id, "%s", name);
    for (int i = 0; i < xasFeatureCount; i++)
        r.x[i] = NAN;
    xasResultClear(&last);
    if (needsL(all->kind))
        status = takeFeatures(store, r.scans.lScan, xasShellL, &r, &last);
    if (status == xasOk && needsK(all->kind))
        status = takeFeatures(store, r.scans.kScan, xasShellK, &r, &last);
    if (status == xasOk)
        status = takeTarget(store, &last, ofSample, &r);
    if (status == xasErrNotFound) {
        all->noReference++;
        return xasOk;
    }
    return status == xasOk ? append(all, &r) : status;
}

static xasStatus readSamples(xasStore *store, rows *all)
{
    sqlite3_stmt *s;
    xasStatus status =
        xasSqlPrepare(store, &s,
                      "SELECT a.name, a.formula, (SELECT scan FROM good_scan "
                      "WHERE sample = a.id AND edge = ? AND whole_name "
                      "ORDER BY low_quality, start_ns DESC, scan DESC LIMIT 1) "
                      "FROM sample a ORDER BY a.id",
                      "t", needsK(all->kind) ? "K" : "L");

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        char name[XAS_SAMPLE_SIZE], formula[XAS_SAMPLE_SIZE];
        int64_t anchor = sqlite3_column_int64(s, 2);

        xasSqlText(s, 0, name, sizeof name);
        xasSqlText(s, 1, formula, sizeof formula);
        if (anchor)
            status = takeSample(store, all, name, formula, anchor);
        else
            all->noEdge++;
    }
    (void)sqlite3_finalize(s);
    return status == xasErrNotFound ? xasOk : status;
}

/* The most frequent text of one edge; ties to the earlier sample. */
static const char *commonest(const rows *all, bool k)
{
    const char *best = "";
    size_t most = 0;

    for (size_t i = 0; i < all->n; i++) {
        const char *mine =
            k ? all->row[i].scans.detectionK : all->row[i].scans.detectionL;
        size_t count = 0;

        for (size_t j = 0; j < all->n; j++)
            count += strcmp(mine, k ? all->row[j].scans.detectionK
                                    : all->row[j].scans.detectionL) == 0;
        if (count > most) {
            most = count;
            best = mine;
        }
    }
    return best;
}

static void oneDetection(rows *all, char *detection, size_t size)
{
    char k[16], l[16];
    size_t kept = 0;

    (void)snprintf(k, sizeof k, "%s",
                   needsK(all->kind) ? commonest(all, 1) : "");
    (void)snprintf(l, sizeof l, "%s",
                   needsL(all->kind) ? commonest(all, 0) : "");
    for (size_t i = 0; i < all->n; i++) {
        const xasSampleScans *s = &all->row[i].scans;

        if ((!k[0] || strcmp(s->detectionK, k) == 0) &&
            (!l[0] || strcmp(s->detectionL, l) == 0))
            all->row[kept++] = all->row[i];
    }
    all->otherDetection = all->n - kept;
    all->n = kept;
    (void)snprintf(detection, size, "%s%s%s", k, k[0] && l[0] ? "+" : "", l);
}

/* How the scans of one edge were calibrated, if all alike. */
static const char *calibrationOf(const rows *all, int side)
{
    const char *first = all->n ? all->row[0].calibration[side] : "none";

    for (size_t i = 1; i < all->n; i++)
        if (strcmp(all->row[i].calibration[side], first) != 0)
            return "mixed";
    return first;
}

static void sumCalibration(const rows *all, char *out, size_t size)
{
    bool k = needsK(all->kind), l = needsL(all->kind);

    (void)snprintf(out, size, "%s%s%s", k ? calibrationOf(all, 0) : "",
                   k && l ? "+" : "", l ? calibrationOf(all, 1) : "");
}

static bool ofKind(xasKind kind, xasFeatureId id)
{
    return xasFeatureShell(id) == xasShellK ? needsK(kind) : needsL(kind);
}

static xasStatus fillTable(const rows *all, xasTraining *t)
{
    size_t n = all->n, p = 0;
    size_t room = n ? n : 1;
    const char **id = calloc(room, sizeof *id);
    const char **compound = calloc(room, sizeof *compound);
    const char **column = calloc(xasFeatureCount, sizeof *column);
    double *x = calloc(room * xasFeatureCount, sizeof *x);
    double *y = calloc(room, sizeof *y);
    double *er = calloc(room * xasErCount, sizeof *er);

    t->kScan = calloc(room, sizeof *t->kScan);
    t->lScan = calloc(room, sizeof *t->lScan);
    for (int f = 0; column && f < xasFeatureCount; f++)
        if (ofKind(all->kind, (xasFeatureId)f))
            column[p++] = xasFeatureName((xasFeatureId)f);
    t->formula = calloc(room, sizeof *t->formula);
    t->element = calloc(room, sizeof *t->element);
    t->of = calloc(room, sizeof *t->of);
    t->z = calloc(room, sizeof *t->z);
    t->table = (xasTable){ n, p, id, compound, column, x, y, er };
    if (!id || !compound || !column || !x || !y || !er || !t->kScan ||
        !t->lScan || !t->formula || !t->element || !t->of || !t->z)
        return xasErrMemory;
    for (size_t i = 0; i < n; i++) {
        const row *r = &all->row[i];

        id[i] = r->id;
        compound[i] = r->compound;
        t->formula[i] = r->formula;
        t->element[i] = r->element;
        t->z[i] = xasElementZ(r->element);
        if (xasCompositionRead(r->formula, &t->of[i]) != xasOk)
            t->of[i] = (xasComposition){ .ligand = "" };
        y[i] = r->y;
        memcpy(er + i * xasErCount, r->er_eV, sizeof r->er_eV);
        for (size_t f = 0; f < xasFeatureCount; f++)
            if (ofKind(all->kind, (xasFeatureId)f))
                *x++ = r->x[f];
        t->kScan[i] = needsK(all->kind) ? r->scans.kScan : 0;
        t->lScan[i] = needsL(all->kind) ? r->scans.lScan : 0;
        t->synthetic = t->synthetic || r->synthetic;
    }
    return xasOk;
}

static xasStatus readTraining(xasStore *store, xasKind kind, xasTraining **out,
                              xasMessage *message)
{
    rows all = { .kind = kind };
    owner *o = calloc(1, sizeof *o);
    xasStatus status = o ? xasOk : xasErrMemory;

    if (kind >= xasKindCount)
        status = xasSqlFail(store, xasErrArg, "no such kind of model");
    if (status == xasOk)
        status = readSamples(store, &all);
    if (status == xasOk) {
        o->row = all.row;
        oneDetection(&all, o->shown.detection, sizeof o->shown.detection);
        sumCalibration(&all, o->shown.calibration, sizeof o->shown.calibration);
        o->shown.noReference = all.noReference;
        o->shown.noEdge = all.noEdge;
        o->shown.otherDetection = all.otherDetection;
        status = fillTable(&all, &o->shown);
        all.row = NULL;
    }
    if (status == xasOk) {
        *out = &o->shown;
        return xasOk;
    }
    free(all.row);
    if (o)
        xasTrainingDestroy(&o->shown);
    return xasFail(status, message, "the training data cannot be read: %s",
                   store->error.text[0] ? store->error.text
                                        : xasStatusText(status));
}

xasStatus xasStoreTrainingRead(xasStore *store, xasKind kind, xasTraining **out,
                               xasMessage *message)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readTraining(store, kind, out, message);
    xasSqlReadEnd(store, began);
    return status;
}

void xasTrainingDestroy(xasTraining *training)
{
    owner *o = (owner *)training; /* its first member */

    if (!o)
        return;
    free((void *)training->table.id);
    free((void *)training->table.compound);
    free((void *)training->table.column);
    free((void *)training->table.x);
    free((void *)training->table.y);
    free((void *)training->table.er_eV);
    free(training->formula);
    free(training->element);
    free(training->of);
    free(training->z);
    free(training->kScan);
    free(training->lScan);
    free(o->row);
    free(o);
}

xasStudied xasTrainingStudied(const xasTraining *t)
{
    return (xasStudied){
        .table = &t->table, .of = t->of, .z = t->z, .element = t->element
    };
}
