/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdShell.h"

#include <epicsStdio.h>
#include <iocsh.h>

#include <epicsExport.h>

static xasdShellHooks hooks;

void xasdShellSetHooks(const xasdShellHooks *newHooks)
{
    hooks = *newHooks;
}

static const iocshArg fileArg = { "xasd.conf", iocshArgStringPath };
static const iocshArg *const configureArgs[] = { &fileArg };
static const iocshFuncDef configureDef = {
    "xasdConfigure", 1, configureArgs,
    "Read the configuration, open the database, load the records of every\n"
    "station.  Before iocInit.\n"
};

static void configure(const iocshArgBuf *args)
{
    xasMessage message = { "" };

    if (!args[0].sval) {
        fprintf(stderr, "xasd: xasdConfigure: name the configuration file\n");
    } else if (!hooks.configure) {
        fprintf(stderr, "xasd: xasdConfigure: not in this program\n");
    } else if (hooks.configure(args[0].sval, &message) == xasOk) {
        return;
    } else {
        fprintf(stderr, "xasd: %s\n", message.text);
    }
    (void)iocshSetError(-1);
}

static const iocshArg levelArg = { "level", iocshArgInt };
static const iocshArg *const reportArgs[] = { &levelArg };
static const iocshFuncDef reportDef = {
    "xasdReport", 1, reportArgs,
    "Stations, connections, queue and database.  Level 1 names every PV.\n"
};

static void report(const iocshArgBuf *args)
{
    if (hooks.report)
        hooks.report(args[0].ival);
    else
        fprintf(stderr, "xasd: xasdReport: not in this program\n");
}

static void xasdShellRegistrar(void)
{
    iocshRegister(&configureDef, configure);
    iocshRegister(&reportDef, report);
}
epicsExportRegistrar(xasdShellRegistrar);
