/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdItems.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <epicsTime.h>

typedef struct entry {
    const char *name;
    xasdItem item;
} entry;

#define ITEM(name, type, part, field)                                          \
    {                                                                          \
        name,                                                                  \
        {                                                                      \
            xasdItem##type, xasdPart##part, offsetof(xasdSnapshot, field),     \
                false, false, false, false                                     \
        }                                                                      \
    }
#define GRADED(name, type, field)                                              \
    {                                                                          \
        name,                                                                  \
        {                                                                      \
            xasdItem##type, xasdPartPredicted, offsetof(xasdSnapshot, field),  \
                false, true, false, false                                      \
        }                                                                      \
    }
/* Unknown where it does not apply, which is no fault. */
#define EVIDENCE(name, type, field)                                            \
    {                                                                          \
        name,                                                                  \
        {                                                                      \
            xasdItem##type, xasdPartPredicted,                                 \
                offsetof(xasdSnapshot, result.predicted.field), true, false,   \
                false, false                                                   \
        }                                                                      \
    }
/* The same, with an alarm of its own. */
#define DOUBTED(name, type, field)                                             \
    {                                                                          \
        name,                                                                  \
        {                                                                      \
            xasdItem##type, xasdPartPredicted,                                 \
                offsetof(xasdSnapshot, result.predicted.field), true, false,   \
                false, true                                                    \
        }                                                                      \
    }
#define CALIB(name, type, field)                                               \
    {                                                                          \
        name,                                                                  \
        {                                                                      \
            xasdItem##type, xasdPartResult,                                    \
                offsetof(xasdSnapshot, result.calibration.field), false,       \
                false, true, false                                             \
        }                                                                      \
    }

