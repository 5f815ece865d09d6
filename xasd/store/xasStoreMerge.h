/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_MERGE_H
#define XAS_STORE_MERGE_H

#include "xasMerge.h"
#include "xasStore.h"

/** Repeats of a sample at an edge and what they came to. */
typedef struct xasMerged {
    int64_t row; /* 0: not stored */
    char detection[16];
    char calibration[16];        /* of the mean: none, foil, transferred */
    size_t n;                    /* scans */
    int64_t scan[XAS_MERGE_MAX]; /* [n] in the order of time */
    xasMergeVerdict verdict[XAS_MERGE_MAX]; /* [n] */
    xasMerge merge;
    uint64_t mark; /* of the repeats as they were read; 0: not known */
} xasMerged;

/** \brief Repeats of what a scan measured: good scans (the view good_scan) of
 * its sample, element and edge, by the detection of the best of them, none of
 * low quality; oldest first, the newest XAS_MERGE_MAX.
 * \param shell      of which edge, its own or the partner's
 * \param join_days  no further apart than this from the scan; 0: no limit
 * \param[out] scan  [XAS_MERGE_MAX]
 * \param[out] n     0 where nothing joins to the scan */
xasStatus xasStoreRepeats(xasStore *store, int64_t scanRow, xasShell shell,
                          double join_days, int64_t *scan, size_t *n);

/** \brief The merge stored of exactly these scans, if none of them was
 * analysed anew since; xasErrNotFound.
 * \param scan [n] in the order of time */
xasStatus xasStoreMergeFind(xasStore *store, const int64_t *scan, size_t n,
                            xasMerged *out);

/** \brief Its row alone. */
xasStatus xasStoreMergeRow(xasStore *store, const int64_t *scan, size_t n,
                           int64_t *row);

/** \brief What tells whether repeats were found anew: a sum over their formulas
 * and features.  \param scan [n] */
xasStatus xasStoreMergeMark(xasStore *store, const int64_t *scan, size_t n,
                            uint64_t *mark);

/** \brief Keep a merge, unless the store has one of these scans that still
 * holds. Writes. Where one of its scans was found anew since they were read
 * (mark), it is kept, but never found.
 * \param[in,out] merged  its row is set */
xasStatus xasStoreMergePut(xasStore *store, xasMerged *merged,
                           const char *code);

#endif
