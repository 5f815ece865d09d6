/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasPipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasCalibrate.h"
#include "xasCut.h"
#include "xasSides.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"

struct xasPipeline {
    xasStore *store;
    xasPipelineRules rules;
    int64_t dataVersion; /* of the store when the models were read */
    bool loaded;
    int64_t only; /* row of the one model to use, 0: the active ones */
    xasKind onlyKind;
    xasActive active;
    xasMerged merged[2]; /* repeats of K and L, as last predicted from */
    xasCutter *cutter;
    xasCalibRules calib; /* of stations without rules */
};

xasStatus xasPipelineCreate(xasStore *store, const xasPipelineRules *rules,
                            xasPipeline **out)
{
    xasPipeline *p = calloc(1, sizeof *p);

    if (!p || xasCutterCreate(&p->cutter)) {
        free(p);
        return xasErrMemory;
    }
    p->store = store;
    p->rules = *rules;
    xasCalibRulesDefaults(&p->calib);
    *out = p;
    return xasOk;
}

void xasPipelineDestroy(xasPipeline *p)
{
    if (!p)
        return;
    for (int k = 0; k < xasKindCount; k++)
        xasModelDestroy(p->active.model[k]);
    xasCutterDestroy(p->cutter);
    free(p);
}

void xasPipelineSetRules(xasPipeline *p, const xasPipelineRules *rules)
{
    p->rules = *rules;
}

/* Failures of the store now, as opposed to those of what is in it. */
static bool transient(xasStatus status)
{
    return status == xasErrBusy || status == xasErrIo || status == xasErrMemory;
}

static xasStatus rowToUse(xasPipeline *p, xasKind kind, int64_t *row)
{
    if (!p->only)
        return xasStoreModelActive(p->store, kind, row);
    *row = kind == p->onlyKind ? p->only : 0;
    return xasOk;
}

/* In place of the one before.  A model of other feature definitions, such as
 * an update of the program leaves active, or a damaged one (NULL) is as good
 * as none. */
static void use(xasPipeline *p, xasKind kind, int64_t row,
                const xasModelHead *head, xasModel *model)
{
    xasActive *a = &p->active;
    bool usable = model && head->definitions == XAS_FEATURES_VERSION;

    if (!usable) {
        xasModelDestroy(model);
        model = NULL;
    }
    xasModelDestroy(a->model[kind]);
    xasCutterForget(p->cutter, kind);
    a->model[kind] = model;
    a->head[kind] = *head;
    a->outdated[kind] = usable ? 0 : row;
}

/* Another row, or the first look: read it. The old one stays while the store
 * does not answer, since it is still a sound model. */
static xasStatus refreshKind(xasPipeline *p, xasKind kind, bool *changed)
{
    const xasActive *a = &p->active;
    int64_t now = a->model[kind] ? a->head[kind].row : a->outdated[kind];
    int64_t row = 0;
    xasModel *model = NULL;
    xasModelHead head = { 0 };
    xasStatus status = rowToUse(p, kind, &row);

    if (status || now == row)
        return status;
    if (row)
        status = xasStoreModelRead(p->store, row, &head, &model);
    if (transient(status))
        return status;
    use(p, kind, row, &head, model);
    *changed = true;
    return xasOk;
}

xasStatus xasPipelineUseModel(xasPipeline *p, int64_t model)
{
    xasModelHead head;
    xasModel *read = NULL;
    xasStatus status = xasStoreModelRead(p->store, model, &head, &read);

    if (status)
        return status;
    p->only = model;
    p->onlyKind = head.kind;
    p->loaded = false; /* the other kinds' are still there */
    use(p, head.kind, model, &head, read);
    return xasOk;
}

bool xasPipelineOutdated(const xasPipeline *p)
{
    for (int k = 0; k < xasKindCount; k++)
        if (p->active.outdated[k])
            return true;
    return false;
}

xasStatus xasPipelineRefresh(xasPipeline *p, bool *changed)
{
    bool other = false;
    int64_t version;
    xasStatus status = xasStoreDataVersion(p->store, &version);

    if (changed)
        *changed = false;
    if (status || (p->loaded && version == p->dataVersion))
        return status;
    for (int k = 0; k < xasKindCount && status == xasOk; k++)
        status = refreshKind(p, (xasKind)k, &other);
    if (status == xasOk) {
        p->loaded = true;
        p->dataVersion = version;
    }
    if (changed)
        *changed = other;
    return status;
}

static bool mergesRepeats(const xasActive *a)
{
    for (int k = 0; k < xasKindCount; k++)
        if (a->model[k] && a->head[k].mergesRepeats)
            return true;
    return false;
}

static xasStatus gather(xasPipeline *p, bool running, xasResult *result,
                        xasSides *sides)
{
    const xasGather how = { p->store,
                            xasJoinable(p->rules.join, result->sample),
                            p->rules.join->days,
                            mergesRepeats(&p->active),
                            running,
                            p->merged };

    return xasSidesGather(&how, result, sides);
}

