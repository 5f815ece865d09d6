/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CUT_H
#define XAS_CUT_H

#include "xasStoreModel.h"

/** What the training spectra of models look like when they end where a running
 * scan ends now.  Keeps what it has found: it is asked every second. */
typedef struct xasCutter xasCutter;

xasStatus xasCutterCreate(xasCutter **out);
void xasCutterDestroy(xasCutter *c);
/** \brief Forget what was found for a kind: another model is used. */
void xasCutterForget(xasCutter *c, xasKind kind);

/** A running scan, for the spectra to be cut alike. */
typedef struct xasCutAt {
    xasShell shell;
    double low_eV, high_eV; /* its limits less E_r: K; low L3, high L2 */
} xasCutAt;

/** Training rows at most: points of running scans wait while they are read. */
#define XAS_CUT_MOST 400

/** What came of it. */
typedef struct xasCutFound {
    xasCutRows rows; /* owned by the cutter, until it is asked again */
    size_t alike;    /* training rows that some of these stand for */
    size_t refused;  /* rows whose spectra show no edge yet when cut there; all
                      * of a model with more than XAS_CUT_MOST */
    size_t absent;   /* rows whose scans this database does not have */
} xasCutFound;

/** \brief The training rows of a model when their spectra, read from the
 * store, are cut: each to the same limits from the E_r of its own element.
 *
 * Features of the edge that is measured are found anew, as of a running scan
 * (xasFeaturesFindRunning()); those of the other edge are the model's. Found
 * once, and again when either limit is 5 eV (beyond 50 eV: a tenth of it)
 * further out; until then the rows are of the nearer limits, so rather too
 * uncertain than too sure. Costs one reading and analysis of every training
 * scan (`make bench`).
 * \return what the store says; xasErrMemory */
xasStatus xasCutterFind(xasCutter *c, xasStore *store, const xasModelHead *head,
                        const xasModel *model, const xasCutAt *at,
                        xasCutFound *out);

#endif
