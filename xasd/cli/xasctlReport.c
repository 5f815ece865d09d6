/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlReport.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "xasctl.h"
#include "xasctlScore.h"

static size_t count(const bool *flag, size_t n)
{
    size_t sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += flag[i];
    return sum;
}

static void printHead(const xasModelHead *head, const xasModel *m)
{
    const xasTrainOptions *o = &m->options;
    char clip[32] = "none", row[32] = "";

    if (head && head->row)
        (void)snprintf(row, sizeof row, ", row %lld", (long long)head->row);
    if (head)
        (void)printf("Model %s%s\n%s, %s, calibration %s%s, %s, definitions "
                     "%d%s\n",
                     head->name,
                     head->synthetic ? "  -- trained on SYNTHETIC spectra" : "",
                     xasKindName(head->kind), head->detection,
                     head->calibration,
                     head->mergesRepeats ? ", repeats merged" : "",
                     head->created, head->definitions, row);
    if (isfinite(o->clip_sd))
        (void)snprintf(clip, sizeof clip, "%g sd", o->clip_sd);
    (void)printf("method %s, %slearned per %s%s%s\n", xasMethodName(o->method),
                 o->basis == xasBasisAtoms ? "relative columns and Z, " : "",
                 xasBasisName(o->basis),
                 o->composition ? ", on what the composition leaves" : "",
                 o->basis == xasBasisFormula ? ""
                                             : "; all figures per formula "
                                               "unit");
    (void)printf("%zu samples of %zu compounds; %zu columns, %zu usable, %zu "
                 "kept at |r| < %g, %zu selected\n",
                 m->n, m->nCompounds, m->p, count(m->usable, m->p),
                 count(m->kept, m->p), o->correlation, m->nSelected);
    (void)printf("alpha %.6g = %g alpha_max, clip %s, at most %zu features\n\n",
                 m->alpha, o->alpha_fraction, clip, o->top);
}

static void printScores(const xasModelHead *head, const xasModel *m)
{
    const xasTrainOptions *o = &m->options;
    char folds[48] = "leave one compound out, kJ/mol";

    if (m->nFolds < m->nCompounds)
        (void)snprintf(folds, sizeof folds, "%zu folds of compounds, kJ/mol",
                       m->nFolds);
    xasctlScoreHead(folds);
    xasctlScoreText(head && head->synthetic
                        ? "nested: the figure to quote (SYNTHETIC)"
                        : "nested: the figure to quote",
                    &m->nested);
    if (isfinite(m->once.mae))
        xasctlScoreText("select-once, as in the source: optimistic", &m->once);
    xasctlScoreText("mean baseline", &m->baseline);
    xasctlScoreText("fit to all, not left out", &m->train);
    if (m->nFolds == m->n && o->basis == xasBasisFormula)
        (void)printf("  (that baseline's R2 is -(2N-1)/(N-1)^2 whatever the "
                     "data: a small negative R2\n  is no better and no worse "
                     "than the mean)\n");
}

static void printRanked(const xasModel *m)
{
    size_t *column = calloc(m->p, sizeof *column);
    size_t n = column ? xasModelRanked(m, column) : 0;

    (void)printf("\n  %-14s %10s %10s %12s %12s\n", "feature", "rank", "weight",
                 "in folds", "sign changes");
    for (size_t k = 0; k < n; k++) {
        size_t j = column[k], s = 0;
        char weight[32] = "-"; /* not kept on all samples */

        while (s < m->nSelected && m->selected[s] != j)
            s++;
        if (isfinite(m->lasso[j]))
            (void)snprintf(weight, sizeof weight, "%.3f", m->lasso[j]);
        (void)printf("%c %-14s %10.3f %10s %8zu/%-3zu %12zu\n",
                     s < m->nSelected ? '*' : ' ', m->column[j], m->rank[j],
                     weight, m->chosen[j], m->nFolds, m->signChanges[j]);
    }
    free(column);
    (void)printf("  * selected on all samples, as the model predicts\n");
    (void)printf("  weight: %s on all samples; rank: mean standardised "
                 "coefficient over\n  the folds, 0 where not chosen; both in "
                 "kJ/mol%s\n  per standard deviation\n",
                 xasMethodName(m->options.method),
                 xasctlUnitOf(m->options.basis));
}

