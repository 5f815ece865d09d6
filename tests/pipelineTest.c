/* SPDX-License-Identifier: BSD-3-Clause */
/* What the pipeline does about models that change under it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <sqlite3.h>
#include <testMain.h>

#include "pipelineStore.h"
#include "storeTestScan.h"
#include "xasSamplePredict.h"
#include "xasStoreModel.h"

/* As another program would: on a connection of its own. */
static void sql(const char *statement)
{
    sqlite3 *db = NULL;
    char *why = NULL;

    if (sqlite3_open(pipelineStorePath(), &db) ||
        sqlite3_exec(db, statement, NULL, NULL, &why))
        testAbort("%s: %s", statement, why ? why : sqlite3_errmsg(db));
    (void)sqlite3_close(db);
}

/* An update of the program may find features in another way: the model that
 * was active must neither stop the daemon nor cost a scan. */
static void testOutdated(xasStore *store)
{
    xasPipeline *p;
    xasScan *scan = testScanMake("BL5S1-1", "FeCl2", 40);
    char update[64];
    xasStatus status;
    xasResult result;
    bool changed = false;

    scan->exit = xasExitComplete;
    sql("UPDATE model SET definitions = 1");
    p = pipelineMake(store, NULL);
    testOk1(xasPipelineRefresh(p, &changed) == xasOk && xasPipelineOutdated(p));
    status = xasPipelineRun(p, scan, "live", &result);
    testOk(status == xasOk && scan->row > 0, "a scan is stored: %s %s",
           xasStatusText(status), status ? xasStoreError(store) : "");
    testOk1(xasPipelineRefresh(p, &changed) == xasOk && !changed);
    (void)snprintf(update, sizeof update, "UPDATE model SET definitions = %d",
                   XAS_FEATURES_VERSION);
    sql(update);
    xasPipelineDestroy(p);
    p = pipelineMake(store, NULL);
    testOk1(xasPipelineRefresh(p, &changed) == xasOk && changed &&
            !xasPipelineOutdated(p));
    sql("DELETE FROM active_model");
    testOk1(xasPipelineRefresh(p, &changed) == xasOk && changed);
    testOk1(xasPipelineRefresh(p, &changed) == xasOk && !changed);
    xasPipelineDestroy(p);
    xasScanDestroy(scan);
}

static void testReason(void)
{
    xasActive active = { .outdated = { [xasKindK] = 7 } };
    xasSides sides = { .scan = { { .scan = 1 }, { 0 } } };
    xasResult r;

    xasResultClear(&r);
    r.features.shell = xasShellK;
    (void)strcpy(r.features.element, "Fe");
    (void)strcpy(r.sample, "batch 7");
    xasSamplePredict(&active, &sides, 0.8, &r);
    testOk(r.predicted.state == xasPredNoModel &&
               strstr(r.predicted.reason, "train again"),
           "says \"%s\"", r.predicted.reason);
    testOk(r.formula[0] == '\0', "a batch is no formula: \"%s\"", r.formula);
    active.outdated[xasKindK] = 0;
    (void)strcpy(r.sample, "FeCl2");
    xasSamplePredict(&active, &sides, 0.8, &r);
    testOk(strcmp(r.formula, "FeCl2") == 0, "a name may be one: \"%s\"",
           r.formula);
    testOk(strcmp(r.predicted.reason, "no active model of K") == 0,
           "says \"%s\"", r.predicted.reason);
    (void)strcpy(r.features.flags, "noise_scaled;wrong_element:Co");
    xasSamplePredict(&active, &sides, 0.8, &r);
    testOk(strcmp(r.predicted.reason, "the edge of another element") == 0,
           "says \"%s\"", r.predicted.reason);
}

static xasModel *oneColumn(const char *name)
{
    static const char *const id[] = { "FeF2", "FeCl2", "FeBr2", "FeI2", "FeO" };
    double x[5], y[5], er[5 * xasErCount];
    xasTable table = { 5, 1, id, id, &name, x, y, er };
    xasMessage why = { "" };
    xasModel *m = NULL;

    for (int i = 0; i < 5; i++) {
        x[i] = i;
        y[i] = -700 + 100 * i + i % 2;
        for (int k = 0; k < xasErCount; k++)
            er[i * xasErCount + k] = 7112;
    }
    if (xasModelTrain(&table, NULL, &m, &why))
        testAbort("no model: %s", why.text);
    return m;
}

static void addModel(xasActive *active, xasKind kind, const char *detection)
{
    active->model[kind] = oneColumn(kind == xasKindL ? "l_split" : "wl_de");
    active->head[kind].kind = kind;
    (void)snprintf(active->head[kind].detection,
                   sizeof active->head[kind].detection, "%s", detection);
    (void)strcpy(active->head[kind].calibration, "none");
}

