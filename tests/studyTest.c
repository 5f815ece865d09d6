/* SPDX-License-Identifier: BSD-3-Clause */
/* What puts a model in its place: ridge and PLS by closed forms, leverage,
 * groups left out, suspect data, a prediction held against its formula. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"
#include "xasCheck.h"
#include "xasJudge.h"
#include "xasLsq.h"
#include "xasPls.h"
#include "xasRidge.h"
#include "xasSelect.h"
#include "xasStudy.h"

enum { N = 20, P = 4 };

/** Standardised columns, their products, a centred target. */
typedef struct problem {
    double s[P * N], gram[P * P], y[N];
} problem;

static void make(problem *q, double noise)
{
    unsigned state = 5;
    double mean = 0;

    for (size_t j = 0; j < P; j++) {
        double m = 0, v = 0, *s = q->s + j * N;

        for (size_t i = 0; i < N; i++) {
            s[i] = madeGauss(&state) + (j ? 0.5 * q->s[i] : 0);
            m += s[i] / N;
        }
        for (size_t i = 0; i < N; i++)
            v += (s[i] - m) * (s[i] - m) / N;
        for (size_t i = 0; i < N; i++)
            s[i] = (s[i] - m) / sqrt(v);
    }
    for (size_t j = 0; j < P; j++)
        for (size_t k = 0; k < P; k++) {
            q->gram[j * P + k] = 0;
            for (size_t i = 0; i < N; i++)
                q->gram[j * P + k] += q->s[j * N + i] * q->s[k * N + i] / N;
        }
    for (size_t i = 0; i < N; i++) {
        q->y[i] = 3 * q->s[i] - 2 * q->s[2 * N + i] + noise * madeGauss(&state);
        mean += q->y[i] / N;
    }
    for (size_t i = 0; i < N; i++)
        q->y[i] -= mean;
}

/* Ridge with a free intercept as ordinary least squares: P rows more, each
 * sqrt(N lambda) w_j = 0; row `skip` left out (N: none). w has P + 1. */
static void ridgeByRows(const problem *q, double lambda, size_t skip, double *w)
{
    double a[(N + P) * (P + 1)] = { 0 }, b[N + P] = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < N; i++) {
        if (i == skip)
            continue;
        a[n * (P + 1)] = 1;
        for (size_t j = 0; j < P; j++)
            a[n * (P + 1) + 1 + j] = q->s[j * N + i];
        b[n++] = q->y[i];
    }
    for (size_t j = 0; j < P; j++)
        a[n++ * (P + 1) + 1 + j] = sqrt(N * lambda);
    if (xasLsqSolveQr(a, n, P + 1, b, w))
        testAbort("no solution");
}

static void testRidge(void)
{
    double w[P], left[N], lambda, direct[P + 1], worst = 0, leave = 0;
    problem q;

    make(&q, 2);
    testOk1(xasRidgeFit(q.s, N, P, q.gram, P, q.y, w, &lambda, left) == xasOk);
    ridgeByRows(&q, lambda, N, direct);
    for (size_t j = 0; j < P; j++)
        worst = fmax(worst, fabs(w[j] - direct[1 + j]));
    testOk(worst < 1e-12, "lambda %g: weights within %.1e", lambda, worst);
    for (size_t i = 0; i < N; i++) {
        double at;

        ridgeByRows(&q, lambda, i, direct);
        at = direct[0];
        for (size_t j = 0; j < P; j++)
            at += direct[1 + j] * q.s[j * N + i];
        leave = fmax(leave, fabs(q.y[i] - at - left[i]));
    }
    testOk(leave < 1e-12, "leave-one-out by the hat matrix within %.1e", leave);
    make(&q, 0);
    testOk(xasRidgeFit(q.s, N, P, q.gram, P, q.y, w, &lambda, NULL) == xasOk &&
               fabs(lambda - 1e-4) < 1e-18,
           "exact data: the least lambda");
    for (size_t i = 0; i < N; i++)
        q.y[i] = 0;
    testOk(xasRidgeFit(q.s, N, P, q.gram, P, q.y, w, &lambda, NULL) == xasOk &&
               lambda == 10,
           "ties go to the largest lambda");
}

