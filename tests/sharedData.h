/* SPDX-License-Identifier: BSD-3-Clause */
/* The reference data beside the project, for tests: absent, they skip. */
#ifndef SHARED_DATA_H
#define SHARED_DATA_H

#include <stddef.h>

/** \brief Is there reference data? */
int sharedThere(void);

/** \brief The path of a file of shared/data; a static buffer. */
const char *sharedPath(const char *name);

/** A CSV file: cell [row][column], row 0 the header. */
typedef struct table {
    size_t rows, columns;
    char ***cell;
} table;

table *tableRead(const char *file);
void tableDestroy(table *t);
/** \brief Text of a cell by column name; "" if there is none. */
const char *tableText(const table *t, size_t row, const char *column);
/** \brief Its number, NaN for none. */
double tableNumber(const table *t, size_t row, const char *column);
/** \brief The row whose column holds text, 0 for none. */
size_t tableFind(const table *t, const char *column, const char *text);

#endif
