/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STATUS_H
#define XAS_STATUS_H

/** What every fallible call of xasd returns. */
typedef enum xasStatus {
    xasOk = 0,
    xasErrArg,      /* an argument outside what the header allows */
    xasErrOrder,    /* an axis that must increase does not */
    xasErrNaN,      /* a value that must be finite is not */
    xasErrRange,    /* too few points, or a window outside the data */
    xasErrSingular, /* a matrix without the rank needed */
    xasErrConverge, /* an iteration that did not end */
    xasErrMemory,   /* out of memory */
    xasErrIo,       /* the operating system refused */
    xasErrFormat,   /* text or a file that cannot be read as what it claims */
    xasErrNotFound, /* no such row, file, column, name */
    xasErrBusy,     /* locked by somebody else; try again */
    xasErrVersion,  /* made by a newer program */
    xasErrFull,     /* a bound has been reached */
    xasErrState     /* not possible now */
} xasStatus;

/** A text for people about the last failure, filled by calls that take one.
 * It names file, line, key or PV, and what was expected. */
typedef struct xasMessage {
    char text[512];
} xasMessage;

/** \brief The status in words, such as "not a number". Never NULL. */
const char *xasStatusText(xasStatus status);

/** \brief Format into a message (which may be NULL) and hand the status on,
 * so that a failure is one line: return xasFail(xasErrIo, msg, "...", ...); */
xasStatus xasFail(xasStatus status, xasMessage *message, const char *format,
                  ...) __attribute__((__format__(__printf__, 3, 4)));

#endif
