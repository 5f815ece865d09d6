/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_PLS_H
#define XAS_PLS_H

#include <stddef.h>

#include "xasStatus.h"

/** Components tried at most. */
#define XAS_PLS_MOST 8

/** \brief Partial least squares on one target; the number of components (0 to
 * XAS_PLS_MOST) by the least squared error over up to ten inner folds, ties to
 * fewer.
 *
 * Inner folds keep the scale of all rows and take their own centre.
 * \param s      [k*n] standardised, by columns
 * \param gram   [k*stride] S'S/n, by rows   \param yc [n] centred
 * \param row    [n] rows of the table   \param group [.] of the table: rows
 *               that stay together; NULL: each for itself
 * \param[out] w [k]   \param[out] components  may be NULL
 * Source: Dayal, MacGregor, J. Chemometr. 11 (1997) 73, algorithm 1 on S'S. */
xasStatus xasPlsFit(const double *s, size_t n, size_t k, const double *gram,
                    size_t stride, const double *yc, const size_t *row,
                    const size_t *group, double *w, size_t *components);

#endif
