/* SPDX-License-Identifier: BSD-3-Clause */
/* Shift between two spectra of one foil, by least squares.  For a given shift
 * the fit is linear in offset, slope and scale; the shift is searched for. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasCalib.h"
#include "xasLsq.h"
#include "xasSmooth.h"
#include "xasStat.h"
#include "xasWindow.h"

enum { unknowns = 4, leastPoints = 12 };
static const double search_eV = 2 * XAS_CALIB_MAX_EV;
static const double coarse_eV = 0.25, fine_eV = 1e-5;

typedef struct match {
    const double *e, *y; /* [n] the foil's points in the window */
    size_t n;
    double middle_eV, half_eV;
    const xasCurve *ref;
    double *a, *rest, *p; /* [n*4] design, [n] what is left, [4*n] inverse */
    double coef[unknowns];
    double left; /* sum of squares */
} match;

/* Design matrix for a shift; the last column is mu's change with the shift,
 * for which the scale must be known. */
static void design(const match *m, double shift, double scale)
{
    for (size_t i = 0; i < m->n; i++) {
        double x = m->e[i] + shift, *row = m->a + i * unknowns;

        row[0] = 1;
        row[1] = (m->e[i] - m->middle_eV) / m->half_eV;
        row[2] = xasCurveAt(m->ref, m->ref->y, x);
        row[3] = scale * xasCurveAt(m->ref, m->ref->slope, x);
    }
}

/* The linear part at a shift; rest and left follow. */
static xasStatus fitLinear(match *m, double shift)
{
    double *linear = m->p; /* scratch: [n*3] */
    xasStatus status;

    design(m, shift, 0);
    for (size_t i = 0; i < m->n; i++)
        memcpy(linear + 3 * i, m->a + i * unknowns, 3 * sizeof *linear);
    status = xasLsqSolveQr(linear, m->n, 3, m->y, m->coef);
    m->left = 0;
    for (size_t i = 0; status == xasOk && i < m->n; i++) {
        const double *row = m->a + i * unknowns;

        m->rest[i] = m->y[i] - m->coef[0] * row[0] - m->coef[1] * row[1] -
                     m->coef[2] * row[2];
        m->left += m->rest[i] * m->rest[i];
    }
    return status;
}

static xasStatus searchShift(match *m, double *shift)
{
    double best = INFINITY;
    xasStatus status = xasOk;

    for (double s = -search_eV; s <= search_eV && status == xasOk;
         s += coarse_eV) {
        status = fitLinear(m, s);
        /* An edge upside down is another edge. */
        if (status == xasOk && m->coef[2] > 0 && m->left < best) {
            best = m->left;
            *shift = s;
        }
    }
    if (status == xasOk && !isfinite(best))
        return xasErrNotFound;
    if (status == xasOk && fabs(*shift) > search_eV - coarse_eV)
        return xasErrRange;
    return status;
}

/* The minimum between the neighbours of the best coarse shift, by golden
 * sections: the curve is smooth, but its derivative is that of a smoother. */
static xasStatus refine(match *m, double *shift)
{
    const double part = (sqrt(5) - 1) / 2;
    double lo = *shift - coarse_eV, hi = *shift + coarse_eV;
    double a = hi - part * (hi - lo), b = lo + part * (hi - lo);
    double atA, atB;
    xasStatus status = fitLinear(m, a);

    atA = m->left;
    if (status == xasOk)
        status = fitLinear(m, b);
    atB = m->left;
    while (status == xasOk && hi - lo > fine_eV) {
        bool left = atA < atB;

        *(left ? &hi : &lo) = left ? b : a;
        *(left ? &b : &a) = left ? a : b;
        *(left ? &atB : &atA) = left ? atA : atB;
        *(left ? &a : &b) =
            left ? hi - part * (hi - lo) : lo + part * (hi - lo);
        status = fitLinear(m, left ? a : b);
        *(left ? &atA : &atB) = m->left;
    }
    if (status)
        return status;
    *shift = (lo + hi) / 2;
    return fitLinear(m, *shift);
}

