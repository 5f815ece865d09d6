/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasCv.h"

size_t xasCvFolds(const char *const *compound, size_t n, size_t *foldOf)
{
    size_t folds = 0;

    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        while (k < i && strcmp(compound[k], compound[i]) != 0)
            k++;
        foldOf[i] = k < i ? foldOf[k] : folds++;
    }
    return folds;
}

size_t xasCvRows(const size_t *foldOf, size_t n, size_t fold, bool inside,
                 size_t *row)
{
    size_t count = 0;

    for (size_t i = 0; i < n; i++)
        if ((foldOf[i] == fold) == inside)
            row[count++] = i;
    return count;
}

void xasCvScore(const double *y, const double *predicted, size_t n,
                xasScore *score)
{
    double mean = 0, absolute = 0, squares = 0, spread = 0;
    double min = INFINITY, max = -INFINITY;

    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double error = predicted[i] - y[i];

        absolute += fabs(error);
        squares += error * error;
        spread += (y[i] - mean) * (y[i] - mean);
        min = fmin(min, y[i]);
        max = fmax(max, y[i]);
    }
    score->mae = absolute / (double)n;
    score->rmse = sqrt(squares / (double)n);
    score->r2 = max > min ? 1 - squares / spread : NAN;
    score->pct_fs = max > min ? 100 * score->mae / (max - min) : NAN;
}

void xasCvBaseline(const double *y, const size_t *foldOf, size_t n,
                   double *predicted)
{
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        size_t others = 0;

        for (size_t k = 0; k < n; k++) {
            if (foldOf[k] == foldOf[i])
                continue;
            sum += y[k];
            others++;
        }
        predicted[i] = sum / (double)others;
    }
}
