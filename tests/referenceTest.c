/* SPDX-License-Identifier: BSD-3-Clause */
/* Reference values per formula unit and per metal atom: which one a sample
 * gets, and a model per metal atom in the store. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "storeTestScan.h"
#include "xasSql.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"
#include "xasStudy.h"

static char folder[64];

static xasStore *openStore(const char *name)
{
    char path[96];
    xasMessage why = { "" };
    xasStore *store = NULL;

    (void)snprintf(path, sizeof path, "%.60s/%s", folder, name);
    if (xasStoreOpen(path, xasStoreCreate, 250, &store, &why) != xasOk)
        testAbort("%s", why.text);
    return store;
}

static xasStatus put(xasStore *store, const char *formula, double dhf,
                     const char *basis, const char *phase, double hydration,
                     xasMessage *why)
{
    xasReference ref = { .dhf_kJ_per_mol = dhf, .hydration = hydration };

    (void)snprintf(ref.formula, sizeof ref.formula, "%s", formula);
    (void)snprintf(ref.basis, sizeof ref.basis, "%s", basis);
    (void)snprintf(ref.phase, sizeof ref.phase, "%s", phase);
    (void)snprintf(ref.source, sizeof ref.source, "NBS 1982");
    (void)snprintf(ref.note, sizeof ref.note, "a note");
    return xasStoreReferencePut(store, &ref, why);
}

/* The value that a formula finds; NaN for none. */
static double valueOf(xasStore *store, const char *formula)
{
    xasReference ref = { .dhf_kJ_per_mol = 0 };

    if (xasStoreReferenceFind(store, formula, &ref) != xasOk)
        return NAN;
    if (strcmp(ref.basis, "formula") != 0 || strcmp(ref.formula, formula) != 0)
        testDiag("%s is said to be of %s, per %s", formula, ref.formula,
                 ref.basis);
    return ref.dhf_kJ_per_mol;
}

static bool is(double value, double expected)
{
    return fabs(value - expected) < 1e-9;
}

static void putAll(xasStore *store)
{
    static const struct {
        const char *formula;
        double dhf;
        const char *basis, *phase;
        double hydration;
    } all[] = {
        { "Fe2O3", -412.1, "metal", "cr", 0 },
        { "Fe3O4", -372.8, "metal", "cr", 0 },
        { "CuO", -157.3, "metal", "cr", 0 },
        { "NiO", -250, "metal", "cr", 0 },
        { "NiO", -239.7, "formula", "cr", 0 },
        { "CoO", -237.9, "metal", "cr", 0 },
        { "CoO", -200, "formula", "am", 0 },
        { "CuCl", -137.2, "formula", "cr", 0 },
        { "FeCl2.4H2O", -1549.3, "metal", "cr", 4 },
        { "FeCl2", -341.8, "formula", "cr", 0 },
    };
    xasMessage why = { "" };

    if (xasStoreBegin(store) != xasOk)
        testAbort("%s", xasStoreError(store));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (put(store, all[i].formula, all[i].dhf, all[i].basis, all[i].phase,
                all[i].hydration, &why) != xasOk)
            testAbort("%s", why.text);
    if (xasStoreCommit(store) != xasOk)
        testAbort("%s", xasStoreError(store));
}

static void testFind(xasStore *store)
{
    xasReference ref;

    testOk(is(valueOf(store, "Fe2O3"), -824.2), "two metal atoms: %.1f",
           valueOf(store, "Fe2O3"));
    testOk(is(valueOf(store, "Fe3O4"), -1118.4), "three");
    testOk(is(valueOf(store, "CuO"), -157.3), "one");
    testOk(is(valueOf(store, "NiO"), -239.7),
           "a value per formula unit goes first, whichever came first");
    testOk(is(valueOf(store, "CoO"), -237.9),
           "a crystal goes before another phase, whatever its unit");
    testOk(is(valueOf(store, "Fe4O6"), -1648.4),
           "per unit of the formula asked for: Fe4O6");
    testOk(is(valueOf(store, "Cu2Cl2"), -274.4), "and Cu2Cl2 of CuCl");
    testOk(is(valueOf(store, "FeCl2"), -341.8), "the salt");
    testOk(is(valueOf(store, "FeCl2.4H2O"), -1549.3), "and its hydrate");
    testOk1(isnan(valueOf(store, "FeCl2.2H2O")) &&
            isnan(valueOf(store, "FeO")));
    testOk(xasStoreReferenceFind(store, "Fe2O3", &ref) == xasOk &&
               strcmp(ref.converted, "-412.1 per metal atom x 2") == 0 &&
               strcmp(ref.note, "a note") == 0 &&
               strcmp(ref.source, "NBS 1982") == 0,
           "how it was made: %s", ref.converted);
    testOk(xasStoreReferenceFind(store, "NiO", &ref) == xasOk &&
               !ref.converted[0] && strcmp(ref.note, "a note") == 0,
           "one that was not converted says nothing");
}

