/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_RESCUE_H
#define XASD_RESCUE_H

#include "xasScan.h"

/** \brief Write the points of a scan that no database takes to an XDI file
 * beside it, for `xasctl import`: the stop of the daemon must not cost them.
 * \param first    of its points in the scan, named in the file if not 0
 * \param message  names the file, or says why there is none */
xasStatus xasdRescue(const char *database, const xasScan *scan, size_t first,
                     xasMessage *message);

#endif
