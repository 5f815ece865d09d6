/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasBlob.h"
#include "xasSql.h"
#include "xasStoreModel.h"

enum { cell = 8 };

static const char headSql[] =
    "SELECT name, kind, detection, synthetic, created, definitions, code, "
    "n, p, folds, (SELECT count(*) FROM model_feature "
    "WHERE model = model.id AND selected IS NOT NULL), alpha_fraction, "
    "clip_sd, correlation, max_missing, top, alpha_max, alpha, "
    "r2_nested, mae_nested, rmse_nested, pct_fs_nested, "
    "r2_once, mae_once, rmse_once, pct_fs_once, "
    "r2_mean, mae_mean, rmse_mean, pct_fs_mean, "
    "r2_train, mae_train, rmse_train, pct_fs_train, calibration, basis, "
    "method, composition, repeats FROM model WHERE id = ?";

static void scoreOf(sqlite3_stmt *s, int column, xasScore *score)
{
    score->r2 = xasSqlDouble(s, column);
    score->mae = xasSqlDouble(s, column + 1);
    score->rmse = xasSqlDouble(s, column + 2);
    score->pct_fs = xasSqlDouble(s, column + 3);
}

static void headOf(sqlite3_stmt *s, int64_t row, xasModelHead *h)
{
    char word[16];

    *h = (xasModelHead){ .row = row };
    xasSqlText(s, 0, h->name, sizeof h->name);
    xasSqlText(s, 1, word, sizeof word);
    h->kind = xasKindFromName(word);
    xasSqlText(s, 2, h->detection, sizeof h->detection);
    h->synthetic = sqlite3_column_int(s, 3) != 0;
    xasSqlText(s, 4, h->created, sizeof h->created);
    h->definitions = sqlite3_column_int(s, 5);
    xasSqlText(s, 34, h->calibration, sizeof h->calibration);
    xasSqlText(s, 6, h->code, sizeof h->code);
    xasSqlText(s, 38, word, sizeof word);
    h->mergesRepeats = strcmp(word, "merge") == 0;
}

static void wayOf(sqlite3_stmt *s, xasTrainOptions *o)
{
    char basis[24], method[8];
    int k = 0;

    xasSqlText(s, 35, basis, sizeof basis);
    xasSqlText(s, 36, method, sizeof method);
    while (k < xasMethodCount &&
           strcmp(method, xasMethodName((xasMethod)k)) != 0)
        k++;
    o->method = (xasMethod)k; /* the schema knows no others */
    o->basis = xasBasisFromName(basis);
    o->composition = sqlite3_column_int(s, 37) != 0;
}

static void numbersOf(sqlite3_stmt *s, xasModel *m)
{
    double clip_sd = xasSqlDouble(s, 12);

    m->options.alpha_fraction = xasSqlDouble(s, 11);
    m->options.clip_sd = isnan(clip_sd) ? INFINITY : clip_sd;
    m->options.correlation = xasSqlDouble(s, 13);
    m->options.max_missing = xasSqlDouble(s, 14);
    m->options.top = (size_t)sqlite3_column_int64(s, 15);
    wayOf(s, &m->options);
    m->alpha_max = xasSqlDouble(s, 16);
    m->alpha = xasSqlDouble(s, 17);
    scoreOf(s, 18, &m->nested);
    scoreOf(s, 22, &m->once);
    scoreOf(s, 26, &m->baseline);
    scoreOf(s, 30, &m->train);
}

static xasStatus damaged(xasStore *store, int64_t row, const char *what)
{
    return xasSqlFail(store, xasErrFormat, "model %lld: its %s are damaged",
                      (long long)row, what);
}

