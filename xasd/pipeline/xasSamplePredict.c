/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSamplePredict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasJudge.h"

const char *xasSampleRefused(const xasFeatures *features)
{
    static const char *const fatal[] = { "no_edge", "wrong_element",
                                         "too_few_points", "rejected" };

    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (xasFlagsHave(features->flags, fatal[i]))
            return fatal[i];
    return "";
}

/* The flag for the operator. */
static const char *inWords(const char *refused)
{
    static const char *const words[][2] = {
        { "no_edge", "no edge found" },
        { "wrong_element", "the edge of another element" },
        { "too_few_points", "too few good points" },
        { "rejected", "scan rejected by the operator" }
    };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], refused) == 0)
            return words[i][1];
    return refused;
}

static bool uses(xasKind kind, int side)
{
    return kind == xasKindKL || (kind == xasKindK) == (side == 0);
}

/* The compound of the sample if the model was trained on it: then the value
 * shown must be of the fold that has not seen it. */
static const char *trainedOn(const xasModel *model, const char *formula,
                             char compound[XAS_FORMULA_TEXT])
{
    xasFormula f;

    if (!formula[0] || xasFormulaParse(formula, &f, NULL) ||
        xasFormulaCompound(&f, compound))
        return NULL;
    for (size_t i = 0; i < model->n; i++)
        if (strcmp(model->compound[i], compound) == 0)
            return compound;
    return NULL;
}

/* As a model's head has it: "transmission+yield" of two. */
static void joined(xasKind kind, const char *k, const char *l, char out[40])
{
    if (kind == xasKindKL)
        (void)snprintf(out, 40, "%s+%s", k, l);
    else
        (void)snprintf(out, 40, "%s", kind == xasKindK ? k : l);
}

static void detectionOf(xasKind kind, const xasSide *sides, char mode[40])
{
    joined(kind, sides[0].detection, sides[1].detection, mode);
}

static double *rowOf(const xasModel *model, const xasSide *sides,
                     const char *element)
{
    double *x = calloc(model->p ? model->p : 1, sizeof *x);

    for (size_t j = 0; x && j < model->p; j++) {
        xasFeatureId id = xasFeatureFromName(model->column[j]);
        int side = id != xasFeatureCount && xasFeatureShell(id) == xasShellL;

        x[j] = id == xasFeatureCount || !sides[side].scan
                   ? NAN
                   : sides[side].features.value[id];
        if (strcmp(model->column[j], "Z") == 0)
            x[j] = xasElementZ(element);
    }
    return x;
}

/* One model on the sides it needs. False with the reason when it cannot. */
static bool apply(const xasActive *active, xasKind kind, const xasSide *sides,
                  const xasCutRows *cut, const char *formula, double level,
                  xasPrediction *out, char reason[XAS_REASON_SIZE])
{
    const xasModel *model = active->model[kind];
    const char *element = sides[uses(kind, 0) ? 0 : 1].features.element;
    char compound[XAS_FORMULA_TEXT];
    char mode[40];
    double er[xasErCount];
    xasComposition of;
    xasAsked query = { .er_eV = er, .of = &of, .level = level };
    xasEdgeEnergies e;
    xasStatus status;
    double *x;

    detectionOf(kind, sides, mode);
    if (strcmp(mode, active->head[kind].detection) != 0) {
        (void)snprintf(reason, XAS_REASON_SIZE, "scan is %s, model %s", mode,
                       active->head[kind].detection);
        return false;
    }
    x = rowOf(model, sides, element);
    if (!x || xasEdgeLookUp(element, &e)) {
        (void)snprintf(reason, XAS_REASON_SIZE, "no memory or no E_r of %s",
                       element);
        free(x);
        return false;
    }
    er[xasErK] = e.k_eV;
    er[xasErL3] = e.l3_eV;
    er[xasErL2] = e.l2_eV;
    xasCompositionTry(formula, &of);
    query.x = x;
    query.compound = trainedOn(model, formula, compound);
    query.incomplete = (uses(kind, 0) && sides[0].running) ||
                       (uses(kind, 1) && sides[1].running);
    query.cut = cut;
    status = xasModelAsk(model, &query, out);
    free(x);
    if (status == xasErrState)
        (void)snprintf(reason, XAS_REASON_SIZE,
                       "the model is per %s: it needs a formula %s",
                       xasBasisName(model->options.basis),
                       model->options.basis == xasBasisMetal
                           ? "with a 3d metal"
                           : "that can be counted");
    else if (status)
        (void)snprintf(reason, XAS_REASON_SIZE,
                       "the model's features are all missing (%s)",
                       xasStatusText(status));
    return status == xasOk;
}

