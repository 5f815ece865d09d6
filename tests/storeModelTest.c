/* SPDX-License-Identifier: BSD-3-Clause */
/* Models and references in the store: a model read back predicts what the
 * trained one does, to the last bit; training rows are those that are meant. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "golden.h"
#include "storeTestScan.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"

static char folder[64];
static char path[96];

static xasStore *openStore(void)
{
    xasMessage why = { "" };
    xasStore *store = NULL;

    if (xasStoreOpen(path, xasStoreCreate, 250, &store, &why) != xasOk)
        testAbort("%s", why.text);
    return store;
}

static bool sameBits(const double *a, const double *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!(isnan(a[i]) && isnan(b[i])) && a[i] != b[i])
            return false;
    return true;
}

static bool sameScore(const xasScore *a, const xasScore *b)
{
    return a->r2 == b->r2 && a->mae == b->mae && a->rmse == b->rmse &&
           a->pct_fs == b->pct_fs;
}

static bool sameReport(const xasModel *a, const xasModel *b)
{
    for (size_t j = 0; j < a->p; j++)
        if (strcmp(a->column[j], b->column[j]) != 0 ||
            a->usable[j] != b->usable[j] || a->kept[j] != b->kept[j] ||
            a->chosen[j] != b->chosen[j] ||
            a->signChanges[j] != b->signChanges[j])
            return false;
    for (size_t i = 0; i < a->n; i++)
        if (strcmp(a->id[i], b->id[i]) != 0 ||
            strcmp(a->compound[i], b->compound[i]) != 0 ||
            a->foldOf[i] != b->foldOf[i])
            return false;
    return sameBits(a->fill, b->fill, a->p) &&
           sameBits(a->lasso, b->lasso, a->p) &&
           sameBits(a->rank, b->rank, a->p) &&
           memcmp(a->selected, b->selected,
                  a->nSelected * sizeof *a->selected) == 0 &&
           a->alpha == b->alpha && a->alpha_max == b->alpha_max &&
           memcmp(&a->options, &b->options, sizeof a->options) == 0;
}

static bool sameRows(const xasModel *a, const xasModel *b)
{
    return sameBits(a->y, b->y, a->n) && sameBits(a->x, b->x, a->n * a->p) &&
           sameBits(a->fitted, b->fitted, a->n) &&
           sameBits(a->predNested, b->predNested, a->n) &&
           sameBits(a->predOnce, b->predOnce, a->n) &&
           sameBits(a->er_eV, b->er_eV, a->n * xasErCount);
}

static bool samePrediction(const xasPrediction *a, const xasPrediction *b)
{
    return a->value == b->value && a->lo == b->lo && a->hi == b->hi &&
           a->level == b->level && a->n == b->n && a->nFolds == b->nFolds &&
           a->distance == b->distance && a->leftOut == b->leftOut &&
           a->nMissing == b->nMissing && strcmp(a->clipped, b->clipped) == 0;
}

/* Rows as they are and with every third feature moved or missing. */
static size_t differences(const xasModel *a, const xasModel *b, bool leaveOut)
{
    size_t count = 0;
    double *x = calloc(a->p, sizeof *x);

    for (size_t i = 0; i < 2 * a->n; i++) {
        size_t k = i % a->n;
        const double *er = a->er_eV + k * xasErCount;
        const char *compound = leaveOut ? a->compound[k] : NULL;
        xasPrediction pa, pb;
        xasStatus sa, sb;

        memset(&pa, 0, sizeof pa);
        memset(&pb, 0, sizeof pb);
        for (size_t j = 0; j < a->p; j++) {
            x[j] = a->x[k * a->p + j];
            if (i >= a->n && (i + j) % 3 == 0)
                x[j] = j % 2 ? NAN : 1.03 * x[j];
        }
        sa = xasModelPredict(a, x, er, 0.8, compound, &pa);
        sb = xasModelPredict(b, x, er, 0.8, compound, &pb);
        count += sa != sb || (sa == xasOk && !samePrediction(&pa, &pb));
    }
    free(x);
    return count;
}

