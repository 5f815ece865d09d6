/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasCv.h"
#include "xasFigures.h"

const char *xasFigureName(xasFigureId id)
{
    static const char *const names[xasFigureCount] = { "mean", "composition",
                                                       "spectrum", "both" };

    return (unsigned)id < xasFigureCount ? names[id] : "";
}

void xasPairedErrors(const double *y, const double *a, const double *b,
                     const size_t *group, size_t n, xasPaired *out)
{
    double sum = 0, squares = 0;
    size_t groups = 0;

    for (size_t i = 0; i < n; i++)
        groups = group[i] >= groups ? group[i] + 1 : groups;
    for (size_t i = 0; i < n; i++)
        sum += fabs(a[i] - y[i]) - fabs(b[i] - y[i]);
    *out = (xasPaired){ .difference = n ? sum / (double)n : NAN,
                        .se = NAN,
                        .n = groups };
    if (groups < 2)
        return;
    /* Rows of a compound err together: they make one sum. */
    for (size_t g = 0; g < groups; g++) {
        double part = 0;

        for (size_t i = 0; i < n; i++)
            if (group[i] == g)
                part += fabs(a[i] - y[i]) - fabs(b[i] - y[i]) - out->difference;
        squares += part * part;
    }
    out->se = sqrt(squares * (double)groups / (double)(groups - 1)) / (double)n;
}

static xasStatus create(const xasDerived *d, size_t nFolds, xasFigures **out)
{
    xasFigures *f = calloc(1, sizeof *f);
    bool whole = f != NULL;

    if (!f)
        return xasErrMemory;
    f->n = d->table.n;
    f->nFolds = nFolds;
    f->row = calloc(f->n, sizeof *f->row);
    whole = f->row != NULL;
    for (int k = 0; k < xasFigureCount; k++) {
        f->pred[k] = calloc(f->n, sizeof **f->pred);
        whole = whole && f->pred[k];
    }
    if (!whole) {
        xasFiguresDestroy(f);
        return xasErrMemory;
    }
    memcpy(f->row, d->row, f->n * sizeof *f->row);
    *out = f;
    return xasOk;
}

void xasFiguresDestroy(xasFigures *f)
{
    if (!f)
        return;
    free(f->row);
    for (int k = 0; k < xasFigureCount; k++)
        free(f->pred[k]);
    free(f);
}

/* Mean and composition, from the fits that the model of both has made. */
static void withoutSpectrum(const xasModel *both, double *work, xasFigures *f)
{
    for (size_t i = 0; i < f->n; i++)
        work[i] = both->y[i] / both->scale[i];
    xasCvBaseline(work, both->foldOf, f->n, f->pred[xasFigureMean]);
    for (size_t i = 0; i < f->n; i++) {
        f->pred[xasFigureMean][i] *= both->scale[i];
        f->pred[xasFigureComposition][i] =
            both->scale[i] *
            xasCompositionAt(&both->base[both->foldOf[i]], &both->of[i]);
    }
}

static void compare(const xasModel *m, xasFigures *f)
{
    for (int a = 0; a < xasFigureCount; a++) {
        xasCvScore(m->y, f->pred[a], f->n, &f->score[a]);
        for (int b = 0; b < xasFigureCount; b++)
            xasPairedErrors(m->y, f->pred[a], f->pred[b], m->compoundOf, f->n,
                            &f->less[a][b]);
    }
}

static xasStatus make(const xasDerived *d, size_t folds, xasFigures **out,
                      xasMessage *message)
{
    xasTrainOptions options;
    xasModel *spectrum = NULL, *both = NULL;
    double *work = calloc(d->table.n, sizeof *work);
    xasStatus status = work ? xasOk : xasErrMemory;

    xasTrainOptionsDefaults(&options);
    options.folds = folds;
    options.basis = xasBasisAtoms;
    if (!status)
        status =
            xasModelTrainWith(&d->table, d->of, &options, &spectrum, message);
    options.composition = true;
    if (!status)
        status = xasModelTrainWith(&d->table, d->of, &options, &both, message);
    if (!status)
        status = create(d, both->nFolds, out);
    if (!status) {
        xasFigures *f = *out;

        memcpy(f->pred[xasFigureSpectrum], spectrum->predNested,
               f->n * sizeof *work);
        memcpy(f->pred[xasFigureBoth], both->predNested, f->n * sizeof *work);
        withoutSpectrum(both, work, f);
        compare(both, f);
    }
    xasModelDestroy(spectrum);
    xasModelDestroy(both);
    free(work);
    return status;
}

xasStatus xasFiguresMake(const xasStudied *of, const char *const *group,
                         size_t folds, xasFigures **out, xasMessage *message)
{
    xasDerived d;
    xasStatus status = xasDerive(of, group, xasBasisAtoms, &d);

    if (status)
        return xasFail(status, message,
                       status == xasErrRange
                           ? "fewer than 5 samples have a formula that can be "
                             "counted"
                           : "%s",
                       xasStatusText(status));
    status = make(&d, folds, out, message);
    xasDerivedClear(&d);
    return status;
}