static const entry items[] = {
    ITEM("live.energy", Array, Live, liveEnergy),
    ITEM("live.mu", Array, Live, liveMu),
    ITEM("live.i0", Array, Live, liveI0),
    ITEM("live.commit", Count, Live, liveCommit),
    ITEM("scan.state", Menu, Scan, state),
    ITEM("scan.mode", Text, Scan, mode),
    ITEM("scan.direction", Text, Scan, direction),
    ITEM("scan.lag", Number, Scan, scanLag_ms),
    ITEM("scan.left_out", Text, Scan, leftOut),
    ITEM("scan.uid", Text, Scan, uid),
    ITEM("scan.start", Text, Scan, start),
    ITEM("scan.exit", Menu, Scan, exit),
    ITEM("scan.reason", Text, Scan, reason),
    ITEM("scan.points", Count, Scan, points),
    ITEM("scan.planned", Count, Scan, planned),
    ITEM("scan.flagged", Count, Scan, flagged),
    ITEM("scan.lost", Count, Scan, lost),
    ITEM("scan.progress", Number, Scan, progress),
    ITEM("scan.elapsed", Number, Scan, elapsed_s),
    ITEM("sample.name", Text, Scan, sample),
    ITEM("sample.formula", Text, Scan, formula),
    ITEM("sample.element", Text, Scan, element),
    ITEM("sample.edge", Text, Scan, edge),
    ITEM("sample.comment", Text, Scan, comment),
    ITEM("ca.connected", Count, Ca, connected),
    ITEM("ca.expected", Count, Ca, expected),
    ITEM("ca.reconnects", Count, Ca, reconnects),
    ITEM("ca.lost", Count, Ca, eventsLost),
    ITEM("ca.lag", Number, Ca, lag_s),
    ITEM("ca.missing", Text, Ca, missing),
    ITEM("scan.number", Count, Saved, number),
    ITEM("scan.saved", Count, Saved, saved),
    ITEM("last.energy", Array, Result, lastEnergy),
    ITEM("last.norm", Array, Result, lastNorm),
    ITEM("last.flat", Array, Result, lastFlat),
    ITEM("last.scan", Count, Result, result.scan),
    CALIB("cal.shift", Number, shift_eV),
    CALIB("cal.error", Number, error_eV),
    CALIB("cal.age", Number, age_s),
    CALIB("cal.measured", Number, measured_eV),
    ITEM("cal.status", Menu, Result, result.calibration.state),
    ITEM("cal.foil", Text, Result, result.calibration.foil),
    ITEM("cal.reason", Text, Result, result.calibration.reason),
    ITEM("feat.e0", Number, Result, result.norm.e0_eV),
    ITEM("feat.edge_step", Number, Result, result.norm.edge_step),
    ITEM("feat.pre_slope", Number, Result, result.norm.pre_slope_per_eV),
    ITEM("feat.pre_offset", Number, Result, result.norm.pre_offset),
    ITEM("feat.flags", Text, Result, result.features.flags),
    ITEM("q.score", Number, Result, result.quality.score),
    ITEM("q.snr", Number, Result, result.quality.snr),
    ITEM("q.glitches", Count, Result, result.quality.glitches),
    ITEM("q.glitches_i0", Count, Result, result.quality.glitchesI0),
    ITEM("q.i0_min", Number, Result, result.quality.i0Min),
    ITEM("q.reason", Text, Result, result.quality.reason),
    GRADED("pred.hf", Number, result.predicted.hf),
    GRADED("pred.lo", Number, result.predicted.lo),
    GRADED("pred.hi", Number, result.predicted.hi),
    GRADED("pred.err", Number, result.predicted.err),
    ITEM("pred.level", Number, Predicted, result.predicted.level),
    ITEM("pred.distance", Number, Predicted, result.predicted.distance),
    ITEM("pred.hf_k", Number, Predicted, result.predicted.hfOf[xasKindK]),
    ITEM("pred.hf_l", Number, Predicted, result.predicted.hfOf[xasKindL]),
    ITEM("pred.hf_kl", Number, Predicted, result.predicted.hfOf[xasKindKL]),
    GRADED("pred.state", Menu, result.predicted.state),
    ITEM("pred.reason", Text, Predicted, result.predicted.reason),
    ITEM("pred.model", Text, Predicted, result.predicted.modelName),
    ITEM("pred.n", Count, Predicted, result.predicted.nTrained),
    ITEM("pred.k_scan", Count, Predicted, result.predicted.kScan),
    ITEM("pred.l_scan", Count, Predicted, result.predicted.lScan),
    ITEM("pred.sample", Text, Predicted, result.sample),
    ITEM("pred.formula", Text, Predicted, result.formula),
    ITEM("pred.age", Age, Age, predicted_ns),
    ITEM("pred.scan", Count, Commit, result.scan),
    EVIDENCE("pred.hf_spec", Number, hfSpec),
    EVIDENCE("pred.hf_comp", Number, hfComp),
    DOUBTED("pred.delta", Number, delta),
    EVIDENCE("pred.delta_limit", Number, deltaLimit),
    DOUBTED("pred.dhf_de", Number, byOwn),
    EVIDENCE("pred.leverage", Number, leverage),
    EVIDENCE("pred.nearest_hf", Number, nearestHf),
    EVIDENCE("pred.nearest", Text, nearest),
    EVIDENCE("pred.because", Text, because),
    EVIDENCE("pred.basis", Text, basis),
    ITEM("daemon.heartbeat", Count, Daemon, heartbeat),
    ITEM("daemon.version", Text, Daemon, version),
    ITEM("db.state", Menu, Store, storeState),
    ITEM("db.text", Text, Store, storeText),
    ITEM("db.bytes", Count, Store, storeBytes),
    ITEM("db.queue", Count, Store, storeQueue),
    ITEM("db.write_ms", Number, Store, writeMs),
    ITEM("db.disk_free", Count, Store, diskFree),
};

/* "feat.wl_e", "feat.wl_e.err": one entry per feature needs no table. */
static bool findFeature(const char *name, xasdItem *out)
{
    char feature[32];
    const char *tail = strstr(name, ".err");
    size_t length = tail ? (size_t)(tail - name) : strlen(name);
    xasFeatureId id;

    if (length >= sizeof feature || (tail && tail[4]))
        return false;
    (void)snprintf(feature, sizeof feature, "%.*s", (int)length, name);
    id = xasFeatureFromName(feature);
    if (id == xasFeatureCount)
        return false;
    out->type = xasdItemNumber;
    out->part = xasdPartResult;
    out->offset = (tail ? offsetof(xasdSnapshot, result.features.error)
                        : offsetof(xasdSnapshot, result.features.value)) +
                  (size_t)id * sizeof(double);
    out->feature = true;
    out->graded = out->calib = out->doubted = false;
    return true;
}

