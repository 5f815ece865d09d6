/* SPDX-License-Identifier: BSD-3-Clause */
/* What the records of a station show of its scan and its connections. */
#include "xasdWatchParts.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "xasDetector.h"
#include "xasdLive.h"
#include "xasdSnapshot.h"

#define SHOW_NS 200000000LL /* live records: 5 Hz at most */

static bool connected(const xasdWatch *s)
{
    for (int role = 0; role < xasRoleCount; role++) {
        xasRoleState state;

        if (!(s->own->rules.required & xasRoleBit(role)))
            continue;
        xasAssemblerRoleState(s->assembler, (xasRole)role, &state);
        if (!state.connected)
            return false;
    }
    return true;
}

static int32_t stateOf(const xasdWatch *s, const xasScan *scan)
{
    if (s->said.disabled)
        return xasdScanDisabled;
    if (!connected(s))
        return xasdScanDisconnected;
    return scan && scan->exit == xasExitNone ? xasdScanRunning : xasdScanIdle;
}

static void showHead(xasdSnapshot *to, const xasScan *scan)
{
    memcpy(to->mode, scan->mode, sizeof to->mode);
    (void)snprintf(to->direction, sizeof to->direction, "%s",
                   scan->direction > 0   ? "up"
                   : scan->direction < 0 ? "down"
                                         : "");
    to->scanLag_ms = 1e3 * scan->lag_s;
    xasDetectorLeftOut(scan, to->leftOut, sizeof to->leftOut);
    memcpy(to->uid, scan->uid, sizeof to->uid);
    memcpy(to->reason, scan->reason, sizeof to->reason);
    memcpy(to->sample, scan->sample, sizeof to->sample);
    memcpy(to->formula, scan->formula, sizeof to->formula);
    memcpy(to->comment, scan->comment, sizeof to->comment);
    (void)snprintf(to->element, sizeof to->element, "%s", scan->element);
    (void)snprintf(to->edge, sizeof to->edge, "%s", xasShellName(scan->shell));
    xasTimeText(scan->start_ns, to->start);
    to->points = (int64_t)scan->n;
    to->planned = scan->planned;
    to->flagged = (int64_t)xasScanFlagged(scan);
    to->lost = scan->lost;
    to->progress =
        scan->planned > 0 ? 100.0 * (double)scan->n / (double)scan->planned : 0;
    to->elapsed_s =
        scan->n ? (double)(scan->stamp_ns[scan->n - 1] - scan->start_ns) / 1e9
                : 0;
}

/* The arrays of a long scan take their time: not more than a fiftieth of
 * ours. */
static void showLive(xasdWatch *s, const xasScan *scan, int64_t now_ns)
{
    int64_t start_ns = xasTimeNow(), took_ns;

    xasdLiveShow(s->index, scan, s->stamp_ns ? s->stamp_ns : now_ns);
    took_ns = xasTimeNow() - start_ns;
    s->live_ns = now_ns + (took_ns > SHOW_NS / 50 ? 50 * took_ns : SHOW_NS);
    s->liveChanged = false;
}

void xasdWatchShow(xasdWatch *s, const xasScan *scan, int64_t now_ns)
{
    xasdSnapshot *to = xasdSnapshotLock(s->index + 1);

    to->state = stateOf(s, scan);
    to->exit = s->lastExit;
    if (scan)
        showHead(to, scan);
    to->known[xasdPartScan] = true;
    to->stamp_ns[xasdPartScan] = s->stamp_ns ? s->stamp_ns : now_ns;
    xasdSnapshotUnlock();
    xasdSnapshotPost(s->index + 1, xasdPartScan);
    s->changed = false;
    s->show_ns = now_ns + SHOW_NS;
    if (scan && (xasdWatchDue(s->live_ns, now_ns) || scan->exit != xasExitNone))
        showLive(s, scan, now_ns);
}

void xasdWatchShowCa(xasdWatch *s, const xasdWatchCa *ca)
{
    const xasScan *scan = xasAssemblerScan(s->assembler);
    xasdSnapshot *to;

    if (!isnan(s->lag_s)) /* else nothing came: the last is still the last */
        s->shownLag_s = s->lag_s;
    s->lag_s = NAN;
    to = xasdSnapshotLock(s->index + 1);

    to->connected = ca->connected;
    to->expected = ca->expected;
    to->reconnects = ca->reconnects;
    to->eventsLost = ca->lost + s->lost + (scan ? scan->lost : 0);
    to->lag_s = s->shownLag_s;
    memcpy(to->missing, ca->missing, sizeof to->missing);
    to->known[xasdPartCa] = true;
    to->stamp_ns[xasdPartCa] = xasTimeNow();
    xasdSnapshotUnlock();
    xasdSnapshotPost(s->index + 1, xasdPartCa);
}
