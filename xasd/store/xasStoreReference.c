/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreModel.h"

static xasStatus checkReference(const xasReference *ref, xasMessage *message)
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
    status = checkReference(ref, message);
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

xasStatus xasStoreReferenceFind(xasStore *store, const char *formula,
                                xasReference *out)
{
    char compound[XAS_FORMULA_TEXT];
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
        "FROM reference WHERE compound = ? AND basis = 'formula' "
        "AND abs(hydration - ?) < 1e-6 ORDER BY phase = 'cr' DESC, id LIMIT 1",
        "td", compound, parsed.water);
    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        referenceOf(s, out);
    (void)sqlite3_finalize(s);
    if (status == xasErrNotFound)
        return xasSqlFail(store, status, "no reference value of %s", formula);
    return status;
}
