/* SPDX-License-Identifier: BSD-3-Clause */
/* How often does the interval of a provisional prediction hold what comes?
 * Each K spectrum of the reference data is cut behind its white line and
 * predicted by a model that has never seen its compound: as complete rows are,
 * and as incomplete ones.  Compared with the value of the whole spectrum, and
 * with the tabulated one.  `make bench` prints the table; nothing is asserted,
 * the figures are the data's. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sharedScan.h"
#include "xasFormula.h"
#include "xasModel.h"

enum { most = 64, columns = xasFeatureCount, level_pct = 80 };

typedef struct sample {
    char name[80], compound[XAS_FORMULA_TEXT];
    char element[3];
    double y, er[xasErCount];
    double x[columns];
    rawScan raw;
} sample;

static sample all[most];
static size_t nAll, p;
static const char *column[columns];

/* The part of a spectrum up to an energy. */
static xasSpectrum *upTo(const rawScan *raw, double end_eV)
{
    const xasXdiChannels *c = &raw->channels;
    double *e = calloc(3 * raw->n, sizeof *e), highest = 0, unit;
    xasSpectrum *s = NULL;
    size_t n = 0;

    if (!e)
        abort();
    for (size_t i = 0; i < raw->n; i++)
        highest = fmax(highest, c->energy[i]);
    unit = highest < XAS_KEV_BELOW ? 1000 : 1;
    for (size_t i = 0; i < raw->n; i++) {
        if (!(c->energy[i] * unit <= end_eV))
            continue;
        e[n] = c->energy[i] * unit;
        e[raw->n + n] = c->i0 ? c->i0[i] : 0;
        e[2 * raw->n + n++] = c->signal[i];
    }
    (void)xasSpectrumCreate(c->detection, e, c->i0 ? e + raw->n : NULL,
                            e + 2 * raw->n, n, &s);
    free(e);
    return s;
}

/* Its features in the order of the columns; false if it has no edge. */
static int features(const sample *a, double end_eV, double x[columns])
{
    xasSpectrum *s = upTo(&a->raw, end_eV);
    xasFeatures f;
    int good = s && xasFeaturesFind(s, a->element, xasShellK, a->compound,
                                    &f) == xasOk;

    xasSpectrumDestroy(s);
    if (!good || xasFlagsHave(f.flags, "no_edge") ||
        xasFlagsHave(f.flags, "wrong_element") ||
        xasFlagsHave(f.flags, "too_few_points"))
        return 0;
    for (size_t j = 0; j < p; j++)
        x[j] = f.value[xasFeatureFromName(column[j])];
    return 1;
}

static void add(const char *file, const char *name, const char *formula,
                const char *element, double y)
{
    sample *a = &all[nAll];
    xasFormula f;
    xasEdgeEnergies er;

    if (nAll == most || !isfinite(y) || xasEdgeLookUp(element, &er) ||
        !rawRead(file, &a->raw))
        return;
    (void)snprintf(a->name, sizeof a->name, "%s", name);
    (void)snprintf(a->element, sizeof a->element, "%s", element);
    if (xasFormulaParse(formula, &f, NULL) ||
        xasFormulaCompound(&f, a->compound))
        (void)snprintf(a->compound, sizeof a->compound, "%s", formula);
    a->y = y;
    a->er[xasErK] = er.k_eV;
    a->er[xasErL3] = er.l3_eV;
    a->er[xasErL2] = er.l2_eV;
    if (features(a, INFINITY, a->x))
        nAll++;
    else
        rawClear(&a->raw);
}

static void readMeasured(void)
{
    table *t = tableRead(sharedPath("golden/measured_K.csv"));

    for (size_t i = 1; t && i < t->rows; i++) {
        char file[120];

        (void)snprintf(file, sizeof file, "measured/%s", tableText(t, i, "id"));
        add(file, tableText(t, i, "id"), tableText(t, i, "compound"),
            tableText(t, i, "element"), tableNumber(t, i, "dHf_kJ_per_mol"));
    }
    tableDestroy(t);
}

static void readSynthetic(void)
{
    table *t = tableRead(sharedPath("synthetic/truth.csv"));

    for (size_t i = 1; t && i < t->rows; i++) {
        const char *formula = tableText(t, i, "formula");
        char file[120], element[3];

        (void)snprintf(file, sizeof file, "synthetic/%s_K.xdi", formula);
        (void)snprintf(element, sizeof element, "%.2s", formula);
        add(file, formula, formula, element, tableNumber(t, i, "dHf"));
    }
    tableDestroy(t);
}

