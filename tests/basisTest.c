/* SPDX-License-Identifier: BSD-3-Clause */
/* What a model learns the enthalpy of: counts by hand, and a model per metal
 * atom against one trained on targets that were divided by hand. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasFormula.h"
#include "xasStudy.h"

static void testCounts(void)
{
    static const struct {
        const char *formula;
        double metals, atoms; /* atoms 0: no composition */
    } known[] = {
        { "Fe2O3", 2, 5 },      { "Fe3O4", 3, 7 },
        { "CuO", 1, 2 },        { "Cu2O", 2, 3 },
        { "FeCl2", 1, 3 },      { "FeCl2.4H2O", 1, 15 },
        { "NiFe2O4", 3, 7 },    { "K2Cr2O7", 2, 11 },
        { "FeAl2O4", 1, 7 }, /* Al is no 3d metal */
        { "LiFePO4", 1, 7 },    { "Fe0.95O", 0.95, 1.95 },
        { "2CuO.Cr2O3", 4, 9 }, { "ScCl3", 1, 0 },
        { "BaFe12O19", 12, 0 }, /* Ba has no electronegativity here */
        { "NaCl", 0, 0 },       { "sample 3", 0, 0 },
        { "", 0, 0 },
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const double metals = known[i].metals, atoms = known[i].atoms;
        xasComposition of;

        xasCompositionTry(known[i].formula, &of);
        testOk(fabs(of.n_metals - metals) < 1e-12 &&
                   fabs(of.n_atoms - atoms) < 1e-12 && of.ligand &&
                   xasBasisScale(xasBasisMetal, &of) == of.n_metals &&
                   xasBasisScale(xasBasisAtoms, &of) == of.n_atoms &&
                   xasBasisScale(xasBasisFormula, &of) == 1,
               "\"%s\": %g metal atoms of %g", known[i].formula, of.n_metals,
               of.n_atoms);
    }
    testOk1(xasBasisScale(xasBasisFormula, NULL) == 1 &&
            xasBasisScale(xasBasisMetal, NULL) == 0 &&
            xasBasisScale(xasBasisAtoms, NULL) == 0);
    for (int k = 0; k < xasBasisCount; k++)
        testOk(xasBasisFromName(xasBasisName((xasBasis)k)) == (xasBasis)k, "%s",
               xasBasisName((xasBasis)k));
    testOk1(xasBasisFromName("mole") == xasBasisCount &&
            !xasBasisName(xasBasisCount)[0]);
}

/* Real oxides and halides with 1 to 3 metal atoms; dHf per metal atom in tens
 * of kJ/mol, so that means are exact by hand. */
static const struct {
    const char *formula, *element;
    double metals, perMetal;
} rows[] = {
    { "Fe2O3", "Fe", 2, -410 }, { "Fe3O4", "Fe", 3, -370 },
    { "CuO", "Cu", 1, -150 },   { "Cu2O", "Cu", 2, -80 },
    { "NiO", "Ni", 1, -240 },   { "Co3O4", "Co", 3, -300 },
    { "CoO", "Co", 1, -240 },   { "Cr2O3", "Cr", 2, -570 },
    { "FeCl2", "Fe", 1, -340 }, { "BaFe12O19", "Fe", 12, -450 },
};

enum { n = sizeof rows / sizeof *rows, p = 3 };

typedef struct play {
    xasTable table;
    xasStudied studied;
    const char *id[n + 1], *element[n + 1], *column[p];
    double x[(n + 1) * p], y[n + 1], er[(n + 1) * xasErCount];
    xasComposition of[n + 1];
    int z[n + 1];
} play;

/* wl_de follows the enthalpy of a metal atom, wl_i and wl_e say little. */
static void make(play *t)
{
    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < n; i++) {
        t->id[i] = rows[i].formula;
        t->element[i] = rows[i].element;
        t->y[i] = rows[i].metals * rows[i].perMetal;
        t->z[i] = xasElementZ(rows[i].element);
        xasCompositionTry(rows[i].formula, &t->of[i]);
        t->x[i * p] = 10 - rows[i].perMetal / 50 + 0.3 * (double)(i * 3 % 5);
        t->x[i * p + 1] = 1 + 0.1 * (double)(i * 7 % 4);
        t->x[i * p + 2] = 7000 + (double)(i * 5 % 7);
        for (size_t k = 0; k < xasErCount; k++)
            t->er[i * xasErCount + k] = 6990;
    }
    t->column[0] = "wl_de";
    t->column[1] = "wl_i";
    t->column[2] = "wl_e";
    t->table = (xasTable){ n, p, t->id, t->id, t->column, t->x, t->y, t->er };
    t->studied = (xasStudied){ &t->table, t->of, t->z, t->element };
}

