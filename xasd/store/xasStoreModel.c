/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasBlob.h"
#include "xasFeatures.h"
#include "xasSql.h"
#include "xasStoreModel.h"

enum { cell = 8 };

static xasStatus putScore(xasStore *store, int64_t row, const char *name,
                          const xasScore *score)
{
    char sql[160];

    (void)snprintf(sql, sizeof sql,
                   "UPDATE model SET r2_%s = ?, mae_%s = ?, rmse_%s = ?, "
                   "pct_fs_%s = ? WHERE id = ?",
                   name, name, name, name);
    return xasSqlRun(store, sql, "ddddi", score->r2, score->mae, score->rmse,
                     score->pct_fs, row);
}

static xasStatus putHead(xasStore *store, const xasModelHead *h,
                         const xasModel *m, int64_t *row)
{
    const xasTrainOptions *o = &m->options;
    xasStatus status = xasSqlRun(
        store,
        "INSERT INTO model (name, kind, detection, synthetic, created, "
        "definitions, code, n, p, folds, alpha_fraction, clip_sd, correlation, "
        "max_missing, top, alpha_max, alpha, calibration, basis, method, "
        "composition, repeats) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "tttititiiiddddiddtttit", h->name, xasKindName(h->kind), h->detection,
        (int64_t)h->synthetic, h->created, (int64_t)h->definitions, h->code,
        (int64_t)m->n, (int64_t)m->p, (int64_t)m->nFolds, o->alpha_fraction,
        isfinite(o->clip_sd) ? o->clip_sd : NAN, o->correlation, o->max_missing,
        (int64_t)o->top, m->alpha_max, m->alpha, h->calibration,
        xasBasisName(o->basis), xasMethodName(o->method),
        (int64_t)o->composition, h->mergesRepeats ? "merge" : "latest");

    if (status == xasOk)
        *row = sqlite3_last_insert_rowid(store->db);
    if (status == xasOk)
        status = putScore(store, *row, "nested", &m->nested);
    if (status == xasOk)
        status = putScore(store, *row, "once", &m->once);
    if (status == xasOk)
        status = putScore(store, *row, "mean", &m->baseline);
    if (status == xasOk)
        status = putScore(store, *row, "train", &m->train);
    return status;
}

static xasStatus putColumns(xasStore *store, int64_t row, const xasModel *m)
{
    xasStatus status = xasOk;

    for (size_t j = 0; j < m->p && status == xasOk; j++) {
        int64_t selected = 0;

        for (size_t k = 0; k < m->nSelected; k++)
            if (m->selected[k] == j)
                selected = (int64_t)k + 1;
        status = xasSqlRun(store,
                           "INSERT INTO model_feature (model, position, name, "
                           "usable, kept, selected, fill, lasso, rank, chosen, "
                           "sign_changes) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                           "iitiiIdddii", row, (int64_t)j, m->column[j],
                           (int64_t)m->usable[j], (int64_t)m->kept[j], selected,
                           m->fill[j], m->lasso[j], m->rank[j],
                           (int64_t)m->chosen[j], (int64_t)m->signChanges[j]);
    }
    return status;
}

static xasStatus putLinear(xasStore *store, int64_t row, int64_t fold,
                           const xasLinear *l)
{
    xasStatus status =
        xasSqlRun(store,
                  "INSERT INTO model_term (model, fold, term, coefficient) "
                  "VALUES (?, ?, -1, ?)",
                  "iid", row, fold, l->intercept);

    for (size_t i = 0; i < l->n && status == xasOk; i++) {
        const xasTerm *t = &l->term[i];

        /* NULL for a fill that is relative to no E_r. */
        status = xasSqlRun(store,
                           "INSERT INTO model_term (model, fold, term, "
                           "position, coefficient, fill, lo, hi, er) "
                           "VALUES (?, ?, ?, ?, ?, ?, ?, ?, nullif(?, ?))",
                           "iiiiddddii", row, fold, (int64_t)i,
                           (int64_t)t->column, t->coefficient, t->fill, t->lo,
                           t->hi, (int64_t)t->er, (int64_t)xasErCount);
    }
    return status;
}

static xasStatus putMerges(xasStore *store, const xasEdgeScan *of, size_t n,
                           const char *code)
{
    xasStatus status = xasOk;

    for (size_t i = 0; of && i < n && status == xasOk; i++)
        if (of[i].merged && !of[i].merged->row)
            status = xasStoreMergePut(store, of[i].merged, code);
    return status;
}

static int64_t scanOf(const xasEdgeScan *of, size_t i)
{
    return of ? of[i].scan : 0;
}

static int64_t mergeOf(const xasEdgeScan *of, size_t i)
{
    return of && of[i].merged ? of[i].merged->row : 0;
}

static xasStatus putRows(xasStore *store, int64_t row, const xasModel *m,
                         const xasEdgeScan *k, const xasEdgeScan *l)
{
    unsigned char *x = malloc(m->p * cell);
    xasStatus status =
        x ? xasOk : xasSqlFail(store, xasErrMemory, "out of memory");

    for (size_t i = 0; i < m->n && status == xasOk; i++) {
        const double *er = m->er_eV + i * xasErCount;

        for (size_t j = 0; j < m->p; j++)
            xasBlobPutDouble(x + j * cell, m->x[i * m->p + j]);
        status = xasSqlRun(
            store,
            "INSERT INTO model_sample (model, row, sample, compound, formula, "
            "fold, "
            "dhf, fitted, nested, once, x, er_k, er_l3, er_l2, k_scan, l_scan, "
            "k_merge, l_merge) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            "iitttiddddbdddIIII", row, (int64_t)i, m->id[i], m->compound[i],
            m->formula[i], (int64_t)m->foldOf[i], m->y[i], m->fitted[i],
            m->predNested[i], m->predOnce[i], (const void *)x, m->p * cell,
            er[xasErK], er[xasErL3], er[xasErL2], scanOf(k, i), scanOf(l, i),
            mergeOf(k, i), mergeOf(l, i));
    }
    free(x);
    return status;
}

