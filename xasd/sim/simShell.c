/* SPDX-License-Identifier: BSD-3-Clause */
#include "simShell.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <dbAccess.h>
#include <dbStaticLib.h>
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
    (void)fputs("xassim: ", stderr);
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

static int loadSignals(const char *prefix, unsigned set)
{
    static const char *const arrays[] = { "I0", "I1", "If", "Tey" };
    char macros[128];
    int status = 0;

    for (int s = 0; s < xasSimSignals && status == 0; s++) {
        if (!(set >> s & 1))
            continue;
        (void)snprintf(macros, sizeof macros, "P=%s,S=%s,OUT=OUT%c", prefix,
                       xasSimSignalName((xasSimSignal)s), 'A' + s);
        status = load("xassimSignal.template", macros);
        (void)snprintf(macros, sizeof macros, "P=%s,S=%s", prefix, arrays[s]);
        status = status ? status : load("xassimSignalArr.template", macros);
        if (s == xasSimI1 && status == 0)
            status = load("xassimFoil.template", macros);
    }
    return status;
}

static int loadElements(const char *prefix, int elements)
{
    char macros[128];
    int status = 0;

    for (int k = 1; k <= elements && status == 0; k++) {
        (void)snprintf(macros, sizeof macros, "P=%s,N=%d", prefix, k);
        status = load("xassimElement.template", macros);
    }
    return status;
}

static int loadDetectors(const char *prefix, int elements)
{
    char macros[128];
    int status = 0, n = simStationDetectors(elements);

    for (int d = 0; d < n && status == 0; d++) {
        bool rate =
            d >= xasSimSignals && (d - xasSimSignals) % simParts != simPartRoi;

        (void)snprintf(macros, sizeof macros, "P=%s,D=%02d,EGU=%s", prefix,
                       d + 1, rate ? "1/s" : "counts");
        status = load("xassimSscanDetector.template", macros);
    }
    return status;
}

/* Si(111) for K edges, KAP(100) for the soft X-rays of L edges. */
static int loadStation(const char *prefix, char edge)
{
    static const char *const files[] = { "Station", "Setup", "Fault", "Beam",
                                         "Sscan" };
    char macros[128], file[40];
    int status = 0;

    (void)snprintf(macros, sizeof macros, "P=%s,EDGE=%c,DSPACING=%s", prefix,
                   edge, edge == 'K' ? "3.1356" : "13.32");
    for (int i = 0; i < 5 && status == 0; i++) {
        (void)snprintf(file, sizeof file, "xassim%s.template", files[i]);
        status = load(file, macros);
    }
    return status;
}

static int stationCommand(const char *prefix, const char *edge,
                          const char *signals, int elements)
{
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
    if (elements < 0 || elements > xasSimElementsMax)
        return fail("%s: elements, expected 0 to 32", prefix);
    if (elements > 0 && !(set >> xasSimIf & 1))
        return fail("%s: elements of a detector, but no If", prefix);
    (void)simStationCreate(prefix, edge[0], set, elements);
    return loadStation(prefix, edge[0]) || loadSignals(prefix, set) ||
                   loadElements(prefix, elements) ||
                   loadDetectors(prefix, elements)
               ? -1
               : 0;
}

/* Just one conversion, of an int: %d, %02d and the like. */
static int isFormat(const char *text)
{
    const char *p = strchr(text, '%');

    if (!p || p != strrchr(text, '%'))
        return 0;
    p++;
    if (*p == '0')
        p++;
    if (isdigit((unsigned char)*p))
        p++;
    return *p == 'd' && strlen(text) < 30;
}

static int stationsCommand(const char *format, int n, const char *edge,
                           const char *signals, int elements)
{
    char prefix[64];
    int status = 0;

    if (!format || !isFormat(format))
        return fail("'%s' is no format of prefixes, expected such as SIM%%02d:",
                    format ? format : "");
    if (n < 1 || n > 999)
        return fail("%s: number of stations, expected 1 to 999", format);
    for (int i = 1; i <= n && status == 0; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(prefix, sizeof prefix, format, i);
#pragma GCC diagnostic pop
        status = stationCommand(prefix, edge, signals, elements);
    }
    return status;
}

