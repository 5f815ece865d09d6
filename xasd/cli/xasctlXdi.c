/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlXdi.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "xasFormula.h"

bool xasctlShell(const char *text, xasShell *shell)
{
    if (strcasecmp(text, "K") == 0) {
        *shell = xasShellK;
        return true;
    }
    if ((text[0] != 'L' && text[0] != 'l') ||
        (text[1] && (!strchr("123", text[1]) || text[2])))
        return false;
    *shell = xasShellL;
    return true;
}

bool xasctlElement(const char *text, char element[3])
{
    if (!xasElementZ(text))
        return false;
    (void)snprintf(element, 3, "%s", text);
    return true;
}

/* What is neither told nor in the file is read from the spectrum. */
static xasStatus identify(const char *name, xasctlXdi *x, xasMessage *message)
{
    xasSpectrum *s = NULL;
    char element[3];
    xasShell shell;
    xasStatus status =
        xasSpectrumCreate(x->channels.detection, x->channels.energy,
                          x->channels.i0, x->channels.signal, x->file->n, &s);

    if (status != xasOk)
        return xasFail(status, message, "%s: no usable points (%s)", name,
                       xasStatusText(status));
    status = xasEdgeIdentify(s, element, &shell);
    xasSpectrumDestroy(s);
    if (status != xasOk)
        return xasFail(status, message,
                       "%s: does not say its element and edge, and covers no "
                       "known edge; give --element and --edge",
                       name);
    if (!x->element[0])
        memcpy(x->element, element, sizeof element);
    if (x->shell == xasShellNone)
        x->shell = shell;
    return xasOk;
}

xasStatus xasctlXdiOpen(const char *name, const xasctlEdge *told,
                        xasctlXdi *out, xasMessage *message)
{
    xasctlXdi x = { .shell = told->shell };
    xasMessage inner = { "" };
    xasStatus status = xasXdiRead(name, &x.file, message);

    if (status != xasOk)
        return status;
    memcpy(x.element, told->element, sizeof x.element);
    if (!x.element[0])
        (void)xasctlElement(x.file->element, x.element);
    if (x.shell == xasShellNone)
        (void)xasctlShell(x.file->edge, &x.shell);
    status = xasXdiBind(x.file, &x.channels, &inner);
    if (status != xasOk)
        (void)xasFail(status, message, "%s: %s", name, inner.text);
    else if (!x.element[0] || x.shell == xasShellNone)
        status = identify(name, &x, message);
    if (status == xasOk)
        *out = x;
    else
        xasctlXdiClose(&x);
    return status;
}

void xasctlXdiClose(xasctlXdi *xdi)
{
    xasXdiDestroy(xdi->file);
    xdi->file = NULL;
}
