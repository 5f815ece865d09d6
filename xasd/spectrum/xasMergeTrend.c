/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasMergeTrend.h"

#include <math.h>
#include <stdio.h>

/** A straight line through a feature's values over the number of the repeat. */
typedef struct line {
    size_t n;
    double slope, counting, residual; /* its standard errors, NaN unknown */
    double single;                    /* error of one repeat */
} line;

/* Student's t of the two-sided probability of 3 sigma, 0.0027. */
static double threeSigma(size_t freedom)
{
    static const double t[] = { 0,    235.8, 19.21, 9.22, 6.62, 5.51,
                                4.90, 4.53,  4.28,  4.09, 3.96 };

    if (freedom < sizeof t / sizeof *t)
        return t[freedom];
    return 3 + 9.6 / (double)freedom; /* above it by less than 0.1 */
}

static line fit(const double *x, const double *y, const double *error, size_t n)
{
    double mx = 0, my = 0, sxx = 0, sxy = 0, rest = 0, counted = 0, mean = 0;
    line l = { n, 0, 0, 0, 0 };

    for (size_t i = 0; i < n; i++) {
        mx += x[i] / (double)n;
        my += y[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        sxx += (x[i] - mx) * (x[i] - mx);
        sxy += (x[i] - mx) * (y[i] - my);
        counted += (x[i] - mx) * (x[i] - mx) * error[i] * error[i];
        mean += error[i] * error[i] / (double)n;
    }
    l.slope = sxy / sxx;
    for (size_t i = 0; i < n; i++) {
        double off = y[i] - my - l.slope * (x[i] - mx);
        rest += off * off;
    }
    l.counting = sqrt(counted) / sxx;
    l.residual = sqrt(rest / (double)(n - 2) / sxx);
    l.single = sqrt(fmax(rest / (double)(n - 2), isfinite(mean) ? mean : 0));
    return l;
}

static double significance(const line *l)
{
    return fabs(l->slope) /
           fmax(l->residual, isfinite(l->counting) ? l->counting : 0);
}

static bool moves(const line *l, double floor, double whole)
{
    bool counted = isfinite(l->counting);

    return fabs(l->slope) * whole > floor &&
           (counted ? fabs(l->slope) > 3 * l->counting : l->n >= 5) &&
           fabs(l->slope) > threeSigma(l->n - 2) * l->residual;
}

/* The first k of least squared bias plus variance. */
static size_t best(const line *l, size_t n)
{
    double least = INFINITY;
    size_t k = 1;

    for (size_t i = 1; i <= n; i++) {
        double bias = l->slope * (double)(i - 1) / 2;
        double sum = bias * bias + l->single * l->single / (double)i;

        if (sum < least) {
            least = sum;
            k = i;
        }
    }
    return k;
}

size_t xasMergeTrend(const xasMergeMember *member, const size_t *index,
                     size_t used, xasShell shell, xasMerge *out)
{
    static const xasFeatureId ids[2][3] = { { xasEdgeE, xasWlE, xasWlI },
                                            { xasL3E, xasL3I, xasL3L2RatioH } };
    double x[XAS_MERGE_MAX], y[XAS_MERGE_MAX], error[XAS_MERGE_MAX];
    size_t keep = used;
    double most = 0;

    for (int k = 0; k < 3; k++) {
        xasFeatureId id = ids[shell == xasShellL][k];
        bool energy = xasFeatureUnit(id)[0] != '\0';
        size_t n = 0, first;
        line l;

        for (size_t i = 0; i < used; i++) {
            const xasMergeMember *m = &member[index[i]];

            if (!isfinite(m->features->value[id]))
                continue;
            x[n] = (double)index[i];
            y[n] = m->features->value[id];
            if (energy && out->aligned)
                y[n] += m->shift_eV;
            error[n++] = m->features->error[id];
        }
        if (n < 3)
            continue;
        l = fit(x, y, error, n);
        if (!moves(&l, xasMergeFloor(id), x[n - 1] - x[0]))
            continue;
        first = best(&l, used);
        keep = first < keep ? first : keep;
        out->beamDamage = true;
        if (significance(&l) <= most)
            continue;
        most = significance(&l);
        (void)snprintf(out->trend, sizeof out->trend,
                       "%s moves by %+.3g%s a repeat, %.1f standard errors%s",
                       xasFeatureName(id), l.slope, energy ? " eV" : "", most,
                       energy && !out->aligned
                           ? "; without a foil, the monochromator may do so too"
                           : "");
    }
    return keep;
}
