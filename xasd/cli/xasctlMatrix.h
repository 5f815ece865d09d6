/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_MATRIX_H
#define XASCTL_MATRIX_H

#include "xasCheck.h"
#include "xasDerive.h"
#include "xasTsv.h"

/** Training data from a file. */
typedef struct xasctlMatrix {
    xasTable table;
    xasTsv *file;
    double *numbers;                 /* x, y and E_r behind each other */
    const char **formula, **element; /* [table.n] as given, "" unknown */
    xasComposition *of;   /* [table.n] n_atoms 0: formula cannot be counted */
    int *z;               /* [table.n] of element, 0 unknown */
    xasWarnings warnings; /* as far as the table alone shows them */
} xasctlMatrix;

/** \brief Read a matrix: the columns id, compound and dHf_kJ_per_mol, then
 * element (or er_K, er_L3, er_L2, which win) and formula (else the compound
 * is taken for it if it holds the element); all others are features. Empty and
 * nan are missing. Errors name file, line and column.
 *
 * Compounds that differ in water or in writing alone, and those of samples
 * with the same features, get one name, so that they are left out together. */
xasStatus xasctlMatrixRead(const char *file, xasctlMatrix *out,
                           xasMessage *message);
void xasctlMatrixClear(xasctlMatrix *matrix);

/** \brief As the numeric library takes it; lives as long as the matrix. */
xasStudied xasctlMatrixStudied(const xasctlMatrix *matrix);

#endif
