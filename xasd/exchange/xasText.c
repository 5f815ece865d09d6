/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasText.h"

#include <ctype.h>
#include <string.h>

void xasTextTrim(char *text)
{
    size_t length = strlen(text), start = 0;

    while (length && isspace((unsigned char)text[length - 1]))
        length--;
    while (start < length && isspace((unsigned char)text[start]))
        start++;
    memmove(text, text + start, length - start);
    text[length - start] = 0;
}

static int isTail(unsigned char c)
{
    return (c & 0xC0) == 0x80;
}

/* Bytes of the character at p, 0 if it is not one of UTF-8 (RFC 3629). */
static size_t characterSize(const unsigned char *p)
{
    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return isTail(p[1]) ? 2 : 0;
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        if (!isTail(p[1]) || !isTail(p[2]) || (p[0] == 0xE0 && p[1] < 0xA0) ||
            (p[0] == 0xED && p[1] >= 0xA0))
            return 0;
        return 3;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        if (!isTail(p[1]) || !isTail(p[2]) || !isTail(p[3]) ||
            (p[0] == 0xF0 && p[1] < 0x90) || (p[0] == 0xF4 && p[1] >= 0x90))
            return 0;
        return 4;
    }
    return 0;
}

void xasTextCopy(char *out, size_t size, const char *text)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t used = 0;

    while (isspace(*p))
        p++;
    while (*p) {
        size_t bytes = characterSize(p), whole = bytes ? bytes : 1;

        if (used + whole >= size)
            break;
        if (bytes)
            memcpy(out + used, p, bytes);
        else
            out[used] = '?';
        used += whole;
        p += whole;
    }
    while (used && isspace((unsigned char)out[used - 1]))
        used--;
    out[used] = 0;
}

const char *xasTextWord(const char *text, char *out, size_t size)
{
    size_t used = 0;

    while (isspace((unsigned char)*text))
        text++;
    for (; *text && !isspace((unsigned char)*text); text++)
        if (used + 1 < size)
            out[used++] = *text;
    out[used] = 0;
    return text;
}
