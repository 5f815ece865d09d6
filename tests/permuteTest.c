/* SPDX-License-Identifier: BSD-3-Clause */
/* Permutation tests: their fast way is the training's own, their p is no
 * smaller than chance under a true null, and small where there is something. */
#include <math.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"
#include "xasNested.h"
#include "xasStudy.h"

/* Every fold through the fast way, on the model's own target. */
static double worstFold(const xasModel *m)
{
    double y[madeRows], predicted[madeRows], worst = 0;
    xasNested *e = NULL;

    if (xasNestedCreate(m, &e))
        testAbort("no memory");
    for (size_t i = 0; i < m->n; i++)
        y[i] = m->y[i] / m->scale[i];
    for (size_t f = 0; f < m->nFolds; f++) {
        const size_t *row;
        size_t n = xasNestedFold(e, f, &row);

        if (xasNestedPredict(e, y, m->of, predicted))
            return INFINITY;
        for (size_t i = 0; i < n; i++)
            worst = fmax(worst, fabs(predicted[row[i]] * m->scale[row[i]] -
                                     m->predNested[row[i]]));
    }
    xasNestedDestroy(e);
    return worst;
}

static void testSame(void)
{
    static madeTable t;
    unsigned state = 3;

    madeTableFill(&t, 30, 12, 0.7, 50, &state);
    t.x[5 * 12 + 3] = NAN;
    t.x[9 * 12 + 1] = NAN;
    t.compound[7] = t.compound[8]; /* two rows left out together */
    for (int method = 0; method < xasMethodCount; method++)
        for (int way = 0; way < 3; way++) {
            xasTrainOptions o;
            xasModel *m = NULL;
            double worst;

            xasTrainOptionsDefaults(&o);
            o.method = (xasMethod)method;
            o.basis = way > 0 ? xasBasisAtoms : xasBasisFormula;
            o.composition = way > 1;
            o.folds = way == 1 ? 5 : 0;
            if (xasStudyTrain(&t.studied, NULL, &o, &m, NULL))
                testAbort("no model");
            worst = worstFold(m);
            /* 1e-9 of values of 1000: the products are summed otherwise */
            testOk(worst < 1e-6, "%s, way %d: %zu folds, within %.1e kJ/mol",
                   xasMethodName(o.method), way, m->nFolds, worst);
            xasModelDestroy(m);
        }
}

/* P(p <= k/(B+1)) <= k/(B+1), held to 1/(B+1), over true nulls. */
static void isUniform(const char *what, const size_t *count, size_t shuffles,
                      size_t sets)
{
    double worst = -1;
    size_t sum = 0;

    for (size_t k = 1; k <= shuffles + 1; k++) {
        sum += count[k];
        worst = fmax(worst, (double)sum / (double)sets -
                                (double)k / (double)(shuffles + 1));
    }
    testOk(worst <= 1.0 / (double)(shuffles + 1) && sum == sets,
           "%s: %zu sets, P(p <= a) exceeds a by %.4f at most, 1/(B+1) is %.4f",
           what, sets, worst, 1.0 / (double)(shuffles + 1));
}

enum { nullSets = 1000, nullShuffles = 19 };

/* Targets of no relation to the columns. */
static void testTargets(void)
{
    size_t count[nullShuffles + 2] = { 0 };
    static madeTable t;
    unsigned state = 11;

    for (size_t s = 0; s < nullSets; s++) {
        xasModel *m = NULL;
        xasPermuted p;

        madeTableFill(&t, 10, 6, 0.5, 1, &state);
        for (size_t i = 0; i < 10; i++)
            t.y[i] = 100 * madeGauss(&state);
        if (xasModelTrain(&t.table, NULL, &m, NULL) ||
            xasPermuteTargets(m, nullShuffles, s, &p))
            testAbort("no p");
        count[(size_t)lround(p.p * (nullShuffles + 1))]++;
        xasModelDestroy(m);
    }
    isUniform("targets", count, nullShuffles, nullSets);
}

