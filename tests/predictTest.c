/* SPDX-License-Identifier: BSD-3-Clause */
/* Prediction: fill, clip, distance, jackknife+, all by hand-made models. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"
#include "xasModel.h"

static const double noEr[xasErCount] = { NAN, NAN, NAN };

/* y = 100 + 10 v + noise, v = -7..7 at n = 15; plus a column of no use. */
static xasModel *train(size_t n, size_t nCompounds, double alpha_fraction)
{
    const char *id[64], *compound[64], *column[] = { "v", "wl_e" };
    char name[64][8];
    double x[128], y[64], er[192];
    xasTable table = { n, 2, id, compound, column, x, y, er };
    xasTrainOptions o;
    xasModel *m = NULL;

    for (size_t i = 0; i < n; i++) {
        double v = (double)i - (double)(n - 1) / 2;

        snprintf(name[i], sizeof name[i], "s%u", (unsigned)i % 100);
        id[i] = name[i];
        compound[i] = name[i % nCompounds];
        er[3 * i] = 7000 + 10.0 * (double)(i % 3);
        er[3 * i + 1] = er[3 * i + 2] = NAN;
        x[2 * i] = v;
        /* wl_e - E_r is 15 or 25, not related to v */
        x[2 * i + 1] = er[3 * i] + ((i * 7) % 4 < 2 ? 15 : 25);
        y[i] = 100 + 10 * v + ((double)(i * 5 % 7) - 3);
    }
    xasTrainOptionsDefaults(&o);
    o.alpha_fraction = alpha_fraction;
    if (xasModelTrain(&table, &o, &m, NULL))
        testAbort("no model");
    return m;
}

static void testValue(void)
{
    xasModel *m = train(15, 15, 1e-4);
    const xasTerm *v = &m->all.term[0], *e = &m->all.term[1];
    double x[] = { 3.5, 7030 }, er[] = { 7012, NAN, NAN }, want;
    xasPrediction p;

    testOk1(m->all.n == 2 && v->column == 0 && e->column == 1);
    want = m->all.intercept + v->coefficient * 3.5 + e->coefficient * 7030;
    testOk1(xasModelPredict(m, x, er, 0.8, NULL, &p) == xasOk);
    testOk(fabs(p.value - want) < 1e-9 && p.nMissing == 0 && !p.clipped[0] &&
               !p.leftOut && p.n == 15,
           "value %.3f inside the range", p.value);
    /* The gap is filled with its own E_r, and the mean of wl_e - E_r. */
    x[1] = NAN;
    testOk1(xasModelPredict(m, x, er, 0.8, NULL, &p) == xasOk);
    want = m->all.intercept + v->coefficient * 3.5 +
           e->coefficient * (7012 + m->fill[1]);
    testOk(m->fill[1] > 15 && m->fill[1] < 25 && p.nMissing == 1 &&
               fabs(p.value - want) < 1e-9,
           "a missing wl_e is E_r + %.3f", m->fill[1]);
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &p) == xasErrNaN);
    testOk1(xasModelPredict(m, x, NULL, 0.8, NULL, &p) == xasErrNaN);
    x[0] = NAN;
    testOk1(xasModelPredict(m, x, er, 0.8, NULL, &p) == xasErrNotFound);
    testOk1(xasModelPredict(m, x, er, 1, NULL, &p) == xasErrArg);
    testOk1(xasModelPredict(m, x, er, NAN, NULL, &p) == xasErrArg);
    xasModelDestroy(m);
}

static void testClip(void)
{
    xasModel *m = train(15, 15, 1e-4);
    const xasTerm *v = &m->all.term[0];
    double x[] = { 1000, 7020 }, edge;
    xasPrediction far, at;

    /* population sd of -7..7 is sqrt(56/3) */
    edge = 7 + 0.5 * sqrt(56.0 / 3);
    testOk(fabs(v->hi - edge) < 1e-12 && fabs(v->lo + edge) < 1e-12,
           "clipped to %.3f", v->hi);
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &far) == xasOk);
    testOk1(strcmp(far.clipped, "v") == 0);
    x[0] = edge;
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &at) == xasOk);
    testOk1(fabs(far.value - at.value) < 1e-9 && far.distance > at.distance);
    x[1] = 9000;
    x[0] = -8000;
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &far) == xasOk);
    testOk1(strcmp(far.clipped, "v;wl_e") == 0);
    xasModelDestroy(m);
}

