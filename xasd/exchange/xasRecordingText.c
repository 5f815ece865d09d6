/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRecordingText.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t usualNaN = 0x7ff8000000000000u;
static const uint64_t mantissa = 0xfffffffffffffu;
static const uint64_t nsPerS = 1000000000u;
/* Whole numbers up to here are written without %g. */
static const double wholeMax = 1e15;

static uint64_t bitsOf(double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    return bits;
}

void xasRecordingPutWord(FILE *f, const char *word)
{
    (void)putc_unlocked(' ', f);
    (void)fputs(word, f);
}

/* Digits of a number, right-aligned in a buffer: faster than printf. */
static char *digits(char *end, uint64_t value)
{
    do
        *--end = (char)('0' + value % 10);
    while (value /= 10);
    return end;
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

void xasRecordingPutInt(FILE *f, int64_t value)
{
    char text[24] = "", *at = digits(text + sizeof text - 1, magnitude(value));

    if (value < 0)
        *--at = '-';
    xasRecordingPutWord(f, at);
}

void xasRecordingPutHex(FILE *f, uint64_t value)
{
    (void)fprintf(f, " %016" PRIx64, value);
}

void xasRecordingPutTime(FILE *f, int64_t unix_ns)
{
    uint64_t ns = magnitude(unix_ns);
    char text[32] = "", *end = text + sizeof text - 1;
    char *at = digits(end, ns % nsPerS);

    while (end - at < 9)
        *--at = '0';
    *--at = '.';
    at = digits(at, ns / nsPerS);
    if (unix_ns < 0)
        *--at = '-';
    xasRecordingPutWord(f, at);
}

/* What both forms of a number share. */
static bool putSpecial(FILE *f, double value)
{
    if (isnan(value)) {
        if (bitsOf(value) == usualNaN)
            xasRecordingPutWord(f, "nan");
        else
            (void)fprintf(f, " nan:%016" PRIx64, bitsOf(value));
        return true;
    }
    if (isinf(value)) {
        xasRecordingPutWord(f, value < 0 ? "-inf" : "inf");
        return true;
    }
    if (fabs(value) >= wholeMax || value != trunc(value) ||
        (value == 0 && signbit(value)))
        return false;
    xasRecordingPutInt(f, (int64_t)value);
    return true;
}

void xasRecordingPutNumber(FILE *f, double value)
{
    char text[40];

    if (putSpecial(f, value))
        return;
    for (int n = 15; n <= 17; n++) {
        (void)snprintf(text, sizeof text, "%.*g", n, value);
        if (strtod(text, NULL) == value)
            break;
    }
    xasRecordingPutWord(f, text);
}

void xasRecordingPutExact(FILE *f, double value)
{
    uint64_t bits = bitsOf(value), fraction = bits & mantissa;
    int exponent = (int)(bits >> 52 & 0x7ff);
    char text[40], *at = text;

    if (putSpecial(f, value))
        return;
    if (!exponent || !fraction) { /* zero, subnormal, power of two */
        xasRecordingPutNumber(f, value);
        return;
    }
    if (bits >> 63)
        *at++ = '-';
    memcpy(at, "0x1.", 4);
    at += 4;
    for (; fraction; fraction = fraction << 4 & mantissa)
        *at++ = "0123456789abcdef"[fraction >> 48];
    (void)snprintf(at, sizeof text - (size_t)(at - text), "p%d",
                   exponent - 1023);
    xasRecordingPutWord(f, text);
}

void xasRecordingPutText(FILE *f, const char *text)
{
    (void)fputs(" \"", f);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            (void)fprintf(f, "\\%c", c);
        else if (c == '\n' || c == '\t')
            (void)fputs(c == '\n' ? "\\n" : "\\t", f);
        else if (c < 0x20 || c == 0x7f)
            (void)fprintf(f, "\\x%02x", c);
        else
            (void)putc_unlocked(c, f);
    }
    (void)putc_unlocked('"', f);
}

static void skip(xasRecordingWords *w)
{
    while (*w->at == ' ')
        w->at++;
}

