/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl train: compute first, then write briefly. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasRepeats.h"
#include "xasVersion.h"
#include "xasctlCommon.h"
#include "xasctlReport.h"
#include "xasctlTrain.h"
#include "xasctlYy.h"

typedef xasctlTrainOptions options;
typedef xasctlTrained trained;

enum {
    optionMatrix = 300,
    optionActivate,
    optionAlpha,
    optionClip,
    optionTop,
    optionCorr,
    optionMissing,
    optionDry,
    optionMethod,
    optionTarget,
    optionComposition,
    optionFolds,
    optionRepeats,
    optionPermutations,
    optionSeed,
    optionVariants,
    optionSvg
};

static const struct argp_option optionList[] = {
    { "kind", 'k', "KIND", 0, "K, L, K+L, or all of them (the default)", 1 },
    { "name", 'n', "NAME", 0, "name of the model", 1 },
    { "activate", optionActivate, NULL, 0, "predict with it from now on", 1 },
    { "repeats", optionRepeats, "latest|merge", 0,
      "what stands for a sample measured more than once, here and when the "
      "model predicts: its latest good scan, or all of them merged; latest",
      1 },
    { "dry-run", optionDry, NULL, 0, "report only, store nothing", 1 },
    { "matrix", optionMatrix, "FILE", 0,
      "train on the features of a table and report; needs no database", 2 },
    { "alpha-fraction", optionAlpha, "PART", 0, "of alpha_max; 0.05", 3 },
    { "clip", optionClip, "SD", 0, "or none; 0.5", 3 },
    { "top", optionTop, "NUMBER", 0, "features at most; 8", 3 },
    { "corr", optionCorr, "R", 0, "drop columns at |r| >= R; 0.85", 3 },
    { "missing", optionMissing, "PART", 0, "of a column at most; 0.5", 3 },
    { "permutations", optionPermutations, "NUMBER", 0,
      "shuffles of each test; 1000, 0 for tables above 200 samples", 4 },
    { "seed", optionSeed, "NUMBER", 0, "of the shuffles; 1", 4 },
    { "variants", optionVariants, NULL, 0,
      "judge the other methods on the same folds, too", 4 },
    { "svg", optionSvg, "FILE", 0, "draw predicted against tabulated", 4 },
    { "method", optionMethod, "NAME", 0, "lasso, ridge or pls; lasso", 5 },
    { "target", optionTarget, "UNIT", 0,
      "what it learns the enthalpy of: formula (unit), metal (atom of Sc..Zn) "
      "or (mole of) atoms, these from relative columns and Z; formula",
      5 },
    { "composition", optionComposition, NULL, 0,
      "per mole of atoms, what the formula alone leaves", 5 },
    { "folds", optionFolds, "NUMBER", 0,
      "deal the compounds into so many; one each, 10 above 500", 5 },
    { 0 }
};

static void takeKind(options *o, const char *arg, struct argp_state *state)
{
    xasKind kind = xasKindFromName(arg);

    for (int k = 0; k < xasKindCount; k++)
        o->kind[k] = strcmp(arg, "all") == 0 || k == (int)kind;
    if (kind == xasKindCount && strcmp(arg, "all") != 0)
        argp_error(state, "--kind %s: expected K, L, K+L or all", arg);
}

static double takeNumber(const char *arg, struct argp_state *state)
{
    char *end;
    double value = strtod(arg, &end);

    if (end == arg || *end || isnan(value))
        argp_error(state, "%s: expected a number", arg);
    return value;
}

static size_t takeCount(const char *name, const char *arg, int64_t least,
                        struct argp_state *state)
{
    int64_t value = 0;

    if (strcmp(arg, "0") != 0 && !xasctlNumber(arg, &value))
        value = -1;
    if (value < least || value > 1000000)
        argp_error(state, "--%s %s: expected a number from %lld", name, arg,
                   (long long)least);
    return (size_t)value;
}

static void takeMethod(options *o, const char *arg, struct argp_state *state)
{
    int k = 0;

    while (k < xasMethodCount && strcmp(arg, xasMethodName((xasMethod)k)) != 0)
        k++;
    if (k == xasMethodCount)
        argp_error(state, "--method %s: expected lasso, ridge or pls", arg);
    o->train.method = (xasMethod)k;
}

