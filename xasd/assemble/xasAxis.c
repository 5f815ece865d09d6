/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasAxis.h"

#include <math.h>

static const double hc_eVA = 12398.41984;
static const double pi = 3.14159265358979323846;

double xasAxisEnergy(double angle_deg, double d_spacing_A)
{
    /* NaN fails both */
    if (!(angle_deg > 0) || !(angle_deg < 90) || !(d_spacing_A > 0))
        return NAN;
    return hc_eVA / (2 * d_spacing_A * sin(angle_deg * pi / 180));
}

uint32_t xasAxisPoint(const xasAssemblerRules *rules, double *value)
{
    if (!xasRolesHave(rules->roles, xasRoleAngle)) {
        value[xasRoleEnergy] *= rules->energy_scale;
        return 0;
    }
    value[xasRoleEnergy] =
        xasAxisEnergy(value[xasRoleAngle], rules->d_spacing_A);
    return isfinite(value[xasRoleEnergy]) ? 0u : (uint32_t)xasPointInvalid;
}
