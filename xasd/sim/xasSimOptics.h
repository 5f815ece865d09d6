/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SIM_OPTICS_H
#define XAS_SIM_OPTICS_H

#include "xasSimData.h"

enum { xasSimElementsMax = 32 };

/** \brief Bragg angle in degrees; NaN where the crystal cannot reflect. */
double xasSimAngle(double energy_eV, double d_A);

/** \brief Absorption of a foil of the pure element: one step at its tabulated
 * edge. NaN for an element that has no table here. */
double xasSimFoil(const char *element, char edge, double energy_eV);

/** One element of a fluorescence detector, at one point. */
typedef struct xasSimElement {
    double roi;       /* counts of the line, as recorded */
    double icr_per_s; /* pulses that came in */
    double ocr_per_s; /* of those, the recorded */
} xasSimElement;

/** \brief Share the counts of a detector among its elements and lose what dead
 * time loses: ocr = icr / (1 + icr tau), roi recorded = roi * ocr/icr.  The sum
 * of roi * icr/ocr over all elements is `counts` again.
 * \param counts  of the line, all elements together, without dead time
 * \param load    of the whole spectrum, 1 for 1e5 pulses/s and element
 * \param tau_s   dead time of a pulse
 * \param dead    element that gives nothing, from 1; 0: none */
void xasSimElements(double counts, double load, double tau_s, int n, int dead,
                    xasSimElement *out);

#endif
