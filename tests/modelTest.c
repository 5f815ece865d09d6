/* SPDX-License-Identifier: BSD-3-Clause */
/* Training: closed forms of leave-one-out, folds by compound, bad input. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"
#include "xasOls.h"

enum { most = 40, columns = 38 };

/** A table to play with: each row its own compound, no gaps. */
typedef struct play {
    xasTable table;
    double x[most * columns], y[most], er[most * xasErCount];
    char name[most][8], columnName[columns][8];
    const char *id[most], *compound[most], *column[columns];
} play;

static void make(play *t, size_t n, size_t p)
{
    unsigned state = 7;

    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < n; i++) {
        snprintf(t->name[i], sizeof t->name[i], "s%u", (unsigned)i % 1000);
        t->id[i] = t->compound[i] = t->name[i];
        for (size_t j = 0; j < p; j++)
            t->x[i * p + j] = madeNext(&state);
        for (size_t k = 0; k < xasErCount; k++)
            t->er[i * xasErCount + k] = 7112 - 3000 * (double)k;
        t->y[i] = -400 + 50 * madeNext(&state);
        for (size_t j = 0; j < p && j < 3; j++)
            t->y[i] += 200 * (double)(j + 1) * t->x[i * p + j];
    }
    for (size_t j = 0; j < p; j++) {
        snprintf(t->columnName[j], sizeof t->columnName[j], "c%u",
                 (unsigned)j % 1000);
        t->column[j] = t->columnName[j];
    }
    t->table =
        (xasTable){ n, p, t->id, t->compound, t->column, t->x, t->y, t->er };
}

/* v = A^-1 v by elimination with pivots, A [n*n] is used up. */
static void eliminate(double *a, double *v, size_t n)
{
    for (size_t k = 0; k < n; k++) {
        size_t best = k;

        for (size_t i = k; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[best * n + k]))
                best = i;
        for (size_t j = 0; j < n; j++) {
            double keep = a[k * n + j];

            a[k * n + j] = a[best * n + j];
            a[best * n + j] = keep;
        }
        double keep = v[k];
        v[k] = v[best];
        v[best] = keep;
        for (size_t i = 0; i < n; i++) {
            double f = i == k ? 0 : a[i * n + k] / a[k * n + k];

            for (size_t j = 0; j < n; j++)
                a[i * n + j] -= f * a[k * n + j];
            v[i] -= f * v[k];
        }
    }
    for (size_t k = 0; k < n; k++)
        v[k] /= a[k * n + k];
}

/* h_ii of the design with an intercept: d (D'D)^-1 d. */
static double leverage(const play *t, size_t row)
{
    size_t p = t->table.p, q = p + 1;
    double a[16] = { 0 }, d[4], v[4];

    for (size_t i = 0; i < t->table.n; i++)
        for (size_t j = 0; j < q; j++)
            for (size_t k = 0; k < q; k++)
                a[j * q + k] += (j ? t->x[i * p + j - 1] : 1) *
                                (k ? t->x[i * p + k - 1] : 1);
    for (size_t j = 0; j < q; j++)
        v[j] = d[j] = j ? t->x[row * p + j - 1] : 1;
    eliminate(a, v, q);
    return d[0] * v[0] + d[1] * v[1] + d[2] * v[2] + d[3] * v[3];
}

/* Three columns, all chosen in every fold, no clip: plain regression, whose
 * leave-one-out residual is e_i / (1 - h_ii). */
