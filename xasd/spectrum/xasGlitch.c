/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasGlitch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasStat.h"

enum {
    widest = 3,  /* points of a glitch */
    side = 2,    /* points on either side that predict it */
    around = 10, /* neighbours on either side that tell the noise */
    near = 4     /* of these, the ones whose companions count */
};

static const double noiseTimes = 10, companionTimes = 3, rangePart = 0.01;
static const double protected_eV = 10;

/** A curve to look at: points in order of energy, each the mean of the rows
 * that share its energy. */
typedef struct curve {
    size_t n;
    double *x, *y;
    double floor;      /* deviations below this are of no interest */
    unsigned char *is; /* [n] 1: found to be a glitch */
} curve;

xasGlitchEdge xasGlitchEdgeOf(const char *element, xasShell shell)
{
    xasGlitchEdge edge = { 0, { NAN, NAN }, 0, 0, 0 };
    xasEdgeEnergies e;

    if (!element || xasEdgeLookUp(element, &e))
        return edge;
    if (shell == xasShellK && isfinite(e.k_eV)) {
        edge.n = 1;
        edge.at_eV[0] = e.k_eV;
        edge.from_eV = e.k_eV - 15;
        edge.to_eV = e.k_eV + 60;
        edge.narrow_eV = 1.1;
    } else if (shell == xasShellL && isfinite(e.l3_eV) && isfinite(e.l2_eV)) {
        edge.n = 2;
        edge.at_eV[0] = e.l3_eV;
        edge.at_eV[1] = e.l2_eV;
        edge.from_eV = e.l3_eV - 6;
        edge.to_eV = e.l2_eV + 15;
        edge.narrow_eV = 0.31;
    }
    return edge;
}

int xasGlitchProtected(const xasGlitchEdge *edge, double energy_eV)
{
    for (size_t i = 0; i < edge->n; i++)
        if (fabs(energy_eV - edge->at_eV[i]) <= protected_eV)
            return 1;
    return 0;
}

/* The next point from i that is not left out; c->n where there is none. */
static size_t neighbour(const curve *c, size_t i, int step, size_t from,
                        size_t to)
{
    for (;;) {
        if (i >= c->n || (step < 0 && i == 0) || (step > 0 && i + 1 >= c->n))
            return c->n;
        i = step < 0 ? i - 1 : i + 1;
        if (!c->is[i] && (i < from || i >= to))
            return i;
    }
}

/* Points that predict i, in at[]: two on either side; three on the one side
 * that has them near an end of the curve. */
static int predictors(const curve *c, size_t i, size_t from, size_t to,
                      size_t at[2 * side])
{
    int step;

    at[0] = neighbour(c, i, -1, from, to);
    at[1] = neighbour(c, at[0], -1, from, to);
    at[2] = neighbour(c, i, 1, from, to);
    at[3] = neighbour(c, at[2], 1, from, to);
    if (at[1] < c->n && at[3] < c->n)
        return 2 * side;
    step = at[1] < c->n ? -1 : 1;
    at[0] = neighbour(c, i, step, from, to);
    at[1] = neighbour(c, at[0], step, from, to);
    at[2] = neighbour(c, at[1], step, from, to);
    return at[2] < c->n ? 3 : 0;
}

/* Deviation of point i from the curve through its neighbours, [from, to) left
 * out, and the noise gain of that difference; 0 where there are too few. */
static double deviation(const curve *c, size_t i, size_t from, size_t to,
                        double *gain)
{
    size_t at[2 * side];
    int count = predictors(c, i, from, to, at);
    double value = 0, square = 1;

    *gain = 1;
    if (!count)
        return 0;
    for (int k = 0; k < count; k++) {
        double above = 1, below = 1;

        for (int l = 0; l < count; l++) {
            if (l == k)
                continue;
            above *= c->x[i] - c->x[at[l]];
            below *= c->x[at[k]] - c->x[at[l]];
        }
        value += above / below * c->y[at[k]];
        square += above / below * (above / below);
    }
    *gain = sqrt(square);
    return c->y[i] - value;
}

/* Noise about [from, to), and the second largest deviation next to it. */
static double noiseAround(const curve *c, size_t from, size_t to,
                          double *companion)
{
    double z[2 * around], most = 0, gain;
    size_t n = 0;

    *companion = 0;
    for (int s = -1; s <= 1; s += 2) {
        size_t i = s < 0 ? from : to - 1;

        for (int k = 0; k < around; k++) {
            double d;

            i = neighbour(c, i, s, from, to);
            if (i == c->n)
                break;
            d = fabs(deviation(c, i, from, to, &gain)) / gain;
            if (d > 0)
                z[n++] = d;
            if (k < near && d > most) {
                *companion = most;
                most = d;
            } else if (k < near && d > *companion) {
                *companion = d;
            }
        }
    }
    return n < 8 ? INFINITY : 1.4826 * xasMedianSort(z, n);
}

/* Among the fine structure of the edge only a single point can be told from
 * it, and only where the points lie closer than a line can be narrow. */
