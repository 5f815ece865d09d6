/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_REPEATS_H
#define XAS_REPEATS_H

#include "xasResult.h"
#include "xasStoreMerge.h"

/** A repeat on its way into a merge. */
typedef struct xasRepeat {
    char sample[XAS_SAMPLE_SIZE];
    xasFeatures features; /* on the axis that the merge has */
} xasRepeat;

/** \brief Merge stored scans of one element and edge (xasMergeFind); nothing
 * is written.
 *
 * Each on its own calibrated axis. Refused, beside what xasMergeFind refuses:
 * one that no foil calibrates where a foil does others; where none does, one
 * of another station than most, since nothing joins their axes; one that
 * is damaged in the store.
 * \param scan [n] rows in the order of time; 1 to XAS_MERGE_MAX
 * \param[out] each [n] may be NULL
 * \return xasErrRange: nothing is left to merge; xasErrArg: of different
 *         edges; xasErrNotFound: no such scan, or not analysed yet; `why`
 *         names the scan */
xasStatus xasRepeatsMerge(xasStore *store, const int64_t *scan, size_t n,
                          xasMerged *out, xasRepeat *each, xasMessage *why);

/** \brief What the repeats of a sample come to (xasStoreRepeats): the merge
 * that the store has of them, or one made now, with row 0.
 * \return xasErrNotFound where fewer than two are left to count: the best
 *         scan stands for the sample.  With beam damage the first alone may
 *         be left, and counts. */
xasStatus xasRepeatsOf(xasStore *store, int64_t scanRow, xasShell shell,
                       double join_days, xasMerged *out);

#endif
