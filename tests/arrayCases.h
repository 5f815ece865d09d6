/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ARRAY_CASES_H
#define ARRAY_CASES_H

#include "assemblerCases.h"

#define UP  "up=energy,i0,i1 "
#define UPS "up=energy,i0,i1,sequence "
#define UPC "up=energy,i0,i1,commit "
/* Energies that were there before. */
#define OLD "energy:[7000,7001,7002]@-900 "
/* All arrays of a sweep of three points, energy first. */
#define SWEEP(ms) "=" #ms " energy=[7000,7001,7002] i0=[9,8,7] i1=[5,4,3] "
#define WHOLE                                                                  \
    "start P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; start arrays}"

extern const testCase arrayCases[];
extern const size_t arrayCaseCount;

#endif
