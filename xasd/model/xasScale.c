/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasScale.h"

xasErIndex xasModelErOf(const char *column)
{
    static const struct {
        const char *name;
        xasErIndex er;
    } absolute[] = { { "edge_e", xasErK }, { "wl_e", xasErK },
                     { "pre_e", xasErK },  { "sh_e", xasErK },
                     { "post_e", xasErK }, { "l3_e", xasErL3 },
                     { "l2_e", xasErL2 } };

    for (size_t i = 0; i < sizeof absolute / sizeof *absolute; i++)
        if (strcmp(column, absolute[i].name) == 0)
            return absolute[i].er;
    return xasErCount;
}

static double originOf(const xasRows *rows, size_t row, xasErIndex er)
{
    return er == xasErCount ? 0 : rows->er_eV[row * xasErCount + er];
}

double xasScaleFill(const xasRows *rows, size_t column, xasErIndex er,
                    size_t *present)
{
    double sum = 0;

    *present = 0;
    for (size_t i = 0; i < rows->n; i++) {
        double x = rows->x[rows->row[i] * rows->p + column];

        if (!isfinite(x))
            continue;
        sum += x - originOf(rows, rows->row[i], er);
        ++*present;
    }
    return *present ? sum / (double)*present : NAN;
}

void xasScaleColumn(const xasRows *rows, size_t column, xasErIndex er,
                    double fill, double *value, xasColumn *out)
{
    double n = (double)rows->n, sum = 0, squares = 0;

    *out = (xasColumn){ .min = INFINITY, .max = -INFINITY };
    for (size_t i = 0; i < rows->n; i++) {
        double x = rows->x[rows->row[i] * rows->p + column];

        if (!isfinite(x))
            x = fill + originOf(rows, rows->row[i], er);
        value[i] = x;
        sum += x;
        out->min = fmin(out->min, x);
        out->max = fmax(out->max, x);
    }
    out->mean = sum / n;
    for (size_t i = 0; i < rows->n; i++)
        squares += (value[i] - out->mean) * (value[i] - out->mean);
    out->sd = sqrt(squares / n);
}

bool xasScaleIsConstant(const xasColumn *column)
{
    double largest = fmax(fabs(column->min), fabs(column->max));

    return !(column->sd > 1e-12 * fmax(1, largest));
}

void xasScaleStandardise(const xasColumn *column, double *value, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value[i] = (value[i] - column->mean) / column->sd;
}

double xasScaleDot(const double *a, const double *b, size_t n)
{
    double s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    size_t i = 0;

    /* Four sums: one alone would wait for each addition to end. */
    for (; i + 4 <= n; i += 4) {
        s0 += a[i] * b[i];
        s1 += a[i + 1] * b[i + 1];
        s2 += a[i + 2] * b[i + 2];
        s3 += a[i + 3] * b[i + 3];
    }
    for (; i < n; i++)
        s0 += a[i] * b[i];
    return (s0 + s1) + (s2 + s3);
}
