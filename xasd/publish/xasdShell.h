/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_SHELL_H
#define XASD_SHELL_H

#include "xasStatus.h"

/** What the iocsh commands call; set by main before st.cmd runs. */
typedef struct xasdShellHooks {
    /** xasdConfigure FILE */
    xasStatus (*configure)(const char *file, xasMessage *message);
    /** xasdReport LEVEL: print to stdout */
    void (*report)(int level);
} xasdShellHooks;

void xasdShellSetHooks(const xasdShellHooks *hooks);

#endif
