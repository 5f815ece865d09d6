/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimHalide.h"

#include <math.h>
#include <string.h>

/* The order of xasSimHalide's fields. FeCl3 is not among those the parameters
 * were drawn for: the steps from FeF2 to FeF3 (differences of energies, ratios
 * of heights and widths) applied to FeCl2. */
static const xasSimHalide halides[] = {
    { "FeF2", -711.3, 7119.0699, 7125.7425, 1.1655, 3.6781, 7113.2108, 0.0462,
      7119.7865, 0.2155, 7137.3051, 0.1991, 708.0896, 720.7173, 4.9617, 2.9358,
      1.7980, 1.2076, 0.2809 },
    { "FeF3", -1046.0, 7121.2124, 7127.9570, 1.2999, 3.5893, 7114.2007, 0.0450,
      7122.2479, 0.1998, 7140.1496, 0.2232, 709.5162, 722.2356, 6.2200, 2.9418,
      1.8570, 1.3672, 0.3721 },
    { "FeCl2", -341.8, 7116.8291, 7121.1753, 0.5527, 3.4874, 7112.8887, 0.0643,
      7118.2523, 0.2543, 7137.7013, 0.1537, 707.6799, 720.4560, 4.8094, 3.2270,
      1.6750, 1.0013, 0.3260 },
    { "FeBr2", -249.8, 7116.3833, 7120.3496, 0.4879, 3.9518, 7112.8560, 0.0415,
      7117.7549, 0.2973, 7137.5039, 0.1441, 707.5380, 720.3787, 4.6977, 3.3463,
      1.6450, 1.0131, 0.1870 },
    { "FeI2", -113.0, 7115.9434, 7119.1327, 0.3010, 4.1148, 7112.8476, 0.0422,
      7116.9816, 0.3253, 7138.4053, 0.1935, 707.3887, 720.3210, 4.4992, 3.2630,
      1.6000, 0.7764, 0.3407 },
    { "CoF2", -692.0, 7715.9601, 7722.4227, 1.0549, 3.3361, 7710.0758, 0.0423,
      7717.1577, 0.2073, 7733.5214, 0.1544, 779.2831, 794.0326, 3.8954, 2.7138,
      1.7310, 1.3823, 0.4221 },
    { "CoCl2", -312.5, 7714.3114, 7719.3398, 0.5347, 3.8930, 7709.7684, 0.0462,
      7715.4518, 0.2537, 7734.8090, 0.1310, 778.8838, 793.8657, 3.4993, 3.1997,
      1.6080, 0.9417, 0.2962 },
    { "CoBr2", -220.9, 7713.5294, 7717.6180, 0.5681, 4.2132, 7709.7568, 0.0349,
      7714.2115, 0.2962, 7734.1063, 0.1436, 778.8278, 793.7508, 3.5275, 3.0471,
      1.5780, 1.0433, 0.3451 },
    { "CoI2", -88.7, 7712.9133, 7716.1866, 0.3130, 4.2276, 7709.8780, 0.0347,
      7713.9344, 0.2619, 7734.0586, 0.1161, 778.8290, 793.8569, 3.2456, 3.1827,
      1.5330, 0.9486, 0.3089 },
    { "NiF2", -651.4, 8339.8264, 8346.6064, 1.1120, 3.8282, 8334.3370, 0.0302,
      8341.1146, 0.1700, 8358.9228, 0.1662, 853.8269, 870.6939, 2.4671, 2.5949,
      1.6516, 1.3789, 0.3946 },
    { "NiCl2", -305.3, 8338.2263, 8342.7514, 0.7262, 4.1824, 8333.9898, 0.0366,
      8338.9515, 0.2611, 8358.4250, 0.1498, 853.4743, 870.4490, 2.4137, 2.8236,
      1.5286, 1.1036, 0.1768 },
    { "NiBr2", -212.1, 8337.7484, 8341.9954, 0.5258, 4.1774, 8333.8392, 0.0357,
      8338.4511, 0.2907, 8359.1925, 0.1296, 853.3848, 870.5337, 2.1785, 2.8204,
      1.4986, 0.8387, 0.2717 },
    { "NiI2", -78.2, 8337.2466, 8340.3404, 0.3901, 4.2378, 8333.7941, 0.0371,
      8338.3413, 0.2517, 8359.9069, 0.1264, 853.3621, 870.4607, 2.1648, 2.9909,
      1.4536, 0.6219, 0.1397 },
    { "CuF2", -542.7, 8986.2376, 8993.1147, 1.2021, 3.4811, 8980.4691, 0.0291,
      8988.1581, 0.1388, 9004.0336, 0.1873, 934.0025, 953.5658, 1.1203, 2.1484,
      1.5480, 1.3725, 0.0500 },
    { "CuCl2", -220.1, 8984.0646, 8988.9767, 0.7262, 4.2204, 8979.9909, 0.0438,
      8985.3913, 0.2216, 9004.8790, 0.1469, 933.6515, 953.4149, 1.0727, 2.6572,
      1.4250, 1.0317, 0.0500 },
    { "FeCl3", -399.5, 7118.9716, 7123.3898, 0.6164, 3.4032, 7113.8786, 0.0626,
      7120.7137, 0.2358, 7140.5458, 0.1723, 709.1065, 721.9743, 6.0291, 3.2336,
      1.7300, 1.1609, 0.4318 },
};

