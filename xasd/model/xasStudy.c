/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasCv.h"
#include "xasStudy.h"

void xasStudyOptionsDefaults(xasStudyOptions *options)
{
    *options = (xasStudyOptions){ .shuffles = 1000, .seed = 1 };
}

/* Equal targets would make the mean a perfect model of nothing. */
static xasStatus checkTargets(const xasTable *t, xasMessage *message)
{
    for (size_t i = 1; i < t->n; i++)
        if (!(t->y[i] == t->y[0]))
            return xasOk;
    return t->n < 5 || !isfinite(t->y[0])
               ? xasOk /* the training says what is wrong */
               : xasFail(xasErrRange, message,
                         "all %zu targets are %g kJ/mol: there is nothing to "
                         "learn",
                         t->n, t->y[0]);
}

static xasStatus tooFew(const xasStudied *of, xasBasis basis,
                        xasMessage *message)
{
    size_t n = 0;

    for (size_t i = 0; i < of->table->n; i++)
        n += xasBasisScale(basis, &of->of[i]) > 0;
    return xasFail(xasErrRange, message,
                   "%zu of %zu samples have a formula %s: a model per %s "
                   "needs 5 or more",
                   n, of->table->n,
                   basis == xasBasisMetal ? "with a 3d metal"
                                          : "that can be counted",
                   xasBasisName(basis));
}

xasStatus xasStudyTrain(const xasStudied *of, const char *const *group,
                        const xasTrainOptions *options, xasModel **out,
                        xasMessage *message)
{
    xasDerived d;
    xasStatus status = checkTargets(of->table, message);

    if (status)
        return status;
    if (options->basis == xasBasisFormula && !options->composition) {
        xasTable t = *of->table;

        if (group)
            t.compound = group;
        return xasModelTrain(&t, options, out, message);
    }
    status = xasDerive(of, group, options->basis, &d);
    if (status == xasErrRange)
        return tooFew(of, options->basis, message);
    if (status)
        return xasFail(status, message, "%s", xasStatusText(status));
    status = xasModelTrainWith(&d.table, d.of, options, out, message);
    xasDerivedClear(&d);
    return status;
}

static xasStatus reserveTransfer(xasTransfer *t, size_t n)
{
    t->n = n;
    t->groupOf = calloc(n, sizeof *t->groupOf);
    t->pred = calloc(n, sizeof *t->pred);
    t->name = calloc(n, sizeof *t->name);
    return t->groupOf && t->pred && t->name ? xasOk : xasErrMemory;
}

static void clearTransfer(xasTransfer *t)
{
    free(t->groupOf);
    free(t->pred);
    free(t->name);
    xasFiguresDestroy(t->figures);
}

/* Is it a failure of the machine, or of what was asked? */
static bool isFatal(xasStatus status)
{
    return status == xasErrMemory;
}

/* Rows that a model has, by their place in the table it came from. */
static void scatter(const xasStudied *of, const xasModel *m, double *pred)
{
    size_t k = 0;

    for (size_t i = 0; i < of->table->n; i++) {
        pred[i] = NAN;
        if (k < m->n && strcmp(m->id[k], of->table->id[i]) == 0)
            pred[i] = m->predNested[k++];
    }
}

/* The model's own way, and the four figures, with whole groups left out. */
static xasStatus transfer(const xasModel *model, const xasStudied *of,
                          const char *const *group, xasTransfer *t)
{
    xasTrainOptions options = model->options;
    xasModel *m = NULL;
    xasStatus status = reserveTransfer(t, of->table->n);

    if (status)
        return status;
    options.folds = 0;
    t->nGroups = xasCvFolds(group, t->n, t->groupOf);
    for (size_t i = 0; i < t->n; i++)
        (void)snprintf(t->name[t->groupOf[i]], sizeof *t->name, "%.15s",
                       group[i][0] ? group[i] : "unknown");
    if (t->nGroups < 3)
        return xasOk;
    status = xasStudyTrain(of, group, &options, &m, NULL);
    if (!status) {
        t->known = true;
        scatter(of, m, t->pred);
        t->score = m->nested;
        t->baseline = m->baseline;
        status = xasFiguresMake(of, group, 0, &t->figures, NULL);
    }
    xasModelDestroy(m);
    return isFatal(status) ? status : xasOk;
}

static xasStatus transfers(const xasModel *model, const xasStudied *of,
                           xasStudy *s)
{
    size_t n = of->table->n;
    const char **ligand = calloc(n, sizeof *ligand);
    const char **element = calloc(n, sizeof *element);
    xasStatus status = ligand && element ? xasOk : xasErrMemory;

    for (size_t i = 0; !status && i < n; i++) {
        /* a name of its own, "" is none */
        ligand[i] = of->of[i].n_atoms > 0 ? of->of[i].ligand : "unknown";
        element[i] =
            of->element && of->element[i][0] ? of->element[i] : "unknown";
    }
    if (!status)
        status = transfer(model, of, element, &s->element);
    if (!status)
        status = transfer(model, of, ligand, &s->ligand);
    free(ligand);
    free(element);
    return status;
}

static xasStatus vary(const xasModel *model, const xasStudied *of, xasStudy *s)
{
    for (size_t k = 0; k < XAS_VARIANTS; k++) {
        xasTrainOptions options = model->options;
        xasVariant *v = &s->variant[k];
        size_t way = k / (size_t)xasMethodCount;
        xasModel *m = NULL;
        xasStatus status;

        options.method = v->method = (xasMethod)(k % xasMethodCount);
        options.composition = v->composition = way == xasBasisCount;
        options.basis = v->basis =
            v->composition ? xasBasisAtoms : (xasBasis)way;
        status = xasStudyTrain(of, NULL, &options, &m, NULL);
        if (!status) {
            v->made = true;
            v->n = m->n;
            v->score = m->nested;
        }
        xasModelDestroy(m);
        if (isFatal(status))
            return status;
    }
    s->nVariants = XAS_VARIANTS;
    return xasOk;
}

static xasStatus study(const xasModel *model, const xasStudied *of,
                       const xasStudyOptions *o, xasStudy *s)
{
    size_t folds = model->options.folds;
    xasStatus status = xasOk;

    s->spectra.p = s->targets.p = NAN;
    if (o->shuffles)
        status = xasPermuteTargets(model, o->shuffles, o->seed, &s->targets);
    if (status)
        return status;
    status = xasFiguresMake(of, NULL, folds, &s->figures, &s->why);
    if (!status && o->shuffles)
        status = xasPermuteSpectra(of, folds, o->shuffles, o->seed, &s->spectra,
                                   &s->why);
    if (isFatal(status))
        return status;
    status = transfers(model, of, s);
    return !status && o->variants ? vary(model, of, s) : status;
}

xasStatus xasStudyMake(const xasModel *model, const xasStudied *of,
                       const xasStudyOptions *options, xasStudy **out)
{
    xasStudyOptions defaults;
    xasStudy *s = calloc(1, sizeof *s);
    xasStatus status;

    xasStudyOptionsDefaults(&defaults);
    if (!s)
        return xasErrMemory;
    status = study(model, of, options ? options : &defaults, s);
    if (status)
        xasStudyDestroy(s);
    else
        *out = s;
    return status;
}

void xasStudyDestroy(xasStudy *s)
{
    if (!s)
        return;
    xasFiguresDestroy(s->figures);
    clearTransfer(&s->element);
    clearTransfer(&s->ligand);
    free(s);
}
