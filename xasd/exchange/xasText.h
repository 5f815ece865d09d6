/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_TEXT_H
#define XAS_TEXT_H

#include <stddef.h>

/** \brief Cut white space at both ends, in place. */
void xasTextTrim(char *text);

/** \brief Copy trimmed text as valid UTF-8: a byte that is none becomes '?',
 * and what does not fit is cut between characters. */
void xasTextCopy(char *out, size_t size, const char *text);

/** \brief Copy the next word, cut to size; "" at the end.
 * \return the rest of the text */
const char *xasTextWord(const char *text, char *out, size_t size);

#endif
