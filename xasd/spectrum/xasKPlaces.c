/* SPDX-License-Identifier: BSD-3-Clause */
/* DEFINITIONS.md section 2: white line, edge, pre-edge, shoulder, post-peak. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFeatureK.h"
#include "xasLsq.h"
#include "xasPeak.h"

static const double leastBend = 0.003; /* of y'' that counts, eV^-2 */

/* The highest point of y in [lo, hi] or, open, [lo, hi); none: c->n. */
static size_t highestIn(const xasCurve *c, double lo, double hi, int open)
{
    size_t best = c->n;

    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x < lo || x > hi || (open && x >= hi))
            continue;
        if (best == c->n || c->y[i] > c->y[best])
            best = i;
    }
    return best;
}

/* First maximum high and prominent enough; c->n if there is none. */
static size_t whiteLine(const xasCurve *c, double edge_eV, double fraction,
                        double prominence)
{
    size_t top = highestIn(c, edge_eV, edge_eV + 25, 0);
    double level;

    if (top == c->n)
        return c->n;
    level = fmax(0.8, fraction * c->y[top]);
    for (size_t i = 1; i + 1 < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x >= edge_eV && x <= edge_eV + 25 && c->y[i] >= level &&
            xasPeakIs(c->y, c->n, i) &&
            xasPeakProminence(c->y, c->n, i) >= prominence)
            return i;
    }
    return c->n;
}

static double ramp(double y)
{
    return (fmin(0.8, fmax(0.2, y)) - 0.2) / 0.6;
}

/* E80 less the area of the ramp from E20 to E80. */
static double edgeByArea(const xasCurve *c, const xasKPlaces *p)
{
    double area = 0, lastX = p->e20_eV, lastY = 0;

    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i), y = ramp(c->y[i]);
        if (x <= p->e20_eV || x >= p->e80_eV)
            continue;
        area += 0.5 * (lastY + y) * (x - lastX);
        lastX = x;
        lastY = y;
    }
    area += 0.5 * (lastY + 1) * (p->e80_eV - lastX);
    return p->e80_eV - area;
}

/* Edge below p->wl; false if a level is not crossed. */
static int findEdge(const xasCurve *c, xasKPlaces *p)
{
    double place;
    size_t k20;

    p->k80 = xasCrossingBelow(c->y, p->wl, 0.8, &place);
    if (!p->k80)
        return 0;
    p->e80_eV = c->start + place * c->step;
    k20 = xasCrossingBelow(c->y, p->k80, 0.2, &place);
    if (!k20)
        return 0;
    p->e20_eV = c->start + place * c->step;
    p->edge_eV = edgeByArea(c, p);
    return 1;
}

static int findLineAndEdge(const xasCurve *c, double er_eV, xasKPlaces *p)
{
    size_t top = highestIn(c, er_eV, er_eV + 45, 1);
    double place, height;

    if (top == c->n || !xasCrossingBelow(c->y, top, 0.5, &place))
        return 0;
    p->edge_eV = c->start + place * c->step;
    for (int pass = 0; pass < 2; pass++) {
        p->wl = whiteLine(c, p->edge_eV, 0.7, 0.015);
        p->haveWl = p->wl < c->n;
        if (!p->haveWl)
            p->wl = highestIn(c, p->edge_eV, p->edge_eV + 25, 0);
        if (p->wl == c->n || !findEdge(c, p))
            return 0;
    }
    p->wl_eV = xasCurveX(c, p->wl);
    p->wl_i = c->y[p->wl];
    if (p->haveWl) {
        p->wl_eV += c->step * xasPeakVertex(c->y, c->n, p->wl, &height);
        p->wl_i = height;
    }
    return 1;
}

static int onPlateau(const xasCurve *c, const xasKPlaces *p)
{
    double place;
    size_t k50 = xasCrossingBelow(c->y, p->k80, 0.5, &place);

    if (k50 && c->slope[k50 - 1] < 0.03)
        return 1;
    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x > p->e20_eV && x < p->e80_eV && c->slope[i] < 0)
            return 1;
    }
    return 0;
}

static void findTail(const xasCurve *c, xasKPlaces *p)
{
    double sum = 0;

    p->tailCount = 0;
    p->tail = NAN;
    if (!p->haveWl || xasCurveX(c, c->n - 1) < p->wl_eV + 30)
        return;
    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i);
        if (x < p->wl_eV + 10 || x > p->wl_eV + 30)
            continue;
        if (!p->tailCount++)
            p->tailFirst = i;
        sum += c->y[i];
    }
    p->tail = p->tailCount ? sum / (double)p->tailCount : NAN;
}

