/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasCv.h"
#include "xasOls.h"
#include "xasSelect.h"

/** What a training needs beside the model it fills. */
typedef struct work {
    xasErIndex *er; /* [p] */
    size_t *row;    /* [n] */
    double *value;  /* [n] */
    double *target; /* [n] what the fold at hand learns */
    xasSelection selection;
    xasRows rows;
} work;

static xasStatus workInit(work *w, const xasTable *t, const xasModel *m)
{
    *w = (work){ .er = calloc(t->p, sizeof *w->er),
                 .row = calloc(t->n, sizeof *w->row),
                 .value = calloc(t->n, sizeof *w->value),
                 .target = calloc(t->n, sizeof *w->target) };
    w->rows = (xasRows){ m->x, m->er_eV, m->p, w->row, 0 };
    if (!w->er || !w->row || !w->value || !w->target)
        return xasErrMemory;
    for (size_t j = 0; j < t->p; j++)
        w->er[j] = xasModelErOf(t->column[j]);
    if (xasSelectionInit(&w->selection, t->n, t->p))
        return xasErrMemory;
    w->selection.group = m->compoundOf;
    return xasSelectionShare(&w->selection, m->x, m->n, m->p);
}

static void workClear(work *w)
{
    xasSelectionClear(&w->selection);
    free(w->target);
    free(w->value);
    free(w->row);
    free(w->er);
}

static xasStatus checkOptions(const xasTrainOptions *o, xasMessage *message)
{
    if (!(o->alpha_fraction > 0 && o->alpha_fraction <= 1))
        return xasFail(xasErrArg, message, "alpha_fraction %g: above 0 to 1",
                       o->alpha_fraction);
    if (!(o->clip_sd >= 0))
        return xasFail(xasErrArg, message, "clip_sd %g: 0 or more", o->clip_sd);
    if (!(o->correlation > 0))
        return xasFail(xasErrArg, message, "correlation %g: above 0",
                       o->correlation);
    if (!(o->max_missing >= 0 && o->max_missing < 1))
        return xasFail(xasErrArg, message, "max_missing %g: 0 to below 1",
                       o->max_missing);
    if (!o->top)
        return xasFail(xasErrArg, message, "top 0: 1 or more");
    if ((unsigned)o->method >= xasMethodCount)
        return xasFail(xasErrArg, message, "method %d: no such one",
                       (int)o->method);
    if ((unsigned)o->basis >= xasBasisCount)
        return xasFail(xasErrArg, message, "basis %d: no such one",
                       (int)o->basis);
    if (o->composition && o->basis != xasBasisAtoms)
        return xasFail(xasErrArg, message,
                       "the composition predicts per mole of atoms only");
    if (o->folds == 1 || o->folds == 2)
        return xasFail(xasErrArg, message, "%zu folds: 3 or more", o->folds);
    return xasOk;
}

static xasStatus checkName(const char *what, const char *name, size_t i,
                           xasMessage *message)
{
    if (!name || !name[0])
        return xasFail(xasErrArg, message, "%s %zu has no name", what, i + 1);
    if (strlen(name) >= XAS_NAME_SIZE)
        return xasFail(xasErrArg, message,
                       "%s %zu: a name of more than %d bytes", what, i + 1,
                       XAS_NAME_SIZE - 1);
    return xasOk;
}

static xasStatus checkNames(const xasTable *t, xasMessage *message)
{
    xasStatus status = xasOk;

    for (size_t i = 0; !status && i < t->n; i++) {
        status = checkName("sample", t->id[i], i, message);
        if (!status)
            status =
                checkName("compound of sample", t->compound[i], i, message);
        for (size_t k = 0; !status && k < i; k++)
            if (strcmp(t->id[k], t->id[i]) == 0)
                status = xasFail(xasErrArg, message,
                                 "rows %zu and %zu: sample %s twice", k + 1,
                                 i + 1, t->id[i]);
    }
    for (size_t j = 0; !status && j < t->p; j++) {
        status = checkName("column", t->column[j], j, message);
        for (size_t k = 0; !status && k < j; k++)
            if (strcmp(t->column[k], t->column[j]) == 0)
                status = xasFail(xasErrArg, message, "column %s twice",
                                 t->column[j]);
    }
    return status;
}

