/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConfText.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Bytes of the name at text, 0 if there is none. */
static size_t nameLength(const char *text)
{
    size_t n = 0;

    if (isdigit((unsigned char)*text))
        return 0;
    while (isalnum((unsigned char)text[n]) || text[n] == '_')
        n++;
    return n;
}

/* One ${...} at text, behind the brace; its value, not terminated. */
static xasConfTextFault lookUp(const char *text, const char **value,
                               size_t *length, const char **rest, char *name,
                               size_t nameSize)
{
    const char *close = strchr(text, '}');
    size_t n = nameLength(text);

    if (!close || n == 0 || n >= nameSize ||
        (text[n] != '}' && strncmp(text + n, ":-", 2) != 0))
        return xasConfTextOpen;
    memcpy(name, text, n);
    name[n] = 0;
    *rest = close + 1;
    *value = getenv(name);
    if (text[n] == '}') {
        if (!*value)
            return xasConfTextUnset;
        *length = strlen(*value);
    } else if (*value && **value) {
        *length = strlen(*value);
    } else {
        *value = text + n + 2;
        *length = (size_t)(close - *value);
    }
    return xasConfTextOk;
}

xasConfTextFault xasConfTextExpand(const char *text, char *out, size_t size,
                                   char *name, size_t nameSize)
{
    size_t used = 0;

    while (*text) {
        const char *part = text, *rest = text + 1;
        size_t length = 1;

        if (strncmp(text, "${", 2) == 0) {
            xasConfTextFault fault =
                lookUp(text + 2, &part, &length, &rest, name, nameSize);

            if (fault != xasConfTextOk)
                return fault;
        }
        if (used + length >= size)
            return xasConfTextLong;
        memcpy(out + used, part, length);
        used += length;
        text = rest;
    }
    out[used] = 0;
    return xasConfTextOk;
}

xasConfTextFault xasConfTextAbsolute(const char *path, char *out, size_t size)
{
    char here[4096];
    int length;

    if (path[0] == '/')
        length = snprintf(out, size, "%s", path);
    else if (getcwd(here, sizeof here))
        length = snprintf(out, size, "%s/%s", here, path);
    else
        return xasConfTextLong;
    return length >= 0 && (size_t)length < size ? xasConfTextOk
                                                : xasConfTextLong;
}