bool xasRecordingAtEnd(xasRecordingWords *w)
{
    skip(w);
    return !*w->at;
}

char *xasRecordingWord(xasRecordingWords *w)
{
    char *word;

    skip(w);
    word = w->at;
    if (!*word || *word == '"')
        return NULL;
    while (*w->at && *w->at != ' ')
        w->at++;
    if (*w->at)
        *w->at++ = 0;
    return word;
}

bool xasRecordingWordIs(xasRecordingWords *w, const char *word)
{
    size_t n = strlen(word);

    skip(w);
    if (strncmp(w->at, word, n) != 0 || (w->at[n] && w->at[n] != ' '))
        return false;
    w->at += n;
    return true;
}

/* Where a number must end. */
static bool ends(const char *at)
{
    return !*at || *at == ' ';
}

bool xasRecordingGetNumber(xasRecordingWords *w, double *out)
{
    char *end;
    double value;

    skip(w);
    if (strncmp(w->at, "nan", 3) == 0) {
        uint64_t bits = usualNaN;

        end = w->at + 3;
        if (*end == ':')
            bits = strtoull(end + 1, &end, 16);
        memcpy(&value, &bits, sizeof value);
        if (!ends(end) || !isnan(value))
            return false;
    } else {
        errno = 0;
        value = strtod(w->at, &end);
        if (end == w->at || !ends(end) || isnan(value) ||
            (errno == ERANGE && isinf(value)))
            return false;
    }
    w->at = end;
    *out = value;
    return true;
}

bool xasRecordingGetInt(xasRecordingWords *w, int64_t *out)
{
    char *end;
    long long value;

    skip(w);
    errno = 0;
    value = strtoll(w->at, &end, 10);
    if (end == w->at || !ends(end) || errno)
        return false;
    w->at = end;
    *out = value;
    return true;
}

bool xasRecordingGetHex(xasRecordingWords *w, uint64_t *out)
{
    size_t n;

    skip(w);
    n = strspn(w->at, "0123456789abcdef");
    if (n != 16 || !ends(w->at + n))
        return false;
    *out = strtoull(w->at, &w->at, 16);
    return true;
}

bool xasRecordingGetTime(xasRecordingWords *w, int64_t *unix_ns)
{
    bool minus;
    const char *at;
    uint64_t ns = 0;
    size_t whole, part;

    skip(w);
    minus = *w->at == '-';
    at = w->at + minus;
    whole = strspn(at, "0123456789");
    part = at[whole] == '.' ? strspn(at + whole + 1, "0123456789") : 0;
    if (!whole || whole > 10 || part != 9 || !ends(at + whole + 1 + part))
        return false;
    for (; *at && *at != ' '; at++) /* 19 digits: no overflow in 64 bits */
        if (*at != '.')
            ns = 10 * ns + (uint64_t)(*at - '0');
    if (ns > (uint64_t)INT64_MAX + minus)
        return false;
    w->at += at - w->at;
    *unix_ns = (int64_t)(minus ? 0 - ns : ns);
    return true;
}

/* One character behind a backslash; 0 if there is no such. */
static char escaped(char **at)
{
    char c = *(*at)++, hex[3], *end;

    switch (c) {
    case '"':
    case '\\': return c;
    case 'n': return '\n';
    case 't': return '\t';
    case 'x':
        memcpy(hex, *at, strnlen(*at, 2));
        hex[strnlen(*at, 2)] = 0;
        c = (char)strtoul(hex, &end, 16);
        if (end != hex + 2)
            return 0;
        *at += 2;
        return c;
    default: (*at)--; return 0;
    }
}

bool xasRecordingGetText(xasRecordingWords *w, char **out)
{
    char *from, *to;

    skip(w);
    if (*w->at != '"')
        return false;
    from = to = w->at + 1;
    while (*from && *from != '"') {
        char c = *from++;

        if (c == '\\' && !(c = escaped(&from)))
            return false;
        *to++ = c;
    }
    if (*from != '"' || !ends(from + 1))
        return false;
    *out = w->at + 1;
    w->at = from + 1;
    *to = 0;
    return true;
}