static void testDistance(void)
{
    xasModel *m = train(15, 15, 1e-4);
    const xasTerm *v = &m->all.term[0];
    double x[] = { m->x[8], m->x[9] };
    xasPrediction p;

    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &p) == xasOk);
    testOk(p.distance < 1e-12, "no distance to itself");
    x[0] += 0.3; /* neighbours are 1 away: still the nearest */
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &p) == xasOk);
    testOk(fabs(p.distance - 0.3 / v->sd / sqrt(2)) < 1e-12,
           "distance %.4f of two columns", p.distance);
    /* left out, its own row is no neighbour */
    x[0] -= 0.3;
    testOk1(xasModelPredict(m, x, noEr, 0.8, "s4", &p) == xasOk);
    testOk1(p.distance > 0.9 / v->sd / sqrt(2));
    xasModelDestroy(m);
}

/* Nothing selected: each fold predicts the mean of the others, so the interval
 * is known in closed form. */
static void testMeanInterval(void)
{
    xasModel *m = train(15, 15, 1);
    double x[] = { 0, 7020 }, lo[15], hi[15], sum = 0;
    size_t below = 0, above = 0;
    xasPrediction p;

    testOk1(m->all.n == 0);
    testOk1(xasModelPredict(m, x, noEr, 0.80, NULL, &p) == xasOk);
    testOk(p.level == 0.8125 && p.nFolds == 15, "80 %% is really %.2f %%",
           100 * p.level);
    for (size_t i = 0; i < 15; i++)
        sum += m->y[i];
    for (size_t i = 0; i < 15; i++) {
        double other = (sum - m->y[i]) / 14;

        lo[i] = other - fabs(m->y[i] - other);
        hi[i] = other + fabs(m->y[i] - other);
    }
    /* rank 13 from below, rank 3 from below: 12 and 2 lie before them */
    for (size_t i = 0; i < 15; i++) {
        below += lo[i] < p.lo - 1e-9;
        above += hi[i] > p.hi + 1e-9;
    }
    testOk(below == 2 && above == 2, "[%.2f, %.2f]: 2 of 15 ends beyond each",
           p.lo, p.hi);
    testOk(p.value > p.lo && p.value < p.hi && isnan(p.distance),
           "the mean %.2f is inside; no distance without columns", p.value);
    xasModelDestroy(m);
}

static void testLevels(void)
{
    static const struct {
        double asked, real;
    } levels[] = { { 0.5, 0.5 },       { 0.51, 0.5625 }, { 0.8125, 0.8125 },
                   { 0.9375, 0.9375 }, { 0.94, 1 },      { 1e-9, 0.0625 } };
    xasModel *m = train(15, 15, 1e-4);
    double x[] = { 2, 7020 }, width = 0;
    xasPrediction p;

    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        xasStatus s = xasModelPredict(m, x, noEr, levels[i].asked, NULL, &p);

        testOk(s == xasOk && p.level == levels[i].real &&
                   isinf(p.hi) == (levels[i].real == 1),
               "level %g is %g", levels[i].asked, p.level);
        if (i < 5) {
            testOk1(p.hi - p.lo >= width);
            width = p.hi - p.lo;
        }
    }
    xasModelDestroy(m);
    m = train(9, 3, 1e-4);
    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &p) == xasOk);
    testOk(p.nFolds == 3 && p.n == 9 && isinf(p.lo) && isinf(p.hi) &&
               p.lo < 0 && p.hi > 0 && p.level == 1,
           "3 compounds, whatever their rows, give no 80 %%: unbounded");
    xasModelDestroy(m);
}

/* Brute force: every fold's model, evaluated by its own terms. */
static void testJackknife(void)
{
    xasModel *m = train(15, 15, 1e-4);
    double x[] = { 2.5, 7033 };
    size_t below = 0, above = 0;
    xasPrediction p;

    testOk1(xasModelPredict(m, x, noEr, 0.8, NULL, &p) == xasOk);
    for (size_t f = 0; f < 15; f++) {
        double at = m->fold[f].intercept;
        double r = fabs(m->y[f] - m->predNested[f]);

        for (size_t k = 0; k < m->fold[f].n; k++)
            at += m->fold[f].term[k].coefficient * x[m->fold[f].term[k].column];
        below += at - r < p.lo - 1e-9;
        above += at + r > p.hi + 1e-9;
    }
    testOk(below == 2 && above == 2, "[%.2f, %.2f] has its ranks", p.lo, p.hi);
    xasModelDestroy(m);
}

