/* SPDX-License-Identifier: BSD-3-Clause */
/* Jackknife+ intervals over generated data sets: what they promise (at least
 * 1 - 2a whatever the data), and what they do for Gaussian data (k/(N+1)).
 * Whole trainings: filling, filter, Lasso, regression, clip. */
#include <math.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"

/* 1,000 sets. One new row each would give the part covered a standard error of
 * 1.3 %, too much to hold 3 % by. With 40 that of the rows is 0.2 %, and what
 * is left is how sets differ among themselves: a set's own part has a standard
 * deviation near sqrt(q(1-q)/(n+2)), so that the mean's is 0.3 %. */
enum { sets = 1000, n = 19, fresh = 40, nLevels = 3 };

/** How the data of a set are made. */
typedef enum kind { gaussian, heavy, uneven, bent, kinds } kind;

static const char *const kindName[kinds] = { "Gaussian", "heavy tails",
                                             "uneven noise", "not linear" };

static double noiseOf(kind k, double x, unsigned *state)
{
    double g = madeGauss(state);

    if (k == heavy) /* near to a t distribution of 2 degrees of freedom */
        return 30 * g / fmax(0.05, fabs(madeGauss(state)));
    if (k == uneven)
        return 40 * g * fabs(x);
    return 40 * g;
}

/* n rows to train on and the fresh ones, all made alike. */
static void make(madeTable *t, kind k, unsigned *state)
{
    madeTableFill(t, n + fresh, 5, 0.3, 0, state);
    for (size_t i = 0; i < n + fresh; i++) {
        double x = t->x[i * 5];

        t->y[i] += noiseOf(k, x, state);
        if (k == bent)
            t->y[i] += 80 * x * x;
    }
    t->table.n = n;
}

static const double levels[nLevels] = { 0.5, 0.8, 0.9 };

typedef struct cover {
    double part;  /* of the fresh rows that lie in their interval */
    double error; /* its standard error, from how the sets differ */
    double real;  /* level promised */
    double width;
} cover;

static void count(const xasModel *m, const madeTable *t, double level,
                  double *inside, cover *out)
{
    *inside = 0;
    for (size_t i = n; i < n + fresh; i++) {
        xasPrediction p;

        if (xasModelPredict(m, t->x + i * 5, t->er + i * xasErCount, level,
                            NULL, &p))
            testAbort("no prediction");
        *inside += (t->y[i] >= p.lo && t->y[i] <= p.hi) / (double)fresh;
        out->width += (p.hi - p.lo) / (fresh * sets);
        out->real = p.level;
    }
}

static void covered(kind k, cover out[nLevels])
{
    static madeTable t;
    unsigned state = 1000u * (unsigned)k + 17;
    double squares[nLevels] = { 0 };

    for (int s = 0; s < sets; s++) {
        xasModel *m = NULL;

        make(&t, k, &state);
        if (xasModelTrain(&t.table, NULL, &m, NULL))
            testAbort("no model");
        for (int i = 0; i < nLevels; i++) {
            double inside;

            count(m, &t, levels[i], &inside, &out[i]);
            out[i].part += inside / sets;
            squares[i] += inside * inside / sets;
        }
        xasModelDestroy(m);
    }
    for (int i = 0; i < nLevels; i++)
        out[i].error =
            sqrt((squares[i] - out[i].part * out[i].part) / (sets - 1));
}

MAIN(coverageTest)
{
    testPlan(nLevels * kinds + 2 * nLevels);
    for (int k = 0; k < kinds; k++) {
        cover c[nLevels] = { { 0 } };

        covered((kind)k, c);
        for (int i = 0; i < nLevels; i++) {
            double promised = 1 - 2 * (1 - c[i].real);

            testOk(c[i].part >= promised,
                   "%s, level %.2f: %.1f +- %.1f %% covered, %.0f %% promised, "
                   "width %.0f",
                   kindName[k], c[i].real, 100 * c[i].part, 100 * c[i].error,
                   100 * promised, c[i].width);
            if (k != gaussian)
                continue;
            testOk(fabs(c[i].part - c[i].real) <= 0.03, "  and within 3 %%");
            testOk(c[i].error < 0.005, "  which is six standard errors");
        }
    }
    return testDone();
}
