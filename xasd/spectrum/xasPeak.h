/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_PEAK_H
#define XAS_PEAK_H

#include <stddef.h>

/** Maxima and crossings of a sampled curve, DEFINITIONS.md section 1. */

/** \brief Is there a local maximum of v [n] at i? */
int xasPeakIs(const double *v, size_t n, size_t i);
/** \brief Shift in cells (at most half) and height of the parabola through
 * i-1, i, i+1; at the ends no shift. */
double xasPeakVertex(const double *v, size_t n, size_t i, double *height);
/** \brief Height above the higher of the two sides' lowest points, a side
 * ending before the first point above v[i]. */
double xasPeakProminence(const double *v, size_t n, size_t i);
/** \brief Walk down from i to the first k with v[k-1] < level <= v[k].
 * \param[out] place k-1 plus the linear fraction   \return k, 0 for none */
size_t xasCrossingBelow(const double *v, size_t i, double level, double *place);
/** \brief The same upwards: v[k] >= level > v[k+1]; place behind k.
 * \return k+1, 0 for none */
size_t xasCrossingAbove(const double *v, size_t n, size_t i, double level,
                        double *place);

#endif
