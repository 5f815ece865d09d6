/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"
#include "xasStoreSetting.h"

/** A sample on its way into the table. */
typedef struct row {
    char id[XAS_SAMPLE_SIZE];
    char compound[XAS_FORMULA_TEXT];
    char formula[XAS_SAMPLE_SIZE];
    char element[4];
    double y;
    char converted[XAS_CONVERTED_SIZE];
    double er_eV[xasErCount];
    double x[xasFeatureCount]; /* all features; the kind's are taken later */
    xasEdgeScan scan[2];       /* of K and L */
    char detection[2][16];     /* of these */
    char calibration[2][16];   /* its kind */
    bool synthetic;
} row;

typedef struct rows {
    xasKind kind;
    xasMergeRepeats merge; /* NULL: not asked for */
    xasJoin join;          /* as the daemon joins scans to predict */
    row *row;
    size_t n, capacity;
    size_t noReference, noEdge, otherDetection;
} rows;

/** What xasTraining shows, and the texts its table points to. */
typedef struct owner {
    xasTraining shown;
    row *row; /* [n] */
    size_t n;
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

static void copyFeatures(const xasFeatures *from, xasShell shell, row *r)
{
    for (int i = 0; i < xasFeatureCount; i++)
        if (xasFeatureShell((xasFeatureId)i) == shell)
            r->x[i] = from->value[i];
}

/* What the repeats come to, in place of the best of them. */
static xasStatus takeMerge(xasStore *store, const rows *all, xasShell shell,
                           row *r)
{
    int side = shell == xasShellL;
    xasMerged *m = calloc(1, sizeof *m);
    xasStatus status =
        m ? all->merge(store, r->scan[side].scan, shell, all->join.days, m)
          : xasErrMemory;

    if (status != xasOk) {
        free(m);
        return status == xasErrNotFound ? xasOk : status;
    }
    r->scan[side].merged = m;
    copyFeatures(&m->merge.features, shell, r);
    memcpy(r->detection[side], m->detection, sizeof m->detection);
    memcpy(r->calibration[side], m->calibration, sizeof m->calibration);
    return xasOk;
}

static xasStatus takeFeatures(xasStore *store, const rows *all, xasShell shell,
                              row *r, xasResult *last)
{
    int side = shell == xasShellL;
    int64_t scan = r->scan[side].scan;
    xasStatus status = xasStoreFeaturesRead(store, scan, last);

    if (status != xasOk)
        return status;
    copyFeatures(&last->features, shell, r);
    (void)snprintf(r->calibration[side], sizeof r->calibration[side], "%s",
                   xasCalibStateKind(last->calibration.state));
    if (all->merge && xasJoinable(&all->join, r->id))
        status = takeMerge(store, all, shell, r);
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
    memcpy(r->converted, ref.converted, sizeof r->converted);
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

static void freeRow(row *r)
{
    free(r->scan[0].merged);
    free(r->scan[1].merged);
}

/* Of the edges that the kind needs; false: one is missing. */
static bool chooseScans(const xasSampleScans *scans, xasKind kind, row *r)
{
    if ((needsK(kind) && !scans->kScan) || (needsL(kind) && !scans->lScan))
        return false;
    r->scan[0].scan = needsK(kind) ? scans->kScan : 0;
    r->scan[1].scan = needsL(kind) ? scans->lScan : 0;
    memcpy(r->detection[0], scans->detectionK, sizeof r->detection[0]);
    memcpy(r->detection[1], scans->detectionL, sizeof r->detection[1]);
    return true;
}

/* One sample by what stands for it; left out and counted, or appended. */
static xasStatus takeSample(xasStore *store, rows *all, const char *name,
                            const char *ofSample, int64_t anchor)
{
    row r = { .synthetic = false };
    xasSampleScans scans;
    xasResult last;
    xasStatus status = xasStoreSampleScans(
        store, anchor, xasJoinable(&all->join, name), all->join.days, &scans);

    if (status != xasOk)
        return status;
    if (!chooseScans(&scans, all->kind, &r)) {
        all->noEdge++;
        return xasOk;
    }
    (void)snprintf(r.id, sizeof r.id, "%s", name);
    for (int i = 0; i < xasFeatureCount; i++)
        r.x[i] = NAN;
    xasResultClear(&last);
    if (needsL(all->kind))
        status = takeFeatures(store, all, xasShellL, &r, &last);
    if (status == xasOk && needsK(all->kind))
        status = takeFeatures(store, all, xasShellK, &r, &last);
    if (status == xasOk)
        status = takeTarget(store, &last, ofSample, &r);
    if (status == xasOk)
        status = append(all, &r);
    if (status == xasOk)
        return xasOk;
    freeRow(&r);
    if (status != xasErrNotFound)
        return status;
    all->noReference++;
    return xasOk;
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
static const char *commonest(const rows *all, int side)
{
    const char *best = "";
    size_t most = 0;

    for (size_t i = 0; i < all->n; i++) {
        const char *mine = all->row[i].detection[side];
        size_t count = 0;

        for (size_t j = 0; j < all->n; j++)
            count += strcmp(mine, all->row[j].detection[side]) == 0;
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
                   needsK(all->kind) ? commonest(all, 0) : "");
    (void)snprintf(l, sizeof l, "%s",
                   needsL(all->kind) ? commonest(all, 1) : "");
    for (size_t i = 0; i < all->n; i++) {
        row *r = &all->row[i];

        if ((!k[0] || strcmp(r->detection[0], k) == 0) &&
            (!l[0] || strcmp(r->detection[1], l) == 0))
            all->row[kept++] = *r;
        else
            freeRow(r);
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

    t->k = calloc(room, sizeof *t->k);
    t->l = calloc(room, sizeof *t->l);
    t->converted = calloc(room, sizeof *t->converted);
    for (int f = 0; column && f < xasFeatureCount; f++)
        if (ofKind(all->kind, (xasFeatureId)f))
            column[p++] = xasFeatureName((xasFeatureId)f);
    t->formula = calloc(room, sizeof *t->formula);
    t->element = calloc(room, sizeof *t->element);
    t->of = calloc(room, sizeof *t->of);
    t->z = calloc(room, sizeof *t->z);
    t->table = (xasTable){ n, p, id, compound, column, x, y, er };
    if (!id || !compound || !column || !x || !y || !er || !t->k || !t->l ||
        !t->converted || !t->formula || !t->element || !t->of || !t->z)
        return xasErrMemory;
    for (size_t i = 0; i < n; i++) {
        const row *r = &all->row[i];

        id[i] = r->id;
        compound[i] = r->compound;
        t->formula[i] = r->formula;
        t->element[i] = r->element;
        t->z[i] = xasElementZ(r->element);
        xasCompositionTry(r->formula, &t->of[i]);
        y[i] = r->y;
        memcpy(er + i * xasErCount, r->er_eV, sizeof r->er_eV);
        for (size_t f = 0; f < xasFeatureCount; f++)
            if (ofKind(all->kind, (xasFeatureId)f))
                *x++ = r->x[f];
        t->k[i] = r->scan[0];
        t->l[i] = r->scan[1];
        t->converted[i] = r->converted;
        t->synthetic = t->synthetic || r->synthetic;
    }
    return xasOk;
}

static xasStatus readTraining(xasStore *store, xasKind kind,
                              xasMergeRepeats merge, xasTraining **out,
                              xasMessage *message)
{
    rows all = { .kind = kind, .merge = merge };
    owner *o = calloc(1, sizeof *o);
    xasStatus status = o ? xasOk : xasErrMemory;

    if (kind >= xasKindCount)
        status = xasSqlFail(store, xasErrArg, "no such kind of model");
    if (status == xasOk)
        status = xasStoreJoinGet(store, &all.join);
    if (status == xasOk)
        status = readSamples(store, &all);
    if (status == xasOk) {
        o->row = all.row;
        o->shown.mergesRepeats = merge != NULL;
        oneDetection(&all, o->shown.detection, sizeof o->shown.detection);
        sumCalibration(&all, o->shown.calibration, sizeof o->shown.calibration);
        o->shown.noReference = all.noReference;
        o->shown.noEdge = all.noEdge;
        o->shown.otherDetection = all.otherDetection;
        o->n = all.n;
        status = fillTable(&all, &o->shown);
        all.row = NULL;
        all.n = 0;
    }
    if (status == xasOk) {
        *out = &o->shown;
        return xasOk;
    }
    for (size_t i = 0; i < all.n; i++)
        freeRow(&all.row[i]);
    free(all.row);
    if (o)
        xasTrainingDestroy(&o->shown);
    return xasFail(status, message, "the training data cannot be read: %s",
                   store->error.text[0] ? store->error.text
                                        : xasStatusText(status));
}

xasStatus xasStoreTrainingRead(xasStore *store, xasKind kind,
                               xasMergeRepeats merge, xasTraining **out,
                               xasMessage *message)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readTraining(store, kind, merge, out, message);
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
    free(training->k);
    free(training->l);
    free(training->converted);
    for (size_t i = 0; i < o->n; i++)
        freeRow(&o->row[i]);
    free(o->row);
    free(o);
}

xasStudied xasTrainingStudied(const xasTraining *t)
{
    return (xasStudied){
        .table = &t->table, .of = t->of, .z = t->z, .element = t->element
    };
}