static error_t parseOther(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case optionMethod: takeMethod(o, arg, state); return 0;
    case optionTarget:
        o->target = arg;
        o->train.basis = xasctlTargetOf(arg);
        if (o->train.basis == xasBasisCount)
            argp_error(state, "--target %s: expected formula, metal or atoms",
                       arg);
        return 0;
    case optionComposition: o->train.composition = true; return 0;
    case optionFolds:
        o->train.folds = takeCount("folds", arg, 3, state);
        return 0;
    case optionPermutations:
        o->shuffles = (long)takeCount("permutations", arg, 0, state);
        return 0;
    case optionSeed: o->study.seed = takeCount("seed", arg, 0, state); return 0;
    case optionRepeats:
        o->merge = strcmp(arg, "merge") == 0;
        if (!o->merge && strcmp(arg, "latest") != 0)
            argp_error(state, "--repeats %s: expected latest or merge", arg);
        return 0;
    case optionVariants: o->study.variants = true; return 0;
    case optionSvg: o->svg = arg; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static void checkOptions(options *o, struct argp_state *state)
{
    int kinds = o->kind[0] + o->kind[1] + o->kind[2];

    if (o->train.composition && !o->target)
        o->train.basis = xasBasisAtoms;
    if (o->train.composition && o->train.basis != xasBasisAtoms)
        argp_error(state,
                   "--composition with --target %s: it is made per "
                   "mole of atoms",
                   o->target);
    if (o->matrix && (o->name || o->activate))
        argp_error(state, "a model of --matrix is not stored");
    if (o->matrix && o->merge)
        argp_error(state, "--repeats is for samples of the database");
    if (!o->matrix && !o->dry && o->train.folds)
        argp_error(state, "--folds is for --matrix and --dry-run: a stored "
                          "model leaves out one compound at a time");
    if (!o->matrix && o->svg && kinds > 1)
        argp_error(state, "--svg draws one model: give its --kind");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    int64_t top;

    switch (key) {
    case 'k': takeKind(o, arg, state); return 0;
    case 'n': o->name = arg; return 0;
    case optionActivate: o->activate = true; return 0;
    case optionDry: o->dry = true; return 0;
    case optionMatrix: o->matrix = arg; return 0;
    case optionAlpha:
        o->train.alpha_fraction = takeNumber(arg, state);
        return 0;
    case optionClip:
        o->train.clip_sd =
            strcmp(arg, "none") == 0 ? INFINITY : takeNumber(arg, state);
        return 0;
    case optionTop:
        if (!xasctlNumber(arg, &top))
            argp_error(state, "--top %s: expected a number above 0", arg);
        o->train.top = (size_t)top;
        return 0;
    case optionCorr: o->train.correlation = takeNumber(arg, state); return 0;
    case optionMissing: o->train.max_missing = takeNumber(arg, state); return 0;
    case ARGP_KEY_END: checkOptions(o, state); return 0;
    default: return parseOther(key, arg, state);
    }
}

/* A name that says what it is; `number` counts the models of a database, 0 for
 * one that is not stored. */
static void nameModel(const options *o, int64_t number, xasModelHead *head)
{
    const char *kind = xasKindName(head->kind);
    const char *label = head->synthetic ? " SYNTHETIC" : "";
    int kinds = o->kind[0] + o->kind[1] + o->kind[2];
    char which[24] = "dry run";

    if (number)
        (void)snprintf(which, sizeof which, "#%lld", (long long)number);
    if (!o->name) {
        (void)snprintf(head->name, sizeof head->name, "%s%s %.10s %s", kind,
                       label, head->created, which);
        return;
    }
    if (strstr(o->name, "SYNTHETIC"))
        label = "";
    (void)snprintf(head->name, sizeof head->name, "%.40s%s%s%s", o->name,
                   kinds > 1 ? " " : "", kinds > 1 ? kind : "", label);
}

/* The rows the model has: one per mole of atoms is without those whose formula
 * cannot be counted.  From here on what is beside the table is in its order. */
static void align(xasTraining *t, xasModel *m)
{
    size_t n = 0;

    for (size_t i = 0; i < t->table.n && n < m->n; i++) {
        if (strcmp(m->id[n], t->table.id[i]) != 0)
            continue;
        t->formula[n] = t->formula[i];
        t->converted[n] = t->converted[i];
        t->k[n] = t->k[i];
        t->l[n++] = t->l[i];
    }
    xasModelSetFormulas(m, t->formula);
}

static xasStatus trainAndStudy(const options *o, xasTraining *t, trained *out,
                               xasMessage *why)
{
    const xasStudied of = xasTrainingStudied(t);
    size_t *first = calloc(t->table.n + 1, sizeof *first);
    xasTrainOptions train;
    xasStatus status = first ? xasOk : xasErrMemory;

    xasctlTrainSize(o, t->table.n, &train, &out->ask);
    train.folds = o->train.folds; /* a stored model leaves out one at a time */
    if (status == xasOk)
        status = xasCheckSame(&t->table, first);
    for (size_t i = 0; status == xasOk && i < t->table.n; i++)
        if (first[i] != i)
            xasCheckJoin((const char **)t->table.compound, t->table.n, first[i],
                         i);
    if (status == xasOk)
        status = xasStudyTrain(&of, NULL, &train, &out->model, why);
    if (status == xasOk) {
        xasCheckTable(&t->table, t->formula, first, &out->warnings);
        xasCheckElements(&of, t->formula, &out->warnings);
        xasCheckCounted(&t->table, out->model, &out->warnings);
        xasCheckModel(out->model, &out->warnings);
        status = xasStudyMake(out->model, &of, &out->ask, &out->study);
        if (status != xasOk)
            (void)xasFail(status, why, "the study failed: %s",
                          xasStatusText(status));
    }
    if (status == xasOk)
        align(t, out->model);
    free(first);
    return status;
}

static xasctlStudied shownOf(const trained *t)
{
    return (xasctlStudied){
        t->study,   &t->warnings,
        &t->ask,    t->nCommon ? &t->common : NULL,
        t->nCommon, t->training ? t->training->converted : NULL
    };
}

static xasStatus trainKind(xasctl *ctl, const options *o, xasKind kind,
                           trained *out, xasMessage *why)
{
    const xasTraining *t;
    xasMessage inner = { "" };
    xasStatus status = xasStoreTrainingRead(
        ctl->store, kind, o->merge ? xasRepeatsOf : NULL, &out->training, why);

    if (status != xasOk)
        return status;
    t = out->training;
    status = trainAndStudy(o, out->training, out, &inner);
    if (status != xasOk)
        return xasFail(status, why,
                       "%s: %s (left out: %zu without reference value, %zu "
                       "without the edges, %zu of another detection; xasctl "
                       "samples lists what each lacks)",
                       xasKindName(kind), inner.text, t->noReference, t->noEdge,
                       t->otherDetection);
    out->head.kind = kind;
    out->head.synthetic = t->synthetic;
    out->head.mergesRepeats = t->mergesRepeats;
    out->head.definitions = XAS_FEATURES_VERSION;
    (void)snprintf(out->head.detection, sizeof out->head.detection, "%s",
                   t->detection);
    (void)snprintf(out->head.calibration, sizeof out->head.calibration, "%s",
                   t->calibration);
    (void)snprintf(out->head.code, sizeof out->head.code, "%s", XAS_VERSION);
    xasTimeText(xasTimeNow(), out->head.created);
    return xasOk;
}

static xasStatus numberOf(xasctl *ctl, const char *sql, const char *kind,
                          int64_t *number)
{
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, sql, "t", kind);

    if (status != xasOk)
        return status;
    status = xasQueryNext(q);
    *number = xasQueryIntOf(q, 0);
    xasQueryClose(q);
    return status;
}

