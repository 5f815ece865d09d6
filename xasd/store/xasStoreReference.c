/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreModel.h"

/* The strongest bonds are worth some 400 kJ per mole of atoms; J/mol instead
 * of kJ/mol is a thousand times what is meant. */
static bool isCredible(const xasReference *ref, const xasFormula *f)
{
    enum { limit_kJ_per_mol = 2000 };
    double units = strcmp(ref->basis, "metal") == 0 ? xasFormulaMetals(f) : 1;

    return fabs(ref->dhf_kJ_per_mol) * units <=
           limit_kJ_per_mol *
               (xasFormulaDryAtoms(f) + 3 * fmax(0, ref->hydration));
}

static xasStatus checkReference(const xasReference *ref, const xasFormula *f,
                                xasMessage *message)
{
    if (!isfinite(ref->dhf_kJ_per_mol))
        return xasFail(xasErrNaN, message, "%s: no enthalpy of formation",
                       ref->formula);
    if (strcmp(ref->basis, "formula") != 0 && strcmp(ref->basis, "metal") != 0)
        return xasFail(xasErrArg, message,
                       "%s: basis \"%s\" is neither formula nor metal",
                       ref->formula, ref->basis);
    if (!(ref->hydration >= 0 && isfinite(ref->hydration)))
        return xasFail(xasErrArg, message, "%s: hydration %g", ref->formula,
                       ref->hydration);
    if (f->water > 0 && !(fabs(f->water - ref->hydration) < 1e-6))
        return xasFail(xasErrArg, message,
                       "%s has %g H2O, its hydration is given as %g",
                       ref->formula, f->water, ref->hydration);
    if (strcmp(ref->basis, "metal") == 0 && !(xasFormulaMetals(f) > 0))
        return xasFail(xasErrArg, message,
                       "%s: a value per metal atom, but no metal of Sc..Zn in "
                       "it",
                       ref->formula);
    if (!isCredible(ref, f))
        return xasFail(xasErrRange, message,
                       "%s: %g kJ/mol is more than 2000 per mole of atoms: is "
                       "it in J/mol?",
                       ref->formula, ref->dhf_kJ_per_mol);
    if (!ref->source[0])
        return xasFail(xasErrArg, message, "%s: no source is named",
                       ref->formula);
    return xasOk;
}

xasStatus xasStoreReferencePut(xasStore *store, const xasReference *ref,
                               xasMessage *message)
{
    char compound[XAS_FORMULA_TEXT];
    xasFormula formula;
    size_t position = 0;
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return xasFail(status, message, "%s", xasStoreError(store));
    if (xasFormulaParse(ref->formula, &formula, &position) != xasOk ||
        xasFormulaCompound(&formula, compound) != xasOk)
        return xasFail(xasErrFormat, message, "\"%s\" is no formula (byte %zu)",
                       ref->formula, position + 1);
    status = checkReference(ref, &formula, message);
    if (status != xasOk)
        return status;
    status = xasSqlRun(
        store,
        "INSERT INTO reference (formula, compound, dhf, basis, phase, "
        "hydration, source, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (compound, basis, phase, hydration) DO UPDATE SET "
        "formula = excluded.formula, dhf = excluded.dhf, "
        "source = excluded.source, note = excluded.note",
        "ttdttdtt", ref->formula, compound, ref->dhf_kJ_per_mol, ref->basis,
        ref->phase[0] ? ref->phase : "cr", ref->hydration, ref->source,
        ref->note);
    if (status != xasOk)
        return xasFail(status, message, "%s: %s", ref->formula,
                       xasStoreError(store));
    return xasOk;
}

static void referenceOf(sqlite3_stmt *s, xasReference *ref)
{
    xasSqlText(s, 0, ref->formula, sizeof ref->formula);
    ref->dhf_kJ_per_mol = xasSqlDouble(s, 1);
    xasSqlText(s, 2, ref->basis, sizeof ref->basis);
    xasSqlText(s, 3, ref->phase, sizeof ref->phase);
    ref->hydration = xasSqlDouble(s, 4);
    xasSqlText(s, 5, ref->source, sizeof ref->source);
    xasSqlText(s, 6, ref->note, sizeof ref->note);
}

/* Units of one formula in another of the same compound: 2 CuCl in Cu2Cl2. */
static double unitsOf(const xasFormula *whole, const xasFormula *unit)
{
    return xasFormulaDryAtoms(whole) / xasFormulaDryAtoms(unit);
}

/* To a unit of the formula asked for; false where the row is of another
 * hydrate. */