/* Sizes that its rows do not bear out are no reason to reserve memory. */
static xasStatus create(xasStore *store, int64_t row, sqlite3_stmt *s,
                        xasModel **m)
{
    int64_t n = sqlite3_column_int64(s, 7), p = sqlite3_column_int64(s, 8);
    int64_t samples = 0, columns = 0;
    xasStatus status = xasSqlInt(
        store, &samples, "SELECT count(*) FROM model_sample WHERE model = ?",
        "i", row);

    if (status == xasOk)
        status = xasSqlInt(store, &columns,
                           "SELECT count(*) FROM model_feature WHERE model = ?",
                           "i", row);
    if (status != xasOk)
        return status;
    if (samples != n)
        return damaged(store, row, "samples");
    if (columns != p)
        return damaged(store, row, "columns");
    status =
        xasModelCreate((size_t)n, (size_t)p, (size_t)sqlite3_column_int64(s, 9),
                       (size_t)sqlite3_column_int64(s, 10), m);
    return status == xasErrArg ? damaged(store, row, "sizes") : status;
}

static xasStatus readHead(xasStore *store, int64_t row, xasModelHead *head,
                          xasModel **m)
{
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(store, &s, headSql, "i", row);

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk) {
        headOf(s, row, head);
        status = create(store, row, s, m);
        if (status == xasOk)
            numbersOf(s, *m);
        if (status == xasOk && (*m)->options.basis == xasBasisCount)
            status = xasSqlFail(store, xasErrVersion,
                                "model %lld learned per \"%s\", which this "
                                "program does not know",
                                (long long)row,
                                (const char *)sqlite3_column_text(s, 35));
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "there is no model %lld",
                          (long long)row);
    return status;
}

static xasStatus readColumns(xasStore *store, int64_t row, xasModel *m)
{
    sqlite3_stmt *s;
    size_t count = 0;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT position, name, usable, kept, selected, fill, lasso, rank, "
        "chosen, sign_changes FROM model_feature WHERE model = ?",
        "i", row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        size_t j = (size_t)sqlite3_column_int64(s, 0);
        size_t k = (size_t)sqlite3_column_int64(s, 4);

        if (j >= m->p || k > m->nSelected) {
            status = damaged(store, row, "columns");
            break;
        }
        xasSqlText(s, 1, m->column[j], sizeof m->column[j]);
        m->usable[j] = sqlite3_column_int(s, 2) != 0;
        m->kept[j] = sqlite3_column_int(s, 3) != 0;
        if (k)
            m->selected[k - 1] = j;
        m->fill[j] = xasSqlDouble(s, 5);
        m->lasso[j] = xasSqlDouble(s, 6);
        m->rank[j] = xasSqlDouble(s, 7);
        m->chosen[j] = (size_t)sqlite3_column_int64(s, 8);
        m->signChanges[j] = (size_t)sqlite3_column_int64(s, 9);
        count++;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return count == m->p ? xasOk : damaged(store, row, "columns");
    return status;
}

static xasStatus countTerms(xasStore *store, int64_t row, int64_t fold,
                            xasLinear *l)
{
    int64_t n = 0;
    xasStatus status = xasSqlInt(store, &n,
                                 "SELECT count(*) FROM model_term WHERE "
                                 "model = ? AND fold = ? AND term >= 0",
                                 "ii", row, fold);

    return status == xasOk ? xasLinearReserve(l, (size_t)n) : status;
}

static void termOf(sqlite3_stmt *s, xasTerm *t)
{
    t->column = (size_t)sqlite3_column_int64(s, 1);
    t->coefficient = xasSqlDouble(s, 2);
    t->fill = xasSqlDouble(s, 3);
    t->lo = xasSqlDouble(s, 4);
    t->hi = xasSqlDouble(s, 5);
    t->er = sqlite3_column_type(s, 6) == SQLITE_NULL
                ? xasErCount
                : (xasErIndex)sqlite3_column_int(s, 6);
}

