/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xraylib/xraylib.h>

#include "xasEdge.h"
#include "xasFormula.h"

/* Bearden and Burr, Rev. Mod. Phys. 39 (1967) 125, X-ray Data Booklet, and
 * xraydb 4.4.7 where those have none: K, L3, L2. A reference energy is a
 * constant of the element; changing one makes stored *_dr incomparable. */
static const xasEdgeReference references[] = {
    { "Ti", { 4966.0, 453.8, 460.2 } },   { "V", { 5465.0, 512.1, 519.8 } },
    { "Cr", { 5989.0, 574.1, 583.8 } },   { "Mn", { 6539.0, 638.7, 649.9 } },
    { "Fe", { 7112.0, 706.8, 719.9 } },   { "Co", { 7709.0, 778.1, 793.2 } },
    { "Ni", { 8333.0, 852.7, 870.0 } },   { "Cu", { 8979.0, 932.7, 952.3 } },
    { "Zn", { 9659.0, 1021.8, 1044.9 } },
};

static const xasInterference interferences[] = {
    { "C", "K", 284.2, 282.0, 320.0 },
    { "N", "K", 409.9, 396.0, 430.0 },
    { "O", "K", 543.1, 527.0, 563.0 },
    { "F", "K", 696.7, 685.0, 700.0 },
    { "Ne", "K", 870.2, 865.2, 890.2 },
    { "Na", "K", 1070.8, 1065.8, 1090.8 },
    { "K", "L2", 297.3, 292.3, 317.3 },
    { "K", "L3", 294.6, 289.6, 314.6 },
    { "Ca", "L2", 349.7, 344.7, 369.7 },
    { "Ca", "L3", 346.2, 341.2, 366.2 },
    { "Sc", "L2", 403.6, 398.6, 423.6 },
    { "Sc", "L3", 398.7, 393.7, 418.7 },
    { "Ti", "K", 4966.0, 4961.0, 4986.0 },
    { "Ti", "L2", 460.2, 455.2, 480.2 },
    { "Ti", "L3", 453.8, 448.8, 473.8 },
    { "V", "K", 5465.0, 5460.0, 5485.0 },
    { "V", "L2", 519.8, 514.8, 539.8 },
    { "V", "L3", 512.1, 507.1, 532.1 },
    { "Cr", "K", 5989.0, 5984.0, 6009.0 },
    { "Cr", "L2", 583.8, 578.8, 603.8 },
    { "Cr", "L3", 574.1, 569.1, 594.1 },
    { "Mn", "K", 6539.0, 6534.0, 6559.0 },
    { "Mn", "L2", 649.9, 644.9, 669.9 },
    { "Mn", "L3", 638.7, 633.7, 658.7 },
    { "Fe", "K", 7112.0, 7107.0, 7132.0 },
    { "Fe", "L2", 719.9, 714.9, 739.9 },
    { "Fe", "L3", 706.8, 701.8, 726.8 },
    { "Co", "K", 7709.0, 7704.0, 7729.0 },
    { "Co", "L2", 793.2, 788.2, 813.2 },
    { "Co", "L3", 778.1, 773.1, 798.1 },
    { "Ni", "K", 8333.0, 8328.0, 8353.0 },
    { "Ni", "L2", 870.0, 865.0, 890.0 },
    { "Ni", "L3", 852.7, 847.7, 872.7 },
    { "Cu", "K", 8979.0, 8974.0, 8999.0 },
    { "Cu", "L2", 952.3, 947.3, 972.3 },
    { "Cu", "L3", 932.7, 927.7, 952.7 },
    { "Zn", "K", 9659.0, 9654.0, 9679.0 },
    { "Zn", "L2", 1044.9, 1039.9, 1064.9 },
    { "Zn", "L3", 1021.8, 1016.8, 1041.8 },
    { "Sr", "M2", 280.3, 275.3, 300.3 },
    { "Y", "M2", 310.6, 305.6, 330.6 },
    { "Y", "M3", 298.8, 293.8, 318.8 },
    { "Zr", "M2", 343.5, 338.5, 363.5 },
    { "Zr", "M3", 329.8, 324.8, 349.8 },
    { "Nb", "M2", 376.1, 371.1, 396.1 },
    { "Nb", "M3", 360.6, 355.6, 380.6 },
    { "Mo", "M2", 411.6, 406.6, 431.6 },
    { "Mo", "M3", 394.0, 389.0, 414.0 },
    { "Tc", "M2", 447.6, 442.6, 467.6 },
    { "Tc", "M3", 417.7, 412.7, 437.7 },
    { "Ru", "M2", 483.3, 478.3, 503.3 },
    { "Ru", "M3", 461.5, 456.5, 481.5 },
    { "Ru", "M4", 284.2, 279.2, 304.2 },
    { "Ru", "M5", 280.0, 275.0, 300.0 },
    { "Rh", "M2", 521.3, 516.3, 541.3 },
    { "Rh", "M3", 496.5, 491.5, 516.5 },
    { "Rh", "M4", 311.9, 306.9, 331.9 },
    { "Rh", "M5", 307.2, 302.2, 327.2 },
    { "Pd", "M2", 559.9, 554.9, 579.9 },
    { "Pd", "M3", 532.3, 527.3, 552.3 },
    { "Pd", "M4", 340.5, 335.5, 360.5 },
    { "Pd", "M5", 335.2, 330.2, 355.2 },
    { "Ag", "M2", 603.8, 598.8, 623.8 },
    { "Ag", "M3", 573.0, 568.0, 593.0 },
    { "Ag", "M4", 374.0, 369.0, 394.0 },
    { "Ag", "M5", 368.3, 363.3, 388.3 },
    { "Cd", "M2", 652.6, 647.6, 672.6 },
    { "Cd", "M3", 618.4, 613.4, 638.4 },
    { "Cd", "M4", 411.9, 406.9, 431.9 },
    { "Cd", "M5", 405.2, 400.2, 425.2 },
    { "In", "M2", 703.2, 698.2, 723.2 },
    { "In", "M3", 665.3, 660.3, 685.3 },
    { "In", "M4", 451.4, 446.4, 471.4 },
    { "In", "M5", 443.9, 438.9, 463.9 },
    { "Sn", "M2", 756.5, 751.5, 776.5 },
    { "Sn", "M3", 714.6, 709.6, 734.6 },
    { "Sn", "M4", 493.2, 488.2, 513.2 },
    { "Sn", "M5", 484.9, 479.9, 504.9 },
    { "Sb", "M2", 812.7, 807.7, 832.7 },
    { "Sb", "M3", 766.4, 761.4, 786.4 },
    { "Sb", "M4", 537.5, 532.5, 557.5 },
    { "Sb", "M5", 528.2, 523.2, 548.2 },
    { "Te", "L1", 4939.0, 4934.0, 4959.0 },
    { "Te", "M2", 870.8, 865.8, 890.8 },
    { "Te", "M3", 820.8, 815.8, 840.8 },
    { "Te", "M4", 583.4, 578.4, 603.4 },
    { "Te", "M5", 573.0, 568.0, 593.0 },
    { "I", "L1", 5188.0, 5183.0, 5208.0 },
    { "I", "L2", 4852.0, 4847.0, 4872.0 },
    { "I", "M2", 931.0, 926.0, 951.0 },
    { "I", "M3", 875.0, 870.0, 895.0 },
    { "I", "M4", 630.8, 625.8, 650.8 },
    { "I", "M5", 619.3, 614.3, 639.3 },
    { "Xe", "L1", 5453.0, 5448.0, 5473.0 },
    { "Xe", "L2", 5107.0, 5102.0, 5127.0 },
    { "Xe", "M2", 1002.1, 997.1, 1022.1 },
    { "Xe", "M3", 940.6, 935.6, 960.6 },
    { "Xe", "M4", 689.0, 684.0, 709.0 },
    { "Xe", "M5", 676.4, 671.4, 696.4 },
    { "Cs", "L1", 5714.0, 5709.0, 5734.0 },
    { "Cs", "L2", 5359.0, 5354.0, 5379.0 },
    { "Cs", "L3", 5012.0, 5007.0, 5032.0 },
    { "Cs", "M2", 1071.0, 1066.0, 1091.0 },
    { "Cs", "M3", 1003.0, 998.0, 1023.0 },
    { "Cs", "M4", 740.5, 735.5, 760.5 },
    { "Cs", "M5", 726.6, 721.6, 746.6 },
    { "Ba", "L1", 5989.0, 5984.0, 6009.0 },
    { "Ba", "L2", 5624.0, 5619.0, 5644.0 },
    { "Ba", "L3", 5247.0, 5242.0, 5267.0 },
    { "Ba", "M3", 1063.0, 1058.0, 1083.0 },
    { "Ba", "M4", 795.7, 790.7, 815.7 },
    { "Ba", "M5", 780.5, 775.5, 800.5 },
    { "La", "L1", 6266.0, 6261.0, 6286.0 },
    { "La", "L2", 5891.0, 5886.0, 5911.0 },
    { "La", "L3", 5483.0, 5478.0, 5503.0 },
    { "La", "M4", 853.0, 848.0, 873.0 },
    { "La", "M5", 836.0, 831.0, 856.0 },
    { "Ce", "L1", 6548.0, 6543.0, 6568.0 },
    { "Ce", "L2", 6164.0, 6159.0, 6184.0 },
    { "Ce", "L3", 5723.0, 5718.0, 5743.0 },
    { "Ce", "M4", 902.4, 897.4, 922.4 },
    { "Ce", "M5", 883.8, 878.8, 903.8 },
    { "Pr", "L1", 6835.0, 6830.0, 6855.0 },
    { "Pr", "L2", 6440.0, 6435.0, 6460.0 },
    { "Pr", "L3", 5964.0, 5959.0, 5984.0 },
    { "Pr", "M4", 948.3, 943.3, 968.3 },
    { "Pr", "M5", 928.8, 923.8, 948.8 },
    { "Nd", "L1", 7126.0, 7121.0, 7146.0 },
    { "Nd", "L2", 6722.0, 6717.0, 6742.0 },
    { "Nd", "L3", 6208.0, 6203.0, 6228.0 },
    { "Nd", "M4", 1003.3, 998.3, 1023.3 },
    { "Nd", "M5", 980.4, 975.4, 1000.4 },
};

