/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_PERMUTE_H
#define XAS_PERMUTE_H

#include <stdint.h>

#include "xasDerive.h"

/** Outcome of a permutation test on the nested mean absolute error. */
typedef struct xasPermuted {
    double p;      /* (1 + atLeastAsGood)/(shuffles + 1) */
    double mae;    /* kJ/mol, unshuffled */
    double median; /* of the shuffled MAE, kJ/mol */
    double best;   /* least of them */
    size_t shuffles, atLeastAsGood;
} xasPermuted;

/** \brief Does the model know anything?  Targets are shuffled among compounds
 * and the whole nested training is repeated.
 *
 * Rows of a compound get those of another in turn, so that repeats of one stay
 * repeats.  The same seed gives the same shuffles everywhere.
 * \param shuffles  0: p is 1
 * Source: Ojala, Garriga, J. Mach. Learn. Res. 11 (2010) 1833, test 1. */
xasStatus xasPermuteTargets(const xasModel *model, size_t shuffles,
                            uint64_t seed, xasPermuted *out);

/** \brief Does the spectrum add to the formula?  Spectra are shuffled against
 * formulas, Z and targets, in the model of both (DEFINITIONS.md section 7).
 * \param folds  as xasFiguresMake() */
xasStatus xasPermuteSpectra(const xasStudied *of, size_t folds, size_t shuffles,
                            uint64_t seed, xasPermuted *out,
                            xasMessage *message);

#endif
