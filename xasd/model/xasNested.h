/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_NESTED_H
#define XAS_NESTED_H

#include "xasModel.h"

/** The nested training of a model again, for other targets and other
 * compositions of its rows: everything that does not depend on these is found
 * once for each fold.  One thousand shuffles cost little more than their
 * Lassos. */
typedef struct xasNested xasNested;

/** \brief Make one. \param model  trained; must outlive it */
xasStatus xasNestedCreate(const xasModel *model, xasNested **out);
void xasNestedDestroy(xasNested *nested);

/** \brief Go to a fold: fill, scale and filter its columns.
 * \param[out] row  [count] the rows it leaves out; valid until the next call
 * \return how many */
size_t xasNestedFold(xasNested *nested, size_t fold, const size_t **row);

/** \brief Give the last column other values, and filter it again.
 * \param value [n] */
void xasNestedLast(xasNested *nested, const double *value);

/** \brief Train this fold on a target, and predict the rows it leaves out.
 * \param y   [n] in the unit that is learned (kJ per mole, or of atoms)
 * \param of  [n] where the model adds a composition, else NULL
 * \param[out] predicted [n] only the fold's rows are written; unit of y
 * \return xasErrMemory, xasErrConverge, xasErrSingular */
xasStatus xasNestedPredict(xasNested *nested, const double *y,
                           const xasComposition *of, double *predicted);

#endif