const xasEdgeReference *xasEdgeReferenceAt(size_t i)
{
    return i < sizeof references / sizeof *references ? &references[i] : NULL;
}

const xasInterference *xasInterferenceAt(size_t i)
{
    return i < sizeof interferences / sizeof *interferences ? &interferences[i]
                                                            : NULL;
}

void xasInterferenceFlag(const xasInterference *x, char flags[XAS_FLAGS_SIZE])
{
    char flag[16];

    snprintf(flag, sizeof flag, "interf_%s_%s", x->element, x->edge);
    xasFlagsAdd(flags, flag);
}

static double tabulated(int z, int shell)
{
    double keV = EdgeEnergy(z, shell, NULL);

    return keV > 0 ? 1000 * keV : NAN;
}

xasStatus xasEdgeLookUp(const char *element, xasEdgeEnergies *out)
{
    const xasEdgeReference *r;
    int z;

    if (!element || !out)
        return xasErrArg;
    for (size_t i = 0; (r = xasEdgeReferenceAt(i)) != NULL; i++)
        if (strcmp(r->element, element) == 0) {
            *out = r->energies;
            return xasOk;
        }
    z = xasElementZ(element);
    if (!z)
        return xasErrNotFound;
    out->k_eV = tabulated(z, K_SHELL);
    out->l3_eV = tabulated(z, L3_SHELL);
    out->l2_eV = tabulated(z, L2_SHELL);
    return xasOk;
}

