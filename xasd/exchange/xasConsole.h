/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CONSOLE_H
#define XAS_CONSOLE_H

/** \brief To be called by the thread that is going to read standard input,
 * before it does. */
void xasConsoleReader(void);
/** \brief And when it has done so for the last time. */
void xasConsoleLeft(void);

/** \brief Give that thread an end of file, though it waits in a read; nothing
 * to do without one.
 *
 * It holds the lock of stdin meanwhile, and since glibc 2.41 exit() waits for
 * that lock: a process with a prompt that nobody answers would not end. */
void xasConsoleEnd(void);

#endif
