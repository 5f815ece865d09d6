/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasEvent.h"

#include <string.h>

static const char *const names[xasRoleCount] = {
    "energy", "i0",       "i1",      "i2",      "fluor",   "tey",
    "commit", "sequence", "active",  "planned", "dwell",   "aborted",
    "sample", "formula",  "element", "edge",    "comment",
};

const char *xasRoleName(xasRole role)
{
    return (unsigned)role < xasRoleCount ? names[role] : "?";
}

xasRole xasRoleFromName(const char *name)
{
    for (int r = 0; name && r < xasRoleCount; r++)
        if (strcmp(names[r], name) == 0)
            return (xasRole)r;
    return xasRoleCount;
}

bool xasRoleIsText(xasRole role)
{
    return role >= xasRoleSample && role < xasRoleCount;
}
