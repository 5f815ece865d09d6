/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans of the reference data beside the project. */
#ifndef SHARED_SCAN_H
#define SHARED_SCAN_H

#include "sharedData.h"
#include "xasFeatures.h"
#include "xasXdi.h"

/** The raw columns of an XDI file, as many as a spectrum needs. */
typedef struct rawScan {
    size_t n;
    xasXdi *xdi;
    xasXdiChannels channels;
} rawScan;

/** \brief Read a file of shared/data; 0 if that fails. */
int rawRead(const char *name, rawScan *out);
void rawClear(rawScan *raw);
/** \brief As a cleaned spectrum; NULL if it cannot be. */
xasSpectrum *rawSpectrum(const rawScan *raw);

#endif