/** Where minima of y'' are looked for. */
typedef struct search {
    double lo_eV, hi_eV;
    int low;     /* the pre-edge: y < 0.35 or near a maximum; else y >= 0.35 */
    size_t skip; /* not this point */
} search;

static int nearMaximum(const xasCurve *c, size_t i)
{
    double x = xasCurveX(c, i);

    for (size_t k = 1; k + 1 < c->n; k++)
        if (fabs(xasCurveX(c, k) - x) < 2 && xasPeakIs(c->y, c->n, k))
            return 1;
    return 0;
}

static int admits(const search *where, const xasCurve *c, size_t i)
{
    double x = xasCurveX(c, i);

    if (x < where->lo_eV || x > where->hi_eV || i == where->skip)
        return 0;
    return where->low ? c->y[i] < 0.35 || nearMaximum(c, i) : c->y[i] >= 0.35;
}

/* The deepest significant minimum of y'', 0 for none. */
static size_t deepest(xasKScan *k, const search *where, int *ambiguous)
{
    const xasCurve *c = k->curve;
    size_t best = 0;
    double depth = 0, second = 0;

    for (size_t i = 1; i + 1 < c->n; i++) {
        double here = -c->bend[i];
        if (!(here > leastBend) || !(here > -c->bend[i - 1]) ||
            !(here >= -c->bend[i + 1]) || !admits(where, c, i))
            continue;
        if (!(here > 5 * xasKScanBendError(k, xasCurveX(c, i))))
            continue;
        if (here > depth) {
            second = depth;
            depth = here;
            best = i;
        } else if (here > second) {
            second = here;
        }
    }
    *ambiguous = best && second >= 0.7 * depth;
    return best;
}

static double bendVertex(const xasCurve *c, size_t i)
{
    double height;

    /* The parabola's place does not depend on the sign of the curve. */
    return xasCurveX(c, i) + c->step * xasPeakVertex(c->bend, c->n, i, &height);
}

void xasPreBaselineBasis(const xasPreBaseline *b, double x, double basis[3])
{
    double edge = x - b->edge_eV, wl = x - b->wl_eV;

    basis[0] = 1;
    basis[1] = 1 / (edge * edge + 4);
    basis[2] = 1 / (wl * wl + 16);
}

xasStatus xasPreBaselineInit(const xasCurve *c, const xasKPlaces *p,
                             xasPreBaseline *b)
{
    double end = fmin(p->pre_eV + 5, p->edge_eV - 1), *basis;
    xasStatus status;

    memset(b, 0, sizeof *b);
    b->edge_eV = p->edge_eV;
    b->wl_eV = p->wl_eV;
    b->point = calloc(c->n, sizeof *b->point);
    b->inverse = calloc(6 * c->n, sizeof *b->inverse);
    if (!b->point || !b->inverse) {
        xasPreBaselineClear(b);
        return xasErrMemory;
    }
    basis = b->inverse + 3 * c->n;
    for (size_t i = 0; i < c->n; i++) {
        double x = xasCurveX(c, i), off = x - p->pre_eV;
        if ((off < -12 || off > -3) && (off < 2.5 || x > end))
            continue;
        xasPreBaselineBasis(b, x, basis + 3 * b->count);
        b->point[b->count++] = i;
    }
    status = b->count < 3 ? xasErrSingular
                          : xasLsqPseudoInverse(basis, b->count, 3, b->inverse);
    for (int r = 0; r < 3 && !status; r++)
        for (size_t i = 0; i < b->count; i++)
            b->coef[r] +=
                b->inverse[(size_t)r * b->count + i] * c->y[b->point[i]];
    if (status)
        xasPreBaselineClear(b);
    return status;
}

void xasPreBaselineClear(xasPreBaseline *b)
{
    free(b->point);
    free(b->inverse);
    memset(b, 0, sizeof *b);
}

