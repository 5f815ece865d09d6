/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <string.h>

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

static void widen(xasScan *slice, double energy_eV)
{
    if (!(slice->low_eV <= energy_eV)) /* or NaN: there was none */
        slice->low_eV = energy_eV;
    if (!(slice->high_eV >= energy_eV))
        slice->high_eV = energy_eV;
}

/* Column by column: point by point, xasScanAddPoint would search what each
 * supersedes, which is known, and a running scan is copied in the loop. */
static void copyPoints(const xasScan *scan, size_t first, xasScan *slice)
{
    const double *energy = slice->channel[xasRoleEnergy];

    for (int role = 0; role < xasChannelCount; role++) {
        double *to = slice->channel[role];

        if (to && scan->channel[role])
            memcpy(to, scan->channel[role] + first, slice->n * sizeof *to);
        for (size_t i = 0; to && !scan->channel[role] && i < slice->n; i++)
            to[i] = NAN;
    }
    memcpy(slice->stamp_ns, scan->stamp_ns + first,
           slice->n * sizeof *slice->stamp_ns);
    memcpy(slice->flags, scan->flags + first, slice->n * sizeof *slice->flags);
    for (size_t i = 0; energy && i < slice->n; i++)
        if (isfinite(energy[i]))
            widen(slice, energy[i]);
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
    if (n) {
        status = xasScanReserve(slice, n);
        slice->n = status ? 0 : n;
    }
    if (slice->n)
        copyPoints(scan, first, slice);
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
    *out = slice;
    return xasOk;
}