static int mayBeStructure(const curve *c, const xasGlitchEdge *edge,
                          size_t from, size_t to)
{
    if (!edge->n || c->x[to - 1] < edge->from_eV || c->x[from] > edge->to_eV)
        return 0;
    return from == 0 || to >= c->n || to - from > 1 ||
           c->x[to] - c->x[from - 1] > edge->narrow_eV;
}

static int isGlitch(const curve *c, const xasGlitchEdge *edge, size_t from,
                    size_t to)
{
    double least = INFINITY, sign = 0, worst = 1, companion, noise;

    if (mayBeStructure(c, edge, from, to))
        return 0;
    for (size_t i = from; i < to; i++) {
        double gain, d = c->is[i] ? 0 : deviation(c, i, from, to, &gain);

        if (sign == 0)
            sign = d > 0 ? 1 : -1;
        if (!(d * sign > c->floor))
            return 0;
        least = fmin(least, d * sign);
        worst = fmax(worst, gain);
    }
    noise = noiseAround(c, from, to, &companion);
    return least > noiseTimes * worst * noise &&
           least > companionTimes * worst * companion;
}

/* The narrowest group at i that is a glitch, 0 for none. */
static size_t widthAt(const curve *c, const xasGlitchEdge *edge, size_t i)
{
    for (size_t width = 1; width <= widest && i + width <= c->n; width++)
        if (isGlitch(c, edge, i, i + width))
            return width;
    return 0;
}

/* Deviation of a point while nothing is left out yet: the same cubic, without
 * the search for its points. */
static double firstLook(const curve *c, size_t i)
{
    const double *x = c->x + i, *y = c->y + i;
    double gain, a, b, p, q;

    if (i < side || i + side >= c->n)
        return fabs(deviation(c, i, i, i + 1, &gain));
    /* Neville's scheme at x[0], over -2 -1 and 1 2 */
    a = y[-1] + (y[-1] - y[-2]) * (x[0] - x[-1]) / (x[-1] - x[-2]);
    b = y[-1] + (y[1] - y[-1]) * (x[0] - x[-1]) / (x[1] - x[-1]);
    p = b + (b - a) * (x[0] - x[1]) / (x[1] - x[-2]);
    a = y[1] + (y[2] - y[1]) * (x[0] - x[1]) / (x[2] - x[1]);
    q = a + (a - b) * (x[0] - x[2]) / (x[2] - x[-1]);
    return fabs(y[0] - (q + (q - p) * (x[0] - x[2]) / (x[2] - x[-2])));
}

/* The full test is for points that stand out at all: from the line of their
 * neighbours, further than the mean point about them does. */
static void search(curve *c, const xasGlitchEdge *edge, double *d)
{
    double sum = 0;
    size_t from = 0, to = 0;

    for (size_t i = 0; i < c->n; i++)
        d[i] = firstLook(c, i);
    for (size_t i = 0; i < c->n; i++) {
        size_t width = 0;

        for (; to < c->n && to <= i + around; to++)
            sum += d[to];
        for (; from + around < i; from++)
            sum -= d[from];
        if (d[i] > c->floor / 4 && d[i] * (double)(to - from) >= sum)
            width = widthAt(c, edge, i);
        if (width)
            memset(c->is + i, 1, width);
    }
}

typedef struct row {
    double x, y;
    size_t index;
} row;

static int ascending(const void *a, const void *b)
{
    const row *p = a, *q = b;

    if (p->x != q->x)
        return p->x > q->x ? 1 : -1;
    return (p->index > q->index) - (p->index < q->index);
}

/* Scans mostly come in order. */
static void sortRows(row *r, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (r[i].x < r[i - 1].x) {
            qsort(r, n, sizeof *r, ascending);
            return;
        }
}

static double valueOf(xasDetection detection, const double *i0,
                      const double *signal, size_t i, int which)
{
    if (which == xasGlitchI0)
        return i0[i];
    return xasSpectrumMuOf(detection, i0 ? i0 + i : NULL, signal[i]);
}

/* Rows that have a value, in eV; as xasSpectrumCreate takes them. */
static size_t finiteRows(xasDetection detection, const double *energy_eV,
                         const double *i0, const double *signal, size_t n,
                         int which, row *r)
{
    double highest = 0;
    size_t used = 0;

    for (size_t i = 0; i < n; i++) {
        r[used] =
            (row){ energy_eV[i], valueOf(detection, i0, signal, i, which), i };
        if (!isfinite(r[used].x) || !isfinite(r[used].y))
            continue;
        highest = fmax(highest, r[used++].x);
    }
    if (highest < XAS_KEV_BELOW)
        for (size_t i = 0; i < used; i++)
            r[i].x *= 1000;
    return used;
}

static void setFloor(curve *c, int which, double *work)
{
    size_t stride = 1 + c->n / 1000, last = 0;

    for (size_t i = 0; i < c->n; i += stride)
        work[last++] = c->y[i];
    xasSort(work, last--);
    if (which == xasGlitchI0)
        c->floor = rangePart * fabs(work[last / 2]);
    else
        c->floor = rangePart * (work[(size_t)(0.98 * (double)last)] -
                                work[(size_t)(0.02 * (double)last)]);
}

