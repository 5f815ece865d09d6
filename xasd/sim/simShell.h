/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SHELL_H
#define SIM_SHELL_H

/** \brief Path of an installed file, such as "dbd/xassim.dbd", two folders up
 * from the program. Freed by the caller; NULL: out of memory. */
char *simInstalled(const char *file);

/** \brief Readings of other servers that have been asked for. */
int simShellRelays(void);

#endif
