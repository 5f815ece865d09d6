/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SVG_H
#define XAS_SVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "xasStatus.h"

/** A figure of panels with axes, curves and marks, as SVG 1.1 with a style
 * that follows light and dark screens and prints in black on white. Texts are
 * escaped; NaN breaks a curve. */
typedef struct xasSvg xasSvg;

/** How something is drawn; colours are in the style sheet. */
typedef enum xasSvgClass {
    xasSvgData,  /* main curve */
    xasSvgPoint, /* measured points */
    xasSvgGuide, /* dashed: fits, backgrounds */
    xasSvgMark,  /* features */
    xasSvgNote   /* small text */
} xasSvgClass;

typedef struct xasSvgPanel {
    double left, top, width, height; /* in the figure, px */
    double x0, x1, y0, y1;           /* data ranges, x0 < x1, y0 < y1 */
    const char *xLabel, *yLabel;
} xasSvgPanel;

/** \brief Begin a figure. \param title  first line, also for screen readers */
xasStatus xasSvgOpen(const char *file, double width, double height,
                     const char *title, xasSvg **out, xasMessage *message);
/** \brief End it. Nothing is left of a file that could not be written. */
xasStatus xasSvgClose(xasSvg *svg, xasMessage *message);

/** \brief Frame, ticks and labels. */
void xasSvgAxes(xasSvg *svg, const xasSvgPanel *panel);
/** \brief A curve, clipped to the panel. \param x,y [n] */
void xasSvgCurve(xasSvg *svg, const xasSvgPanel *panel, const double *x,
                 const double *y, size_t n, xasSvgClass how);
/** \brief A dot with a label above or below it. */
void xasSvgDot(xasSvg *svg, const xasSvgPanel *panel, double x, double y,
               const char *label, bool above);
/** \brief A vertical line with a label at its top. */
void xasSvgLine(xasSvg *svg, const xasSvgPanel *panel, double x,
                const char *label);
/** \brief A filled bar at a place of the figure, px. */
void xasSvgBar(xasSvg *svg, double x, double y, double width, double height);
/** \brief A text at a place of the figure, px. */
void xasSvgText(xasSvg *svg, double x, double y, const char *text,
                xasSvgClass how);

#endif
