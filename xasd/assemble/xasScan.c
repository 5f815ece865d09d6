/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasScan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const size_t eventsMax = 1000;

static const char *const exitNames[xasExitCount] = {
    "running", "complete",  "aborted", "interrupted",
    "timeout", "beam_lost", "lossy",
};

static const struct {
    uint32_t flag;
    const char *name;
} flagNames[] = {
    { xasPointInvalid, "invalid" }, { xasPointDisconnected, "disconnected" },
    { xasPointLate, "late" },       { xasPointDuplicate, "duplicate" },
    { xasPointLowI0, "low_i0" },    { xasPointStampBad, "stamp_bad" },
    { xasPointGlitch, "glitch" },   { xasPointGlitchI0, "glitch_i0" },
    { xasPointNoBeam, "no_beam" },  { xasPointElement, "element" },
};

const char *xasExitName(xasExit exit)
{
    return (unsigned)exit < xasExitCount ? exitNames[exit] : "?";
}

void xasPointFlagsText(uint32_t flags, char *out, size_t size)
{
    size_t used = 0;

    if (!size)
        return;
    out[0] = 0;
    for (size_t i = 0; i < sizeof flagNames / sizeof *flagNames; i++) {
        size_t length = strlen(flagNames[i].name) + (used > 0);

        if (!(flags & flagNames[i].flag) || used + length >= size)
            continue;
        (void)snprintf(out + used, size - used, "%s%s", used ? ";" : "",
                       flagNames[i].name);
        used += length;
    }
}

xasStatus xasScanCreate(xasRoles channels, xasScan **out)
{
    xasScan *scan = calloc(1, sizeof *scan);

    if (!scan)
        return xasErrMemory;
    scan->channels = channels & XAS_ROLES_CHANNELS;
    scan->sequence = -1;
    scan->lag_s = scan->low_eV = scan->high_eV = NAN;
    *out = scan;
    return xasOk;
}

void xasScanDestroy(xasScan *scan)
{
    if (!scan)
        return;
    for (int c = 0; c < xasChannelCount; c++)
        free(scan->channel[c]);
    free(scan->stamp_ns);
    free(scan->flags);
    free(scan->event);
    free(scan);
}

/* array: the address of any pointer to objects */
static bool grown(void *array, size_t count, size_t size)
{
    void *old, *bigger;

    memcpy(&old, array, sizeof old);
    bigger = realloc(old, count * size);
    if (bigger)
        memcpy(array, &bigger, sizeof bigger);
    return bigger != NULL;
}

/* Arrays grown before a failure stay larger: capacity is what all hold. */
xasStatus xasScanReserve(xasScan *scan, size_t points)
{
    size_t to = scan->capacity ? scan->capacity : 256;

    if (points > XAS_SCAN_POINTS_MAX)
        return xasErrFull;
    if (points <= scan->capacity)
        return xasOk;
    while (to < points)
        to *= 2;
    for (int c = 0; c < xasChannelCount; c++)
        if (xasRolesHave(scan->channels, c) &&
            !grown(&scan->channel[c], to, sizeof(double)))
            return xasErrMemory;
    if (!grown(&scan->stamp_ns, to, sizeof *scan->stamp_ns) ||
        !grown(&scan->flags, to, sizeof *scan->flags))
        return xasErrMemory;
    scan->capacity = to;
    return xasOk;
}

/* Most scans only go on in one direction: then there is nothing to search. */
static bool isBeyond(xasScan *scan, double energy_eV)
{
    bool beyond = !(energy_eV <= scan->high_eV + XAS_SAME_EV) ||
                  !(energy_eV >= scan->low_eV - XAS_SAME_EV);

    if (!(scan->low_eV < energy_eV)) /* or NaN: there was none */
        scan->low_eV = energy_eV;
    if (!(scan->high_eV > energy_eV))
        scan->high_eV = energy_eV;
    return beyond;
}

void xasScanSupersede(xasScan *scan, size_t points, double energy_eV)
{
    const double *energy = scan->channel[xasRoleEnergy];

    for (size_t i = 0; i < points; i++)
        if (fabs(energy[i] - energy_eV) < XAS_SAME_EV)
            scan->flags[i] |= xasPointDuplicate;
}

xasStatus xasScanAddPoint(xasScan *scan, const double *value, int64_t stamp_ns,
                          uint32_t flags)
{
    xasStatus status = xasScanReserve(scan, scan->n + 1);

    if (status)
        return status;
    if (scan->channel[xasRoleEnergy] && isfinite(value[xasRoleEnergy]) &&
        !isBeyond(scan, value[xasRoleEnergy]) &&
        !(flags & ~(uint32_t)xasPointStampBad))
        xasScanSupersede(scan, scan->n, value[xasRoleEnergy]);
    for (int c = 0; c < xasChannelCount; c++)
        if (scan->channel[c])
            scan->channel[c][scan->n] = value[c];
    scan->stamp_ns[scan->n] = stamp_ns;
    scan->flags[scan->n] = flags;
    scan->n++;
    return xasOk;
}

xasStatus xasScanAddEvent(xasScan *scan, int64_t stamp_ns, const char *what,
                          const char *format, ...)
{
    xasScanEvent *event;
    va_list args;

    if (scan->nEvents >= eventsMax)
        return xasErrFull;
    if (scan->nEvents == scan->eventCapacity) {
        size_t to = scan->eventCapacity ? 2 * scan->eventCapacity : 16;

        if (!grown(&scan->event, to, sizeof *scan->event))
            return xasErrMemory;
        scan->eventCapacity = to;
    }
    event = &scan->event[scan->nEvents++];
    memset(event, 0, sizeof *event);
    event->stamp_ns = stamp_ns;
    event->point = (int64_t)scan->n;
    (void)snprintf(event->what, sizeof event->what, "%s", what);
    va_start(args, format);
    (void)vsnprintf(event->text, sizeof event->text, format, args);
    va_end(args);
    return xasOk;
}

size_t xasScanFlagged(const xasScan *scan)
{
    size_t count = 0;

    for (size_t i = 0; i < scan->n; i++)
        count += (scan->flags[i] & ~(uint32_t)xasPointGlitchI0) &&
                 !(scan->flags[i] & xasPointDuplicate);
    return count;
}
