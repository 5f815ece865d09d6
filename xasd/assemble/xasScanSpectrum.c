/* SPDX-License-Identifier: BSD-3-Clause */
/* From the points of a scan to a spectrum, by way of its glitches. */
#include <stdlib.h>
#include <string.h>

#include "xasGlitch.h"
#include "xasScan.h"

/* Points with no other flag than these make the spectrum. */
static const uint32_t keep =
    xasPointStampBad | xasPointGlitch | xasPointGlitchI0;

/** The readings of the good points; one block, at energy. */
typedef struct readings {
    size_t n;
    double *energy, *i0, *signal; /* [n]; i0 NULL for mu itself */
    size_t *point;                /* [n] index in the scan */
    unsigned char *mark;          /* [n] as in xasGlitch.h */
} readings;

int xasScanSignalRole(xasDetection detection)
{
    switch (detection) {
    case xasDetectTransmission: return xasRoleI1;
    case xasDetectMu: /* a file's mu stands in that channel */
    case xasDetectFluorescence: return xasRoleFluor;
    case xasDetectYield: return xasRoleTey;
    }
    return xasChannelCount;
}

static xasStatus reserve(const xasScan *scan, bool hasI0, readings *r)
{
    r->n = 0;
    r->energy = malloc(scan->n * (3 * sizeof(double) + sizeof(size_t) + 1));
    if (!r->energy)
        return xasErrMemory;
    r->signal = r->energy + scan->n;
    r->i0 = hasI0 ? r->signal + scan->n : NULL;
    r->point = (size_t *)(void *)(r->signal + 2 * scan->n);
    r->mark = (unsigned char *)(r->point + scan->n);
    return xasOk;
}

static unsigned char markOf(uint32_t flags)
{
    return (unsigned char)((flags & xasPointGlitch ? xasGlitchMu : 0) |
                           (flags & xasPointGlitchI0 ? xasGlitchI0 : 0));
}

/* r->energy is to be freed unless this fails. */
static xasStatus gather(const xasScan *scan, readings *r)
{
    int signal = xasScanSignalRole(scan->detection);
    bool hasI0 = scan->detection != xasDetectMu;
    xasStatus status;

    if (signal == xasChannelCount || !xasRolesHave(scan->channels, signal) ||
        !xasRolesHave(scan->channels, xasRoleEnergy) ||
        (hasI0 && !xasRolesHave(scan->channels, xasRoleI0)))
        return xasErrNotFound;
    if (!scan->n)
        return xasErrRange;
    status = reserve(scan, hasI0, r);
    for (size_t i = 0; i < scan->n && status == xasOk; i++) {
        if (scan->flags[i] & ~keep)
            continue;
        r->energy[r->n] = scan->channel[xasRoleEnergy][i];
        if (hasI0)
            r->i0[r->n] = xasScanReading(scan, xasRoleI0, i);
        r->signal[r->n] = xasScanReading(scan, signal, i);
        r->mark[r->n] = markOf(scan->flags[i]);
        r->point[r->n++] = i;
    }
    if (status == xasOk && !r->n) {
        free(r->energy);
        status = xasErrRange;
    }
    return status;
}

/* The edge as the scan says it, else as its spectrum shows it. */
static xasGlitchEdge edgeOf(const xasScan *scan, const readings *r)
{
    char element[3];
    xasShell shell = scan->shell;
    xasSpectrum *s = NULL;

    memcpy(element, scan->element, sizeof element);
    if ((!element[0] || shell == xasShellNone) &&
        (xasSpectrumCreate(scan->detection, r->energy, r->i0, r->signal, r->n,
                           &s) ||
         xasEdgeIdentify(s, element, &shell)))
        element[0] = 0;
    xasSpectrumDestroy(s);
    return xasGlitchEdgeOf(element, shell);
}

xasStatus xasScanFindGlitches(xasScan *scan)
{
    xasGlitchEdge edge;
    readings r;
    xasStatus status = gather(scan, &r);

    if (status)
        return status;
    edge = edgeOf(scan, &r);
    status = xasGlitchFind(scan->detection, r.energy, r.i0, r.signal, r.n,
                           &edge, r.mark);
    for (size_t i = 0; status == xasOk && i < r.n; i++) {
        uint32_t *flags = &scan->flags[r.point[i]];

        *flags &= ~(uint32_t)(xasPointGlitch | xasPointGlitchI0);
        if (r.mark[i] & xasGlitchMu)
            *flags |= xasPointGlitch;
        if (r.mark[i] & xasGlitchI0)
            *flags |= xasPointGlitchI0;
    }
    free(r.energy);
    return status;
}

static xasStatus spectrum(const xasScan *scan, bool repair, xasSpectrum **out)
{
    xasGlitchEdge edge = { 0 };
    readings r;
    bool any = false;
    xasStatus status = gather(scan, &r);

    if (status)
        return status;
    for (size_t i = 0; repair && i < r.n; i++)
        any |= (r.mark[i] & xasGlitchMu) != 0;
    if (any)
        edge = edgeOf(scan, &r);
    status = xasGlitchSpectrum(scan->detection, r.energy, r.i0, r.signal, r.n,
                               &edge, any ? r.mark : NULL, out);
    free(r.energy);
    return status;
}

xasStatus xasScanSpectrum(const xasScan *scan, xasSpectrum **out)
{
    return spectrum(scan, true, out);
}

xasStatus xasScanSpectrumMeasured(const xasScan *scan, xasSpectrum **out)
{
    return spectrum(scan, false, out);
}
