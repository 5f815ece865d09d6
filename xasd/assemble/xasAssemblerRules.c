/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasAssemblerParts.h"

#include <string.h>

static const char *const modes[xasModeCount] = { "step", "continuous",
                                                 "array" };

const char *xasModeName(xasMode mode)
{
    return (unsigned)mode < xasModeCount ? modes[mode] : "?";
}

void xasAssemblerRulesDefaults(xasAssemblerRules *rules)
{
    memset(rules, 0, sizeof *rules);
    rules->detection = xasDetectTransmission;
    rules->energy_scale = 1;
    rules->point_timeout_s = 2;
    rules->scan_timeout_s = 300;
    rules->resume_gap_s = 60;
    rules->clock_tolerance_s = 60;
    rules->idle_s = 30;
    rules->return_eV = 5;
    rules->array_timeout_s = 10;
    rules->pace = xasRoleCount;
}

xasRoles xasAssemblerNeeds(xasDetection detection)
{
    xasRoles needed = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0);

    switch (detection) {
    case xasDetectTransmission: return needed | xasRoleBit(xasRoleI1);
    case xasDetectFluorescence: return needed | xasRoleBit(xasRoleFluor);
    case xasDetectYield: return needed | xasRoleBit(xasRoleTey);
    case xasDetectMu: break;
    }
    return 0;
}

xasStatus xasAssemblerRulesCheck(const xasAssemblerRules *rules,
                                 xasMessage *message)
{
    xasRoles needed = xasAssemblerNeeds(rules->detection);

    if (!rules->station[0])
        return xasFail(xasErrArg, message, "the station has no name");
    if (!needed)
        return xasFail(xasErrArg, message,
                       "detection must be transmission, fluorescence or "
                       "yield");
    if ((unsigned)rules->mode >= xasModeCount)
        return xasFail(xasErrArg, message,
                       "station %s: mode must be step, continuous or array",
                       rules->station);
    if (rules->mode == xasModeContinuous &&
        (!(rules->rebin_eV >= 0) || !(rules->idle_s >= 0) ||
         (rules->pace != xasRoleCount &&
          (rules->pace >= xasChannelCount ||
           !xasRolesHave(rules->roles, (int)rules->pace)))))
        return xasFail(xasErrArg, message,
                       "station %s: bins and idle time must be numbers above "
                       "(or at) 0, the pace a channel with a PV",
                       rules->station);
    for (int r = 0; r < xasRoleCount; r++)
        if (xasRolesHave(needed & ~rules->roles, r))
            return xasFail(xasErrNotFound, message,
                           "station %s needs a PV for the role %s",
                           rules->station, xasRoleName((xasRole)r));
    if (rules->required & ~rules->roles)
        return xasFail(xasErrArg, message,
                       "station %s requires a role that has no PV",
                       rules->station);
    if (rules->mode == xasModeStep &&
        !xasRolesHave(rules->roles, xasRoleActive) &&
        (!(rules->idle_s > 0) || !(rules->return_eV > 0)))
        return xasFail(xasErrArg, message,
                       "station %s has no PV for the role active: idle_s and "
                       "return_eV must be above 0",
                       rules->station);
    if (!(rules->energy_scale > 0) || !(rules->point_timeout_s > 0) ||
        !(rules->scan_timeout_s >= 0) || !(rules->resume_gap_s >= 0) ||
        !(rules->clock_tolerance_s > 0) || !(rules->i0_min >= 0) ||
        !(rules->dead_time_s >= 0) || !(rules->ring_min_mA >= 0) ||
        !(rules->array_timeout_s > 0))
        return xasFail(xasErrArg, message,
                       "station %s: energy scale, time-outs, clock tolerance "
                       "and least I0 must be numbers above (or at) 0",
                       rules->station);
    return xasOk;
}
