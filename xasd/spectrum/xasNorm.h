/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_NORM_H
#define XAS_NORM_H

#include <stddef.h>

#include "xasStatus.h"

/** Normalisation A: what Larch 2026.3.1's pre_edge() and find_e0() give.
 * Windows are relative to e0_eV.  For people and cross checks. */
typedef struct xasNorm {
    double e0_eV;
    double edge_step;
    double pre_offset; /* line mu = offset + slope E */
    double pre_slope_per_eV;
    double pre1_eV, pre2_eV;
    double norm1_eV, norm2_eV;
    int nnorm;        /* degree of the post-edge polynomial */
    double norm_c[3]; /* of mu - line: c0 + c1 E + c2 E^2, as norm_c* there */
} xasNorm;

/** \brief E0 as Larch finds it: a grid point of the measured axis.
 * \param energy_eV [n] strictly increasing    \param mu [n]
 * \param[out] e0_eV, index   \return xasErrRange for too few points */
xasStatus xasNormFindE0(const double *energy_eV, const double *mu, size_t n,
                        double *e0_eV, size_t *index);

/** \brief Pre-edge line, post-edge curve and edge step.
 * \param e0_eV  NaN: find it
 * Source: SCIENCE.md "Normalisation A"; Newville, Larch 2026.3.1. */
xasStatus xasNormFind(const double *energy_eV, const double *mu, size_t n,
                      double e0_eV, xasNorm *out);

/** \brief Normalised and flattened mu on the measured axis.
 * \param[out] norm, flat  [n] each; either may be NULL */
xasStatus xasNormApply(const xasNorm *norm_of, const double *energy_eV,
                       const double *mu, size_t n, double *norm, double *flat);

#endif
