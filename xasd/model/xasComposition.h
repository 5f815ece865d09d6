/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_COMPOSITION_H
#define XAS_COMPOSITION_H

#include <stdbool.h>
#include <stddef.h>

#include "xasStatus.h"

/** What a formula alone says about an enthalpy of formation: bonds counted
 * from valences, each worth the square of its difference in electronegativity
 * (DEFINITIONS.md, section 7; Pauling's formula). */
enum { xasPO, xasPX, xasPN, xasNO, xasDescriptorCount };

typedef struct xasComposition {
    double n_atoms;                        /* of the formula, with its water */
    double descriptor[xasDescriptorCount]; /* P_O P_X P_N n_O per atom */
    double n_metals;                       /* xasFormulaMetals() */
    int z;                                 /* of its first 3d metal */
    const char *ligand; /* "chloride", "oxide", ..., "metal"; never NULL */
} xasComposition;

/** \brief Read a formula.
 * \return xasErrFormat for what is no formula; xasErrRange for an element
 *         without rule or electronegativity, or no metal of Ti..Zn: no
 *         composition, and nothing is written
 * Source: L. Pauling, The Nature of the Chemical Bond (1960), ch. 3. */
xasStatus xasCompositionRead(const char *formula, xasComposition *out);

/** \brief What can be read of a formula: without a composition n_atoms is 0,
 * but n_metals is known where there are any.   \param formula  "" unknown */
void xasCompositionTry(const char *formula, xasComposition *out);

/** A ridge on the descriptors, per mole of atoms. */
typedef struct xasCompositionFit {
    size_t n;      /* formulas fitted */
    double lambda; /* chosen by leave-one-out */
    double mean[xasDescriptorCount], sd[xasDescriptorCount]; /* sd 0: unused */
    double w[xasDescriptorCount]; /* kJ per mole of atoms per sd */
    double intercept;             /* kJ per mole of atoms */
} xasCompositionFit;

/** \brief Fit dHf per mole of atoms on some rows.
 * \param of      [.] of the whole table   \param y [.] kJ per mole of atoms
 * \param row     [n] which ones, n >= 3
 * \param[out] left_out [n] leave-one-out residuals at the lambda chosen, in
 *                  the order of row; may be NULL
 * \return xasErrRange for n < 3; xasErrMemory; xasErrSingular */
xasStatus xasCompositionTrain(const xasComposition *of, const double *y,
                              const size_t *row, size_t n,
                              xasCompositionFit *out, double *left_out);

/** \brief Its value, kJ per mole of atoms. */
double xasCompositionAt(const xasCompositionFit *fit, const xasComposition *of);

#endif
