/* SPDX-License-Identifier: BSD-3-Clause */
/* Apart from the parser: who only reads formulas needs no xraylib. */
#include <math.h>

#include <xraylib/xraylib.h>

#include "xasFormula.h"

double xasFormulaMass(const xasFormula *f)
{
    double mass = 0;

    for (size_t i = 0; i < f->n; i++) {
        double weight = AtomicWeight(xasElementZ(f->part[i].symbol), NULL);

        if (!(weight > 0))
            return NAN;
        mass += f->part[i].count * weight;
    }
    return mass;
}
