/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONTINUOUS_CASES_H
#define CONTINUOUS_CASES_H

#include "continuousWorld.h"

/** A fault in a sweep from 7000 to 7200 eV between 2 and 22 s, at 10 points a
 * second, and the scan that it must become.  The error of mu of good points
 * must always be that of an undisturbed scan. */
typedef struct continuousCase {
    const char *name; /* as in the list of faults */
    worldFault fault[worldFaults];
    xasExit exit;
    uint32_t flags;   /* of all points together */
    const char *said; /* events besides start and pace, in words */
    size_t flagged;   /* points with a flag, give or take one */
    size_t n;         /* points, give or take one */
    double to_s;      /* active falls then, 22 if 0 */
} continuousCase;

extern const continuousCase continuousCases[];
extern const size_t continuousCaseCount;

#endif
