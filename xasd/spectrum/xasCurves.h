/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CURVES_H
#define XAS_CURVES_H

#include "xasFeatures.h"

/** The curves that features are read from, on the spectrum's own axis. Owns
 * its arrays. */
typedef struct xasCurves {
    size_t n;
    double *pre;        /* [n] background fitted before the edge, as mu */
    double *post;       /* [n] curve fitted behind it; NaN where not used */
    double *normalised; /* [n] K: y of DEFINITIONS.md section 2;
                         * L: (mu - background)/jump, /L3 height without one */
} xasCurves;

/** \brief Background, post-edge curve and normalised mu (normalisation B).
 * \return xasErrRange: the spectrum is refused, there are no curves;
 *         xasErrArg, xasErrMemory */
xasStatus xasCurvesFind(const xasSpectrum *s, const char *element,
                        xasShell shell, const char *formula, xasCurves *out);
void xasCurvesClear(xasCurves *c);

#endif
