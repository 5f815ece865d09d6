/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CALIB_H
#define XAS_CALIB_H

#include <stdbool.h>
#include <stdint.h>

#include "xasFeatures.h"

/** A shift larger than this is refused: that is no calibration any more. */
#define XAS_CALIB_MAX_EV 5.0

/** Where the calibration of a scan's energy axis comes from. */
typedef enum xasCalibState {
    xasCalibNone,        /* no foil: the axis is as measured */
    xasCalibFoil,        /* foil measured with the scan, or the scan is one */
    xasCalibLast,        /* an earlier foil of the station */
    xasCalibTransferred, /* that, of another edge */
    xasCalibOld,         /* an earlier foil, older than allowed */
    xasCalibRefused,     /* there is a foil, but it cannot be right */
    xasCalibStateCount
} xasCalibState;

/** \brief Words for menus and tables: "last foil". */
const char *xasCalibStateName(xasCalibState state);
/** \brief The reverse; xasCalibStateCount for any other word. */
xasCalibState xasCalibStateFromName(const char *name);
/** \brief EPICS severity 0..3 that it deserves. */
int xasCalibStateSeverity(xasCalibState state);
/** \brief What models distinguish: "none", "foil", "transferred". */
const char *xasCalibStateKind(xasCalibState state);

/** By what a shift was found. */
typedef enum xasCalibMethod {
    xasCalibDerivative,  /* first maximum of dmu/dE against the table */
    xasCalibLeastSquares /* whole edge against an earlier scan of the foil */
} xasCalibMethod;

/** \brief "derivative", "least_squares". */
const char *xasCalibMethodName(xasCalibMethod method);

/** A shift to add to measured energies, with its standard error. */
typedef struct xasCalibShift {
    double shift_eV, error_eV; /* NaN: not determined */
} xasCalibShift;

/** How a scan's axis was moved onto the table.  No pointers: copied by =. */
typedef struct xasCalibration {
    xasCalibState state;
    xasCalibMethod method;
    double shift_eV, error_eV; /* at the scan's edge; shift 0 without one */
    char foil[3];              /* its element, "" for none */
    xasShell shell;            /* the foil's edge: K, or L3 */
    double foil_eV;            /* where its edge belongs */
    double measured_eV;        /* where the derivative's first maximum was */
    xasCalibShift derivative, leastSquares; /* at the foil's edge */
    double age_s;                           /* of the foil; NaN without one */
    int64_t scan;     /* row of the scan the foil was measured with, 0 none */
    char reason[120]; /* why there is none, or what is to be known */
} xasCalibration;

/** \brief None: shift 0, the rest unknown. */
void xasCalibClear(xasCalibration *c);

/** \brief Edge of a foil: the FIRST maximum of the derivative.
 *
 * Metals have several; the first that reaches 0.3 of the highest and five
 * times its own standard error counts. Smoothed as features are (reach 2 eV
 * at K, 0.4 eV at L3), searched within -30..+40 (K) or -12..+12 eV (L3) of
 * where it belongs.
 * \param foil_eV  where it belongs
 * \param[out] measured_eV, error_eV  error by propagation; NaN without noise
 * \return xasErrRange: the window is not covered; xasErrNotFound: no edge
 * Source: SCIENCE.md; first inflection as in Kraft et al., Rev. Sci. Instrum.
 * 67 (1996) 681. */
xasStatus xasCalibEdge(const xasSpectrum *foil, xasShell shell, double foil_eV,
                       double *measured_eV, double *error_eV);

/** \brief Shift that brings a spectrum onto another one of the same foil, by
 * least squares of its whole edge.
 *
 * mu(E) = offset + slope (E - E_foil) + scale ref(E + shift) over -20..+40 (K)
 * or -8..+8 eV (L3), for all four at once. The error covers what the fit
 * leaves over and the noise of the reference.
 * \return xasErrRange: too few common points, or the best shift lies beyond
 *         2 XAS_CALIB_MAX_EV; xasErrNotFound: not the same edge */
xasStatus xasCalibMatch(const xasSpectrum *foil, const xasSpectrum *reference,
                        xasShell shell, double foil_eV, xasCalibShift *out);

/** How a monochromator's angle gives its energy. */
typedef enum xasMono {
    xasMonoUnknown,
    xasMonoCrystal, /* Bragg: E sin(theta) = h c / (2 d) */
    xasMonoGrating  /* constant included angle: E sin(phi) constant */
} xasMono;

/** \brief What a shift of one edge is at another, as an offset in angle.
 *
 * Crystal: dE = -E cot(theta) dtheta, so dE2/dE1 = E2 cot(theta2) / (E1
 * cot(theta1)), sin(theta) = h c / (2 d E). Taken with the exact angles of
 * both edges, not to first order.
 * Grating: m lambda = 2 D cos(K) sin(phi) at a constant included angle 2 K, the
 * same law with cot(phi) nearly 1/sin(phi), proportional to E at the few
 * degrees of soft X-rays: dE2 = dE1 (E2/E1)^2.
 * Source: Peatman, Gratings, Mirrors and Slits, Gordon and Breach 1997.
 * \param d_A   crystal spacing, Angstrom; not used for a grating
 * \return xasErrArg: unknown monochromator, or an energy it cannot reach */
xasStatus xasCalibTransfer(xasMono mono, double d_A, double from_eV,
                           double to_eV, const xasCalibShift *from,
                           xasCalibShift *out);

/** How a station's scans are calibrated; from xasd.conf. */
typedef struct xasCalibRules {
    char station[32];
    char foil[3];       /* element of the simultaneous foil, "": the scan's */
    double foil_eV;     /* where its edge belongs, 0: by the table */
    xasMono mono;       /* for other edges than the foil's */
    double d_spacing_A; /* of the crystal, 0 unknown */
    double max_age_s;   /* an older foil is said to be; 0: never */
    xasCalibMethod method;
    char sample[8][64]; /* names of samples that are foils */
    size_t nSamples;
    bool
        own_only; /* no monochromator of one's own: earlier foils say nothing */
} xasCalibRules;

/** \brief The scan's own element, no transfer, a day, samples named "foil". */
void xasCalibRulesDefaults(xasCalibRules *rules);

#endif
