/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_DETECTOR_H
#define XAS_DETECTOR_H

#include "xasAssembler.h"

/* A fluorescence detector of many elements, each with a dead time of its own.
 *
 * The channel fluor is the sum of their counts, corrected.  What the sum
 * contains is one set of elements for the whole scan: leaving one out at some
 * points only would make a step there.  An element is left out of the scan
 *  - if at any point its output rate is not above 0, or icr tau reaches 1: its
 *    counts there cannot be corrected;
 *  - if it has no reading (no connection, INVALID, late) at more than 5 % of
 *    the points.
 * Where it has none at fewer points these points are flagged instead
 * (xasPointElement): 19 elements with two points less beat 18 elements.
 * Points that are bad anyway (no beam, low I0) tell nothing about an element,
 * nor does one at which no element has a reading. */

/** \brief The counts of an element, as if it had no dead time.
 *
 * roi icr / ocr where both rates are known; roi / (1 - icr tau) with the input
 * rate alone (a detector whose dead time per count is tau, paralysis apart);
 * else roi.
 * \param roi      counts, dark offset taken off
 * \param icr,ocr  rates, of one unit; a NULL that is not read
 * \return NaN for a reading that is missing; -INFINITY if the element cannot
 *         be corrected: ocr <= 0, icr tau >= 1 */
double xasDetectorCounts(double roi, const double *icr, const double *ocr,
                         double tau_s);

/** \brief Make fluor of a point that is to be added, from its elements.
 *
 * An element that fails here is left out from now on, and all points before
 * are summed anew; an event says so.  Nothing to do without elements.
 * \param[in,out] value  [xasChannelCount] as read; fluor is set
 * \param flags          of the point so far
 * \return flags, with xasPointElement as it follows */
uint32_t xasDetectorPoint(xasScan *scan, const xasAssemblerRules *rules,
                          double *value, uint32_t flags);

/** \brief All points are in: decide what is left out, and sum all anew.
 * Depends on the readings alone, not on what was decided on the way. */
void xasDetectorFinish(xasScan *scan, const xasAssemblerRules *rules);

/** \brief The elements left out, "fluor3;fluor7"; "" for none. */
void xasDetectorLeftOut(const xasScan *scan, char *out, size_t size);

#endif
