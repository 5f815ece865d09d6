/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FEATURE_K_H
#define XAS_FEATURE_K_H

#include "xasKScan.h"

/** Where the features of a K scan were found; indices are of its curve. */
typedef struct xasKPlaces {
    int haveWl;
    size_t wl; /* white line, or the highest point in its place */
    double wl_eV, wl_i;
    double e20_eV, e80_eV, edge_eV;
    size_t k80;                  /* the cell below this point holds e80 */
    size_t tailFirst, tailCount; /* plateau behind it; count 0: none */
    double tail;
    size_t pre, preTop, sh, post; /* 0: absent */
    double pre_eV, pre_i, sh_eV, sh_i, post_eV, post_i;
    double preLimit; /* of an absent pre-edge, else NaN */
} xasKPlaces;

/** \brief Find them; false when there is no edge after all. */
xasStatus xasKPlacesFind(xasKScan *k, xasKPlaces *p, char *flags, int *good);

/** The baseline under a pre-edge peak: three functions fitted beside it. */
typedef struct xasPreBaseline {
    double edge_eV, wl_eV;
    size_t count;
    size_t *point;   /* [count] of the curve */
    double *inverse; /* [3*count] pseudo-inverse */
    double coef[3];
} xasPreBaseline;

/** \brief \return xasErrSingular when the points do not determine it */
xasStatus xasPreBaselineInit(const xasCurve *c, const xasKPlaces *p,
                             xasPreBaseline *b);
void xasPreBaselineClear(xasPreBaseline *b);
void xasPreBaselineBasis(const xasPreBaseline *b, double x, double basis[3]);

/** \brief Standard errors of what was found, into out->error. */
xasStatus xasKErrorsFind(xasKScan *k, const xasKPlaces *p, xasFeatures *out);

/** \brief K features of a spectrum into out, which the caller has
 * filled with NaN.
 * \param running  the scan is: xasKScanOpenRunning() */
xasStatus xasFeatureKFind(const xasSpectrum *s, const char *element,
                          double er_eV, const xasFormula *formula, bool running,
                          xasFeatures *out);

#endif
