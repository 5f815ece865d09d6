/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasEvent.h"

#include <string.h>

static const char *const plain[] = {
    "energy", "i0", "i1", "i2", "fluor", "tey", "angle",
};

#define ELEMENTS(X)                                                            \
    X "1", X "2", X "3", X "4", X "5", X "6", X "7", X "8", X "9", X "10",     \
        X "11", X "12", X "13", X "14", X "15", X "16", X "17", X "18",        \
        X "19", X "20", X "21", X "22", X "23", X "24", X "25", X "26",        \
        X "27", X "28", X "29", X "30", X "31", X "32"

static const char *const elements[] = { ELEMENTS("fluor"), ELEMENTS("icr"),
                                        ELEMENTS("ocr") };

static const char *const others[] = {
    "commit",       "sequence", "active",  "planned", "dwell", "aborted",
    "ring_current", "shutter",  "inhibit", "valid",   "data",  "sample",
    "formula",      "element",  "edge",    "comment",
};

_Static_assert(sizeof plain / sizeof *plain == xasRoleRoi, "a name each");
_Static_assert(sizeof elements / sizeof *elements ==
                   xasChannelCount - xasRoleRoi,
               "a name each");
_Static_assert(sizeof others / sizeof *others == xasRoleCount - xasChannelCount,
               "a name each");
_Static_assert(xasRoleCount <= 128, "a bit each");

const char *xasRoleName(xasRole role)
{
    if ((unsigned)role < xasRoleRoi)
        return plain[role];
    if ((unsigned)role < xasChannelCount)
        return elements[role - xasRoleRoi];
    return (unsigned)role < xasRoleCount ? others[role - xasChannelCount] : "?";
}

xasRole xasRoleFromName(const char *name)
{
    for (int r = 0; name && r < xasRoleCount; r++)
        if (strcmp(xasRoleName((xasRole)r), name) == 0)
            return (xasRole)r;
    return xasRoleCount;
}

bool xasRoleIsText(xasRole role)
{
    return role >= xasRoleSample && role < xasRoleCount;
}
