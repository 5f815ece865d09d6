/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_MERGE_TREND_H
#define XAS_MERGE_TREND_H

#include "xasMerge.h"

/** \brief Does a feature move with the repeats?  Sets beamDamage and trend.
 *
 * \param index  [used] the repeats that count, in order
 * \return how many of them, from the first, still do */
size_t xasMergeTrend(const xasMergeMember *member, const size_t *index,
                     size_t used, xasShell shell, xasMerge *out);

#endif