static int widest(char (*name)[XAS_NAME_SIZE], size_t n, int least)
{
    for (size_t i = 0; i < n; i++) {
        int width = xasctlWidth(name[i]);

        least = width > least ? width : least;
    }
    return least;
}

static void printName(const char *name, int width)
{
    width -= xasctlWidth(name);
    (void)printf("%s%*s  ", name, width > 0 ? width : 0, "");
}

/* Compounds are shown where they say something: samples that are left out
 * together. */
static void printSamples(const xasModel *m)
{
    int ids = widest(m->id, m->n, 8), compounds = widest(m->compound, m->n, 8);
    bool shared = m->nFolds < m->n;

    (void)fputs("\n  ", stdout);
    printName("sample", ids);
    if (shared)
        printName("compound", compounds);
    (void)printf("%10s %10s %10s %10s %9s\n", "tabulated", "nested", "error",
                 "fit", "leverage");
    for (size_t i = 0; i < m->n; i++) {
        (void)fputs("  ", stdout);
        printName(m->id[i], ids);
        if (shared)
            printName(m->compound[i], compounds);
        (void)printf("%10.1f %10.1f %10.1f %10.1f %9.2f\n", m->y[i],
                     m->predNested[i], m->predNested[i] - m->y[i], m->fitted[i],
                     m->leverage[i]);
    }
}

static size_t within(const xasModel *m, const double *predicted)
{
    double band = 0.1 * xasModelFullScale(m);
    size_t count = 0;

    for (size_t i = 0; i < m->n; i++)
        count += fabs(predicted[i] - m->y[i]) <= band;
    return count;
}

/* The row of largest leverage, n for none. */
static size_t mostHelpful(const xasModel *m)
{
    size_t found = m->n;

    for (size_t i = 0; i < m->n; i++)
        if (isfinite(m->leverage[i]) &&
            (found == m->n || m->leverage[i] > m->leverage[found]))
            found = i;
    return found;
}

static void printLeverage(const xasModel *m)
{
    size_t helps = mostHelpful(m);

    (void)printf("  within 10 %%FS: %zu of %zu as fitted, %zu when left "
                 "out\n",
                 within(m, m->fitted), m->n, within(m, m->predNested));
    if (helps < m->n && m->all.n)
        (void)printf("  One more sample like %s would help most: leverage %.2f "
                     "of a mean of %.2f\n",
                     m->id[helps], m->leverage[helps],
                     (double)(m->all.n + 1) / (double)m->n);
}

void xasctlReportText(const xasModelHead *head, const xasModel *model,
                      const xasctlStudied *study)
{
    printHead(head, model);
    printScores(head, model);
    printRanked(model);
    printSamples(model);
    printLeverage(model);
    if (study)
        xasctlStudyText(model, study);
}

static void putNames(xasJson *j, const char *key, const xasModel *m,
                     const bool *in)
{
    xasJsonOpen(j, key, '[');
    for (size_t i = 0; i < m->p; i++)
        if (in[i])
            xasJsonText(j, NULL, m->column[i]);
    xasJsonClose(j);
}

static void putByName(xasJson *j, const char *key, const xasModel *m,
                      const bool *in, const double *value)
{
    xasJsonOpen(j, key, '{');
    for (size_t i = 0; i < m->p; i++)
        if (in[i])
            xasJsonNumber(j, m->column[i], value[i]);
    xasJsonClose(j);
}

static void putHead(xasJson *j, const xasModelHead *head)
{
    xasJsonInt(j, "model", head->row);
    xasJsonText(j, "name", head->name);
    xasJsonText(j, "kind", xasKindName(head->kind));
    xasJsonText(j, "detection", head->detection);
    xasJsonText(j, "calibration", head->calibration);
    xasJsonText(j, "repeats", head->mergesRepeats ? "merge" : "latest");
    xasJsonBool(j, "synthetic", head->synthetic);
    xasJsonText(j, "created", head->created);
    xasJsonInt(j, "definitions", head->definitions);
    xasJsonText(j, "code", head->code);
}

