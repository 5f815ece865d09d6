/* SPDX-License-Identifier: BSD-3-Clause */
/* The Lasso against its optimality conditions and closed forms. */
#include <math.h>
#include <stdlib.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"
#include "xasLasso.h"

enum { N = 25, P = 12, fractions = 40 };

typedef struct problem {
    double s[N][P], y[N], gram[P * P], c[P];
} problem;

/* Columns of unit rms; `shared` mixes a common part into all of them. */
static void make(problem *q, double shared)
{
    unsigned state = 20211;
    double common[N];

    for (int i = 0; i < N; i++)
        common[i] = madeNext(&state);
    for (int j = 0; j < P; j++) {
        double sum = 0;

        for (int i = 0; i < N; i++) {
            q->s[i][j] = madeNext(&state) + shared * common[i];
            sum += q->s[i][j] * q->s[i][j] / N;
        }
        for (int i = 0; i < N; i++)
            q->s[i][j] /= sqrt(sum);
    }
    for (int i = 0; i < N; i++)
        q->y[i] = 300 * q->s[i][0] - 120 * q->s[i][4] + 50 * madeNext(&state);
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

/* From nearly no shrinkage to all of it. */
static void testConditions(double shared)
{
    problem q;
    double alpha_max = 0, worst = 0;
    int used = 0, most = 0, bad = 0;

    make(&q, shared);
    for (int j = 0; j < P; j++)
        alpha_max = fmax(alpha_max, fabs(q.c[j]));
    for (int f = 0; f <= fractions; f++) {
        double w[P], g[P], alpha = pow(10, -4.0 * f / fractions) * alpha_max;

        for (int j = 0; j < P; j++)
            g[j] = q.c[j];
        bad += xasLassoFit(q.gram, P, g, P, alpha, 1e-10, w) != xasOk;
        used = 0;
        for (int j = 0; j < P; j++)
            used += w[j] != 0;
        bad += f == 0 && used > 0;
        most = used > most ? used : most;
        worst = fmax(worst, violation(&q, w, alpha));
    }
    testOk(!bad && worst < 1e-7 && most == P,
           "mixed %g: %d alphas from alpha_max to 1e-4 of it, conditions hold "
           "to %.1e, up to %d weights",
           shared, fractions + 1, worst, most);
}

/* More columns than rows, and more weights than one exact step may hold: the
 * conditions are checked on the products, which are all there is. */
static void testWide(int n, int p, double fraction)
{
    double *s = calloc((size_t)(n * p), sizeof *s);
    double *gram = calloc((size_t)(p * p), sizeof *gram);
    double *c = calloc((size_t)p, sizeof *c), *g = calloc((size_t)p, sizeof *g);
    double *w = calloc((size_t)p, sizeof *w), alpha = 0, worst = 0;
    unsigned state = 99;
    int used = 0;

    for (int i = 0; i < n * p; i++)
        s[i] = madeNext(&state);
    for (int i = 0; i < n; i++) {
        double y = 100 * madeNext(&state);

        for (int j = 0; j < p; j++) {
            c[j] += s[i * p + j] * y / n;
            for (int k = 0; k < p; k++)
                gram[j * p + k] += s[i * p + j] * s[i * p + k] / n;
        }
    }
    for (int j = 0; j < p; j++) {
        g[j] = c[j];
        alpha = fmax(alpha, fraction * fabs(c[j]));
    }
    testOk1(xasLassoFit(gram, (size_t)p, g, (size_t)p, alpha, 1e-9, w) ==
            xasOk);
    for (int j = 0; j < p; j++) {
        double left = c[j];

        for (int k = 0; k < p; k++)
            left -= gram[j * p + k] * w[k];
        used += w[j] != 0;
        worst = fmax(worst, w[j] != 0 ? fabs(left - copysign(alpha, w[j]))
                                      : fabs(left) - alpha);
    }
    testOk(worst < 1e-8, "%d rows, %d columns: %d weights, conditions to %.1e",
           n, p, used, worst);
    free(s);
    free(gram);
    free(c);
    free(g);
    free(w);
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
    testPlan(3 + 6 + 3 + 5);
    testConditions(0);
    testConditions(1.5);
    testConditions(4);
    testWide(14, 26, 0.05);
    testWide(40, 120, 0.001);
    testWide(600, 260, 0.001);
    testOrthogonal();
    testEdges();
    return testDone();
}
