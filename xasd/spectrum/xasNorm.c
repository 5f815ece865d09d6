/* SPDX-License-Identifier: BSD-3-Clause */
/* Window rules as in Larch 2026.3.1, whose numbers these must be; rint() is
 * half to even, as Python's round(). */
#include <math.h>
#include <string.h>

#include "xasNorm.h"
#include "xasPoly.h"

/* The last sample at or below x, the first if there is none. */
static size_t atOrBelow(const double *e, size_t n, double x)
{
    size_t i = 0;

    while (i + 1 < n && e[i + 1] <= x)
        i++;
    return i;
}

static size_t nearest(const double *e, size_t n, double x)
{
    size_t best = 0;

    for (size_t i = 1; i < n; i++)
        if (fabs(e[i] - x) < fabs(e[best] - x))
            best = i;
    return best;
}

static xasStatus check(const double *e, const double *mu, size_t n)
{
    if (!e || !mu)
        return xasErrArg;
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(e[i]) || !isfinite(mu[i]))
            return xasErrNaN;
        if (i && e[i] <= e[i - 1])
            return xasErrOrder;
    }
    return n < 5 ? xasErrRange : xasOk;
}

static void chooseWindows(const double *e, size_t n, xasNorm *out)
{
    double e0 = out->e0_eV;
    double q = nearest(e, n, e0) > 20 ? 5 : 2, range;

    out->pre1_eV = fmax(q * rint((e[1] - e0) / q), e[0] - e0);
    out->pre2_eV = 0.5 * out->pre1_eV;
    if (out->pre1_eV > out->pre2_eV) {
        double swap = out->pre1_eV;
        out->pre1_eV = out->pre2_eV;
        out->pre2_eV = swap;
    }
    out->norm2_eV = 5 * rint((e[n - 1] - e0) / 5);
    out->norm2_eV = fmin(out->norm2_eV, e[n - 1] - e0);
    out->norm1_eV = fmin(25, 5 * rint(out->norm2_eV / 15));
    out->norm1_eV = fmin(out->norm1_eV, out->norm2_eV - 2);
    range = out->norm2_eV - out->norm1_eV;
    out->nnorm = range < 30 ? 0 : range < 300 ? 1 : 2;
}

static void fit(const double *e, const double *v, size_t n, int degree,
                double c[3])
{
    double half = 0.5 * (e[n - 1] - e[0]), coef[3];
    xasPoly poly;

    xasPolyInit(&poly, e, NULL, n, degree, 0.5 * (e[0] + e[n - 1]),
                half > 0 ? half : 1);
    xasPolyFit(&poly, e, v, NULL, n, coef);
    xasPolyPowers(&poly, coef, c);
}

static void preLine(const double *e, const double *mu, size_t n, xasNorm *out)
{
    size_t p1 = atOrBelow(e, n, out->pre1_eV + out->e0_eV);
    size_t p2 = nearest(e, n, out->pre2_eV + out->e0_eV);
    size_t last = atOrBelow(e, n, out->pre2_eV + out->e0_eV);
    int degree = last < p1 + 3 ? 0 : 1;
    double c[3];

    if (p2 < p1 + 1 + (size_t)degree)
        p2 = p1 + 1 + (size_t)degree;
    if (p2 > n)
        p2 = n;
    fit(e + p1, mu + p1, p2 - p1, degree, c);
    out->pre_offset = c[0];
    out->pre_slope_per_eV = c[1];
}

static double line(const xasNorm *norm_of, double e)
{
    return norm_of->pre_offset + norm_of->pre_slope_per_eV * e;
}

static double post(const xasNorm *norm_of, double e)
{
    const double *c = norm_of->norm_c;

    return c[0] + e * (c[1] + e * c[2]);
}

/* Fitted to mu - line: the line is a member of the fitted family, so it may be
 * taken off the coefficients afterwards; of a constant only its mean. */
static void postCurve(const double *e, const double *mu, size_t n, xasNorm *out)
{
    size_t p1 = atOrBelow(e, n, out->norm1_eV + out->e0_eV);
    size_t p2 = nearest(e, n, out->norm2_eV + out->e0_eV);
    double c[3];

    if (p1 > n - 3)
        p1 = n - 3;
    if (p2 < p1 + 2) {
        p1 -= 2;
        out->nnorm = 0;
        if (p2 <= p1)
            p2 = p1 + 1;
    } else if (p2 < p1 + 5 && out->nnorm > 1) {
        out->nnorm = 1;
    }
    fit(e + p1, mu + p1, p2 - p1, out->nnorm, c);
    c[0] -= out->pre_offset;
    c[1] -= out->pre_slope_per_eV;
    if (out->nnorm == 0) { /* mean of the line, not the line */
        double mean = 0;
        for (size_t i = p1; i < p2; i++)
            mean += out->pre_slope_per_eV * e[i];
        c[0] -= mean / (double)(p2 - p1);
        c[1] = 0;
    }
    memcpy(out->norm_c, c, sizeof c);
}

xasStatus xasNormFind(const double *energy_eV, const double *mu, size_t n,
                      double e0_eV, xasNorm *out)
{
    xasNorm found = { .e0_eV = e0_eV };
    xasStatus status = out ? check(energy_eV, mu, n) : xasErrArg;

    if (status)
        return status;
    if (!(e0_eV >= energy_eV[1] && e0_eV <= energy_eV[n - 2]))
        status = xasNormFindE0(energy_eV, mu, n, &found.e0_eV, NULL);
    if (status)
        return status;
    chooseWindows(energy_eV, n, &found);
    preLine(energy_eV, mu, n, &found);
    postCurve(energy_eV, mu, n, &found);
    found.edge_step =
        fabs(post(&found, energy_eV[nearest(energy_eV, n, found.e0_eV)]));
    if (found.edge_step < 1e-12)
        found.edge_step = 1e-12;
    *out = found;
    return xasOk;
}

xasStatus xasNormApply(const xasNorm *norm_of, const double *energy_eV,
                       const double *mu, size_t n, double *norm, double *flat)
{
    size_t at;
    double top;

    if (!norm_of || !energy_eV || !mu || !(norm_of->edge_step > 0))
        return xasErrArg;
    if (!n)
        return xasErrRange;
    at = nearest(energy_eV, n, norm_of->e0_eV);
    top = post(norm_of, energy_eV[at]);
    for (size_t i = 0; i < n; i++) {
        double e = energy_eV[i], y = mu[i] - line(norm_of, e);
        double bend = i < at ? 0 : post(norm_of, e) - top;
        if (norm)
            norm[i] = y / norm_of->edge_step;
        if (flat)
            flat[i] = (y - bend) / norm_of->edge_step;
    }
    return xasOk;
}
