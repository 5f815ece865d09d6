/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl reference: enthalpies of formation to train on. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasStoreModel.h"
#include "xasTsv.h"
#include "xasctl.h"

typedef struct options {
    const char *verb, *file;
} options;

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case ARGP_KEY_ARG:
        if (state->arg_num == 0)
            o->verb = arg;
        else if (state->arg_num == 1)
            o->file = arg;
        else
            argp_error(state, "too many arguments");
        return 0;
    case ARGP_KEY_END:
        if (o->verb && strcmp(o->verb, "import") == 0 && !o->file)
            argp_error(state, "import which file?");
        else if (o->verb && strcmp(o->verb, "import") != 0 &&
                 (strcmp(o->verb, "list") != 0 || o->file))
            argp_error(state, "expected list, or import FILE");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/* Text of a named column; `fallback` where the file has no such column. */
static void cell(const xasTsv *t, size_t row, const char *name,
                 const char *fallback, char *out, size_t size)
{
    size_t column;

    if (xasTsvColumn(t, name, &column) == xasOk)
        fallback = xasTsvCell(t, row, column);
    (void)snprintf(out, size, "%s", fallback);
}

static xasStatus number(const xasTsv *t, const char *file, size_t row,
                        const char *name, double *out, xasMessage *why)
{
    size_t column;

    if (xasTsvColumn(t, name, &column) != xasOk)
        return xasErrNotFound;
    if (xasTsvNumber(t, row, column, out) != xasOk)
        return xasFail(xasErrFormat, why, "%s:%zu: %s \"%s\" is no number",
                       file, t->line[row], name, xasTsvCell(t, row, column));
    return xasOk;
}

static xasStatus readRow(const xasTsv *t, const char *file, size_t row,
                         xasReference *ref, xasMessage *why)
{
    xasStatus status;

    memset(ref, 0, sizeof *ref);
    cell(t, row, "formula", "", ref->formula, sizeof ref->formula);
    cell(t, row, "phase", "cr", ref->phase, sizeof ref->phase);
    cell(t, row, "basis", "formula", ref->basis, sizeof ref->basis);
    cell(t, row, "source", file, ref->source, sizeof ref->source);
    cell(t, row, "note", "", ref->note, sizeof ref->note);
    status = number(t, file, row, "dHf_kJ_per_mol", &ref->dhf_kJ_per_mol, why);
    if (status == xasErrNotFound)
        return xasFail(xasErrFormat, why, "%s: no column dHf_kJ_per_mol", file);
    if (status != xasOk)
        return status;
    status = number(t, file, row, "hydration", &ref->hydration, why);
    if (status == xasErrNotFound || isnan(ref->hydration)) {
        ref->hydration = 0;
        status = xasOk;
    }
    return status;
}

static xasStatus putRows(xasctl *ctl, const xasTsv *t, const char *file,
                         xasMessage *why)
{
    xasStatus status = xasStoreBegin(ctl->store);

    for (size_t row = 0; row < t->rows && status == xasOk; row++) {
        xasReference ref;
        xasMessage inner = { "" };

        status = readRow(t, file, row, &ref, why);
        if (status != xasOk)
            break;
        status = xasStoreReferencePut(ctl->store, &ref, &inner);
        if (status != xasOk)
            (void)xasFail(status, why, "%s:%zu: %s", file, t->line[row],
                          inner.text);
    }
    return status;
}

static int import(xasctl *ctl, const char *file)
{
    xasTsv *t = NULL;
    xasMessage why = { "" };
    size_t column;
    int result;

    if (xasTsvRead(file, &t, &why) != xasOk)
        return xasctlFail("%s", why.text);
    if (xasTsvColumn(t, "formula", &column) != xasOk) {
        xasTsvDestroy(t);
        return xasctlFail("%s: no column formula", file);
    }
    if (xasctlOpen(ctl, xasStoreCreate)) {
        xasStatus status = putRows(ctl, t, file, &why);

        result = xasctlEnd(ctl, status, &why);
    } else {
        result = xasctlFailed;
    }
    if (result == xasctlDone && ctl->form == xasctlJson) {
        xasJson j;

        xasJsonInit(&j, stdout);
        xasJsonOpen(&j, NULL, '{');
        xasJsonInt(&j, "imported", (int64_t)t->rows);
        xasJsonClose(&j);
    } else if (result == xasctlDone && ctl->form == xasctlText) {
        (void)printf("%zu reference values from %s\n", t->rows, file);
    }
    xasTsvDestroy(t);
    return result;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        parse,
        "[list]\nimport FILE",
        "List the enthalpies of formation to train on, or import them from a "
        "table with the columns formula, dHf_kJ_per_mol, phase, hydration, "
        "basis, source, note (the first two at least).",
        NULL,
        NULL,
        NULL
    };
    options o = { .verb = NULL };
    xasQuery *q;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (o.file)
        return import(ctl, o.file);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q,
                     "SELECT formula, compound, dhf AS dHf_kJ_per_mol, phase, "
                     "hydration, basis, source, note FROM reference "
                     "ORDER BY id",
                     "") != xasOk)
        return xasctlStoreFail(ctl);
    return xasctlTable(ctl, q, "no reference values");
}

const xasctlCommand xasctlReference = {
    "reference", "list or import enthalpies of formation", run
};
