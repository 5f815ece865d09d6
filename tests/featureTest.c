/* SPDX-License-Identifier: BSD-3-Clause */
/* Features against an independent implementation, within DEFINITIONS.md
 * section 8: energies 1e-3 eV, K intensities 1e-5, L intensities and ratios
 * 1e-4 relative, standard errors 1e-3 relative, flags identical. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "sharedScan.h"
#include "xasFeatures.h"

enum { measured = 53, synthetic = 15 };

/** The worst deviation of a file, in units of its tolerance. */
typedef struct deviation {
    double size;
    char what[160];
} deviation;

static void note(deviation *d, const char *column, double ours, double theirs,
                 double tolerance)
{
    double size = fabs(ours - theirs) / tolerance;

    if (isnan(ours) && isnan(theirs))
        return;
    if (isnan(ours) || isnan(theirs))
        size = INFINITY;
    if (size <= d->size)
        return;
    d->size = size;
    snprintf(d->what, sizeof d->what, "%s %.10g for %.10g", column, ours,
             theirs);
}

static double tolerance(xasFeatureId id, double theirs)
{
    if (strcmp(xasFeatureUnit(id), "eV") == 0)
        return 1e-3;
    return xasFeatureShell(id) == xasShellK ? 1e-5 : 1e-4 * fabs(theirs);
}

/* Every flag of a is in b. */
static int within(const char *a, const char *b)
{
    char one[XAS_FLAGS_SIZE];

    for (const char *at = a; *at; at += strcspn(at, ";"), at += *at == ';') {
        snprintf(one, sizeof one, "%.*s", (int)strcspn(at, ";"), at);
        if (!xasFlagsHave(b, one))
            return 0;
    }
    return 1;
}

static void compareValues(const xasFeatures *f, const table *t, size_t row,
                          deviation *d)
{
    for (int i = 0; i < xasFeatureCount; i++) {
        xasFeatureId id = (xasFeatureId)i;
        double theirs = tableNumber(t, row, xasFeatureName(id));
        if (f->shell == xasFeatureShell(id))
            note(d, xasFeatureName(id), f->value[id], theirs,
                 tolerance(id, theirs));
    }
}

static void compareErrors(const xasFeatures *f, const table *t, size_t row,
                          deviation *d)
{
    char column[40];

    for (int i = 0; i < xasFeatureCount; i++) {
        xasFeatureId id = (xasFeatureId)i;
        double theirs;
        snprintf(column, sizeof column, "err_%s", xasFeatureName(id));
        theirs = tableNumber(t, row, column);
        if (f->shell == xasFeatureShell(id))
            note(d, column, f->error[id], theirs, 1e-3 * fabs(theirs));
    }
}

static int read(const char *path, const char *element, xasShell shell,
                const char *formula, xasFeatures *f)
{
    rawScan raw;
    xasSpectrum *s;
    int good = 0;

    if (rawRead(path, &raw) && (s = rawSpectrum(&raw)) != NULL) {
        good = xasFeaturesFind(s, element, shell, formula, f) == xasOk;
        xasSpectrumDestroy(s);
    }
    rawClear(&raw);
    return good;
}

/* The scan itself says which edge it is. */
static int identified(const char *path, const char *element, xasShell shell)
{
    rawScan raw;
    xasSpectrum *s;
    char found[3] = "";
    xasShell edge = xasShellNone;

    if (rawRead(path, &raw) && (s = rawSpectrum(&raw)) != NULL) {
        (void)xasEdgeIdentify(s, found, &edge);
        xasSpectrumDestroy(s);
    }
    rawClear(&raw);
    if (strcmp(found, element) != 0 || edge != shell)
        testDiag("%s taken for %s %s", path, found, xasShellName(edge));
    return strcmp(found, element) == 0 && edge == shell;
}

static void testMeasured(const table *t, size_t row)
{
    const char *file = tableText(t, row, "file");
    const char *flags = tableText(t, row, "flags");
    deviation values = { 0, "" }, errors = { 0, "" };
    char path[1100];
    double theirs;
    xasFeatures f;

    snprintf(path, sizeof path, "measured/%s", file);
    if (!read(path, tableText(t, row, "element"),
              tableText(t, row, "edge")[0] == 'K' ? xasShellK : xasShellL,
              tableText(t, row, "formula"), &f)) {
        for (int i = 0; i < 4; i++)
            testFail("%s cannot be read", file);
        return;
    }
    compareValues(&f, t, row, &values);
    note(&values, "step_or_jump", f.step_or_jump,
         tableNumber(t, row, "step_or_jump"), 1e-5 * f.step_or_jump);
    theirs = tableNumber(t, row, "sigma");
    note(&values, "sigma", f.sigma, theirs, 1e-5 * theirs);
    note(&values, "e0_deriv", f.e0_deriv_eV, tableNumber(t, row, "e0_deriv"),
         1e-3);
    note(&values, "pre_limit", f.pre_limit, tableNumber(t, row, "pre_limit"),
         1e-5);
    compareErrors(&f, t, row, &errors);
    testOk(values.size < 1, "%s: values, worst %s (%.2g)", file, values.what,
           values.size);
    testOk(errors.size < 1, "%s: errors, worst %s (%.2g)", file, errors.what,
           errors.size);
    testOk(within(f.flags, flags) && within(flags, f.flags), "%s: flags %s",
           file, f.flags);
    if (!within(f.flags, flags) || !within(flags, f.flags))
        testDiag("expected %s", flags);
    testOk(identified(path, f.element, f.shell), "%s: %s %s", file, f.element,
           xasShellName(f.shell));
}

static void testSynthetic(const table *t, size_t row)
{
    const char *id = tableText(t, row, "id");
    char path[1100];
    xasFeatures f;

    for (int edge = 0; edge < 2; edge++) {
        xasShell shell = edge ? xasShellL : xasShellK;
        deviation d = { 0, "" };
        snprintf(path, sizeof path, "synthetic/%s_%s.xdi", id,
                 xasShellName(shell));
        if (!read(path, tableText(t, row, "element"), shell, id, &f)) {
            testFail("%s cannot be read", path);
            testFail("%s cannot be read", path);
            continue;
        }
        compareValues(&f, t, row, &d);
        testOk(identified(path, f.element, shell), "%s: %s %s", path, f.element,
               xasShellName(shell));
        testOk(d.size < 1, "%s %s: worst %s (%.2g) %s", id, xasShellName(shell),
               d.what, d.size, f.flags);
    }
}

MAIN(featureTest)
{
    table *t = tableRead(sharedPath("golden/features_measured.csv"));
    table *u = tableRead(sharedPath("golden/synthetic_KL.csv"));

    testPlan(4 * measured + 4 * synthetic);
    if (!t || !u) {
        testSkip(4 * measured + 4 * synthetic, "no reference data");
    } else {
        for (size_t row = 1; row < t->rows && row <= measured; row++)
            testMeasured(t, row);
        for (size_t row = 1; row < u->rows && row <= synthetic; row++)
            testSynthetic(u, row);
    }
    tableDestroy(t);
    tableDestroy(u);
    return testDone();
}
