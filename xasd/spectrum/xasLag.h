/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_LAG_H
#define XAS_LAG_H

#include <stddef.h>

#include "xasStatus.h"

/** How far one sweep is shifted against another of the same sample. */
typedef struct xasLag {
    double shift_eV;    /* features of b lie at so much higher energies */
    double error_eV;    /* standard error, from what is left over */
    double steepest_eV; /* where a is steepest */
} xasLag;

/** \brief The shift s that makes b(E + s) = c0 + c1 E + c2 a(E) fit best.
 *
 * The line takes up a background that changed between the sweeps.  Both are
 * averaged in bins of 0.5 eV (wider if their points are further apart), along
 * straight lines between points; s is searched (where b is most like a) for up
 * to 1/4 of the overlap, at most 60 eV, then refined by Gauss-Newton. \param
 * ea,ma [na] energies, increasing, and mu; \param eb,mb [nb] \return
 * xasErrOrder, xasErrNaN; xasErrRange: less than 20 points or 10 eV in common;
 * xasErrConverge: no shift can be told, since there is no structure above the
 * noise; xasErrMemory */
xasStatus xasLagFind(const double *ea, const double *ma, size_t na,
                     const double *eb, const double *mb, size_t nb,
                     xasLag *lag);

#endif