static void testHatMatrix(void)
{
    play t;
    xasTrainOptions o;
    xasModel *m = NULL;
    double worst = 0;
    size_t terms = 0;

    make(&t, 12, 3);
    xasTrainOptionsDefaults(&o);
    o.clip_sd = INFINITY;
    o.alpha_fraction = 1e-6;
    o.correlation = 2;
    testOk1(xasModelTrain(&t.table, &o, &m, NULL) == xasOk);
    if (!m)
        testAbort("no model");
    for (size_t f = 0; f < m->nFolds; f++)
        terms += m->fold[f].n;
    testOk(terms == 36, "all columns in all folds");
    for (size_t i = 0; i < m->n; i++) {
        double loo = (t.y[i] - m->fitted[i]) / (1 - leverage(&t, i));

        worst = fmax(worst, fabs(t.y[i] - m->predNested[i] - loo));
    }
    testOk(worst < 1e-9, "leave-one-out as by the hat matrix to %.1e", worst);
    worst = 0;
    for (size_t i = 0; i < m->n; i++)
        worst = fmax(worst, fabs(m->predNested[i] - m->predOnce[i]));
    testOk(worst < 1e-9, "nothing to select: nested is select-once");
    xasModelDestroy(m);
}

static void testBaseline(void)
{
    play t;
    xasModel *m = NULL;
    double n = 15;

    make(&t, 15, 4);
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    testOk(m &&
               fabs(m->baseline.r2 + (2 * n - 1) / ((n - 1) * (n - 1))) < 1e-12,
           "R2 of the mean is -(2N-1)/(N-1)^2");
    xasModelDestroy(m);
}

/* Rows of a compound leave together: the fold must not know its twin. */
static void testCompounds(void)
{
    play t;
    xasModel *m = NULL;
    double sum = 0;

    make(&t, 10, 3);
    t.compound[7] = t.compound[2] = "FeCl2";
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    if (!m)
        testAbort("no model");
    testOk1(m->nFolds == 9 && m->foldOf[7] == 2 && m->foldOf[2] == 2);
    for (size_t i = 0; i < 10; i++)
        sum += i == 2 || i == 7 ? 0 : m->y[i] / 8;
    xasModelDestroy(m);
    m = NULL;
    /* With nothing selected a fold predicts the mean of its own rows. */
    xasTrainOptions o;
    xasTrainOptionsDefaults(&o);
    o.alpha_fraction = 1;
    testOk1(xasModelTrain(&t.table, &o, &m, NULL) == xasOk);
    testOk(m && m->nSelected == 0 && m->all.n == 0 &&
               fabs(m->predNested[2] - sum) < 1e-9 &&
               fabs(m->predNested[7] - sum) < 1e-9,
           "both rows of a compound are predicted by the other eight");
    xasModelDestroy(m);
}

/* Order of the rows is no information. */
static void testOrder(void)
{
    play t, back;
    xasModel *a = NULL, *b = NULL;
    double worst = 0;
    size_t n = 15, p = 20;

    make(&t, n, p);
    make(&back, n, p);
    for (size_t i = 0; i < n; i++) {
        memcpy(back.x + i * p, t.x + (n - 1 - i) * p, p * sizeof *t.x);
        back.y[i] = t.y[n - 1 - i];
    }
    testOk1(xasModelTrain(&t.table, NULL, &a, NULL) == xasOk &&
            xasModelTrain(&back.table, NULL, &b, NULL) == xasOk);
    if (!a || !b)
        testAbort("no model");
    for (size_t i = 0; i < n; i++)
        worst = fmax(worst, fabs(a->predNested[i] - b->predNested[n - 1 - i]));
    testOk(worst < 1e-7, "reversed rows: the same within %.1e", worst);
    xasModelDestroy(a);
    xasModelDestroy(b);
}

/* Of two columns that say the same the filter keeps the first; a regression
 * on both all the same is the shortest solution, which shares the weight. */