static xasModel *train(const play *t, xasBasis basis, double alpha_fraction)
{
    xasTrainOptions o;
    xasMessage why = { "" };
    xasModel *m = NULL;

    xasTrainOptionsDefaults(&o);
    o.basis = basis;
    o.alpha_fraction = alpha_fraction;
    if (xasStudyTrain(&t->studied, NULL, &o, &m, &why))
        testAbort("no model: %s", why.text);
    return m;
}

/* Nothing is selected at alpha_max: each row is predicted by the mean of the
 * others per metal atom, times its own metal atoms. */
static void testMean(void)
{
    static play t;
    double sum = 0, worst = 0, fs = 0, mae = 0;
    xasModel *m;

    make(&t);
    m = train(&t, xasBasisMetal, 1);
    for (size_t i = 0; i < n; i++)
        sum += rows[i].perMetal;
    testOk1(sum == -3150 && m->n == n && m->all.n == 0);
    for (size_t i = 0; i < n; i++) {
        double by = rows[i].metals * (sum - rows[i].perMetal) / (n - 1);

        worst = fmax(worst, fabs(m->predNested[i] - by));
        worst = fmax(worst, fabs(m->fitted[i] - rows[i].metals * -315));
        mae += fabs(by - t.y[i]) / n;
    }
    testOk(worst < 1e-9 && m->scale[0] == 2 && m->scale[1] == 3 &&
               m->scale[2] == 1 && m->scale[9] == 12,
           "the mean of a metal atom, times the metal atoms: within %.1e",
           worst);
    /* Fe2O3 by hand: 2 (-3150 + 410)/9 */
    testOk(fabs(m->predNested[0] + 608.888888888889) < 1e-9, "Fe2O3: %.3f",
           m->predNested[0]);
    /* FS is of formula units: 12 x 450 less 150 */
    fs = 5400 - 150;
    testOk(fabs(m->nested.mae - mae) < 1e-9 &&
               fabs(m->baseline.mae - mae) < 1e-9 &&
               fabs(m->nested.pct_fs - 100 * mae / fs) < 1e-9,
           "MAE %.1f and %.1f %%FS are of formula units", m->nested.mae,
           m->nested.pct_fs);
    xasModelDestroy(m);
}

/* Per metal atom, and per formula unit of targets divided by hand. */
static void trainBoth(play *t, xasModel **m, xasModel **hand)
{
    static play divided;

    make(t);
    make(&divided);
    for (size_t i = 0; i < n; i++)
        divided.y[i] = t->y[i] / rows[i].metals;
    *m = train(t, xasBasisMetal, 0.05);
    *hand = train(&divided, xasBasisFormula, 0.05);
}

/* The same fit as with targets divided by hand; what comes out is multiplied,
 * to the last bit. */
static void testByHand(void)
{
    static play t;
    xasModel *m, *hand;
    double worst = 0;

    trainBoth(&t, &m, &hand);
    testOk(m->p == p && strcmp(m->column[1], "wl_i") == 0 &&
               strcmp(m->column[2], "wl_e") == 0,
           "the columns are the formula unit's");
    testOk(m->all.n == hand->all.n && m->all.n > 0 &&
               m->all.intercept == hand->all.intercept &&
               m->all.term[0].coefficient == hand->all.term[0].coefficient &&
               m->alpha == hand->alpha,
           "the same predictor, per metal atom");
    for (size_t i = 0; i < n; i++) {
        worst = fmax(worst, fabs(m->predNested[i] -
                                 rows[i].metals * hand->predNested[i]));
        worst = fmax(worst,
                     fabs(m->predOnce[i] - rows[i].metals * hand->predOnce[i]));
    }
    testOk(worst == 0, "nested values are per formula unit");
    xasModelDestroy(m);
    xasModelDestroy(hand);
}

static xasStatus ask(const xasModel *m, const double *x, const double *er,
                     const xasComposition *of, const char *compound,
                     xasPrediction *out)
{
    const xasAsked query = {
        .x = x, .er_eV = er, .of = of, .level = 0.8, .compound = compound
    };

    return xasModelAsk(m, &query, out);
}

