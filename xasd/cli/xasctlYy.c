/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlYy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "xasSvg.h"
#include "xasctlStudy.h"

enum { mostRanked = 16, mostNamed = 6 };

static const double side = 340, rowHeight = 22, rankTop = 500;

static void range(const xasModel *m, double *lo, double *hi)
{
    *lo = INFINITY;
    *hi = -INFINITY;
    for (size_t i = 0; i < m->n; i++) {
        double values[] = { m->y[i], m->fitted[i], m->predNested[i] };

        for (size_t k = 0; k < 3; k++) {
            *lo = fmin(*lo, values[k]);
            *hi = fmax(*hi, values[k]);
        }
    }
    if (!(*hi > *lo))
        *hi = *lo + 1;
}

/* How many rows are further off. */
static size_t worse(const xasModel *m, const double *predicted, size_t row)
{
    double mine = fabs(predicted[row] - m->y[row]);
    size_t count = 0;

    for (size_t i = 0; i < m->n; i++)
        count += fabs(predicted[i] - m->y[i]) > mine;
    return count;
}

/* Predicted against tabulated; marked beyond the band, and the worst named. */
static void drawPoints(xasSvg *svg, const xasModel *m, double left,
                       const char *label, const double *predicted, bool names)
{
    xasSvgPanel p = { .left = left,
                      .top = 60,
                      .width = side,
                      .height = side,
                      .xLabel = "tabulated, kJ/mol",
                      .yLabel = label };
    double lo, hi, room, band = 0.1 * xasModelFullScale(m), x[2];

    range(m, &lo, &hi);
    room = 0.08 * (hi - lo);
    p.x0 = p.y0 = x[0] = lo - room;
    p.x1 = p.y1 = x[1] = hi + room;
    xasSvgAxes(svg, &p);
    xasSvgCurve(svg, &p, x, x, 2, xasSvgData);
    for (int sign = -1; sign <= 1; sign += 2) {
        double y[] = { x[0] + sign * band, x[1] + sign * band };

        xasSvgCurve(svg, &p, x, y, 2, xasSvgGuide);
    }
    for (size_t i = 0; i < m->n; i++) {
        bool named = names && worse(m, predicted, i) < mostNamed;
        char name[20] = "";

        if (named)
            (void)snprintf(name, sizeof name, "%.16s",
                           m->formula[i][0] ? m->formula[i] : m->compound[i]);
        if (fabs(predicted[i] - m->y[i]) > band)
            xasSvgDot(svg, &p, m->y[i], predicted[i], name,
                      predicted[i] > m->y[i]);
        else
            xasSvgCurve(svg, &p, &m->y[i], &predicted[i], 1, xasSvgPoint);
    }
}

static void drawRanks(xasSvg *svg, const xasModel *m, const size_t *column,
                      size_t n)
{
    double most = n ? fmax(fabs(m->rank[column[0]]), 1e-300) : 1;
    char text[XAS_NAME_SIZE + 96];

    (void)snprintf(text, sizeof text,
                   "Mean standardised coefficient over the folds, kJ/mol%s "
                   "per sd (folds that chose it, of these with the other sign)",
                   xasctlUnitOf(m->options.basis));
    xasSvgText(svg, 16, rankTop - 12, text, xasSvgNote);
    for (size_t k = 0; k < n; k++) {
        size_t j = column[k];
        double top = rankTop + rowHeight * (double)k;
        double length = 200 * m->rank[j] / most;

        (void)snprintf(text, sizeof text, "%.20s", m->column[j]);
        xasSvgText(svg, 16, top + 14, text, xasSvgNote);
        xasSvgBar(svg, 340 + fmin(0, length), top + 3, fabs(length),
                  rowHeight - 8);
        (void)snprintf(text, sizeof text, "%+.1f  (%zu/%zu, %zu)", m->rank[j],
                       m->chosen[j], m->nFolds, m->signChanges[j]);
        xasSvgText(svg, 560, top + 14, text, xasSvgNote);
    }
}

xasStatus xasctlYy(const char *file, const char *title, const xasModel *m,
                   xasMessage *message)
{
    size_t *column = calloc(m->p, sizeof *column), n = 0;
    double height;
    char text[320];
    xasSvg *svg = NULL;
    xasStatus status;

    if (!column)
        return xasFail(xasErrMemory, message, "%s: out of memory", file);
    n = xasModelRanked(m, column);
    n = n < mostRanked ? n : mostRanked;
    height = rankTop + rowHeight * (double)(n ? n : 1) + 40;
    status = xasSvgOpen(file, 900, height, title, &svg, message);
    if (status != xasOk)
        goto done;
    drawPoints(svg, m, 80, "fitted, kJ/mol", m->fitted, false);
    drawPoints(svg, m, 530, "predicted, left out, kJ/mol", m->predNested, true);
    (void)snprintf(text, sizeof text,
                   "train: R2 %.3f, MAE %.1f kJ/mol; dashed: 10 %% of full "
                   "scale",
                   m->train.r2, m->train.mae);
    xasSvgText(svg, 80, 48, text, xasSvgNote);
    (void)snprintf(text, sizeof text,
                   "nested: R2 %.3f, MAE %.1f = %.1f %%FS; by the mean %.1f",
                   m->nested.r2, m->nested.mae, m->nested.pct_fs,
                   m->baseline.mae);
    xasSvgText(svg, 530, 48, text, xasSvgNote);
    if (m->options.basis != xasBasisFormula) {
        (void)snprintf(text, sizeof text,
                       "learned per %s; all values are per formula unit",
                       xasBasisName(m->options.basis));
        xasSvgText(svg, 16, rankTop - 30, text, xasSvgNote);
    }
    drawRanks(svg, m, column, n);
    status = xasSvgClose(svg, message);
done:
    free(column);
    return status;
}
