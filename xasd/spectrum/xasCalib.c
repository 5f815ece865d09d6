/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasCalib.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasNoise.h"
#include "xasSmooth.h"

/* Part of the highest derivative that a first maximum must reach. */
static const double leastPart = 0.3;
static const double leastErrors = 5;
enum { settlePasses = 4, settleSteps = 6 };
static const double hc_eV_A = 12398.419843;

static const struct {
    const char *name, *kind;
    int severity;
} states[xasCalibStateCount] = {
    [xasCalibNone] = { "none", "none", 1 },
    [xasCalibFoil] = { "foil", "foil", 0 },
    [xasCalibLast] = { "last foil", "foil", 0 },
    [xasCalibTransferred] = { "transferred", "transferred", 0 },
    [xasCalibOld] = { "old", "foil", 1 },
    [xasCalibRefused] = { "refused", "none", 2 },
};

const char *xasCalibStateName(xasCalibState state)
{
    return (unsigned)state < xasCalibStateCount ? states[state].name : "";
}

xasCalibState xasCalibStateFromName(const char *name)
{
    int state = 0;

    while (state < xasCalibStateCount &&
           (!name || strcmp(name, states[state].name) != 0))
        state++;
    return (xasCalibState)state;
}

int xasCalibStateSeverity(xasCalibState state)
{
    return (unsigned)state < xasCalibStateCount ? states[state].severity : 3;
}

const char *xasCalibStateKind(xasCalibState state)
{
    return (unsigned)state < xasCalibStateCount ? states[state].kind : "";
}

const char *xasCalibMethodName(xasCalibMethod method)
{
    return method == xasCalibLeastSquares ? "least_squares" : "derivative";
}

void xasCalibClear(xasCalibration *c)
{
    memset(c, 0, sizeof *c);
    c->error_eV = c->foil_eV = c->measured_eV = c->age_s = NAN;
    c->derivative = c->leastSquares = (xasCalibShift){ NAN, NAN };
}

void xasCalibRulesDefaults(xasCalibRules *rules)
{
    memset(rules, 0, sizeof *rules);
    rules->max_age_s = 24 * 3600.0;
    memcpy(rules->sample[0], "foil", sizeof "foil");
    rules->nSamples = 1;
}

/** A foil's curve, with the variance of its data. */
typedef struct foilScan {
    const xasSpectrum *s;
    xasCurve *curve;
    double *variance, *gradient; /* [size] */
    bool noisy;                  /* the variance is known */
} foilScan;

static void closeFoil(foilScan *f)
{
    xasCurveDestroy(f->curve);
    free(f->variance);
}

/* Noise from what lies before the edge, as for the features. */
static xasStatus findNoise(foilScan *f, xasShell shell, double foil_eV)
{
    size_t n = xasSpectrumSize(f->s);
    const double *e = xasSpectrumEnergy(f->s);
    double lo = foil_eV - (shell == xasShellK ? 150 : 16);
    double hi = foil_eV - (shell == xasShellK ? 10 : 4);
    double height = 0, sigma = 0;
    char flags[XAS_FLAGS_SIZE] = "";
    xasStatus status;

    for (size_t i = 0; i < n; i++)
        f->gradient[i] = e[i] >= lo && e[i] <= hi;
    for (size_t i = 0; i < f->curve->n; i++)
        height = fmax(height, f->curve->y[i] - f->curve->y[0]);
    status =
        xasNoiseFind(f->s, f->gradient, height, &sigma, f->variance, flags);
    f->noisy = sigma > 0;
    return status;
}

static xasStatus openFoil(const xasSpectrum *s, xasShell shell, double foil_eV,
                          foilScan *f)
{
    size_t n = xasSpectrumSize(s);
    const double *e = xasSpectrumEnergy(s);
    bool k = shell == xasShellK;
    double start = fmax(e[0], foil_eV - (k ? 30 : 12));
    double stop = fmin(e[n - 1], foil_eV + (k ? 40 : 12));
    xasStatus status;

    memset(f, 0, sizeof *f);
    f->s = s;
    /* What is looked for must lie well inside. */
    if (start > foil_eV - (k ? 10 : 3) || stop < foil_eV + (k ? 15 : 5))
        return xasErrRange;
    f->variance = calloc(2 * n, sizeof *f->variance);
    if (!f->variance)
        return xasErrMemory;
    f->gradient = f->variance + n;
    status = xasCurveCreate(e, xasSpectrumMu(s), n, start, stop, k ? 0.1 : 0.02,
                            k ? 2.0 : 0.4, &f->curve);
    if (status == xasOk)
        status = findNoise(f, shell, foil_eV);
    if (status)
        closeFoil(f);
    return status;
}

/* Standard error of what these weights make of the data. */
static double errorOf(const foilScan *f)
{
    double sum = 0;

    for (size_t i = 0; i < xasSpectrumSize(f->s); i++)
        sum += f->gradient[i] * f->gradient[i] * f->variance[i];
    return sqrt(sum);
}

static double slopeError(const foilScan *f, size_t i)
{
    memset(f->gradient, 0, xasSpectrumSize(f->s) * sizeof *f->gradient);
    xasCurveAddWeights(f->curve, xasCurveX(f->curve, i), 1, 1, f->gradient);
    return errorOf(f);
}

