/* SPDX-License-Identifier: BSD-3-Clause */
/* How often does the interval of a provisional prediction hold what comes?
 * Each K spectrum of the reference data is cut behind its white line and
 * predicted by a model that has never seen its compound; the interval as if
 * nothing were missing, with the same columns masked in training, and from the
 * training spectra cut at the same place.  Compared with the value of the
 * whole spectrum, and with the tabulated one.  `make bench` prints the table;
 * nothing is asserted, the figures are the data's. */
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

/* Its features in the order of the columns, from the part up to an energy;
 * false if it has no edge. */
static int features(const sample *a, double end_eV, int running,
                    double x[columns])
{
    xasSpectrum *s = rawSpectrum(&a->raw);
    xasFeatures f;
    int good = s && xasSpectrumCut(s, 0, end_eV) > 0 &&
               (running ? xasFeaturesFindRunning : xasFeaturesFind)(
                   s, a->element, xasShellK, a->compound, &f) == xasOk;
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
    if (features(a, INFINITY, 0, a->x))
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

enum { asWhole, asMasked, asCut, ways };

typedef struct tally {
    size_t n, none; /* cut spectra with and without a prediction */
    size_t before;  /* those of a finished scan's features */
    size_t final[ways], table[ways]; /* inside */
    double width[ways], moved, wholeWidth;
    size_t whole; /* tabulated inside the interval of the whole spectrum */
    size_t alike; /* training spectra that could be cut alike */
    size_t trained;
} tally;

/** Training rows cut where one sample ends. */
typedef struct cutting {
    size_t of[most], n;
    double x[most * columns];
} cutting;

static void cutOthers(const sample *left, double end_eV, cutting *c)
{
    c->n = 0;
    for (size_t i = 0; i < nAll; i++)
        if (strcmp(all[i].compound, left->compound) != 0 &&
            features(&all[i], all[i].er[xasErK] + end_eV - left->er[xasErK], 1,
                     c->x + c->n * p))
            c->of[c->n++] = i;
}

/* Their rows in a model without `left`. */
static xasCutRows rowsOf(const xasModel *m, const cutting *c, size_t *row)
{
    for (size_t i = 0; i < c->n; i++)
        for (size_t r = 0; r < m->n; r++)
            if (strcmp(m->id[r], all[c->of[i]].name) == 0)
                row[i] = r;
    return (xasCutRows){ c->n, row, c->x };
}

static void one(const sample *a, const xasModel *m, const double *x,
                const cutting *c, tally *t)
{
    size_t row[most];
    xasCutRows rows = rowsOf(m, c, row);
    xasAsked q = { .x = a->x, .er_eV = a->er, .level = level_pct / 100.0 };
    xasPrediction whole, cut[ways];

    if (xasModelAsk(m, &q, &whole))
        return;
    q.x = x;
    for (int as = 0; as < ways; as++) {
        q.incomplete = as != asWhole;
        q.cut = as == asCut ? &rows : NULL;
        if (xasModelAsk(m, &q, &cut[as])) {
            t->none++;
            return;
        }
    }
    for (int as = 0; as < ways; as++) {
        t->final[as] += whole.value >= cut[as].lo && whole.value <= cut[as].hi;
        t->table[as] += a->y >= cut[as].lo && a->y <= cut[as].hi;
        t->width[as] += cut[as].hi - cut[as].lo;
    }
    t->n++;
    t->alike += c->n;
    t->trained += m->n;
    t->moved += fabs(cut[0].value - whole.value);
    t->wholeWidth += whole.hi - whole.lo;
    t->whole += a->y >= whole.lo && a->y <= whole.hi;
}

static double pct(size_t part, size_t n)
{
    return n ? 100 * (double)part / (double)n : NAN;
}

static void report(const char *what, double beyond_eV, const tally *t)
{
    double n = t->n ? (double)t->n : NAN;

    printf(
        "%-15s +%3.0f %4zu %3zu of %2zu %4.0f %7.1f "
        "%4.0f %4.0f %4.0f %5.0f %4.0f %4.0f %4.0f %7.0f %5.0f %5.0f %5.0f\n",
        what, beyond_eV, t->before, t->n, t->n + t->none,
        pct(t->alike, t->trained), t->moved / n, pct(t->final[asWhole], t->n),
        pct(t->final[asMasked], t->n), pct(t->final[asCut], t->n),
        pct(t->whole, t->n), pct(t->table[asWhole], t->n),
        pct(t->table[asMasked], t->n), pct(t->table[asCut], t->n),
        t->wholeWidth / n, t->width[asWhole] / n, t->width[asMasked] / n,
        t->width[asCut] / n);
}

static double whiteLine(const sample *a)
{
    for (size_t j = 0; j < p; j++)
        if (strcmp(column[j], "wl_e") == 0)
            return a->x[j];
    return NAN;
}

static void cutAt(const char *name, double beyond_eV)
{
    static const char *const with[xasMethodCount] = { "Lasso", "ridge", "PLS" };
    static cutting c;
    tally t[xasMethodCount] = { { 0 } };

    for (size_t i = 0; i < nAll; i++) {
        const sample *a = &all[i];
        double end_eV = whiteLine(a) + beyond_eV, x[columns], unused[columns];
        int can = features(a, end_eV, 1, x); /* not for NaN */
        int could = features(a, end_eV, 0, unused);

        if (can)
            cutOthers(a, end_eV, &c);
        for (int method = 0; method < xasMethodCount; method++) {
            xasTrainOptions options;
            xasModel *m;

            t[method].before += could != 0;
            if (!can) {
                t[method].none++;
                continue;
            }
            xasTrainOptionsDefaults(&options);
            options.method = (xasMethod)method;
            m = without(a, &options);
            one(a, m, x, &c, &t[method]);
            xasModelDestroy(m);
        }
    }
    for (int method = 0; method < xasMethodCount; method++) {
        char what[40];

        (void)snprintf(what, sizeof what, "%s %s", name, with[method]);
        report(what, beyond_eV, &t[method]);
    }
}

static void every(const char *name, void (*readAll)(void))
{
    static const double beyond_eV[] = { 12, 25, 35, 50, 100 };

    nAll = 0;
    readAll();
    for (size_t c = 0; c < sizeof beyond_eV / sizeof *beyond_eV; c++)
        cutAt(name, beyond_eV[c]);
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
    printf("Cut so many eV behind the white line; intervals of %d %% asked "
           "for, kJ/mol.\nold: would be predicted by a finished scan's "
           "features; alike: %% of the training\nspectra that have an edge "
           "when cut alike; final, table: %% of these values inside;\nw: "
           "interval of the whole spectrum, c: of the cut one as if whole, m: "
           "with training\ncolumns masked, t: with training spectra cut "
           "alike\n\n"
           "                eV  old  predicted alike moved "
           "final c   m    t  table w  c    m    t  width w    c     m     "
           "t\n",
           level_pct);
    every("synthetic", readSynthetic);
    every("measured", readMeasured);
    return 0;
}