static void testRoundTrip(const xasTable *table, double clip_sd,
                          const char *name)
{
    xasModelHead head = { .kind = xasKindKL, .definitions = 2 }, readHead;
    xasTrainOptions options;
    xasMessage why = { "" };
    xasModel *m = NULL, *back = NULL;
    xasStore *store = openStore();

    xasTrainOptionsDefaults(&options);
    options.clip_sd = clip_sd;
    if (xasModelTrain(table, &options, &m, &why) != xasOk)
        testAbort("%s", why.text);
    (void)snprintf(head.name, sizeof head.name, "%s", name);
    (void)snprintf(head.detection, sizeof head.detection, "transmission+yield");
    (void)snprintf(head.code, sizeof head.code, "0.1");
    head.synthetic = true;
    testOk1(xasStoreModelPut(store, &head, m, NULL, NULL) == xasErrState);
    testOk1(xasStoreBegin(store) == xasOk);
    testOk(xasStoreModelPut(store, &head, m, NULL, NULL) == xasOk, "%s: %s",
           name, xasStoreError(store));
    testOk(xasStoreModelPut(store, &head, m, NULL, NULL) == xasErrArg,
           "refused: %s", xasStoreError(store));
    testOk1(xasStoreCommit(store) == xasOk);
    xasStoreClose(store);

    store = openStore();
    testOk(xasStoreModelRead(store, head.row, &readHead, &back) == xasOk, "%s",
           xasStoreError(store));
    testOk1(memcmp(&head, &readHead, sizeof head) == 0);
    testOk1(sameReport(m, back));
    testOk1(sameRows(m, back));
    testOk1(sameScore(&m->nested, &back->nested) &&
            sameScore(&m->once, &back->once) &&
            sameScore(&m->baseline, &back->baseline) &&
            sameScore(&m->train, &back->train));
    testOk(differences(m, back, false) == 0, "%zu predictions bit-identical",
           2 * m->n);
    testOk(differences(m, back, true) == 0, "as are those left out");
    xasModelDestroy(back);
    xasModelDestroy(m);
    xasStoreClose(store);
}

/* A matrix of our own, for where the golden ones are not at hand. */
static void testOwn(void)
{
    enum { n = 12, p = 4 };
    static const char *const column[p] = { "edge_dr", "wl_e", "pre_de",
                                           "l3_i" };
    static const char *const names[n] = { "a", "b", "c", "d", "e", "f",
                                          "g", "h", "i", "j", "k", "l" };
    double x[n * p], y[n], er[n * xasErCount];
    const xasTable table = { n, p, names, names, column, x, y, er };

    for (int i = 0; i < n; i++) {
        er[3 * i] = 7112 + 500.0 * (i % 3);
        er[3 * i + 1] = 706.8;
        er[3 * i + 2] = 719.9;
        x[p * i] = sin(i * 1.7);
        x[p * i + 1] = i == 4 ? NAN : er[3 * i] + 10 + cos(i * 2.3);
        x[p * i + 2] = i % 5 == 2 ? NAN : sin(i * i * 0.37);
        x[p * i + 3] = 1 + 0.3 * cos(i * 0.9);
        y[i] = -400 + 200 * x[p * i] + 50 * x[p * i + 3] + sin(i * 7.0);
    }
    testRoundTrip(&table, 0.5, "own");
    testRoundTrip(&table, INFINITY, "own, no clip");
}

static void testGolden(void)
{
    goldenTable golden;

    if (!goldenTableRead("golden/synthetic_KL.csv", &golden)) {
        testSkip(12, "the golden matrices are not beside the checkout");
        return;
    }
    testRoundTrip(&golden.table, 0.5, "K+L SYNTHETIC 2026-11-22 #1");
    goldenTableClear(&golden);
}

static void testActivate(void)
{
    xasStore *store = openStore();
    xasMessage why = { "" };
    int64_t own = 0, clip = 0, row = -1;
    xasModelHead head;
    xasModel *m = NULL;

    testOk1(xasStoreModelActive(store, xasKindKL, &row) == xasOk && row == 0);
    testOk1(xasStoreModelFind(store, "own", &own) == xasOk &&
            xasStoreModelFind(store, "own, no clip", &clip) == xasOk);
    testOk1(xasStoreModelFind(store, "2", &row) == xasOk && row == clip);
    testOk(xasStoreModelFind(store, "nothing", &row) == xasErrNotFound,
           "refused: %s", xasStoreError(store));
    testOk1(xasStoreBegin(store) == xasOk);
    testOk(xasStoreModelActivate(store, 999, &why) == xasErrNotFound,
           "refused: %s", why.text);
    testOk1(xasStoreModelActivate(store, own, &why) == xasOk);
    testOk1(xasStoreModelActivate(store, clip, &why) == xasOk);
    testOk1(xasStoreModelActive(store, xasKindKL, &row) == xasOk &&
            row == clip);
    testOk1(xasStoreModelActive(store, xasKindK, &row) == xasOk && row == 0);
    if (xasStoreModelRead(store, own, &head, &m) != xasOk)
        testAbort("%s", xasStoreError(store));
    head.definitions = 1;
    (void)snprintf(head.name, sizeof head.name, "of old definitions");
    testOk1(xasStoreModelPut(store, &head, m, NULL, NULL) == xasOk);
    testOk(xasStoreModelActivate(store, head.row, &why) == xasErrVersion,
           "refused: %s", why.text);
    testOk1(xasStoreCommit(store) == xasOk);
    testOk1(xasStoreModelActivate(store, own, &why) == xasErrState);
    testOk1(xasStoreModelRead(store, 999, &head, &m) == xasErrNotFound);
    xasModelDestroy(m);
    xasStoreClose(store);
}