/* One component is along the products; all of them are the regression. */
static void testPls(void)
{
    double w[P], direct[P + 1], worst = 0;
    size_t row[N], components;
    problem q;

    for (size_t i = 0; i < N; i++)
        row[i] = i;
    make(&q, 0.001);
    testOk1(xasPlsFit(q.s, N, P, q.gram, P, q.y, row, NULL, w, &components) ==
            xasOk);
    ridgeByRows(&q, 0, N, direct);
    for (size_t j = 0; j < P; j++)
        worst = fmax(worst, fabs(w[j] - direct[1 + j]));
    testOk(components == P && worst < 1e-12,
           "%zu components: the regression within %.1e", components, worst);
    for (size_t i = 0; i < N; i++)
        q.y[i] = 0;
    testOk(xasPlsFit(q.s, N, P, q.gram, P, q.y, row, NULL, w, &components) ==
                   xasOk &&
               components == 0 && w[0] == 0,
           "nothing to explain: no component");
}

/* Products of a fold by taking rows away from the whole, and formed anew; a
 * column with a gap has to be formed. */
static void testShared(void)
{
    enum { rows = 150, columns = 12, left = 143 };
    static double x[rows * columns], y[rows];
    unsigned state = 31;
    size_t row[left], n = 0;
    xasErIndex er[columns];
    xasTrainOptions o;
    xasSelection one, two;
    double worst = 0;
    bool same = true;

    for (size_t i = 0; i < rows; i++) {
        double common = madeGauss(&state);

        for (size_t j = 0; j < columns; j++)
            x[i * columns + j] = 7000 + madeGauss(&state) + common;
        x[i * columns + 9] = x[i * columns + 2] + 0.3 * madeGauss(&state);
        y[i] = x[i * columns];
        if (i % 21 != 4 && n < left)
            row[n++] = i;
    }
    x[5 * columns + 7] = NAN;
    for (size_t j = 0; j < columns; j++)
        er[j] = xasErCount;
    xasTrainOptionsDefaults(&o);
    const xasRows some = { x, NULL, columns, row, n };
    if (xasSelectionInit(&one, rows, columns) ||
        xasSelectionInit(&two, rows, columns) ||
        xasSelectionShare(&two, x, rows, columns) ||
        xasSelect(&some, y, er, &o, &one) || xasSelect(&some, y, er, &o, &two))
        testAbort("no selection");
    testOk(n < rows && two.nOutside == rows - n && !two.complete[7],
           "%zu rows are taken away", two.nOutside);
    for (size_t j = 0; j < columns; j++) {
        same = same && one.kept[j] == two.kept[j];
        worst =
            fmax(worst, one.kept[j] ? fabs(one.lasso[j] - two.lasso[j]) : 0);
    }
    for (size_t i = 0; i < one.nKept * columns; i++)
        worst = fmax(worst, fabs(one.gram[i] - two.gram[i]));
    testOk(same && one.nKept == columns - 1 && !one.kept[9],
           "the same columns are kept, the twin of one is not");
    testOk(worst < 1e-10, "products and weights within %.1e", worst);
    xasSelectionClear(&one);
    xasSelectionClear(&two);
}

/* h of the hat matrix: they sum to the number of coefficients, and the
 * left-out residual of a plain regression is e/(1-h). */
static void testLeverage(void)
{
    static madeTable t;
    unsigned state = 4;
    xasTrainOptions o;
    xasModel *m = NULL;
    double sum = 0, worst = 0;

    madeTableFill(&t, 15, 3, 0.2, 30, &state);
    xasTrainOptionsDefaults(&o);
    o.alpha_fraction = 1e-9;
    o.clip_sd = INFINITY;
    if (xasModelTrain(&t.table, &o, &m, NULL) || m->all.n != 3)
        testAbort("no model");
    for (size_t i = 0; i < 15; i++) {
        double e = m->y[i] - m->fitted[i];

        sum += m->leverage[i];
        worst = fmax(
            worst, fabs(m->y[i] - m->predNested[i] - e / (1 - m->leverage[i])));
    }
    testOk(fabs(sum - 4) < 1e-12, "sum of leverages %.12f", sum);
    testOk(worst < 1e-9, "left-out residuals within %.1e", worst);
    xasModelDestroy(m);
}

