/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_TSV_H
#define XAS_TSV_H

#include <stdio.h>

#include "xasStatus.h"

/** A table of texts read from a file: a line of column names, then rows.
 *
 * Separated by tabs if the names are, else by commas; fields may be in double
 * quotes ("" inside is one), also over line ends. Lines that begin with # and
 * empty ones are skipped; CR LF and a byte order mark are tolerated. */
typedef struct xasTsv {
    size_t rows, columns;
    char **name;  /* [columns] */
    char **cell;  /* [rows*columns] by rows, never NULL */
    size_t *line; /* [rows] of the file, from 1, for messages */
    char *text;   /* what the others point into */
} xasTsv;

/** \brief Read a table.
 * \return xasErrIo; xasErrFormat: no names, a name twice, a row with another
 * number of fields, a quote that does not end; message names file and line */
xasStatus xasTsvRead(const char *file, xasTsv **out, xasMessage *message);
void xasTsvDestroy(xasTsv *table);

/** \brief Column of a name; xasErrNotFound. */
xasStatus xasTsvColumn(const xasTsv *table, const char *name, size_t *column);

/** \brief One cell. */
const char *xasTsvCell(const xasTsv *table, size_t row, size_t column);

/** \brief One cell as a number: empty and "nan" are NaN; xasErrFormat for
 * anything else that is no number. */
xasStatus xasTsvNumber(const xasTsv *table, size_t row, size_t column,
                       double *out);

/** \brief Write a text as a field between tabs: tab, line end and backslash
 * become \t, \n, \r and \\. */
void xasTsvWrite(FILE *file, const char *text);

#endif
