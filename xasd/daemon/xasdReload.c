/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdReload.h"

#include <string.h>

static xasStatus fixed(const xasConf *now, const char *station, const char *key,
                       const char *old, const char *new, xasMessage *message)
{
    if (strcmp(old, new) == 0)
        return xasOk;
    return xasFail(xasErrState, message,
                   "%s: %s%s%s: a change from \"%.80s\" to \"%.80s\" needs a "
                   "restart; nothing was changed",
                   now->file, station, station[0] ? "." : "", key, old, new);
}

static xasStatus compareStation(const xasConf *now, const xasConfStation *a,
                                const xasConfStation *b, xasMessage *message)
{
    xasStatus status =
        fixed(now, a->name, "prefix", a->prefix, b->prefix, message);

    if (status == xasOk)
        status = fixed(now, a->name, "name", a->name, b->name, message);
    if (status == xasOk)
        status = fixed(now, a->name, "record", a->record, b->record, message);
    if (status == xasOk &&
        (a->max_points != b->max_points || a->rules.shell != b->rules.shell))
        status = xasFail(xasErrState, message,
                         "%s: %s: a change of max_points or edge needs a "
                         "restart; nothing was changed",
                         now->file, a->name);
    return status;
}

static xasStatus compare(const xasConf *now, const xasConf *new,
                         xasMessage *message)
{
    xasStatus status =
        fixed(now, "", "database", now->database, new->database, message);

    if (status == xasOk)
        status = fixed(now, "", "prefix", now->prefix, new->prefix, message);
    if (status == xasOk && now->nStations != new->nStations)
        status = xasFail(xasErrState, message,
                         "%s: stations: %zu instead of %zu, which needs a "
                         "restart; nothing was changed",
                         now->file, new->nStations, now->nStations);
    for (size_t i = 0; status == xasOk && i < now->nStations; i++)
        status =
            compareStation(now, &now->station[i], &new->station[i], message);
    return status;
}

xasStatus xasdReloadRead(const xasConf *now, xasConf **out, xasMessage *message)
{
    xasConf *new = NULL;
    xasStatus status = xasConfRead(now->file, &new, message);

    if (status == xasOk)
        status = compare(now, new, message);
    if (status) {
        xasConfDestroy(new);
        return status;
    }
    *out = new;
    return xasOk;
}