/* Every row must have the E_r that an absolute energy column is filled from,
 * unless no row has such a column. */
static xasStatus checkEr(const xasTable *t, size_t j, xasMessage *message)
{
    xasErIndex er = xasModelErOf(t->column[j]);
    bool any = false;

    for (size_t i = 0; i < t->n; i++)
        any = any || isfinite(t->x[i * t->p + j]);
    if (er == xasErCount || !any)
        return xasOk;
    for (size_t i = 0; i < t->n; i++)
        if (!t->er_eV || !isfinite(t->er_eV[i * xasErCount + er]))
            return xasFail(xasErrNaN, message,
                           "sample %s: column %s needs its edge energy E_r",
                           t->id[i], t->column[j]);
    return xasOk;
}

static xasStatus checkTable(const xasTable *t, xasMessage *message)
{
    xasStatus status;

    if (t->n < 5)
        return xasFail(xasErrRange, message,
                       "%zu samples: a model needs 5 or more", t->n);
    if (!t->p)
        return xasFail(xasErrRange, message, "no feature columns");
    status = checkNames(t, message);
    for (size_t i = 0; !status && i < t->n; i++)
        if (!isfinite(t->y[i]))
            status =
                xasFail(xasErrNaN, message,
                        "sample %s: its enthalpy is not a number", t->id[i]);
    for (size_t j = 0; !status && j < t->p; j++)
        status = checkEr(t, j, message);
    return status;
}

static void copyTable(const xasTable *t, xasModel *m)
{
    for (size_t i = 0; i < t->n; i++) {
        memcpy(m->id[i], t->id[i], strlen(t->id[i]) + 1);
        memcpy(m->compound[i], t->compound[i], strlen(t->compound[i]) + 1);
    }
    for (size_t j = 0; j < t->p; j++)
        memcpy(m->column[j], t->column[j], strlen(t->column[j]) + 1);
    memcpy(m->x, t->x, t->n * t->p * sizeof *m->x);
    memcpy(m->y, t->y, t->n * sizeof *m->y);
    if (t->er_eV)
        memcpy(m->er_eV, t->er_eV, t->n * xasErCount * sizeof *m->er_eV);
}

/* Fold f's predictor for a row; nFolds is the one of all rows. */
static double at(const xasModel *m, size_t f, const xasLinear *linear,
                 size_t row)
{
    double sum = xasLinearAt(linear, m->x + row * m->p,
                             m->er_eV + row * xasErCount, NULL);

    if (m->base)
        sum += xasCompositionAt(&m->base[f], &m->of[row]);
    return sum * m->scale[row];
}

/* What fold f's training rows are to learn: their own values or, of these,
 * what the composition leaves when it has not seen the row. */
static xasStatus makeTarget(xasModel *m, work *w, size_t f)
{
    xasStatus status;

    for (size_t i = 0; i < m->n; i++)
        w->target[i] = m->y[i] / m->scale[i];
    if (!m->base)
        return xasOk;
    status = xasCompositionTrain(m->of, w->target, w->row, w->rows.n,
                                 &m->base[f], w->value);
    for (size_t i = 0; !status && i < w->rows.n; i++)
        w->target[w->row[i]] = w->value[i];
    return status;
}

