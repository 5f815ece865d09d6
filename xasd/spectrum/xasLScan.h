/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_L_SCAN_H
#define XAS_L_SCAN_H

#include "xasFeatures.h"
#include "xasFormula.h"
#include "xasPoly.h"
#include "xasSmooth.h"

/** An L2,3 scan without its background, smoothed, with its two peaks,
 * DEFINITIONS.md section 3: y = mu - background. */
typedef struct xasLScan {
    const xasSpectrum *s;
    const double *e;
    size_t n;
    xasEdgeEnergies er;
    const char *element;
    const xasFormula *formula; /* NULL unknown */
    int noPreEdge;             /* the background serves the positions only */
    int noHeights; /* fluorine's step lies under iron's: l3_i, l2_i NaN */
    xasPoly back;
    double backCoef[3];
    double sigma;
    double *y, *var;      /* [n] */
    double *window;       /* [n] 1 where the noise was taken */
    double *fitted;       /* [n] 1 where the background was fitted */
    double backVar[3][3]; /* of the background's coefficients */
    xasCurve *curve;
    size_t i3, i2; /* the peaks, of the curve */
    double e3_eV, e2_eV, y3, y2;
    double arrays[]; /* what y, var, window and fitted point into */
} xasLScan;

/** \brief Background, noise, peaks, gate; as xasKScanOpen. */
xasStatus xasLScanOpen(const xasSpectrum *s, const char *element,
                       const xasEdgeEnergies *er, const xasFormula *formula,
                       char flags[XAS_FLAGS_SIZE], xasLScan **out);
void xasLScanClose(xasLScan *l);

/** \brief The lowest start of a disturbing range between behind_eV and
 * before_eV (as to > behind, from < before); +inf for none. */
double xasLScanDisturbedFrom(const xasLScan *l, double behind_eV,
                             double before_eV);

/** \brief Standard error of a quantity with gradient g [count] by y of the
 * points from first on. */
double xasLScanError(const xasLScan *l, const double *g, size_t first,
                     size_t count);

/** \brief Standard error of y'' at x. */
double xasLScanBendError(xasLScan *l, double x);

#endif