/* Its row to be, for the name; and which try at its kind it is, since the best
 * of many looks better than it is. */
static xasStatus numberModel(xasctl *ctl, trained *t, int64_t *number)
{
    const char *kind = xasKindName(t->head.kind);
    xasStatus status = numberOf(
        ctl, "SELECT coalesce(max(id), 0) + 1 FROM model WHERE ? <> ''", kind,
        number);

    if (status == xasOk)
        status = numberOf(ctl, "SELECT count(*) + 1 FROM model WHERE kind = ?",
                          kind, &t->variant);
    return status;
}

static int store(xasctl *ctl, const options *o, trained *all)
{
    xasMessage why = { "" };
    int64_t number = 0;
    xasStatus status = xasStoreBegin(ctl->store);

    for (int k = 0; k < xasKindCount && status == xasOk; k++) {
        trained *t = &all[k];

        if (!t->model)
            continue;
        status = numberModel(ctl, t, &number);
        nameModel(o, number, &t->head);
        if (status == xasOk)
            status = xasStoreModelPut(ctl->store, &t->head, t->model,
                                      t->training->k, t->training->l);
        if (status == xasOk && o->activate)
            status = xasStoreModelActivate(ctl->store, t->head.row, &why);
    }
    return xasctlEnd(ctl, status, &why);
}

