/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasLag.h"

#include "xasStat.h"

#include <math.h>
#include <stdlib.h>

static const size_t least = 20;
static const double least_eV = 10, widest_eV = 60;
/* Finer than any line of a spectrum: core holes are wider. */
static const double fine_eV = 0.5;
/* a shift that is not told to this part of what was searched is not told */
static const double told = 0.1;

typedef struct curve {
    const double *e, *m;
    double *sum;
    size_t n;
} curve;

/* Points of a at even energies, and its slope there. */
typedef struct grid {
    size_t n;
    double low_eV, step_eV, widest_eV;
    double *a, *slope, *b; /* [n] */
} grid;

static xasStatus check(const double *e, const double *m, size_t n)
{
    if (n < least)
        return xasErrRange;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(e[i]) || !isfinite(m[i]))
            return xasErrNaN;
        if (i && e[i] <= e[i - 1])
            return xasErrOrder;
    }
    return xasOk;
}

/* The integral of m over the energy, from the first point to each. */
static void integrate(const double *e, const double *m, size_t n, double *sum)
{
    sum[0] = 0;
    for (size_t i = 1; i < n; i++)
        sum[i] = sum[i - 1] + (m[i] + m[i - 1]) / 2 * (e[i] - e[i - 1]);
}

/* The same up to any energy between first and last, along straight lines; at
 * increases from call to call, from is where the last one ended. */
static double integral(const curve *c, double at, size_t *from)
{
    size_t i = *from;
    double d, slope;

    while (i + 2 < c->n && c->e[i + 1] < at)
        i++;
    *from = i;
    d = at - c->e[i];
    slope = (c->m[i + 1] - c->m[i]) / (c->e[i + 1] - c->e[i]);
    return c->sum[i] + d * (c->m[i] + slope * d / 2);
}

/* Take the line of least squares out of v [n]. */
static void dropLine(double *v, size_t n)
{
    double mean = 0, slope = 0, sum = 0, middle = ((double)n - 1) / 2;

    for (size_t i = 0; i < n; i++)
        mean += v[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        double x = (double)i - middle;

        slope += x * v[i];
        sum += x * x;
    }
    for (size_t i = 0; i < n; i++)
        v[i] -= mean + slope / sum * ((double)i - middle);
}

static double dot(const double *v, const double *w, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i] * w[i];
    return sum;
}

/* Means over one step: noise of close points averages out. */
static void fill(const grid *g, double *to, const curve *c, double shift_eV)
{
    size_t from = 0;
    double start = g->low_eV + shift_eV - g->step_eV / 2;
    double last = integral(c, start, &from);

    for (size_t i = 0; i < g->n; i++) {
        double next = integral(c, start + (double)(i + 1) * g->step_eV, &from);

        to[i] = (next - last) / g->step_eV;
        last = next;
    }
}

/* What is left of b, shifted back by s, when line and a are taken out: the sum
 * of its squares; the factor of a in it; and which part of b it is. */
static double left(grid *g, const curve *b, double shift_eV, double *factor,
                   double *part)
{
    double aa = dot(g->a, g->a, g->n), bb, ab, rest;

    fill(g, g->b, b, shift_eV);
    dropLine(g->b, g->n);
    bb = dot(g->b, g->b, g->n);
    ab = dot(g->a, g->b, g->n);
    *factor = aa > 0 ? ab / aa : 0;
    for (size_t i = 0; i < g->n; i++)
        g->b[i] -= *factor * g->a[i];
    rest = dot(g->b, g->b, g->n);
    /* upside down is no match */
    *part = *factor > 0 && bb > 0 ? rest / bb : INFINITY;
    return rest;
}

/* Sum of squares of the slope, less what noise makes of it: on average
 * sigma^2 / (2 step^2) at each point. */
static double curvature(const grid *g, double *work)
{
    double noise = xasThirdDifferenceNoise(g->a, g->n, work);
    double chance =
        (double)g->n * noise * noise / (2 * g->step_eV * g->step_eV);
    double sum = dot(g->slope, g->slope, g->n);

    /* its own scatter is about sqrt(2/n) of it */
    return sum > chance * (1 + 4 * sqrt(2 / (double)g->n)) ? sum - chance : 0;
}

/* Gauss-Newton in s alone: line and factor follow by themselves. The slope is
 * that of a, less what the line and a itself explain of it. */