/* A sample in training is shown its leave-one-out value. */
static void testLeftOut(void)
{
    xasModel *m = train(15, 15, 1e-4);
    xasPrediction p;
    double worst = 0, inside = 0;

    for (size_t i = 0; i < 15; i++) {
        xasStatus s = xasModelPredict(m, m->x + 2 * i, m->er_eV + 3 * i, 0.8,
                                      m->compound[i], &p);

        if (s || !p.leftOut || p.n != 14 || p.nFolds != 14)
            worst = INFINITY;
        worst = fmax(worst, fabs(p.value - m->predNested[i]));
        inside += m->y[i] >= p.lo && m->y[i] <= p.hi;
    }
    testOk(worst == 0, "leave-one-out values");
    testOk(p.level == 0.8, "14 others: the level is %g", p.level);
    testOk(inside >= 11, "%g of 15 in their own interval", inside);
    testOk1(xasModelPredict(m, m->x, m->er_eV, 0.8, "FeCl3", &p) == xasOk &&
            !p.leftOut);
    xasModelDestroy(m);
}

/* A fold's value of a row without wl_e: by its own fill. */
static double withoutWl(const xasLinear *fold, double v, double er_eV)
{
    double at = fold->intercept;

    for (size_t k = 0; k < fold->n; k++) {
        const xasTerm *t = &fold->term[k];

        at += t->coefficient * (t->column == 0 ? v : er_eV + t->fill);
    }
    return at;
}

/* A spectrum that is not all there: brute force, as in testJackknife(). */
static void testIncomplete(void)
{
    xasModel *m = train(15, 15, 1e-4);
    double x[] = { 2.5, NAN }, er[] = { 7012, NAN, NAN };
    xasAsked q = { .x = x, .er_eV = er, .level = 0.8 };
    size_t below = 0, above = 0, larger = 0;
    xasPrediction p, other;

    testOk1(xasModelAsk(m, &q, &other) == xasOk);
    q.incomplete = true;
    testOk1(xasModelAsk(m, &q, &p) == xasOk);
    for (size_t f = 0; f < 15; f++) {
        double at = withoutWl(&m->fold[f], 2.5, 7012);
        double r = fabs(m->y[f] - m->predNested[f]);
        double gap = fabs(m->y[f] -
                          withoutWl(&m->fold[f], m->x[2 * f], m->er_eV[3 * f]));

        larger += gap > r;
        r = fmax(r, gap);
        below += at - r < p.lo - 1e-9;
        above += at + r > p.hi + 1e-9;
    }
    testOk(below == 2 && above == 2 && larger > 0,
           "[%.2f, %.2f] has its ranks, %zu residuals are larger", p.lo, p.hi,
           larger);
    testOk(p.value == other.value && p.level == other.level &&
               p.lo <= other.lo && p.hi >= other.hi,
           "the same value; before [%.2f, %.2f]", other.lo, other.hi);
    x[1] = 7030; /* nothing is missing */
    testOk1(xasModelAsk(m, &q, &p) == xasOk &&
            xasModelPredict(m, x, er, 0.8, NULL, &other) == xasOk);
    testOk1(p.lo == other.lo && p.hi == other.hi);
    xasModelDestroy(m);
}

