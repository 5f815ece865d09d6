/* SPDX-License-Identifier: BSD-3-Clause */
/* The model as a thing: made, completed, freed.  Training and prediction are
 * files of their own. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasCholesky.h"
#include "xasCv.h"
#include "xasJudge.h"
#include "xasScale.h"

void xasTrainOptionsDefaults(xasTrainOptions *options)
{
    *options = (xasTrainOptions){ .alpha_fraction = 0.05,
                                  .clip_sd = 0.5,
                                  .correlation = 0.85,
                                  .max_missing = 0.5,
                                  .top = 8,
                                  .method = xasMethodLasso };
}

const char *xasMethodName(xasMethod method)
{
    static const char *const names[xasMethodCount] = { "lasso", "ridge",
                                                       "pls" };

    return (unsigned)method < xasMethodCount ? names[method] : "";
}

const char *xasBasisName(xasBasis basis)
{
    static const char *const names[xasBasisCount] = { "formula unit",
                                                      "metal atom",
                                                      "mole of atoms" };

    return (unsigned)basis < xasBasisCount ? names[basis] : "";
}

xasBasis xasBasisFromName(const char *name)
{
    int k = 0;

    while (k < xasBasisCount && strcmp(name, xasBasisName((xasBasis)k)) != 0)
        k++;
    return (xasBasis)k;
}

double xasBasisScale(xasBasis basis, const xasComposition *of)
{
    switch (basis) {
    case xasBasisFormula: return 1;
    case xasBasisMetal: return of ? of->n_metals : 0;
    case xasBasisAtoms: return of ? of->n_atoms : 0;
    default: return 0;
    }
}

/* calloc may answer NULL when asked for nothing. */
static void *array(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}

static double *numbers(size_t n)
{
    double *a = array(n, sizeof *a);

    for (size_t i = 0; a && i < n; i++)
        a[i] = NAN;
    return a;
}

static void reserve(xasModel *m)
{
    size_t n = m->n, p = m->p;

    m->id = array(n, sizeof *m->id);
    m->compound = array(n, sizeof *m->compound);
    m->formula = array(n, sizeof *m->formula);
    m->column = array(p, sizeof *m->column);
    m->predExpected = numbers(n);
    m->x = numbers(n * p);
    m->er_eV = numbers(n * xasErCount);
    m->y = numbers(n);
    m->compoundOf = array(n, sizeof *m->compoundOf);
    m->scale = numbers(n);
    m->foldOf = array(n, sizeof *m->foldOf);
    m->usable = array(p, sizeof *m->usable);
    m->kept = array(p, sizeof *m->kept);
    m->fill = numbers(p);
    m->lasso = numbers(p);
    m->selected = array(m->nSelected, sizeof *m->selected);
    m->z = numbers(n * m->nSelected);
    m->fitted = numbers(n);
    m->leverage = numbers(n);
    m->fold = array(m->nFolds, sizeof *m->fold);
    m->predNested = numbers(n);
    m->predOnce = numbers(n);
    m->rank = numbers(p);
    m->chosen = array(p, sizeof *m->chosen);
    m->signChanges = array(p, sizeof *m->signChanges);
}

static bool isWhole(const xasModel *m)
{
    return m->id && m->compound && m->formula && m->predExpected && m->column &&
           m->x && m->er_eV && m->y && m->compoundOf && m->scale && m->foldOf &&
           m->usable && m->kept && m->fill && m->lasso && m->selected && m->z &&
           m->fitted && m->leverage && m->fold && m->predNested &&
           m->predOnce && m->rank && m->chosen && m->signChanges;
}

xasStatus xasModelCreate(size_t n, size_t p, size_t nFolds, size_t nSelected,
                         xasModel **out)
{
    const xasScore unknown = { NAN, NAN, NAN, NAN };
    xasModel *m;

    if (!n || !p || nFolds > n || nSelected > p || !out)
        return xasErrArg;
    m = calloc(1, sizeof *m);
    if (!m)
        return xasErrMemory;
    m->n = n;
    m->p = p;
    m->nFolds = nFolds;
    m->nSelected = nSelected;
    m->alpha_max = m->alpha = NAN;
    m->nested = m->once = m->baseline = m->train = unknown;
    xasTrainOptionsDefaults(&m->options);
    reserve(m);
    if (!isWhole(m)) {
        xasModelDestroy(m);
        return xasErrMemory;
    }
    for (size_t i = 0; i < n; i++)
        m->scale[i] = 1;
    *out = m;
    return xasOk;
}

void xasModelDestroy(xasModel *m)
{
    if (!m)
        return;
    for (size_t f = 0; m->fold && f < m->nFolds; f++)
        free(m->fold[f].term);
    free(m->id);
    free(m->compound);
    free(m->formula);
    free(m->predExpected);
    free(m->column);
    free(m->x);
    free(m->er_eV);
    free(m->y);
    free(m->foldOf);
    free(m->compoundOf);
    free(m->scale);
    free(m->base);
    free(m->of);
    free(m->usable);
    free(m->kept);
    free(m->fill);
    free(m->lasso);
    free(m->selected);
    free(m->all.term);
    free(m->z);
    free(m->fitted);
    free(m->leverage);
    free(m->factor);
    free(m->fold);
    free(m->predNested);
    free(m->predOnce);
    free(m->rank);
    free(m->chosen);
    free(m->signChanges);
    free(m);
}

