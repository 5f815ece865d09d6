/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_XDI_SCAN_H
#define XAS_XDI_SCAN_H

#include "xasScan.h"
#include "xasXdi.h"

/** What is written of a scan. */
typedef struct xasXdiScanOptions {
    bool raw; /* all points as read, with their flags and times, dark offsets
               * in the header; else the good points, offsets taken off */
    double shift_eV;     /* calibration, told in the header and not applied;
                          * NaN: none */
    const char *start;   /* ISO 8601, UTC */
    const char *comment; /* "" none */
} xasXdiScanOptions;

/** \brief Write a scan with all of its channels: energy, i0, itrans, irefer,
 * ifluor, itey, angle, and fluor1, icr1, ocr1 ... of a detector's elements;
 * the header says which of both it is.  Raw, xasXdiReadScan() gives the same
 * readings and flags back.
 * \return as xasXdiWrite; xasErrRange if no point is good */
xasStatus xasXdiWriteScan(const char *file, const xasScan *scan,
                          const xasXdiScanOptions *options,
                          xasMessage *message);

/** \brief The points of a file as a scan, with all channels it has.
 *
 * Head and names are the caller's, but for dark offsets, elements left out and
 * the spacing.  A point without energy, I0 or signal is flagged invalid.
 * \param c         its channels by xasXdiBind
 * \param start_ns  stamp of the points that have none of their own
 * \return xasErrMemory, xasErrFull */
xasStatus xasXdiReadScan(const xasXdi *xdi, const xasXdiChannels *c,
                         int64_t start_ns, xasScan **out);

#endif
