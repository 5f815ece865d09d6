/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CALIBRATE_H
#define XAS_CALIBRATE_H

#include "xasCalib.h"
#include "xasScan.h"
#include "xasStore.h"

/** \brief Find the calibration of a scan; stores nothing.
 *
 * From the foil measured with it (ln(I1/I2), or the scan itself where its
 * sample is a foil), else from the station's last foil, else none. The reason
 * of what was passed over is kept.
 * \param store  NULL: only from its own foil
 * \return failures of the store only, and xasErrMemory */
xasStatus xasCalibrate(xasStore *store, const xasCalibRules *rules,
                       const xasScan *scan, xasCalibration *out);

#endif