static int hideCommand(const char *record)
{
    DBENTRY entry;

    dbInitEntry(pdbbase, &entry);
    long status = record ? dbFindRecord(&entry, record) : -1;

    if (status == 0)
        status = dbDeleteRecord(&entry);
    dbFinishEntry(&entry);
    if (status)
        return fail("no record %s", record ? record : "");
    simStationHide(record);
    return 0;
}

static int relays;

int simShellRelays(void)
{
    return relays;
}

static int relayCommand(const char *name, const char *record)
{
    char macros[160];

    if (!name || !isPrefix(name))
        return fail("'%s' is no name, expected such as RELAY:I1",
                    name ? name : "");
    if (!record || !isPrefix(record))
        return fail("'%s' is no record, expected such as BL5S1:I1",
                    record ? record : "");
    (void)snprintf(macros, sizeof macros, "R=%s,S=%s", name, record);
    relays++;
    return load("xassimRelay.template", macros);
}

static const iocshArg prefixArg = { "prefix", iocshArgString };
static const iocshArg formatArg = { "format of prefixes", iocshArgString };
static const iocshArg numberArg = { "stations", iocshArgInt };
static const iocshArg edgeArg = { "edge K or L", iocshArgString };
static const iocshArg signalsArg = { "signals \"I0 I1 If\"", iocshArgString };
static const iocshArg elementsArg = { "elements of If", iocshArgInt };
static const iocshArg recordArg = { "record", iocshArgString };
static const iocshArg *const stationArgs[] = { &prefixArg, &edgeArg,
                                               &signalsArg, &elementsArg };
static const iocshArg *const stationsArgs[] = { &formatArg, &numberArg,
                                                &edgeArg, &signalsArg,
                                                &elementsArg };
static const iocshArg *const hideArgs[] = { &recordArg };
static const iocshArg nameArg = { "name", iocshArgString };
static const iocshArg *const relayArgs[] = { &nameArg, &recordArg };
static const iocshFuncDef stationDef = {
    "xassimStation", 4, stationArgs,
    "A simulated station, before iocInit:\n"
    "  xassimStation(\"BL5S1:\", \"K\", \"I0 I1 If\")\n"
    "  xassimStation(\"BL1N2:\", \"L\", \"I0 TEY\")\n"
    "  xassimStation(\"BL11S2:\", \"K\", \"I0 I1 If\", 19)\n"
};
static const iocshFuncDef stationsDef = {
    "xassimStations", 5, stationsArgs,
    "Many alike, numbered from 1, before iocInit:\n"
    "  xassimStations(\"SIM%02d:\", 24, \"K\", \"I0 I1 If\")\n"
};
static const iocshFuncDef hideDef = {
    "xassimHide", 1, hideArgs,
    "A reading that a station does without, before iocInit:\n"
    "  xassimHide(\"BL5S1:I1\")\n"
};

static const iocshFuncDef relayDef = {
    "xassimRelay", 2, relayArgs,
    "A reading of another server under a second name, before iocInit:\n"
    "  xassimRelay(\"RELAY:I1\", \"BL5S1:I1\")\n"
};

static void stationCall(const iocshArgBuf *args)
{
    if (stationCommand(args[0].sval, args[1].sval, args[2].sval,
                       args[3].ival) != 0)
        (void)iocshSetError(-1);
}

static void stationsCall(const iocshArgBuf *args)
{
    if (stationsCommand(args[0].sval, args[1].ival, args[2].sval, args[3].sval,
                        args[4].ival) != 0)
        (void)iocshSetError(-1);
}

static void hideCall(const iocshArgBuf *args)
{
    if (hideCommand(args[0].sval) != 0)
        (void)iocshSetError(-1);
}

static void relayCall(const iocshArgBuf *args)
{
    if (relayCommand(args[0].sval, args[1].sval) != 0)
        (void)iocshSetError(-1);
}

static void xassimRegister(void)
{
    iocshRegister(&stationDef, stationCall);
    iocshRegister(&stationsDef, stationsCall);
    iocshRegister(&hideDef, hideCall);
    iocshRegister(&relayDef, relayCall);
}
epicsExportRegistrar(xassimRegister);
