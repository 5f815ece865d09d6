/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlCommon.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A training of some rows. */
typedef struct part {
    xasTable table;
    const char **id, **compound, **element;
    double *x, *y, *er;
    xasComposition *of;
    int *z;
} part;

static xasStatus reserve(const xasTable *t, part *p)
{
    size_t n = t->n + 1; /* calloc may answer NULL when asked for nothing */

    p->id = calloc(n, sizeof *p->id);
    p->compound = calloc(n, sizeof *p->compound);
    p->element = calloc(n, sizeof *p->element);
    p->x = calloc(n * (t->p + 1), sizeof *p->x);
    p->y = calloc(n, sizeof *p->y);
    p->er = calloc(n * xasErCount, sizeof *p->er);
    p->of = calloc(n, sizeof *p->of);
    p->z = calloc(n, sizeof *p->z);
    p->table =
        (xasTable){ 0, t->p, p->id, p->compound, t->column, p->x, p->y, p->er };
    return p->id && p->compound && p->element && p->x && p->y && p->er &&
                   p->of && p->z
               ? xasOk
               : xasErrMemory;
}

static void clear(part *p)
{
    free(p->id);
    free(p->compound);
    free(p->element);
    free(p->x);
    free(p->y);
    free(p->er);
    free(p->of);
    free(p->z);
}

static void take(const xasTraining *t, size_t i, part *p)
{
    const xasTable *from = &t->table;
    size_t n = p->table.n++;

    p->id[n] = from->id[i];
    p->compound[n] = from->compound[i];
    p->element[n] = t->element[i];
    p->of[n] = t->of[i];
    p->z[n] = t->z[i];
    p->y[n] = from->y[i];
    memcpy(p->x + n * from->p, from->x + i * from->p, from->p * sizeof *p->x);
    memcpy(p->er + n * xasErCount, from->er_eV + i * xasErCount,
           xasErCount * sizeof *p->er);
}

/* Nested figures of one training on the rows to be kept. */
static xasStatus trainPart(const xasTraining *training, const bool *keep,
                           const xasTrainOptions *options, size_t *n,
                           xasScore *nested)
{
    part p;
    xasModel *model = NULL;
    xasStatus status = reserve(&training->table, &p);

    for (size_t i = 0; status == xasOk && i < training->table.n; i++)
        if (keep[i])
            take(training, i, &p);
    if (status == xasOk) {
        const xasStudied of = { &p.table, p.of, p.z, p.element };

        status = xasStudyTrain(&of, NULL, options, &model, NULL);
    }
    if (status == xasOk) {
        *n = model->n;
        *nested = model->nested;
    }
    xasModelDestroy(model);
    clear(&p);
    return status;
}

/* Figures of models that know different samples do not compare. */
bool xasctlCommonAll(const xasctlTrained *all)
{
    const xasModel *first = NULL;

    for (int k = 0; k < xasKindCount; k++) {
        const xasModel *m = all[k].model;

        if (!m)
            continue;
        if (!first)
            first = m;
        if (m->n != first->n)
            return false;
        for (size_t i = 0; i < m->n; i++)
            if (strcmp(m->id[i], first->id[i]) != 0)
                return false;
    }
    return true;
}

static bool knows(const xasTraining *t, const char *id)
{
    for (size_t i = 0; i < t->table.n; i++)
        if (strcmp(t->table.id[i], id) == 0)
            return true;
    return false;
}

/* Every kind once more, on the samples that all of them know. */
void xasctlCommonFind(const xasctlTrainOptions *o, xasctlTrained *all)
{
    for (int k = 0; k < xasKindCount; k++) {
        xasctlTrained *t = &all[k];
        bool *keep = t->model ? calloc(t->training->table.n + 1, 1) : NULL;

        for (size_t i = 0; keep && i < t->training->table.n; i++) {
            keep[i] = true;
            for (int other = 0; other < xasKindCount; other++)
                keep[i] = keep[i] && (!all[other].model ||
                                      knows(all[other].training,
                                            t->training->table.id[i]));
        }
        if (keep && trainPart(t->training, keep, &o->train, &t->nCommon,
                              &t->common) != xasOk)
            t->nCommon = 0; /* too few to train on */
        free(keep);
    }
}

void xasctlCommonText(const xasctlTrained *all)
{
    (void)printf("These models know different samples: do not compare their "
                 "figures.\n");
    for (int k = 0; k < xasKindCount; k++)
        if (all[k].nCommon)
            (void)printf("  %-4s on the %zu samples common to all: nested R2 "
                         "%.3f, MAE %.2f kJ/mol, %.2f %%FS\n",
                         xasKindName((xasKind)k), all[k].nCommon,
                         all[k].common.r2, all[k].common.mae,
                         all[k].common.pct_fs);
}
