/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_LOOP_H
#define XASD_LOOP_H

#include "xasConf.h"
#include "xasdWorker.h"

/** \brief Serve until SIGTERM or SIGINT: CA events to assemblers, commands,
 * timers. All that is pending at the end is drained into the worker. */
xasStatus xasdLoopRun(const xasConf *conf, xasdWorker *worker);

/** \brief From here on SIGTERM and SIGINT end xasdLoopRun as soon as it runs,
 * and SIGHUP finds nothing to reload. Before threads that may send them. */
void xasdLoopCatchSignals(void);

#endif