static void testTwins(void)
{
    static const size_t all[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 };
    static const size_t pair[] = { 0, 1 };
    static const double fill[] = { 0, 0 };
    static const xasErIndex er[] = { xasErCount, xasErCount };
    xasLinear both = { .n = 0 };
    play t;
    xasModel *m = NULL;

    make(&t, 12, 2);
    for (size_t i = 0; i < 12; i++)
        t.x[2 * i + 1] = 3 * t.x[2 * i] + 1;
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    testOk(m && m->kept[0] && !m->kept[1] && m->usable[1] && m->all.n == 1,
           "the second of twins is not kept");
    if (!m)
        testAbort("no model");
    xasRows rows = { t.x, t.er, 2, all, 12 };
    testOk1(xasOlsFit(&rows, t.y, pair, 2, fill, er, 0.5, &both) == xasOk);
    testOk1(both.n == 2);
    testOk(fabs(both.term[0].coefficient * both.term[0].sd -
                both.term[1].coefficient * both.term[1].sd) < 1e-9 &&
               fabs(xasLinearAt(&both, t.x, NULL, NULL) - m->fitted[0]) < 1e-9,
           "twins share the weight and predict as one");
    free(both.term);
    xasModelDestroy(m);
}

static void testRank(void)
{
    play t;
    xasModel *m = NULL;
    double sum = 0;
    size_t chosen = 0, against = 0;

    make(&t, 15, 20);
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    if (!m)
        testAbort("no model");
    for (size_t f = 0; f < m->nFolds; f++)
        for (size_t k = 0; k < m->fold[f].n; k++) {
            const xasTerm *term = &m->fold[f].term[k];

            if (term->column != 2)
                continue;
            sum += term->coefficient * term->sd / 15;
            chosen++;
            against += term->coefficient < 0;
        }
    testOk(m->chosen[2] == chosen && chosen == 15, "chosen in all folds");
    testOk(fabs(m->rank[2] - sum) < 1e-9 && sum > 200, "rank %.1f kJ/mol",
           m->rank[2]);
    testOk1(m->signChanges[2] == against && against == 0);
    xasModelDestroy(m);
}

/* What a store leaves out comes back to the last bit. */
static void testFinish(void)
{
    play t;
    xasModel *m = NULL;
    xasTerm first;
    double z;

    make(&t, 15, 20);
    t.column[1] = "wl_e";
    t.x[1] = NAN;
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    if (!m || !m->all.n)
        testAbort("no model");
    first = m->all.term[0];
    z = m->z[3 * m->all.n];
    m->all.term[0].mean = m->all.term[0].sd = m->z[3 * m->all.n] = 0;
    testOk1(xasModelFinish(m) == xasOk);
    testOk1(m->all.term[0].mean == first.mean &&
            m->all.term[0].sd == first.sd && m->z[3 * m->all.n] == z);
    m->foldOf[3] = 99;
    testOk1(xasModelFinish(m) == xasErrArg);
    m->foldOf[3] = 3;
    m->fold[0].term[0].column = 99;
    testOk1(xasModelFinish(m) == xasErrArg);
    xasModelDestroy(m);
}

static void refused(const play *t, const xasTrainOptions *o, xasStatus want,
                    const char *word)
{
    xasModel *m = NULL;
    xasMessage message = { "" };
    xasStatus status = xasModelTrain(&t->table, o, &m, &message);

    testOk(status == want && !m && strstr(message.text, word), "refused: %s",
           message.text);
    xasModelDestroy(m);
}

