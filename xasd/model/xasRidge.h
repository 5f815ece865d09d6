/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RIDGE_H
#define XAS_RIDGE_H

#include <stddef.h>

#include "xasStatus.h"

/** \brief Minimise (1/n) |yc - S w|^2 + lambda |w|^2, lambda of 10^-4, 10^-3.5
 * .. 10 by the least exact leave-one-out error; ties to the larger.
 *
 * Leave-one-out by the hat matrix S (S'S/n + lambda)^-1 S'/n + 1/n, that is
 * with centre, scale and n lambda of all rows.
 * \param s      [k*n] standardised, by columns
 * \param gram   [k*stride] S'S/n, by rows
 * \param yc     [n] centred
 * \param[out] w [k]   \param[out] lambda  may be NULL
 * \param[out] left_out [n] leave-one-out residuals; may be NULL
 * \return xasErrMemory; xasErrSingular where no lambda can be solved */
xasStatus xasRidgeFit(const double *s, size_t n, size_t k, const double *gram,
                      size_t stride, const double *yc, double *w,
                      double *lambda, double *left_out);

#endif
