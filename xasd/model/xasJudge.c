/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasJudge.h"
#include "xasStat.h"

static bool has(const xasModel *m, size_t row)
{
    return m->of[row].n_atoms > 0;
}

static xasStatus readFormulas(xasModel *m)
{
    if (m->of)
        return xasOk;
    m->of = calloc(m->n, sizeof *m->of);
    if (!m->of)
        return xasErrMemory;
    for (size_t i = 0; i < m->n; i++)
        xasCompositionTry(m->formula[i][0] ? m->formula[i] : m->compound[i],
                          &m->of[i]);
    return xasOk;
}

/* Rows with a composition outside a fold; nFolds: all of them. */
static size_t rowsWithout(const xasModel *m, size_t fold, size_t *row)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++)
        if (has(m, i) && m->foldOf[i] != fold)
            row[n++] = i;
    return n;
}

static size_t foldsWith(const xasModel *m)
{
    size_t count = 0;

    for (size_t f = 0; f < m->nFolds; f++) {
        size_t i = 0;

        while (i < m->n && !(has(m, i) && m->foldOf[i] == f))
            i++;
        count += i < m->n;
    }
    return count;
}

static xasStatus expect(xasModel *m, const double *y, size_t *row)
{
    size_t n = rowsWithout(m, m->nFolds, row);
    xasStatus status;

    if (n < 5 || foldsWith(m) < 3)
        return xasOk;
    status = xasCompositionTrain(m->of, y, row, n, &m->expected, NULL);
    for (size_t f = 0; !status && f < m->nFolds; f++) {
        xasCompositionFit fit;

        n = rowsWithout(m, f, row);
        if (n < 3)
            continue;
        status = xasCompositionTrain(m->of, y, row, n, &fit, NULL);
        for (size_t i = 0; !status && i < m->n; i++)
            if (has(m, i) && m->foldOf[i] == f)
                m->predExpected[i] =
                    m->of[i].n_atoms * xasCompositionAt(&fit, &m->of[i]);
    }
    m->expects = !status;
    return status;
}

/* A model read back learned in the unit of its options. */
static xasStatus findScale(xasModel *m)
{
    for (size_t i = 0; i < m->n; i++) {
        m->scale[i] = xasBasisScale(m->options.basis, &m->of[i]);
        if (!(m->scale[i] > 0))
            return xasErrArg;
    }
    return xasOk;
}

/* What the training added to each predictor, again. */
static xasStatus findBase(xasModel *m, const double *y, size_t *row)
{
    xasStatus status = xasOk;

    if (!m->options.composition || m->base)
        return xasOk;
    m->base = calloc(m->nFolds + 1, sizeof *m->base);
    if (!m->base)
        return xasErrMemory;
    for (size_t f = 0; !status && f <= m->nFolds; f++) {
        size_t n = rowsWithout(m, f, row);

        status = xasCompositionTrain(m->of, y, row, n, &m->base[f], NULL);
    }
    return status;
}

xasStatus xasJudgeFinish(xasModel *m)
{
    double *y = calloc(m->n, sizeof *y);
    size_t *row = calloc(m->n, sizeof *row);
    xasStatus status = y && row ? readFormulas(m) : xasErrMemory;

    for (size_t i = 0; !status && i < m->n; i++)
        y[i] = has(m, i) ? m->y[i] / m->of[i].n_atoms : 0;
    if (!status)
        status = findScale(m);
    if (!status)
        status = findBase(m, y, row);
    if (!status)
        status = expect(m, y, row);
    free(row);
    free(y);
    /* Without a solution there is nothing to compare with: no fault. */
    return status == xasErrSingular ? xasOk : status;
}

/* The compound of a formula in training, nCompounds if it is not there. */
static size_t compoundOf(const xasModel *m, const char *formula)
{
    char reduced[XAS_FORMULA_TEXT];
    xasFormula f;

    if (xasFormulaParse(formula, &f, NULL) || xasFormulaCompound(&f, reduced))
        return m->nCompounds;
    for (size_t i = 0; i < m->n; i++)
        if (strcmp(m->compound[i], reduced) == 0 ||
            strcmp(m->compound[i], formula) == 0)
            return m->compoundOf[i];
    return m->nCompounds;
}

