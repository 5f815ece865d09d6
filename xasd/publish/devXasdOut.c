/* SPDX-License-Identifier: BSD-3-Clause */
/* `Ctl:` records: a put becomes a command in the daemon's queue; nothing is
 * done in the record's thread. */
#include <stdlib.h>
#include <string.h>

#include <alarm.h>
#include <boRecord.h>
#include <dbAccess.h>
#include <devSup.h>
#include <errlog.h>
#include <lsoRecord.h>
#include <recGbl.h>

#include "xasdItemLink.h"
#include "xasdSnapshot.h"

#include <epicsExport.h>

typedef struct command {
    const char *name;
    xasCommand on, off; /* of value 1 and 0 */
    bool both;          /* 0 is a command too */
} command;

static const command commands[] = {
    { "ctl.end_scan", xasCommandEndScan, xasCommandEndScan, false },
    { "ctl.discard", xasCommandDiscard, xasCommandDiscard, false },
    { "ctl.reject", xasCommandReject, xasCommandReject, false },
    { "ctl.reprocess", xasCommandReprocess, xasCommandReprocess, false },
    { "ctl.enable", xasCommandEnable, xasCommandDisable, true },
    { "ctl.reload", xasCommandReload, xasCommandReload, false },
};

static const command texts[] = {
    { "ctl.sample", xasCommandSample, xasCommandSample, true },
    { "ctl.formula", xasCommandFormula, xasCommandFormula, true },
};

typedef struct target {
    size_t index;
    const command *command;
} target;

static long attach(dbCommon *record, const struct link *out,
                   const command *table, size_t n)
{
    char name[64];
    target *t = calloc(1, sizeof *t);

    if (!t)
        return S_db_noMemory;
    if (xasdItemLinkParse(record, out, &t->index, name, sizeof name) == 0) {
        for (size_t i = 0; i < n; i++)
            if (strcmp(table[i].name, name) == 0)
                t->command = &table[i];
        if (t->command) {
            record->dpvt = t;
            return 0;
        }
        errlogSevPrintf(errlogFatal, "xasd: %s: no command \"%s\"\n",
                        record->name, name);
    }
    free(t);
    return S_dev_badOutType;
}

static long unlinked(dbCommon *record)
{
    (void)recGblSetSevrMsg(record, LINK_ALARM, INVALID_ALARM, "bad OUT");
    return S_dev_noDeviceFound;
}

static void send(dbCommon *record, const target *t, xasCommand what,
                 const char *text, double value)
{
    if (!xasdSnapshotCommand(t->index, what, text, value))
        (void)recGblSetSevrMsg(record, WRITE_ALARM, INVALID_ALARM,
                               "daemon not ready, not done");
}

static long writeBo(boRecord *record)
{
    const target *t = record->dpvt;

    if (!t)
        return unlinked((dbCommon *)record);
    if (record->val || t->command->both)
        send((dbCommon *)record, t,
             record->val ? t->command->on : t->command->off, NULL,
             (double)record->val);
    return 0;
}

static long writeLso(lsoRecord *record)
{
    const target *t = record->dpvt;

    if (!t)
        return unlinked((dbCommon *)record);
    send((dbCommon *)record, t, t->command->on, record->val, 0);
    return 0;
}

static long initBo(dbCommon *record)
{
    long status = attach(record, &((boRecord *)record)->out, commands,
                         sizeof commands / sizeof *commands);

    return status ? status : 2; /* no initial value to convert */
}

static long initLso(dbCommon *record)
{
    return attach(record, &((lsoRecord *)record)->out, texts,
                  sizeof texts / sizeof *texts);
}

static bodset devBoXasd = { { 5, NULL, NULL, initBo, NULL }, writeBo };
static lsodset devLsoXasd = { { 5, NULL, NULL, initLso, NULL }, writeLso };
epicsExportAddress(dset, devBoXasd);
epicsExportAddress(dset, devLsoXasd);
