/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_NOTIFY_H
#define XASD_NOTIFY_H

/** \brief Tell the service manager, such as "READY=1"; nothing without one.
 * Source: sd_notify(3), "Notes": a datagram to $NOTIFY_SOCKET. */
void xasdNotify(const char *state);

#endif
