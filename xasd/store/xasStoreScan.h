/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_SCAN_H
#define XAS_STORE_SCAN_H

#include "xasResult.h"
#include "xasScan.h"
#include "xasStore.h"

/* Calls that write take part in the caller's transaction (xasStoreBegin) and
 * say xasErrState without one. */

/** \brief Open a scan: its row exists from its first moment.
 * \param[in,out] scan  its row is set */
xasStatus xasStoreScanOpen(xasStore *store, xasScan *scan);

/** \brief Add points of a running scan to the journal.
 * \param slice  its head, events and the points to add (xasScanSlice)
 * \param first  index of the first of them in the scan */
xasStatus xasStoreScanJournal(xasStore *store, int64_t row,
                              const xasScan *slice, size_t first);

/** \brief Close: arrays, events, head; the journal of it goes.
 * A scan whose row is 0 (the store was away) is inserted whole.
 * \param source  "live" or a file name */
xasStatus xasStoreScanClose(xasStore *store, xasScan *scan, const char *source);

/** \brief Scans still open, oldest first; at most max rows. */
xasStatus xasStoreScanListOpen(xasStore *store, int64_t *row, size_t max,
                               size_t *n);

/** \brief Read one back, from its journal if it is still open. */
xasStatus xasStoreScanRead(xasStore *store, int64_t row, xasScan **out);

/** \brief Spectrum, features and their flags of a scan (replaces). */
xasStatus xasStoreFeatures(xasStore *store, const xasResult *result,
                           const xasScan *scan, const char *code);
xasStatus xasStoreFeaturesRead(xasStore *store, int64_t row, xasResult *result);

/** \brief Append a prediction, caused by result->scan. */
xasStatus xasStorePrediction(xasStore *store, const xasResult *result,
                             int64_t made_ns, const char *code);

/** \brief Newest result of a station: scan, features, prediction;
 * xasErrNotFound before its first scan. */
xasStatus xasStoreLastResult(xasStore *store, const char *station,
                             xasResult *result);

/** \brief Mark a scan as rejected by the operator, or not. */
xasStatus xasStoreScanReject(xasStore *store, int64_t row, bool rejected);
/** \brief Is it?  xasErrNotFound. */
xasStatus xasStoreScanRejected(xasStore *store, int64_t row, bool *rejected);

/** \brief Give a scan and its sample another formula, in a transaction. What
 * was found by the one before stays: it is to be found again. */
xasStatus xasStoreScanFormula(xasStore *store, int64_t row,
                              const char *formula);

/** The scans that stand for a sample. */
typedef struct xasSampleScans {
    int64_t sample;       /* row, 0 for a sample without a name */
    int64_t kScan, lScan; /* newest good ones, 0 for none */
    char detectionK[16], detectionL[16];
    char formula[XAS_SAMPLE_SIZE]; /* the last given with a scan of the sample;
                                    * "" none, or the scan stands alone */
} xasSampleScans;

/** \brief Newest good scan of each edge of the sample that a scan measured, of
 * low quality only where there is no better one.
 *
 * Good: closed, not rejected, of the same element, its features without the
 * flags no_edge and wrong_element.
 * \param joinable  false: only the scan itself (no name, or one in no_join);
 *        so it is too where the name may have been cut on its way
 * \param join_days no further apart than this from the scan; 0: no limit */
xasStatus xasStoreSampleScans(xasStore *store, int64_t scanRow, bool joinable,
                              double join_days, xasSampleScans *out);

#endif
