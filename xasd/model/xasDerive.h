/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_DERIVE_H
#define XAS_DERIVE_H

#include "xasModel.h"

/** A table with what the formulas of its rows say. */
typedef struct xasStudied {
    const xasTable *table;
    const xasComposition *of;   /* [table->n] n_atoms 0: cannot be read */
    const int *z;               /* [table->n] of the absorber, 0 unknown */
    const char *const *element; /* [table->n] its symbol, "" unknown; only
                                 * xasStudyMake() needs it */
} xasStudied;

/** A table made from another one; owns its arrays, not the names in them. */
typedef struct xasDerived {
    xasTable table;
    xasComposition *of; /* [table.n] all can be counted */
    size_t *row;        /* [table.n] of the table it was made from */
} xasDerived;

/** \brief Is it a column of an absolute energy or height ("wl_e", "l3_i")?
 * These differ between elements and spectrometers for reasons that are no
 * chemistry. */
bool xasDeriveIsAbsolute(const char *column);

/** \brief Rows whose formula can be counted as the basis needs it, and for
 * mole of atoms only relative columns, with Z behind them; left out together
 * are those with equal names.
 * \param group  [table->n] or NULL: its compounds
 * \return xasErrMemory; xasErrRange when fewer than 5 rows are left */
xasStatus xasDerive(const xasStudied *from, const char *const *group,
                    xasBasis basis, xasDerived *out);
void xasDerivedClear(xasDerived *derived);

#endif
