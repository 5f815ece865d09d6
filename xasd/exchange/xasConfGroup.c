/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConfKeys.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "xasConfText.h"

/* "stations[1].pv" of a setting, root first. */
static void pathOf(const config_setting_t *s, char *out, size_t size)
{
    const config_setting_t *up = s ? config_setting_parent(s) : NULL;

    if (!up)
        return;
    pathOf(up, out, size);
    size_t used = strlen(out);

    if (config_setting_name(s))
        (void)snprintf(out + used, size - used, "%s%s", used ? "." : "",
                       config_setting_name(s));
    else
        (void)snprintf(out + used, size - used, "[%d]",
                       config_setting_index(s));
}

xasStatus xasConfFail(const config_setting_t *at, const char *child,
                      xasStatus status, xasMessage *message, const char *format,
                      ...)
{
    const char *file = config_setting_source_file(at);
    char path[160] = "", text[320];
    va_list args;

    pathOf(at, path, sizeof path);
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *dot = child && *path ? "." : "";

    unsigned line = config_setting_source_line(at);

    return xasFail(status, message, "%s:%u: %s%s%s: %s", file ? file : "",
                   line ? line : 1, path, dot, child ? child : "", text);
}

xasStatus xasConfString(const config_setting_t *s, char *out, size_t size,
                        const char *expected, xasMessage *message)
{
    char whole[1024], name[64] = "";

    if (config_setting_type(s) != CONFIG_TYPE_STRING)
        return xasConfFail(s, NULL, xasErrFormat, message, "expected %s",
                           expected);
    const char *text = config_setting_get_string(s);

    switch (xasConfTextExpand(text, whole, sizeof whole, name, sizeof name)) {
    case xasConfTextUnset:
        return xasConfFail(s, NULL, xasErrNotFound, message,
                           "${%s} is not set, expected in the environment",
                           name);
    case xasConfTextOpen:
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "expected ${NAME} or ${NAME:-default}");
    case xasConfTextOk:
        if (strlen(whole) < size)
            break;
        /* fall through */
    default:
        return xasConfFail(s, NULL, xasErrRange, message,
                           "expected at most %zu bytes", size - 1);
    }
    memcpy(out, whole, strlen(whole) + 1);
    return xasOk;
}

static bool isWord(const char *text, const char *words)
{
    size_t length = strlen(text);

    for (const char *p = words; length && *p;) {
        size_t n = strcspn(p, " ");

        if (n == length && strncmp(p, text, n) == 0)
            return true;
        p += n + (p[n] == ' ');
    }
    return false;
}

static xasStatus readText(const config_setting_t *s, const xasConfKey *key,
                          char *out, xasMessage *message)
{
    const char *quoted = key->kind == xasConfWord ? "one of: " : "";
    char expected[160];

    (void)snprintf(expected, sizeof expected, "%s%s", quoted,
                   key->words ? key->words : "a string");
    xasStatus status = xasConfString(s, out, key->size, expected, message);

    if (status != xasOk)
        return status;
    if (key->kind == xasConfWord && !isWord(out, key->words))
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "'%.40s', expected %s", out, expected);
    if (key->kind != xasConfName)
        return xasOk;
    if (!*out)
        return xasConfFail(s, NULL, xasErrRange, message, "expected %s",
                           expected);
    for (const char *p = out; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-:;<>", *p))
            return xasConfFail(s, NULL, xasErrFormat, message,
                               "'%.40s', expected %s of letters, digits and "
                               "_-:;<> only",
                               out, expected);
    return xasOk;
}

static xasStatus readNumber(const config_setting_t *s, const xasConfKey *key,
                            void *out, xasMessage *message)
{
    bool whole = key->kind == xasConfWhole;
    double value = NAN;

    switch (config_setting_type(s)) {
    case CONFIG_TYPE_INT: value = config_setting_get_int(s); break;
    case CONFIG_TYPE_INT64: value = (double)config_setting_get_int64(s); break;
    case CONFIG_TYPE_FLOAT:
        if (!whole)
            value = config_setting_get_float(s);
        break;
    default: break;
    }
    if (!(value >= key->lo && value <= key->hi))
        return xasConfFail(s, NULL, isnan(value) ? xasErrFormat : xasErrRange,
                           message, "expected %s from %g to %g%s%s",
                           whole ? "a whole number" : "a number", key->lo,
                           key->hi, key->words ? ", " : "",
                           key->words ? key->words : "");
    if (whole)
        *(int *)out = (int)value;
    else
        *(double *)out = value;
    return xasOk;
}

static xasStatus readYesNo(const config_setting_t *s, void *out,
                           xasMessage *message)
{
    if (config_setting_type(s) != CONFIG_TYPE_BOOL)
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "expected true or false, without quotes");
    *(bool *)out = config_setting_get_bool(s) != 0;
    return xasOk;
}

/* Letters to change, add or take away to make a of b (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
    size_t row[64], n = strlen(b);

    if (n >= sizeof row / sizeof *row)
        return n;
    for (size_t j = 0; j <= n; j++)
        row[j] = j;
    for (size_t i = 1; *a; a++, i++) {
        size_t corner = row[0];

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t least = corner + (*a != b[j - 1]);

            corner = row[j];
            if (row[j] + 1 < least)
                least = row[j] + 1;
            if (row[j - 1] + 1 < least)
                least = row[j - 1] + 1;
            row[j] = least;
        }
    }
    return row[n];
}

/* The key that was meant, or NULL. */
static const char *nearest(const char *name, const xasConfKey *key, size_t keys)
{
    const char *near = NULL;
    size_t least = 3;

    for (size_t k = 0; k < keys; k++) {
        size_t d = distance(name, key[k].name);

        if (d < least) {
            least = d;
            near = key[k].name;
        }
    }
    return near;
}

static xasStatus unknown(const config_setting_t *s, const xasConfKey *key,
                         size_t keys, xasMessage *message)
{
    const char *near = nearest(config_setting_name(s), key, keys);

    if (near)
        return xasConfFail(s, NULL, xasErrFormat, message,
                           "unknown key, expected perhaps %s", near);
    return xasConfFail(s, NULL, xasErrFormat, message,
                       "unknown key, expected one of those in xasd.conf(5)");
}

static xasStatus readKey(const config_setting_t *s, const xasConfKey *key,
                         void *base, xasMessage *message)
{
    char *out = (char *)base + key->offset;

    switch (key->kind) {
    case xasConfText:
    case xasConfName:
    case xasConfWord: return readText(s, key, out, message);
    case xasConfNumber:
    case xasConfWhole: return readNumber(s, key, out, message);
    case xasConfYesNo: return readYesNo(s, out, message);
    case xasConfOther: break;
    }
    return xasOk;
}

xasStatus xasConfGroup(const config_setting_t *group, const xasConfKey *key,
                       size_t keys, void *base, xasMessage *message)
{
    xasStatus status = xasOk;
    int n = config_setting_length(group);

    for (int i = 0; status == xasOk && i < n; i++) {
        const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
        size_t k = 0;

        while (k < keys && strcmp(key[k].name, config_setting_name(s)) != 0)
            k++;
        status = k < keys ? readKey(s, &key[k], base, message)
                          : unknown(s, key, keys, message);
    }
    for (size_t k = 0; status == xasOk && k < keys; k++)
        if (key[k].must && !config_setting_get_member(group, key[k].name))
            status = xasConfFail(group, key[k].name, xasErrNotFound, message,
                                 "missing, expected %s", key[k].words);
    return status;
}