static void slopes(grid *g)
{
    double aa, as;

    for (size_t i = 0; i < g->n; i++) {
        size_t l = i ? i - 1 : 0, r = i + 1 < g->n ? i + 1 : i;

        g->slope[i] = (g->a[r] - g->a[l]) / ((double)(r - l) * g->step_eV);
    }
    dropLine(g->slope, g->n);
    aa = dot(g->a, g->a, g->n);
    as = dot(g->a, g->slope, g->n);
    for (size_t i = 0; aa > 0 && i < g->n; i++)
        g->slope[i] -= as / aa * g->a[i];
}

static xasStatus search(grid *g, const curve *b, xasLag *lag)
{
    double best = INFINITY, factor, shift = 0, rest, part,
           total = curvature(g, g->b);
    long wide = lround(g->widest_eV / g->step_eV);

    for (long k = -wide; k <= wide; k++) {
        (void)left(g, b, (double)k * g->step_eV, &factor, &part);
        if (part < best) {
            best = part;
            shift = (double)k * g->step_eV;
        }
    }
    if (!isfinite(best) || !(total > 0) ||
        fabs(shift) > g->widest_eV - 1.5 * g->step_eV)
        return xasErrConverge;
    for (int i = 0; i < 20; i++) {
        double by;

        rest = left(g, b, shift, &factor, &part);
        if (!isfinite(part))
            return xasErrConverge;
        /* b(E + s) - c2 a(E): its derivative by s is c2 a'(E) */
        by = -dot(g->b, g->slope, g->n) / (factor * total);
        if (fabs(by) > g->step_eV)
            by = by > 0 ? g->step_eV : -g->step_eV;
        shift += by;
        if (fabs(by) < 1e-6)
            break;
    }
    rest = left(g, b, shift, &factor, &part);
    lag->shift_eV = shift;
    lag->error_eV = sqrt(rest / (double)(g->n - 4) / total) / fabs(factor);
    return isfinite(lag->error_eV) && lag->error_eV < told * g->widest_eV &&
                   fabs(shift) < g->widest_eV
               ? xasOk
               : xasErrConverge;
}

static double steepest(const grid *g)
{
    size_t at = 1;

    for (size_t i = 1; i + 1 < g->n; i++)
        if (g->a[i + 1] - g->a[i - 1] > g->a[at + 1] - g->a[at - 1])
            at = i;
    return g->low_eV + (double)at * g->step_eV;
}

/* The part of a that b covers however it is shifted. */
static xasStatus place(grid *g, const double *ea, size_t na, const double *eb,
                       size_t nb)
{
    double low = fmax(ea[0], eb[0]), high = fmin(ea[na - 1], eb[nb - 1]);
    double step = fmax((ea[na - 1] - ea[0]) / (double)(na - 1),
                       (eb[nb - 1] - eb[0]) / (double)(nb - 1));

    if (high - low < least_eV)
        return xasErrRange;
    step = fmin(fmax(step, fine_eV), (high - low) / 2 / (double)(least + 2));
    g->widest_eV = fmin((high - low) / 4, widest_eV);
    g->low_eV = low + g->widest_eV;
    high -= g->widest_eV;
    high -= step / 2; /* room for the means */
    g->low_eV += step / 2;
    g->n = (size_t)((high - g->low_eV) / step) + 1;
    g->step_eV = step;
    return g->n < least ? xasErrRange : xasOk;
}

xasStatus xasLagFind(const double *ea, const double *ma, size_t na,
                     const double *eb, const double *mb, size_t nb, xasLag *lag)
{
    grid g = { 0 };
    xasLag found = { 0 };
    curve a = { ea, ma, NULL, na }, b = { eb, mb, NULL, nb };
    xasStatus status = check(ea, ma, na);
    double *room;

    if (status == xasOk)
        status = check(eb, mb, nb);
    if (status == xasOk)
        status = place(&g, ea, na, eb, nb);
    if (status != xasOk)
        return status;
    room = malloc((3 * g.n + na + nb) * sizeof *room);
    if (!room)
        return xasErrMemory;
    g.a = room;
    g.slope = room + g.n;
    g.b = room + 2 * g.n;
    a.sum = room + 3 * g.n;
    b.sum = a.sum + na;
    integrate(ea, ma, na, a.sum);
    integrate(eb, mb, nb, b.sum);
    fill(&g, g.a, &a, 0);
    found.steepest_eV = steepest(&g);
    dropLine(g.a, g.n);
    slopes(&g);
    status = search(&g, &b, &found);
    free(room);
    if (status == xasOk)
        *lag = found;
    return status;
}
