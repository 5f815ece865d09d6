/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_FINAL_H
#define XAS_FINAL_H

#include "xasAssemblerParts.h"

/* Internal to assemble.  Mode step, where the source keeps all points and
 * posts arrays of them at the end, as a sscan record does: scalars come at
 * most 20 times a second, so that live points may be missed, which the final
 * arrays make good.  For each scan of sscan (its record reference, 1.3.4) DATA
 * goes to 0, points come, DATA goes to 1 when the arrays are posted; CPT says
 * how many of their elements are points, BUSY falls later.
 * All calls do nothing at a station without final arrays. */

xasStatus xasFinalCreate(xasAssembler *a);
void xasFinalDestroy(xasAssembler *a);
/** \brief A scan begins. */
void xasFinalReset(xasAssembler *a);
/** \brief A value, reply or (dis)connect of a final array. */
void xasFinalArray(xasAssembler *a, const xasEvent *e);
/** \brief A value or reply of the roles data and valid. */
void xasFinalScalar(xasAssembler *a, const xasEvent *e);
/** \brief active has fallen. */
void xasFinalEnding(xasAssembler *a);
/** \brief Is the end of the scan held up for the arrays? */
bool xasFinalWaits(const xasAssembler *a);
/** \brief Have they come, and can they replace the points? */
bool xasFinalReady(const xasAssembler *a);
/** \brief The scan ends: its points are those of the arrays, if they came. */
void xasFinalApply(xasAssembler *a);

#endif
