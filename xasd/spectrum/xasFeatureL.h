/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FEATURE_L_H
#define XAS_FEATURE_L_H

#include "xasLScan.h"

/** What was found behind the peaks of an L2,3 scan. */
typedef struct xasLPlaces {
    int haveJump;
    double jump;                 /* NaN without */
    double taken;                /* what was subtracted as the jump, >= 0 */
    int haveHeight;              /* l3_i and l2_i mean something */
    size_t jumpFirst, jumpCount; /* data points averaged */
    double h3, h2;               /* peaks above the two steps */
    double left_eV, right_eV;    /* half height of L3, NaN if not reached */
    int haveAreas;
    double a3, a2, cut_eV;
    size_t sub; /* second structure at L3, 0: none */
    double sub_eV, sub_i;
} xasLPlaces;

/** \brief The two arctangent steps at x, 0 to 1 together. */
double xasLSteps(const xasLScan *l, double x);

/** \brief Standard errors of what was found, into out->error. */
xasStatus xasLErrorsFind(xasLScan *l, const xasLPlaces *p, xasFeatures *out);

/** \brief L2,3 features of a spectrum into out, which the caller has
 * filled with NaN. */
xasStatus xasFeatureLFind(const xasSpectrum *s, const char *element,
                          const xasEdgeEnergies *er, const xasFormula *formula,
                          xasFeatures *out);

#endif
