/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include "madeTable.h"
#include "xasFormula.h"

double madeNext(unsigned *state)
{
    *state = *state * 1664525u + 1013904223u;
    return (double)*state / 2147483648.0 - 1;
}

double madeGauss(unsigned *state)
{
    double sum = 0;

    for (int i = 0; i < 12; i++)
        sum += madeNext(state);
    return sum / 2;
}

static void name(madeTable *t, size_t i)
{
    static const char *const metal[] = { "Ti", "V",  "Cr", "Mn", "Fe",
                                         "Co", "Ni", "Cu", "Zn" };
    static const char *const rest[] = { "F2", "Cl2", "Br2", "I2",
                                        "O",  "S",   "2O3" };

    snprintf(t->name[i], sizeof t->name[i], "s%u", (unsigned)i % 1000);
    snprintf(t->text[i], sizeof t->text[i], "%s%s", metal[i % 9],
             rest[i / 9 % 7]);
    t->id[i] = t->compound[i] = t->name[i];
    t->formula[i] = t->text[i];
    t->element[i] = metal[i % 9];
    t->z[i] = xasElementZ(t->element[i]);
    if (xasCompositionRead(t->formula[i], &t->of[i]) != xasOk)
        t->of[i].n_atoms = 0;
}

void madeTableFill(madeTable *t, size_t n, size_t p, double shared,
                   double noise, unsigned *state)
{
    static const double slope[] = { 100, -60, 40 };

    memset(t, 0, sizeof *t);
    for (size_t i = 0; i < n; i++) {
        double common = madeGauss(state);

        name(t, i);
        t->y[i] = -400 + noise * madeGauss(state);
        for (size_t j = 0; j < p; j++) {
            t->x[i * p + j] = madeGauss(state) + shared * common;
            t->y[i] += j < 3 ? slope[j] * t->x[i * p + j] : 0;
        }
        for (size_t k = 0; k < xasErCount; k++)
            t->er[i * xasErCount + k] = 7112 - 3000 * (double)k;
    }
    for (size_t j = 0; j < p; j++) {
        snprintf(t->columnName[j], sizeof t->columnName[j], "c%u",
                 (unsigned)j % 1000);
        t->column[j] = t->columnName[j];
    }
    t->table =
        (xasTable){ n, p, t->id, t->compound, t->column, t->x, t->y, t->er };
    t->studied = (xasStudied){ &t->table, t->of, t->z, t->element };
}
