/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <aiRecord.h>
#include <alarm.h>
#include <aoRecord.h>
#include <biRecord.h>
#include <boRecord.h>
#include <dbAccess.h>
#include <dbLock.h>
#include <epicsTime.h>
#include <longinRecord.h>
#include <longoutRecord.h>
#include <lsiRecord.h>
#include <lsoRecord.h>
#include <mbboRecord.h>
#include <menuFtype.h>
#include <recGbl.h>
#include <stringinRecord.h>
#include <waveformRecord.h>

#include "simStation.h"

static bool isType(const dbCommon *record, const char *type)
{
    return strcmp(record->rdes->name, type) == 0;
}

static void put(dbCommon *record, double value, bool broken,
                const epicsTimeStamp *stamp)
{
    if (!record)
        return;
    dbScanLock(record);
    if (isType(record, "ai"))
        ((aiRecord *)record)->val = value;
    else if (isType(record, "longin"))
        ((longinRecord *)record)->val = (epicsInt32)value;
    else if (isType(record, "bi"))
        ((biRecord *)record)->val = value != 0;
    record->udf = (epicsUInt8)(isnan(value) != 0);
    record->time = *stamp;
    if (broken)
        (void)recGblSetSevrMsg(record, READ_ALARM, INVALID_ALARM, "fault");
    (void)record->rset->process(record);
    dbScanUnlock(record);
}

void simPutNumber(dbCommon *record, double value, const epicsTimeStamp *stamp)
{
    put(record, value, false, stamp);
}

void simPutBroken(dbCommon *record, double value, const epicsTimeStamp *stamp)
{
    put(record, value, true, stamp);
}

void simPutArray(dbCommon *record, const double *values, size_t n, bool broken,
                 const epicsTimeStamp *stamp)
{
    waveformRecord *r = (waveformRecord *)record;

    if (!record)
        return;
    dbScanLock(record);
    if (n > r->nelm)
        n = r->nelm;
    for (size_t i = 0; i < n; i++)
        if (r->ftvl == menuFtypeFLOAT)
            ((epicsFloat32 *)r->bptr)[i] = (epicsFloat32)values[i];
        else
            ((epicsFloat64 *)r->bptr)[i] = values[i];
    r->nord = (epicsUInt32)n;
    record->udf = FALSE;
    record->time = *stamp;
    if (broken)
        (void)recGblSetSevrMsg(record, READ_ALARM, INVALID_ALARM, "fault");
    (void)record->rset->process(record);
    dbScanUnlock(record);
}

static void putLong(dbCommon *record, char *val, epicsUInt32 *len,
                    epicsUInt16 size, const char *text)
{
    (void)snprintf(val, size, "%s", text);
    *len = (epicsUInt32)strlen(val) + 1;
    record->udf = FALSE;
    (void)record->rset->process(record);
}

void simPutText(dbCommon *record, const char *text, const epicsTimeStamp *stamp)
{
    if (!record)
        return;
    dbScanLock(record);
    record->time = *stamp;
    if (isType(record, "lsi")) {
        lsiRecord *r = (lsiRecord *)record;

        putLong(record, r->val, &r->len, r->sizv, text);
    } else if (isType(record, "lso")) {
        lsoRecord *r = (lsoRecord *)record;

        /* In the middle of an operator's put that text stands; else busy from
         * here on: device support shall see no request in it. */
        if (!record->pact) {
            record->pact = TRUE;
            putLong(record, r->val, &r->len, r->sizv, text);
        }
    } else if (isType(record, "stringin")) {
        stringinRecord *r = (stringinRecord *)record;

        (void)snprintf(r->val, sizeof r->val, "%s", text);
        record->udf = FALSE;
        (void)record->rset->process(record);
    }
    dbScanUnlock(record);
}

double simGetNumber(dbCommon *record)
{
    double value;

    dbScanLock(record);
    if (isType(record, "ao"))
        value = ((aoRecord *)record)->val;
    else if (isType(record, "bo"))
        value = ((boRecord *)record)->val;
    else if (isType(record, "mbbo"))
        value = ((mbboRecord *)record)->val;
    else
        value = ((longoutRecord *)record)->val;
    dbScanUnlock(record);
    return value;
}

void simGetText(dbCommon *record, char *out, size_t size)
{
    dbScanLock(record);
    (void)snprintf(out, size, "%s", ((lsoRecord *)record)->val);
    dbScanUnlock(record);
}
