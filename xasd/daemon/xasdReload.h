/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_RELOAD_H
#define XASD_RELOAD_H

#include "xasConf.h"

/** \brief Read the configuration again, for stations that run.
 *
 * PVs and rules of stations may change; their number, order, names and
 * records, the database and the daemon's prefix may not.
 * \param[out] out  owned by the caller
 * \return xasErrState for a change that needs a restart, else as xasConfRead;
 *         `message` names file and key */
xasStatus xasdReloadRead(const xasConf *now, xasConf **out,
                         xasMessage *message);

#endif
