/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_DATA_H
#define XAS_SIM_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xasStatus.h"

/** What a station counts. */
typedef enum xasSimSignal {
    xasSimI0,
    xasSimI1,
    xasSimIf,
    xasSimTey,
    xasSimSignals
} xasSimSignal;

/** \brief "I0", "I1", "If", "TEY". */
const char *xasSimSignalName(xasSimSignal signal);

/** What a scan will read, point by point. */
typedef struct xasSimData {
    size_t n;
    double *energy_eV;             /* [n] */
    double *signal[xasSimSignals]; /* [n], NULL: the source has none */
    char formula[256], sample[256];
    char element[3], edge[4]; /* "Fe", "K" or "L" */
    char comment[256];        /* where it comes from */
} xasSimData;

/** \brief Make up a scan of a halide.
 * \param edge     'K' or 'L'
 * \param signals  bit set of those wanted
 * \return xasErrNotFound for a formula that is none of ours */
xasStatus xasSimDataMake(const char *formula, char edge, unsigned signals,
                         uint32_t seed, xasSimData **out, xasMessage *message);

/** \brief Take a scan from a file. Channels of the file are handed on as they
 * are; without one the station has, they are computed from mu. */
xasStatus xasSimDataRead(const char *file, unsigned signals, xasSimData **out,
                         xasMessage *message);

/** \brief Room for n points; for the two above. */
xasSimData *xasSimDataCreate(size_t n, unsigned signals);
void xasSimDataDestroy(xasSimData *data);

#endif
