/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_TEXT_H
#define XASD_TEXT_H

#include <stddef.h>

/** Bytes of a text from a PV, and its end. */
#define XASD_TEXT_SIZE 256

/** \brief Make bytes from a PV a clean text.
 *
 * Up to the first NUL or n; white space at both ends is dropped, control
 * characters become spaces, bytes that are not UTF-8 become '?'; cut at a
 * whole character. */
void xasdTextClean(const char *bytes, size_t n, char out[XASD_TEXT_SIZE]);

#endif
