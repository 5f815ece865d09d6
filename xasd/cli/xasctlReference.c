/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl reference: enthalpies of formation to train on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasStoreModel.h"
#include "xasTsv.h"
#include "xasctlArgs.h"

enum { verbList, verbCheck, verbImport };

static const xasctlVerb verbs[] = {
    [verbList] = { "list", 0, 0 },
    [verbCheck] = { "check", 0, 0 },
    [verbImport] = { "import", 1, 1 },
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    return xasctlParseVerb(key, arg, state, verbs, sizeof verbs / sizeof *verbs,
                           "list, check, or import FILE", state->input);
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
    if (!ref->phase[0])
        (void)snprintf(ref->phase, sizeof ref->phase, "cr");
    if (!ref->basis[0])
        (void)snprintf(ref->basis, sizeof ref->basis, "formula");
    cell(t, row, "source", file, ref->source, sizeof ref->source);
    cell(t, row, "note", "", ref->note, sizeof ref->note);
    status = number(t, file, row, "dHf_kJ_per_mol", &ref->dhf_kJ_per_mol, why);
    if (status == xasErrNotFound)
        return xasFail(xasErrFormat, why, "%s: no column dHf_kJ_per_mol", file);
    if (status != xasOk)
        return status;
    status = number(t, file, row, "hydration", &ref->hydration, why);
    if (status == xasErrNotFound || isnan(ref->hydration)) {
        xasFormula f;

        ref->hydration =
            xasFormulaParse(ref->formula, &f, NULL) == xasOk ? f.water : 0;
        status = xasOk;
    }
    return status;
}

/** What the file has said so far; a later row must not undo it. */
typedef struct said {
    char compound[XAS_FORMULA_TEXT];
    double units; /* atoms without water: 2 CuCl are a Cu2Cl2 */
    xasReference ref;
} said;

/* Two values of the same thing that are not the same. */
static bool contradicts(const said *a, const said *b)
{
    bool metal = strcmp(a->ref.basis, "metal") == 0;
    double times = b->units / a->units;

    if (strcmp(a->compound, b->compound) != 0 ||
        strcmp(a->ref.basis, b->ref.basis) != 0 ||
        strcmp(a->ref.phase, b->ref.phase) != 0 ||
        fabs(a->ref.hydration * times - b->ref.hydration) > 1e-6)
        return false;
    return fabs(a->ref.dhf_kJ_per_mol * (metal ? 1 : times) -
                b->ref.dhf_kJ_per_mol) > 1e-9 * fabs(b->ref.dhf_kJ_per_mol);
}

static xasStatus checkSaid(const xasTsv *t, const char *file, said *all,
                           size_t row, xasMessage *why)
{
    said *mine = &all[row];
    xasFormula f;

    if (xasFormulaParse(mine->ref.formula, &f, NULL) != xasOk ||
        xasFormulaCompound(&f, mine->compound) != xasOk)
        return xasOk; /* the store says what is wrong */
    mine->units = xasFormulaDryAtoms(&f);
    for (size_t i = 0; i < row; i++)
        if (contradicts(&all[i], mine))
            return xasFail(
                xasErrArg, why,
                "%s:%zu: %s is %g kJ/mol, line %zu says %g%s%s: is "
                "one of them a hydrate, or of another phase?",
                file, t->line[row], mine->ref.formula, mine->ref.dhf_kJ_per_mol,
                t->line[i], all[i].ref.dhf_kJ_per_mol,
                all[i].units == mine->units ? "" : " of ",
                all[i].units == mine->units ? "" : all[i].ref.formula);
    return xasOk;
}

static xasStatus putRows(xasctl *ctl, const xasTsv *t, const char *file,
                         xasMessage *why)
{
    said *all = calloc(t->rows + 1, sizeof *all);
    xasStatus status = all ? xasStoreBegin(ctl->store) : xasErrMemory;

    for (size_t row = 0; row < t->rows && status == xasOk; row++) {
        xasMessage inner = { "" };

        status = readRow(t, file, row, &all[row].ref, why);
        if (status == xasOk)
            status = checkSaid(t, file, all, row, why);
        if (status != xasOk)
            break;
        status = xasStoreReferencePut(ctl->store, &all[row].ref, &inner);
        if (status != xasOk)
            (void)xasFail(status, why, "%s:%zu: %s", file, t->line[row],
                          inner.text);
    }
    free(all);
    return status;
}

