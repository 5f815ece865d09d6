/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_COMMON_H
#define XASCTL_COMMON_H

#include "xasctlTrain.h"

/* Models of K, L and K+L compare only on the samples that all of them know.
 * \param all [xasKindCount] model NULL where none was trained */

/** \brief Do they know the same samples anyway? */
bool xasctlCommonAll(const xasctlTrained *all);

/** \brief Train every kind once more on the common samples alone, for its
 * nested figures; nCommon stays 0 where they are too few. */
void xasctlCommonFind(const xasctlTrainOptions *o, xasctlTrained *all);

/** \brief Those figures, for people. */
void xasctlCommonText(const xasctlTrained *all);

#endif
