/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_JSON_H
#define XAS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** Writes one JSON value to a file, member by member. */
typedef struct xasJson {
    FILE *file;
    int depth;
    struct {
        char closing;
        bool any, lines; /* has members; holds objects or arrays */
    } level[16];
} xasJson;

/** \brief Begin: the next call writes the value. */
void xasJsonInit(xasJson *j, FILE *file);

/** \brief Open an object '{' or an array '['. \param key  NULL in an array */
void xasJsonOpen(xasJson *j, const char *key, char bracket);
/** \brief Close the innermost; a line end behind the outermost. */
void xasJsonClose(xasJson *j);

/** \brief Text as UTF-8; a byte that is none becomes U+FFFD. NULL: null. */
void xasJsonText(xasJson *j, const char *key, const char *text);
/** \brief Shortest text that reads back the same; null for NaN, infinity. */
void xasJsonNumber(xasJson *j, const char *key, double value);
void xasJsonInt(xasJson *j, const char *key, int64_t value);
void xasJsonBool(xasJson *j, const char *key, bool value);
void xasJsonNull(xasJson *j, const char *key);

/** \brief Shortest text of a finite number that reads back the same. */
void xasJsonDigits(double value, char *out, size_t size);

#endif
