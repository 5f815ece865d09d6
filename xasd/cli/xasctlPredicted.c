/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlPredicted.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasStoreSetting.h"
#include "xasVersion.h"

int xasctlPipeline(xasctl *ctl, double level, xasPipeline **out)
{
    /* Files without a station are of many monochromators. */
    static xasCalibRules files;
    static xasJoin join;
    const xasPipelineRules rules = { .level = level > 0 ? level : 0.80,
                                     .join = &join,
                                     .calib = &files,
                                     .code = XAS_VERSION };

    if (xasStoreJoinGet(ctl->store, &join) != xasOk)
        return xasctlStoreFail(ctl);
    xasCalibRulesDefaults(&files);
    (void)snprintf(files.station, sizeof files.station, "%s", XASCTL_STATION);
    files.own_only = true;
    if (xasPipelineCreate(ctl->store, &rules, out) != xasOk)
        return xasctlFail("out of memory");
    return xasctlDone;
}

static void storedText(const xasctlStored *stored, double now,
                       const char *between)
{
    if (!isfinite(stored->hf)) {
        (void)printf("stored: none%s", between);
        return;
    }
    (void)printf("stored %.1f (%s)%s", stored->hf, stored->model, between);
    if (isfinite(now))
        (void)printf("difference %+.1f%s", now - stored->hf, between);
}

static void storedJson(xasJson *j, const xasctlStored *stored, double now)
{
    xasJsonOpen(j, "stored", '{');
    xasJsonNumber(j, "hf_kJ_per_mol", stored->hf);
    xasJsonText(j, "model", stored->model[0] ? stored->model : NULL);
    xasJsonText(j, "state", stored->state[0] ? stored->state : NULL);
    xasJsonClose(j);
    xasJsonNumber(j, "difference", now - stored->hf);
}

/* What speaks for and against the value, below it. */
static void evidenceText(const xasPredicted *p)
{
    if (!isfinite(p->hf))
        return;
    (void)printf("    %s", p->because[0] ? p->because : "no feature selected");
    if (isfinite(p->hfComp))
        (void)printf("; formula alone %.1f, difference %+.1f (limit %.1f)",
                     p->hfComp, p->delta, p->deltaLimit);
    if (p->nearest[0])
        (void)printf("; nearest %s (%.1f)", p->nearest, p->nearestHf);
    if (isfinite(p->byOwn))
        (void)printf("; %+.1f per eV", p->byOwn);
    if (strchr(p->basis, ';')) /* beside the unit, what was learned */
        (void)printf("; %s", p->basis);
    (void)fputs("\n", stdout);
}

static void evidenceJson(xasJson *j, const xasPredicted *p)
{
    xasJsonNumber(j, "leverage", p->leverage);
    xasJsonText(j, "nearest", p->nearest[0] ? p->nearest : NULL);
    xasJsonNumber(j, "nearest_hf", p->nearestHf);
    xasJsonText(j, "because", p->because);
    xasJsonNumber(j, "hf_spec", p->hfSpec);
    xasJsonNumber(j, "hf_comp", p->hfComp);
    xasJsonNumber(j, "delta", p->delta);
    xasJsonNumber(j, "delta_limit", p->deltaLimit);
    xasJsonBool(j, "formula_mismatch", p->mismatch);
    xasJsonBool(j, "new_metal", p->newMetal);
    xasJsonBool(j, "new_ligand", p->newLigand);
    xasJsonNumber(j, "dhf_de_k", p->byEnergy[0]);
    xasJsonNumber(j, "dhf_de_l", p->byEnergy[1]);
}

void xasctlPredictedText(const xasResult *result, xasctlForm form,
                         const xasctlStored *stored)
{
    const xasPredicted *p = &result->predicted;
    const char *between = form == xasctlTsv ? "\t" : "  ";

    (void)printf("%lld%s%s%s%s %s%s", (long long)result->scan, between,
                 result->sample[0] ? result->sample : "-", between,
                 result->features.element[0] ? result->features.element : "-",
                 xasShellName(result->features.shell), between);
    if (isfinite(p->hf))
        (void)printf("%.1f kJ/mol [%.1f, %.1f] %.1f%%%s%s (%s)%s", p->hf, p->lo,
                     p->hi, 100 * p->level, between, xasKindName(p->kind),
                     p->modelName, between);
    if (stored)
        storedText(stored, p->hf, between);
    (void)printf("%s%s%s\n", xasPredStateName(p->state),
                 p->reason[0] ? ": " : "", p->reason);
    if (form == xasctlText)
        evidenceText(p);
}

void xasctlPredictedJson(xasJson *j, const xasResult *result, const char *file,
                         const xasctlStored *stored)
{
    const xasPredicted *p = &result->predicted;

    xasJsonOpen(j, NULL, '{');
    if (file)
        xasJsonText(j, "file", file);
    xasJsonInt(j, "scan", result->scan);
    xasJsonText(j, "sample", result->sample);
    xasJsonText(j, "formula", result->formula);
    xasJsonText(j, "element", result->features.element);
    xasJsonText(j, "edge", xasShellName(result->features.shell));
    xasJsonText(j, "flags", result->features.flags);
    xasJsonText(j, "calibration", xasCalibStateName(result->calibration.state));
    xasJsonNumber(j, "calibration_shift_eV", result->calibration.shift_eV);
    xasJsonNumber(j, "hf_kJ_per_mol", p->hf);
    xasJsonNumber(j, "lo", p->lo);
    xasJsonNumber(j, "hi", p->hi);
    xasJsonNumber(j, "level", p->level);
    xasJsonText(j, "state", xasPredStateName(p->state));
    xasJsonText(j, "reason", p->reason);
    xasJsonText(j, "kind", p->model ? xasKindName(p->kind) : NULL);
    xasJsonText(j, "model", p->model ? p->modelName : NULL);
    xasJsonText(j, "basis", p->basis[0] ? p->basis : NULL);
    xasJsonNumber(j, "distance", p->distance);
    evidenceJson(j, p);
    xasJsonInt(j, "k_scan", p->kScan);
    xasJsonInt(j, "l_scan", p->lScan);
    xasJsonNumber(j, "hf_K", p->hfOf[xasKindK]);
    xasJsonNumber(j, "hf_L", p->hfOf[xasKindL]);
    xasJsonNumber(j, "hf_K+L", p->hfOf[xasKindKL]);
    if (stored)
        storedJson(j, stored, p->hf);
    xasJsonClose(j);
}
