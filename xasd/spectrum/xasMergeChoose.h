/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_MERGE_CHOOSE_H
#define XAS_MERGE_CHOOSE_H

#include "xasMerge.h"

/** Which repeats may be merged at all, before their values are compared. */

/** \brief Shift of a repeat's axis: by its foil where all have one. */
double xasMergeShift(const xasMergeMember *m, bool aligned);

/** \brief It does not count, and why. */
void xasMergeRefuse(xasMergeVerdict *verdict, const char *why);

/** \brief Those that may be merged, in order.
 *
 * Refused: without features, by another detection than the first; less than
 * 80 % of the range of the one of median length; fewer points about the edge
 * than 40 % of the densest's, since what is drawn between them is no spectrum.
 * \param member   [n]
 * \param edge_eV  where the absorption edge is
 * \param[out] verdict  [n]
 * \param[out] index    [n] of those left
 * \param[out] aligned  all of them were measured with a foil
 * \param[out] range    common to all
 * \return how many are left; where 0, range is not written */
size_t xasMergeChoose(const xasMergeMember *member, size_t n, double edge_eV,
                      xasMergeVerdict *verdict, size_t *index, bool *aligned,
                      double range[2]);

/** \brief Of those, the one of most points; the first of equals. */
size_t xasMergeFinest(const xasMergeMember *member, const size_t *index,
                      size_t n);

#endif
