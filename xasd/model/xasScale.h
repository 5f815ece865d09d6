/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SCALE_H
#define XAS_SCALE_H

#include <stdbool.h>
#include <stddef.h>

#include "xasModel.h"

/** Some rows of a table of features; nothing is owned. */
typedef struct xasRows {
    const double *x;     /* [.*p] whole table by rows, NaN missing */
    const double *er_eV; /* [.*xasErCount] whole table by rows */
    size_t p;
    const size_t *row; /* [n] which ones */
    size_t n;
} xasRows;

/** A filled column over some rows. */
typedef struct xasColumn {
    double mean, sd; /* population sd */
    double min, max;
} xasColumn;

/** \brief What replaces a missing value: the mean of those present, less the
 * rows' own E_r for an absolute energy.
 * \param[out] present  values that are there   \return NaN if none is */
double xasScaleFill(const xasRows *rows, size_t column, xasErIndex er,
                    size_t *present);

/** \brief The column with its gaps filled, and its statistics.
 * \param[out] value  [rows->n] */
void xasScaleColumn(const xasRows *rows, size_t column, xasErIndex er,
                    double fill, double *value, xasColumn *out);

/** \brief Too little spread to be scaled: sd <= 1e-12 max(1, max|value|). */
bool xasScaleIsConstant(const xasColumn *column);

/** \brief value = (value - mean) / sd, in place. */
void xasScaleStandardise(const xasColumn *column, double *value, size_t n);

/** \brief Sum of products; fast, so that long columns are no burden. */
double xasScaleDot(const double *a, const double *b, size_t n);

#endif
