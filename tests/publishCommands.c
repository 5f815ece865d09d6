/* SPDX-License-Identifier: BSD-3-Clause */
#include <stdio.h>
#include <string.h>

#include <alarm.h>
#include <dbAccess.h>
#include <dbUnitTest.h>
#include <testMain.h>

#include "publishChecks.h"
#include "xasdSnapshot.h"

static struct {
    int count;
    size_t index;
    xasCommand command;
    char text[XAS_SAMPLE_SIZE];
    bool take;
} got;

static bool sink(size_t index, xasCommand command, const char *text,
                 double value)
{
    (void)value;
    got.count++;
    got.index = index;
    got.command = command;
    (void)snprintf(got.text, sizeof got.text, "%s", text ? text : "");
    return got.take;
}

static void gives(const char *pv, int value, xasCommand command)
{
    int count = got.count;

    testdbPutFieldOk(pv, DBR_LONG, value);
    testOk(got.count == count + 1 && got.command == command && got.index == 1,
           "%s %d is command %d of station %zu", pv, value, (int)got.command,
           got.index);
}

void publishCommands(void)
{
    static const char name[] =
        "a name of a sample that is longer than 39 bytes";
    int count;

    testDiag("commands");
    testdbPutFieldOk("T:Ctl:Reject", DBR_LONG, 1);
    publishSeverity("T:Ctl:Reject", INVALID_ALARM);
    publishAlarmText("T:Ctl:Reject", "daemon not ready, not done");
    xasdSnapshotSetSink(sink);
    got.take = true;
    gives("T:Ctl:EndScan", 1, xasCommandEndScan);
    gives("T:Ctl:Discard", 1, xasCommandDiscard);
    gives("T:Ctl:Reject", 1, xasCommandReject);
    publishSeverity("T:Ctl:Reject", NO_ALARM);
    gives("T:Ctl:Reprocess", 1, xasCommandReprocess);
    gives("T:Ctl:Enable", 0, xasCommandDisable);
    gives("T:Ctl:Enable", 1, xasCommandEnable);
    count = got.count;
    testdbPutFieldOk("T:Ctl:EndScan", DBR_LONG, 0);
    testOk(got.count == count, "0 is no command");
    testdbPutArrFieldOk("T:Ctl:Sample.VAL$", DBR_CHAR, sizeof name, name);
    testOk(got.command == xasCommandSample && strcmp(got.text, name) == 0,
           "Ctl:Sample sends all of \"%s\"", got.text);
    testdbPutFieldOk("T:Ctl:Formula", DBR_STRING, "FeCl2");
    testOk(got.command == xasCommandFormula && strcmp(got.text, "FeCl2") == 0,
           "Ctl:Formula sends \"%s\"", got.text);
    testdbPutFieldOk("D:Ctl:Reload", DBR_LONG, 1);
    testOk(got.command == xasCommandReload && got.index == 0,
           "Ctl:Reload is the daemon's");
    got.take = false;
    testdbPutFieldOk("T:Ctl:Sample", DBR_STRING, "NiCl2");
    publishSeverity("T:Ctl:Sample", INVALID_ALARM);
    xasdSnapshotSetSink(NULL);
}
