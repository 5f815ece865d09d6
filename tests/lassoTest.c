/* SPDX-License-Identifier: BSD-3-Clause */
/* The Lasso against its optimality conditions and closed forms. */
#include <math.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasLasso.h"

enum { N = 25, P = 12 };

/* A fixed sequence in (-1, 1): the numbers do not matter, only that they are
 * the same everywhere. */
static double next(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)*state / 2147483648.0 - 1;
}

typedef struct problem {
    double s[N][P], y[N], gram[P * P], c[P];
} problem;

/* Columns of unit rms; `shared` mixes a common part into all of them. */
static void make(problem *q, double shared)
{
    unsigned state = 20211;
    double common[N];

    for (int i = 0; i < N; i++)
        common[i] = next(&state);
    for (int j = 0; j < P; j++) {
        double sum = 0;

        for (int i = 0; i < N; i++) {
            q->s[i][j] = next(&state) + shared * common[i];
            sum += q->s[i][j] * q->s[i][j] / N;
        }
        for (int i = 0; i < N; i++)
            q->s[i][j] /= sqrt(sum);
    }
    for (int i = 0; i < N; i++)
        q->y[i] = 300 * q->s[i][0] - 120 * q->s[i][4] + 50 * next(&state);
    for (int j = 0; j < P; j++) {
        q->c[j] = 0;
        for (int i = 0; i < N; i++)
            q->c[j] += q->s[i][j] * q->y[i] / N;
        for (int k = 0; k < P; k++) {
            q->gram[j * P + k] = 0;
            for (int i = 0; i < N; i++)
                q->gram[j * P + k] += q->s[i][j] * q->s[i][k] / N;
        }
    }
}

/* Largest violation: S_j'(y - S w)/n is alpha sign(w_j), or within alpha where
 * w_j = 0. Computed from the data, not from the products. */
static double violation(const problem *q, const double *w, double alpha)
{
    double worst = 0;

    for (int j = 0; j < P; j++) {
        double g = 0;

        for (int i = 0; i < N; i++) {
            double r = q->y[i];

            for (int k = 0; k < P; k++)
                r -= q->s[i][k] * w[k];
            g += q->s[i][j] * r / N;
        }
        if (w[j] != 0)
            worst = fmax(worst, fabs(g - copysign(alpha, w[j])));
        else
            worst = fmax(worst, fabs(g) - alpha);
    }
    return worst;
}

static void testConditions(double shared)
{
    static const double fractions[] = { 0.001, 0.05, 0.3, 0.9 };
    problem q;
    double alpha_max = 0;

    make(&q, shared);
    for (int j = 0; j < P; j++)
        alpha_max = fmax(alpha_max, fabs(q.c[j]));
    for (int f = 0; f < 4; f++) {
        double w[P], g[P], worst, alpha = fractions[f] * alpha_max;
        int used = 0;

        for (int j = 0; j < P; j++)
            g[j] = q.c[j];
        testOk1(xasLassoFit(q.gram, P, g, P, alpha, 1e-10, w) == xasOk);
        for (int j = 0; j < P; j++)
            used += w[j] != 0;
        worst = violation(&q, w, alpha);
        testOk(worst < 1e-7 && used > 0,
               "alpha %g of the largest, mixed %g: %d weights, conditions "
               "hold to %.1e",
               fractions[f], shared, used, worst);
    }
}

/* Orthonormal columns: every weight is its product, shrunk by alpha. */
static void testOrthogonal(void)
{
    const double gram[] = { 1, 0, 0, 0, 1, 0, 0, 0, 1 };
    double g[] = { 10, -4, 2 }, w[3];

    testOk1(xasLassoFit(gram, 3, g, 3, 3, 1e-12, w) == xasOk);
    testOk(w[0] == 7 && w[1] == -1 && w[2] == 0, "weights %g %g %g", w[0], w[1],
           w[2]);
    testOk(g[0] == 3 && g[1] == -3 && g[2] == 2, "gradient left %g %g %g", g[0],
           g[1], g[2]);
}

static void testEdges(void)
{
    const double twins[] = { 1, 1, 1, 1 };
    double g[] = { 10, 10 }, w[2];

    testOk1(xasLassoFit(twins, 2, g, 2, 1, 1e-12, w) == xasOk);
    testOk(w[0] == 9 && w[1] == 0, "of twins the first takes all: %g %g", w[0],
           w[1]);
    g[0] = g[1] = 5;
    testOk1(xasLassoFit(twins, 2, g, 2, 5, 1e-12, w) == xasOk);
    testOk(w[0] == 0 && w[1] == 0, "nothing at alpha_max");
    testOk(xasLassoFit(twins, 2, g, 0, 5, 1e-12, w) == xasOk, "no column");
}

MAIN(lassoTest)
{
    testPlan(2 * 8 + 3 + 5);
    testConditions(0);
    testConditions(1.5);
    testOrthogonal();
    testEdges();
    return testDone();
}
