/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdSetup.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <errlog.h>

#include "xasStoreSetting.h"
#include "xasVersion.h"
#include "xasdLock.h"
#include "xasdRecords.h"
#include "xasdSnapshot.h"

#define STORE_BUSY_MS 250

static struct {
    /* Every configuration that was in force: other threads may still read an
     * older one, so none is freed before the end. */
    xasConf **conf;
    size_t n;
    _Atomic(const xasConf *) now;
    xasdWorker *worker;
    xasdSaid said[XAS_STATIONS_MAX];
} the;

const xasConf *xasdSetupConf(void)
{
    return atomic_load(&the.now);
}

xasStatus xasdSetupReplace(xasConf *conf)
{
    xasConf **longer = realloc(the.conf, (the.n + 1) * sizeof(*longer));

    if (!longer)
        return xasErrMemory;
    the.conf = longer;
    the.conf[the.n++] = conf;
    atomic_store(&the.now, conf);
    return xasOk;
}

xasdWorker *xasdSetupWorker(void)
{
    return the.worker;
}

void xasdSetupSaid(size_t station, xasdSaid *out)
{
    *out = the.said[station];
}

/* Two CA servers on one port of a host fail silently: the second gets another
 * TCP port, and unicast searches reach only one of them.  Say so. */
static void checkPort(void)
{
    const char *name = getenv("EPICS_CAS_SERVER_PORT");
    struct sockaddr_in at = { .sin_family = AF_INET };
    int fd, port, on = 1;

    if (!name || !*name)
        name = getenv("EPICS_CA_SERVER_PORT");
    port = name && *name ? atoi(name) : 5064;
    fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    at.sin_port = htons((uint16_t)port);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&at, sizeof at) &&
        errno == EADDRINUSE)
        errlogSevPrintf(errlogMajor,
                        "xasd: TCP port %d is already taken by another server "
                        "on this host: clients that search by address will "
                        "not find both; set EPICS_CAS_SERVER_PORT\n",
                        port);
    (void)close(fd);
}

static xasStatus nameSnapshots(const xasConf *conf, xasMessage *message)
{
    xasStatus status = xasdSnapshotInit(conf->nStations + 1);
    xasdSnapshot *daemon;

    if (status == xasOk)
        status = xasdSnapshotName(0, "xasd", 0);
    for (size_t i = 0; status == xasOk && i < conf->nStations; i++)
        status = xasdSnapshotName(i + 1, conf->station[i].name,
                                  (size_t)conf->station[i].max_points);
    if (status)
        return xasFail(status, message, "out of memory");
    daemon = xasdSnapshotLock(0);
    (void)snprintf(daemon->version, sizeof daemon->version, "%s", XAS_VERSION);
    xasdSnapshotUnlock();
    return xasOk;
}

static void readSettings(const xasConf *conf, xasStore *store)
{
    for (size_t i = 0; i < conf->nStations; i++) {
        const char *station = conf->station[i].name;

        (void)xasStoreSettingGet(store, station, xasRoleName(xasRoleSample),
                                 the.said[i].sample);
        (void)xasStoreSettingGet(store, station, xasRoleName(xasRoleFormula),
                                 the.said[i].formula);
    }
}

void xasdSetupShowSaid(void)
{
    const xasConf *conf = xasdSetupConf();

    for (size_t i = 0; i < conf->nStations; i++) {
        const xasConfStation *own = &conf->station[i];

        if (!own->pv[xasRoleSample][0])
            xasdRecordsSay(own, "Ctl:Sample", the.said[i].sample);
        if (!own->pv[xasRoleFormula][0])
            xasdRecordsSay(own, "Ctl:Formula", the.said[i].formula);
    }
}

static xasStatus setUp(const xasConf *conf, xasMessage *message)
{
    xasStore *store = NULL;
    xasStatus status;

    status = xasStoreOpen(conf->database, xasStoreCreate, STORE_BUSY_MS, &store,
                          message);
    if (status)
        return status;
    status = xasdLockDatabase(conf->database, message);
    if (status == xasOk)
        readSettings(conf, store);
    if (status == xasOk)
        status = nameSnapshots(conf, message);
    if (status == xasOk)
        status = xasdWorkerCreate(conf, store, &the.worker, message);
    if (status) {
        xasStoreClose(store);
        return status;
    }
    checkPort();
    return xasdRecordsLoad(conf, message);
}

xasStatus xasdSetup(const char *file, xasMessage *message)
{
    xasConf *conf = NULL;
    xasStatus status;

    if (xasdSetupConf())
        return xasFail(xasErrState, message, "xasdConfigure: given twice");
    status = xasConfRead(file, &conf, message);
    if (status == xasOk && xasdSetupReplace(conf)) {
        xasConfDestroy(conf);
        status = xasFail(xasErrMemory, message, "out of memory");
    }
    return status ? status : setUp(conf, message);
}
