/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_REPORT_H
#define XASD_REPORT_H

/** \brief The iocsh command xasdReport: what the snapshots say, on stdout.
 * \param level  1: name every PV. Any thread. */
void xasdReport(int level);

#endif