/* Of a scan that is read from the store: what the operator said of it since. */
static xasStatus flagRejected(xasPipeline *p, xasResult *result)
{
    bool rejected = false;
    xasStatus status =
        result->scan > 0
            ? xasStoreScanRejected(p->store, result->scan, &rejected)
            : xasOk;

    if (rejected)
        xasFlagsAdd(result->features.flags, "rejected");
    return status;
}

xasStatus xasPipelinePredict(xasPipeline *p, xasResult *result)
{
    xasSides sides = { 0 };
    xasStatus status = xasPipelineRefresh(p, NULL);

    xasPredictedClear(&result->predicted);
    if (status == xasOk)
        status = flagRejected(p, result);
    if (status == xasOk && !xasSampleRefused(&result->features)[0])
        status = gather(p, false, result, &sides);
    if (status == xasOk)
        xasSamplePredict(&p->active, &sides, p->rules.level, result);
    return status;
}

/* The edge of a scan that the store does not know whole. */
static void ownSide(const xasScan *scan, const xasResult *result, xasSide *side)
{
    xasSideSet(side, scan->row ? scan->row : -1, result,
               xasDetectionName(scan->detection));
}

/* The store does not take the scan now: predict from this scan alone with the
 * models in memory, and say that it is not saved. */
static void predictUnsaved(xasPipeline *p, const xasScan *scan,
                           xasResult *result)
{
    xasSides sides = { 0 };
    int own = result->features.shell == xasShellL;

    ownSide(scan, result, &sides.scan[own]);
    memcpy(sides.repeats, sides.scan, sizeof sides.scan);
    xasSamplePredict(&p->active, &sides, p->rules.level, result);
    result->predicted.kScan = result->predicted.lScan = 0;
    if (result->predicted.state != xasPredNotComputed &&
        result->predicted.state != xasPredNoModel) {
        result->predicted.state = xasPredUnsaved;
        xasPredictedSayFirst(&result->predicted,
                             "the database did not take the scan yet");
    }
}

/* What keeps a number from being made must not keep the scan out. */
static xasStatus predictOrSayWhy(xasPipeline *p, xasResult *result)
{
    xasStatus status = xasPipelinePredict(p, result);

    if (!status || transient(status))
        return status;
    result->predicted.state = xasPredNotComputed;
    (void)snprintf(result->predicted.reason, sizeof result->predicted.reason,
                   "%s: %.80s", xasStatusText(status), xasStoreError(p->store));
    return xasOk;
}

static xasStatus keepMerge(xasPipeline *p, int64_t *row, xasMerged *m)
{
    xasStatus status = xasOk;

    if (*row == -1) {
        status = xasStoreMergePut(p->store, m, p->rules.code);
        *row = m->row;
    }
    return status;
}

xasStatus xasPipelineKeep(xasPipeline *p, xasResult *result)
{
    xasPredicted *predicted = &result->predicted;
    xasStatus status = keepMerge(p, &predicted->kMerge, &p->merged[0]);

    if (status == xasOk)
        status = keepMerge(p, &predicted->lMerge, &p->merged[1]);
    if (status == xasOk)
        status =
            xasStorePrediction(p->store, result, xasTimeNow(), p->rules.code);
    return status;
}

static xasStatus save(xasPipeline *p, xasScan *scan, const char *source,
                      xasResult *result)
{
    int64_t row = scan->row;
    xasStatus status = xasStoreBegin(p->store);

    if (status)
        return status;
    status = xasStoreScanClose(p->store, scan, source);
    result->scan = scan->row;
    if (status == xasOk)
        status = xasStoreFeatures(p->store, result, scan, p->rules.code);
    if (status == xasOk)
        status = predictOrSayWhy(p, result);
    if (status == xasOk)
        status = xasPipelineKeep(p, result);
    if (status == xasOk)
        return xasStoreCommit(p->store);
    xasStoreRollback(p->store);
    scan->row = row; /* a row that was rolled back is nobody's */
    return status;
}

static const xasCalibRules *rulesOf(const xasPipeline *p, const char *station)
{
    const xasCalibRules *own = p->rules.calib;

    if (own && strcmp(own->station, station) == 0)
        return own;
    return &p->calib;
}

/* Glitches first: a spectrum without them is calibrated, then analysed.  A
 * scan that makes no spectrum has none to find. */
static xasStatus analyse(const xasPipeline *p, xasStore *store, bool running,
                         xasScan *scan, xasResult *result)
{
    xasCalibration c;
    xasStatus status;

    if (xasScanFindGlitches(scan) == xasErrMemory)
        return xasErrMemory;
    status = xasCalibrate(store, rulesOf(p, scan->station), scan, &c);
    if (status)
        return status;
    return running ? xasPipelineAnalyseRunning(scan, &c, result)
                   : xasPipelineAnalyse(scan, &c, result);
}

