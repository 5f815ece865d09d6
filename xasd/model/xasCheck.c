/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasCheck.h"
#include "xasFormula.h"

static void warn(xasWarnings *w, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

static void warn(xasWarnings *w, const char *format, ...)
{
    va_list list;

    if (w->n == XAS_WARNINGS) {
        w->unsaid++;
        return;
    }
    va_start(list, format);
    (void)vsnprintf(w->text[w->n++], XAS_WARNING_SIZE, format, list);
    va_end(list);
}

static bool varies(const xasTable *t, size_t j)
{
    double first = NAN;

    for (size_t i = 0; i < t->n; i++) {
        double x = t->x[i * t->p + j];

        if (!isfinite(x))
            continue;
        if (isfinite(first) && x != first)
            return true;
        first = x;
    }
    return false;
}

/* \param varying [p] */
static bool isSame(const xasTable *t, const bool *varying, size_t needed,
                   size_t a, size_t b)
{
    bool broken = false; /* a value that is no whole number is among them */
    size_t present = 0;

    for (size_t j = 0; j < t->p; j++) {
        double x = t->x[a * t->p + j], y = t->x[b * t->p + j];

        if (isfinite(x) != isfinite(y))
            return false;
        if (!isfinite(x))
            continue;
        if (fabs(x - y) > 1e-9 * fmax(fabs(x), fabs(y)))
            return false;
        present += varying[j];
        broken = broken || (varying[j] && x != floor(x));
    }
    return present >= needed && broken;
}

xasStatus xasCheckSame(const xasTable *t, size_t *first)
{
    bool *varying = calloc(t->p + 1, sizeof *varying);
    size_t needed = 0;

    if (!varying)
        return xasErrMemory;
    for (size_t j = 0; j < t->p; j++) {
        varying[j] = varies(t, j);
        needed += varying[j] && needed < 3;
    }
    for (size_t i = 0; i < t->n; i++) {
        first[i] = 0;
        while (first[i] < i && !isSame(t, varying, needed, first[i], i))
            first[i]++;
    }
    free(varying);
    return xasOk;
}

void xasCheckJoin(const char **compound, size_t n, size_t a, size_t b)
{
    const char *from = compound[b];

    for (size_t i = 0; i < n; i++)
        if (strcmp(compound[i], from) == 0 && i != b)
            compound[i] = compound[a];
    compound[b] = compound[a];
}

/* How two formulas of one compound differ, and how far their targets do. */
static void checkFormulas(const xasTable *t, const char *const *formula,
                          size_t a, size_t b, xasWarnings *w)
{
    double apart = fabs(t->y[a] - t->y[b]);
    char ca[XAS_FORMULA_TEXT], cb[XAS_FORMULA_TEXT];
    xasFormula fa, fb;

    if (xasFormulaParse(formula[a], &fa, NULL) ||
        xasFormulaParse(formula[b], &fb, NULL) || xasFormulaCompound(&fa, ca) ||
        xasFormulaCompound(&fb, cb) || strcmp(ca, cb) != 0)
        return;
    if (fa.water != fb.water)
        warn(w,
             "%s (%.60s) and %s (%.60s) differ in water alone: left out "
             "together; their enthalpies are %.0f kJ/mol apart",
             t->id[a], formula[a], t->id[b], formula[b], apart);
    else if (apart > 100) /* polymorphs are closer than half a water */
        warn(w,
             "%s and %s are both %.60s, but their enthalpies are %.0f kJ/mol "
             "apart: is one of them a hydrate?",
             t->id[a], t->id[b], formula[a], apart);
}

/* "FeCl2.4H2O" measured, "FeCl2" given: the value of another substance. */
static void checkName(const char *id, const char *formula, xasWarnings *w)
{
    char named[XAS_FORMULA_TEXT], given[XAS_FORMULA_TEXT];
    xasFormula n, g;

    if (xasFormulaParse(id, &n, NULL) || xasFormulaParse(formula, &g, NULL) ||
        xasFormulaCompound(&n, named) || xasFormulaCompound(&g, given) ||
        strcmp(named, given) != 0 || n.water == g.water)
        return;
    warn(w,
         "%s is given as %.60s: a hydrate and its anhydrous salt under one "
         "formula?",
         id, formula);
}

void xasCheckTable(const xasTable *t, const char *const *formula,
                   const size_t *first, xasWarnings *w)
{
    w->n = w->unsaid = 0;
    for (size_t i = 0; i < t->n; i++)
        if (first[i] != i)
            warn(w,
                 "%s and %s have the same features: one spectrum under two "
                 "names? They are left out together%s",
                 t->id[first[i]], t->id[i],
                 fabs(t->y[i] - t->y[first[i]]) > 1e-9 * fmax(1, fabs(t->y[i]))
                     ? ", yet their enthalpies differ"
                     : "");
    for (size_t i = 0; formula && i < t->n; i++)
        checkName(t->id[i], formula[i], w);
    /* Rows of one compound: each against the first of it. */
    for (size_t i = 0; formula && i < t->n; i++) {
        size_t k = 0;

        while (k < i && strcmp(t->compound[k], t->compound[i]) != 0)
            k++;
        if (k < i)
            checkFormulas(t, formula, k, i, w);
    }
}

static bool isMissing(const xasModel *m, size_t j)
{
    size_t missing = 0;

    for (size_t i = 0; i < m->n; i++)
        missing += isfinite(m->x[i * m->p + j]) ? 0 : 1;
    return (double)missing > m->options.max_missing * (double)m->n;
}

void xasCheckElements(const xasStudied *of, const char *const *formula,
                      xasWarnings *w)
{
    for (size_t i = 0; i < of->table->n; i++) {
        const char *element = of->element[i];
        xasFormula f;

        if (xasElementZ(element) &&
            xasFormulaParse(formula[i], &f, NULL) == xasOk &&
            !(xasFormulaCount(&f, element) > 0))
            warn(w, "%s was scanned for %s, its formula %.60s has none",
                 of->table->id[i], element, formula[i]);
    }
}

/* As many names as there is room for. */
typedef struct names {
    size_t n, used;
    bool full;
    char text[240];
} names;

static void addName(names *to, const char *between, const char *name)
{
    size_t room = sizeof to->text - to->used;
    bool fits =
        !to->full && strlen(between) + strlen(name) + sizeof " ..." <= room;

    if (!to->full)
        to->used += (size_t)snprintf(to->text + to->used, room, "%s%s",
                                     fits && to->n ? between : " ",
                                     fits ? name : "...");
    to->full = !fits;
    to->n++;
}

void xasCheckCounted(const xasTable *t, const xasModel *m, xasWarnings *w)
{
    names left = { .n = 0 };
    size_t k = 0;

    for (size_t i = 0; i < t->n; i++) {
        if (k < m->n && strcmp(m->id[k], t->id[i]) == 0)
            k++;
        else
            addName(&left, ", ", t->id[i]);
    }
    if (left.n)
        warn(w,
             "left out since the formula cannot be counted per %s:%s (%zu of "
             "%zu samples)",
             xasBasisName(m->options.basis), left.text, left.n, t->n);
}

void xasCheckModel(const xasModel *m, xasWarnings *w)
{
    names constant = { .n = 0 }, missing = { .n = 0 };
    size_t usable = 0, kept = 0, only = 0;

    for (size_t j = 0; j < m->p; j++) {
        usable += m->usable[j];
        kept += m->kept[j];
        only = m->kept[j] ? j : only;
        if (m->usable[j])
            continue;
        if (isMissing(m, j))
            addName(&missing, " ", m->column[j]);
        else
            addName(&constant, " ", m->column[j]);
    }
    if (missing.n)
        warn(w, "missing in more than %g %% of the samples, not used:%s",
             100 * m->options.max_missing, missing.text);
    if (constant.n)
        warn(w, "constant columns, not used:%s", constant.text);
    if (usable > 1 && kept == 1)
        warn(w,
             "all %zu usable columns are correlated (|r| >= %g) with %s: it "
             "alone is kept",
             usable, m->options.correlation, m->column[only]);
}