/* Its value by the formula; a compound in training is left out. */
static xasStatus expectedValue(const xasModel *m, const xasComposition *of,
                               size_t skip, double *value)
{
    xasCompositionFit fit = m->expected;
    xasStatus status = xasOk;

    if (skip < m->nCompounds) {
        double *y = calloc(m->n, sizeof *y);
        size_t *row = calloc(m->n, sizeof *row), n = 0;

        status = y && row ? xasOk : xasErrMemory;
        for (size_t i = 0; !status && i < m->n; i++) {
            if (!has(m, i) || m->compoundOf[i] == skip)
                continue;
            y[i] = m->y[i] / m->of[i].n_atoms;
            row[n++] = i;
        }
        if (!status)
            status = xasCompositionTrain(m->of, y, row, n, &fit, NULL);
        free(y);
        free(row);
    }
    if (!status)
        *value = of->n_atoms * xasCompositionAt(&fit, of);
    return status;
}

/* The differences of the training compounds, each by its largest; the one of
 * rank k of N+1 is the limit. */
static xasStatus findLimit(const xasModel *m, size_t skip, double level,
                           xasJudgement *out)
{
    double *d = calloc(m->nCompounds, sizeof *d);
    size_t n = 0, k;

    if (!d)
        return xasErrMemory;
    for (size_t c = 0; c < m->nCompounds; c++) {
        double largest = -1;

        for (size_t i = 0; i < m->n; i++)
            if (m->compoundOf[i] == c && c != skip &&
                isfinite(m->predExpected[i]) && isfinite(m->predNested[i]))
                largest =
                    fmax(largest, fabs(m->predNested[i] - m->predExpected[i]));
        if (largest >= 0)
            d[n++] = largest;
    }
    k = (size_t)fmax(1, ceil(level * (double)(n + 1) - 1e-9));
    k = k > n ? n : k;
    if (k) {
        xasSort(d, n);
        out->limit = d[k - 1];
        out->level = (double)k / (double)(n + 1);
    }
    free(d);
    return xasOk;
}

/* What the training, without compound `skip`, has no example of. */
static void findNew(const xasModel *m, int z, const char *ligand, size_t skip,
                    xasJudgement *out)
{
    bool any = false, metal = false, same = false;

    for (size_t i = 0; i < m->n; i++) {
        if (!has(m, i) || m->compoundOf[i] == skip)
            continue;
        any = true;
        metal = metal || m->of[i].z == z;
        same = same || strcmp(m->of[i].ligand, ligand) == 0;
    }
    out->newMetal = any && z && !metal;
    out->newLigand = any && ligand[0] && !same;
}

static void doubt(const char *formula, const char *element, xasJudgement *out)
{
    out->doubt[0] = '\0';
    if (!xasFormulaHolds(formula, ""))
        (void)snprintf(out->doubt, sizeof out->doubt, "formula cannot be read");
    else if (!xasFormulaHolds(formula, element))
        (void)snprintf(out->doubt, sizeof out->doubt, "no %s in the formula",
                       element);
}

static void describe(int z, const char *ligand, xasJudgement *out)
{
    const char *class = strcmp(ligand, "metal") == 0   ? "pure metal"
                        : strcmp(ligand, "mixed") == 0 ? "mixed ligands"
                                                       : ligand;
    char metal[24] = "";

    out->unseen[0] = out->text[0] = '\0';
    if (out->newMetal)
        (void)snprintf(metal, sizeof metal, "no %s in training",
                       xasElementSymbol(z));
    if (out->newLigand)
        (void)snprintf(out->unseen, sizeof out->unseen,
                       "%s%sno %.16s in training", metal, metal[0] ? "; " : "",
                       class);
    else
        memcpy(out->unseen, metal, sizeof metal);
    if (out->mismatch)
        (void)snprintf(out->text, sizeof out->text,
                       "formula_mismatch: %+.0f kJ/mol from what the formula "
                       "says, limit %.0f",
                       out->delta, out->limit);
}

xasStatus xasJudge(const xasModel *m, const xasPrediction *prediction,
                   const char *formula, int z, double level, xasJudgement *out)
{
    xasJudgement j = {
        .composition = NAN, .delta = NAN, .limit = NAN, .level = NAN
    };
    xasComposition of = { .ligand = "" };
    size_t skip = compoundOf(m, formula);
    bool read = xasCompositionRead(formula, &of) == xasOk;
    xasStatus status = xasOk;

    if (!(level > 0 && level < 1))
        return xasErrArg;
    z = z ? z : of.z;
    findNew(m, z, of.ligand, prediction->leftOut ? skip : m->nCompounds, &j);
    if (read && m->expects) {
        status = expectedValue(m, &of, skip, &j.composition);
        if (!status)
            status = findLimit(m, skip, level, &j);
        if (status == xasErrRange) /* too few others */
            status = xasOk;
        j.delta = prediction->value - j.composition;
        j.mismatch = fabs(j.delta) > j.limit;
    }
    if (status)
        return status;
    describe(z, of.ligand, &j);
    doubt(formula, xasElementSymbol(z), &j);
    *out = j;
    return xasOk;
}