void xasModelSetFormulas(xasModel *m, const char *const *formula)
{
    for (size_t i = 0; i < m->n; i++) {
        size_t length = strnlen(formula[i], XAS_NAME_SIZE - 1);

        memcpy(m->formula[i], formula[i], length);
        m->formula[i][length] = '\0';
    }
}

/* Mean and sd of the terms of a predictor over the rows it was fitted to. */
static xasStatus finishTerms(const xasModel *m, const xasRows *rows,
                             xasLinear *linear, double *value)
{
    for (size_t i = 0; i < linear->n; i++) {
        xasTerm *t = &linear->term[i];
        xasColumn c;

        if (t->column >= m->p || t->er > xasErCount || !rows->n)
            return xasErrArg;
        xasScaleColumn(rows, t->column, t->er, t->fill, value, &c);
        if (xasScaleIsConstant(&c))
            return xasErrArg;
        t->mean = c.mean;
        t->sd = c.sd;
    }
    return xasOk;
}

static void finishRows(xasModel *m, const xasRows *rows, double *value)
{
    for (size_t k = 0; k < m->all.n; k++) {
        const xasTerm *t = &m->all.term[k];
        xasColumn c;

        xasScaleColumn(rows, t->column, t->er, t->fill, value, &c);
        xasScaleStandardise(&c, value, m->n);
        for (size_t i = 0; i < m->n; i++)
            m->z[i * m->all.n + k] = value[i];
    }
}

size_t xasModelRanked(const xasModel *m, size_t *column)
{
    size_t n = 0;

    for (size_t j = 0; j < m->p; j++) {
        size_t at = n;

        if (!m->chosen[j])
            continue;
        for (; at > 0 && fabs(m->rank[column[at - 1]]) < fabs(m->rank[j]); at--)
            column[at] = column[at - 1];
        column[at] = j;
        n++;
    }
    return n;
}

double xasModelFullScale(const xasModel *m)
{
    double lo = INFINITY, hi = -INFINITY;

    for (size_t i = 0; i < m->n; i++) {
        lo = fmin(lo, m->y[i]);
        hi = fmax(hi, m->y[i]);
    }
    return hi - lo;
}

double xasModelLeverage(const xasModel *m, const double *z)
{
    double work[64], *v = m->all.n <= 64 ? work : array(m->all.n, sizeof *v);
    double h = NAN;

    if (m->factor && v) {
        memcpy(v, z, m->all.n * sizeof *v);
        xasCholeskyForward(m->factor, m->all.n, m->all.n, v);
        h = (1 + xasScaleDot(v, v, m->all.n)) / (double)m->n;
    }
    if (v != work)
        free(v);
    return h;
}

static xasStatus finishLeverage(xasModel *m)
{
    size_t k = m->all.n;

    free(m->factor);
    m->factor = array(k * k, sizeof *m->factor);
    if (!m->factor)
        return xasErrMemory;
    for (size_t i = 0; i < m->n; i++)
        for (size_t a = 0; a < k; a++)
            for (size_t b = 0; b <= a; b++)
                m->factor[a * k + b] +=
                    m->z[i * k + a] * m->z[i * k + b] / (double)m->n;
    if (k && !(xasCholesky(m->factor, k, k) > 1e-10)) {
        free(m->factor);
        m->factor = NULL;
    }
    for (size_t i = 0; i < m->n; i++)
        m->leverage[i] = xasModelLeverage(m, m->z + i * k);
    return xasOk;
}

/* As xasCvFolds(), on the model's own copy of the names. */
static size_t numberCompounds(xasModel *m)
{
    size_t found = 0;

    for (size_t i = 0; i < m->n; i++) {
        size_t k = 0;

        while (k < i && strcmp(m->compound[k], m->compound[i]) != 0)
            k++;
        m->compoundOf[i] = k < i ? m->compoundOf[k] : found++;
    }
    return found;
}

xasStatus xasModelFinish(xasModel *m)
{
    double *value = numbers(m->n);
    size_t *row = array(m->n, sizeof *row);
    xasRows rows = { .x = m->x, .er_eV = m->er_eV, .p = m->p, .row = row };
    xasStatus status = value && row ? xasOk : xasErrMemory;

    for (size_t i = 0; !status && i < m->n; i++)
        if (m->foldOf[i] >= m->nFolds)
            status = xasErrArg;
    if (!status && m->all.n > m->nSelected)
        status = xasErrArg;
    if (status)
        goto done;
    m->nCompounds = numberCompounds(m);
    for (size_t f = 0; !status && f < m->nFolds; f++) {
        rows.n = xasCvRows(m->foldOf, m->n, f, false, row);
        status = finishTerms(m, &rows, &m->fold[f], value);
    }
    rows.n = xasCvRows(m->foldOf, m->n, m->nFolds, false, row);
    if (!status)
        status = finishTerms(m, &rows, &m->all, value);
    if (!status) {
        finishRows(m, &rows, value);
        status = finishLeverage(m);
    }
    if (!status) {
        status = xasJudgeFinish(m);
    }
done:
    free(row);
    free(value);
    return status;
}
