/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIDES_H
#define XAS_SIDES_H

#include "xasSamplePredict.h"
#include "xasStoreMerge.h"

/** \brief An edge by one scan, and what that came to. */
void xasSideSet(xasSide *side, int64_t scan, const xasResult *of,
                const char *detection);

/** How the edges of a sample are gathered. */
typedef struct xasGather {
    xasStore *store;
    bool joinable;     /* may this sample's scans be joined? */
    double join_days;  /* 0: no limit */
    bool merge;        /* fill sides->repeats, too */
    bool running;      /* the scan of the result is no repeat yet */
    xasMerged *merged; /* [2] what they come to, K and L */
} xasGather;

/** \brief The scan that a result is of, and the partner edge of its sample.
 * Reads only; where it has no formula, it gets the partner's, else that last
 * given for the sample.
 *
 * Repeats are merged where the scan of that edge is one of them; one of low
 * quality, if it is what is asked about, stands alone.
 * \param[out] sides  all zero before */
xasStatus xasSidesGather(const xasGather *gather, xasResult *result,
                         xasSides *sides);

#endif
