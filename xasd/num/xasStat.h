/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STAT_H
#define XAS_STAT_H

#include <stddef.h>

/** \brief Mean of [n]; NaN for n = 0. */
double xasMean(const double *v, size_t n);

/** \brief Population standard deviation (divided by n); NaN for n = 0. */
double xasDeviation(const double *v, size_t n);

/** \brief Median of [n], which it sorts; NaN for n = 0. */
double xasMedianSort(double *v, size_t n);

/** \brief The same, faster; leaves [n] in another order. No NaN in it. */
double xasMedian(double *v, size_t n);

/** \brief Sort [n] ascending; no NaN in it. */
void xasSort(double *v, size_t n);

/** \brief Noise of a smooth curve: 1.4826 median |third difference| / sqrt(20).
 * \param v [n]   \param work [n] overwritten   \return 0 for n < 6 */
double xasThirdDifferenceNoise(const double *v, size_t n, double *work);

#endif
