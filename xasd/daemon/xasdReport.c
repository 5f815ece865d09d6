/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdReport.h"

#include <math.h>

#include <epicsStdio.h> /* printf that iocsh can redirect */

#include "xasdSetup.h"
#include "xasdSnapshot.h"

/* A terminal may be stopped: nothing is printed with the lock held. The arrays
 * of the copy are not looked at. */
static xasdSnapshot copy(size_t index)
{
    xasdSnapshot s = *xasdSnapshotLock(index);

    xasdSnapshotUnlock();
    return s;
}

static void reportStation(size_t index, int level)
{
    static const char *const states[xasdScanStateCount] = { "idle", "scanning",
                                                            "disconnected",
                                                            "disabled" };
    const xasConfStation *own = &xasdSetupConf()->station[index];
    const xasdSnapshot s = copy(index + 1);

    if (s.known[xasdPartCa])
        printf("%s: %s, %lld of %lld PVs connected, scan %lld, %lld points\n",
               s.station, states[s.state], (long long)s.connected,
               (long long)s.expected, (long long)s.number, (long long)s.points);
    else
        printf("%s: starting\n", s.station);
    if (s.known[xasdPartResult])
        printf("  last: scan %lld of \"%s\", %.1f kJ/mol, %s (%s)\n",
               (long long)s.result.scan, s.result.sample, s.result.predicted.hf,
               xasPredStateName(s.result.predicted.state),
               s.result.predicted.reason);
    if (s.missing[0])
        printf("  waiting for: %s\n", s.missing);
    for (int role = 0; level > 0 && role < xasRoleCount; role++)
        if (own->pv[role][0])
            printf("  %-9s %s\n", xasRoleName((xasRole)role), own->pv[role]);
}

void xasdReport(int level)
{
    const xasConf *conf = xasdSetupConf();
    xasdSnapshot daemon;

    if (!xasdSetupWorker()) {
        printf("xasd: not configured\n");
        return;
    }
    daemon = copy(0);
    printf("xasd %s, up %lld s\n%s: %.1f MB, %lld jobs waiting", daemon.version,
           (long long)daemon.heartbeat, conf->database,
           (double)daemon.storeBytes / 1e6, (long long)daemon.storeQueue);
    if (isfinite(daemon.writeMs))
        printf(", last write %.1f ms", daemon.writeMs);
    printf("%s%s\n", daemon.storeState ? ", failing: " : "",
           daemon.storeState ? daemon.storeText : "");
    for (size_t i = 0; i < conf->nStations; i++)
        reportStation(i, level);
}
