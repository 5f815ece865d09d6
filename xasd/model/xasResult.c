/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasResult.h"

static const char *const kinds[xasKindCount] = { "K", "L", "K+L" };

const char *xasKindName(xasKind kind)
{
    return (unsigned)kind < xasKindCount ? kinds[kind] : "";
}

xasKind xasKindFromName(const char *name)
{
    int kind = 0;

    while (kind < xasKindCount && (!name || strcmp(name, kinds[kind]) != 0))
        kind++;
    return (xasKind)kind;
}

/* EPICS severities; the numbers are the protocol's. */
enum { noAlarm, minor, major, invalid };

static const struct {
    const char *name;
    int severity;
} states[xasPredStateCount] = {
    [xasPredNone] = { "none", invalid },
    [xasPredValid] = { "valid", noAlarm },
    [xasPredSingleEdge] = { "single edge", minor },
    [xasPredSynthetic] = { "synthetic", minor },
    [xasPredPrevious] = { "previous", minor },
    [xasPredExtrapolating] = { "extrapolating", major },
    [xasPredLowQuality] = { "low quality", major },
    [xasPredUnsaved] = { "unsaved", major },
    [xasPredNoModel] = { "no model", invalid },
    [xasPredNotComputed] = { "not computed", invalid },
    [xasPredProvisional] = { "provisional", minor },
};

const char *xasPredStateName(xasPredState state)
{
    return (unsigned)state < xasPredStateCount ? states[state].name : "";
}

int xasPredStateSeverity(xasPredState state)
{
    return (unsigned)state < xasPredStateCount ? states[state].severity
                                               : invalid;
}

void xasBasisText(xasBasis basis, char out[XAS_BASIS_SIZE])
{
    bool same = basis == xasBasisFormula;

    (void)snprintf(out, XAS_BASIS_SIZE, "kJ/mol, %s%s%s",
                   xasBasisName(xasBasisFormula), same ? "" : "; by ",
                   same ? "" : xasBasisName(basis));
}

void xasPredictedClear(xasPredicted *p)
{
    memset(p, 0, sizeof *p);
    p->hf = p->lo = p->hi = p->err = p->level = p->distance = NAN;
    p->leverage = p->nearestHf = p->hfSpec = p->hfComp = NAN;
    p->delta = p->deltaLimit = p->byEnergy[0] = p->byEnergy[1] = NAN;
    p->byOwn = NAN;
    for (int i = 0; i < xasKindCount; i++)
        p->hfOf[i] = NAN;
}

void xasPredictedSay(xasPredicted *p, const char *what)
{
    const char *between = p->reason[0] ? "; " : "";
    size_t used = strlen(p->reason), room = sizeof p->reason - used;

    if (what[0] && room > strlen(between) + 1)
        (void)snprintf(p->reason + used, room, "%s%s", between, what);
}

void xasPredictedSayFirst(xasPredicted *p, const char *what)
{
    char said[XAS_REASON_SIZE];

    memcpy(said, p->reason, sizeof said);
    p->reason[0] = '\0';
    xasPredictedSay(p, what);
    xasPredictedSay(p, said);
}

int xasPredictedSeverity(const xasPredicted *p)
{
    int severity = xasPredStateSeverity(p->state);
    int least = p->calDiffers || p->mismatch || p->notHeld ? minor : noAlarm;

    least = p->least > least ? p->least : least;
    return severity > least ? severity : least;
}

bool xasPredictedSensitive(const xasPredicted *p)
{
    return 0.5 * fabs(p->byOwn) > p->err / 2;
}

void xasResultClear(xasResult *result)
{
    xasNorm *norm = &result->norm;

    memset(result, 0, sizeof *result);
    xasFeaturesClear(&result->features, "", xasShellNone);
    xasQualityClear(&result->quality);
    xasCalibClear(&result->calibration);
    norm->e0_eV = norm->edge_step = norm->pre_offset = NAN;
    norm->pre_slope_per_eV = norm->pre1_eV = norm->pre2_eV = NAN;
    norm->norm1_eV = norm->norm2_eV = NAN;
    for (int i = 0; i < 3; i++)
        norm->norm_c[i] = NAN;
    xasPredictedClear(&result->predicted);
}
