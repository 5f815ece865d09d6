/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_FLAGGED_H
#define XASCTL_FLAGGED_H

#include "xasctl.h"

/** \brief Print how many points of a scan have each flag, and which; nothing
 * without any. */
xasStatus xasctlFlaggedText(xasctl *ctl, int64_t scan);

/** \brief The same as the member "flagged", a list of objects. */
xasStatus xasctlFlaggedJson(xasctl *ctl, xasJson *j, int64_t scan);

#endif
