/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SPECTRUM_H
#define XAS_SPECTRUM_H

#include <stddef.h>

#include "xasStatus.h"

/** Energies closer than this, in eV, are one (DEFINITIONS.md section 1). */
#define XAS_SAME_EV 0.005

/** An axis whose highest energy is below this is in keV (same section). */
#define XAS_KEV_BELOW 120

/** How mu was measured.  Never mixed in one model. */
typedef enum xasDetection {
    xasDetectMu,           /* a file that holds only mu */
    xasDetectTransmission, /* mu = ln(I0/I1) */
    xasDetectFluorescence, /* mu = If/I0 */
    xasDetectYield         /* mu = TEY/I0, drain current */
} xasDetection;

/** \brief "mu", "transmission", "fluorescence", "yield". */
const char *xasDetectionName(xasDetection detection);

/** \brief The reverse; xasErrNotFound for any other word. */
xasStatus xasDetectionFromName(const char *name, xasDetection *detection);

/** \brief mu of one point: ln(i0/signal), signal/i0, or the signal itself
 * where i0 is NULL.  Dark offsets are to be off. \return NaN or infinite where
 * there is none */
double xasSpectrumMuOf(xasDetection detection, const double *i0, double signal);

/** A cleaned spectrum: finite, sorted, in eV, close points averaged. */
typedef struct xasSpectrum xasSpectrum;

/** \brief Make mu from raw channels and clean it.
 *
 * DEFINITIONS.md section 1: non-finite rows dropped, max(E) < 120 means keV,
 * stable ascending sort, points < 0.005 eV from the first of a group averaged.
 * \param energy_eV [n] as measured, any order
 * \param i0        [n] incident intensity; NULL when the signal is mu itself,
 *                  as it must be for xasDetectMu
 * \param signal    [n] I1, fluorescence, TEY, or mu without i0
 * \param[out] out  owned by the caller
 * \return xasErrArg; xasErrRange if no usable row is left; xasErrMemory */
xasStatus xasSpectrumCreate(xasDetection detection, const double *energy_eV,
                            const double *i0, const double *signal, size_t n,
                            xasSpectrum **out);
/** \brief A spectrum of points that are clean already, such as a mean.
 *
 * \param energy_eV [n] increasing   \param mu [n]   \param variance [n] of mu
 * \return xasErrArg, xasErrRange (n 0), xasErrOrder, xasErrNaN, xasErrMemory */
xasStatus xasSpectrumFromMu(xasDetection detection, const double *energy_eV,
                            const double *mu, const double *variance, size_t n,
                            xasSpectrum **out);
void xasSpectrumDestroy(xasSpectrum *s);

/** \brief Move the axis: a calibration, before anything is computed. */
void xasSpectrumShift(xasSpectrum *s, double shift_eV);

/** \brief Keep the points in [low_eV, high_eV] alone.
 * \return how many they are, which may be none */
size_t xasSpectrumCut(xasSpectrum *s, double low_eV, double high_eV);

size_t xasSpectrumSize(const xasSpectrum *s);
xasDetection xasSpectrumDetection(const xasSpectrum *s);
const double *xasSpectrumEnergy(const xasSpectrum *s); /* [size] eV */
const double *xasSpectrumMu(const xasSpectrum *s);     /* [size] */
/** Relative photon variance m_j of each point, NULL without channels. */
const double *xasSpectrumVariance(const xasSpectrum *s);

#endif
