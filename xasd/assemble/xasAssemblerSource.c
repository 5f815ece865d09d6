/* SPDX-License-Identifier: BSD-3-Clause */
/* Texts, connections and commands. */
#include "xasAssemblerParts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

void xasAssemblerTextValue(xasAssembler *a, const xasEvent *e, xasRole role)
{
    char *text = a->text[role - xasRoleSample];
    const char *now = e->text ? e->text : "";

    if (strncmp(text, now, XAS_SAMPLE_SIZE - 1) == 0)
        return;
    (void)snprintf(text, XAS_SAMPLE_SIZE, "%s", now);
    a->cut &= ~xasRoleBit(role);
    if (e->kind != xasEventCommand && e->value == 1)
        a->cut |= xasRoleBit(role);
    xasAssemblerText(a, role, e->received_ns);
}

void xasAssemblerConnect(xasAssembler *a, const xasEvent *e)
{
    xasSource *source = &a->source[e->role];

    source->connected = true;
    source->server = e->value;
    if (a->scan && source->lost)
        (void)xasScanAddEvent(a->scan, e->received_ns, "connect", "%s",
                              xasRoleName((xasRole)e->role));
    source->lost = false;
}

void xasAssemblerDisconnect(xasAssembler *a, const xasEvent *e)
{
    xasSource *source = &a->source[e->role];
    xasRole role = (xasRole)e->role;

    source->connected = source->posted = source->last.known = false;
    source->queued = 0;
    source->inOrder = 0;
    source->lagKnown = source->usualKnown = source->clockBad = false;
    if (!a->scan)
        return;
    source->lost = true;
    for (size_t i = 0; i < a->nPending; i++)
        xasPendingGone(xasAssemblerPending(a, i), role);
    a->endOpen &= ~xasRoleBit(role);
    if ((role == a->closer || role == xasRoleActive) &&
        !xasAssemblerHas(a, xasRoleSequence))
        a->away = true;
    (void)xasScanAddEvent(a->scan, e->received_ns, "disconnect", "%s",
                          xasRoleName(role));
}

static void commandText(xasAssembler *a, const xasEvent *e, xasRole role)
{
    if (!xasAssemblerHas(a, role)) /* a PV knows better */
        xasAssemblerTextValue(a, e, role);
}

/* Where no number tells, points may have come while it was disabled. */
static void joinEnabled(xasAssembler *a, int64_t now_ns)
{
    xasAssemblerMayBegin(a, now_ns, true, "joined when enabled");
    if (a->scan && !xasAssemblerHas(a, xasRoleSequence))
        a->missedStart = true;
}

void xasAssemblerCommand(xasAssembler *a, const xasEvent *e)
{
    switch ((xasCommand)(int)e->value) {
    case xasCommandEndScan:
        if (!a->scan || a->infer.tentative)
            break;
        a->ignore = xasAssemblerIsSet(&a->source[xasRoleActive].last);
        xasAssemblerFinish(a, xasExitAborted, "ended by command");
        break;
    case xasCommandDiscard:
        if (a->scan)
            (void)xasScanAddEvent(a->scan, e->received_ns, "discard",
                                  "no prediction wanted");
        break;
    case xasCommandEnable:
        a->disabled = false;
        if (!a->scan && xasAssemblerIsSet(&a->source[xasRoleActive].last))
            joinEnabled(a, e->received_ns);
        break;
    case xasCommandDisable:
        a->disabled = true;
        if (a->infer.tentative)
            xasInferDrop(a);
        break;
    case xasCommandSample: commandText(a, e, xasRoleSample); break;
    case xasCommandFormula: commandText(a, e, xasRoleFormula); break;
    case xasCommandReload:
    case xasCommandReject:
    case xasCommandReprocess: break; /* not for a running scan */
    }
}

void xasAssemblerRoleState(const xasAssembler *a, xasRole role,
                           xasRoleState *out)
{
    const xasSource *source = &a->source[role];

    *out = (xasRoleState){ .connected = source->connected,
                           .value = source->last.value,
                           .stamp_ns = source->last.stamp_ns,
                           .received_ns = source->received_ns };
    out->valid = source->connected && source->last.known &&
                 source->last.severity < 3 && isfinite(out->value);
    if (!source->last.known)
        out->value = NAN;
}
