/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl predict: again from the raw points, with the models active now or
 * with another one, beside what was stored then. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasPipeline.h"
#include "xasStoreCalib.h"
#include "xasStoreModel.h"
#include "xasStoreScan.h"
#include "xasctl.h"
#include "xasctlPredicted.h"

enum { optionLevel = 300, optionModel, optionAll };

typedef struct options {
    char **word;
    int words;
    double level;
    const char *model; /* NULL: the active ones */
    bool all;
} options;

/** What all scans of a call share. */
typedef struct task {
    xasctl *ctl;
    xasPipeline *p;
    xasJson j;
    bool compare;
    size_t both, none, stateChanged; /* both: a value then and now */
    double sum, largest;             /* of the differences, kJ/mol */
} task;

static const struct argp_option optionList[] = {
    { "level", optionLevel, "PART", 0, "of the interval, 0.5 to 0.99; 0.8", 0 },
    { "model", optionModel, "NAME", 0,
      "by this model, beside what was stored then", 0 },
    { "all", optionAll, NULL, 0, "all scans that are closed, not rejected", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    char *end;

    switch (key) {
    case optionLevel:
        o->level = strtod(arg, &end);
        if (end == arg || *end || !(o->level >= 0.5 && o->level <= 0.99))
            argp_error(state, "--level %s: expected 0.5 to 0.99", arg);
        return 0;
    case optionModel: o->model = arg; return 0;
    case optionAll: o->all = true; return 0;
    case ARGP_KEY_ARGS:
        o->word = state->argv + state->next;
        o->words = state->argc - state->next;
        return 0;
    case ARGP_KEY_END:
        if (!o->words && !o->all)
            argp_error(state, "which scan or sample?");
        if (o->words && o->all)
            argp_error(state, "--all: expected no scan or sample beside it");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* The newest prediction stored of a scan; NaN without. */
static xasStatus storedOf(xasctl *ctl, int64_t row, xasctlStored *out)
{
    xasQuery *q;
    xasStatus status =
        xasQueryOpen(ctl->store, &q,
                     "SELECT p.hf, m.name, p.state FROM prediction p "
                     "LEFT JOIN model m ON m.id = p.model WHERE p.scan = ? "
                     "ORDER BY p.id DESC LIMIT 1",
                     "i", row);

    *out = (xasctlStored){ .hf = NAN };
    if (status != xasOk)
        return status;
    status = xasQueryNext(q);
    if (status == xasOk) {
        out->hf = xasQueryRealOf(q, 0);
        (void)snprintf(out->model, sizeof out->model, "%s",
                       xasQueryTextOf(q, 1));
        (void)snprintf(out->state, sizeof out->state, "%s",
                       xasQueryTextOf(q, 2));
    }
    xasQueryClose(q);
    return status == xasErrNotFound ? xasOk : status;
}

static void count(task *t, const xasctlStored *stored, const xasResult *result)
{
    double difference = result->predicted.hf - stored->hf;

    t->stateChanged +=
        strcmp(stored->state, xasPredStateName(result->predicted.state)) != 0;
    if (!isfinite(difference)) {
        t->none++;
        return;
    }
    t->both++;
    t->sum += difference;
    t->largest = fmax(t->largest, fabs(difference));
}

static int print(task *t, int64_t row, const xasResult *result)
{
    xasctlStored stored;

    if (t->compare && storedOf(t->ctl, row, &stored) != xasOk)
        return xasctlStoreFail(t->ctl);
    if (t->compare)
        count(t, &stored, result);
    if (t->ctl->form == xasctlJson)
        xasctlPredictedJson(&t->j, result, NULL, t->compare ? &stored : NULL);
    else
        xasctlPredictedText(result, t->ctl->form, t->compare ? &stored : NULL);
    return xasctlDone;
}

static int predictScan(task *t, int64_t row)
{
    xasctl *ctl = t->ctl;
    xasScan *scan = NULL;
    xasResult result;
    xasCalibration c;
    xasStatus status = xasStoreScanRead(ctl->store, row, &scan);

    if (status != xasOk)
        return xasctlStoreFail(ctl);
    status = xasStoreCalibrationRead(ctl->store, row, &c);
    if (status == xasOk || status == xasErrNotFound)
        status = xasPipelineAnalyse(scan, status == xasOk ? &c : NULL, &result);
    xasScanDestroy(scan);
    result.scan = row;
    if (status == xasOk)
        status = xasPipelinePredict(t->p, &result);
    if (status != xasOk)
        return xasctlFail("%s: scan %lld: %s", ctl->database, (long long)row,
                          xasStatusText(status));
    return print(t, row, &result);
}

static int predictEach(task *t, xasQuery *q, const char *word)
{
    int result = xasctlDone, found = 0;
    xasStatus status;

    while ((status = xasQueryNext(q)) == xasOk && result == xasctlDone) {
        result = predictScan(t, xasQueryIntOf(q, 0));
        found++;
    }
    if (status != xasErrNotFound && result == xasctlDone)
        return xasctlStoreFail(t->ctl);
    if (!found)
        return xasctlFail("%s: no scan or sample \"%s\"", t->ctl->database,
                          word);
    return result;
}

static int predictAll(task *t)
{
    xasQuery *q;
    int result;

    if (xasQueryOpen(t->ctl->store, &q,
                     "SELECT id FROM scan WHERE state = 'closed' AND "
                     "rejected = 0 ORDER BY id",
                     "") != xasOk)
        return xasctlStoreFail(t->ctl);
    result = predictEach(t, q, "--all");
    xasQueryClose(q);
    return result;
}

/* A scan, or the newest scan of each edge of a sample. */
static int predictWord(task *t, const char *word)
{
    static const char sql[] =
        "SELECT max(s.id) FROM scan s JOIN sample a ON a.id = s.sample "
        "WHERE a.name = ? AND s.state = 'closed' AND s.rejected = 0 "
        "GROUP BY s.edge ORDER BY max(s.id)";
    int64_t row = 0;
    xasQuery *q;
    int result;

    if (xasctlNumber(word, &row))
        return predictScan(t, row);
    if (xasQueryOpen(t->ctl->store, &q, sql, "t", word) != xasOk)
        return xasctlStoreFail(t->ctl);
    result = predictEach(t, q, word);
    xasQueryClose(q);
    return result;
}

static int useModel(task *t, const char *name)
{
    int64_t row = 0;
    xasStatus status = xasStoreModelFind(t->ctl->store, name, &row);

    if (status == xasOk)
        status = xasPipelineUseModel(t->p, row);
    t->compare = true;
    return status == xasOk ? xasctlDone : xasctlStoreFail(t->ctl);
}

static void summary(const task *t)
{
    if (!t->compare || t->ctl->form != xasctlText)
        return;
    (void)printf("%zu scans with both values", t->both);
    if (t->both)
        (void)printf(": mean difference %.1f, largest %.1f kJ/mol",
                     t->sum / (double)t->both, t->largest);
    (void)printf("; %zu with one or none; %zu states changed\n", t->none,
                 t->stateChanged);
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "SCAN|SAMPLE...\n--all",
        "Find the features of stored scans again and predict with the active "
        "models, or with the one named, beside what was stored; nothing is "
        "stored now. A number is a scan, anything else a sample.",
        NULL,
        NULL,
        NULL
    };
    options o = { .words = 0 };
    task t = { .ctl = ctl };
    int result = xasctlDone;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasctlPipeline(ctl, o.level, &t.p) != xasctlDone)
        return xasctlFailed;
    if (o.model)
        result = useModel(&t, o.model);
    xasJsonInit(&t.j, stdout);
    if (result == xasctlDone && ctl->form == xasctlJson)
        xasJsonOpen(&t.j, NULL, '[');
    if (result == xasctlDone && o.all)
        result = predictAll(&t);
    for (int i = 0; i < o.words && result == xasctlDone; i++)
        result = predictWord(&t, o.word[i]);
    if (t.j.depth)
        xasJsonClose(&t.j);
    if (result == xasctlDone)
        summary(&t);
    xasPipelineDestroy(t.p);
    return result;
}

const xasctlCommand xasctlPredict = { "predict",
                                      "predict again from stored scans", run };
