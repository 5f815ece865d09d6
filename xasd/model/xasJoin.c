/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasJoin.h"

#include <stdio.h>
#include <strings.h>

void xasJoinDefaults(xasJoin *join)
{
    static const char *const never[] = { "foil", "test", "dark" };

    join->days = 0;
    join->nNever = sizeof never / sizeof *never;
    for (size_t i = 0; i < join->nNever; i++)
        (void)snprintf(join->never[i], sizeof join->never[i], "%s", never[i]);
}

bool xasJoinable(const xasJoin *join, const char *sample)
{
    for (size_t i = 0; i < join->nNever; i++)
        if (strcasecmp(sample, join->never[i]) == 0)
            return false;
    return sample[0] != '\0';
}
