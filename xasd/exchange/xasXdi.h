/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_XDI_H
#define XAS_XDI_H

#include <stdbool.h>

#include "xasSpectrum.h"
#include "xasFeatures.h"
#include "xasStatus.h"

/** Dark offsets in a file, at most: those of 5 detectors and 32 elements. */
#define XAS_XDI_DARK_MAX 40

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
    double d_spacing_A; /* Mono.d_spacing, 0 if not said */
    /* what files of xasd's own say besides */
    char detection[16]; /* "fluorescence"; "" if not said */
    bool raw;           /* as read: all points, with flags and offsets */
    char leftOut[256];  /* "fluor3;fluor7": elements not in the sum */
    size_t nDark;
    struct {
        char role[12]; /* "i0", "fluor3" */
        double value;
    } dark[XAS_XDI_DARK_MAX]; /* raw: to be subtracted */
} xasXdi;

/** \brief Read a file; errors name file and line.
 * Without a column of energies they are made of an angle (degrees) and
 * Mono.d_spacing, as a column "energy". */
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
 * What the file says of its detection first, else transmission before
 * fluorescence before yield, L edges yield first. */
xasStatus xasXdiBind(const xasXdi *xdi, xasXdiChannels *out,
                     xasMessage *message);

/** \brief Write columns with an XDI header; [n] each. */
typedef struct xasXdiHead {
    const char *element, *edge, *formula, *sample, *start, *comment;
    const char *more; /* other fields, lines of "Name.key: value\n", or NULL */
} xasXdiHead;
xasStatus xasXdiWrite(const char *file, const xasXdiHead *head, size_t columns,
                      const char *const *label, const double *const *value,
                      size_t n, xasMessage *message);

#endif
