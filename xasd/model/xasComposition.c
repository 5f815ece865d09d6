/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasComposition.h"
#include "xasFormula.h"
#include "xasRidge.h"
#include "xasScale.h"

/** How an element takes part in bonds. */
typedef enum part {
    metal,  /* 3d, the absorbers: what is left of the valences is theirs */
    alkali, /* gives its electrons wherever it stands */
    giver,  /* gives to oxygen (H, and C, Si, P, S in their oxoanions) */
    anion,  /* takes, always */
    oxygen
} part;

static const struct rule {
    const char *symbol;
    double chi; /* Pauling's electronegativity */
    part is;
    double gives; /* electrons given: alkali, giver */
    double takes; /* electrons taken; a giver takes where there is no oxygen */
} rules[] = {
    { "H", 2.20, giver, 1, 0 },   { "Li", 0.98, alkali, 1, 0 },
    { "C", 2.55, giver, 4, 4 },   { "N", 3.04, anion, 0, 3 },
    { "O", 3.44, oxygen, 0, 2 },  { "F", 3.98, anion, 0, 1 },
    { "Na", 0.93, alkali, 1, 0 }, { "Mg", 1.31, alkali, 2, 0 },
    { "Al", 1.61, alkali, 3, 0 }, { "Si", 1.90, giver, 4, 0 },
    { "P", 2.19, giver, 5, 3 },   { "S", 2.58, giver, 6, 2 },
    { "Cl", 3.16, anion, 0, 1 },  { "K", 0.82, alkali, 1, 0 },
    { "Ca", 1.00, alkali, 2, 0 }, { "Ti", 1.54, metal, 0, 0 },
    { "V", 1.63, metal, 0, 0 },   { "Cr", 1.66, metal, 0, 0 },
    { "Mn", 1.55, metal, 0, 0 },  { "Fe", 1.83, metal, 0, 0 },
    { "Co", 1.88, metal, 0, 0 },  { "Ni", 1.91, metal, 0, 0 },
    { "Cu", 1.90, metal, 0, 0 },  { "Zn", 1.65, metal, 0, 0 },
    { "Se", 2.55, anion, 0, 2 },  { "Br", 2.96, anion, 0, 1 },
    { "I", 2.66, anion, 0, 1 },
};

static const struct rule *ruleOf(const char *symbol)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (strcmp(rules[i].symbol, symbol) == 0)
            return &rules[i];
    return NULL;
}

static double square(double x)
{
    return x * x;
}

/** Sums over a formula. */
typedef struct sums {
    double atoms, metals, chi_metal, n_oxygen;
    double alkalis; /* electrons they give */
    double given;   /* electrons given to oxygen by all but the metals */
    double taken;   /* by the anions but oxygen */
    double chi_anion;
} sums;

/* Electrons an element takes here: pyrite's sulphur stands in pairs. */
static double takes(const xasFormula *f, const struct rule *r, bool oxide)
{
    bool pyrite = f->n == 2 && xasFormulaCount(f, "Fe") == 1 &&
                  xasFormulaCount(f, "S") == 2;

    if (r->is == giver && oxide)
        return 0;
    return pyrite && r->takes == 2 ? 1 : r->takes;
}

static xasStatus addUp(const xasFormula *f, sums *s, int *z)
{
    bool oxide = xasFormulaCount(f, "O") > 0;

    for (size_t i = 0; i < f->n; i++) {
        const struct rule *r = ruleOf(f->part[i].symbol);
        double n = f->part[i].count;

        if (!r)
            return xasErrRange;
        s->atoms += n;
        if (r->is == metal) {
            s->metals += n;
            s->chi_metal += n * r->chi;
            *z = *z ? *z : xasElementZ(r->symbol);
        } else if (r->is == oxygen) {
            s->n_oxygen += n;
        } else if (r->is == alkali || (r->is == giver && oxide)) {
            s->given += n * r->gives;
            s->alkalis += r->is == alkali ? n * r->gives : 0;
        } else if (takes(f, r, oxide) > 0) {
            s->taken += n * takes(f, r, oxide);
            s->chi_anion += n * takes(f, r, oxide) * r->chi;
        } else {
            return xasErrRange; /* neither gives nor takes: FeSi, FeH2 */
        }
    }
    if (!(s->metals > 0))
        return xasErrRange;
    s->chi_metal /= s->metals;
    s->chi_anion /= s->taken > 0 ? s->taken : 1;
    return xasOk;
}

/* The three sums of bonds. What the alkalis, and oxoanions short of oxygen,
 * give is not the metal's to give. */
static void addBonds(const xasFormula *f, const sums *s, double *p)
{
    double chi_o = ruleOf("O")->chi, b_o = 2 * s->n_oxygen - s->given;
    bool oxide = s->n_oxygen > 0;
    double others = oxide ? fmax(0, -b_o) : s->alkalis;
    double share = s->taken > 0 ? fmax(0, s->taken - others) / s->taken : 0;

    if (oxide)
        p[xasPO] = fmax(b_o, 0) * square(chi_o - s->chi_metal);
    for (size_t i = 0; i < f->n; i++) {
        const struct rule *r = ruleOf(f->part[i].symbol);
        double n = f->part[i].count, given = n * r->gives;

        if (r->is == alkali && oxide)
            p[xasPO] += given * square(chi_o - r->chi);
        else if (r->is == alkali && s->taken > 0)
            p[xasPX] += given * square(s->chi_anion - r->chi);
        else if (r->is == giver && oxide)
            p[xasPN] += given * square(chi_o - r->chi);
        else if (r->is != metal && r->is != oxygen)
            p[xasPX] +=
                share * n * takes(f, r, oxide) * square(r->chi - s->chi_metal);
    }
    p[xasNO] = s->n_oxygen;
}

