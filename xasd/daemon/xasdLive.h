/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_LIVE_H
#define XASD_LIVE_H

#include "xasScan.h"

/** \brief Copy a running scan's points into the `Live:` arrays and post them:
 * ascending energies, mu by the scan's detection, nothing that is NaN.
 * \param station  index in the configuration */
void xasdLiveShow(size_t station, const xasScan *scan, int64_t stamp_ns);

#endif
