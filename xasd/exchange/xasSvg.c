/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSvg.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct xasSvg {
    FILE *out;
    char *file;
    int clips; /* panels so far, for the names of their clip paths */
};

static const char style[] =
    "<style>\n"
    "svg{font-family:sans-serif;font-size:13px}\n"
    ".paper{fill:#fff}text{fill:#111}.title{font-size:16px;font-weight:bold}\n"
    ".note{font-size:11px;fill:#555}.frame{fill:none;stroke:#111}\n"
    ".grid{stroke:#ddd}.data{fill:none;stroke:#0b5cad;stroke-width:1.6}\n"
    ".point{fill:#0b5cad}.guide{fill:none;stroke:#777;stroke-dasharray:6 4;"
    "stroke-width:1.4}\n"
    ".mark{fill:#b3261e;stroke:none}.line{stroke:#b3261e;"
    "stroke-dasharray:2 3}.label{fill:#b3261e;font-size:12px;"
    "paint-order:stroke;stroke:#fff;stroke-width:3px}\n"
    "@media screen and (prefers-color-scheme:dark){.paper{fill:#111}"
    "text{fill:#eee}.note{fill:#aaa}.frame{stroke:#eee}.grid{stroke:#333}"
    ".data{stroke:#7db7f5}.point{fill:#7db7f5}.guide{stroke:#999}"
    ".mark,.label{fill:#ff8a80}.line{stroke:#ff8a80}"
    ".label{stroke:#111}}\n"
    "</style>\n";

static const char *className(xasSvgClass how)
{
    static const char *const names[] = { "data", "point", "guide", "mark",
                                         "note" };

    return names[how];
}

static void escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '&')
            (void)fputs("&amp;", out);
        else if (*text == '<')
            (void)fputs("&lt;", out);
        else if (*text == '>')
            (void)fputs("&gt;", out);
        else if (*text == '"')
            (void)fputs("&quot;", out);
        else if ((unsigned char)*text >= ' ')
            (void)fputc(*text, out);
    }
}

xasStatus xasSvgOpen(const char *file, double width, double height,
                     const char *title, xasSvg **out, xasMessage *message)
{
    xasSvg *svg = calloc(1, sizeof *svg);

    if (svg)
        svg->file = strdup(file);
    if (!svg || !svg->file) {
        free(svg);
        return xasFail(xasErrMemory, message, "%s: out of memory", file);
    }
    svg->out = fopen(file, "w");
    if (!svg->out) {
        xasStatus status =
            xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));

        free(svg->file);
        free(svg);
        return status;
    }
    (void)fprintf(svg->out,
                  "<svg xmlns=\"http://www.w3.org/2000/svg\" "
                  "viewBox=\"0 0 %g %g\" width=\"%g\" height=\"%g\">\n<title>",
                  width, height, width, height);
    escaped(svg->out, title);
    (void)fprintf(svg->out,
                  "</title>\n%s"
                  "<rect class=\"paper\" width=\"%g\" height=\"%g\"/>\n",
                  style, width, height);
    (void)fputs("<text class=\"title\" x=\"16\" y=\"24\">", svg->out);
    escaped(svg->out, title);
    (void)fputs("</text>\n", svg->out);
    *out = svg;
    return xasOk;
}

xasStatus xasSvgClose(xasSvg *svg, xasMessage *message)
{
    xasStatus status = xasOk;
    int bad;

    if (!svg)
        return xasOk;
    (void)fputs("</svg>\n", svg->out);
    bad = ferror(svg->out);
    if (fclose(svg->out) || bad) {
        status =
            xasFail(xasErrIo, message, "%s: %s", svg->file, strerror(errno));
        (void)remove(svg->file);
    }
    free(svg->file);
    free(svg);
    return status;
}

static double pixelX(const xasSvgPanel *p, double x)
{
    return p->left + (x - p->x0) / (p->x1 - p->x0) * p->width;
}

static double pixelY(const xasSvgPanel *p, double y)
{
    return p->top + (p->y1 - y) / (p->y1 - p->y0) * p->height;
}

/* 1, 2 or 5 times a power of ten, for 4 to 9 ticks. */
static double tickStep(double range)
{
    double step = pow(10, floor(log10(range / 4)));

    if (range / (5 * step) >= 4)
        return 5 * step;
    return range / (2 * step) >= 4 ? 2 * step : step;
}

static int digits(double step)
{
    int n = (int)ceil(-log10(step) - 1e-9);

    return n > 0 ? n : 0;
}

static void ticksX(xasSvg *svg, const xasSvgPanel *p)
{
    double step = tickStep(p->x1 - p->x0), bottom = p->top + p->height;

    for (double k = ceil(p->x0 / step); k * step <= p->x1; k++)
        (void)fprintf(svg->out,
                      "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>"
                      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">"
                      "%.*f</text>\n",
                      pixelX(p, k * step), p->top, bottom, pixelX(p, k * step),
                      bottom + 17, digits(step), k * step + 0.0);
    (void)fprintf(svg->out,
                  "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">",
                  p->left + p->width / 2, bottom + 34);
    escaped(svg->out, p->xLabel);
    (void)fputs("</text>\n", svg->out);
}

