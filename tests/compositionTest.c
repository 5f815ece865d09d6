/* SPDX-License-Identifier: BSD-3-Clause */
/* What the formula alone says: descriptors by hand, then the four nested
 * figures against an independent implementation (composition_K.csv: numbers of
 * ten digits, so 1e-9 relative for descriptors and 1e-6 kJ/mol for figures
 * below 1000, half a digit more above). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "golden.h"
#include "xasFigures.h"
#include "xasFormula.h"

static void testDescriptors(void)
{
    static const struct {
        const char *formula, *ligand;
        double n_atoms, p[xasDescriptorCount]; /* times n_atoms */
    } known[] = {
        { "Fe", "metal", 1, { 0, 0, 0, 0 } },
        { "FeCl2", "chloride", 3, { 0, 2 * 1.33 * 1.33, 0, 0 } },
        { "FeCl2.4H2O",
          "chloride",
          15,
          { 0, 2 * 1.33 * 1.33, 8 * 1.24 * 1.24, 4 } },
        { "Ni(OH)2",
          "hydroxide",
          5,
          { 2 * 1.53 * 1.53, 0, 2 * 1.24 * 1.24, 2 } },
        { "FeSO4", "sulfate", 6, { 2 * 1.61 * 1.61, 0, 6 * .86 * .86, 4 } },
        { "FeS", "sulfide", 2, { 0, 2 * .75 * .75, 0, 0 } },
        { "FeS2", "sulfide", 3, { 0, 2 * .75 * .75, 0, 0 } },
        { "LiCoO2", "oxide", 4, { 3 * 1.56 * 1.56 + 2.46 * 2.46, 0, 0, 2 } },
        /* of the three F electrons K gives one, Fe two thirds of the bonds */
        { "KFeF3", "fluoride", 5, { 0, 2 * 2.15 * 2.15 + 3.16 * 3.16, 0, 0 } },
        /* 8 electrons for the sulphate's 4 O; P_X has its Cl in full */
        { "FeClSO4",
          "mixed",
          7,
          { 2 * 1.61 * 1.61, 1.33 * 1.33, 6 * .86 * .86, 4 } },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        xasComposition c = { .n_atoms = 0 };
        double worst = 0;

        testOk1(xasCompositionRead(known[i].formula, &c) == xasOk);
        for (size_t k = 0; k < xasDescriptorCount; k++)
            worst =
                fmax(worst, fabs(c.descriptor[k] * c.n_atoms - known[i].p[k]));
        testOk(worst < 1e-12 && c.n_atoms == known[i].n_atoms && c.ligand &&
                   strcmp(c.ligand, known[i].ligand) == 0,
               "%s: %s, descriptors within %.0e", known[i].formula, c.ligand,
               worst);
    }
}

static void testRefused(void)
{
    static const char *const none[] = { "Cu3OH_2CO3_2", "",     "NaCl",
                                        "FeSi",         "FeH2", "PbO",
                                        "sample 3" };

    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        xasComposition c = { .n_atoms = -1 };

        testOk(xasCompositionRead(none[i], &c) != xasOk && c.n_atoms == -1,
               "no composition: \"%s\"", none[i]);
    }
}

/* The ridge at a lambda so small and data so exact that it is a straight
 * line: P_X alone, y = 3 - 40 P_X. */
static void testRidge(void)
{
    static const char *const formula[] = { "FeF2", "FeCl2", "FeBr2", "FeI2",
                                           "NiF2", "NiCl2", "CuF2",  "CoI2" };
    xasComposition of[8];
    double y[8], left_out[8], worst = 0;
    size_t row[8];
    xasCompositionFit fit;

    for (size_t i = 0; i < 8; i++) {
        testOk1(xasCompositionRead(formula[i], &of[i]) == xasOk);
        y[i] = 3 - 40 * of[i].descriptor[xasPX];
        row[i] = i;
    }
    testOk1(xasCompositionTrain(of, y, row, 8, &fit, left_out) == xasOk);
    testOk(fit.lambda == 1e-4 && fit.sd[xasPO] == 0 && fit.sd[xasNO] == 0,
           "lambda %g; absent bonds are left out", fit.lambda);
    for (size_t i = 0; i < 8; i++)
        worst = fmax(worst, fabs(xasCompositionAt(&fit, &of[i]) - y[i]));
    /* shrunk by 1/(1 + lambda) towards the mean */
    testOk(worst < 1.01e-4 * 60, "a straight line within %.1e", worst);
    testOk1(xasCompositionTrain(of, y, row, 2, &fit, NULL) == xasErrRange);
}