static void testPut(xasStore *store)
{
    xasMessage why = { "" };

    testOk1(xasStoreBegin(store) == xasOk);
    testOk(put(store, "NaCl", -411, "metal", "cr", 0, &why) == xasErrArg &&
               strstr(why.text, "no metal of Sc..Zn"),
           "%s", why.text);
    testOk(put(store, "NaCl", -411, "formula", "cr", 0, &why) == xasOk,
           "its formula unit is a unit");
    testOk(put(store, "FeCl2.4H2O", -1, "formula", "cr", 0, &why) ==
                   xasErrArg &&
               strstr(why.text, "4 H2O"),
           "%s", why.text);
    testOk(put(store, "CuSO4", -2279.65, "formula", "cr", 5, &why) == xasOk &&
               is(valueOf(store, "CuSO4.5H2O"), -2279.65) &&
               isnan(valueOf(store, "CuSO4")),
           "water may be told by the number alone");
    xasStoreRollback(store);
}

static void testConflicts(xasStore *store)
{
    xasReferenceConflict *c = NULL;
    xasMessage why = { "" };
    size_t count = 9;

    testOk1(xasStoreReferenceConflicts(store, &c, &count) == xasOk);
    testOk(count == 1 && c && strcmp(c[0].formula, "NiO") == 0 &&
               is(c[0].apart_kJ_per_mol, 10.3) && c[0].metals == 1,
           "NiO has two values; CoO's are of two phases");
    free(c);
    testOk1(xasStoreBegin(store) == xasOk);
    /* 0.9 apart per formula unit, then 1.1 */
    testOk1(put(store, "NiO", -240.6, "metal", "cr", 0, &why) == xasOk &&
            put(store, "Fe2O3", -825.3, "formula", "cr", 0, &why) == xasOk);
    testOk1(xasStoreReferenceConflicts(store, &c, &count) == xasOk);
    testOk(count == 1 && strcmp(c[0].formula, "Fe2O3") == 0 &&
               is(c[0].apart_kJ_per_mol, 1.1) &&
               is(c[0].metal_kJ_per_mol, -412.1) && c[0].metals == 2,
           "only beyond 1 kJ/mol of the formula unit");
    free(c);
    /* of the same water: 4 of FeCl2, 8 of Fe2Cl4 */
    testOk1(put(store, "Fe2Cl4.8H2O", -3000, "formula", "cr", 8, &why) ==
            xasOk);
    testOk1(xasStoreReferenceConflicts(store, &c, &count) == xasOk);
    testOk(count == 2 && strcmp(c[1].formula, "Fe2Cl4.8H2O") == 0 &&
               is(c[1].apart_kJ_per_mol, 98.6),
           "written with twice the atoms: %.1f apart", c[1].apart_kJ_per_mol);
    free(c);
    testOk(is(valueOf(store, "FeCl2.4H2O"), -1500), "and half of it is used");
    xasStoreRollback(store);
    testOk1(xasStoreReferenceConflicts(store, &c, &count) == xasOk &&
            count == 1);
    free(c);
}

static void measure(xasStore *store, const char *formula, const char *element,
                    double seed)
{
    static int number;
    char uid[32];
    xasScan *scan;
    xasResult r;

    (void)snprintf(uid, sizeof uid, "scan-%d", number);
    scan = testScanMake(uid, formula, 30);
    scan->start_ns += 1000000000LL * number++;
    scan->exit = xasExitComplete;
    scan->shell = xasShellK;
    scan->detection = xasDetectTransmission;
    scan->comment[0] = '\0';
    (void)snprintf(scan->element, sizeof scan->element, "%s", element);
    (void)snprintf(scan->formula, sizeof scan->formula, "%s", formula);
    if (xasStoreBegin(store) != xasOk ||
        xasStoreScanClose(store, scan, "live") != xasOk)
        testAbort("%s", xasStoreError(store));
    testResultMake(&r, scan, seed);
    if (xasStoreFeatures(store, &r, scan, "0.1") != xasOk ||
        xasStoreCommit(store) != xasOk)
        testAbort("%s", xasStoreError(store));
    xasScanDestroy(scan);
}