xasStatus xasdItemFind(const char *name, xasdItem *out)
{
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        if (strcmp(items[i].name, name) == 0) {
            *out = items[i].item;
            return xasOk;
        }
    }
    if (strncmp(name, "feat.", 5) == 0 && findFeature(name + 5, out))
        return xasOk;
    return xasErrNotFound;
}

double xasdItemAge_s(const xasdSnapshot *s)
{
    epicsTimeStamp now;
    double age_s;

    if (!s->known[xasdPartAge] || !isfinite(s->result.predicted.hf) ||
        epicsTimeGetCurrent(&now))
        return NAN;
    age_s = (double)now.secPastEpoch + POSIX_TIME_AT_EPICS_EPOCH +
            now.nsec / 1e9 - (double)s->predicted_ns / 1e9;
    return fmax(age_s, 0);
}

/* A spectrum that yields no features at all is broken; one without a shoulder
 * is not. */
static bool spectrumBroken(const char *flags)
{
    return xasFlagsHave(flags, "no_edge") ||
           xasFlagsHave(flags, "wrong_element") ||
           xasFlagsHave(flags, "too_few_points");
}

static void gradePrediction(const xasPredicted *p, bool nan, xasdGrade *out)
{
    out->severity = nan ? 3 : xasPredictedSeverity(p);
    out->undefined = nan;
    (void)snprintf(out->text, sizeof out->text, "%s",
                   nan && isfinite(p->hf) ? "interval has no end" : p->reason);
}

/* Evidence that itself tells whether to believe the value. */
static void gradeEvidence(const xasdItem *item, const xasPredicted *p,
                          xasdGrade *out)
{
    if (item->offset == offsetof(xasdSnapshot, result.predicted.delta)) {
        out->severity = p->mismatch;
        (void)snprintf(out->text, sizeof out->text, "formula_mismatch");
    } else {
        out->severity = xasPredictedSensitive(p);
        (void)snprintf(out->text, sizeof out->text,
                       "0.5 eV move Hf by %.1f > HfErr / 2",
                       0.5 * fabs(p->byOwn));
    }
}

/* The worker marks the prediction itself as well. */
static void gradeAge(const xasdSnapshot *s, bool nan, xasdGrade *out)
{
    bool stale = s->staleAfter_s > 0 && xasdItemAge_s(s) > s->staleAfter_s;

    out->undefined = nan;
    out->severity = nan ? 3 : stale;
    (void)snprintf(out->text, sizeof out->text, "%s",
                   nan ? "no prediction" : "older than stale_after_s");
}

/* Without a foil there is no age: that is so, not broken. */
static void gradeCalibration(const xasCalibration *c, xasdGrade *out)
{
    out->severity = xasCalibStateSeverity(c->state);
    if (out->severity)
        (void)snprintf(out->text, sizeof out->text, "%s",
                       c->reason[0] ? c->reason : xasCalibStateName(c->state));
}

void xasdItemGrade(const xasdItem *item, const xasdSnapshot *s, bool nan,
                   xasdGrade *out)
{
    const char *flags = s->result.features.flags;

    out->severity = 0;
    out->undefined = false;
    out->text[0] = '\0';
    if (!s->known[item->part]) {
        out->severity = 3;
        out->undefined = true;
        (void)snprintf(out->text, sizeof out->text, "no result yet");
    } else if (item->graded) {
        gradePrediction(&s->result.predicted, nan, out);
    } else if (item->type == xasdItemAge) {
        gradeAge(s, nan, out);
    } else if (item->calib) {
        gradeCalibration(&s->result.calibration, out);
    } else if ((item->part == xasdPartResult ||
                item->part == xasdPartPredicted) &&
               nan && !item->feature) {
        out->severity = 3;
        out->undefined = true;
        (void)snprintf(out->text, sizeof out->text, "not computed");
    } else if (item->doubted) {
        gradeEvidence(item, &s->result.predicted, out);
    } else if (item->feature && spectrumBroken(flags)) {
        out->severity = 3;
        out->undefined = true;
        (void)snprintf(out->text, sizeof out->text, "%s", flags);
    }
}