/* The golden table, split by the reader of matrices: the columns after dHf
 * are not at their place there, so it is read by hand. */
enum { goldenRows = 32, goldenFields = 11 };

static size_t readGolden(double value[goldenRows][goldenFields],
                         char compound[goldenRows][32])
{
    char *text = goldenFile("golden/composition_K.csv"), *rest = text, *line;
    size_t n = 0;

    (void)strsep(&rest, "\n");
    while (rest && (line = strsep(&rest, "\n")) && *line && n < goldenRows) {
        char *cell;

        for (int k = 0; k < goldenFields && (cell = strsep(&line, ",")); k++) {
            value[n][k] = strtod(cell, NULL);
            if (k == 1)
                snprintf(compound[n], sizeof compound[n], "%s", cell);
        }
        n++;
    }
    free(text);
    return n;
}

static double digits(double value)
{
    return fabs(value) >= 1000 ? 1e-6 : 5e-7;
}

static void testFigures(const goldenTable *g)
{
    static const char *const name[] = { "mean", "composition", "spectrum",
                                        "both" };
    double want[goldenRows][goldenFields], worst = 0;
    char compound[goldenRows][32];
    xasComposition of[goldenRows];
    int z[goldenRows] = { 0 };
    const xasStudied s = { .table = &g->table, .of = of, .z = z };
    xasFigures *f = NULL;
    xasMessage why = { "" };

    testOk(readGolden(want, compound) == goldenRows && g->table.n == goldenRows,
           "%zu rows", g->table.n);
    for (size_t i = 0; i < goldenRows; i++) {
        if (xasCompositionRead(compound[i], &of[i]) != xasOk ||
            of[i].n_atoms != want[i][2])
            testAbort("%s", compound[i]);
        for (size_t k = 0; k < xasDescriptorCount; k++)
            worst = fmax(worst, fabs(of[i].descriptor[k] - want[i][3 + k]));
    }
    testOk(worst < 1e-9, "descriptors within %.1e", worst);
    if (xasFiguresMake(&s, NULL, 0, &f, &why))
        testAbort("%s", why.text);
    testOk1(f->n == goldenRows && f->nFolds == goldenRows);
    for (int k = 0; k < xasFigureCount; k++) {
        size_t good = 0;

        worst = 0;
        for (size_t i = 0; i < goldenRows; i++) {
            double d = fabs(f->pred[k][i] - want[i][7 + k]);

            good += d < digits(want[i][7 + k]) + 1e-7;
            worst = fmax(worst, d);
        }
        testOk(good == goldenRows &&
                   strcmp(xasFigureName((xasFigureId)k), name[k]) == 0,
               "%s: %zu of 32 within the digits given, worst %.1e kJ/mol; MAE "
               "%.2f, %.2f %%FS",
               name[k], good, worst, f->score[k].mae, f->score[k].pct_fs);
    }
    testDiag("both less composition: %.2f +- %.2f kJ/mol",
             f->less[xasFigureBoth][xasFigureComposition].difference,
             f->less[xasFigureBoth][xasFigureComposition].se);
    xasFiguresDestroy(f);
}

static void testGolden(void)
{
    goldenTable g;

    if (!goldenTableRead("golden/measured_K.csv", &g)) {
        testSkip(7, "the golden matrices are not beside the checkout");
        return;
    }
    testFigures(&g);
    goldenTableClear(&g);
}

/* Paired: a closed form, and two rows of one compound count once. */
static void testPaired(void)
{
    static const double y[] = { 0, 0, 0, 0 }, a[] = { 1, -2, 3, 4 },
                        b[] = { 2, 2, -2, 2 };
    static const size_t single[] = { 0, 1, 2, 3 }, pair[] = { 0, 0, 1, 1 };
    xasPaired p;

    /* differences -1, 0, 1, 2: mean 0.5, variance 5/3 */
    xasPairedErrors(y, a, b, single, 4, &p);
    testOk(p.difference == 0.5 && fabs(p.se - sqrt(5.0 / 12)) < 1e-15 &&
               p.n == 4,
           "%g +- %g", p.difference, p.se);
    /* means -0.5 and 1.5 of two compounds: se 1 */
    xasPairedErrors(y, a, b, pair, 4, &p);
    testOk(p.difference == 0.5 && fabs(p.se - 1) < 1e-15 && p.n == 2,
           "%g +- %g", p.difference, p.se);
}

MAIN(compositionTest)
{
    testPlan(20 + 7 + 12 + 7 + 2);
    testDescriptors();
    testRefused();
    testRidge();
    testGolden();
    testPaired();
    return testDone();
}
