/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans made from known curves, with counting noise of a fixed seed. */
#ifndef MADE_SCAN_H
#define MADE_SCAN_H

#include "madeRandom.h"
#include "xasFeatures.h"

/** A curve of mu; energies relative to the iron edge at 7112 or 706.8 eV. */
typedef struct madeCurve {
    xasShell shell;
    double shift_eV; /* of everything */
    double offset, slope_per_eV;
    double step;                           /* K: edge step; L: jump behind L2 */
    double white_eV, white, whiteWidth_eV; /* K white line; L3 */
    double second_eV, second;              /* K pre-edge; L: second at L3 */
    double shoulder;                       /* K, half way up the edge; L: L2 */
    double post;                           /* K, 9 eV behind the white line */
} madeCurve;

/** \brief A usual one: iron chloride. */
void madeCurveDefaults(xasShell shell, madeCurve *c);
double madeMu(const madeCurve *c, double e_eV);

/** Raw channels on the heap. */
typedef struct madeScan {
    xasDetection detection;
    size_t n;
    double *e, *i0, *signal;
} madeScan;

/** \brief An empty one for n points; aborts without memory. */
void madeScanInit(madeScan *s, xasDetection detection, size_t n);
void madeScanClear(madeScan *s);
/** \brief Steps as people scan: fine at the edge, coarse elsewhere.
 * \param fine_eV  spacing at the edge   \return points, at most s->n */
size_t madeScanAxis(madeScan *s, xasShell shell, double fine_eV);
/** \brief Even spacing over the whole range. */
void madeScanEven(madeScan *s, double lo_eV, double hi_eV);
/** \brief Fill i0 and signal, noise by counts of i0; for mu itself there is
 * none.   \param r  NULL: exact counts */
void madeScanCount(madeScan *s, const madeCurve *c, double counts,
                   madeRandom *r);
/** \brief Features of it. */
xasStatus madeScanFind(const madeScan *s, const char *element, xasShell shell,
                       const char *formula, xasFeatures *out);

#endif
