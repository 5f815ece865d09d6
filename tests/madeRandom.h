/* SPDX-License-Identifier: BSD-3-Clause */
/* Chance for tests: a generator of our own, so that a seed means the same
 * everywhere. */
#ifndef MADE_RANDOM_H
#define MADE_RANDOM_H

#include <stdint.h>

typedef struct madeRandom {
    uint64_t state; /* any seed */
} madeRandom;

/** \brief Any 64 bits. */
uint64_t madeBits(madeRandom *r);
/** \brief 0 to n - 1. */
int madeBelow(madeRandom *r, int n);
/** \brief In (0, 1). */
double madeUniform(madeRandom *r);
/** \brief In (lo, hi). */
double madeBetween(madeRandom *r, double lo, double hi);
/** \brief Standard normal. */
double madeNormal(madeRandom *r);

#endif
