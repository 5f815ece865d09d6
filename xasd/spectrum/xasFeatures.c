/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

#include "xasFeatureK.h"
#include "xasFeatureL.h"
#include "xasFormula.h"

void xasFeaturesClear(xasFeatures *out, const char *element, xasShell shell)
{
    memset(out, 0, sizeof *out);
    strncpy(out->element, element, sizeof out->element - 1);
    out->shell = shell;
    out->step_or_jump = out->sigma = NAN;
    out->e0_deriv_eV = out->pre_limit = NAN;
    out->before = out->behind = (xasFit){ NAN, NAN, -1 };
    for (int id = 0; id < xasFeatureCount; id++)
        out->value[id] = out->error[id] = NAN;
}

static xasStatus find(const xasSpectrum *s, const char *element, xasShell shell,
                      const char *formula, bool running, xasFeatures *out)
{
    xasEdgeEnergies er;
    xasFeatures found;
    xasFormula parsed;
    const xasFormula *known = NULL;
    xasStatus status = xasErrArg;

    if (!s || !element || !out || xasEdgeLookUp(element, &er))
        return xasErrArg;
    if (formula && formula[0] &&
        xasFormulaParse(formula, &parsed, NULL) == xasOk)
        known = &parsed;
    xasFeaturesClear(&found, element, shell);
    if (shell == xasShellK && isfinite(er.k_eV))
        status = xasFeatureKFind(s, element, er.k_eV, known, running, &found);
    else if (shell == xasShellL && isfinite(er.l3_eV) && isfinite(er.l2_eV))
        status = xasFeatureLFind(s, element, &er, known, &found);
    if (!status)
        *out = found;
    return status;
}

xasStatus xasFeaturesFind(const xasSpectrum *s, const char *element,
                          xasShell shell, const char *formula, xasFeatures *out)
{
    return find(s, element, shell, formula, false, out);
}

xasStatus xasFeaturesFindRunning(const xasSpectrum *s, const char *element,
                                 xasShell shell, const char *formula,
                                 xasFeatures *out)
{
    return find(s, element, shell, formula, true, out);
}
