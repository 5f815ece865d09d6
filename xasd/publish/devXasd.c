/* SPDX-License-Identifier: BSD-3-Clause */
/* Input records: each reads one item of a station's snapshot, with the stamp
 * of its part and an alarm that says whether to believe it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <aiRecord.h>
#include <alarm.h>
#include <dbAccess.h>
#include <dbScan.h>
#include <devSup.h>
#include <epicsTime.h>
#include <errlog.h>
#include <longinRecord.h>
#include <lsiRecord.h>
#include <mbbiRecord.h>
#include <menuFtype.h>
#include <recGbl.h>
#include <waveformRecord.h>

#include "xasdItems.h"
#include "xasdItemLink.h"
#include "xasdSnapshot.h"

#include <epicsExport.h>

typedef struct source {
    size_t index;
    xasdItem item;
} source;

static long attach(dbCommon *record, const struct link *inp, unsigned types)
{
    char name[64];
    source *s = calloc(1, sizeof *s);

    if (!s)
        return S_db_noMemory;
    if (xasdItemLinkParse(record, inp, &s->index, name, sizeof name)) {
        free(s);
        return S_dev_badInpType;
    }
    if (xasdItemFind(name, &s->item) || !(types & (1u << s->item.type))) {
        errlogSevPrintf(errlogFatal,
                        "xasd: %s: no item \"%s\" for this record type\n",
                        record->name, name);
        free(s);
        return S_dev_badInpType;
    }
    record->dpvt = s;
    return 0;
}

static long ioint(int cmd, dbCommon *record, IOSCANPVT *out)
{
    const source *s = record->dpvt;

    (void)cmd;
    if (!s)
        return S_dev_noDeviceFound;
    *out = xasdSnapshotIoScan(s->index, s->item.part);
    return 0;
}

static void stamp(dbCommon *record, const source *s, const xasdSnapshot *shot)
{
    int64_t ns = shot->stamp_ns[s->item.part];

    if (record->tse != epicsTimeEventDeviceTime || ns == 0)
        return;
    record->time.secPastEpoch =
        (epicsUInt32)(ns / 1000000000 - POSIX_TIME_AT_EPICS_EPOCH);
    record->time.nsec = (epicsUInt32)(ns % 1000000000);
}

/* The alarm and the undefined flag of a record from its item. */
static void grade(dbCommon *record, const source *s, const xasdSnapshot *shot,
                  bool nan)
{
    xasdGrade g;

    xasdItemGrade(&s->item, shot, nan, &g);
    record->udf = g.undefined;
    if (g.severity)
        (void)recGblSetSevrMsg(record, g.undefined ? UDF_ALARM : STATE_ALARM,
                               (epicsEnum16)g.severity, "%s", g.text);
}

/* A record whose link was refused at the start; not every record type stays
 * undefined by itself. */
static long unlinked(dbCommon *record)
{
    (void)recGblSetSevrMsg(record, LINK_ALARM, INVALID_ALARM, "bad INP");
    return S_dev_noDeviceFound;
}

static const void *field(const source *s, const xasdSnapshot *shot)
{
    return (const char *)shot + s->item.offset;
}

static long readAi(aiRecord *record)
{
    const source *s = record->dpvt;
    const xasdSnapshot *shot;
    double value;

    if (!s)
        return unlinked((dbCommon *)record);
    shot = xasdSnapshotLock(s->index);
    if (s->item.type == xasdItemNumber)
        value = *(const double *)field(s, shot);
    else if (s->item.type == xasdItemAge)
        value = xasdItemAge_s(shot) / 3600;
    else
        value = (double)*(const int64_t *)field(s, shot);
    record->val = shot->known[s->item.part] ? value : NAN;
    stamp((dbCommon *)record, s, shot);
    grade((dbCommon *)record, s, shot, isnan(record->val));
    xasdSnapshotUnlock();
    return 2; /* no conversion */
}

static long readLi(longinRecord *record)
{
    const source *s = record->dpvt;
    const xasdSnapshot *shot;
    int64_t value;

    if (!s)
        return unlinked((dbCommon *)record);
    shot = xasdSnapshotLock(s->index);
    value = *(const int64_t *)field(s, shot);
    record->val = value > INT32_MAX   ? INT32_MAX
                  : value < INT32_MIN ? INT32_MIN
                                      : (epicsInt32)value;
    stamp((dbCommon *)record, s, shot);
    grade((dbCommon *)record, s, shot, false);
    xasdSnapshotUnlock();
    return 0;
}

