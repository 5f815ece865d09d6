/* SPDX-License-Identifier: BSD-3-Clause */
/* Suspicions of a signal that no longer follows mu. */
#include <math.h>

#include <xraylib/xraylib.h>

#include "xasFormula.h"
#include "xasQuality.h"

static const double thickStep = 2, darkChange = 4.6, damped = 0.1;
static const double escape_g_per_cm2 = 2e-6;

/* mu/rho of the compound, cm2/g, and the absorber's own part of it. */
static double massAbsorption(const xasFormula *f, int z, double energy_eV,
                             double *own)
{
    double sum = 0, mass = 0;

    *own = 0;
    for (size_t i = 0; i < f->n; i++) {
        int part = xasElementZ(f->part[i].symbol);
        double weight = f->part[i].count * AtomicWeight(part, NULL);
        double cross = CS_Photo(part, energy_eV / 1000, NULL);

        mass += weight;
        sum += weight * cross;
        if (part == z)
            *own += weight * cross;
    }
    *own /= mass;
    return sum / mass;
}

/* Part of the absorber's signal that thickness takes away, fluorescence. */
static double lostFluorescence(const xasFormula *f, int z, double edge_eV,
                               int line)
{
    double below, own, unused;
    double in = massAbsorption(f, z, edge_eV + 10, &own);
    double out =
        massAbsorption(f, z, 1000 * LineEnergy(z, line, NULL), &unused);

    (void)massAbsorption(f, z, edge_eV - 10, &below);
    return (own - below) / (in + out);
}

/* Part of the light at the L3 peak that the escape depth absorbs. */
static double absorbedAtPeak(const xasFormula *f, int z,
                             const xasEdgeEnergies *e, double height)
{
    double below, own, all = massAbsorption(f, z, e->l2_eV + 30, &own);

    (void)massAbsorption(f, z, e->l3_eV - 10, &below);
    if (isfinite(height) && height > 1)
        all += (own - below) * (height - 1);
    return escape_g_per_cm2 * all;
}

static int isDamped(const xasSpectrum *s, const xasFeatures *f,
                    const char *formula)
{
    xasDetection detection = xasSpectrumDetection(s);
    xasFormula parsed;
    xasEdgeEnergies e;
    int z = xasElementZ(f->element);
    double part = 0;

    if (!formula || !formula[0] || xasFormulaParse(formula, &parsed, NULL) ||
        !(xasFormulaCount(&parsed, f->element) > 0) ||
        xasEdgeLookUp(f->element, &e))
        return 0;
    if (detection == xasDetectFluorescence && f->shell == xasShellK)
        part = lostFluorescence(&parsed, z, e.k_eV, KA1_LINE);
    else if (detection == xasDetectFluorescence && f->shell == xasShellL)
        part = lostFluorescence(&parsed, z, e.l3_eV, LA1_LINE);
    else if (detection == xasDetectYield && f->shell == xasShellL)
        part = absorbedAtPeak(&parsed, z, &e, f->value[xasL3I]);
    return part > damped;
}

void xasSaturationFlags(const xasSpectrum *s, const xasFeatures *f,
                        const char *formula, char flags[XAS_FLAGS_SIZE])
{
    const double *mu = xasSpectrumMu(s);
    double least = INFINITY, most = -INFINITY;

    if (xasSpectrumDetection(s) != xasDetectTransmission) {
        if (isDamped(s, f, formula))
            xasFlagsAdd(flags, "self_absorption");
        return;
    }
    for (size_t i = 0; i < xasSpectrumSize(s); i++) {
        least = fmin(least, mu[i]);
        most = fmax(most, mu[i]);
    }
    if (f->shell == xasShellK && f->step_or_jump > thickStep)
        xasFlagsAdd(flags, "too_thick");
    if (most - least > darkChange)
        xasFlagsAdd(flags, "dark_level");
}
