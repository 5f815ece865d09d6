/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasEdge.h"
#include "xasFeatureK.h"
#include "xasPeak.h"

static const size_t leastPoints = 30;

static void setEnergy(double *value, xasFeatureId absolute, xasFeatureId toEdge,
                      xasFeatureId toReference, double e_eV, double edge_eV,
                      double er_eV)
{
    value[absolute] = e_eV;
    value[toEdge] = e_eV - edge_eV;
    value[toReference] = e_eV - er_eV;
}

static void setPre(const xasKPlaces *p, double er_eV, xasFeatures *out)
{
    double *v = out->value;

    out->pre_limit = p->preLimit;
    if (p->pre) {
        setEnergy(v, xasPreE, xasPreDe, xasPreDr, p->pre_eV, p->edge_eV, er_eV);
        v[xasPreI] = p->pre_i;
        v[xasPreRi] = p->pre_i / p->wl_i;
        v[xasHasPre] = 1;
    } else if (p->preLimit <= 0.02) {
        v[xasPreI] = v[xasPreRi] = v[xasHasPre] = 0;
    }
}

static void setValues(const xasKScan *k, const xasKPlaces *p, xasFeatures *out)
{
    double *v = out->value, er = k->er_eV;

    v[xasEdgeE] = p->edge_eV;
    v[xasEdgeDr] = p->edge_eV - er;
    v[xasWlI] = p->wl_i;
    setPre(p, er, out);
    if (!p->haveWl)
        return;
    setEnergy(v, xasWlE, xasWlDe, xasWlDr, p->wl_eV, p->edge_eV, er);
    v[xasWlRi] = p->wl_i / p->tail;
    v[xasHasSh] = p->sh != 0;
    if (p->sh) {
        setEnergy(v, xasShE, xasShDe, xasShDr, p->sh_eV, p->edge_eV, er);
        v[xasShI] = p->sh_i;
        v[xasShRi] = p->sh_i / p->wl_i;
    }
    if (p->post) {
        setEnergy(v, xasPostE, xasPostDe, xasPostDr, p->post_eV, p->edge_eV,
                  er);
        v[xasPostI] = p->post_i;
        v[xasPostRi] = p->post_i / p->wl_i;
    }
}

/* For display: the steepest place up to the white line. */
static double steepest(const xasCurve *c, size_t last)
{
    size_t best = 0;
    double height;

    for (size_t i = 1; i <= last; i++)
        if (c->slope[i] > c->slope[best])
            best = i;
    return xasCurveX(c, best) +
           c->step * xasPeakVertex(c->slope, c->n, best, &height);
}

/* Which other element of the table would pass, as a flag. */
static xasStatus tryOthers(const xasSpectrum *s, const char *element,
                           const xasFormula *formula, char *flags)
{
    const double *e = xasSpectrumEnergy(s);
    size_t n = xasSpectrumSize(s);
    const xasEdgeReference *r;

    for (size_t i = 0; (r = xasEdgeReferenceAt(i)) != NULL; i++) {
        char unused[XAS_FLAGS_SIZE] = "", flag[24] = "wrong_element:";
        double er = r->energies.k_eV;
        xasKScan *k;
        xasStatus status;
        if (strcmp(r->element, element) == 0 || !(e[0] + 15 < er) ||
            !(er < e[n - 1] - 50))
            continue;
        status = xasKScanOpen(s, r->element, er, formula, unused, &k);
        if (status)
            return status;
        if (k) {
            xasKScanClose(k);
            xasFlagsAdd(flags, strcat(flag, r->element));
            return xasOk;
        }
    }
    return xasOk;
}

static xasFit fitOf(const xasKScan *k, size_t first, size_t count, int degree)
{
    if (!count)
        return (xasFit){ NAN, NAN, -1 };
    return (xasFit){ k->e[first], k->e[first + count - 1], degree };
}

xasStatus xasFeatureKFind(const xasSpectrum *s, const char *element,
                          double er_eV, const xasFormula *formula, bool running,
                          xasFeatures *out)
{
    xasKScan *k = NULL;
    xasKPlaces places;
    xasStatus status;
    int good = 0;

    if (xasSpectrumSize(s) < leastPoints) {
        xasFlagsAdd(out->flags, "too_few_points");
        return xasOk;
    }
    status = (running ? xasKScanOpenRunning : xasKScanOpen)(
        s, element, er_eV, formula, out->flags, &k);
    if (status)
        return status;
    if (!k && running) /* not there yet says nothing of its element */
        return xasOk;
    if (!k)
        return tryOthers(s, element, formula, out->flags);
    status = xasKPlacesFind(k, &places, out->flags, &good);
    if (!status && good) {
        out->step_or_jump = k->step;
        out->before = fitOf(k, k->preFirst, k->preCount, k->line.degree);
        out->behind = fitOf(k, k->postFirst, k->postCount, k->post.degree);
        out->sigma = k->sigma / k->step;
        out->e0_deriv_eV = steepest(k->curve, places.wl);
        setValues(k, &places, out);
        status = xasKErrorsFind(k, &places, out);
    }
    xasKScanClose(k);
    return status;
}