/* Of the first `rows` samples those that a merge stands for, at an edge. */
static size_t countMerged(const xasTraining *t, size_t rows)
{
    size_t n = 0;

    for (size_t i = 0; i < rows; i++)
        n += t->k[i].merged || t->l[i].merged;
    return n;
}

static void printOne(const trained *t, const options *o)
{
    const xasTraining *read = t->training;
    const xasctlStudied shown = shownOf(t);

    xasctlReportText(&t->head, t->model, &shown);
    (void)printf("\n  samples left out: %zu without reference value, %zu "
                 "without the edges,\n  %zu of another detection\n",
                 read->noReference, read->noEdge, read->otherDetection);
    if (read->mergesRepeats)
        (void)printf("  %zu of the samples by their repeats merged, the others "
                     "by their one good scan\n",
                     countMerged(read, t->model->n));
    if (o->dry)
        (void)printf("  a dry run: nothing is stored\n\n");
    else
        (void)printf("  stored: variant %lld of kind %s in this database%s\n\n",
                     (long long)t->variant, xasKindName(t->head.kind),
                     o->activate ? "; active"
                                 : "; xasctl model activate makes it predict");
}

static void report(xasctl *ctl, const options *o, const trained *all)
{
    xasJson j;
    int kinds = o->kind[0] + o->kind[1] + o->kind[2];

    xasJsonInit(&j, stdout);
    if (ctl->form == xasctlJson && kinds > 1)
        xasJsonOpen(&j, NULL, '[');
    for (int k = 0; k < xasKindCount; k++) {
        const xasctlStudied shown = shownOf(&all[k]);

        if (!all[k].model)
            continue;
        if (ctl->form == xasctlJson)
            xasctlReportJson(&j, NULL, &all[k].head, all[k].model, &shown);
        else
            printOne(&all[k], o);
    }
    if (ctl->form == xasctlJson && kinds > 1)
        xasJsonClose(&j);
    if (ctl->form != xasctlJson && !xasctlCommonAll(all))
        xasctlCommonText(all);
}

static int draw(const options *o, const trained *all)
{
    xasMessage why = { "" };

    for (int k = 0; k < xasKindCount; k++)
        if (o->svg && all[k].model &&
            xasctlYy(o->svg, all[k].head.name, all[k].model, &why) != xasOk)
            return xasctlFail("%s", why.text);
    return xasctlDone;
}

static int trainAll(xasctl *ctl, const options *o, trained *all)
{
    int got = 0, result = xasctlDone;

    for (int k = 0; k < xasKindCount; k++) {
        xasMessage why = { "" };

        if (!o->kind[k])
            continue;
        if (trainKind(ctl, o, (xasKind)k, &all[k], &why) == xasOk) {
            nameModel(o, 0, &all[k].head);
            got++;
        } else {
            (void)xasctlFail("%s", why.text);
        }
    }
    if (!got)
        return xasctlFailed;
    if (!xasctlCommonAll(all))
        xasctlCommonFind(o, all);
    if (!o->dry)
        result = store(ctl, o, all);
    if (result != xasctlDone)
        return result;
    report(ctl, o, all);
    return draw(o, all); /* the name is that of the stored model */
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "",
        "Train models of the enthalpy of formation on the samples of the "
        "database that have a reference value, or on a table.",
        NULL,
        NULL,
        NULL
    };
    options o = { .kind = { true, true, true }, .shuffles = -1 };
    trained all[xasKindCount];
    int result;

    memset(all, 0, sizeof all);
    xasTrainOptionsDefaults(&o.train);
    xasStudyOptionsDefaults(&o.study);
    xasctlParse(ctl, &argp, argc, argv, &o);
    if (o.matrix)
        return xasctlTrainMatrix(ctl, &o);
    if (!xasctlOpen(ctl, o.dry ? xasStoreReadOnly : xasStoreExisting))
        return xasctlFailed;
    result = trainAll(ctl, &o, all);
    for (int k = 0; k < xasKindCount; k++) {
        xasModelDestroy(all[k].model);
        xasStudyDestroy(all[k].study);
        xasTrainingDestroy(all[k].training);
    }
    return result;
}

const xasctlCommand xasctlTrain = { "train", "train models", run };
