/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdRecords.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include <dbAccess.h>
#include <dbEvent.h>
#include <dbLock.h>
#include <recGbl.h>

/* Upper case at the start, after '_' and after a digit: "l3l2_ratio_h" gives
 * "L3L2RatioH". */
void xasdRecordsLeaf(const char *feature, char *leaf, size_t size)
{
    size_t n = 0;
    bool upper = true;

    for (; *feature && n + 1 < size; feature++) {
        if (*feature == '_') {
            upper = true;
            continue;
        }
        leaf[n++] = upper ? (char)toupper((unsigned char)*feature) : *feature;
        upper = isdigit((unsigned char)*feature) != 0;
    }
    leaf[n] = '\0';
}

/* What a feature is, in the 40 bytes of a DESC. */
static const char *describe(xasFeatureId id)
{
    static const char *const text[xasFeatureCount] = {
        [xasEdgeDr] = "Edge energy above the table",
        [xasWlDe] = "White line above the edge",
        [xasWlRi] = "White line over the mean behind it",
        [xasPreDe] = "Pre-edge peak from the edge",
        [xasPreRi] = "Pre-edge peak over the white line",
        [xasHasPre] = "Is there a pre-edge peak",
        [xasShDe] = "Shoulder from the edge",
        [xasShRi] = "Shoulder over the white line",
        [xasHasSh] = "Is there a shoulder",
        [xasPostDe] = "Peak behind the white line, from edge",
        [xasPostRi] = "That peak over the white line",
        [xasWlDr] = "White line above the table",
        [xasPreDr] = "Pre-edge peak above the table",
        [xasShDr] = "Shoulder above the table",
        [xasPostDr] = "Peak behind white line above table",
        [xasL3Dr] = "L3 peak above the table",
        [xasL2Dr] = "L2 peak above the table",
        [xasLSplit] = "L3 to L2 splitting",
        [xasL3L2RatioH] = "L3 over L2 height",
        [xasL3L2RatioA] = "L3 over L2 area",
        [xasLBr] = "Branching ratio L3/(L3+L2)",
        [xasL3Fwhm] = "Width of L3 at half height",
        [xasL3SubDe] = "Second L3 peak from the first",
        [xasL3SubRi] = "Second L3 peak over the first",
        [xasHasL3Sub] = "Is there a second L3 peak",
        [xasWlI] = "White line height over the step",
        [xasPreI] = "Pre-edge peak height",
        [xasShI] = "Shoulder height",
        [xasPostI] = "Height of the peak behind white line",
        [xasEdgeE] = "Edge energy",
        [xasWlE] = "White line energy",
        [xasPreE] = "Pre-edge peak energy",
        [xasShE] = "Shoulder energy",
        [xasPostE] = "Energy of the peak behind white line",
        [xasL3I] = "L3 height over the jump",
        [xasL2I] = "L2 height over the jump",
        [xasL3E] = "L3 peak energy",
        [xasL2E] = "L2 peak energy",
    };

    return text[id];
}

static xasStatus load(const char *file, const char *macros, xasMessage *message)
{
    if (dbLoadRecords(file, macros))
        return xasFail(xasErrIo, message,
                       "%s: cannot be loaded with %s (is it in "
                       "EPICS_DB_INCLUDE_PATH?)",
                       file, macros);
    return xasOk;
}

static xasStatus loadFeature(const xasConfStation *station, xasFeatureId id,
                             xasMessage *message)
{
    const char *unit = xasFeatureUnit(id);
    char macros[512], leaf[40];

    xasdRecordsLeaf(xasFeatureName(id), leaf, sizeof leaf);
    (void)snprintf(macros, sizeof macros,
                   "P=%s,R=%s,STATION=%s,LEAF=%s,NAME=%s,TEXT=\"%s\",UNIT=%s,"
                   "DIGITS=%d",
                   station->prefix, station->record, station->name, leaf,
                   xasFeatureName(id), describe(id), unit, unit[0] ? 3 : 4);
    return load("xasdFeature.template", macros, message);
}

static xasStatus loadStation(const xasConfStation *station, xasMessage *message)
{
    static const char *const files[] = {
        "xasdScan.template", "xasdCalibration.template", "xasdResult.template",
        "xasdEvidence.template", "xasdControl.template"
    };
    xasShell shell = station->rules.shell;
    xasStatus status = xasOk;
    char macros[256];

    (void)snprintf(macros, sizeof macros, "P=%s,R=%s,STATION=%s,MAX_POINTS=%d",
                   station->prefix, station->record, station->name,
                   station->max_points);
    for (size_t i = 0; status == xasOk && i < sizeof files / sizeof *files; i++)
        status = load(files[i], macros, message);
    for (int id = 0; status == xasOk && id < xasFeatureCount; id++)
        if (shell == xasShellNone || shell == xasFeatureShell((xasFeatureId)id))
            status = loadFeature(station, (xasFeatureId)id, message);
    return status;
}

xasStatus xasdRecordsLoad(const xasConf *conf, xasMessage *message)
{
    xasStatus status;
    char macros[128];

    (void)snprintf(macros, sizeof macros, "D=%s", conf->prefix);
    status = load("xasdDaemon.template", macros, message);
    for (size_t i = 0; status == xasOk && i < conf->nStations; i++)
        status = loadStation(&conf->station[i], message);
    return status;
}

void xasdRecordsSay(const xasConfStation *station, const char *leaf,
                    const char *text)
{
    char name[200];
    DBADDR to;

    (void)snprintf(name, sizeof name, "%s%s%s.VAL$", station->prefix,
                   station->record, leaf);
    if (!text[0] || dbNameToAddr(name, &to))
        return;
    dbScanLock(to.precord);
    (void)dbPut(&to, DBR_CHAR, text, (long)strlen(text) + 1);
    recGblGetTimeStamp(to.precord);
    (void)db_post_events(to.precord, NULL, DBE_VALUE | DBE_LOG);
    dbScanUnlock(to.precord);
}