/** An edge inside the scanned range, and how mu rises there. */
typedef struct candidate {
    char element[3];
    xasShell shell;
    double rise;
} candidate;

/* Points that must lie on either side of an edge for it to be the one. */
enum { minimumSide = 3 };

static double meanIn(const xasSpectrum *s, double lo, double hi, size_t *count)
{
    const double *e = xasSpectrumEnergy(s), *mu = xasSpectrumMu(s);
    double sum = 0;

    *count = 0;
    for (size_t i = 0; i < xasSpectrumSize(s); i++)
        if (e[i] >= lo && e[i] <= hi) {
            sum += mu[i];
            ++*count;
        }
    return *count ? sum / (double)*count : NAN;
}

/* Keep the candidate with the largest rise from before to behind the edge. */
static void consider(const xasSpectrum *s, const char *element, xasShell shell,
                     double lo_eV, double hi_eV, candidate *best)
{
    double width = shell == xasShellK ? 25 : 8, margin = width / 5;
    double below, above;
    size_t nBelow, nAbove;

    if (!(lo_eV > 0) || !(hi_eV > 0))
        return;
    below = meanIn(s, lo_eV - width, lo_eV - margin, &nBelow);
    above = meanIn(s, lo_eV + margin / 5, hi_eV + width, &nAbove);
    if (nBelow < minimumSide || nAbove < minimumSide)
        return;
    if (best->shell != xasShellNone && above - below <= best->rise)
        return;
    strcpy(best->element, element);
    best->shell = shell;
    best->rise = above - below;
}

static void considerBoth(const xasSpectrum *s, const char *element,
                         const xasEdgeEnergies *at, candidate *best)
{
    consider(s, element, xasShellK, at->k_eV, at->k_eV, best);
    consider(s, element, xasShellL, at->l3_eV, at->l2_eV, best);
}

xasStatus xasEdgeIdentify(const xasSpectrum *s, char element[3],
                          xasShell *shell)
{
    candidate best = { "", xasShellNone, 0 };
    const xasEdgeReference *r;
    xasEdgeEnergies at;

    if (!s || !element || !shell)
        return xasErrArg;
    for (size_t i = 0; (r = xasEdgeReferenceAt(i)) != NULL; i++)
        considerBoth(s, r->element, &r->energies, &best);
    for (int z = 1; best.shell == xasShellNone && z <= 98; z++) {
        char *symbol = AtomicNumberToSymbol(z, NULL);
        if (symbol && xasEdgeLookUp(symbol, &at) == xasOk)
            considerBoth(s, symbol, &at, &best);
        xrlFree(symbol);
    }
    if (best.shell == xasShellNone)
        return xasErrNotFound;
    memcpy(element, best.element, sizeof best.element);
    *shell = best.shell;
    return xasOk;
}
