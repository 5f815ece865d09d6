/* SPDX-License-Identifier: BSD-3-Clause */
/* Normalisation A against Larch 2026.3.1 on every measured file: the same grid
 * point for E0; 1e-8 relative for all that follows from its E0 (both are double
 * precision fits, Larch's through badly scaled powers of E). */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "sharedScan.h"
#include "xasNorm.h"

enum { files = 53, N = 301 };

static double relative(double a, double b)
{
    return fabs(a - b) / fmax(fabs(b), 1e-300);
}

static double worst(const xasNorm *n, const table *t, size_t row,
                    const char **name)
{
    struct {
        const char *column;
        double value;
    } pairs[] = {
        { "edge_step", n->edge_step },
        { "pre_offset", n->pre_offset },
        { "pre_slope", n->pre_slope_per_eV },
        { "pre1", n->pre1_eV },
        { "pre2", n->pre2_eV },
        { "norm1", n->norm1_eV },
        { "norm2", n->norm2_eV },
        { "norm_c0", n->norm_c[0] },
        { "norm_c1", n->norm_c[1] },
        { "norm_c2", n->norm_c[2] },
    };
    double found = -1;

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        double reference = tableNumber(t, row, pairs[i].column);
        double off = isnan(reference) ? fabs(pairs[i].value)
                                      : relative(pairs[i].value, reference);
        if (off > found) {
            found = off;
            *name = pairs[i].column;
        }
    }
    return found;
}

static void testFile(const table *t, size_t row)
{
    const char *file = tableText(t, row, "file"), *column = "";
    double reference = tableNumber(t, row, "e0"), e0 = NAN, off = NAN;
    char path[1100];
    xasSpectrum *s;
    rawScan raw;
    xasNorm norm;

    snprintf(path, sizeof path, "measured/%s", file);
    if (!rawRead(path, &raw) || !(s = rawSpectrum(&raw))) {
        testFail("%s cannot be read", file);
        testFail("%s cannot be read", file);
        return;
    }
    testOk(xasNormFindE0(xasSpectrumEnergy(s), xasSpectrumMu(s),
                         xasSpectrumSize(s), &e0, NULL) == xasOk &&
               fabs(e0 - reference) < 1e-3,
           "%s: E0 %.4f, Larch %.4f", file, e0, reference);
    memset(&norm, 0, sizeof norm);
    testOk(xasNormFind(xasSpectrumEnergy(s), xasSpectrumMu(s),
                       xasSpectrumSize(s), reference, &norm) == xasOk &&
               (off = worst(&norm, t, row, &column)) < 1e-8 &&
               norm.nnorm == (int)tableNumber(t, row, "nnorm"),
           "%s: worst %s", file, column);
    testDiag("%s off by %.1e", column, off);
    xasSpectrumDestroy(s);
    rawClear(&raw);
}

static void testReference(void)
{
    table *t = sharedThere()
                   ? tableRead(sharedPath("measured/larch_reference.csv"))
                   : NULL;

    if (!t) {
        testSkip(2 * files, "no reference data");
        return;
    }
    for (size_t row = 1; row < t->rows && row <= files; row++)
        testFile(t, row);
    tableDestroy(t);
}

/* A step on a line, with a line behind it: all parameters are known. */
static void testAlgebra(void)
{
    double e[N], mu[N], norm[N], flat[N];
    xasNorm out = { .e0_eV = -1 };

    for (size_t i = 0; i < N; i++) {
        double d = (double)i - 100;
        e[i] = 7112 + d;
        mu[i] = 3 - 1e-4 * e[i] + (d < 0 ? 0 : 0.5 + 1e-3 * d);
    }
    testOk1(xasNormFind(e, mu, N, NAN, NULL) == xasErrArg);
    testOk1(xasNormFind(e, mu, 4, NAN, &out) == xasErrRange);
    testOk1(out.e0_eV == -1);
    testOk1(xasNormFind(e, mu, N, 7112, &out) == xasOk);
    testOk(fabs(out.edge_step - 0.5) < 1e-10, "step %.12f", out.edge_step);
    testOk(fabs(out.pre_slope_per_eV + 1e-4) < 1e-12, "slope");
    testOk1(out.nnorm == 1 && out.pre1_eV == -100 && out.norm1_eV == 25);
    testOk1(xasNormApply(&out, e, mu, N, norm, flat) == xasOk);
    testOk(fabs(norm[0]) < 1e-9 && fabs(norm[N - 1] - 1.4) < 1e-9,
           "norm ends at %.9f and %.9f", norm[0], norm[N - 1]);
    testOk(fabs(flat[N - 1] - 1) < 1e-9, "flat ends at %.9f", flat[N - 1]);
    mu[7] = NAN;
    testOk1(xasNormFind(e, mu, N, 7112, &out) == xasErrNaN);
    mu[7] = 1;
    e[7] = e[6];
    testOk1(xasNormFind(e, mu, N, 7112, &out) == xasErrOrder);
}

/* Whatever comes, E0 is refused or lies on the grid. */
static void testBroken(void)
{
    double e[N], mu[N], e0;
    int good = 1;

    for (size_t i = 0; i < N; i++) {
        e[i] = 7000 + (double)i;
        mu[i] = 1;
    }
    for (size_t n = 0; n <= N; n++) {
        xasStatus status = xasNormFindE0(e, mu, n, &e0, NULL);
        xasNorm norm;
        if (status == xasOk)
            good = good && e0 >= e[0] && e0 <= e[n - 1];
        else
            good = good && status == xasErrRange;
        status = xasNormFind(e, mu, n, NAN, &norm);
        good = good && (status == xasErrRange ||
                        (status == xasOk && isfinite(norm.edge_step)));
        good = good && (n < 5 || xasNormFind(e, mu, n, e[n / 2], &norm) ==
                                     (n < 5 ? xasErrRange : xasOk));
    }
    testOk(good, "a flat line of any length");
}

MAIN(normTest)
{
    testPlan(2 * files + 13);
    testReference();
    testAlgebra();
    testBroken();
    return testDone();
}
