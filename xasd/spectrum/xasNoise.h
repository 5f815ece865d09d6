/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_NOISE_H
#define XAS_NOISE_H

#include "xasFeatures.h"

/** \brief Noise in the pre-edge and the variance of mu at each point,
 * DEFINITIONS.md section 1.
 *
 * \param window  [size] 1 for the points of the pre-edge, else 0
 * \param height  edge step (K) or L3 height, the scale of the signal
 * \param[out] sigma   0 with fewer than 6 points
 * \param[out] var     [size]
 * \param[in,out] flags  noise_scaled, noise_unknown
 * \return xasErrMemory */
xasStatus xasNoiseFind(const xasSpectrum *s, const double *window,
                       double height, double *sigma, double *var,
                       char flags[XAS_FLAGS_SIZE]);

#endif