/* Trained on all but the compound of one. */
static xasModel *without(const sample *left, const xasTrainOptions *options)
{
    static double x[most * columns], y[most], er[most * xasErCount];
    const char *id[most], *compound[most];
    xasTable t = { 0, p, id, compound, column, x, y, er };
    xasModel *m = NULL;

    for (size_t i = 0; i < nAll; i++) {
        if (strcmp(all[i].compound, left->compound) == 0)
            continue;
        memcpy(x + t.n * p, all[i].x, p * sizeof *x);
        memcpy(er + t.n * xasErCount, all[i].er, sizeof all[i].er);
        id[t.n] = all[i].name;
        compound[t.n] = all[i].compound;
        y[t.n++] = all[i].y;
    }
    if (xasModelTrain(&t, options, &m, NULL))
        abort();
    return m;
}

typedef struct tally {
    size_t n, none;            /* cut spectra with and without a prediction */
    size_t gaps;               /* with a selected feature missing */
    size_t final[2], table[2]; /* inside: as complete, as incomplete */
    double width[2], moved, wholeWidth;
    size_t whole; /* tabulated inside the interval of the whole spectrum */
} tally;

static void one(const sample *a, const xasModel *m, double beyond_eV, tally *t)
{
    double x[columns], wl = NAN;
    xasAsked q = { .x = a->x, .er_eV = a->er, .level = level_pct / 100.0 };
    xasPrediction whole, cut;

    for (size_t j = 0; j < p; j++)
        if (strcmp(column[j], "wl_e") == 0)
            wl = a->x[j];
    if (!isfinite(wl) || xasModelAsk(m, &q, &whole) ||
        !features(a, wl + beyond_eV, x)) {
        t->none++;
        return;
    }
    q.x = x;
    for (int as = 0; as < 2; as++) {
        q.incomplete = as;
        if (xasModelAsk(m, &q, &cut)) {
            t->none++;
            return;
        }
        t->final[as] += whole.value >= cut.lo && whole.value <= cut.hi;
        t->table[as] += a->y >= cut.lo && a->y <= cut.hi;
        t->width[as] += cut.hi - cut.lo;
    }
    t->n++;
    t->gaps += cut.nMissing > whole.nMissing;
    t->moved += fabs(cut.value - whole.value);
    t->wholeWidth += whole.hi - whole.lo;
    t->whole += a->y >= whole.lo && a->y <= whole.hi;
}

static void report(const char *what, const xasTrainOptions *options)
{
    static const double beyond_eV[] = { 12, 25, 35, 50, 100 };

    for (size_t c = 0; c < sizeof beyond_eV / sizeof *beyond_eV; c++) {
        tally t = { 0 };
        double n;

        for (size_t i = 0; i < nAll; i++) {
            xasModel *m = without(&all[i], options);

            one(&all[i], m, beyond_eV[c], &t);
            xasModelDestroy(m);
        }
        n = t.n ? (double)t.n : NAN;
        printf("%-15s +%3.0f eV %3zu of %2zu %4zu %7.1f "
               "%4.0f %4.0f %6.0f %4.0f %4.0f %7.0f %5.0f %5.0f\n",
               what, beyond_eV[c], t.n, t.n + t.none, t.gaps, t.moved / n,
               100 * (double)t.final[0] / n, 100 * (double)t.final[1] / n,
               100 * (double)t.whole / n, 100 * (double)t.table[0] / n,
               100 * (double)t.table[1] / n, t.wholeWidth / n, t.width[0] / n,
               t.width[1] / n);
    }
}

static void both(const char *name, void (*readAll)(void))
{
    static const char *const with[xasMethodCount] = { "Lasso", "ridge", "PLS" };
    xasTrainOptions options;

    nAll = 0;
    readAll();
    for (int method = 0; method < xasMethodCount; method++) {
        char what[40];

        xasTrainOptionsDefaults(&options);
        options.method = (xasMethod)method;
        (void)snprintf(what, sizeof what, "%s %s", name, with[method]);
        report(what, &options);
    }
    for (size_t i = 0; i < nAll; i++)
        rawClear(&all[i].raw);
}

int main(void)
{
    if (!sharedThere()) {
        printf("no reference data beside the project\n");
        return 0;
    }
    for (int id = 0; id < xasFeatureCount; id++)
        if (xasFeatureShell((xasFeatureId)id) == xasShellK)
            column[p++] = xasFeatureName((xasFeatureId)id);
    printf("intervals of %d %% asked for, kJ/mol; w: of the whole spectrum, "
           "c: cut, as complete\nrows are, i: cut, as incomplete ones; gaps: "
           "with a feature missing that the\nwhole has; final, table: %% of "
           "these values inside\n\n"
           "                 cut at predicted gaps   moved  final c  i  "
           "table w    c    i  width w     c     i\n",
           level_pct);
    both("synthetic", readSynthetic);
    both("measured", readMeasured);
    return 0;
}