static void testRefusals(void)
{
    xasTrainOptions o;
    char longName[XAS_NAME_SIZE + 1];
    play t;

    make(&t, 4, 3);
    refused(&t, NULL, xasErrRange, "4 samples");
    make(&t, 6, 3);
    for (size_t i = 0; i < 6; i++)
        t.compound[i] = i % 2 ? "FeCl2" : "NiCl2";
    refused(&t, NULL, xasErrRange, "2 compounds");
    make(&t, 6, 3);
    t.y[4] = NAN;
    refused(&t, NULL, xasErrNaN, "s4");
    t.y[4] = INFINITY;
    refused(&t, NULL, xasErrNaN, "s4");
    make(&t, 6, 3);
    t.id[5] = "s1";
    refused(&t, NULL, xasErrArg, "s1 twice");
    t.id[5] = "";
    refused(&t, NULL, xasErrArg, "sample 6");
    t.id[5] = NULL;
    refused(&t, NULL, xasErrArg, "sample 6");
    memset(longName, 'x', sizeof longName);
    longName[XAS_NAME_SIZE] = '\0';
    t.id[5] = longName;
    refused(&t, NULL, xasErrArg, "255 bytes");
    make(&t, 6, 3);
    t.compound[2] = "";
    refused(&t, NULL, xasErrArg, "compound of sample 3");
    make(&t, 6, 3);
    t.column[2] = "c0";
    refused(&t, NULL, xasErrArg, "c0 twice");
    make(&t, 6, 3);
    for (size_t i = 0; i < 18; i++)
        t.x[i] = i < 9 ? 5 : NAN;
    refused(&t, NULL, xasErrRange, "no usable column");
    make(&t, 6, 3);
    t.column[1] = "l3_e";
    t.er[2 * xasErCount + xasErL3] = NAN;
    refused(&t, NULL, xasErrNaN, "s2");
    make(&t, 6, 0);
    refused(&t, NULL, xasErrRange, "no feature columns");
    make(&t, 6, 3);
    xasTrainOptionsDefaults(&o);
    o.top = 0;
    refused(&t, &o, xasErrArg, "top");
    xasTrainOptionsDefaults(&o);
    o.alpha_fraction = NAN;
    refused(&t, &o, xasErrArg, "alpha_fraction");
    xasTrainOptionsDefaults(&o);
    o.clip_sd = -1;
    refused(&t, &o, xasErrArg, "clip_sd");
    xasTrainOptionsDefaults(&o);
    o.max_missing = 1;
    refused(&t, &o, xasErrArg, "max_missing");
}

/* Bad columns are left out, and the rest goes on. */
static void testBadColumns(void)
{
    play t;
    xasModel *m = NULL;

    make(&t, 8, 5);
    for (size_t i = 0; i < 8; i++) {
        t.x[5 * i + 1] = 1e6; /* constant */
        if (i < 5)
            t.x[5 * i + 2] = NAN; /* 5 of 8 missing */
        if (i < 4)
            t.x[5 * i + 3] = INFINITY; /* 4 of 8: just usable */
        t.x[5 * i + 4] = i == 6;       /* constant in one fold */
    }
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    if (!m)
        testAbort("no model");
    testOk1(m->usable[0] && !m->usable[1] && !m->usable[2] && m->usable[3] &&
            m->usable[4]);
    testOk1(isnan(m->fill[1]) && isnan(m->lasso[2]));
    testOk1(isfinite(m->nested.mae) && isfinite(m->once.mae));
    xasModelDestroy(m);
    for (size_t i = 0; i < 8; i++)
        t.y[i] = -100;
    m = NULL;
    testOk(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk &&
               m->nSelected == 0 && m->predNested[3] == -100 &&
               isnan(m->nested.r2) && isnan(m->nested.pct_fs),
           "equal targets: the mean, and no R2");
    xasModelDestroy(m);
}

static void testTime(void)
{
    play t;
    xasModel *m = NULL;
    clock_t start;
    double ms;

    make(&t, 15, columns);
    start = clock();
    testOk1(xasModelTrain(&t.table, NULL, &m, NULL) == xasOk);
    ms = 1000.0 * (double)(clock() - start) / CLOCKS_PER_SEC;
    testDiag("15 samples, 38 columns, nested: %.2f ms", ms);
    xasModelDestroy(m);
}

MAIN(modelTest)
{
    testPlan(4 + 2 + 4 + 2 + 5 + 4 + 5 + 17 + 5 + 1);
    testHatMatrix();
    testBaseline();
    testCompounds();
    testOrder();
    testTwins();
    testRank();
    testFinish();
    testRefusals();
    testBadColumns();
    testTime();
    return testDone();
}
