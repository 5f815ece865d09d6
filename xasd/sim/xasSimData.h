/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_DATA_H
#define XAS_SIM_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "xasSimFault.h"
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
    bool counted; /* made up: photons to be counted, not values to be played */
} xasSimData;

/** \brief Make up a scan of a halide.
 * \param edge     'K' or 'L'
 * \param signals  bit set of those wanted
 * \return xasErrNotFound for a formula that is none of ours */
xasStatus xasSimDataMake(const char *formula, char edge, unsigned signals,
                         uint32_t seed, xasSimData **out, xasMessage *message);

/** What a made-up spectrum shall be. */
typedef struct xasSimSpec {
    const char *formula;
    char edge;        /* 'K' or 'L' */
    unsigned signals; /* bit set of those wanted */
    uint32_t seed;
    size_t points; /* equidistant; 0: the grid of a step scan */
} xasSimSpec;

/** \brief The means of what would be counted, at what the monochromator would
 * read. Errors as xasSimDataMake(). */
xasStatus xasSimDataMean(const xasSimSpec *spec, xasSimData **out,
                         xasMessage *message);

/** \brief A copy, at n equidistant energies with straight lines between; 0: at
 * its own.
 * \return xasErrMemory; xasErrOrder if the energies do not ascend */
xasStatus xasSimDataResample(const xasSimData *d, size_t n, xasSimData **out);

/** \brief Make the readings of a schedule.
 * \param mean   what a reading has to be; one that is `counted` scatters
 * \param seed   as in its specification
 * \param noise  false: the means themselves
 * \return xasErrMemory */
xasStatus xasSimDataPlay(const xasSimData *mean, const xasSimSchedule *s,
                         uint32_t seed, bool noise, xasSimData **out);

/** \brief A signal at an energy between; the nearest end outside.
 * \param d  energies must ascend */
double xasSimDataAt(const xasSimData *d, xasSimSignal signal, double energy_eV);

/** \brief Absorption of a reading: ln(I0/I1), If/I0 or TEY/I0, by the first
 * signal there is. */
double xasSimDataMu(const xasSimData *d, size_t i);

/** \brief Take a scan from a file. Channels of the file are handed on as they
 * are; without one the station has, they are computed from mu. */
xasStatus xasSimDataRead(const char *file, unsigned signals, xasSimData **out,
                         xasMessage *message);

/** \brief Room for n points; for the two above. */
xasSimData *xasSimDataCreate(size_t n, unsigned signals);
void xasSimDataDestroy(xasSimData *data);

#endif
