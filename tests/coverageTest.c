/* SPDX-License-Identifier: BSD-3-Clause */
/* Jackknife+ intervals over generated data sets: what they promise (at least
 * 1 - 2a whatever the data), and what they do for Gaussian data (k/(N+1)).
 * Whole trainings: filling, filter, Lasso, regression, clip. */
#include <math.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeTable.h"

/* Of 1,000 sets alone the part covered has a standard error of 1.3 %, too much
 * to hold 3 % by: the Gaussian ones are 4,000. */
enum { sets = 1000, gaussianSets = 4000, n = 19 };

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

/* n rows to train on and one more, all made alike. */
static void make(madeTable *t, kind k, unsigned *state)
{
    madeTableFill(t, n + 1, 5, 0.3, 0, state);
    for (size_t i = 0; i <= n; i++) {
        double x = t->x[i * 5];

        t->y[i] += noiseOf(k, x, state);
        if (k == bent)
            t->y[i] += 80 * x * x;
    }
    t->table.n = n;
}

/* Part of the sets whose last row lies in its interval; the level promised. */
static double covered(kind k, double level, double *real, double *wide)
{
    int count = k == gaussian ? gaussianSets : sets;
    static madeTable t;
    unsigned state = 1000u * (unsigned)k + 17;
    size_t inside = 0;

    *wide = 0;
    for (int s = 0; s < count; s++) {
        xasModel *m = NULL;
        xasPrediction p;

        make(&t, k, &state);
        if (xasModelTrain(&t.table, NULL, &m, NULL) ||
            xasModelPredict(m, t.x + n * 5, t.er + n * xasErCount, level, NULL,
                            &p))
            testAbort("no prediction");
        inside += t.y[n] >= p.lo && t.y[n] <= p.hi;
        *wide += (p.hi - p.lo) / count;
        *real = p.level;
        xasModelDestroy(m);
    }
    return (double)inside / count;
}

MAIN(coverageTest)
{
    static const double levels[] = { 0.5, 0.8, 0.9 };

    testPlan(3 * kinds + 3);
    for (int k = 0; k < kinds; k++)
        for (int i = 0; i < 3; i++) {
            double real, wide;
            double part = covered((kind)k, levels[i], &real, &wide);

            testOk(part >= 1 - 2 * (1 - real),
                   "%s, level %.2f: %.1f %% covered, %.0f %% promised, width "
                   "%.0f",
                   kindName[k], real, 100 * part, 100 * (1 - 2 * (1 - real)),
                   wide);
            if (k == gaussian)
                testOk(fabs(part - real) <= 0.03, "  and within 3 %% of it");
        }
    return testDone();
}