static void putOptions(xasJson *j, const xasTrainOptions *o)
{
    xasJsonOpen(j, "options", '{');
    xasJsonNumber(j, "alpha_fraction", o->alpha_fraction);
    xasJsonNumber(j, "clip_sd", o->clip_sd);
    xasJsonNumber(j, "correlation", o->correlation);
    xasJsonNumber(j, "max_missing", o->max_missing);
    xasJsonInt(j, "top", (int64_t)o->top);
    xasJsonText(j, "method", xasMethodName(o->method));
    xasJsonText(j, "target", xasctlTargetWord(o->basis));
    xasJsonText(j, "basis", xasBasisName(o->basis));
    xasJsonBool(j, "composition", o->composition);
    xasJsonInt(j, "folds", (int64_t)o->folds);
    xasJsonClose(j);
}

static void putRanking(xasJson *j, const xasModel *m)
{
    size_t *column = calloc(m->p, sizeof *column);
    size_t n = column ? xasModelRanked(m, column) : 0;

    xasJsonOpen(j, "ranking", '[');
    for (size_t k = 0; k < n; k++) {
        size_t i = column[k];

        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "name", m->column[i]);
        xasJsonNumber(j, "rank", m->rank[i]);
        xasJsonInt(j, "folds", (int64_t)m->chosen[i]);
        xasJsonInt(j, "sign_changes", (int64_t)m->signChanges[i]);
        xasJsonClose(j);
    }
    xasJsonClose(j);
    free(column);
}

static void putSamples(xasJson *j, const xasModel *m)
{
    xasJsonOpen(j, "samples", '[');
    for (size_t i = 0; i < m->n; i++) {
        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "id", m->id[i]);
        xasJsonText(j, "compound", m->compound[i]);
        xasJsonNumber(j, "dHf_kJ_per_mol", m->y[i]);
        xasJsonNumber(j, "nested", m->predNested[i]);
        xasJsonNumber(j, "select_once", m->predOnce[i]);
        xasJsonNumber(j, "fitted", m->fitted[i]);
        xasJsonNumber(j, "leverage", m->leverage[i]);
        xasJsonClose(j);
    }
    xasJsonClose(j);
}

void xasctlReportJson(xasJson *j, const char *key, const xasModelHead *head,
                      const xasModel *m, const xasctlStudied *study)
{
    size_t helps = mostHelpful(m);

    xasJsonOpen(j, key, '{');
    if (head)
        putHead(j, head);
    xasJsonInt(j, "n", (int64_t)m->n);
    xasJsonInt(j, "compounds", (int64_t)m->nCompounds);
    xasJsonInt(j, "folds", (int64_t)m->nFolds);
    putOptions(j, &m->options);
    putNames(j, "usable", m, m->usable);
    putByName(j, "fill", m, m->usable, m->fill);
    putNames(j, "kept", m, m->kept);
    xasJsonNumber(j, "alpha_max", m->alpha_max);
    xasJsonNumber(j, "alpha", m->alpha);
    putByName(j, "lasso", m, m->kept, m->lasso);
    xasJsonOpen(j, "selected", '[');
    for (size_t k = 0; k < m->nSelected; k++)
        xasJsonText(j, NULL, m->column[m->selected[k]]);
    xasJsonClose(j);
    xasctlScoreJson(j, "nested", &m->nested, m->predNested, m->n);
    xasctlScoreJson(j, "select_once", &m->once, m->predOnce, m->n);
    xasctlScoreJson(j, "baseline", &m->baseline, NULL, 0);
    xasctlScoreJson(j, "train", &m->train, m->fitted, m->n);
    putRanking(j, m);
    putSamples(j, m);
    xasJsonNumber(j, "full_scale", xasModelFullScale(m));
    xasJsonInt(j, "within_10_pct_fs_fitted", (int64_t)within(m, m->fitted));
    xasJsonInt(j, "within_10_pct_fs_nested", (int64_t)within(m, m->predNested));
    if (helps < m->n)
        xasJsonText(j, "helps_most", m->id[helps]);
    else
        xasJsonNull(j, "helps_most");
    if (study)
        xasctlStudyJson(j, m, study);
    xasJsonClose(j);
}
