/* SPDX-License-Identifier: BSD-3-Clause */
/* Training against an independent implementation: DEFINITIONS.md section 8.
 * Sets must be identical; fill, alpha and weights agree to 1e-6 relative,
 * predictions to 1e-6 kJ/mol. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "golden.h"

static double relative(double a, double b)
{
    return fabs(a - b) / fmax(1e-12, fabs(b));
}

/* The worse of two deviations; NaN is the worst of all, and fmax drops it. */
static double worse(double a, double b)
{
    return isnan(b) ? INFINITY : fmax(a, b);
}

/* Does a list of names name just these columns, in column order? */
static int isSet(const char *list, const xasModel *m, const bool *in)
{
    size_t k = 0;

    for (size_t j = 0; j < m->p; j++)
        if (in[j] && !jsonIsText(jsonElement(list, k++), m->column[j]))
            return 0;
    return !jsonElement(list, k);
}

static int isTerms(const char *list, const xasModel *m, const xasLinear *l)
{
    size_t k = 0;

    for (; k < l->n; k++)
        if (!jsonIsText(jsonElement(list, k), m->column[l->term[k].column]))
            return 0;
    return list && !jsonElement(list, k);
}

static void testSelection(const char *json, const xasModel *m)
{
    const char *fill = jsonMember(json, "fill_values");
    const char *lasso = jsonMember(json, "lasso");
    double worstFill = 0, worstLasso = 0;
    const double *w = m->lasso;

    testOk(isSet(jsonMember(json, "usable"), m, m->usable), "usable columns");
    testOk(isSet(jsonMember(json, "kept"), m, m->kept), "kept columns");
    testOk(m->nSelected == m->all.n &&
               isTerms(jsonMember(json, "selected"), m, &m->all),
           "%zu selected columns, in order", m->nSelected);
    for (size_t j = 0; j < m->p; j++) {
        if (m->usable[j])
            worstFill =
                worse(worstFill,
                      relative(m->fill[j], jsonNumber(fill, m->column[j])));
        if (m->kept[j] && jsonNumber(lasso, m->column[j]) != 0)
            worstLasso = worse(worstLasso,
                               relative(w[j], jsonNumber(lasso, m->column[j])));
        else if (m->kept[j] && w[j] != 0)
            worstLasso = INFINITY;
    }
    testOk(worstFill < 1e-6, "fill values within %.1e relative", worstFill);
    testOk(worstLasso < 1e-6, "weights within %.1e relative", worstLasso);
    testOk(relative(m->alpha_max, jsonNumber(json, "alpha_max")) < 1e-6 &&
               relative(m->alpha, jsonNumber(json, "alpha")) < 1e-6,
           "alpha_max %.9g, alpha %.9g", m->alpha_max, m->alpha);
}

static void testScore(const char *name, const char *json, const xasScore *s)
{
    testOk(fabs(s->r2 - jsonNumber(json, "R2")) < 1e-9 &&
               fabs(s->mae - jsonNumber(json, "MAE")) < 1e-6 &&
               fabs(s->rmse - jsonNumber(json, "RMSE")) < 1e-6 &&
               fabs(s->pct_fs - jsonNumber(json, "pctFS")) < 1e-7,
           "%s: R2 %.4f, MAE %.2f kJ/mol, %.2f %%FS", name, s->r2, s->mae,
           s->pct_fs);
}

static void testPredictions(const char *name, const char *json, size_t n,
                            const double *predicted)
{
    const char *list = jsonMember(json, "pred");
    double worst = 0;

    for (size_t i = 0; i < n; i++) {
        const char *value = jsonElement(list, i);
        double d = value ? fabs(predicted[i] - strtod(value, NULL)) : INFINITY;

        worst = worse(worst, d);
    }
    testOk(worst < 1e-6 && !jsonElement(list, n),
           "%s: %zu predictions within %.1e kJ/mol", name, n, worst);
}

static void testFolds(const char *name, const char *json, const xasModel *m)
{
    const char *list = jsonMember(json, "selected_per_fold");
    size_t same = 0;

    for (size_t i = 0; i < m->n; i++)
        same +=
            (size_t)isTerms(jsonElement(list, i), m, &m->fold[m->foldOf[i]]);
    testOk(same == m->n, "%s: selected columns of all folds", name);
}

static void testWay(const char *json, const xasTable *table, double clip_sd,
                    const char *nested, const char *once)
{
    const char *loo = jsonMember(json, "loo");
    xasTrainOptions options;
    xasMessage message;
    xasModel *m = NULL;

    xasTrainOptionsDefaults(&options);
    options.clip_sd = clip_sd;
    if (xasModelTrain(table, &options, &m, &message))
        testAbort("%s", message.text);
    testSelection(json, m);
    testPredictions(nested, jsonMember(loo, nested), m->n, m->predNested);
    testPredictions(once, jsonMember(loo, once), m->n, m->predOnce);
    testFolds(nested, jsonMember(loo, nested), m);
    testScore(nested, jsonMember(loo, nested), &m->nested);
    testScore(once, jsonMember(loo, once), &m->once);
    testScore("mean", jsonMember(json, "mean_baseline"), &m->baseline);
    xasModelDestroy(m);
}

static void testMatrix(const char *name)
{
    char file[64];
    goldenTable golden;
    char *json;

    testDiag("%s", name);
    snprintf(file, sizeof file, "golden/%s.json", name);
    json = goldenFile(file);
    snprintf(file, sizeof file, "golden/%s.csv", name);
    if (!json || !goldenTableRead(file, &golden)) {
        testSkip(24, "the golden matrices are not beside the checkout");
        free(json);
        return;
    }
    testWay(json, &golden.table, 0.5, "nested_clip0.5", "select_once_clip0.5");
    testWay(json, &golden.table, INFINITY, "nested_noclip",
            "select_once_noclip");
    goldenTableClear(&golden);
    free(json);
}

MAIN(goldenModelTest)
{
    testPlan(48);
    testMatrix("measured_K");
    testMatrix("synthetic_KL");
    return testDone();
}