static void testTransfer(void)
{
    static madeTable t;
    unsigned state = 6;
    xasStudyOptions ask = { .variants = true };
    xasModel *m = NULL, *byHand = NULL;
    xasStudy *s = NULL;
    double worst = 0;

    madeTableFill(&t, 27, 5, 0.3, 30, &state);
    if (xasModelTrain(&t.table, NULL, &m, NULL) ||
        xasStudyMake(m, &t.studied, &ask, &s))
        testAbort("no study");
    t.table.compound = t.element;
    if (xasModelTrain(&t.table, NULL, &byHand, NULL))
        testAbort("no model");
    t.table.compound = t.compound;
    for (size_t i = 0; i < 27; i++)
        worst = fmax(worst, fabs(byHand->predNested[i] - s->element.pred[i]));
    testOk(s->element.known && s->element.nGroups == 9 && worst == 0,
           "9 elements left out, one after the other");
    testOk(s->ligand.known && s->ligand.nGroups == 3 &&
               strcmp(s->ligand.name[2], "bromide") == 0,
           "three classes of ligand, the last %s", s->ligand.name[2]);
    testOk(s->element.figures && s->element.figures->nFolds == 9 &&
               isfinite(s->element.figures->score[xasFigureBoth].mae),
           "the four figures on the same folds");
    testOk(s->targets.shuffles == 0 && isnan(s->spectra.p),
           "no shuffles asked for, none made");
    testOk(s->nVariants == XAS_VARIANTS && s->variant[0].made &&
               s->variant[0].score.mae == m->nested.mae,
           "variants: the first is the model's own way");
    worst = 0;
    for (size_t k = 0; k < s->nVariants; k++)
        worst += !s->variant[k].made;
    testOk(worst == 0, "all of them can be trained");
    xasStudyDestroy(s);
    s = NULL;
    /* without a formula there is no comparison, and it is said */
    for (size_t i = 0; i < 27; i++)
        t.of[i].n_atoms = 0;
    if (xasStudyMake(m, &t.studied, &ask, &s))
        testAbort("no study");
    testOk(!s->figures && strstr(s->why.text, "formula") && !s->variant[7].made,
           "no formulas: %s", s->why.text);
    xasStudyDestroy(s);
    xasModelDestroy(m);
    xasModelDestroy(byHand);
}

static bool says(const xasWarnings *w, const char *one, const char *two)
{
    for (size_t i = 0; i < w->n; i++)
        if (strstr(w->text[i], one) && strstr(w->text[i], two))
            return true;
    return false;
}

static void testCheck(void)
{
    static madeTable t;
    static xasWarnings w;
    unsigned state = 9;
    size_t first[madeRows];
    xasModel *m = NULL;

    madeTableFill(&t, 12, 5, 0.3, 30, &state);
    testOk1(xasCheckSame(&t.table, first) == xasOk);
    xasCheckTable(&t.table, t.formula, first, &w);
    testOk(w.n == 0 && w.unsaid == 0, "nothing is wrong with it");
    memcpy(t.x + 7 * 5, t.x + 2 * 5, 5 * sizeof *t.x);
    t.x[2 * 5 + 4] = t.x[7 * 5 + 4] = NAN;
    (void)xasCheckSame(&t.table, first);
    testOk(first[7] == 2 && first[2] == 2 && first[8] == 8,
           "7 has the features of 2");
    xasCheckTable(&t.table, t.formula, first, &w);
    testOk(w.n == 1 && says(&w, "s2 and s7", "enthalpies differ"), "%s",
           w.text[0]);
    t.x[7 * 5 + 4] = 1; /* present in one of them: another spectrum */
    (void)xasCheckSame(&t.table, first);
    testOk1(first[7] == 7);
    for (size_t j = 0; j < 5; j++) /* whole numbers say nothing */
        t.x[9 * 5 + j] = t.x[1 * 5 + j] = (double)j;
    (void)xasCheckSame(&t.table, first);
    testOk1(first[9] == 9);
    t.formula[3] = "FeCl2";
    t.formula[5] = "FeCl2.4H2O";
    t.formula[6] = "FeCl2";
    t.compound[3] = t.compound[5] = t.compound[6] = "FeCl2";
    t.y[3] = -341.8;
    t.y[5] = -1549.3;
    t.y[6] = -1000;
    xasCheckTable(&t.table, t.formula, first, &w);
    testOk(w.n == 2 && says(&w, "s3 (FeCl2) and s5 (FeCl2.4H2O)", "1208"), "%s",
           w.text[0]);
    testOk(says(&w, "s3 and s6 are both FeCl2", "hydrate?"), "%s", w.text[1]);
    for (size_t i = 0; i < 12; i++) {
        t.x[i * 5 + 1] = 4;
        for (size_t j = 2; j < 5; j++)
            t.x[i * 5 + j] = -2 * t.x[i * 5];
    }
    if (xasModelTrain(&t.table, NULL, &m, NULL))
        testAbort("no model");
    w.n = w.unsaid = 0;
    xasCheckModel(m, &w);
    testOk(w.n == 2 && says(&w, "constant columns, not used: c1", ""), "%s",
           w.text[0]);
    testOk(says(&w, "all 4 usable columns are correlated", "c0"), "%s",
           w.text[1]);
    for (int i = 0; i < 30; i++)
        xasCheckModel(m, &w);
    testOk(w.n == XAS_WARNINGS && w.unsaid == 62 - XAS_WARNINGS,
           "%zu warnings and %zu more", w.n, w.unsaid);
    xasModelDestroy(m);
}

