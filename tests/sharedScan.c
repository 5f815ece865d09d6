/* SPDX-License-Identifier: BSD-3-Clause */
#include <epicsUnitTest.h>

#include "sharedScan.h"

int rawRead(const char *name, rawScan *out)
{
    xasMessage message = { "" };

    out->xdi = NULL;
    if (xasXdiRead(sharedPath(name), &out->xdi, &message) ||
        xasXdiBind(out->xdi, &out->channels, &message)) {
        testDiag("%s", message.text);
        rawClear(out);
        return 0;
    }
    out->n = out->xdi->n;
    return 1;
}

void rawClear(rawScan *raw)
{
    xasXdiDestroy(raw->xdi);
    raw->xdi = NULL;
}

xasSpectrum *rawSpectrum(const rawScan *raw)
{
    const xasXdiChannels *c = &raw->channels;
    xasSpectrum *s = NULL;

    if (xasSpectrumCreate(c->detection, c->energy, c->i0, c->signal, raw->n,
                          &s))
        return NULL;
    return s;
}
