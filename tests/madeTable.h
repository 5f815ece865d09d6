/* SPDX-License-Identifier: BSD-3-Clause */
/* Test only: generated training tables. */
#ifndef MADE_TABLE_H
#define MADE_TABLE_H

#include "xasDerive.h"

enum { madeRows = 64, madeColumns = 40 };

/** A table to play with; each row its own compound, no gaps. */
typedef struct madeTable {
    xasTable table;
    xasStudied studied;
    double x[madeRows * madeColumns], y[madeRows], er[madeRows * xasErCount];
    char name[madeRows][8], columnName[madeColumns][8];
    char text[madeRows][12]; /* formulas: halides, oxides of Ti..Zn */
    const char *id[madeRows], *compound[madeRows], *column[madeColumns];
    const char *formula[madeRows], *element[madeRows];
    xasComposition of[madeRows];
    int z[madeRows];
} madeTable;

/** \brief Uniform in (-1, 1), and Gaussian of unit sd (a sum of twelve: no
 * tail beyond 6); the same everywhere. */
double madeNext(unsigned *state);
double madeGauss(unsigned *state);

/** \brief Gaussian columns with a part `shared' of one common to all, and
 * y = -400 + 100 c0 - 60 c1 + 40 c2 + noise. */
void madeTableFill(madeTable *t, size_t n, size_t p, double shared,
                   double noise, unsigned *state);

#endif
