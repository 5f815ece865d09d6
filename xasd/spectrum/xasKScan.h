/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_K_SCAN_H
#define XAS_K_SCAN_H

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
void xasKScanClose(xasKScan *k);

/** \brief Standard error of a quantity with gradient g [count] by y of the
 * points from first on. */
double xasKScanError(xasKScan *k, const double *g, size_t first, size_t count);

/** \brief Standard error of y'' at x. */
double xasKScanBendError(xasKScan *k, double x);

#endif