static const struct {
    char symbol[3];
    double k_eV, l3_eV, l2_eV;
} metals[] = { { "Fe", 7112.0, 706.8, 719.9 },
               { "Co", 7709.0, 778.1, 793.2 },
               { "Ni", 8333.0, 852.7, 870.0 },
               { "Cu", 8979.0, 932.7, 952.3 } };

const xasSimHalide *xasSimHalideAt(size_t index)
{
    return index < sizeof halides / sizeof *halides ? &halides[index] : NULL;
}

const xasSimHalide *xasSimHalideFind(const char *formula)
{
    const xasSimHalide *h;

    for (size_t i = 0; (h = xasSimHalideAt(i)); i++)
        if (strcmp(h->formula, formula) == 0)
            return h;
    return NULL;
}

static size_t metalOf(const xasSimHalide *h)
{
    size_t m = 0;

    while (strncmp(metals[m].symbol, h->formula, 2) != 0)
        m++; /* the table has no other metal */
    return m;
}

double xasSimHalideEdgeK(const xasSimHalide *h)
{
    return metals[metalOf(h)].k_eV;
}

void xasSimHalideEdgeL(const xasSimHalide *h, double *l3_eV, double *l2_eV)
{
    *l3_eV = metals[metalOf(h)].l3_eV;
    *l2_eV = metals[metalOf(h)].l2_eV;
}

static double rise(double x, double width)
{
    return atan(x / width) / M_PI + 0.5;
}

/* Pseudo-Voigt of height 1; `lorentz` is the Lorentzian part. */
static double line(double x, double fwhm, double lorentz)
{
    double u = 2 * x / fwhm;

    return (1 - lorentz) * exp(-M_LN2 * u * u) + lorentz / (1 + u * u);
}

double xasSimHalideK(const xasSimHalide *h, double energy_eV)
{
    double e = energy_eV, x = e - h->k_e0_eV;
    double y = rise(x, 1.3);

    y += h->k_wli * line(e - h->k_wl_eV, h->k_wlw_eV, 0.4);
    y += h->k_prei * line(e - h->k_pre_eV, 2.1, 0.4);
    y += h->k_shi * line(e - h->k_sh_eV, 2.4, 0.3);
    y += h->k_conti * line(e - h->k_cont_eV, 14, 0.2);
    /* A single shell of neighbours: k is proportional to sqrt(x). */
    if (x > 6)
        y += 0.06 * sin(1.29 * sqrt(x) + 0.7) * exp(-x / 160);
    return y;
}

/* L3 or L2: main line, a sharper one below it, a broad one above. */
static double multiplet(const xasSimHalide *h, double x, double fwhm)
{
    double y = line(x, fwhm, 0.5);

    y += h->l_subi * line(x + h->l_split_eV + 0.6, 0.7 * fwhm, 0.5);
    y += 0.5 * h->l_subi * line(x - 2.4, 1.5 * fwhm, 0.5);
    return y;
}

double xasSimHalideL(const xasSimHalide *h, double energy_eV)
{
    double x3 = energy_eV - h->l_l3_eV, x2 = energy_eV - h->l_l2_eV;
    double y = 1 + 0.645 * rise(x3, 0.34) + 0.315 * rise(x2, 0.34);

    y += h->l_i3 * multiplet(h, x3, h->l_w3_eV);
    y += h->l_i3 / h->l_ratio * multiplet(h, x2, 1.25 * h->l_w3_eV);
    return y;
}