static xasModel *trainStored(xasStore *store, xasTraining **t)
{
    xasTrainOptions o;
    xasMessage why = { "" };
    xasModel *m = NULL;
    xasStudied of;

    if (xasStoreTrainingRead(store, xasKindK, NULL, t, &why) != xasOk)
        testAbort("%s", why.text);
    xasTrainOptionsDefaults(&o);
    o.basis = xasBasisMetal;
    of = xasTrainingStudied(*t);
    if (xasStudyTrain(&of, NULL, &o, &m, &why) != xasOk)
        testAbort("%s", why.text);
    xasModelSetFormulas(m, (*t)->formula);
    return m;
}

static int64_t putModel(xasStore *store, const xasModel *m, const char *name)
{
    xasModelHead head = { .kind = xasKindK,
                          .definitions = XAS_FEATURES_VERSION };

    (void)snprintf(head.name, sizeof head.name, "%s", name);
    (void)snprintf(head.detection, sizeof head.detection, "transmission");
    if (xasStoreBegin(store) != xasOk ||
        xasStoreModelPut(store, &head, m, NULL, NULL) != xasOk ||
        xasStoreCommit(store) != xasOk)
        testAbort("%s", xasStoreError(store));
    return head.row;
}

/* Targets from values per metal atom; the model comes back as it was. */
static void testTraining(xasStore *store)
{
    static const char *const formula[] = { "Fe2O3", "Fe3O4", "CuO",  "NiO",
                                           "CoO",   "CuCl",  "FeCl2" };
    static const char *const element[] = { "Fe", "Fe", "Cu", "Ni",
                                           "Co", "Cu", "Fe" };
    static const double scale[] = { 2, 3, 1, 1, 1, 1, 1 };
    xasTraining *t = NULL;
    xasModelHead head;
    xasModel *m, *read = NULL;
    xasPrediction a, b;
    xasComposition of;
    xasAsked query;
    int64_t row, other;
    size_t wrong = 0;

    for (size_t i = 0; i < 7; i++)
        measure(store, formula[i], element[i], 1 + (double)(i * 3 % 7));
    m = trainStored(store, &t);
    testOk(m->n == 7 && is(m->y[0], -824.2) && is(m->y[1], -1118.4) &&
               is(m->y[3], -239.7) && t->noReference == 0,
           "targets are of formula units");
    for (size_t i = 0; i < 7; i++)
        wrong += m->scale[i] != scale[i];
    testOk(wrong == 0, "divided by the metal atoms");
    row = putModel(store, m, "per metal atom");
    testOk1(xasStoreModelRead(store, row, &head, &read) == xasOk &&
            read->options.basis == xasBasisMetal);
    for (size_t i = 0; i < 7; i++)
        wrong += read->scale[i] != scale[i];
    xasCompositionTry("Co3O4", &of);
    testOk1(wrong == 0);
    query = (xasAsked){
        .x = t->table.x, .er_eV = t->table.er_eV, .of = &of, .level = 0.8
    };
    testOk1(xasModelAsk(m, &query, &a) == xasOk &&
            xasModelAsk(read, &query, &b) == xasOk);
    testOk(a.value == b.value && a.lo == b.lo && a.hi == b.hi && isfinite(a.lo),
           "read back it says the same: %.3f", b.value);
    xasModelDestroy(read);
    read = NULL;
    /* a basis that a later program may know */
    other = putModel(store, m, "of the future");
    if (xasStoreBegin(store) != xasOk ||
        xasSqlRun(store,
                  "UPDATE model SET basis = 'mole of ligands' "
                  "WHERE id = ?",
                  "i", other) != xasOk ||
        xasStoreCommit(store) != xasOk)
        testAbort("%s", xasStoreError(store));
    testOk(xasStoreModelRead(store, other, &head, &read) == xasErrVersion &&
               strstr(xasStoreError(store), "mole of ligands"),
           "refused: %s", xasStoreError(store));
    xasModelDestroy(m);
    xasTrainingDestroy(t);
}

MAIN(referenceTest)
{
    xasStore *store;

    testFolderMake(folder, "xasReference");
    testPlan(0);
    store = openStore("reference.db");
    putAll(store);
    testFind(store);
    testPut(store);
    testConflicts(store);
    testTraining(store);
    xasStoreClose(store);
    testFolderRemove(folder);
    return testDone();
}
