/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_CALIB_H
#define XAS_STORE_CALIB_H

#include "xasCalib.h"
#include "xasStore.h"

/** \brief Store how a scan's axis was moved (replaces). Writes.
 * A foil of its own is stored as measured with this scan. */
xasStatus xasStoreCalibration(xasStore *store, int64_t scan,
                              const xasCalibration *c);

/** \brief Read it; xasErrNotFound for a scan without. */
xasStatus xasStoreCalibrationRead(xasStore *store, int64_t scan,
                                  xasCalibration *out);

/** Which foil is looked for. */
typedef struct xasFoilQuery {
    const char *station;
    const char *foil; /* element */
    xasShell shell;
    int64_t before_ns; /* scans that started then, or earlier */
    double max_age_s;  /* within it this foil goes before newer ones of
                        * others; 0: any age */
} xasFoilQuery;

/** \brief The foil that counts for a scan: the newest of the same edge, else
 * the newest of all. Rejected scans are passed over.
 * \param[out] start_ns  of its scan   \return xasErrNotFound */
xasStatus xasStoreFoilLast(xasStore *store, const xasFoilQuery *query,
                           xasCalibration *out, int64_t *start_ns);

/** \brief The station's first scan of a foil: what later ones are compared
 * with by least squares. \return xasErrNotFound */
xasStatus xasStoreFoilFirst(xasStore *store, const xasFoilQuery *query,
                            xasCalibration *out);

#endif