/* Selection and fit with all rows. */
static xasStatus fitAll(xasModel *m, work *w, xasMessage *message)
{
    const xasSelection *s = &w->selection;
    size_t usable = 0;
    xasStatus status;

    w->rows.n = xasCvRows(m->foldOf, m->n, m->nFolds, false, w->row);
    status = makeTarget(m, w, m->nFolds);
    if (!status)
        status =
            xasSelect(&w->rows, w->target, w->er, &m->options, &w->selection);
    if (status)
        return status;
    for (size_t j = 0; j < m->p; j++)
        usable += s->usable[j];
    if (!usable)
        return xasFail(xasErrRange, message,
                       "no usable column: all are constant or missing in more "
                       "than %g %% of the samples",
                       100 * m->options.max_missing);
    memcpy(m->usable, s->usable, m->p * sizeof *m->usable);
    memcpy(m->kept, s->kept, m->p * sizeof *m->kept);
    memcpy(m->fill, s->fill, m->p * sizeof *m->fill);
    memcpy(m->lasso, s->lasso, m->p * sizeof *m->lasso);
    m->alpha_max = s->alpha_max;
    m->alpha = s->alpha;
    m->nSelected = s->nSelected;
    memcpy(m->selected, s->selected, s->nSelected * sizeof *m->selected);
    return xasSelectFit(&w->rows, w->target, w->er, &m->options, s, &m->all);
}

/* As in the source: selection and fill from all rows, only the fit without
 * fold f.  Methods without a selection have no such figure. */
static xasStatus fitOnce(xasModel *m, work *w, size_t f)
{
    xasLinear once = { .n = 0 };
    xasStatus status;

    if (m->options.method != xasMethodLasso)
        return xasOk;
    status = xasOlsFit(&w->rows, w->target, m->selected, m->nSelected, m->fill,
                       w->er, m->options.clip_sd, &once);
    for (size_t i = 0; !status && i < m->n; i++)
        if (m->foldOf[i] == f)
            m->predOnce[i] = at(m, f, &once, i);
    free(once.term);
    return status;
}

/* Both ways without fold f: everything repeated, and only the last step. */
static xasStatus fitFold(xasModel *m, work *w, size_t f)
{
    xasStatus status;

    w->rows.n = xasCvRows(m->foldOf, m->n, f, false, w->row);
    status = makeTarget(m, w, f);
    if (!status)
        status =
            xasSelect(&w->rows, w->target, w->er, &m->options, &w->selection);
    if (!status)
        status = xasSelectFit(&w->rows, w->target, w->er, &m->options,
                              &w->selection, &m->fold[f]);
    for (size_t i = 0; !status && i < m->n; i++)
        if (m->foldOf[i] == f)
            m->predNested[i] = at(m, f, &m->fold[f], i);
    return status ? status : fitOnce(m, w, f);
}

/* Mean standardised coefficient of every column over the folds. */
static void rank(xasModel *m)
{
    for (size_t j = 0; j < m->p; j++) {
        size_t positive = 0, negative = 0;
        double sum = 0;

        for (size_t f = 0; f < m->nFolds; f++)
            for (size_t i = 0; i < m->fold[f].n; i++) {
                const xasTerm *t = &m->fold[f].term[i];

                if (t->column != j)
                    continue;
                sum += t->coefficient * t->sd;
                positive += t->coefficient > 0;
                negative += t->coefficient < 0;
                m->chosen[j]++;
            }
        m->rank[j] = sum / (double)m->nFolds;
        m->signChanges[j] = positive < negative ? positive : negative;
    }
}

/* The mean of the others, in the unit that is learned. */
static void baseline(xasModel *m, work *w)
{
    for (size_t i = 0; i < m->n; i++)
        w->target[i] = m->y[i] / m->scale[i];
    xasCvBaseline(w->target, m->foldOf, m->n, w->value);
    for (size_t i = 0; i < m->n; i++)
        w->value[i] *= m->scale[i];
}

static xasStatus train(xasModel *m, work *w, xasMessage *message)
{
    xasStatus status = fitAll(m, w, message);

    for (size_t f = 0; !status && f < m->nFolds; f++)
        status = fitFold(m, w, f);
    if (!status)
        status = xasModelFinish(m);
    if (status)
        return status;
    for (size_t i = 0; i < m->n; i++)
        m->fitted[i] = at(m, m->nFolds, &m->all, i);
    rank(m);
    xasCvScore(m->y, m->predNested, m->n, &m->nested);
    if (m->options.method == xasMethodLasso)
        xasCvScore(m->y, m->predOnce, m->n, &m->once);
    xasCvScore(m->y, m->fitted, m->n, &m->train);
    baseline(m, w);
    xasCvScore(m->y, w->value, m->n, &m->baseline);
    return xasOk;
}