static void conflictText(FILE *out, const xasReferenceConflict *c)
{
    (void)fprintf(out, "%s", c->formula);
    if (c->hydration > 0 && !strstr(c->formula, "H2O"))
        (void)fprintf(out, " with %g H2O", c->hydration);
    (void)fprintf(out,
                  " (%s): %g kJ/mol per formula unit, but %g per metal atom "
                  "are %g: %.1f apart; the first is used\n",
                  c->phase, c->formula_kJ_per_mol, c->metal_kJ_per_mol,
                  c->metals * c->metal_kJ_per_mol, c->apart_kJ_per_mol);
}

static void conflictJson(xasJson *j, const xasReferenceConflict *c)
{
    xasJsonOpen(j, NULL, '{');
    xasJsonText(j, "formula", c->formula);
    xasJsonText(j, "phase", c->phase);
    xasJsonNumber(j, "hydration", c->hydration);
    xasJsonNumber(j, "formula_kJ_per_mol", c->formula_kJ_per_mol);
    xasJsonNumber(j, "metal_kJ_per_mol", c->metal_kJ_per_mol);
    xasJsonNumber(j, "metals", c->metals);
    xasJsonNumber(j, "apart_kJ_per_mol", c->apart_kJ_per_mol);
    xasJsonClose(j);
}

/* On stderr, beside whatever was asked for. */
static void warnOfConflicts(xasctl *ctl)
{
    xasReferenceConflict *c = NULL;
    size_t n = 0;

    if (xasStoreReferenceConflicts(ctl->store, &c, &n) != xasOk)
        return;
    (void)fflush(stdout);
    for (size_t i = 0; i < n; i++) {
        (void)fputs("xasctl: warning: ", stderr);
        conflictText(stderr, &c[i]);
    }
    free(c);
}

static int check(xasctl *ctl)
{
    xasReferenceConflict *c = NULL;
    size_t n = 0;
    xasJson j;

    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasStoreReferenceConflicts(ctl->store, &c, &n) != xasOk)
        return xasctlStoreFail(ctl);
    if (ctl->form == xasctlJson) {
        xasJsonInit(&j, stdout);
        xasJsonOpen(&j, NULL, '[');
        for (size_t i = 0; i < n; i++)
            conflictJson(&j, &c[i]);
        xasJsonClose(&j);
    } else {
        for (size_t i = 0; i < n; i++)
            conflictText(stdout, &c[i]);
        if (!n)
            (void)printf("no two values of a compound disagree\n");
    }
    free(c);
    return n ? xasctlFail("%zu compound%s with two values", n,
                          n == 1 ? "" : "s")
             : xasctlDone;
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
    if (result == xasctlDone)
        warnOfConflicts(ctl);
    xasTsvDestroy(t);
    return result;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        parse,
        "[list]\ncheck\nimport FILE",
        "List the enthalpies of formation to train on, check that those per "
        "formula unit and per metal atom agree, or import them from a table "
        "with the columns formula, dHf_kJ_per_mol, phase, hydration, basis, "
        "source, note (the first two at least).",
        NULL,
        NULL,
        NULL
    };
    xasctlSaid said = { 0 };
    xasQuery *q;
    int result;

    xasctlParse(ctl, &argp, argc, argv, &said);
    if (said.verb == verbImport)
        return import(ctl, said.word[0]);
    if (said.verb == verbCheck)
        return check(ctl);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasQueryOpen(ctl->store, &q,
                     "SELECT formula, compound, dhf AS dHf_kJ_per_mol, phase, "
                     "hydration, basis, molar_mass(formula) AS g_per_mol, "
                     "metal_atoms(formula) AS metals, source, note "
                     "FROM reference "
                     "ORDER BY id",
                     "") != xasOk)
        return xasctlStoreFail(ctl);
    result = xasctlTable(ctl, q, "no reference values");
    warnOfConflicts(ctl);
    return result;
}

const xasctlCommand xasctlReference = {
    "reference", "list or import enthalpies of formation", run
};
