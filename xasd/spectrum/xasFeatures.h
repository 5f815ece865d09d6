/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FEATURES_H
#define XAS_FEATURES_H

#include <stddef.h>

#include "xasSpectrum.h"
#include "xasStatus.h"

/** Version of DEFINITIONS.md; stored with every feature and model. */
#define XAS_FEATURES_VERSION 2

typedef enum xasShell { xasShellNone, xasShellK, xasShellL } xasShell;

/** \brief "K" or "L"; "" for none. */
const char *xasShellName(xasShell shell);
/** \brief The shell of an edge by its first letter: "K", "L3"; else none. */
xasShell xasShellFromName(const char *edge);

/** Canonical columns, DEFINITIONS.md section 5, in its order for K+L. */
typedef enum xasFeatureId {
    xasEdgeDr,
    xasWlDe,
    xasWlRi,
    xasPreDe,
    xasPreRi,
    xasHasPre,
    xasShDe,
    xasShRi,
    xasHasSh,
    xasPostDe,
    xasPostRi,
    xasWlDr,
    xasPreDr,
    xasShDr,
    xasPostDr, /* K relative */
    xasL3Dr,
    xasL2Dr,
    xasLSplit,
    xasL3L2RatioH,
    xasL3L2RatioA,
    xasLBr,
    xasL3Fwhm,
    xasL3SubDe,
    xasL3SubRi,
    xasHasL3Sub, /* L relative */
    xasWlI,
    xasPreI,
    xasShI,
    xasPostI,
    xasEdgeE,
    xasWlE,
    xasPreE,
    xasShE,
    xasPostE, /* K absolute */
    xasL3I,
    xasL2I,
    xasL3E,
    xasL2E, /* L absolute */
    xasFeatureCount
} xasFeatureId;

/** \brief Name as in DEFINITIONS.md, such as "wl_de". */
const char *xasFeatureName(xasFeatureId id);
/** \brief Its unit: "eV" or "". */
const char *xasFeatureUnit(xasFeatureId id);
/** \brief The edge it belongs to. */
xasShell xasFeatureShell(xasFeatureId id);
/** \brief The reverse of the name; xasFeatureCount if there is none. */
xasFeatureId xasFeatureFromName(const char *name);

/** Reference energies E_r of an element, eV; NaN where the table has none. */
typedef struct xasEdgeEnergies {
    double k_eV, l3_eV, l2_eV;
} xasEdgeEnergies;

/** \brief E_r of an element: data/edges.csv, xraylib for what it lacks. */
xasStatus xasEdgeLookUp(const char *element, xasEdgeEnergies *out);

/** \brief Which tabulated edge a scan covers.
 *
 * Ti..Zn first, then any Z; the tabulated edge inside the range with the
 * largest rise of mu across it (only one candidate: no mu needed).
 * \param[out] element  "Fe"   \return xasErrNotFound when none is inside */
xasStatus xasEdgeIdentify(const xasSpectrum *s, char element[3],
                          xasShell *shell);

#define XAS_FLAGS_SIZE 256

/** What a background or post-edge curve was fitted to. */
typedef struct xasFit {
    double from_eV, to_eV; /* first and last point used; NaN: no fit */
    int degree;            /* of the polynomial; -1: no fit */
} xasFit;

/** What a spectrum yields.  No pointers: copied by =. */
typedef struct xasFeatures {
    char element[3];
    xasShell shell;
    double value[xasFeatureCount]; /* NaN: not determined or not of this edge */
    double error[xasFeatureCount]; /* propagated standard error, NaN unknown */
    double step_or_jump;           /* K: edge step; L: jump behind L2 */
    xasFit before, behind;         /* K: pre-edge line, post-edge polynomial;
                                    * L: background, mean behind L2 */
    double sigma;                  /* pre-edge noise over step or L3 height */
    double e0_deriv_eV;            /* largest derivative, for display */
    double pre_limit;              /* upper limit of an absent pre-edge, NaN */
    char flags[XAS_FLAGS_SIZE];    /* "a;b", in the order found; "" for none */
} xasFeatures;

/** \brief Features of which none is known yet: NaN, no flags.
 * \param element  "" for none */
void xasFeaturesClear(xasFeatures *out, const char *element, xasShell shell);

/** \brief All features of a spectrum by DEFINITIONS.md sections 1 to 4.
 *
 * Bad data is no error: it gives NaN and a flag (no_edge, too_few_points...).
 * \param element  absorber, such as "Fe"   \param shell  xasShellK or L
 * \param formula  of the sample, "" or NULL unknown: no interference tests
 * \return xasErrArg for an unknown element or shell, xasErrMemory */
xasStatus xasFeaturesFind(const xasSpectrum *s, const char *element,
                          xasShell shell, const char *formula,
                          xasFeatures *out);

/** \brief The same of a scan that still runs: a K spectrum that does not reach
 * far enough behind its edge is normalised all the same, with a provisional
 * step (xasKScanOpenRunning()) and the flag provisional_step.
 *
 * Only to be compared with features found in the same way. Another element's
 * edge is not looked for at K. */
xasStatus xasFeaturesFindRunning(const xasSpectrum *s, const char *element,
                                 xasShell shell, const char *formula,
                                 xasFeatures *out);

/** \brief Is this flag (up to a ':' value) among them? */
int xasFlagsHave(const char *flags, const char *flag);
/** \brief Append one unless it is there; drops it when the text is full. */
void xasFlagsAdd(char flags[XAS_FLAGS_SIZE], const char *flag);

#endif
