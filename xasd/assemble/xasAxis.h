/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_AXIS_H
#define XAS_AXIS_H

#include "xasAssembler.h"

/** \brief Energy (eV) that a crystal passes at an angle (degrees).
 *
 * Bragg in first order: E = hc / (2 d sin angle), hc = 12398.41984 eV Angstrom
 * (CODATA 2018, exact constants).
 * \return NaN unless the angle is within 0 and 90, both excluded */
double xasAxisEnergy(double angle_deg, double d_spacing_A);

/** \brief Make a point's energy, in eV: from the angle where that is read,
 * else by the unit of its PV.
 * \param[in,out] value  [xasChannelCount] as read; the angle stays
 * \return xasPointInvalid for an angle without energy, else 0 */
uint32_t xasAxisPoint(const xasAssemblerRules *rules, double *value);

#endif
