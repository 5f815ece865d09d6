/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_SAMPLE_PREDICT_H
#define XAS_SAMPLE_PREDICT_H

#include "xasModel.h"
#include "xasResult.h"
#include "xasStoreModel.h"

/** The active models, by kind; model NULL where there is none. */
typedef struct xasActive {
    xasModelHead head[xasKindCount];
    xasModel *model[xasKindCount];
    int64_t outdated[xasKindCount]; /* row that is active, but of other feature
                                     * definitions than ours; 0: none */
} xasActive;

/** One edge of a sample: its scan and what that came to, or its repeats. */
typedef struct xasSide {
    int64_t scan; /* 0: none */
    char detection[16];
    char calibration[16]; /* its kind: "none", "foil", "transferred" */
    xasFeatures features;
    bool running;    /* still measured: features may be missing for that */
    int64_t merge;   /* row of a merge that the features are of; -1: one not
                      * stored yet; 0: of the scan alone */
    char merged[96]; /* that, in words */
} xasSide;

/** Both edges, K and L. */
typedef struct xasSides {
    xasSide scan[2];    /* by one scan each */
    xasSide repeats[2]; /* merged where there are repeats; else the same */
    /* While one of them runs: training spectra cut where it ends, by kind of
     * model; NULL: none. */
    const xasCutRows *cut[xasKindCount];
} xasSides;

/** \brief Fill result->predicted from the edges there are and the models, and
 * its formula from the sample's name where none was given.
 *
 * Pure numbers. The model used is K+L if both edges and such a model are
 * there, else the one of the edge that result is about; also where one of the
 * edges was measured in another way than the K+L model knows.
 * A model trained on merged repeats takes sides->repeats.
 * \param level  of the interval asked for */
void xasSamplePredict(const xasActive *active, const xasSides *sides,
                      double level, xasResult *result);

/** \brief Why a spectrum cannot be used, "" if it can: its flags say so. */
const char *xasSampleRefused(const xasFeatures *features);

#endif
