/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include "madeScan.h"

static double rise(double e, double e0, double width)
{
    return 0.5 + atan((e - e0) / width) / M_PI;
}

static double peak(double e, double e0, double width)
{
    double u = (e - e0) / width;

    return exp(-4 * log(2) * u * u);
}

void madeCurveDefaults(xasShell shell, madeCurve *c)
{
    static const madeCurve k = { xasShellK, 0, 0.4, -2e-4, 1,    14,
                                 0.9,       5, 1.5, 0.06,  0.28, 0 };
    static const madeCurve l = { xasShellL, 0,   0.05, 0,    0.06, 1.4,
                                 0.25,      1.6, -1.8, 0.06, 0.08, 0 };

    *c = shell == xasShellK ? k : l;
}

double madeMu(const madeCurve *c, double e_eV)
{
    double x = e_eV - c->shift_eV - (c->shell == xasShellK ? 7112 : 706.8);
    double mu = c->offset + c->slope_per_eV * x, white = c->white_eV;

    if (c->shell == xasShellK)
        return mu + c->step * (rise(x, white - 7, 1.2) +
                               c->white * peak(x, white, c->whiteWidth_eV) +
                               c->second * peak(x, c->second_eV, 1.6) +
                               c->shoulder * peak(x, white - 6, 2.5) +
                               c->post * peak(x, white + 9, 4));
    return mu +
           c->step * (2 * rise(x, white, 0.3) + rise(x, white + 12.8, 0.3)) /
               3 +
           c->white * peak(x, white, c->whiteWidth_eV) +
           c->second * peak(x, white + c->second_eV, 0.9) +
           c->shoulder * peak(x, white + 12.8, 1.25 * c->whiteWidth_eV);
}

void madeScanInit(madeScan *s, xasDetection detection, size_t n)
{
    s->detection = detection;
    s->n = n;
    s->e = calloc(3 * n, sizeof *s->e);
    if (!s->e)
        abort();
    s->i0 = s->e + n;
    s->signal = s->i0 + n;
}

void madeScanClear(madeScan *s)
{
    free(s->e);
    s->e = NULL;
}

size_t madeScanAxis(madeScan *s, xasShell shell, double fine_eV)
{
    double at = shell == xasShellK ? 6960 : 688;
    double end = shell == xasShellK ? 7500 : 752;
    size_t n = 0;

    while (at < end && n < s->n) {
        s->e[n++] = at;
        if (shell == xasShellL)
            at += fine_eV;
        else
            at += at < 7090 ? 5 : at < 7160 ? fine_eV : 3;
    }
    return s->n = n;
}

void madeScanEven(madeScan *s, double lo_eV, double hi_eV)
{
    for (size_t i = 0; i < s->n; i++)
        s->e[i] = lo_eV + (hi_eV - lo_eV) * (double)i / (double)(s->n - 1);
}

/* A photon count about its mean; without a generator the mean. */
static double count(double mean, madeRandom *r)
{
    return r && mean > 0 ? mean + sqrt(mean) * madeNormal(r) : mean;
}

void madeScanCount(madeScan *s, const madeCurve *c, double counts,
                   madeRandom *r)
{
    for (size_t i = 0; i < s->n; i++) {
        double mu = madeMu(c, s->e[i]);

        s->i0[i] = count(counts, r);
        if (s->detection == xasDetectMu)
            s->signal[i] = mu;
        else if (s->detection == xasDetectTransmission)
            s->signal[i] = count(counts * exp(-mu), r);
        else
            s->signal[i] = count(counts * mu, r);
    }
}

xasStatus madeScanFind(const madeScan *s, const char *element, xasShell shell,
                       const char *formula, xasFeatures *out)
{
    xasSpectrum *made = NULL;
    const double *i0 = s->detection == xasDetectMu ? NULL : s->i0;
    xasStatus status =
        xasSpectrumCreate(s->detection, s->e, i0, s->signal, s->n, &made);

    if (!status)
        status = xasFeaturesFind(made, element, shell, formula, out);
    xasSpectrumDestroy(made);
    return status;
}
