/* SPDX-License-Identifier: BSD-3-Clause */
#include "simShell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbAccess.h>
#include <epicsExport.h>
#include <iocsh.h>
#include <osiFileName.h>

#include "simStation.h"

char *simInstalled(const char *file)
{
    char *folder = epicsGetExecDir();
    size_t size = (folder ? strlen(folder) : 0) + strlen(file) + 16;
    char *path = malloc(size);

    if (path)
        (void)snprintf(path, size, "%s../../%s", folder ? folder : "", file);
    free(folder);
    return path;
}

static int fail(const char *format, const char *what)
{
    (void)fputs("xassimStation: ", stderr);
    (void)fprintf(stderr, format, what);
    (void)fputc('\n', stderr);
    return -1;
}

static int signalFromName(const char *name)
{
    int s = 0;

    while (s < xasSimSignals &&
           strcmp(name, xasSimSignalName((xasSimSignal)s)) != 0)
        s++;
    return s;
}

/* "I0 I1 If" as a bit set, 0 if that is none. */
static unsigned signalsFromText(const char *text)
{
    char copy[64], *save = NULL, *word;
    unsigned signals = 0;

    (void)snprintf(copy, sizeof copy, "%s", text);
    word = strtok_r(copy, " ,", &save);
    for (; word; word = strtok_r(NULL, " ,", &save)) {
        int s = signalFromName(word);

        if (s == xasSimSignals)
            return 0;
        signals |= 1u << s;
    }
    return signals >> xasSimI0 & 1 && signals != 1u << xasSimI0 ? signals : 0;
}

static int load(const char *file, const char *macros)
{
    char name[64];

    (void)snprintf(name, sizeof name, "db/%s", file);
    char *path = simInstalled(name);
    int status = path ? dbLoadRecords(path, macros) : -1;

    free(path);
    return status;
}

static int isPrefix(const char *text)
{
    size_t n = strlen(text);

    for (const char *p = text; *p; p++)
        if (!isalnum((unsigned char)*p) && !strchr("_-:;<>", *p))
            return 0;
    return n > 0 && n < 40;
}

static int stationCommand(const char *prefix, const char *edge,
                          const char *signals)
{
    char macros[128];

    if (!prefix || !isPrefix(prefix))
        return fail("'%s' is no prefix, expected such as BL5S1:",
                    prefix ? prefix : "");
    if (simStationFind(prefix))
        return fail("%s is there already", prefix);
    if (!edge || (edge[0] != 'K' && edge[0] != 'L'))
        return fail("edge '%s', expected K or L", edge ? edge : "");
    unsigned set = signals ? signalsFromText(signals) : 0;

    if (!set)
        return fail("signals '%s', expected I0 and some of I1 If TEY",
                    signals ? signals : "");
    (void)simStationCreate(prefix, edge[0], set);
    (void)snprintf(macros, sizeof macros, "P=%s,EDGE=%c", prefix, edge[0]);
    if (load("xassimStation.template", macros))
        return -1;
    for (int s = 0; s < xasSimSignals; s++)
        if (set >> s & 1) {
            (void)snprintf(macros, sizeof macros, "P=%s,S=%s,OUT=OUT%c", prefix,
                           xasSimSignalName((xasSimSignal)s), 'A' + s);
            if (load("xassimSignal.template", macros))
                return -1;
        }
    return 0;
}

static const iocshArg prefixArg = { "prefix", iocshArgString };
static const iocshArg edgeArg = { "edge K or L", iocshArgString };
static const iocshArg signalsArg = { "signals \"I0 I1 If\"", iocshArgString };
static const iocshArg *const stationArgs[] = { &prefixArg, &edgeArg,
                                               &signalsArg };
static const iocshFuncDef stationDef = {
    "xassimStation", 3, stationArgs,
    "A simulated station, before iocInit:\n"
    "  xassimStation(\"BL5S1:\", \"K\", \"I0 I1 If\")\n"
    "  xassimStation(\"BL1N2:\", \"L\", \"I0 TEY\")\n"
};

static void stationCall(const iocshArgBuf *args)
{
    if (stationCommand(args[0].sval, args[1].sval, args[2].sval) != 0)
        (void)iocshSetError(-1);
}

static void xassimRegister(void)
{
    iocshRegister(&stationDef, stationCall);
}
epicsExportRegistrar(xassimRegister);
