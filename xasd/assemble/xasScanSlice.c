/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>

#include "xasScan.h"

/* The head by =, then the new scan's own arrays back in place. */
static void copyHead(const xasScan *scan, xasScan *to)
{
    xasScan own = *to;

    *to = *scan;
    to->n = own.n;
    to->capacity = own.capacity;
    to->low_eV = own.low_eV;
    to->high_eV = own.high_eV;
    to->stamp_ns = own.stamp_ns;
    to->flags = own.flags;
    to->nEvents = own.nEvents;
    to->eventCapacity = own.eventCapacity;
    to->event = own.event;
    for (int role = 0; role < xasChannelCount; role++)
        to->channel[role] = own.channel[role];
}

xasStatus xasScanSlice(const xasScan *scan, size_t first, size_t n,
                       xasScan **out)
{
    xasScan *slice = NULL;
    xasStatus status;

    if (first > scan->n || n > scan->n - first)
        return xasErrArg;
    status = xasScanCreate(scan->channels, &slice);
    if (status)
        return status;
    copyHead(scan, slice);
    for (size_t i = first; status == xasOk && i < first + n; i++) {
        double value[xasChannelCount];

        for (int role = 0; role < xasChannelCount; role++)
            value[role] = scan->channel[role] ? scan->channel[role][i] : NAN;
        status =
            xasScanAddPoint(slice, value, scan->stamp_ns[i], scan->flags[i]);
    }
    for (size_t i = 0; status == xasOk && i < scan->nEvents; i++) {
        status =
            xasScanAddEvent(slice, scan->event[i].stamp_ns, scan->event[i].what,
                            "%s", scan->event[i].text);
        if (status == xasOk)
            slice->event[slice->nEvents - 1].point = scan->event[i].point;
    }
    if (status) {
        xasScanDestroy(slice);
        return status;
    }
    slice->start_ns = scan->start_ns; /* adding points must not move these */
    slice->end_ns = scan->end_ns;
    *out = slice;
    return xasOk;
}
