/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SMOOTH_H
#define XAS_SMOOTH_H

#include <stddef.h>

#include "xasStatus.h"

/** A smoothed curve with its derivatives on an even grid: local quadratic
 * regression, DEFINITIONS.md section 1.  Point i lies at start + i step. */
typedef struct xasCurve {
    size_t n;
    double start, step;
    double *y, *slope, *bend; /* [n] y, y', y'' */
    const double *energy_eV;  /* [nData] the caller's, as is the data */
    size_t nData;
    double reach_eV;    /* smallest half width of a window */
    size_t first, end;  /* the data that the grid is made from */
    double *weight, *t; /* [nData + 4] scratch */
    size_t near[3];     /* where points were found last */
} xasCurve;

/** \brief Smooth data on the grid from start up to, without, stop.
 * \param energy_eV [nData] increasing, kept by reference; nData >= 5
 * \return xasErrRange for an empty grid, xasErrMemory */
xasStatus xasCurveCreate(const double *energy_eV, const double *data,
                         size_t nData, double start, double stop, double step,
                         double reach_eV, xasCurve **out);
void xasCurveDestroy(xasCurve *c);

/** \brief The energy of grid point i. */
double xasCurveX(const xasCurve *c, size_t i);

/** \brief The grid point nearest to x. */
size_t xasCurveNearest(const xasCurve *c, double x);

/** \brief A grid array (of c) at x, linear between its points. */
double xasCurveAt(const xasCurve *c, const double *v, double x);

/** \brief The weights that make y (order 0), y' (1) or y'' (2) at x from the
 * data.
 * \param[out] first, count  the data concerned
 * \return [*count], until the next call for this curve */
const double *xasCurveWeights(xasCurve *c, double x, int order, size_t *first,
                              size_t *count);

/** \brief Add factor times the weights that make y (order 0), y' (1) or
 * y'' (2) at x from the data to g [nData]. */
void xasCurveAddWeights(xasCurve *c, double x, int order, double factor,
                        double *g);

#endif