static xasStatus readLinear(xasStore *store, int64_t row, int64_t fold,
                            xasLinear *l)
{
    sqlite3_stmt *s;
    bool intercept = false;
    xasStatus status = countTerms(store, row, fold, l);

    if (status == xasOk)
        status = xasSqlPrepare(store, &s,
                               "SELECT term, position, coefficient, fill, lo, "
                               "hi, er FROM model_term WHERE model = ? AND "
                               "fold = ? ORDER BY term",
                               "ii", row, fold);
    if (status != xasOk)
        return status;
    while ((status = xasSqlStep(store, s)) == xasOk) {
        int64_t term = sqlite3_column_int64(s, 0);

        if (term == -1) {
            l->intercept = xasSqlDouble(s, 2);
            intercept = true;
        } else if (term >= 0 && (size_t)term < l->n) {
            termOf(s, &l->term[term]);
        } else {
            break;
        }
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound && intercept)
        return xasOk;
    return status == xasOk || status == xasErrNotFound
               ? damaged(store, row, "terms")
               : status;
}

static void rowOf(sqlite3_stmt *s, size_t i, xasModel *m)
{
    const unsigned char *x = sqlite3_column_blob(s, 7);
    double *er = m->er_eV + i * xasErCount;

    xasSqlText(s, 1, m->id[i], sizeof m->id[i]);
    xasSqlText(s, 2, m->compound[i], sizeof m->compound[i]);
    m->y[i] = xasSqlDouble(s, 3);
    m->fitted[i] = xasSqlDouble(s, 4);
    m->predNested[i] = xasSqlDouble(s, 5);
    m->predOnce[i] = xasSqlDouble(s, 6);
    for (size_t j = 0; j < m->p; j++)
        m->x[i * m->p + j] = xasBlobDouble(x + j * cell);
    er[xasErK] = xasSqlDouble(s, 8);
    er[xasErL3] = xasSqlDouble(s, 9);
    er[xasErL2] = xasSqlDouble(s, 10);
    m->foldOf[i] = (size_t)sqlite3_column_int64(s, 11);
    xasSqlText(s, 12, m->formula[i], sizeof m->formula[i]);
}

static xasStatus readRows(xasStore *store, int64_t row, xasModel *m)
{
    sqlite3_stmt *s;
    size_t count = 0;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT row, sample, compound, dhf, fitted, nested, once, x, er_k, "
        "er_l3, er_l2, fold, formula FROM model_sample WHERE model = ?",
        "i", row);

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        size_t i = (size_t)sqlite3_column_int64(s, 0);

        if (i >= m->n || (size_t)sqlite3_column_bytes(s, 7) != m->p * cell) {
            status = damaged(store, row, "samples");
            break;
        }
        rowOf(s, i, m);
        count++;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return count == m->n ? xasOk : damaged(store, row, "samples");
    return status;
}

static xasStatus readModel(xasStore *store, int64_t row, xasModelHead *head,
                           xasModel **out)
{
    xasModelHead h;
    xasModel *m = NULL;
    xasStatus status = readHead(store, row, &h, &m);

    if (status == xasOk)
        status = readColumns(store, row, m);
    if (status == xasOk)
        status = readRows(store, row, m);
    if (status == xasOk)
        status = readLinear(store, row, -1, &m->all);
    for (size_t f = 0; status == xasOk && f < m->nFolds; f++)
        status = readLinear(store, row, (int64_t)f, &m->fold[f]);
    if (status == xasOk) {
        status = xasModelFinish(m);
        if (status != xasOk)
            status = damaged(store, row, "numbers");
    }
    if (status != xasOk) {
        xasModelDestroy(m);
        return status;
    }
    *head = h;
    *out = m;
    return xasOk;
}

xasStatus xasStoreModelRead(xasStore *store, int64_t row, xasModelHead *head,
                            xasModel **out)
{
    bool began;
    xasStatus status = xasSqlReadBegin(store, &began);

    if (status == xasOk)
        status = readModel(store, row, head, out);
    xasSqlReadEnd(store, began);
    return status;
}