/* A linear predictor by hand: missing is filled, then clipped. */
static double linearAt(const xasLinear *l, const double *x, const double *er)
{
    double at = l->intercept;

    for (size_t k = 0; k < l->n; k++) {
        const xasTerm *t = &l->term[k];
        double v = x[t->column];

        if (isnan(v))
            v = t->fill + (t->er < xasErCount ? er[t->er] : 0);
        at += t->coefficient * fmin(fmax(v, t->lo), t->hi);
    }
    return at;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The largest residual of a compound, over all that stands for its rows. */
static double largestOf(const xasModel *m, size_t compound, const double *x,
                        const xasCutRows *cut)
{
    double r = 0;

    for (size_t i = 0; i < m->n; i++) {
        const double *er = m->er_eV + 3 * i;
        const xasLinear *fold = &m->fold[m->foldOf[i]];
        double own[2] = { m->x[2 * i], m->x[2 * i + 1] };
        size_t stand = 0;

        if (m->compoundOf[i] != compound)
            continue;
        r = fmax(r, fabs(m->y[i] - linearAt(fold, own, er)));
        for (size_t c = 0; c < cut->n; c++)
            if (cut->row[c] == i) {
                r = fmax(r, fabs(m->y[i] - linearAt(fold, cut->x + 2 * c, er)));
                stand++;
            }
        for (int j = 0; j < 2; j++)
            own[j] = isnan(x[j]) ? NAN : own[j];
        if (!stand)
            r = fmax(r, fabs(m->y[i] - linearAt(fold, own, er)));
    }
    return r;
}

/* Training rows as they are when cut: some have two that stand for them, some
 * none.  The same by brute force; a compound's fold is its own number here. */
static void testCut(size_t nCompounds, double level, size_t rank)
{
    xasModel *m = train(15, nCompounds, 1e-4);
    double x[] = { 2.5, NAN }, er[] = { 7012, NAN, NAN }, rows[2 * 20];
    double lo[15], hi[15];
    size_t row[20];
    xasCutRows cut = { 0, row, rows };
    xasAsked q = { .x = x, .er_eV = er, .level = level };
    xasPrediction whole, masked, p;

    for (size_t i = 0; i < 15; i++)
        for (size_t k = 0; k < (i * 4) % 3; k++) {
            row[cut.n] = i;
            rows[2 * cut.n] =
                m->x[2 * i] + (i % 2 ? 2.5 : -1) * (double)(k + 1);
            rows[2 * cut.n++ + 1] = i % 4 ? NAN : m->x[2 * i + 1] + 2;
        }
    testOk1(cut.n == 15 && xasModelAsk(m, &q, &whole) == xasOk);
    q.cut = &cut;
    testOk(xasModelAsk(m, &q, &p) == xasOk && p.lo == whole.lo &&
               p.hi == whole.hi,
           "a complete row has nothing to be cut for");
    q.incomplete = true;
    testOk1(xasModelAsk(m, &q, &p) == xasOk);
    for (size_t c = 0; c < nCompounds; c++) {
        double at = linearAt(&m->fold[c], x, er), r = largestOf(m, c, x, &cut);

        lo[c] = at - r;
        hi[c] = at + r;
    }
    qsort(lo, nCompounds, sizeof *lo, ascending);
    qsort(hi, nCompounds, sizeof *hi, ascending);
    testOk(fabs(p.lo - lo[nCompounds - rank]) < 1e-9 &&
               fabs(p.hi - hi[rank - 1]) < 1e-9,
           "%zu compounds: [%.2f, %.2f]", nCompounds, p.lo, p.hi);
    q.cut = NULL;
    testOk1(xasModelAsk(m, &q, &masked) == xasOk && masked.value == p.value);
    testOk(p.lo < masked.lo && p.hi > masked.hi && p.lo <= whole.lo &&
               p.hi >= whole.hi,
           "masked [%.2f, %.2f], whole [%.2f, %.2f]", masked.lo, masked.hi,
           whole.lo, whole.hi);
    q.cut = &cut;
    row[3] = 15;
    testOk1(xasModelAsk(m, &q, &p) == xasErrArg);
    xasModelDestroy(m);
}

/* Never narrower, by whatever method, for whatever is missing, and for samples
 * that are in training. */
static void testWider(xasMethod method, bool composition)
{
    static madeTable t;
    unsigned state = 5;
    xasTrainOptions o;
    xasModel *m = NULL;
    size_t narrower = 0, wider = 0, asked = 0;

    madeTableFill(&t, 24, 8, 0.6, 40, &state);
    xasTrainOptionsDefaults(&o);
    o.method = method;
    o.basis = composition ? xasBasisAtoms : xasBasisFormula;
    o.composition = composition;
    if (xasModelTrainWith(&t.table, t.of, &o, &m, NULL))
        testAbort("no model");
    for (size_t i = 0; i < 24 * 16; i++) {
        double x[8];
        xasAsked q = { .x = x,
                       .er_eV = t.er,
                       .of = &t.of[i % 24],
                       .level = 0.8,
                       .compound = i % 2 ? t.compound[i % 24] : NULL };
        xasPrediction p, other;

        for (size_t j = 0; j < 8; j++)
            x[j] = madeNext(&state) > 0 ? t.x[i % 24 * 8 + j] : NAN;
        if (xasModelAsk(m, &q, &other))
            continue; /* all of them */
        q.incomplete = true;
        if (xasModelAsk(m, &q, &p) || p.value != other.value)
            testAbort("another value");
        asked++;
        narrower += p.lo > other.lo || p.hi < other.hi;
        wider += p.hi - p.lo > other.hi - other.lo;
    }
    testOk(asked > 300 && !narrower && wider > asked / 2,
           "%s%s: of %zu %zu wider, none narrower", xasMethodName(method),
           composition ? " on the composition" : "", asked, wider);
    xasModelDestroy(m);
}

MAIN(predictTest)
{
    testPlan(10 + 7 + 6 + 5 + 13 + 2 + 4 + 6 + 4 + 2 * 7);
    testValue();
    testClip();
    testDistance();
    testMeanInterval();
    testLevels();
    testJackknife();
    testLeftOut();
    testIncomplete();
    testCut(15, 0.8, 13);
    testCut(5, 0.6, 4);
    for (int method = 0; method < xasMethodCount; method++)
        testWider((xasMethod)method, false);
    testWider(xasMethodRidge, true);
    return testDone();
}
