/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl model: list, show, activate, undo, export, import. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xasStoreModelFile.h"
#include "xasctlArgs.h"
#include "xasctlReport.h"
#include "xasctlYy.h"

typedef struct options {
    xasctlSaid said;
    const char *svg, *as;
} options;

static const struct argp_option optionList[] = {
    { "svg", 's', "FILE", 0, "show: draw it, too", 0 },
    { "name", 'n', "NAME", 0, "import: store it under this name", 0 },
    { 0 }
};

enum { verbList, verbShow, verbActivate, verbUndo, verbExport, verbImport };

static const xasctlVerb verbs[] = {
    [verbList] = { "list", 0, 0 },         [verbShow] = { "show", 1, 1 },
    [verbActivate] = { "activate", 1, 1 }, [verbUndo] = { "undo", 1, 1 },
    [verbExport] = { "export", 1, 2 },     [verbImport] = { "import", 1, 1 },
};
enum { nVerbs = sizeof verbs / sizeof *verbs };

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    error_t status;

    switch (key) {
    case 's': o->svg = arg; return 0;
    case 'n': o->as = arg; return 0;
    default: break;
    }
    status = xasctlParseVerb(key, arg, state, verbs, nVerbs,
                             "list, show NAME, activate NAME, undo KIND, "
                             "export NAME [FILE] or import FILE",
                             &o->said);
    if (key == ARGP_KEY_END && o->svg && o->said.verb != verbShow)
        argp_error(state, "--svg is for show");
    if (key == ARGP_KEY_END && o->as && o->said.verb != verbImport)
        argp_error(state, "--name is for import");
    return status;
}

static int list(xasctl *ctl)
{
    xasQuery *q;

    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q,
                     "SELECT id, name, kind, CASE active WHEN 1 THEN 'active' "
                     "ELSE '' END AS active, CASE synthetic WHEN 1 THEN "
                     "'SYNTHETIC' ELSE '' END AS synthetic, basis, repeats, "
                     "n, compounds, "
                     "r2_nested, mae_nested, pct_fs_nested, "
                     "r2_once_optimistic, mae_once_optimistic, "
                     "pct_fs_once_optimistic, mae_mean, created "
                     "FROM model_report ORDER BY id",
                     "") != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no models");
}

static int show(xasctl *ctl, const char *name, const char *svg)
{
    xasModelHead head;
    xasModel *model = NULL;
    xasMessage why = { "" };
    int64_t row = 0;
    xasJson j;

    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasStoreModelFind(ctl->store, name, &row) != xasOk ||
        xasStoreModelRead(ctl->store, row, &head, &model) != xasOk)
        return xasctlStoreFail(ctl);
    if (svg && xasctlYy(svg, head.name, model, &why) != xasOk) {
        xasModelDestroy(model);
        return xasctlFail("%s", why.text);
    }
    if (ctl->form == xasctlJson) {
        xasJsonInit(&j, stdout);
        xasctlReportJson(&j, NULL, &head, model, NULL);
    } else {
        xasctlReportText(&head, model, NULL);
    }
    xasModelDestroy(model);
    return xasctlDone;
}

static int activate(xasctl *ctl, const char *name)
{
    xasMessage why = { "" };
    int64_t row = 0;
    xasStatus status;
    int result;

    if (!xasctlOpen(ctl, xasStoreExisting))
        return xasctlFailed;
    status = xasStoreModelFind(ctl->store, name, &row);
    if (status != xasOk)
        return xasctlStoreFail(ctl);
    status = xasStoreBegin(ctl->store);
    if (status == xasOk)
        status = xasStoreModelActivate(ctl->store, row, &why);
    result = xasctlEnd(ctl, status, &why);
    if (result == xasctlDone && ctl->form == xasctlText)
        (void)printf("model %s predicts from now on\n", name);
    return result;
}

static int undo(xasctl *ctl, const char *name)
{
    xasKind kind = xasKindFromName(name);
    xasMessage why = { "" };
    int64_t row = 0;
    xasStatus status;
    int result;

    if (kind == xasKindCount)
        return xasctlFail("%s: expected a kind, K, L or K+L", name);
    if (!xasctlOpen(ctl, xasStoreExisting))
        return xasctlFailed;
    status = xasStoreBegin(ctl->store);
    if (status == xasOk)
        status = xasStoreModelUndo(ctl->store, kind, &row, &why);
    result = xasctlEnd(ctl, status, &why);
    if (result != xasctlDone || ctl->form != xasctlText)
        return result;
    if (row)
        (void)printf("model %lld predicts from now on, as before\n",
                     (long long)row);
    else
        (void)printf("no model of %s predicts from now on\n", name);
    return result;
}

static int export(xasctl *ctl, const char *name, const char *file)
{
    xasMessage why = { "" };
    FILE *out = stdout;
    int64_t row = 0;
    xasStatus status;

    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasStoreModelFind(ctl->store, name, &row) != xasOk)
        return xasctlStoreFail(ctl);
    if (file)
        out = fopen(file, "wx");
    if (!out)
        return xasctlFail("%s: %s", file, strerror(errno));
    status = xasStoreModelExport(ctl->store, row, out, &why);
    if (file && fclose(out) && status == xasOk)
        status = xasFail(xasErrIo, &why, "%s: %s", file, strerror(errno));
    return status == xasOk ? xasctlDone : xasctlFail("%s", why.text);
}

static int import(xasctl *ctl, const char *file, const char *as)
{
    xasMessage why = { "" };
    int64_t row = 0;
    xasStatus status;
    int result;

    if (!xasctlOpen(ctl, xasStoreCreate))
        return xasctlFailed;
    status = xasStoreBegin(ctl->store);
    if (status == xasOk)
        status = xasStoreModelImport(ctl->store, file, as, &row, &why);
    result = xasctlEnd(ctl, status, &why);
    if (result == xasctlDone && ctl->form == xasctlText)
        (void)printf("%s: model %lld; activate it to predict with it\n", file,
                     (long long)row);
    return result;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "[list]\nshow NAME\nactivate NAME\nundo KIND\n"
        "export NAME [FILE]\nimport FILE",
        "List the models of the database, show one, or make one predict; take "
        "the last activation of a kind back; write one to a file and read it "
        "into another database. A model is named or given by its number. A "
        "running xasd notices within a second.",
        NULL,
        NULL,
        NULL
    };
    options o = { .svg = NULL };
    const char *const *word = o.said.word;

    xasctlParse(ctl, &argp, argc, argv, &o);
    switch (o.said.verb) {
    case verbShow: return show(ctl, word[0], o.svg);
    case verbActivate: return activate(ctl, word[0]);
    case verbUndo: return undo(ctl, word[0]);
    case verbExport: return export(ctl, word[0], word[1]);
    case verbImport: return import(ctl, word[0], o.as);
    default: return list(ctl);
    }
}

const xasctlCommand xasctlModel = {
    "model", "list, show, activate, export, import models", run
};