static xasStatus putReference(xasStore *store, const char *formula, double dhf,
                              double hydration, const char *basis,
                              xasMessage *why)
{
    xasReference ref = { .dhf_kJ_per_mol = dhf, .hydration = hydration };

    (void)snprintf(ref.formula, sizeof ref.formula, "%s", formula);
    (void)snprintf(ref.basis, sizeof ref.basis, "%s", basis);
    (void)snprintf(ref.phase, sizeof ref.phase, "cr");
    (void)snprintf(ref.source, sizeof ref.source, "NBS 1982");
    return xasStoreReferencePut(store, &ref, why);
}

static void testReferences(xasStore *store)
{
    xasReference ref;
    xasMessage why = { "" };

    testOk1(putReference(store, "FeCl2", 1, 0, "formula", &why) == xasErrState);
    testOk1(xasStoreBegin(store) == xasOk);
    testOk1(putReference(store, "FeCl2", 1, 0, "formula", &why) == xasOk);
    testOk1(putReference(store, "FeCl2", -341.8, 0, "formula", &why) == xasOk);
    testOk1(putReference(store, "FeCl2.4H2O", -1549.3, 4, "formula", &why) ==
            xasOk);
    testOk1(putReference(store, "CoCl2", -312.5, 0, "formula", &why) == xasOk);
    testOk1(putReference(store, "NiCl2", -305.3, 0, "metal", &why) == xasOk);
    testOk(putReference(store, "Xx2", -1, 0, "formula", &why) == xasErrFormat,
           "refused: %s", why.text);
    testOk(putReference(store, "FeF2", NAN, 0, "formula", &why) == xasErrNaN,
           "refused: %s", why.text);
    testOk(putReference(store, "FeF2", 1, 0, "atom", &why) == xasErrArg,
           "refused: %s", why.text);
    testOk1(xasStoreCommit(store) == xasOk);
    testOk1(xasStoreReferenceFind(store, "FeCl2", &ref) == xasOk &&
            ref.dhf_kJ_per_mol == -341.8 && strcmp(ref.phase, "cr") == 0);
    testOk1(xasStoreReferenceFind(store,
                                  "FeCl2\xc2\xb7"
                                  "4H2O",
                                  &ref) == xasOk &&
            ref.dhf_kJ_per_mol == -1549.3 && ref.hydration == 4);
    testOk1(xasStoreReferenceFind(store, "FeCl2.2H2O", &ref) == xasErrNotFound);
    testOk1(xasStoreReferenceFind(store, "NiCl2", &ref) == xasOk &&
            ref.dhf_kJ_per_mol == -305.3);
    testOk1(xasStoreReferenceFind(store, "", &ref) == xasErrNotFound);
    testOk1(xasStoreReferenceFind(store, "Cl2Fe", &ref) == xasOk);
}

static int64_t measured(xasStore *store, const char *sample,
                        const char *formula, const char *element,
                        xasShell shell, xasDetection detection, double seed)
{
    static int number;
    char uid[32];
    xasScan *scan;
    xasResult r;
    int64_t row;

    (void)snprintf(uid, sizeof uid, "scan-%d", number);
    scan = testScanMake(uid, sample, 30);
    scan->start_ns += 1000000000LL * number++;
    scan->exit = xasExitComplete;
    scan->shell = shell;
    scan->detection = detection;
    (void)snprintf(scan->element, sizeof scan->element, "%s", element);
    (void)snprintf(scan->formula, sizeof scan->formula, "%s", formula);
    if (seed > 5)
        scan->comment[0] = '\0';
    if (xasStoreBegin(store) != xasOk ||
        xasStoreScanClose(store, scan, "live") != xasOk)
        testAbort("%s", xasStoreError(store));
    testResultMake(&r, scan, seed);
    if (xasStoreFeatures(store, &r, scan, "0.1") != xasOk ||
        xasStoreCommit(store) != xasOk)
        testAbort("%s", xasStoreError(store));
    row = scan->row;
    xasScanDestroy(scan);
    return row;
}

static void makeSamples(xasStore *store)
{
    const xasDetection t = xasDetectTransmission, y = xasDetectYield;

    (void)measured(store, "iron", "FeCl2", "Fe", xasShellK, t, 9);
    (void)measured(store, "iron", "FeCl2", "Fe", xasShellL, y, 6);
    (void)measured(store, "iron", "FeCl2", "Fe", xasShellK, t, 7);
    (void)measured(store, "CoCl2", "", "Co", xasShellK, t, 2);
    (void)measured(store, "hydrate", "FeCl2.4H2O", "Fe", xasShellK, t, 6);
    (void)measured(store, "fluor", "CoCl2", "Co", xasShellK,
                   xasDetectFluorescence, 6);
    (void)measured(store, "unknown", "", "Fe", xasShellK, t, 6);
    (void)measured(store, "no table", "FeI2", "Fe", xasShellK, t, 6);
    (void)measured(store, "only L", "FeCl2", "Fe", xasShellL, y, 6);
    /* A formula by its name, but not one of what was scanned. */
    (void)measured(store, "CoCl2 ", "", "Fe", xasShellK, t, 6);
}