/* Halides whose enthalpy the formula tells, and whose first column knows it. */
static xasModel *judged(madeTable *t, size_t n)
{
    unsigned state = 12;
    xasModel *m = NULL;

    madeTableFill(t, n, 4, 0.2, 30, &state);
    for (size_t i = 0; i < n; i++) {
        t->compound[i] = t->formula[i];
        t->y[i] = t->of[i].n_atoms * -70 * t->of[i].descriptor[xasPX] +
                  5 * madeGauss(&state);
        t->x[i * 4] = t->y[i] / 100 + 0.1 * madeGauss(&state);
    }
    if (xasModelTrain(&t->table, NULL, &m, NULL))
        testAbort("no model");
    return m;
}

/* The only compound of a metal, or of a ligand, in training: its value is by
 * the fold without it, which knows none. */
static void testOnly(void)
{
    static madeTable t;
    xasModel *m = judged(&t, 10); /* nine fluorides and TiCl2 */
    xasPrediction p;
    xasJudgement j;

    testOk1(!xasModelPredict(m, t.x + 4, t.er, 0.8, "VF2", &p) &&
            !xasJudge(m, &p, "VF2", 23, 0.95, &j));
    testOk(j.newMetal && !j.newLigand &&
               strcmp(j.unseen, "no V in training") == 0,
           "VF2 left out: %s", j.unseen);
    testOk1(!xasModelPredict(m, t.x + 9 * 4, t.er, 0.8, "TiCl2", &p) &&
            !xasJudge(m, &p, "TiCl2", 22, 0.95, &j));
    testOk(!j.newMetal && j.newLigand &&
               strcmp(j.unseen, "no chloride in training") == 0,
           "TiCl2 left out: %s", j.unseen);
    xasModelDestroy(m);
}

static void testJudge(void)
{
    static madeTable t;
    xasModel *m = judged(&t, 24);
    xasPrediction p;
    xasJudgement j;
    double x[4], right;

    memcpy(x, t.x + 4 * 4, sizeof x);
    testOk1(m->expects && !xasModelPredict(m, x, t.er, 0.8, NULL, &p));
    /* a compound that is not in it: the class is known, the metal too */
    testOk1(xasJudge(m, &p, "FeI2", 26, 0.95, &j) == xasOk);
    testOk(isfinite(j.composition) && !j.newMetal && j.newLigand &&
               strcmp(j.unseen, "no iodide in training") == 0,
           "among 24 %s", j.unseen);
    testOk1(xasJudge(m, &p, "FeF2", 26, 0.95, &j) == xasOk);
    right = j.composition;
    testOk(!j.mismatch && fabs(j.delta) < j.limit && !j.text[0] &&
               fabs(j.delta - (p.value - right)) < 1e-12,
           "FeF2 by its formula %.0f, by its spectrum %.0f, limit %.0f", right,
           p.value, j.limit);
    testOk(fabs(j.level - 23.0 / 24) < 1e-12, "level %.4f of the 23 others",
           j.level);
    /* the same spectrum called a bromide */
    testOk1(xasJudge(m, &p, "FeBr2", 26, 0.95, &j) == xasOk);
    testOk(j.mismatch && strncmp(j.text, "formula_mismatch: ", 18) == 0, "%s",
           j.text);
    testOk(!j.doubt[0], "iron is in it");
    testOk1(xasJudge(m, &p, "FeBr2", 28, 0.95, &j) == xasOk);
    testOk(strcmp(j.doubt, "no Ni in the formula") == 0, "%s", j.doubt);
    testOk1(xasJudge(m, &p, "FeXx3", 26, 0.95, &j) == xasOk);
    testOk(strcmp(j.doubt, "formula cannot be read") == 0, "%s", j.doubt);
    testOk1(xasJudge(m, &p, "", 29, 0.95, &j) == xasOk);
    testOk(isnan(j.composition) && isnan(j.delta) && !j.mismatch &&
               !j.newMetal && !j.newLigand && !j.text[0] && !j.unseen[0],
           "no formula, a metal that is known: nothing to say");
    testOk1(xasJudge(m, &p, "ScF2", 21, 0.95, &j) == xasOk);
    testOk(j.newMetal && isnan(j.composition) &&
               strcmp(j.unseen, "no Sc in training") == 0,
           "%s", j.unseen);
    testOk1(xasJudge(m, &p, "FeF2", 26, 1, &j) == xasErrArg);
    xasModelDestroy(m);
}