/* Grid index of the first maximum of the slope that counts, 0 for none. */
static size_t firstMaximum(const foilScan *f)
{
    const double *d = f->curve->slope;
    double highest = 0;

    for (size_t i = 0; i < f->curve->n; i++)
        highest = fmax(highest, d[i]);
    for (size_t i = 1; i + 1 < f->curve->n; i++)
        if (d[i] > d[i - 1] && d[i] >= d[i + 1] &&
            d[i] >= leastPart * highest &&
            d[i] > leastErrors * slopeError(f, i))
            return i;
    return 0;
}

/* Vertex of the parabola through three points of the slope. */
static double vertex(const xasCurve *c, size_t i)
{
    const double *d = c->slope;

    return xasCurveX(c, i) - c->step * (d[i + 1] - d[i - 1]) /
                                 (2 * (d[i - 1] - 2 * d[i] + d[i + 1]));
}

static double vertexError(const foilScan *f, size_t i)
{
    const double *d = f->curve->slope;
    double half = f->curve->step / (2 * (d[i - 1] - 2 * d[i] + d[i + 1]));

    memset(f->gradient, 0, xasSpectrumSize(f->s) * sizeof *f->gradient);
    xasCurveAddWeights(f->curve, xasCurveX(f->curve, i + 1), 1, -half,
                       f->gradient);
    xasCurveAddWeights(f->curve, xasCurveX(f->curve, i - 1), 1, half,
                       f->gradient);
    return errorOf(f);
}

/* Again on grids that begin a whole number of steps from it, so that a moved
 * axis gives a moved maximum to the last digits. */
static xasStatus settle(const foilScan *f, double *x)
{
    double step = f->curve->step;
    xasStatus status = xasOk;

    for (int pass = 0; pass < settlePasses && status == xasOk; pass++) {
        xasCurve *c = NULL;
        size_t best = 1;

        status = xasCurveCreate(xasSpectrumEnergy(f->s), xasSpectrumMu(f->s),
                                xasSpectrumSize(f->s), *x - settleSteps * step,
                                *x + (settleSteps + 0.5) * step, step,
                                f->curve->reach_eV, &c);
        if (status)
            return status;
        for (size_t i = 1; i + 1 < c->n; i++)
            if (c->slope[i] > c->slope[best])
                best = i;
        if (c->slope[best] > c->slope[best - 1] &&
            c->slope[best] >= c->slope[best + 1])
            *x = vertex(c, best);
        xasCurveDestroy(c);
    }
    return status;
}

xasStatus xasCalibEdge(const xasSpectrum *foil, xasShell shell, double foil_eV,
                       double *measured_eV, double *error_eV)
{
    foilScan f;
    xasStatus status;
    double x, error;
    size_t i;

    if (!foil || (shell != xasShellK && shell != xasShellL) ||
        !isfinite(foil_eV))
        return xasErrArg;
    status = openFoil(foil, shell, foil_eV, &f);
    if (status)
        return status;
    i = firstMaximum(&f);
    if (!i) {
        closeFoil(&f);
        return xasErrNotFound;
    }
    x = vertex(f.curve, i);
    error = f.noisy ? vertexError(&f, i) : NAN;
    status = settle(&f, &x);
    closeFoil(&f);
    if (status == xasOk) {
        *measured_eV = x;
        *error_eV = error;
    }
    return status;
}

/* The angle of an energy; limit is the energy at 90 degrees. */
static xasStatus angleOf(double limit_eV, double e_eV, double *angle)
{
    double s = limit_eV / e_eV;

    if (!(e_eV > 0) || !(s > 0) || !(s < 1))
        return xasErrArg;
    *angle = asin(s);
    return xasOk;
}

static xasStatus transferCrystal(double d_A, double from_eV, double to_eV,
                                 const xasCalibShift *from, xasCalibShift *out)
{
    double limit = hc_eV_A / (2 * d_A), right, wrong, target, factor;
    xasStatus status = angleOf(limit, from_eV, &right);

    if (status == xasOk)
        status = angleOf(limit, from_eV - from->shift_eV, &wrong);
    if (status == xasOk)
        status = angleOf(limit, to_eV, &target);
    if (status)
        return status;
    factor = to_eV / tan(target) / (from_eV / tan(right));
    /* The angle read was wrong by (wrong - right) at either edge. */
    out->shift_eV = to_eV - limit / sin(target + wrong - right);
    out->error_eV = from->error_eV * fabs(factor);
    return xasOk;
}

xasStatus xasCalibTransfer(xasMono mono, double d_A, double from_eV,
                           double to_eV, const xasCalibShift *from,
                           xasCalibShift *out)
{
    double factor;

    if (!(from_eV > 0) || !(to_eV > 0) || !isfinite(from->shift_eV))
        return xasErrArg;
    if (mono == xasMonoCrystal)
        return d_A > 0 ? transferCrystal(d_A, from_eV, to_eV, from, out)
                       : xasErrArg;
    if (mono != xasMonoGrating)
        return xasErrArg;
    factor = to_eV / from_eV * (to_eV / from_eV);
    out->shift_eV = from->shift_eV * factor;
    out->error_eV = from->error_eV * factor;
    return xasOk;
}