static long readMbbi(mbbiRecord *record)
{
    const source *s = record->dpvt;
    const xasdSnapshot *shot;

    if (!s)
        return unlinked((dbCommon *)record);
    shot = xasdSnapshotLock(s->index);
    record->val = (epicsEnum16) * (const int32_t *)field(s, shot);
    stamp((dbCommon *)record, s, shot);
    grade((dbCommon *)record, s, shot, false);
    xasdSnapshotUnlock();
    return 2;
}

static long readLsi(lsiRecord *record)
{
    const source *s = record->dpvt;
    const xasdSnapshot *shot;
    size_t length;

    if (!s)
        return unlinked((dbCommon *)record);
    shot = xasdSnapshotLock(s->index);
    length = strlen(field(s, shot));
    if (length >= record->sizv)
        length = record->sizv - 1u;
    memcpy(record->val, field(s, shot), length);
    record->val[length] = '\0';
    record->len = (epicsUInt32)length + 1;
    stamp((dbCommon *)record, s, shot);
    grade((dbCommon *)record, s, shot, false);
    xasdSnapshotUnlock();
    return 0;
}

/* What is not known is NaN to the last element: a client that asks for all of
 * NELM would be given zeros behind NORD. */
static void fillNaN(waveformRecord *record)
{
    double *value = record->bptr;

    for (record->nord = 0; record->nord < record->nelm; record->nord++)
        value[record->nord] = NAN;
}

static long readWf(waveformRecord *record)
{
    const source *s = record->dpvt;
    const xasdSnapshot *shot;
    const xasdArray *array;
    bool none;

    if (!s)
        return unlinked((dbCommon *)record);
    shot = xasdSnapshotLock(s->index);
    array = field(s, shot);
    none = s->item.part == xasdPartResult && array->n == 0;
    record->nord =
        (epicsUInt32)(array->n < record->nelm ? array->n : record->nelm);
    if (none || !shot->known[s->item.part])
        fillNaN(record);
    else if (record->nord)
        memcpy(record->bptr, array->value, record->nord * sizeof(double));
    stamp((dbCommon *)record, s, shot);
    grade((dbCommon *)record, s, shot, none);
    xasdSnapshotUnlock();
    return 0;
}

static long initAi(dbCommon *record)
{
    return attach(record, &((aiRecord *)record)->inp,
                  1u << xasdItemNumber | 1u << xasdItemCount |
                      1u << xasdItemAge);
}

static long initLi(dbCommon *record)
{
    return attach(record, &((longinRecord *)record)->inp, 1u << xasdItemCount);
}

static long initMbbi(dbCommon *record)
{
    return attach(record, &((mbbiRecord *)record)->inp, 1u << xasdItemMenu);
}

static long initLsi(dbCommon *record)
{
    return attach(record, &((lsiRecord *)record)->inp, 1u << xasdItemText);
}

static long initWf(dbCommon *record)
{
    if (((waveformRecord *)record)->ftvl != menuFtypeDOUBLE) {
        errlogSevPrintf(errlogFatal, "xasd: %s: FTVL must be DOUBLE\n",
                        record->name);
        return S_dev_badInpType;
    }
    return attach(record, &((waveformRecord *)record)->inp,
                  1u << xasdItemArray);
}

static aidset devAiXasd = { { 6, NULL, NULL, initAi, ioint }, readAi, NULL };
static longindset devLiXasd = { { 5, NULL, NULL, initLi, ioint }, readLi };
static mbbidset devMbbiXasd = { { 5, NULL, NULL, initMbbi, ioint }, readMbbi };
static lsidset devLsiXasd = { { 5, NULL, NULL, initLsi, ioint }, readLsi };
static wfdset devWfXasd = { { 5, NULL, NULL, initWf, ioint }, readWf };
epicsExportAddress(dset, devAiXasd);
epicsExportAddress(dset, devLiXasd);
epicsExportAddress(dset, devMbbiXasd);
epicsExportAddress(dset, devLsiXasd);
epicsExportAddress(dset, devWfXasd);
