/* SPDX-License-Identifier: BSD-3-Clause */
/* Formulas as people write them; counts and refusals by hand. */
#include <math.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasFormula.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Each has so many atoms of one element, and so much water. */
static const struct {
    const char *text, *symbol;
    double count, water;
} reads[] = { { "FeCl2", "Cl", 2, 0 },
              { "Fe(OH)3", "H", 3, 0 },
              { "CuSO4.5H2O", "O", 9, 5 },
              { "CuSO4\xc2\xb7"
                "5H2O",
                "H", 10, 5 },
              { "CuSO4*5H2O", "Cu", 1, 5 },
              { "CuSO4\xe2\x8b\x85"
                "5H2O",
                "O", 9, 5 },
              { " CuSO4 . 5 H2O ", "O", 9, 5 },
              { "FeCl2 * 4H2O", "H", 8, 4 },
              { "Fe2O3.0.5H2O", "H", 1, 0.5 },
              { "Fe\xe2\x82\x82O\xe2\x82\x83", "Fe", 2, 0 },
              { "C\xe2\x82\x81\xe2\x82\x82H2", "C", 12, 0 },
              { "Cu3(CO3)2(OH)2", "O", 8, 0 },
              { "K4[Fe(CN)6].3H2O", "N", 6, 3 },
              { "{[Fe2(SO4)3]2}2", "S", 12, 0 },
              { "Fe0.95O", "Fe", 0.95, 0 },
              { "Li1.2Mn0.6O2", "Li", 1.2, 0 },
              { "2CuO.Cr2O3", "Cu", 2, 0 },
              { "NiCl2.6NH3", "N", 6, 0 },
              { "H2O", "H", 2, 0 },
              { "FeCl2", "Fe", 1, 0 },
              { "CO", "Co", 0, 0 },
              { "Og2", "Og", 2, 0 } };

/* Refused, at this byte. */
static const struct {
    const char *text;
    size_t position;
} refusals[] = { { "", 0 },
                 { "  ", 2 },
                 { "fe", 0 },
                 { "Xx2", 0 },
                 { "FeXy", 2 },
                 { "Fe3+", 3 },
                 { "Fe^3", 2 },
                 { "FeO4-", 4 },
                 { "Cu3OH_2CO3_2", 5 },
                 { "Fe4(OH)8Cl.nH2O", 11 },
                 { "Fe(OH", 2 },
                 { "Fe(OH]3", 5 },
                 { "Fe()2", 3 },
                 { "FeO)", 3 },
                 { "Fe0", 2 },
                 { "FeO0.0", 3 },
                 { "Fe99999999", 2 },
                 { "FeCl2.", 6 },
                 { "FeCl2..H2O", 6 },
                 { ".H2O", 0 },
                 { "((((((((((Fe))))))))))", 8 },
                 { "Fe\xe2\x82\x8a", 2 }, /* a subscript plus */
                 { "natural particulate (oxidized)", 0 },
                 { "Fe Cl2", 3 },
                 { "5", 1 } };

static const struct {
    const char *text, *compound;
} compounds[] = { { "FeCl2", "Cl2Fe" },
                  { "FeCl2.4H2O", "Cl2Fe" },
                  { "4H2O.FeCl2", "Cl2Fe" },
                  { "Fe2Cl4", "Cl2Fe" },
                  { "V", "V" },
                  { "V2", "V" },
                  { "Fe(OH)3", "FeH3O3" },
                  { "FeOOH", "FeHO2" },
                  { "Fe2O3.0.5H2O", "Fe2O3" },
                  { "Fe0.95O", "Fe19O20" },
                  { "H2O", "H2O" },
                  { "2H2O", "H2O" },
                  { "Fe4(OH)6(OH)2.2H2O", "FeH2O2" },
                  { "CoCO3", "CCoO3" } };

