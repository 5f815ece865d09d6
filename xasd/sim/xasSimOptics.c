/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimOptics.h"

#include <math.h>
#include <string.h>

#include "xasSimHalide.h"

#define HC_EV_A   12398.419843320026 /* CODATA 2018, exact */
#define ICR_PER_S 1e5

double xasSimAngle(double energy_eV, double d_A)
{
    double s = HC_EV_A / (2 * d_A * energy_eV);

    return s > 0 && s <= 1 ? asin(s) * 180 / M_PI : NAN;
}

double xasSimFoil(const char *element, char edge, double energy_eV)
{
    const xasSimHalide *h;

    for (size_t i = 0; (h = xasSimHalideAt(i)); i++) {
        double l3, l2;

        if (strncmp(h->formula, element, 2) != 0)
            continue;
        xasSimHalideEdgeL(h, &l3, &l2);
        double at = edge == 'L' ? l3 : xasSimHalideEdgeK(h);

        return 0.3 + 1.2 * (atan((energy_eV - at) / 1.2) / M_PI + 0.5);
    }
    return NAN;
}

/* No two elements see the sample under the same angle. */
static double share(int k, int n)
{
    double sum = n + 0.02 * (n - 1) * n / 2;

    return (1 + 0.02 * k) / sum;
}

void xasSimElements(double counts, double load, double tau_s, int n, int dead,
                    xasSimElement *out)
{
    for (int k = 0; k < n; k++) {
        double part = share(k, n), icr = ICR_PER_S * load * part * n;
        double live = 1 / (1 + icr * tau_s);

        out[k].icr_per_s = icr;
        out[k].ocr_per_s = k + 1 == dead ? 0 : icr * live;
        out[k].roi = k + 1 == dead ? 0 : counts * part * live;
    }
}
