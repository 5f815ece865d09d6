/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_K_SCAN_H
#define XAS_K_SCAN_H

#include <stdbool.h>

#include "xasFeatures.h"
#include "xasFormula.h"
#include "xasPoly.h"
#include "xasSmooth.h"

/** A K scan normalised and smoothed by DEFINITIONS.md section 2:
 * y = z/step - [E > E_r] (post/step - 1) with z = mu - line. */
typedef struct xasKScan {
    const xasSpectrum *s;
    const double *e, *mu;
    size_t n;
    double er_eV;
    bool running; /* its step may be a provisional one */
    size_t preFirst, preCount, postFirst, postCount; /* fit windows */
    xasPoly line, post;
    double lineCoef[3], postCoef[3];
    double step, sigma;
    double *y, *var; /* [n] */
    double *chain;   /* [n] scratch for errors */
    /* What a change of the fits costs, so that an error needs only the points
     * its gradient is made from: variances of the coefficients, and how the
     * line's change with the post-edge points those of post depend on. */
    double preVar[3][3], postVar[3][3], postLine[3][3];
    xasCurve *curve;
    double arrays[]; /* what y, var and chain point into */
} xasKScan;

/** \brief Normalise, test for an edge, smooth.
 *
 * \param formula  of the sample, NULL unknown
 * \param[in,out] flags  what was found, no_edge when it is refused
 * \param[out] out  owned by the caller; NULL when refused
 * \return xasErrMemory */
xasStatus xasKScanOpen(const xasSpectrum *s, const char *element, double er_eV,
                       const xasFormula *formula, char flags[XAS_FLAGS_SIZE],
                       xasKScan **out);

/** \brief The same of a scan that still runs.
 *
 * With fewer than 5 points behind E_r + 40 eV the step is the mean of mu - line
 * from 5 eV behind the highest point in [E_r, E_r+45] on, of at least 5 points
 * over 4 eV; flag provisional_step. 5 eV are the half width of a white line;
 * the rest lets it be taken 9 eV behind it, before a prediction is first asked
 * for (xasPipelineProvisional()). It is off by what the first oscillations
 * are: on the reference spectra, 12 eV behind the white line, by 7 % rms
 * (synthetic) and 13 % (measured, 6 of 32 still without one, since their
 * highest point is not their white line); 25 eV behind it by 9 % and 8 %.
 * Starting 3 to 7 eV behind changes that by less than 3 %. Its standard error
 * has the noise alone. */
xasStatus xasKScanOpenRunning(const xasSpectrum *s, const char *element,
                              double er_eV, const xasFormula *formula,
                              char flags[XAS_FLAGS_SIZE], xasKScan **out);
void xasKScanClose(xasKScan *k);

/** \brief Standard error of a quantity with gradient g [count] by y of the
 * points from first on. */
double xasKScanError(xasKScan *k, const double *g, size_t first, size_t count);

/** \brief Standard error of y'' at x. */
double xasKScanBendError(xasKScan *k, double x);

#endif
