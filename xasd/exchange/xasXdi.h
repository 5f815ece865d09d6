/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_XDI_H
#define XAS_XDI_H

#include <stdbool.h>

#include "xasSpectrum.h"
#include "xasFeatures.h"
#include "xasStatus.h"

/** A file of columns with an XDI header (XAS Data Interchange 1.0; comments
 * of other programs are tolerated). Columns are bound by label. */
typedef struct xasXdi {
    size_t n, columns;
    char (*label)[32]; /* [columns] lower case: "energy", "i0", "itrans" */
    double **value;    /* [columns][n] */
    char element[3];   /* "" if not said */
    char edge[4];      /* "K", "L3", ... */
    char formula[256];
    char sample[256];
    char start[40]; /* Scan.start_time as written */
    bool energyIsKeV;
} xasXdi;

/** \brief Read a file; errors name file and line. */
xasStatus xasXdiRead(const char *file, xasXdi **out, xasMessage *message);
void xasXdiDestroy(xasXdi *xdi);

/** \brief The column of a quantity, NULL if there is none.
 * \param names  labels by preference, comma separated: "itrans,i1,it" */
const double *xasXdiColumn(const xasXdi *xdi, const char *names);

/** What its columns allow. */
typedef struct xasXdiChannels {
    xasDetection detection;
    const double *energy, *i0, *signal, *i2; /* i0, i2 may be NULL */
} xasXdiChannels;

/** \brief Choose raw channels, else mu. xasErrNotFound: no energy or no mu.
 * Transmission before fluorescence before yield, L edges yield first. */
xasStatus xasXdiBind(const xasXdi *xdi, xasXdiChannels *out,
                     xasMessage *message);

/** \brief Write columns with an XDI header; [n] each. */
typedef struct xasXdiHead {
    const char *element, *edge, *formula, *sample, *start, *comment;
} xasXdiHead;
xasStatus xasXdiWrite(const char *file, const xasXdiHead *head, size_t columns,
                      const char *const *label, const double *const *value,
                      size_t n, xasMessage *message);

#endif
