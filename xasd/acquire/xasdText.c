/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdText.h"

#include <stdbool.h>
#include <string.h>

/* Length of the UTF-8 character at s, 0 if it is none (RFC 3629). */
static size_t charLength(const unsigned char *s, size_t n)
{
    unsigned char lo = 0x80, hi = 0xbf; /* of the second byte */
    size_t length;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (length > n)
        return 0;
    if (s[0] == 0xe0)
        lo = 0xa0; /* else it is too long a form */
    else if (s[0] == 0xed)
        hi = 0x9f; /* surrogates */
    else if (s[0] == 0xf0)
        lo = 0x90;
    else if (s[0] == 0xf4)
        hi = 0x8f; /* the end of Unicode */
    if (s[1] < lo || s[1] > hi)
        return 0;
    for (size_t i = 2; i < length; i++)
        if (s[i] < 0x80 || s[i] > 0xbf)
            return 0;
    return length;
}

void xasdTextClean(const char *bytes, size_t n, char out[XASD_TEXT_SIZE])
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t used = 0, end = 0;

    n = strnlen(bytes, n);
    for (size_t i = 0, length; i < n; i += length) {
        bool space = s[i] <= ' ' || s[i] == 0x7f;

        length = charLength(s + i, n - i);
        if (space && !used) /* at the beginning */
            continue;
        if (used + (length ? length : 1) >= XASD_TEXT_SIZE)
            break;
        if (space)
            out[used] = ' ';
        else if (!length)
            out[used] = '?';
        else
            memcpy(out + used, s + i, length);
        length = length ? length : 1;
        used += length;
        if (!space)
            end = used;
    }
    out[end] = 0;
}