static void ticksY(xasSvg *svg, const xasSvgPanel *p)
{
    double step = tickStep(p->y1 - p->y0);

    for (double k = ceil(p->y0 / step); k * step <= p->y1; k++)
        (void)fprintf(svg->out,
                      "<path class=\"grid\" d=\"M%.1f %.1fH%.1f\"/>"
                      "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">"
                      "%.*f</text>\n",
                      p->left, pixelY(p, k * step), p->left + p->width,
                      p->left - 6, pixelY(p, k * step) + 4, digits(step),
                      k * step + 0.0);
    (void)fprintf(svg->out,
                  "<text transform=\"translate(%.1f %.1f) rotate(-90)\" "
                  "text-anchor=\"middle\">",
                  p->left - 52, p->top + p->height / 2);
    escaped(svg->out, p->yLabel);
    (void)fputs("</text>\n", svg->out);
}

void xasSvgAxes(xasSvg *svg, const xasSvgPanel *panel)
{
    ticksX(svg, panel);
    ticksY(svg, panel);
    (void)fprintf(svg->out,
                  "<rect class=\"frame\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
                  "height=\"%.1f\"/>\n<clipPath id=\"clip%d\"><rect "
                  "x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>"
                  "</clipPath>\n",
                  panel->left, panel->top, panel->width, panel->height,
                  ++svg->clips, panel->left, panel->top, panel->width,
                  panel->height);
}

static void points(xasSvg *svg, const xasSvgPanel *p, const double *x,
                   const double *y, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]) && isfinite(y[i]))
            (void)fprintf(svg->out,
                          "<circle class=\"point\" cx=\"%.2f\" cy=\"%.2f\" "
                          "r=\"1.7\"/>\n",
                          pixelX(p, x[i]), pixelY(p, y[i]));
}

void xasSvgCurve(xasSvg *svg, const xasSvgPanel *panel, const double *x,
                 const double *y, size_t n, xasSvgClass how)
{
    bool down = false; /* the pen */

    (void)fprintf(svg->out, "<g clip-path=\"url(#clip%d)\">\n", svg->clips);
    if (how == xasSvgPoint) {
        points(svg, panel, x, y, n);
        (void)fputs("</g>\n", svg->out);
        return;
    }
    (void)fprintf(svg->out, "<path class=\"%s\" d=\"", className(how));
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            down = false;
            continue;
        }
        (void)fprintf(svg->out, "%c%.2f %.2f", down ? 'L' : 'M',
                      pixelX(panel, x[i]), pixelY(panel, y[i]));
        down = true;
    }
    (void)fputs("\"/>\n</g>\n", svg->out);
}

static bool inside(const xasSvgPanel *p, double x, double y)
{
    return x >= p->x0 && x <= p->x1 && y >= p->y0 && y <= p->y1;
}

void xasSvgDot(xasSvg *svg, const xasSvgPanel *panel, double x, double y,
               const char *label, bool above)
{
    if (!inside(panel, x, y)) /* NaN too */
        return;
    (void)fprintf(svg->out,
                  "<circle class=\"mark\" cx=\"%.2f\" cy=\"%.2f\" r=\"4\"/>"
                  "<text class=\"label\" x=\"%.1f\" y=\"%.1f\">",
                  pixelX(panel, x), pixelY(panel, y), pixelX(panel, x) + 8,
                  pixelY(panel, y) + (above ? -6 : 15));
    escaped(svg->out, label);
    (void)fputs("</text>\n", svg->out);
}

void xasSvgLine(xasSvg *svg, const xasSvgPanel *panel, double x,
                const char *label)
{
    if (!inside(panel, x, panel->y0))
        return;
    (void)fprintf(svg->out,
                  "<path class=\"line\" d=\"M%.2f %.1fV%.1f\"/>"
                  "<text class=\"label\" x=\"%.1f\" y=\"%.1f\" "
                  "text-anchor=\"end\">",
                  pixelX(panel, x), panel->top, panel->top + panel->height,
                  pixelX(panel, x) - 5, panel->top + 15);
    escaped(svg->out, label);
    (void)fputs("</text>\n", svg->out);
}

void xasSvgBar(xasSvg *svg, double x, double y, double width, double height)
{
    (void)fprintf(svg->out,
                  "<rect class=\"point\" x=\"%.1f\" y=\"%.1f\" "
                  "width=\"%.1f\" height=\"%.1f\"/>\n",
                  x, y, width, height);
}

void xasSvgText(xasSvg *svg, double x, double y, const char *text,
                xasSvgClass how)
{
    (void)fprintf(svg->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">",
                  className(how), x, y);
    escaped(svg->out, text);
    (void)fputs("</text>\n", svg->out);
}