/* Height over the baseline; the peak is dropped when it has none. */
static xasStatus measurePre(const xasCurve *c, xasKPlaces *p)
{
    xasPreBaseline b;
    xasStatus status = xasPreBaselineInit(c, p, &b);

    p->pre_i = -INFINITY;
    for (size_t i = 0; i < c->n && !status; i++) {
        double x = xasCurveX(c, i), basis[3], over;
        if (fabs(x - p->pre_eV) > 1.5)
            continue;
        xasPreBaselineBasis(&b, x, basis);
        over =
            c->y[i] - b.coef[0] - b.coef[1] * basis[1] - b.coef[2] * basis[2];
        if (over > p->pre_i) {
            p->pre_i = over;
            p->preTop = i;
        }
    }
    if (!status)
        xasPreBaselineClear(&b);
    return status == xasErrMemory ? status : xasOk;
}

/* How weak a pre-edge of 2 eV width could be seen here. */
static double preLimit(xasKScan *k, const xasKPlaces *p)
{
    double x = xasCurveX(k->curve, xasCurveNearest(k->curve, p->edge_eV - 10));
    double threshold = fmax(5 * xasKScanBendError(k, x), leastBend), sum = 0;
    size_t first, count;
    const double *w = xasCurveWeights(k->curve, x, 2, &first, &count);

    for (size_t i = 0; i < count; i++) {
        double u = (k->e[first + i] - x) / 2;
        sum += w[i] * exp(-4 * log(2) * u * u);
    }
    return threshold / fabs(sum);
}

static xasStatus findPre(xasKScan *k, xasKPlaces *p, size_t *skip, char *flags)
{
    search where = { p->edge_eV - 25, fmin(p->edge_eV - 2, p->e20_eV - 1), 1,
                     k->curve->n };
    int ambiguous;
    xasStatus status = xasOk;

    p->preLimit = NAN;
    p->pre = deepest(k, &where, &ambiguous);
    *skip = p->pre ? p->pre : k->curve->n;
    if (p->pre) {
        p->pre_eV = bendVertex(k->curve, p->pre);
        status = measurePre(k->curve, p);
        if (!(p->pre_i > 0))
            p->pre = 0;
    }
    if (p->pre && ambiguous)
        xasFlagsAdd(flags, "pre_ambiguous");
    if (!p->pre)
        p->preLimit = preLimit(k, p);
    if (!p->pre && !(p->preLimit <= 0.02))
        xasFlagsAdd(flags, "pre_undetermined");
    return status;
}

static void findShoulders(xasKScan *k, xasKPlaces *p, size_t skip, char *flags)
{
    search before = { p->edge_eV - 6, p->wl_eV - 2, 0, skip };
    search behind = { p->wl_eV + 2, p->wl_eV + 15, 0, k->curve->n };
    int ambiguous;

    p->sh = deepest(k, &before, &ambiguous);
    if (p->sh) {
        p->sh_eV = bendVertex(k->curve, p->sh);
        p->sh_i = xasCurveAt(k->curve, k->curve->y, p->sh_eV);
        if (ambiguous)
            xasFlagsAdd(flags, "sh_ambiguous");
    }
    p->post = deepest(k, &behind, &ambiguous);
    if (p->post) {
        p->post_eV = bendVertex(k->curve, p->post);
        p->post_i = xasCurveAt(k->curve, k->curve->y, p->post_eV);
        if (ambiguous)
            xasFlagsAdd(flags, "post_ambiguous");
    }
}

static int lineAmbiguous(const xasCurve *c, const xasKPlaces *p)
{
    size_t as = p->haveWl ? p->wl : c->n;

    return whiteLine(c, p->edge_eV, 0.6, 0.0075) != as ||
           whiteLine(c, p->edge_eV, 0.8, 0.03) != as ||
           (p->sh && p->sh_i >= 0.85 * p->wl_i);
}

xasStatus xasKPlacesFind(xasKScan *k, xasKPlaces *p, char *flags, int *good)
{
    size_t skip;
    xasStatus status;

    memset(p, 0, sizeof *p);
    *good = findLineAndEdge(k->curve, k->er_eV, p);
    if (!*good) {
        xasFlagsAdd(flags, "no_edge");
        return xasOk;
    }
    if (!p->haveWl)
        xasFlagsAdd(flags, "no_white_line");
    if (p->wl_i < 1.1)
        xasFlagsAdd(flags, "weak_white_line");
    if (onPlateau(k->curve, p))
        xasFlagsAdd(flags, "edge_plateau");
    findTail(k->curve, p);
    status = findPre(k, p, &skip, flags);
    if (status)
        return status;
    if (p->haveWl)
        findShoulders(k, p, skip, flags);
    if (lineAmbiguous(k->curve, p))
        xasFlagsAdd(flags, "wl_ambiguous");
    return xasOk;
}
