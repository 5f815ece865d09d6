/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_LOCK_H
#define XASD_LOCK_H

#include "xasStatus.h"

/** \brief Claim a database for this process, to its end: a second daemon would
 * take the running scans of the first for scans that a crash has left open.
 *
 * Called again it follows a file that was replaced, or tries again.
 * \return xasErrBusy: another xasd has it; xasErrIo */
xasStatus xasdLockDatabase(const char *path, xasMessage *message);

#endif