/* The parts of a value add up, and energies move it as they should. */
static void testParts(void)
{
    static madeTable t;
    unsigned state = 14;
    xasTrainOptions o;
    xasModel *m = NULL;
    xasPrediction p, moved;
    double sum, x[12];

    madeTableFill(&t, 40, 12, 0.3, 20, &state);
    t.column[0] = "wl_e";
    t.column[1] = "l3_dr";
    t.column[2] = "wl_ri";
    xasTrainOptionsDefaults(&o);
    o.alpha_fraction = 1e-6;
    o.top = 12;
    if (xasModelTrain(&t.table, &o, &m, NULL))
        testAbort("no model");
    memcpy(x, t.x + 12 * 12, sizeof x);
    for (size_t j = 0; j < 12; j++)
        x[j] = 0.3 * x[j];
    testOk1(!xasModelPredict(m, x, t.er, 0.8, NULL, &p) && !p.clipped[0]);
    sum = p.centre + p.rest;
    for (size_t i = 0; i < p.nContributions; i++)
        sum += p.contribution[i].value;
    testOk(m->all.n == 12 && p.nContributions == XAS_CONTRIBUTIONS &&
               fabs(sum - p.value) < 1e-9 && p.rest != 0,
           "%.3f = %.3f + eight columns + %.3f", p.value, p.centre, p.rest);
    testOk1(fabs(p.contribution[0].value) >= fabs(p.contribution[7].value));
    x[0] += 0.01;
    testOk1(!xasModelPredict(m, x, t.er, 0.8, NULL, &moved));
    testOk(fabs((moved.value - p.value) / 0.01 - p.by_k_eV) < 1e-6,
           "K energies: %.3f kJ/mol per eV", p.by_k_eV);
    x[1] += 0.01;
    testOk1(!xasModelPredict(m, x, t.er, 0.8, NULL, &p));
    testOk(fabs((p.value - moved.value) / 0.01 - moved.by_l_eV) < 1e-6,
           "L energies: %.3f kJ/mol per eV", p.by_l_eV);
    x[0] = 1e3; /* clipped: no further move */
    testOk1(!xasModelPredict(m, x, t.er, 0.8, NULL, &moved));
    testOk(moved.by_k_eV == 0 && moved.by_l_eV == p.by_l_eV &&
               moved.leverage > 1 && moved.leverage > p.leverage,
           "clipped: leverage %.0f, no slope", moved.leverage);
    testOk1(!xasModelPredict(m, t.x + 7 * 12, t.er, 0.8, NULL, &p));
    testOk(p.nearest == 7 && p.distance < 1e-12 &&
               fabs(p.leverage - m->leverage[7]) < 1e-12,
           "nearest to row 7 is itself");
    testOk1(!xasModelPredict(m, t.x + 7 * 12, t.er, 0.8, "s7", &p));
    testOk(p.nearest != 7 && p.nearest < 40 && p.leftOut,
           "left out, it is another: %zu", p.nearest);
    xasModelDestroy(m);
}

MAIN(studyTest)
{
    testPlan(5 + 3 + 3 + 2 + 7 + 11 + 4 + 13 + 18);
    testRidge();
    testPls();
    testShared();
    testLeverage();
    testTransfer();
    testCheck();
    testJudge();
    testOnly();
    testParts();
    return testDone();
}
