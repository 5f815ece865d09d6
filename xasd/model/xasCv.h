/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CV_H
#define XAS_CV_H

#include "xasModel.h"

/** \brief One fold per compound, numbered as they first appear.
 * \param[out] foldOf [n]   \return the number of folds */
size_t xasCvFolds(const char *const *compound, size_t n, size_t *foldOf);

/** \brief The rows of a fold, or all the others.
 * \param[out] row [n]   \return how many */
size_t xasCvRows(const size_t *foldOf, size_t n, size_t fold, bool inside,
                 size_t *row);

/** \brief Scores of predictions; NaN where the targets do not vary. */
void xasCvScore(const double *y, const double *predicted, size_t n,
                xasScore *score);

/** \brief The mean of all other folds, as the predictor to beat.
 * \param[out] predicted [n] */
void xasCvBaseline(const double *y, const size_t *foldOf, size_t n,
                   double *predicted);

#endif