/* Sorted finite rows into points; first[k] is the first row of point k. */
static size_t toPoints(const row *r, size_t n, curve *c, size_t *first)
{
    c->n = 0;
    for (size_t i = 0, next; i < n; i = next) {
        double sum = 0;

        for (next = i; next < n && r[next].x - r[i].x < XAS_SAME_EV; next++)
            sum += r[next].y;
        first[c->n] = i;
        c->x[c->n] = r[i].x;
        c->y[c->n++] = sum / (double)(next - i);
    }
    first[c->n] = n;
    return c->n;
}

static void findIn(row *r, size_t n, double *work, size_t *first,
                   unsigned char *is, const xasGlitchEdge *edge, int which,
                   unsigned char *mark)
{
    curve c = { 0, work, work + n, 0, is };

    sortRows(r, n);
    memset(is, 0, n);
    if (toPoints(r, n, &c, first) < 2 * around)
        return;
    setFloor(&c, which, work + 2 * n);
    if (!(c.floor > 0))
        return;
    search(&c, edge, work + 2 * n);
    for (size_t k = 0; k < c.n; k++)
        for (size_t i = first[k]; c.is[k] && i < first[k + 1]; i++)
            mark[r[i].index] |= (unsigned char)which;
}

xasStatus xasGlitchFind(xasDetection detection, const double *energy_eV,
                        const double *i0, const double *signal, size_t n,
                        const xasGlitchEdge *edge, unsigned char *mark)
{
    double *work;
    size_t *first;
    unsigned char *is;
    row *r;

    if ((n && (!energy_eV || !signal || !mark)) || !edge ||
        (i0 && detection == xasDetectMu))
        return xasErrArg;
    if (n)
        memset(mark, 0, n);
    if (n < 2 * around)
        return xasOk;
    work = malloc(n * (3 * sizeof *work) + (n + 1) * sizeof *first +
                  n * sizeof *r + n);
    if (!work)
        return xasErrMemory;
    r = (row *)(void *)(work + 3 * n);
    first = (size_t *)(void *)(r + n);
    is = (unsigned char *)(first + n + 1);
    for (int which = xasGlitchMu; which <= (i0 ? xasGlitchI0 : xasGlitchMu);
         which++) {
        size_t used = finiteRows(detection, energy_eV, i0, signal, n, which, r);

        if (used)
            findIn(r, used, work, first, is, edge, which, mark);
    }
    free(work);
    return xasOk;
}

/* The marked row k of r, between the sound ones below and above it. */
static void bridge(const row *r, size_t below, size_t k, size_t above,
                   xasDetection detection, int both, double *i0, double *signal)
{
    double part = (r[k].x - r[below].x) / (r[above].x - r[below].x);
    double mu = r[below].y + part * (r[above].y - r[below].y);
    size_t i = r[k].index, a = r[below].index, b = r[above].index;

    if (i0 && both)
        i0[i] = i0[a] + part * (i0[b] - i0[a]);
    if (i0 && detection == xasDetectTransmission)
        signal[i] = i0[i] * exp(-mu);
    else
        signal[i] = i0 ? i0[i] * mu : mu;
}

static void repair(const row *r, size_t n, xasDetection detection,
                   const xasGlitchEdge *edge, const unsigned char *mark,
                   double *i0, double *signal)
{
    size_t below = n, above = 0; /* below == n: none yet */

    for (size_t k = 0; k < n; k++) {
        int is = mark[r[k].index];

        if (!(is & xasGlitchMu)) {
            below = k;
            continue;
        }
        if (above <= k)
            for (above = k + 1;
                 above < n && (mark[r[above].index] & xasGlitchMu);)
                above++;
        if (below < n && above < n && !xasGlitchProtected(edge, r[k].x))
            bridge(r, below, k, above, detection, is & xasGlitchI0, i0, signal);
    }
}

xasStatus xasGlitchSpectrum(xasDetection detection, const double *energy_eV,
                            const double *i0, const double *signal, size_t n,
                            const xasGlitchEdge *edge,
                            const unsigned char *mark, xasSpectrum **out)
{
    size_t used, marked = 0;
    double *copy;
    row *r;
    xasStatus status;

    for (size_t i = 0; mark && i < n; i++)
        marked += (mark[i] & xasGlitchMu) != 0;
    if (!marked || !edge || !energy_eV || !signal ||
        (i0 && detection == xasDetectMu))
        return xasSpectrumCreate(detection, energy_eV, i0, signal, n, out);
    copy = malloc(n * (2 * sizeof *copy + sizeof *r));
    if (!copy)
        return xasErrMemory;
    r = (row *)(void *)(copy + 2 * n);
    memcpy(copy, signal, n * sizeof *copy);
    if (i0)
        memcpy(copy + n, i0, n * sizeof *copy);
    used = finiteRows(detection, energy_eV, i0, signal, n, xasGlitchMu, r);
    sortRows(r, used);
    repair(r, used, detection, edge, mark, i0 ? copy + n : NULL, copy);
    status = xasSpectrumCreate(detection, energy_eV, i0 ? copy + n : NULL, copy,
                               n, out);
    free(copy);
    return status;
}
