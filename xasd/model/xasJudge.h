/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_JUDGE_H
#define XAS_JUDGE_H

#include "xasModel.h"

#define XAS_JUDGEMENT_SIZE 160

/** What a sample's formula says about its prediction. */
typedef struct xasJudgement {
    double composition; /* its value by the formula alone, kJ/mol; without the
                         * sample's own compound; NaN: not known */
    double delta;       /* predicted less that */
    double limit;       /* `level' of the training compounds differ by less;
                         * NaN: not known */
    double level;       /* real one, k/(N+1) */
    bool mismatch;      /* |delta| > limit: wrong sample, oxidised, hydrated? */
    bool newMetal, newLigand; /* not seen in training, that of the value: the
                               * sample's own compound left out if it is */
    char unseen[64]; /* these in words, "no Mn in training; no iodide in
                      * training"; "" for none */
    char doubt[32];  /* of a formula that xasFormulaHolds() refuses, "no Ni in
                      * the formula"; "" for none */
    char text[XAS_JUDGEMENT_SIZE]; /* of a mismatch, "formula_mismatch: ...";
                                    * "" without */
} xasJudgement;

/** \brief Hold a prediction against the formula of its sample.
 * \param formula  of the sample, "" unknown
 * \param z        of the absorber, 0 unknown
 * \param level    of agreement asked for, such as 0.95; the greatest there is
 *                 if the training is too small for it */
xasStatus xasJudge(const xasModel *model, const xasPrediction *prediction,
                   const char *formula, int z, double level, xasJudgement *out);

/** \brief For xasModelFinish(): the compositions, the scale and base that the
 * options ask for, and what the formulas predict with each fold left out. */
xasStatus xasJudgeFinish(xasModel *model);

#endif