/* K+L where there is such a model and both edges, measured as it knows them:
 * a partner measured in another way must not take away what the scan's own
 * edge can say. */
static xasKind chooseKind(const xasActive *active, const xasSide *sides,
                          xasShell own)
{
    xasKind alone = own == xasShellK   ? xasKindK
                    : own == xasShellL ? xasKindL
                                       : xasKindCount;
    char mode[40];

    if (!sides[0].scan || !sides[1].scan || !active->model[xasKindKL])
        return alone;
    detectionOf(xasKindKL, sides, mode);
    if (strcmp(mode, active->head[xasKindKL].detection) != 0 &&
        alone != xasKindCount && active->model[alone])
        return alone;
    return xasKindKL;
}

static bool lowQuality(xasKind kind, const xasSide *sides)
{
    for (int side = 0; side < 2; side++)
        if (uses(kind, side) &&
            xasFlagsHave(sides[side].features.flags, "low_quality"))
            return true;
    return false;
}

static bool sameCalibration(const xasModelHead *head, const xasSide *sides)
{
    char mode[40];

    joined(head->kind, sides[0].calibration, sides[1].calibration, mode);
    return strcmp(mode, head->calibration) == 0;
}

/* What makes the value worse than its interval: the reason to begin with. */
static void sayAgainst(const xasPrediction *value, const xasJudgement *j,
                       xasPredicted *p)
{
    char clipped[40 + XAS_CLIPPED_SIZE] = "";

    if (p->state == xasPredLowQuality)
        xasPredictedSay(p, "points flagged or lost");
    xasPredictedSay(p, j->unseen);
    if (value->clipped[0])
        (void)snprintf(clipped, sizeof clipped, "outside training: %.60s",
                       value->clipped);
    xasPredictedSay(p, clipped);
    xasPredictedSay(p, j->doubt);
    xasPredictedSay(p, j->text);
    if (p->calDiffers)
        xasPredictedSay(p, "calibration is not the model's");
}

static void setState(const xasModelHead *head, const xasPrediction *value,
                     const xasJudgement *j, const xasSide *sides,
                     xasPredicted *p)
{
    char edges[16] = "K and L edges";

    if (head->kind != xasKindKL)
        (void)snprintf(edges, sizeof edges, "%s edge only",
                       xasKindName(head->kind));
    p->calDiffers = !sameCalibration(head, sides);
    if (lowQuality(head->kind, sides))
        p->state = xasPredLowQuality;
    else if (value->clipped[0] || p->newMetal || p->newLigand)
        p->state = xasPredExtrapolating;
    else if (head->kind != xasKindKL)
        p->state = xasPredSingleEdge;
    else
        p->state = head->synthetic ? xasPredSynthetic : xasPredValid;
    p->least = xasPredStateSeverity(p->state);
    p->reason[0] = '\0';
    sayAgainst(value, j, p);
    xasPredictedSay(p, edges);
    if (head->synthetic)
        xasPredictedSay(p, "SYNTHETIC");
    /* Words that an alarm's 38 characters cannot turn into their contrary. */
    if (value->leftOut)
        xasPredictedSay(p, "in training: left-out value");
}

/* The largest contributions in words. */
static void explain(const xasModel *model, const xasPrediction *value,
                    xasPredicted *p)
{
    size_t used = 0;

    for (size_t i = 0; i < value->nContributions; i++) {
        char text[64];
        int length =
            snprintf(text, sizeof text, "%s%.24s %+.1f", used ? ", " : "",
                     model->column[value->contribution[i].column],
                     value->contribution[i].value);

        if (length < 0 || used + (size_t)length >= sizeof p->because)
            return;
        memcpy(p->because + used, text, (size_t)length + 1);
        used += (size_t)length;
    }
}

