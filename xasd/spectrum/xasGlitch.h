/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_GLITCH_H
#define XAS_GLITCH_H

#include "xasFeatures.h"

/** Glitches: one to three points away from the smooth curve through their
 * neighbours, by far more than these scatter about it. */

/** Marks of a row, a bit set. */
enum {
    xasGlitchMu = 1, /* seen in mu: must not be believed */
    xasGlitchI0 = 2  /* seen in I0: a dip of the beam that mu may survive */
};

/** What must not be taken for a glitch, nor be interpolated over. */
typedef struct xasGlitchEdge {
    size_t n;         /* 0: edge not known, nothing is protected */
    double at_eV[2];  /* E_r: K, or L3 and L2 */
    double from_eV;   /* [from, to]: fine structure, in which */
    double to_eV;     /*   only what is narrower than */
    double narrow_eV; /*   the lifetime allows is a glitch */
} xasGlitchEdge;

/** \brief The edge of an element; n = 0 for an unknown one. */
xasGlitchEdge xasGlitchEdgeOf(const char *element, xasShell shell);

/** \brief Within 10 eV of the edge: never interpolated over. */
int xasGlitchProtected(const xasGlitchEdge *edge, double energy_eV);

/** \brief Find glitches in mu and in I0, each by itself.
 *
 * A group of 1..3 points is left out; from two points on either side a cubic
 * predicts it. All of the group must deviate to one side, by more than 10 times
 * the noise that the same test finds at its neighbours, 3 times the second
 * largest deviation of these (a step, a peak, an edge has companions; a glitch
 * has none), and 1 % of the range of the curve (mu: between its quantiles
 * 0.02 and 0.98; I0: of its median).
 * \param i0,signal  as xasSpectrumCreate takes them, any order of rows
 * \param energy_eV  [n] eV
 * \param[out] mark  [n] bits as above
 * \return xasErrArg, xasErrMemory; too few points are no error: no marks */
xasStatus xasGlitchFind(xasDetection detection, const double *energy_eV,
                        const double *i0, const double *signal, size_t n,
                        const xasGlitchEdge *edge, unsigned char *mark);

/** \brief A spectrum in which glitches of mu are interpolated over, linearly
 * in mu, outside 10 eV of the edge.
 *
 * Within these, and where a glitch has no sound row on both sides, the reading
 * stays. The energies stay.
 * \param mark  [n] as found; NULL: none */
xasStatus xasGlitchSpectrum(xasDetection detection, const double *energy_eV,
                            const double *i0, const double *signal, size_t n,
                            const xasGlitchEdge *edge,
                            const unsigned char *mark, xasSpectrum **out);

#endif
