/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_RANDOM_H
#define XAS_SIM_RANDOM_H

#include <stdint.h>

/** Random numbers that a seed repeats, on any machine. */
typedef struct xasSimRandom {
    uint64_t state;
} xasSimRandom;

/** \brief Start a sequence; `name` keeps those of one seed apart. */
xasSimRandom xasSimRandomInit(uint32_t seed, const char *name);

/** \brief In (0, 1). */
double xasSimRandomUniform(xasSimRandom *r);
/** \brief Mean 0, variance 1. */
double xasSimRandomNormal(xasSimRandom *r);
/** \brief Photons counted where `mean` are expected. */
double xasSimRandomPoisson(xasSimRandom *r, double mean);

#endif