static void testReads(void)
{
    for (size_t i = 0; i < COUNT(reads); i++) {
        xasFormula f;
        size_t position = 99;
        xasStatus status = xasFormulaParse(reads[i].text, &f, &position);

        testOk(status == xasOk &&
                   fabs(xasFormulaCount(&f, reads[i].symbol) - reads[i].count) <
                       1e-12 &&
                   fabs(f.water - reads[i].water) < 1e-12,
               "\"%s\" has %g %s and %g water", reads[i].text, reads[i].count,
               reads[i].symbol, reads[i].water);
    }
}

static void testRefusals(void)
{
    for (size_t i = 0; i < COUNT(refusals); i++) {
        xasFormula f = { .n = 77 };
        size_t position = 99;
        xasStatus status = xasFormulaParse(refusals[i].text, &f, &position);

        testOk(status == xasErrFormat && position == refusals[i].position &&
                   f.n == 77,
               "\"%s\" refused at byte %zu", refusals[i].text, position);
    }
}

static void testCompounds(void)
{
    for (size_t i = 0; i < COUNT(compounds); i++) {
        xasFormula f;
        char out[XAS_FORMULA_TEXT] = "";

        testOk(xasFormulaParse(compounds[i].text, &f, NULL) == xasOk &&
                   xasFormulaCompound(&f, out) == xasOk &&
                   strcmp(out, compounds[i].compound) == 0,
               "\"%s\" is the compound %s", compounds[i].text, out);
    }
}

/* Against the tables of the IUPAC (2021). */
static void testMasses(void)
{
    static const struct {
        const char *text;
        double g_per_mol;
    } masses[] = { { "FeCl2", 126.745 },
                   { "CuSO4.5H2O", 249.677 },
                   { "Ba(OH)2", 171.341 } };
    xasFormula f;

    for (size_t i = 0; i < COUNT(masses); i++) {
        double mass = NAN;

        if (xasFormulaParse(masses[i].text, &f, NULL) == xasOk)
            mass = xasFormulaMass(&f);
        testOk(fabs(mass - masses[i].g_per_mol) < 3e-4 * mass, "%s: %.3f g/mol",
               masses[i].text, mass);
    }
    testOk1(xasFormulaParse("OgF2", &f, NULL) == xasOk &&
            isnan(xasFormulaMass(&f)));
}

MAIN(formulaTest)
{
    xasFormula f = { .n = 0 };
    char out[XAS_FORMULA_TEXT];

    testPlan((int)(COUNT(reads) + COUNT(refusals) + COUNT(compounds)) + 9 + 4 +
             1);
    testReads();
    testRefusals();
    testCompounds();
    testMasses();
    testOk1(xasFormulaParse("Fe2O3", &f, NULL) == xasOk && f.n == 2);
    testOk1(strcmp(f.part[0].symbol, "Fe") == 0 && f.part[0].count == 2);
    testOk1(strcmp(f.part[1].symbol, "O") == 0 && f.part[1].count == 3);
    testOk1(xasFormulaParse(NULL, &f, NULL) == xasErrArg);
    testOk1(xasFormulaHolds("NiCl2", "Ni") && !xasFormulaHolds("NaCl", "Ni") &&
            !xasFormulaHolds("FeXx3", "Fe") && xasFormulaHolds("", "Ni") &&
            xasFormulaHolds("NaCl", "") && !xasFormulaHolds("FeXx3", ""));
    testOk1(xasElementZ("Fe") == 26 && xasElementZ("Og") == 118);
    testOk1(strcmp(xasElementSymbol(25), "Mn") == 0 &&
            !xasElementSymbol(0)[0] && !xasElementSymbol(119)[0]);
    testOk1(!xasElementZ("") && !xasElementZ("FE") && !xasElementZ("D"));
    testOk1(xasFormulaParse("HLiBeBCNOFNaMgAlSiPSClKCaScTiVCrMnFeCo", &f,
                            NULL) == xasOk);
    testOk1(f.n == 24 && xasFormulaCompound(&f, out) == xasOk);
    return testDone();
}
