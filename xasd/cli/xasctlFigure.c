/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlFigure.h"

#include <math.h>
#include <stdio.h>

#include "xasCurves.h"
#include "xasSvg.h"

#define WIDTH  860.0
#define HEIGHT 800.0

/* A range of finite values in [from, to] of the axis, with room around. */
static void span(const double *x, const double *y, size_t n, double from,
                 double to, double *lo, double *hi)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] >= from && x[i] <= to && isfinite(y[i])) {
            *lo = fmin(*lo, y[i]);
            *hi = fmax(*hi, y[i]);
        }
}

static void range(xasSvgPanel *p, double lo, double hi)
{
    double room = 0.06 * (hi - lo);

    if (!(hi > lo)) {
        room = 1;
        lo = isfinite(lo) ? lo : 0;
        hi = lo;
    }
    p->y0 = lo - room;
    p->y1 = hi + 2 * room; /* labels */
}

static void drawRaw(xasSvg *svg, const xasSpectrum *s, const xasCurves *c)
{
    const double *e = xasSpectrumEnergy(s), *mu = xasSpectrumMu(s);
    size_t n = xasSpectrumSize(s);
    xasSvgPanel p = { .left = 80,
                      .top = 40,
                      .width = WIDTH - 110,
                      .height = 270,
                      .xLabel = "energy, eV",
                      .yLabel = "mu" };
    double lo = INFINITY, hi = -INFINITY;

    p.x0 = e[0];
    p.x1 = n > 1 && e[n - 1] > e[0] ? e[n - 1] : e[0] + 1;
    span(e, mu, n, p.x0, p.x1, &lo, &hi);
    range(&p, lo, hi);
    xasSvgAxes(svg, &p);
    if (c->n) {
        xasSvgCurve(svg, &p, e, c->pre, n, xasSvgGuide);
        xasSvgCurve(svg, &p, e, c->post, n, xasSvgGuide);
    }
    xasSvgCurve(svg, &p, e, mu, n, xasSvgData);
}

typedef struct mark {
    xasFeatureId energy, height;
    const char *label;
    bool above;
} mark;

static double at(const double *x, const double *y, size_t n, double where)
{
    for (size_t i = 1; i < n; i++)
        if (x[i - 1] <= where && where <= x[i])
            return y[i - 1] +
                   (y[i] - y[i - 1]) * (where - x[i - 1]) / (x[i] - x[i - 1]);
    return NAN;
}

static void label(char *text, size_t size, const xasFeatures *f, const mark *m)
{
    (void)snprintf(text, size, "%s %.2f eV", m->label, f->value[m->energy]);
}

static void markK(xasSvg *svg, const xasSvgPanel *p, const double *e,
                  const xasCurves *c, const xasFeatures *f)
{
    static const mark marks[] = {
        { xasWlE, xasWlI, "white line", true },
        { xasShE, xasShI, "shoulder", false },
        { xasPostE, xasPostI, "post-edge peak", true },
        { xasPreE, xasPreI, "pre-edge", true },
    };
    char text[64];

    (void)snprintf(text, sizeof text, "edge %.2f eV", f->value[xasEdgeE]);
    xasSvgLine(svg, p, f->value[xasEdgeE], text);
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        double x = f->value[marks[i].energy];
        double y = marks[i].energy == xasPreE /* its height has no baseline */
                       ? at(e, c->normalised, c->n, x)
                       : f->value[marks[i].height];

        label(text, sizeof text, f, &marks[i]);
        xasSvgDot(svg, p, x, y, text, marks[i].above);
    }
}

static void markL(xasSvg *svg, const xasSvgPanel *p, const double *e,
                  const xasCurves *c, const xasFeatures *f)
{
    static const mark marks[] = { { xasL3E, xasL3I, "L3", true },
                                  { xasL2E, xasL2I, "L2", true } };
    double sub = f->value[xasL3E] + f->value[xasL3SubDe];
    char text[64];

    for (size_t i = 0; i < 2; i++) {
        label(text, sizeof text, f, &marks[i]);
        xasSvgDot(svg, p, f->value[marks[i].energy],
                  at(e, c->normalised, c->n, f->value[marks[i].energy]), text,
                  true);
    }
    (void)snprintf(text, sizeof text, "second L3 peak %.2f eV", sub);
    xasSvgDot(svg, p, sub, at(e, c->normalised, c->n, sub), text, false);
}

static void drawNormalised(xasSvg *svg, const xasSpectrum *s,
                           const xasCurves *c, const xasFeatures *f)
{
    const double *e = xasSpectrumEnergy(s);
    bool k = f->shell == xasShellK;
    double centre = k ? f->value[xasEdgeE] : f->value[xasL3E];
    xasSvgPanel p = { .left = 80,
                      .top = 390,
                      .width = WIDTH - 110,
                      .height = 320,
                      .xLabel = "energy, eV",
                      .yLabel = k ? "normalised, flattened mu"
                                  : "mu over the jump behind L2" };
    double lo = INFINITY, hi = -INFINITY;

    if (!isfinite(centre))
        return;
    p.x0 = fmax(e[0], centre - (k ? 30 : 12));
    p.x1 = fmin(e[c->n - 1], centre + (k ? 60 : 40));
    if (!(p.x1 > p.x0))
        return;
    if (!k && !isfinite(f->value[xasL3I]))
        p.yLabel = "mu over the L3 peak";
    span(e, c->normalised, c->n, p.x0, p.x1, &lo, &hi);
    range(&p, lo, hi);
    xasSvgAxes(svg, &p);
    xasSvgCurve(svg, &p, e, c->normalised, c->n, xasSvgData);
    xasSvgCurve(svg, &p, e, c->normalised, c->n, xasSvgPoint);
    if (k)
        markK(svg, &p, e, c, f);
    else
        markL(svg, &p, e, c, f);
}

xasStatus xasctlFigure(const char *file, const char *title,
                       const xasSpectrum *s, const xasFeatures *features,
                       const char *formula, xasMessage *message)
{
    xasCurves curves;
    char text[XAS_FLAGS_SIZE + 80];
    xasSvg *svg = NULL;
    xasStatus status =
        xasCurvesFind(s, features->element, features->shell, formula, &curves);

    if (status == xasErrMemory)
        return xasFail(status, message, "%s: out of memory", file);
    status = xasSvgOpen(file, WIDTH, HEIGHT, title, &svg, message);
    if (status == xasOk) {
        drawRaw(svg, s, &curves);
        if (curves.n)
            drawNormalised(svg, s, &curves, features);
        (void)snprintf(text, sizeof text, "flags: %s",
                       features->flags[0] ? features->flags : "none");
        xasSvgText(svg, 80, HEIGHT - 30, text, xasSvgNote);
        (void)snprintf(text, sizeof text,
                       "%s %s edge, %zu points, %s; feature definitions %d",
                       features->element, xasShellName(features->shell),
                       xasSpectrumSize(s),
                       xasDetectionName(xasSpectrumDetection(s)),
                       XAS_FEATURES_VERSION);
        xasSvgText(svg, 80, HEIGHT - 12, text, xasSvgNote);
        status = xasSvgClose(svg, message);
    }
    xasCurvesClear(&curves);
    return status;
}
