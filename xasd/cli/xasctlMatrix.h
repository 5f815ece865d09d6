/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_MATRIX_H
#define XASCTL_MATRIX_H

#include "xasModel.h"
#include "xasTsv.h"

/** Training data from a file. */
typedef struct xasctlMatrix {
    xasTable table;
    xasTsv *file;
    double *numbers; /* x, y and E_r behind each other */
} xasctlMatrix;

/** \brief Read a matrix: the columns id, compound and dHf_kJ_per_mol, then
 * element (or er_K, er_L3, er_L2, which win); all others are features. Empty
 * and nan are missing. Errors name file, line and column. */
xasStatus xasctlMatrixRead(const char *file, xasctlMatrix *out,
                           xasMessage *message);
void xasctlMatrixClear(xasctlMatrix *matrix);

#endif
