/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_JOIN_H
#define XAS_JOIN_H

#include "xasResult.h"

#define XAS_NEVER_MAX 16

/** Which scans of one name are of one sample. */
typedef struct xasJoin {
    double days; /* no further apart than this; 0: no limit */
    size_t nNever;
    char never[XAS_NEVER_MAX][XAS_SAMPLE_SIZE]; /* names that join nothing */
} xasJoin;

/** \brief Foil, test and dark join nothing; no limit. */
void xasJoinDefaults(xasJoin *join);

/** \brief May scans of this name be joined?  Case does not matter; an empty
 * name never joins. */
bool xasJoinable(const xasJoin *join, const char *sample);

#endif
