/* SPDX-License-Identifier: BSD-3-Clause */
#include "publishChecks.h"

#include <math.h>
#include <string.h>

#include <aiRecord.h>
#include <dbAccess.h>
#include <dbUnitTest.h>
#include <testMain.h>

double publishNumber(const char *pv)
{
    return ((const aiRecord *)testdbRecordPtr(pv))->val;
}

void publishSeverity(const char *pv, int expected)
{
    int found = testdbRecordPtr(pv)->sevr;

    testOk(found == expected, "%s: severity %d, expected %d", pv, found,
           expected);
}

void publishAlarmText(const char *pv, const char *expected)
{
    const dbCommon *record = testdbRecordPtr(pv);

    testOk(strcmp(record->amsg, expected) == 0, "%s: says \"%s\"", pv,
           record->amsg);
}

void publishStamp(const char *pv, epicsUInt32 sec, epicsUInt32 nsec)
{
    epicsTimeStamp t = testdbRecordPtr(pv)->time;

    testOk(t.secPastEpoch == sec && t.nsec == nsec, "%s: stamp %u.%09u", pv,
           t.secPastEpoch, t.nsec);
}

/* A client that asks for all elements must not find zeros. */
void publishNan(const char *pv)
{
    double value[16];
    long n = 16;
    size_t nan = 0;
    DBADDR at;

    if (dbNameToAddr(pv, &at) ||
        dbGetField(&at, DBR_DOUBLE, value, NULL, &n, NULL))
        testAbort("%s cannot be read", pv);
    for (long i = 0; i < n; i++)
        nan += isnan(value[i]) != 0;
    testOk(nan == 16, "%s: %zu NaN of %ld", pv, nan, n);
}