/* A result that has been predicted before, as one that the store refused. */
static void testNoModel(const xasSides *sides, xasResult *r)
{
    const xasActive none = { 0 };
    const xasPredicted *p = &r->predicted;

    xasSamplePredict(&none, sides, 0.6, r);
    testOk(p->state == xasPredNoModel && !isfinite(p->hf) &&
               !isfinite(p->hfOf[xasKindKL]) && !p->model && !p->because[0],
           "nothing stays of an earlier prediction");
}

/* What does not fit is cut, and never glued to what was said before. */
static void testSay(void)
{
    xasPredicted p = { .reason = "" };
    size_t fits = sizeof p.reason - 3;

    memset(p.reason, 'x', fits);
    xasPredictedSay(&p, "more");
    testOk(strlen(p.reason) == fits, "no room: %zu characters",
           strlen(p.reason));
    p.reason[fits - 1] = '\0';
    xasPredictedSay(&p, "more");
    testOk(strcmp(p.reason + fits - 1, "; m") == 0, "as much as there is: %s",
           p.reason + fits - 1);
}

/* The L edge was measured by fluorescence, the K+L model knows yield. */
static void testDetection(void)
{
    xasActive active = { 0 };
    xasSides sides = { 0 };
    xasResult r;
    const xasPredicted *p = &r.predicted;

    xasResultClear(&r);
    r.features.shell = xasShellK;
    (void)strcpy(r.features.element, "Fe");
    for (int i = 0; i < 2; i++) {
        sides.scan[i].scan = 1 + i;
        sides.scan[i].features = r.features;
        sides.scan[i].features.value[i ? xasLSplit : xasWlDe] = 1.5;
        (void)strcpy(sides.scan[i].calibration, "none");
    }
    (void)strcpy(sides.scan[0].detection, "transmission");
    (void)strcpy(sides.scan[1].detection, "fluorescence");
    addModel(&active, xasKindKL, "transmission+yield");
    xasSamplePredict(&active, &sides, 0.6, &r);
    testOk(p->state == xasPredNotComputed && !isfinite(p->hf) &&
               strcmp(p->reason, "scan is transmission+fluorescence, model "
                                 "transmission+yield") == 0,
           "no other model: %s", p->reason);
    addModel(&active, xasKindK, "transmission");
    xasSamplePredict(&active, &sides, 0.6, &r);
    testOk(p->state == xasPredSingleEdge && p->kind == xasKindK &&
               isfinite(p->hf) && !p->lScan,
           "the K edge says what it can: %.0f", p->hf);
    testOk(strncmp(p->reason, "K edge only", 11) == 0 &&
               strstr(p->reason, "; scan is transmission+fluorescence"),
           "says \"%s\"", p->reason);
    (void)strcpy(sides.scan[1].detection, "yield");
    xasResultClear(&r);
    r.features = sides.scan[0].features;
    xasSamplePredict(&active, &sides, 0.6, &r);
    testOk(p->kind == xasKindKL && isfinite(p->hf), "else both: %s", p->reason);
    testNoModel(&sides, &r);
    for (int k = 0; k < xasKindCount; k++)
        xasModelDestroy(active.model[k]);
}

/* An Fe K scan by fluorescence, up to 10^6 counts a point. */
static bool flaggedDead(double dead_per_count)
{
    xasScan *scan = NULL;
    xasResult r;
    bool dead;

    if (xasScanCreate(xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                          xasRoleBit(xasRoleFluor),
                      &scan))
        testAbort("out of memory");
    scan->detection = xasDetectFluorescence;
    scan->shell = xasShellK;
    (void)strcpy(scan->element, "Fe");
    scan->dead_per_count = dead_per_count;
    for (int i = 0; i < 400; i++) {
        double e = 7000 + 0.5 * i;
        double value[xasChannelCount];

        for (int role = 0; role < xasChannelCount; role++)
            value[role] = NAN;
        value[xasRoleEnergy] = e;
        value[xasRoleI0] = 1e7;
        value[xasRoleFluor] = 1e6 * (0.1 + 0.9 / (1 + exp((7118 - e) / 1.5)));
        (void)xasScanAddPoint(scan, value, 1 + i, 0);
    }
    if (xasPipelineAnalyse(scan, NULL, &r))
        testAbort("not analysed");
    dead = xasFlagsHave(r.features.flags, "dead_time");
    xasScanDestroy(scan);
    return dead;
}

static void testDeadTime(void)
{
    testOk1(!flaggedDead(0));
    testOk(!flaggedDead(4.9e-8), "blind for less than 5 %% of a point");
    testOk(flaggedDead(5.1e-8), "blind for more");
}

MAIN(pipelineTest)
{
    xasStore *store = pipelineStoreMake();

    testPlan(21);
    pipelineModel(store, "");
    testOutdated(store);
    testReason();
    testSay();
    testDetection();
    testDeadTime();
    pipelineStoreEnd(store);
    return testDone();
}