/* Value, interval, contributions, dHf/dE: all of a formula unit. */
static void testPredict(void)
{
    static play t;
    const double x[p] = { 17, 1.15, 7003 }, er[xasErCount] = { 6990, 0, 0 };
    xasPrediction one, two, left;
    xasComposition fe, ba, none;
    xasModel *m, *hand;

    trainBoth(&t, &m, &hand);
    xasCompositionTry("Mn2O3", &fe);
    xasCompositionTry("BaFe12O19", &ba);
    xasCompositionTry("NaCl", &none);
    testOk1(xasModelPredict(hand, x, er, 0.8, NULL, &one) == xasOk);
    testOk1(ask(m, x, er, &fe, NULL, &two) == xasOk);
    testOk(
        two.value == 2 * one.value && two.lo == 2 * one.lo &&
            two.hi == 2 * one.hi && two.level == one.level && isfinite(two.lo),
        "twice the metal atom's: %.1f [%.1f, %.1f]", two.value, two.lo, two.hi);
    testOk(two.contribution[0].value == 2 * one.contribution[0].value &&
               two.by_k_eV == 2 * one.by_k_eV && two.distance == one.distance,
           "contributions and dHf/dE likewise");
    testOk(ask(m, x, er, &ba, NULL, &two) == xasOk &&
               two.value == 12 * one.value,
           "an element without electronegativity is no hindrance");
    /* a training compound: 2 x its fold's value */
    testOk(ask(m, t.x, t.er, &t.of[0], "Fe2O3", &left) == xasOk &&
               left.leftOut && fabs(left.value - m->predNested[0]) < 1e-9,
           "Fe2O3 itself: the value without it");
    two.value = 1;
    testOk(xasModelPredict(m, x, er, 0.8, NULL, &two) == xasErrState &&
               ask(m, x, er, &none, NULL, &two) == xasErrState &&
               two.value == 1,
           "no metal count, no value per formula unit");
    xasModelDestroy(m);
    xasModelDestroy(hand);
}

static void testRefused(void)
{
    static play t;
    xasTrainOptions o;
    xasMessage why = { "" };
    xasModel *m = NULL;

    make(&t);
    xasTrainOptionsDefaults(&o);
    o.basis = xasBasisMetal;
    testOk(xasModelTrain(&t.table, &o, &m, &why) == xasErrArg, "%s", why.text);
    t.of[3].n_metals = 0;
    testOk(xasModelTrainWith(&t.table, t.of, &o, &m, &why) == xasErrArg &&
               strstr(why.text, "Cu2O"),
           "%s", why.text);
    /* what cannot be counted is left out */
    m = train(&t, xasBasisMetal, 0.05);
    testOk1(m->n == n - 1 && strcmp(m->id[3], "NiO") == 0);
    xasModelDestroy(m);
    m = NULL;
    o.composition = true;
    testOk(xasStudyTrain(&t.studied, NULL, &o, &m, &why) == xasErrArg &&
               strstr(why.text, "per mole of atoms"),
           "%s", why.text);
    o.composition = false;
    for (size_t i = 4; i < n; i++)
        t.of[i].n_metals = 0;
    testOk(xasStudyTrain(&t.studied, NULL, &o, &m, &why) == xasErrRange &&
               strstr(why.text, "3d metal"),
           "%s", why.text);
    o.basis = xasBasisCount;
    testOk(xasModelTrainWith(&t.table, t.of, &o, &m, &why) == xasErrArg, "%s",
           why.text);
    o.basis = xasBasisFormula;
    for (size_t i = 0; i < n; i++)
        t.y[i] = -300;
    testOk(xasStudyTrain(&t.studied, NULL, &o, &m, &why) == xasErrRange &&
               strstr(why.text, "nothing to learn"),
           "%s", why.text);
}

/* Its study: shuffles in its own unit, and its place among the variants. */
static void testStudy(void)
{
    static play t;
    xasStudyOptions ask = { .shuffles = 39, .seed = 3, .variants = true };
    xasStudy *s = NULL;
    const xasVariant *v;
    xasModel *m;

    make(&t);
    m = train(&t, xasBasisMetal, 0.05);
    if (xasStudyMake(m, &t.studied, &ask, &s))
        testAbort("no study");
    testOk(fabs(s->targets.mae - m->nested.mae) < 1e-9 && s->targets.p <= 0.05,
           "unshuffled it is the model: MAE %.1f, p %.3f", s->targets.mae,
           s->targets.p);
    v = &s->variant[xasMethodCount];
    testOk(s->nVariants == 12 && v->made && v->basis == xasBasisMetal &&
               !v->composition && v->score.mae == m->nested.mae,
           "among %zu variants", s->nVariants);
    testOk(s->element.known && isfinite(s->element.score.mae),
           "whole elements left out: MAE %.1f", s->element.score.mae);
    testOk(s->variant[0].score.mae > 2 * v->score.mae,
           "better than per formula unit, as these were made: %.1f, %.1f",
           v->score.mae, s->variant[0].score.mae);
    xasStudyDestroy(s);
    xasModelDestroy(m);
}

MAIN(basisTest)
{
    testPlan(0);
    testCounts();
    testMean();
    testByHand();
    testPredict();
    testRefused();
    testStudy();
    return testDone();
}
