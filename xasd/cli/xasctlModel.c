/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl model: list, show, activate. */
#include <stdio.h>
#include <string.h>

#include "xasctl.h"
#include "xasctlReport.h"
#include "xasctlYy.h"

typedef struct options {
    const char *verb, *name, *svg;
} options;

static const struct argp_option optionList[] = {
    { "svg", 's', "FILE", 0, "show: draw it, too", 0 }, { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case 's': o->svg = arg; return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            o->verb = arg;
        else if (state->arg_num == 1)
            o->name = arg;
        else
            argp_error(state, "too many arguments");
        return 0;
    case ARGP_KEY_END:
        if (!o->verb)
            o->verb = "list";
        if (o->svg && strcmp(o->verb, "show") != 0)
            argp_error(state, "--svg is for show");
        if (strcmp(o->verb, "list") == 0 ? o->name != NULL : !o->name)
            argp_error(state, "expected list, show NAME or activate NAME");
        else if (strcmp(o->verb, "list") != 0 && strcmp(o->verb, "show") != 0 &&
                 strcmp(o->verb, "activate") != 0)
            argp_error(state, "%s: expected list, show or activate", o->verb);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int list(xasctl *ctl)
{
    xasQuery *q;

    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q,
                     "SELECT id, name, kind, CASE active WHEN 1 THEN 'active' "
                     "ELSE '' END AS active, CASE synthetic WHEN 1 THEN "
                     "'SYNTHETIC' ELSE '' END AS synthetic, n, compounds, "
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

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "[list]\nshow NAME\nactivate NAME",
        "List the models of the database, show one, or make one predict. A "
        "model is named or given by its number. A running xasd notices "
        "within a second.",
        NULL,
        NULL,
        NULL
    };
    options o = { .verb = NULL };

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (strcmp(o.verb, "list") == 0)
        return list(ctl);
    return strcmp(o.verb, "show") == 0 ? show(ctl, o.name, o.svg)
                                       : activate(ctl, o.name);
}

const xasctlCommand xasctlModel = { "model", "list, show, activate models",
                                    run };
