/* SPDX-License-Identifier: BSD-3-Clause */
/* Records an operator writes.  A put waits (PACT) until the station's thread
 * has served it, so that `caput -c` returns when it is done: Start when the
 * scan has ended. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <alarm.h>
#include <boRecord.h>
#include <dbAccess.h>
#include <dbScan.h>
#include <devSup.h>
#include <epicsExport.h>
#include <errlog.h>
#include <lsiRecord.h>
#include <lsoRecord.h>
#include <recGbl.h>
#include <waveformRecord.h>

#include "simStation.h"

/* What a record's OUT "@PREFIX WORD" names. */
typedef struct Link {
    simStation *station;
    simAsk ask;
    bool stop; /* not an ask, but the Stop button */
} Link;

static long initLink(dbCommon *record, const struct link *out)
{
    static const char *const words[] = { "sample", "formula", "file", "start",
                                         "stop" };
    const char *text = out->value.instio.string;
    size_t length = strcspn(text, " ");
    char prefix[40];
    Link *link = calloc(1, sizeof *link);
    int w = 0;

    if (!link || length >= sizeof prefix || !text[length]) {
        free(link);
        return S_db_badField;
    }
    (void)snprintf(prefix, sizeof prefix, "%.*s", (int)length, text);
    while (w <= simAskCount && strcmp(words[w], text + length + 1) != 0)
        w++;
    link->station = simStationFind(prefix);
    link->ask = (simAsk)w;
    link->stop = w == simAskCount;
    if (!link->station || w > simAskCount) {
        errlogSevPrintf(errlogFatal,
                        "xassim: %s: no '%s', expected "
                        "xassimStation before\n",
                        record->name, text);
        free(link);
        return S_db_badField;
    }
    record->dpvt = link;
    return 0;
}

static long initText(dbCommon *record)
{
    lsoRecord *r = (lsoRecord *)record;

    /* An empty text is a text. */
    r->val[0] = 0;
    r->len = 1;
    return initLink(record, &r->out);
}

static long initButton(dbCommon *record)
{
    boRecord *r = (boRecord *)record;
    long status = initLink(record, &r->out);

    r->udf = FALSE;
    return status ? status : 2; /* no conversion */
}

/* The first call leaves the request, the second ends it. */
static bool askOrEnd(dbCommon *record)
{
    const Link *link = record->dpvt;
    char reason[40];

    if (!record->pact) {
        record->pact = TRUE;
        simStationAsk(link->station, link->ask);
        return false;
    }
    short severity = simStationVerdict(link->station, link->ask, reason);

    if (severity != NO_ALARM)
        (void)recGblSetSevrMsg(record, WRITE_ALARM, (epicsEnum16)severity, "%s",
                               reason);
    return true;
}

static long writeText(lsoRecord *record)
{
    if (record->dpvt)
        (void)askOrEnd((dbCommon *)record);
    return 0;
}

static long writeButton(boRecord *record)
{
    const Link *link = record->dpvt;

    if (!link)
        return -1;
    if (link->stop) {
        if (record->val)
            simStationAbort(link->station);
        record->val = 0;
        return 0;
    }
    if (!record->pact && !record->val)
        return 0;
    if (askOrEnd((dbCommon *)record)) {
        record->val = 0;
        record->rval = 0;
        /* Start pressed in mid-scan starts no second scan behind it. */
        record->rpro = FALSE;
    }
    return 0;
}

static long readNothing(lsiRecord *record)
{
    (void)record;
    return 0; /* the station's thread has put the text there */
}

static long readArray(waveformRecord *record)
{
    (void)record;
    return 0; /* likewise */
}

static lsodset devLsoXassim = { { 5, NULL, NULL, initText, NULL }, writeText };
static bodset devBoXassim = { { 5, NULL, NULL, initButton, NULL },
                              writeButton };
static lsidset devLsiXassim = { { 5, NULL, NULL, NULL, NULL }, readNothing };
static wfdset devWfXassim = { { 5, NULL, NULL, NULL, NULL }, readArray };
epicsExportAddress(dset, devWfXassim);
epicsExportAddress(dset, devLsoXassim);
epicsExportAddress(dset, devBoXassim);
epicsExportAddress(dset, devLsiXassim);