static bool convert(const xasFormula *asked, const char *formula,
                    xasReference *ref)
{
    double dhf = ref->dhf_kJ_per_mol, times;
    bool metal = strcmp(ref->basis, "metal") == 0;
    xasFormula own;

    if (xasFormulaParse(ref->formula, &own, NULL) != xasOk)
        return false;
    /* A hydrate in the anhydrous salt's place, as older programs took it. */
    if (own.water > 0 && !(fabs(own.water - ref->hydration) < 1e-6))
        return false;
    times = unitsOf(asked, &own);
    if (!(fabs(ref->hydration * times - asked->water) < 1e-6))
        return false;
    if (metal)
        times = xasFormulaMetals(asked);
    ref->converted[0] = '\0';
    if (metal || times != 1)
        (void)snprintf(ref->converted, sizeof ref->converted, "%g %.60s x %g",
                       dhf, metal ? "per metal atom" : ref->formula, times);
    ref->dhf_kJ_per_mol = dhf * times;
    ref->hydration = asked->water;
    (void)snprintf(ref->basis, sizeof ref->basis, "formula");
    (void)snprintf(ref->formula, sizeof ref->formula, "%s", formula);
    return true;
}

xasStatus xasStoreReferenceFind(xasStore *store, const char *formula,
                                xasReference *out)
{
    char compound[XAS_FORMULA_TEXT];
    xasReference ref;
    xasFormula parsed;
    sqlite3_stmt *s;
    xasStatus status;

    if (xasFormulaParse(formula, &parsed, NULL) != xasOk ||
        xasFormulaCompound(&parsed, compound) != xasOk)
        return xasSqlFail(store, xasErrNotFound, "\"%s\" is no formula",
                          formula);
    /* Solids are what is measured; a value of another phase is the last
     * resort. */
    status = xasSqlPrepare(
        store, &s,
        "SELECT formula, dhf, basis, phase, hydration, source, note "
        "FROM reference WHERE compound = ? "
        "ORDER BY phase = 'cr' DESC, basis = 'formula' DESC, id",
        "t", compound);
    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk) {
        referenceOf(s, &ref);
        if (convert(&parsed, formula, &ref))
            break;
    }
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "no reference value of %s", formula);
    if (status == xasOk)
        *out = ref;
    return status;
}

/* The values of a pair, per formula unit of the first. */
static bool disagree(sqlite3_stmt *s, xasReferenceConflict *c)
{
    enum { limit_kJ_per_mol = 1 };
    char other[XAS_SAMPLE_SIZE];
    xasFormula first, second;

    xasSqlText(s, 0, c->formula, sizeof c->formula);
    xasSqlText(s, 1, c->phase, sizeof c->phase);
    c->hydration = xasSqlDouble(s, 2);
    c->formula_kJ_per_mol = xasSqlDouble(s, 3);
    xasSqlText(s, 4, other, sizeof other);
    c->metal_kJ_per_mol = xasSqlDouble(s, 6);
    if (xasFormulaParse(c->formula, &first, NULL) != xasOk ||
        xasFormulaParse(other, &second, NULL) != xasOk)
        return false;
    c->metals = xasFormulaMetals(&first);
    c->apart_kJ_per_mol =
        fabs(c->metals * c->metal_kJ_per_mol - c->formula_kJ_per_mol);
    return fabs(c->hydration - xasSqlDouble(s, 5) * unitsOf(&first, &second)) <
               1e-6 &&
           c->apart_kJ_per_mol > limit_kJ_per_mol;
}

static xasStatus append(xasReferenceConflict **all, size_t *n,
                        const xasReferenceConflict *one)
{
    xasReferenceConflict *more = realloc(*all, (*n + 1) * sizeof *more);

    if (!more)
        return xasErrMemory;
    more[(*n)++] = *one;
    *all = more;
    return xasOk;
}

xasStatus xasStoreReferenceConflicts(xasStore *store,
                                     xasReferenceConflict **out, size_t *n)
{
    xasReferenceConflict *all = NULL, one;
    size_t count = 0;
    sqlite3_stmt *s;
    xasStatus status = xasSqlPrepare(
        store, &s,
        "SELECT f.formula, f.phase, f.hydration, f.dhf, m.formula, "
        "m.hydration, m.dhf FROM reference f JOIN reference m "
        "ON m.compound = f.compound AND m.phase = f.phase "
        "WHERE f.basis = 'formula' AND m.basis = 'metal' ORDER BY f.id, m.id",
        "");

    while (status == xasOk && (status = xasSqlStep(store, s)) == xasOk)
        if (disagree(s, &one))
            status = append(&all, &count, &one);
    (void)sqlite3_finalize(s);
    if (status != xasErrNotFound) {
        free(all);
        return status;
    }
    *out = all;
    *n = count;
    return xasOk;
}