xasStatus xasStoreModelPut(xasStore *store, xasModelHead *head,
                           const xasModel *model, const xasEdgeScan *k,
                           const xasEdgeScan *l)
{
    int64_t row = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    if (!head->name[0] || head->kind >= xasKindCount)
        return xasSqlFail(store, xasErrArg, "a model without name or kind");
    status = xasSqlInt(store, &row, "SELECT id FROM model WHERE name = ?", "t",
                       head->name);
    if (status == xasOk)
        return xasSqlFail(store, xasErrArg, "there is a model \"%s\" already",
                          head->name);
    if (status != xasErrNotFound)
        return status;
    if (!head->created[0])
        xasTimeText(xasTimeNow(), head->created);
    status = putHead(store, head, model, &row);
    if (status == xasOk)
        status = putColumns(store, row, model);
    if (status == xasOk)
        status = putLinear(store, row, -1, &model->all);
    for (size_t f = 0; f < model->nFolds && status == xasOk; f++)
        status = putLinear(store, row, (int64_t)f, &model->fold[f]);
    if (status == xasOk)
        status = putMerges(store, k, model->n, head->code);
    if (status == xasOk)
        status = putMerges(store, l, model->n, head->code);
    if (status == xasOk)
        status = putRows(store, row, model, k, l);
    if (status == xasOk)
        head->row = row;
    return status;
}

xasStatus xasStoreModelFind(xasStore *store, const char *name, int64_t *row)
{
    xasStatus status =
        xasSqlInt(store, row, "SELECT id FROM model WHERE name = ?", "t", name);

    if (status == xasErrNotFound && name[0] &&
        strspn(name, "0123456789") == strlen(name))
        status = xasSqlInt(store, row, "SELECT id FROM model WHERE id = ?", "i",
                           (int64_t)strtoll(name, NULL, 10));
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "there is no model \"%s\"", name);
    return status;
}

xasStatus xasStoreModelActive(xasStore *store, xasKind kind, int64_t *row)
{
    xasStatus status =
        xasSqlInt(store, row, "SELECT model FROM active_model WHERE kind = ?",
                  "t", xasKindName(kind));

    if (status != xasErrNotFound)
        return status;
    *row = 0;
    return xasOk;
}

/* A model that this program can use. */
static xasStatus checkUsable(xasStore *store, int64_t row, xasMessage *message)
{
    int64_t definitions = 0;
    xasStatus status =
        xasSqlInt(store, &definitions,
                  "SELECT definitions FROM model WHERE id = ?", "i", row);

    if (status == xasErrNotFound)
        return xasFail(status, message, "there is no model %lld",
                       (long long)row);
    if (status == xasOk && definitions != XAS_FEATURES_VERSION)
        return xasFail(xasErrVersion, message,
                       "model %lld was trained with version %lld of the "
                       "feature definitions, this program finds features by "
                       "version %d: train again",
                       (long long)row, (long long)definitions,
                       XAS_FEATURES_VERSION);
    return status;
}

xasStatus xasStoreModelActivate(xasStore *store, int64_t row,
                                xasMessage *message)
{
    char now[XAS_TIME_SIZE];
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk) {
        status = checkUsable(store, row, message);
        if (status == xasErrNotFound || status == xasErrVersion)
            return status;
    }
    xasTimeText(xasTimeNow(), now);
    if (status == xasOk)
        status = xasSqlRun(store,
                           "INSERT OR REPLACE INTO active_model (kind, model) "
                           "SELECT kind, id FROM model WHERE id = ?",
                           "i", row);
    if (status == xasOk)
        status = xasSqlRun(store,
                           "INSERT INTO activation (kind, model, made) "
                           "SELECT kind, id, ? FROM model WHERE id = ?",
                           "ti", now, row);
    if (status != xasOk)
        return xasFail(status, message, "model %lld cannot be activated: %s",
                       (long long)row, xasStoreError(store));
    return xasOk;
}

static const char newest[] =
    "SELECT coalesce((SELECT model FROM activation WHERE kind = ? "
    "ORDER BY id DESC LIMIT 1), 0)";

xasStatus xasStoreModelUndo(xasStore *store, xasKind kind, int64_t *row,
                            xasMessage *message)
{
    const char *name = xasKindName(kind);
    int64_t active = 0, before = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status == xasOk)
        status = xasStoreModelActive(store, kind, &active);
    if (status == xasOk && !active)
        return xasFail(xasErrNotFound, message,
                       "no model of %s is active: nothing to undo", name);
    if (status == xasOk)
        status = xasSqlRun(store,
                           "DELETE FROM activation WHERE id = (SELECT max(id) "
                           "FROM activation WHERE kind = ?)",
                           "t", name);
    if (status == xasOk)
        status = xasSqlInt(store, &before, newest, "t", name);
    if (status == xasOk && before) {
        status = checkUsable(store, before, message);
        if (status == xasErrVersion)
            return status;
    }
    if (status == xasOk)
        status = xasSqlRun(store, "DELETE FROM active_model WHERE kind = ?",
                           "t", name);
    if (status == xasOk && before)
        status = xasSqlRun(store,
                           "INSERT INTO active_model (kind, model) "
                           "VALUES (?, ?)",
                           "ti", name, before);
    if (status)
        return xasFail(status, message, "the model of %s stays: %s", name,
                       xasStoreError(store));
    *row = before;
    return xasOk;
}
