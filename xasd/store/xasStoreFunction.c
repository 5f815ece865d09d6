/* SPDX-License-Identifier: BSD-3-Clause */
/* What SQL cannot ask of formulas by itself, for lists that people read. */
#include "xasFormula.h"
#include "xasSql.h"
#include "xasStoreModel.h"

static const char *textOf(sqlite3_value *value)
{
    const unsigned char *text = sqlite3_value_text(value);

    return text ? (const char *)text : "";
}

/* Arguments of these: formula as given, name of the sample, element scanned. */
static const char *known(sqlite3_value **value)
{
    return xasFormulaOfSample(textOf(value[0]), textOf(value[1]),
                              textOf(value[2]));
}

static void formulaOf(sqlite3_context *context, int n, sqlite3_value **value)
{
    const char *formula = known(value);

    (void)n;
    if (formula[0])
        sqlite3_result_text(context, formula, -1, SQLITE_TRANSIENT);
}

static void referenceOf(sqlite3_context *context, int n, sqlite3_value **value)
{
    xasReference ref;
    const char *formula = known(value);

    (void)n;
    if (formula[0] && xasStoreReferenceFind(sqlite3_user_data(context), formula,
                                            &ref) == xasOk)
        sqlite3_result_double(context, ref.dhf_kJ_per_mol);
}

static void numberOf(sqlite3_context *context, sqlite3_value **value,
                     double (*ask)(const xasFormula *))
{
    xasFormula formula;

    if (xasFormulaParse(textOf(value[0]), &formula, NULL) == xasOk)
        sqlite3_result_double(context, ask(&formula)); /* NaN becomes NULL */
}

static void massOf(sqlite3_context *context, int n, sqlite3_value **value)
{
    (void)n;
    numberOf(context, value, xasFormulaMass);
}

static void metalsOf(sqlite3_context *context, int n, sqlite3_value **value)
{
    (void)n;
    numberOf(context, value, xasFormulaMetals);
}

xasStatus xasSqlFunctions(xasStore *store)
{
    const int flags = SQLITE_UTF8 | SQLITE_DIRECTONLY;
    int result = sqlite3_create_function(store->db, "formula_of", 3, flags,
                                         NULL, formulaOf, NULL, NULL);

    if (result == SQLITE_OK)
        result = sqlite3_create_function(store->db, "reference_of", 3, flags,
                                         store, referenceOf, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_create_function(store->db, "molar_mass", 1, flags,
                                         NULL, massOf, NULL, NULL);
    if (result == SQLITE_OK)
        result = sqlite3_create_function(store->db, "metal_atoms", 1, flags,
                                         NULL, metalsOf, NULL, NULL);
    return xasSqlStatus(store, result);
}
