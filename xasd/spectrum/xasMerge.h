/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_MERGE_H
#define XAS_MERGE_H

#include <stdbool.h>

#include "xasFeatures.h"

/** Repeats of one sample and edge, merged. */

#define XAS_MERGE_MAX 64

/** One repeat, in the order of time. */
typedef struct xasMergeMember {
    const xasSpectrum *spectrum; /* NULL: could not be made */
    const xasFeatures *features;
    double shift_eV; /* to add to its energies, by the foil measured WITH it;
                      * NaN: there was none */
} xasMergeMember;

/** What became of a repeat. */
typedef struct xasMergeVerdict {
    bool used;
    double distance;  /* from the others, in units of the noise; NaN unknown */
    char reason[128]; /* why it was refused, "" if it was not */
} xasMergeVerdict;

/** The merge.  No pointers: copied by =. */
typedef struct xasMerge {
    size_t used;
    bool aligned;    /* all had a foil: shifted by it; else nothing was */
    bool beamDamage; /* a feature moves with the repeats */
    char trend[160]; /* that, in words; "" for none */
    xasFeatures features;
    double error[xasFeatureCount];   /* max(propagated, scatter of repeats) */
    double oneMore[xasFeatureCount]; /* total error after one more repeat over
                                      * that now, floor included; NaN unknown */
} xasMerge;

/** \brief Floor of a feature's error that no repeat lowers (DEFINITIONS.md,
 * section 4). */
double xasMergeFloor(xasFeatureId id);

/** \brief Merge repeats.
 *
 * - Aligned by the foil measured with each, or not at all: aligning sample to
 *   sample would erase a photoreduction.
 * - On the grid of the one of most points, cut to the common range, linear
 *   between points; each brought to the first's scale by a mu + b (thickness
 *   and gain; the features do not depend on it).
 * - Refused: no features, another detection, less than 80 % of the range of
 *   the one of median length, less than 40 % of the points that another has
 *   about the edge, or an outlier: further than 3 times the noise, and than 3
 *   times what is usual here, from the nearer half of the others. Two alone:
 *   `repeats_differ`.
 * - Trend: edge_e, wl_e, wl_i (K) or l3_e, l3_i, l3l2_ratio_h (L) against the
 *   number of the repeat. A slope of more than 3 standard errors, by counting
 *   and, at Student's equal probability, by the scatter about the line, and of
 *   more than the floor in all, is `beam_damage`: only the first k count, k of
 *   least (slope (k-1)/2)^2 + s^2/k.
 * - Mean weighted by 1/variance, one weight a repeat (weights from each point's
 *   own counts would favour the low ones). Its variance at a point: the larger
 *   of counting and scatter, the latter averaged over 21 points.
 * \param verdict  [n] written whenever the arguments are right
 * \param[out] merged  the mean, owned by the caller; may be NULL
 * \return xasErrArg (n 0 or more than XAS_MERGE_MAX); xasErrRange: nothing is
 *         left to merge; xasErrMemory */
xasStatus xasMergeFind(const xasMergeMember *member, size_t n,
                       const char *element, xasShell shell, const char *formula,
                       xasMergeVerdict *verdict, xasMerge *out,
                       xasSpectrum **merged);

#endif
