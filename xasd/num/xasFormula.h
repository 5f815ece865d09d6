/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FORMULA_H
#define XAS_FORMULA_H

#include <stdbool.h>
#include <stddef.h>

#include "xasStatus.h"

#define XAS_FORMULA_PARTS 24
#define XAS_FORMULA_TEXT  128

/** Element counts of a chemical formula, in order of first appearance. */
typedef struct xasFormula {
    size_t n;
    struct {
        char symbol[3];
        double count;
    } part[XAS_FORMULA_PARTS];
    double water; /* H2O units given as an adduct: CuSO4.5H2O has 5 */
} xasFormula;

/** \brief Read "FeCl2", "Fe(OH)3", "CuSO4.5H2O" (also with a middle dot).
 *
 * Counts include the water.  UTF-8 subscript digits are accepted.
 * \param[out] position  byte of the first unreadable character on xasErrFormat;
 *                       may be NULL */
xasStatus xasFormulaParse(const char *text, xasFormula *out, size_t *position);

/** \brief Atoms of an element, 0 if it is not in it. */
double xasFormulaCount(const xasFormula *f, const char *symbol);

/** \brief Atoms of the 3d metals, Sc..Zn, together: 2 in Fe2O3, 3 in NiFe2O4,
 * 1 in LiFePO4 and FeAl2O4. What is "per metal atom" is divided by it.
 * 0: there is none */
double xasFormulaMetals(const xasFormula *f);

/** \brief Atoms of a formula unit without its water: 3 in FeCl2.4H2O. */
double xasFormulaDryAtoms(const xasFormula *f);

/** \brief Molar mass with its water, g/mol, from xraylib's atomic weights,
 * which are right to 3e-4; NaN where an element has none (Z above 98). */
double xasFormulaMass(const xasFormula *f);

/** \brief The compound: reduced formula without hydrate water, elements in
 * alphabetical order with metals as written, so that equal compounds are equal
 * texts ("FeCl2.4H2O" and "FeCl2" both give "Cl2Fe"). */
xasStatus xasFormulaCompound(const xasFormula *f, char out[XAS_FORMULA_TEXT]);

/** \brief The formula of a sample: the one given, else its name where that is
 * one with the element in it. \return one of the arguments, or "" */
const char *xasFormulaOfSample(const char *given, const char *name,
                               const char *element);

/** \brief Can the formula be read, and is the element in it?  Nothing is held
 * against an unknown formula, "", nor against one that can be read where the
 * element is unknown, "". */
bool xasFormulaHolds(const char *formula, const char *element);

/** \brief 1..118 for a symbol, 0 for no element. */
int xasElementZ(const char *symbol);
/** \brief The reverse; "" for no element. */
const char *xasElementSymbol(int z);

#endif