static double dry(const xasFormula *f, const char *symbol, double in_water)
{
    double n = xasFormulaCount(f, symbol) - in_water * f->water;

    return n > 1e-9 ? n : 0;
}

/* Class of the ligands, water apart. */
static const char *ligandOf(const xasFormula *f)
{
    static const struct {
        const char *symbol, *name, *with_oxygen;
    } classes[] = {
        { "F", "fluoride", "oxyhalide" },  { "Cl", "chloride", "oxyhalide" },
        { "Br", "bromide", "oxyhalide" },  { "I", "iodide", "oxyhalide" },
        { "S", "sulfide", "sulfate" },     { "C", "carbide", "carbonate" },
        { "P", "phosphide", "phosphate" }, { "Si", "silicide", "silicate" },
        { "N", "nitride", "nitrate" },     { "Se", "selenide", "selenate" },
    };
    bool oxide = dry(f, "O", 1) > 0;
    const char *name = NULL;

    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
        const char *mine = oxide ? classes[i].with_oxygen : classes[i].name;

        if (!xasFormulaCount(f, classes[i].symbol))
            continue;
        if (name && strcmp(name, mine) != 0)
            return "mixed";
        name = mine;
    }
    if (name)
        return name;
    if (oxide)
        return dry(f, "H", 2) > 0 ? "hydroxide" : "oxide";
    return dry(f, "H", 2) > 0 ? "hydride" : "metal";
}

xasStatus xasCompositionRead(const char *formula, xasComposition *out)
{
    xasComposition c = { .ligand = "" };
    sums s = { 0 };
    xasFormula f;
    xasStatus status;

    if (!formula || !out)
        return xasErrArg;
    status = xasFormulaParse(formula, &f, NULL);
    if (!status)
        status = addUp(&f, &s, &c.z);
    if (status)
        return status;
    addBonds(&f, &s, c.descriptor);
    c.n_atoms = s.atoms;
    c.n_metals = xasFormulaMetals(&f);
    for (size_t k = 0; k < xasDescriptorCount; k++)
        c.descriptor[k] /= c.n_atoms;
    c.ligand = ligandOf(&f);
    *out = c;
    return xasOk;
}

void xasCompositionTry(const char *formula, xasComposition *out)
{
    xasFormula f;

    if (xasCompositionRead(formula, out) == xasOk)
        return;
    *out = (xasComposition){ .ligand = "" };
    if (formula && xasFormulaParse(formula, &f, NULL) == xasOk)
        out->n_metals = xasFormulaMetals(&f);
}

/* One descriptor over the rows, standardised; a constant one becomes zero. */
static void standardise(const xasComposition *of, const size_t *row, size_t n,
                        size_t k, xasCompositionFit *fit, double *z)
{
    double mean = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        mean += of[row[i]].descriptor[k] / (double)n;
    for (size_t i = 0; i < n; i++) {
        z[i] = of[row[i]].descriptor[k] - mean;
        squares += z[i] * z[i];
    }
    fit->mean[k] = mean;
    fit->sd[k] = sqrt(squares / (double)n);
    if (!(fit->sd[k] > 1e-12))
        fit->sd[k] = 0;
    for (size_t i = 0; i < n; i++)
        z[i] = fit->sd[k] > 0 ? z[i] / fit->sd[k] : 0;
}

xasStatus xasCompositionTrain(const xasComposition *of, const double *y,
                              const size_t *row, size_t n,
                              xasCompositionFit *out, double *left_out)
{
    enum { k = xasDescriptorCount };
    double gram[k * k], *s;
    xasCompositionFit fit = { .n = n };
    xasStatus status;

    if (n < 3)
        return xasErrRange;
    s = malloc((k + 1) * n * sizeof *s);
    if (!s)
        return xasErrMemory;
    for (size_t j = 0; j < k; j++)
        standardise(of, row, n, j, &fit, s + j * n);
    for (size_t i = 0; i < k; i++)
        for (size_t j = 0; j < k; j++)
            gram[i * k + j] = xasScaleDot(s + i * n, s + j * n, n) / (double)n;
    for (size_t i = 0; i < n; i++)
        fit.intercept += y[row[i]] / (double)n;
    for (size_t i = 0; i < n; i++)
        s[k * n + i] = y[row[i]] - fit.intercept;
    status =
        xasRidgeFit(s, n, k, gram, k, s + k * n, fit.w, &fit.lambda, left_out);
    free(s);
    if (!status)
        *out = fit;
    return status;
}

double xasCompositionAt(const xasCompositionFit *fit, const xasComposition *of)
{
    double sum = fit->intercept;

    for (size_t k = 0; k < xasDescriptorCount; k++)
        if (fit->sd[k] > 0)
            sum += fit->w[k] * (of->descriptor[k] - fit->mean[k]) / fit->sd[k];
    return sum;
}
