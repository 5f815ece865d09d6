/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_XDI_H
#define XASCTL_XDI_H

#include "xasXdi.h"

/** A file of columns and what it measured. */
typedef struct xasctlXdi {
    xasXdi *file;
    xasXdiChannels channels;
    char element[3];
    xasShell shell;
} xasctlXdi;

/** What the command line says, whatever the file says; "" and none: nothing. */
typedef struct xasctlEdge {
    char element[3];
    xasShell shell;
} xasctlEdge;

/** \brief Read a file, choose its channels, find its edge: as told, else as
 * the file says, else from the spectrum. Errors name the file. */
xasStatus xasctlXdiOpen(const char *name, const xasctlEdge *told,
                        xasctlXdi *out, xasMessage *message);
void xasctlXdiClose(xasctlXdi *xdi);

/** \brief Read "K", "L", "L3", "L2" or "L1"; false for another word. */
bool xasctlShell(const char *text, xasShell *shell);

/** \brief Take an element's symbol; false for no element. */
bool xasctlElement(const char *text, char element[3]);

#endif
