/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_RESULT_H
#define XAS_RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "xasCalib.h"
#include "xasFeatures.h"
#include "xasModel.h"
#include "xasNorm.h"
#include "xasQuality.h"

/** A sample's name: 255 bytes of UTF-8 and the end. */
#define XAS_SAMPLE_SIZE 256
#define XAS_REASON_SIZE 256

/** Which features a model uses. */
typedef enum xasKind { xasKindK, xasKindL, xasKindKL, xasKindCount } xasKind;

/** \brief "K", "L", "K+L". */
const char *xasKindName(xasKind kind);
/** \brief The reverse; xasKindCount for any other word. */
xasKind xasKindFromName(const char *name);

/** What a prediction is worth; the alarm of Pred:Hf follows from it. */
typedef enum xasPredState {
    xasPredNone,          /* nothing yet                      INVALID */
    xasPredValid,         /* K+L, inside the model            NO_ALARM */
    xasPredSingleEdge,    /* one edge only                    MINOR */
    xasPredSynthetic,     /* the model knows synthetic data   MINOR */
    xasPredPrevious,      /* another scan has started since   MINOR */
    xasPredExtrapolating, /* outside the training range       MAJOR */
    xasPredLowQuality,    /* too many flagged points          MAJOR */
    xasPredUnsaved,       /* the store did not take it yet    MAJOR */
    xasPredNoModel,       /* none active for this edge        INVALID */
    xasPredNotComputed,   /* no features, or a fault          INVALID */
    xasPredProvisional,   /* of a scan that still runs        MINOR */
    xasPredStateCount
} xasPredState;

/** \brief Words for menus and tables: "single edge". */
const char *xasPredStateName(xasPredState state);
/** \brief EPICS severity 0..3 that it deserves. */
int xasPredStateSeverity(xasPredState state);

/** A line that even a plain EPICS string can hold. */
#define XAS_BASIS_SIZE 40

/** A predicted enthalpy of formation and all that it rests on. */
typedef struct xasPredicted {
    xasPredState state;
    char reason[XAS_REASON_SIZE]; /* for the operator: what is worst first,
                                   * an alarm's text has 38 characters */
    int least; /* EPICS severity that what is known against it deserves,
                * whatever the state: provisional may hide extrapolating */
    double hf, lo, hi, err;    /* kJ/mol; err = (hi-lo)/2; NaN unknown */
    double level;              /* real coverage level of [lo, hi] */
    double hfOf[xasKindCount]; /* by each active model, NaN without */
    xasKind kind;              /* of the model used */
    int64_t model;             /* its row, 0 for none */
    char modelName[64];
    char basis[XAS_BASIS_SIZE]; /* xasBasisText(), "" without a value */
    int64_t nTrained;
    double distance;
    double leverage;               /* 1/N at the centre of training */
    char nearest[XAS_SAMPLE_SIZE]; /* training sample, "" none */
    double nearestHf;              /* its tabulated value, kJ/mol */
    double hfSpec;                 /* by the spectrum: hf, while the published
                                    * model uses the spectrum alone */
    double hfComp;                 /* by the formula alone; NaN unknown */
    double delta, deltaLimit;      /* hfSpec - hfComp; 95 % of the training
                                    * compounds stay within the limit */
    bool mismatch;                 /* |delta| > deltaLimit: MINOR at least,
                                    * and the reason says formula_mismatch */
    bool notHeld;                  /* the formula cannot be read, or is without
                                    * the scanned element: MINOR at least, and
                                    * the reason says which */
    bool newMetal, newLigand;      /* never trained on: extrapolating, and the
                                    * reason says which */
    double byEnergy[2];            /* kJ/mol per eV that the K, the L energies
                                    * are too high: calibration error */
    double byOwn;                  /* that of the result's own edge */
    char because[XAS_REASON_SIZE]; /* "wl_de -120.3, pre_ri +33.1" */
    int64_t kScan, lScan;          /* scan rows used, 0 for none */
    int64_t kMerge, lMerge; /* merges that the features are of, in place of
                             * these scans'; 0: none; -1: not stored yet */
    bool calDiffers;        /* the model's scans were calibrated otherwise:
                             * MINOR at least, and the reason says so */
} xasPredicted;

/** \brief Nothing predicted yet: numbers NaN, texts empty. */
void xasPredictedClear(xasPredicted *p);
/** \brief One more thing for the reason, behind or in front of the others; as
 * much of it all as there is room for. */
void xasPredictedSay(xasPredicted *p, const char *what);
void xasPredictedSayFirst(xasPredicted *p, const char *what);
/** \brief EPICS severity 0..3 of the value: by the state and all that is known
 * against it. */
int xasPredictedSeverity(const xasPredicted *p);
/** \brief Would an error of 0.5 eV in this edge's energies move the value by
 * more than half of err?  False where either is unknown. */
bool xasPredictedSensitive(const xasPredicted *p);

/** \brief What a value is counted for, and what its model learned where that
 * is something else: "kJ/mol, formula unit; by metal atom". */
void xasBasisText(xasBasis basis, char out[XAS_BASIS_SIZE]);

/** All that a finished scan came to; published and stored. */
typedef struct xasResult {
    int64_t scan;     /* row in the store, 0: unsaved */
    int64_t stamp_ns; /* of the scan's last point, Unix */
    char sample[XAS_SAMPLE_SIZE];
    char formula[XAS_SAMPLE_SIZE];
    xasCalibration calibration; /* norm and features are behind it */
    int haveNorm;
    xasNorm norm; /* valid if haveNorm */
    xasFeatures features;
    xasQuality quality;
    xasPredicted predicted;
} xasResult;

/** \brief A result that knows nothing: NaN everywhere, state none. */
void xasResultClear(xasResult *result);

#endif
