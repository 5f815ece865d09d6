/* SPDX-License-Identifier: BSD-3-Clause */
/* Medians, polynomials and least squares against answers known by algebra;
 * 1e-12 relative is rounding of well-conditioned small problems. */
#include <math.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasLsq.h"
#include "xasPoly.h"
#include "xasStat.h"

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fmax(1, fabs(b));
}

/* Against sorting: all lengths, few and many different values, in order. */
static void testMedian(void)
{
    double v[300], w[300];
    unsigned seed = 5, wrong = 0;

    for (size_t n = 1; n <= 300; n++)
        for (unsigned kind = 0; kind < 4; kind++) {
            for (size_t i = 0; i < n; i++) {
                seed = seed * 1664525u + 1013904223u;
                v[i] = kind == 0   ? seed
                       : kind == 1 ? seed >> 30
                       : kind == 2 ? (double)i
                                   : (double)(n - i);
                w[i] = v[i];
            }
            wrong += xasMedian(v, n) != xasMedianSort(w, n);
        }
    testOk(wrong == 0, "medians by selection: %u wrong", wrong);
}

static void testStat(void)
{
    double v[] = { 3, 1, 2, 10 }, one[] = { 5 }, work[8];
    double cubic[8], saw[8];

    testOk1(near(xasMean(v, 4), 4) && isnan(xasMean(v, 0)));
    testOk1(near(xasDeviation(v, 4), sqrt(50.0 / 4)));
    testOk1(xasMedianSort(v, 4) == 2.5 && v[0] == 1 && v[3] == 10);
    testOk1(xasMedianSort(one, 1) == 5 && isnan(xasMedianSort(one, 0)));
    for (int i = 0; i < 8; i++) {
        cubic[i] = 1 + i * i;
        saw[i] = i % 2;
    }
    testOk1(xasThirdDifferenceNoise(cubic, 8, work) == 0);
    testOk1(near(xasThirdDifferenceNoise(saw, 8, work), 1.4826 * 4 / sqrt(20)));
    testOk1(xasThirdDifferenceNoise(saw, 5, work) == 0);
}

static void testPoly(void)
{
    double x[9], y[9], w[9], coef[3], c[3], at[3], by[3], sum = 0;
    xasPoly p;

    for (int i = 0; i < 9; i++) {
        x[i] = 7100 + 1.5 * i + 0.1 * i * i;
        y[i] = 2 + 0.3 * (x[i] - 7100) - 0.01 * (x[i] - 7100) * (x[i] - 7100);
        w[i] = i % 3 ? 1 : 2.5;
    }
    xasPolyInit(&p, x, w, 9, 2, 7105, 10);
    xasPolyFit(&p, x, y, w, 9, coef);
    testOk(near(xasPolyValue(&p, coef, 7103), 2 + 0.9 - 0.09),
           "a parabola is fitted exactly");
    xasPolyPowers(&p, coef, c);
    testOk(fabs(c[2] + 0.01) < 1e-12 &&
               fabs(c[0] + 7103 * (c[1] + 7103 * c[2]) - 2.81) < 1e-8,
           "in powers of x");
    xasPolyBasis(&p, 7103, at);
    for (int i = 0; i < 9; i++) {
        xasPolyInfluence(&p, x[i], by);
        sum += w[i] * y[i] * (at[0] * by[0] + at[1] * by[1] + at[2] * by[2]);
    }
    testOk(near(sum, 2.81), "the value by the influence of each point");
    xasPolyInit(&p, x, NULL, 1, 2, x[0], 1);
    xasPolyFit(&p, x, y, NULL, 1, coef);
    testOk(near(xasPolyValue(&p, coef, 7200), y[0]),
           "one point determines only a constant");
}

static void testLsq(void)
{
    static const double a[] = { 1, 0, 1, 1, 1, 2, 1, 3 };
    static const double b[] = { 1, 3, 5, 7 };
    static const double twin[] = { 1, 1, 2, 2, 3, 3 };
    static const double c[] = { 2, 4, 6 };
    double x[2] = { 9, 9 }, p[8], back[4];
    size_t rank = 0;

    testOk1(xasLsqSolve(a, 4, 2, b, x, &rank) == xasOk && near(x[0], 1) &&
            near(x[1], 2) && rank == 2);
    testOk1(xasLsqSolveQr(a, 4, 2, b, x) == xasOk && near(x[0], 1) &&
            near(x[1], 2));
    testOk(xasLsqSolve(twin, 3, 2, c, x, &rank) == xasOk && near(x[0], 1) &&
               near(x[1], 1) && rank == 1,
           "equal columns: the solution of least norm");
    x[0] = 9;
    testOk1(xasLsqSolveQr(twin, 3, 2, c, x) == xasErrSingular && x[0] == 9);
    testOk1(xasLsqSolveQr(a, 1, 2, b, x) == xasErrArg);
    testOk1(xasLsqPseudoInverse(a, 4, 2, p) == xasOk);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            back[2 * i + j] = 0;
            for (int k = 0; k < 4; k++)
                back[2 * i + j] += p[4 * i + k] * a[2 * k + j];
        }
    testOk(near(back[0], 1) && fabs(back[1]) < 1e-12 && fabs(back[2]) < 1e-12 &&
               near(back[3], 1),
           "P A = 1");
    p[0] = NAN;
    testOk1(xasLsqSolve(p, 4, 2, b, x, NULL) == xasErrNaN);
    testOk1(xasLsqSolve(a, 0, 2, b, x, NULL) == xasErrArg);
}

MAIN(numTest)
{
    testPlan(21);
    testStat();
    testMedian();
    testPoly();
    testLsq();
    return testDone();
}