/* Where it comes from and what speaks against it. */
static void judge(const xasModel *model, const xasPrediction *value,
                  const char *formula, const char *element, xasPredicted *p,
                  xasJudgement *j)
{
    p->leverage = value->leverage;
    p->byEnergy[0] = value->by_k_eV;
    p->byEnergy[1] = value->by_l_eV;
    p->hfSpec = value->value;
    if (value->nearest < model->n) {
        (void)snprintf(p->nearest, sizeof p->nearest, "%s",
                       model->id[value->nearest]);
        p->nearestHf = model->y[value->nearest];
    }
    explain(model, value, p);
    if (xasJudge(model, value, formula, xasElementZ(element), 0.95, j)) {
        j->unseen[0] = j->doubt[0] = j->text[0] = '\0';
        return;
    }
    p->hfComp = j->composition;
    p->delta = j->delta;
    p->deltaLimit = j->limit;
    p->mismatch = j->mismatch;
    p->notHeld = j->doubt[0] != '\0';
    p->newMetal = j->newMetal;
    p->newLigand = j->newLigand;
}

static const xasSide *sidesFor(const xasModelHead *head, const xasSides *of)
{
    return head->mergesRepeats ? of->repeats : of->scan;
}

static void useModel(const xasActive *active, xasKind kind,
                     const xasPrediction *value, const xasSide *sides,
                     const char *formula, xasPredicted *p)
{
    const xasModelHead *head = &active->head[kind];
    xasJudgement j;

    p->kind = kind;
    p->model = head->row;
    (void)snprintf(p->modelName, sizeof p->modelName, "%s", head->name);
    xasBasisText(active->model[kind]->options.basis, p->basis);
    p->nTrained = (int64_t)value->n;
    p->hf = value->value;
    p->level = value->level;
    p->distance = value->distance;
    /* An unbounded interval is unknown, not a number to draw. */
    p->lo = isfinite(value->lo) ? value->lo : NAN;
    p->hi = isfinite(value->hi) ? value->hi : NAN;
    p->err = (p->hi - p->lo) / 2;
    p->kScan = uses(kind, 0) ? sides[0].scan : 0;
    p->lScan = uses(kind, 1) ? sides[1].scan : 0;
    p->kMerge = uses(kind, 0) ? sides[0].merge : 0;
    p->lMerge = uses(kind, 1) ? sides[1].merge : 0;
    judge(active->model[kind], value, formula,
          sides[uses(kind, 0) ? 0 : 1].features.element, p, &j);
    setState(head, value, &j, sides, p);
    for (int side = 0; side < 2; side++)
        if (uses(kind, side))
            xasPredictedSay(p, sides[side].merged);
}

void xasSamplePredict(const xasActive *active, const xasSides *sides,
                      double level, xasResult *result)
{
    xasPredicted *p = &result->predicted;
    const char *refused = xasSampleRefused(&result->features);
    xasKind use = chooseKind(active, sides->scan, result->features.shell);

    xasPredictedClear(p);
    p->state = xasPredNotComputed;
    if (!result->formula[0])
        (void)snprintf(
            result->formula, sizeof result->formula, "%s",
            xasFormulaOfSample("", result->sample, result->features.element));
    if (refused[0]) {
        (void)snprintf(p->reason, sizeof p->reason, "%s", inWords(refused));
        return;
    }
    if (use == xasKindCount || !active->model[use]) {
        p->state = xasPredNoModel;
        (void)snprintf(p->reason, sizeof p->reason, "%s of %s",
                       use != xasKindCount && active->outdated[use]
                           ? "train again: old features in the model"
                           : "no active model",
                       use == xasKindCount ? "this edge" : xasKindName(use));
    }
    for (int k = 0; k < xasKindCount; k++) {
        xasPrediction value;
        char reason[XAS_REASON_SIZE] = "";
        const xasSide *of = sidesFor(&active->head[k], sides);
        bool edges = (!uses((xasKind)k, 0) || of[0].scan) &&
                     (!uses((xasKind)k, 1) || of[1].scan);

        if (!edges || !active->model[k])
            continue;
        if (apply(active, (xasKind)k, of, sides->cut[k], result->formula, level,
                  &value, reason)) {
            p->hfOf[k] = value.value;
            if ((xasKind)k == use)
                useModel(active, use, &value, of, result->formula, p);
            p->byOwn = p->byEnergy[result->features.shell == xasShellL];
        } else if ((xasKind)k == use) {
            memcpy(p->reason, reason, sizeof p->reason);
        } else if (k == xasKindKL) { /* the last kind: a reason is there */
            xasPredictedSay(p, reason);
        }
    }
}
