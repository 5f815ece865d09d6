/* SPDX-License-Identifier: BSD-3-Clause */
/* Test only: the golden matrices (CSV) and what follows from them (JSON). */
#ifndef GOLDEN_H
#define GOLDEN_H

#include <stddef.h>

#include "xasModel.h"

/** \brief A whole file of the shared data as text, NULL if it is not there.
 * \param name  below the shared data folder, "golden/measured_K.csv" */
char *goldenFile(const char *name);

/** A table as read; the texts point into `text`. */
typedef struct goldenTable {
    xasTable table;
    char *text;
} goldenTable;

/** \brief Read a golden matrix; 0 if the file is absent or not as expected. */
int goldenTableRead(const char *name, goldenTable *out);
void goldenTableClear(goldenTable *table);

/** \brief The value of a member of an object, NULL if it has none. */
const char *jsonMember(const char *object, const char *key);
/** \brief An element of an array, NULL behind its end. */
const char *jsonElement(const char *array, size_t index);
/** \brief A member's number; NaN if it has none. */
double jsonNumber(const char *object, const char *key);
/** \brief Is this value the given text? */
int jsonIsText(const char *value, const char *text);

#endif
