/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdItemLink.h"

#include <stdio.h>
#include <string.h>

#include <dbCommon.h>
#include <errlog.h>
#include <link.h>

#include "xasdSnapshot.h"

long xasdItemLinkParse(struct dbCommon *record, const struct link *link,
                       size_t *index, char *item, size_t itemSize)
{
    const char *text = link->value.instio.string;
    const char *space = text ? strchr(text, ' ') : NULL;
    char station[32];

    if (link->type != INST_IO || !space ||
        (size_t)(space - text) >= sizeof station ||
        strlen(space + 1) >= itemSize || !space[1]) {
        errlogSevPrintf(errlogFatal,
                        "xasd: %s: link \"%s\" is not \"@STATION item\"\n",
                        record->name, text ? text : "");
        return -1;
    }
    (void)snprintf(station, sizeof station, "%.*s", (int)(space - text), text);
    (void)snprintf(item, itemSize, "%s", space + 1);
    *index = xasdSnapshotFind(station);
    if (*index == (size_t)-1) {
        errlogSevPrintf(errlogFatal, "xasd: %s: no station \"%s\"\n",
                        record->name, station);
        return -1;
    }
    return 0;
}