/* Has it been measured 10 eV beyond the last white line, so that this one is a
 * maximum and no end?  Either way: a scan may run down. */
static bool passed(const xasScan *scan, const xasFeatures *f)
{
    static const double beyond_eV = 10;
    bool isL = f->shell == xasShellL;
    double low = f->value[isL ? xasL3E : xasWlE];
    double high = f->value[isL ? xasL2E : xasWlE];

    /* The K edge and its pre-edge are below the white line, too. */
    return scan->low_eV < low - (isL ? 1 : 2) * beyond_eV &&
           scan->high_eV > high + beyond_eV; /* false for NaN */
}

/* What its interval rests on, where that is not all that was trained on. */
static void sayCut(const xasCutFound *cut, xasPredicted *p)
{
    size_t n = cut->alike + cut->refused + cut->absent;
    char text[96];

    if (cut->alike == n)
        return;
    if (cut->absent)
        (void)snprintf(text, sizeof text,
                       "interval: %zu of %zu training spectra cut alike, %zu "
                       "not in this database",
                       cut->alike, n, cut->absent);
    else
        (void)snprintf(text, sizeof text,
                       "interval: %zu of %zu training spectra cut alike",
                       cut->alike, n);
    xasPredictedSay(p, text);
}

static void sayProvisional(const xasScan *scan, xasPredicted *p)
{
    char running[48];

    (void)snprintf(running, sizeof running, "still measured, %zu points",
                   scan->n);
    p->state = xasPredProvisional;
    if (p->least > xasPredStateSeverity(p->state))
        xasPredictedSay(p, running); /* what is worse stays in front */
    else
        xasPredictedSayFirst(p, running);
}

/* The training spectra of the model that predicts, cut where the scan is. */
static xasStatus cutAlike(xasPipeline *p, const xasScan *scan,
                          const xasResult *result, xasCutFound *found)
{
    xasKind kind = result->predicted.kind;
    const xasFeatures *f = &result->features;
    double shift_eV = result->calibration.shift_eV;
    bool isL = f->shell == xasShellL;
    xasEdgeEnergies er;
    xasCutAt at = { .shell = f->shell };

    if (xasEdgeLookUp(f->element, &er))
        return xasErrArg;
    at.low_eV = scan->low_eV + shift_eV - (isL ? er.l3_eV : er.k_eV);
    at.high_eV = scan->high_eV + shift_eV - (isL ? er.l2_eV : er.k_eV);
    return xasCutterFind(p->cutter, p->store, &p->active.head[kind],
                         p->active.model[kind], &at, found);
}

/* First which model it is that predicts, then with its interval. */
static xasStatus predictRunning(xasPipeline *p, const xasScan *scan,
                                xasSides *sides, xasResult *result)
{
    xasPredicted *predicted = &result->predicted;
    xasCutFound cut = { 0 };
    xasStatus status;

    xasSamplePredict(&p->active, sides, p->rules.level, result);
    if (!isfinite(predicted->hf))
        return xasErrNotFound;
    status = cutAlike(p, scan, result, &cut);
    if (transient(status))
        return status;
    if (status) /* what cannot be read is as good as not here */
        cut.absent = p->active.model[predicted->kind]->n;
    sides->cut[predicted->kind] = &cut.rows;
    xasSamplePredict(&p->active, sides, p->rules.level, result);
    sayCut(&cut, predicted);
    sayProvisional(scan, predicted);
    return xasOk;
}

xasStatus xasPipelineProvisional(xasPipeline *p, xasScan *scan,
                                 xasResult *result)
{
    xasSides sides = { 0 };
    xasStatus status = analyse(p, p->store, true, scan, result);
    int own = result->features.shell == xasShellL;

    if (status)
        return status;
    if (xasSampleRefused(&result->features)[0] ||
        !passed(scan, &result->features))
        return xasErrNotFound;
    result->scan = scan->row;
    if (scan->row)
        status = gather(p, true, result, &sides);
    if (status)
        return status;
    ownSide(scan, result, &sides.scan[own]);
    sides.scan[own].running = true;
    sides.repeats[own] = sides.scan[own];
    return predictRunning(p, scan, &sides, result);
}

xasStatus xasPipelineUnsaved(xasPipeline *p, xasScan *scan, xasResult *result)
{
    xasStatus status = analyse(p, NULL, false, scan, result);

    if (status == xasOk)
        predictUnsaved(p, scan, result);
    return status;
}

xasStatus xasPipelineRun(xasPipeline *p, xasScan *scan, const char *source,
                         xasResult *result)
{
    int64_t row = scan->row;
    xasStatus status = analyse(p, p->store, false, scan, result);

    if (status == xasErrMemory)
        return status;
    if (status) { /* what the store holds is not to be had now */
        (void)xasPipelineUnsaved(p, scan, result);
        return status;
    }
    status = save(p, scan, source, result);
    if (status) {
        scan->row = row;
        result->scan = row;
        predictUnsaved(p, scan, result);
    }
    return status;
}