/* The formula decides, the columns say nothing. */
static void testSpectra(void)
{
    size_t count[nullShuffles + 2] = { 0 };
    static madeTable t;
    unsigned state = 77;

    for (size_t s = 0; s < nullSets; s++) {
        xasPermuted p;

        madeTableFill(&t, 14, 5, 0.5, 1, &state);
        for (size_t i = 0; i < 14; i++)
            t.y[i] = t.of[i].n_atoms *
                     (-60 * t.of[i].descriptor[xasPX] + 10 * madeGauss(&state));
        if (xasPermuteSpectra(&t.studied, 0, nullShuffles, s, &p, NULL))
            testAbort("no p");
        count[(size_t)lround(p.p * (nullShuffles + 1))]++;
    }
    isUniform("spectra", count, nullShuffles, nullSets);
}

static void testSomething(void)
{
    static madeTable t;
    unsigned state = 8;
    xasModel *m = NULL;
    xasPermuted p, again;

    madeTableFill(&t, 20, 5, 0, 10, &state);
    if (xasModelTrain(&t.table, NULL, &m, NULL))
        testAbort("no model");
    testOk1(xasPermuteTargets(m, 199, 1, &p) == xasOk);
    testOk(p.p == 0.005 && p.atLeastAsGood == 0 && p.shuffles == 199,
           "a plain relation: p = %g", p.p);
    testOk(fabs(p.mae - m->nested.mae) < 1e-9 && p.best > p.mae &&
               p.median > p.best,
           "MAE %.2f, shuffled %.2f at best, %.2f at the median", p.mae, p.best,
           p.median);
    testOk1(xasPermuteTargets(m, 199, 1, &again) == xasOk &&
            again.median == p.median);
    testOk(xasPermuteTargets(m, 199, 2, &again) == xasOk &&
               again.median != p.median,
           "another seed, other shuffles");
    testOk(xasPermuteTargets(m, 0, 1, &p) == xasOk && p.p == 1 &&
               isnan(p.median),
           "no shuffle: p = 1");
    xasModelDestroy(m);
    /* the columns know what the formula leaves */
    for (size_t i = 0; i < 20; i++)
        t.y[i] = t.of[i].n_atoms * (-60 * t.of[i].descriptor[xasPX] +
                                    20 * t.x[i * 5] + madeGauss(&state));
    testOk1(xasPermuteSpectra(&t.studied, 0, 199, 1, &p, NULL) == xasOk);
    testOk(p.p == 0.005, "the spectrum adds to the formula: p = %g", p.p);
}

/* Repeats of a compound move together: of six compounds with three rows each
 * a row's target is never that of another row's compound mixed in. */
static void testRepeats(void)
{
    static madeTable t;
    unsigned state = 21;
    xasModel *m = NULL;
    xasPermuted p;

    madeTableFill(&t, 18, 4, 0, 1, &state);
    for (size_t i = 0; i < 18; i++) {
        t.compound[i] = t.name[i / 3];
        t.y[i] = t.y[i / 3 * 3];
        t.x[i * 4] = t.y[i] + 0.01 * madeGauss(&state);
    }
    if (xasModelTrain(&t.table, NULL, &m, NULL))
        testAbort("no model");
    /* only one of 720 orders is as good as the truth */
    testOk1(m->nCompounds == 6 && xasPermuteTargets(m, 99, 1, &p) == xasOk);
    testOk(p.p <= 0.03 && p.best >= p.mae * (1 - 1e-9),
           "six compounds, three rows each: p = %g", p.p);
    xasModelDestroy(m);
}

MAIN(permuteTest)
{
    testPlan(9 + 2 + 8 + 2);
    testSame();
    testTargets();
    testSpectra();
    testSomething();
    testRepeats();
    return testDone();
}
