/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl train --matrix: any table of features, without a database. */
#include <stdio.h>
#include <string.h>

#include "xasctlMatrix.h"
#include "xasctlReport.h"
#include "xasctlTrain.h"
#include "xasctlYy.h"

/* Beyond these, leaving out one at a time and shuffling take minutes. */
enum { mostLeftOutOnce = 500, mostShuffled = 200 };

void xasctlTrainSize(const xasctlTrainOptions *o, size_t n,
                     xasTrainOptions *train, xasStudyOptions *study)
{
    *train = o->train;
    *study = o->study;
    if (!train->folds && n > mostLeftOutOnce)
        train->folds = 10;
    study->shuffles = o->shuffles >= 0   ? (size_t)o->shuffles
                      : n > mostShuffled ? 0
                                         : 1000;
}

static void reportMatrix(xasctl *ctl, const xasctlTrainOptions *o,
                         const xasModel *model, const xasctlStudied *study)
{
    xasJson j;

    if (ctl->form == xasctlJson) {
        xasJsonInit(&j, stdout);
        xasctlReportJson(&j, NULL, NULL, model, study);
        return;
    }
    (void)printf("Table %s%s\n", o->matrix,
                 strcasestr(o->matrix, "synthetic") ? "  -- SYNTHETIC, by its "
                                                      "name"
                                                    : "");
    xasctlReportText(NULL, model, study);
}

static xasStatus studyMatrix(xasctl *ctl, const xasctlTrainOptions *o,
                             xasctlMatrix *matrix, xasMessage *why)
{
    const xasStudied of = xasctlMatrixStudied(matrix);
    xasTrainOptions train;
    xasStudyOptions ask;
    xasModel *model = NULL;
    xasStudy *study = NULL;
    xasStatus status;

    xasctlTrainSize(o, matrix->table.n, &train, &ask);
    status = xasStudyTrain(&of, NULL, &train, &model, why);
    if (status == xasOk) {
        xasCheckElements(&of, matrix->formula, &matrix->warnings);
        xasCheckCounted(&matrix->table, model, &matrix->warnings);
        xasCheckModel(model, &matrix->warnings);
        status = xasStudyMake(model, &of, &ask, &study);
        if (status != xasOk)
            (void)xasFail(status, why, "the study failed: %s",
                          xasStatusText(status));
    }
    if (status == xasOk && o->svg)
        status = xasctlYy(o->svg, o->matrix, model, why);
    if (status == xasOk) {
        const xasctlStudied shown = { .study = study,
                                      .warnings = &matrix->warnings,
                                      .options = &ask };

        reportMatrix(ctl, o, model, &shown);
    }
    xasStudyDestroy(study);
    xasModelDestroy(model);
    return status;
}

int xasctlTrainMatrix(xasctl *ctl, const xasctlTrainOptions *o)
{
    xasctlMatrix matrix;
    xasMessage why = { "" };
    xasStatus status = xasctlMatrixRead(o->matrix, &matrix, &why);

    if (status != xasOk)
        return xasctlFail("%s", why.text);
    status = studyMatrix(ctl, o, &matrix, &why);
    xasctlMatrixClear(&matrix);
    return status == xasOk ? xasctlDone
                           : xasctlFail("%s: %s", o->matrix, why.text);
}