static void testTrainingK(xasStore *store)
{
    xasTraining *t = NULL;
    xasMessage why = { "" };
    const double *x;

    if (xasStoreTrainingRead(store, xasKindK, NULL, &t, &why) != xasOk)
        testAbort("%s", why.text);
    testOk(t->table.n == 3 && t->table.p == 24, "%zu rows of %zu columns",
           t->table.n, t->table.p);
    testOk(t->noReference == 3 && t->noEdge == 1 && t->otherDetection == 1,
           "left out: %zu, %zu, %zu", t->noReference, t->noEdge,
           t->otherDetection);
    testOk1(strcmp(t->detection, "transmission") == 0);
    testOk1(strcmp(t->table.column[0], "edge_dr") == 0 &&
            strcmp(t->table.column[14], "post_dr") == 0 &&
            strcmp(t->table.column[15], "wl_i") == 0 &&
            strcmp(t->table.column[23], "post_e") == 0);
    testOk1(strcmp(t->table.id[0], "iron") == 0 &&
            strcmp(t->table.compound[0], "Cl2Fe") == 0 &&
            t->table.y[0] == -341.8 && t->k[0].scan == 3 && t->l[0].scan == 0);
    x = t->table.x;
    testOk1(isnan(x[0]) && x[1] == 7 * sqrt(2.0) && isnan(x[15]) &&
            x[16] == 7 * sqrt(xasPreI + 1.0));
    testOk1(t->table.er_eV[xasErK] == 7112 && t->table.er_eV[xasErL3] == 706.8);
    testOk1(strcmp(t->table.id[1], "CoCl2") == 0 && t->table.y[1] == -312.5 &&
            t->table.er_eV[xasErCount + xasErK] == 7709);
    testOk1(strcmp(t->table.compound[2], "Cl2Fe") == 0 &&
            t->table.y[2] == -1549.3);
    testOk(t->synthetic, "one of them is synthetic, so all are");
    xasTrainingDestroy(t);
}

static void testTrainingKL(xasStore *store)
{
    xasTraining *t = NULL;
    xasMessage why = { "" };

    if (xasStoreTrainingRead(store, xasKindKL, NULL, &t, &why) != xasOk)
        testAbort("%s", why.text);
    testOk(t->table.n == 1 && t->table.p == xasFeatureCount,
           "%zu rows of %zu columns", t->table.n, t->table.p);
    testOk1(strcmp(t->detection, "transmission+yield") == 0);
    testOk1(t->k[0].scan == 3 && t->l[0].scan == 2 && !t->synthetic);
    testOk1(t->table.x[xasWlDe] == 7 * sqrt(xasWlDe + 1.0) &&
            t->table.x[xasL2Dr] == 6 * sqrt(xasL2Dr + 1.0));
    xasTrainingDestroy(t);
    t = NULL;
    testOk1(xasStoreTrainingRead(store, xasKindL, NULL, &t, &why) == xasOk &&
            t->table.n == 2 && t->table.p == 14 && t->k[0].scan == 0);
    xasTrainingDestroy(t);
    testOk1(xasStoreTrainingRead(store, xasKindCount, NULL, &t, &why) ==
            xasErrArg);
}

static void testTraining(void)
{
    xasStore *store;
    xasTraining *t = NULL;
    xasMessage why = { "" };

    (void)snprintf(path, sizeof path, "%s/training.db", folder);
    store = openStore();
    testOk1(xasStoreTrainingRead(store, xasKindK, NULL, &t, &why) == xasOk &&
            t->table.n == 0);
    xasTrainingDestroy(t);
    testReferences(store);
    makeSamples(store);
    testTrainingK(store);
    testTrainingKL(store);
    xasStoreClose(store);
}

MAIN(storeModelTest)
{
    const char *base = getenv("TMPDIR");
    char command[128];

    (void)snprintf(folder, sizeof folder, "%.40s/xasStoreXXXXXX",
                   base ? base : "/tmp");
    if (!mkdtemp(folder))
        testAbort("no folder %s", folder);
    (void)snprintf(path, sizeof path, "%s/model.db", folder);
    testPlan(0);
    testOwn();
    testGolden();
    testActivate();
    testTraining();
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    if (system(command) != 0)
        testDiag("left behind: %s", folder);
    return testDone();
}
