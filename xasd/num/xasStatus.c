/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStatus.h"

#include <stdarg.h>
#include <stdio.h>

const char *xasStatusText(xasStatus status)
{
    switch (status) {
    case xasOk: return "ok";
    case xasErrArg: return "bad argument";
    case xasErrOrder: return "not in increasing order";
    case xasErrNaN: return "not a number";
    case xasErrRange: return "out of range";
    case xasErrSingular: return "singular";
    case xasErrConverge: return "no convergence";
    case xasErrMemory: return "out of memory";
    case xasErrIo: return "input or output error";
    case xasErrFormat: return "format error";
    case xasErrNotFound: return "not found";
    case xasErrBusy: return "busy";
    case xasErrVersion: return "made by a newer version";
    case xasErrFull: return "full";
    case xasErrState: return "not possible now";
    }
    return "unknown status";
}

xasStatus xasFail(xasStatus status, xasMessage *message, const char *format,
                  ...)
{
    va_list args;

    if (!message)
        return status;
    va_start(args, format);
    (void)vsnprintf(message->text, sizeof message->text, format, args);
    va_end(args);
    return status;
}
