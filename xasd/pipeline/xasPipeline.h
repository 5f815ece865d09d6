/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_PIPELINE_H
#define XAS_PIPELINE_H

#include "xasJoin.h"
#include "xasScan.h"
#include "xasStore.h"

/** From a finished scan to a prediction; knows no EPICS and no libevent.
 * Holds the active models, read again when the store has changed. */
typedef struct xasPipeline xasPipeline;

typedef struct xasPipelineRules {
    double level;               /* of the interval asked for, 0.5 to 0.99 */
    const xasJoin *join;        /* this and calib: used, not owned */
    const xasCalibRules *calib; /* for scans of its station; NULL, and for
                                 * those of others: the defaults */
    const char *code;           /* version of the program, stored */
} xasPipelineRules;

/** \param store  used, not owned; must outlive it */
xasStatus xasPipelineCreate(xasStore *store, const xasPipelineRules *rules,
                            xasPipeline **out);
void xasPipelineDestroy(xasPipeline *p);

/** \brief Other rules from now on. */
void xasPipelineSetRules(xasPipeline *p, const xasPipelineRules *rules);

/** \brief Calibrate, normalise and find features: pure numbers, no store.
 *
 * The axis is moved by the calibration; the scan's channels stay as measured.
 * \param calibration  NULL: none
 *
 * Fills sample, formula, stamp, norm and features; finds the element and edge
 * if the scan does not say. Never fails for bad data: the flags say why. */
xasStatus xasPipelineAnalyse(const xasScan *scan,
                             const xasCalibration *calibration,
                             xasResult *result);

/** \brief The same of a scan that still runs: xasFeaturesFindRunning(). */
xasStatus xasPipelineAnalyseRunning(const xasScan *scan,
                                    const xasCalibration *calibration,
                                    xasResult *result);

/** \brief Predict for the sample of a stored scan (result->scan), from the
 * newest good scans of both edges, or the merged repeats of each for a model
 * trained on such, and the active models. Reads only; states
 * and reasons as in xasResult.h. */
xasStatus xasPipelinePredict(xasPipeline *p, xasResult *result);

/** \brief Store the prediction just made, and the merges it rests on, in the
 * caller's transaction. */
xasStatus xasPipelineKeep(xasPipeline *p, xasResult *result);

/** \brief Re-read the active models if another connection has written.
 * \param[out] changed  they are others than before; may be NULL */
xasStatus xasPipelineRefresh(xasPipeline *p, bool *changed);

/** \brief Predict by this model alone from now on, whatever is active.
 * \param model  its row */
xasStatus xasPipelineUseModel(xasPipeline *p, int64_t model);

/** \brief Is a model active that cannot be used, being damaged or of other
 * feature definitions?  Predictions say no model then. */
bool xasPipelineOutdated(const xasPipeline *p);

/** \brief The whole road of one scan: flag glitches, analyse, close and store
 * it with its features, predict, store the prediction.
 *
 * On xasErrBusy and xasErrIo the result is filled as far as possible, its
 * state unsaved, and the scan may be given again.
 * \param source  "live" or the file it was read from */
xasStatus xasPipelineRun(xasPipeline *p, xasScan *scan, const char *source,
                         xasResult *result);

/** \brief A prediction while the scan runs, once it is 10 eV beyond the white
 * line (K) or both (L) and 20 eV (K) or 10 eV (L) before; nothing is stored.
 * State provisional. Until a K scan has 5 points beyond E_r + 40 eV its edge
 * step is provisional, too (xasKScanOpenRunning()).
 *
 * The interval counts for each training sample how far off its value is when
 * its spectrum is cut where this one ends for now (xasCutterFind()), if that
 * is more than with the whole of it: features not reached yet, a step that is
 * off, and a normalisation and noise of fewer points widen it. For training
 * spectra that this database does not have, or that have no edge when cut
 * there, it counts what they are with the features missing that are missing
 * now; of how many it could be said otherwise the reason tells. `make bench`
 * says how often it holds.
 * \param scan  a copy: its glitches are flagged
 * \return xasErrNotFound: nothing can be said yet */
xasStatus xasPipelineProvisional(xasPipeline *p, xasScan *scan,
                                 xasResult *result);

/** \brief What the scan comes to without the store: from its own edge and the
 * models in memory, state unsaved (or why there is no value). */
xasStatus xasPipelineUnsaved(xasPipeline *p, xasScan *scan, xasResult *result);

#endif