/* Compounds into folds: one each, or dealt in order of appearance, which mixes
 * tables that are sorted by element or ligand. */
static size_t deal(const xasTable *t, const xasTrainOptions *options,
                   size_t *compoundOf, size_t *foldOf)
{
    size_t compounds = xasCvFolds(t->compound, t->n, compoundOf);
    size_t folds = options->folds && options->folds < compounds ? options->folds
                                                                : compounds;

    for (size_t i = 0; i < t->n; i++)
        foldOf[i] = compoundOf[i] % folds;
    return folds;
}

static xasStatus takeComposition(xasModel *m, const xasComposition *of,
                                 xasMessage *message)
{
    const xasTrainOptions *o = &m->options;

    if (!of)
        return o->basis != xasBasisFormula || o->composition
                   ? xasFail(xasErrArg, message,
                             "the formulas of the samples are needed")
                   : xasOk;
    m->of = malloc(m->n * sizeof *m->of);
    if (o->composition)
        m->base = calloc(m->nFolds + 1, sizeof *m->base);
    if (!m->of || (o->composition && !m->base))
        return xasErrMemory;
    memcpy(m->of, of, m->n * sizeof *m->of);
    for (size_t i = 0; i < m->n; i++) {
        m->scale[i] = xasBasisScale(o->basis, &of[i]);
        if (!(m->scale[i] > 0))
            return xasFail(xasErrArg, message,
                           "sample %s: its formula cannot be counted",
                           m->id[i]);
    }
    return xasOk;
}

/* A model with the table in it and its folds, to be trained. */
static xasStatus begin(const xasTable *t, const xasComposition *of,
                       const xasTrainOptions *options, xasModel **out,
                       xasMessage *message)
{
    size_t folds, *foldOf = calloc(2 * t->n, sizeof *foldOf);
    bool lasso = options->method == xasMethodLasso;
    size_t top = lasso && options->top < t->p ? options->top : t->p;
    xasModel *m = NULL;
    xasStatus status;

    if (!foldOf)
        return xasErrMemory;
    folds = deal(t, options, foldOf + t->n, foldOf);
    status = folds < 3 ? xasFail(xasErrRange, message,
                                 "%zu compound%s: a model needs 3 or more",
                                 folds, folds == 1 ? "" : "s")
                       : xasModelCreate(t->n, t->p, folds, top, &m);
    if (!status) {
        m->options = *options;
        memcpy(m->foldOf, foldOf, t->n * sizeof *foldOf);
        memcpy(m->compoundOf, foldOf + t->n, t->n * sizeof *foldOf);
        copyTable(t, m);
        *out = m;
        status = takeComposition(m, of, message);
    }
    free(foldOf);
    return status;
}

xasStatus xasModelTrain(const xasTable *table, const xasTrainOptions *options,
                        xasModel **out, xasMessage *message)
{
    return xasModelTrainWith(table, NULL, options, out, message);
}

xasStatus xasModelTrainWith(const xasTable *table, const xasComposition *of,
                            const xasTrainOptions *options, xasModel **out,
                            xasMessage *message)
{
    xasTrainOptions defaults;
    xasModel *m = NULL;
    work w = { .er = NULL };
    xasStatus status;

    xasTrainOptionsDefaults(&defaults);
    if (!options)
        options = &defaults;
    if (message)
        message->text[0] = '\0';
    status = checkOptions(options, message);
    if (!status)
        status = checkTable(table, message);
    if (!status)
        status = begin(table, of, options, &m, message);
    if (!status)
        status = workInit(&w, table, m);
    if (!status)
        status = train(m, &w, message);
    workClear(&w);
    if (!status) {
        *out = m;
        return xasOk;
    }
    xasModelDestroy(m);
    if (message && !message->text[0])
        xasFail(status, message, "training: %s", xasStatusText(status));
    return status;
}