/* The reference is noisy, too, as the foil is: its part by its own noise and
 * number of points. */
static xasStatus findError(match *m, double shift, const xasSpectrum *reference,
                           double *error)
{
    size_t count;
    size_t first =
        xasWindow(xasSpectrumEnergy(reference), xasSpectrumSize(reference),
                  m->middle_eV - m->half_eV, m->middle_eV + m->half_eV, &count);
    double square = 0, noise, variance;
    xasStatus status;

    design(m, shift, m->coef[2]);
    status = xasLsqPseudoInverse(m->a, m->n, unknowns, m->p);
    for (size_t i = 0; status == xasOk && i < m->n; i++)
        square += m->p[3 * m->n + i] * m->p[3 * m->n + i];
    double *work = status == xasOk ? malloc((count + 1) * sizeof *work) : NULL;

    if (!work)
        return status ? status : xasErrMemory;
    noise =
        xasThirdDifferenceNoise(xasSpectrumMu(reference) + first, count, work);
    free(work);
    variance = m->left / (double)(m->n - unknowns);
    if (count)
        variance += m->coef[2] * m->coef[2] * noise * noise * (double)m->n /
                    (double)count;
    *error = sqrt(square * variance);
    return xasOk;
}

/* Does the fit explain the edge?  Else it is not the same foil. */
static bool explains(const match *m)
{
    double mean = xasMean(m->y, m->n), all = 0;

    for (size_t i = 0; i < m->n; i++)
        all += (m->y[i] - mean) * (m->y[i] - mean);
    return m->left < 0.1 * all;
}

static xasStatus run(match *m, const xasSpectrum *reference, xasCalibShift *out)
{
    double shift = 0, error = NAN;
    xasStatus status = searchShift(m, &shift);

    if (status == xasOk)
        status = refine(m, &shift);
    if (status == xasOk && !explains(m))
        status = xasErrNotFound;
    if (status == xasOk)
        status = findError(m, shift, reference, &error);
    if (status == xasOk)
        *out = (xasCalibShift){ shift, error };
    return status;
}

xasStatus xasCalibMatch(const xasSpectrum *foil, const xasSpectrum *reference,
                        xasShell shell, double foil_eV, xasCalibShift *out)
{
    bool k = shell == xasShellK;
    double lo, hi; /* of the foil's points: as far as both reach */
    const double *re;
    size_t first, rn;
    xasCurve *curve = NULL;
    xasStatus status;
    match m = { .n = 0 };

    if (!foil || !reference || !out || (!k && shell != xasShellL))
        return xasErrArg;
    re = xasSpectrumEnergy(reference);
    rn = xasSpectrumSize(reference);
    lo = fmax(foil_eV - (k ? 20 : 8), re[0]);
    hi = fmin(foil_eV + (k ? 40 : 8), re[rn - 1]);
    first =
        xasWindow(xasSpectrumEnergy(foil), xasSpectrumSize(foil), lo, hi, &m.n);
    if (m.n < leastPoints || lo > foil_eV - (k ? 10 : 3) ||
        hi < foil_eV + (k ? 15 : 5))
        return xasErrRange;
    m.middle_eV = (lo + hi) / 2;
    m.half_eV = (hi - lo) / 2;
    m.e = xasSpectrumEnergy(foil) + first;
    m.y = xasSpectrumMu(foil) + first;
    status = xasCurveCreate(re, xasSpectrumMu(reference), rn,
                            fmax(re[0], lo - search_eV),
                            fmin(re[rn - 1], hi + search_eV), k ? 0.1 : 0.02,
                            k ? 2.0 : 0.4, &curve);
    if (status)
        return status;
    m.ref = curve;
    m.a = malloc((2 * unknowns + 1) * m.n * sizeof *m.a);
    if (m.a) {
        m.p = m.a + unknowns * m.n;
        m.rest = m.p + unknowns * m.n;
        status = run(&m, reference, out);
    } else {
        status = xasErrMemory;
    }
    free(m.a);
    xasCurveDestroy(curve);
    return status;
}
