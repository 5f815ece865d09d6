/* SPDX-License-Identifier: BSD-3-Clause */
/* The records of a station. */
#include <stdio.h>
#include <string.h>

#include <cantProceed.h>
#include <dbAccess.h>
#include <errlog.h>

#include "simStation.h"

typedef struct Hidden {
    struct Hidden *next;
    char name[80];
} Hidden;

static Hidden *hidden;

void simStationHide(const char *record)
{
    Hidden *h = callocMustSucceed(1, sizeof *h, "xassimHide");

    (void)snprintf(h->name, sizeof h->name, "%s", record);
    h->next = hidden;
    hidden = h;
}

static bool isHidden(const char *name)
{
    const Hidden *h = hidden;

    while (h && strcmp(h->name, name) != 0)
        h = h->next;
    return h != NULL;
}

static dbCommon *optional(const char *name)
{
    DBADDR address;

    return dbNameToAddr(name, &address) == 0 ? address.precord : NULL;
}

/* What an operator writes is always there. */
static bool must(const simStation *st, const char *leaf, dbCommon **record)
{
    char name[80];

    (void)snprintf(name, sizeof name, "%s%s", st->prefix, leaf);
    *record = optional(name);
    if (!*record)
        errlogSevPrintf(errlogFatal, "xassim: no record %s\n", name);
    return *record != NULL;
}

/* What is shown can be hidden. */
static bool find(const simStation *st, const char *leaf, dbCommon **record)
{
    char name[80];

    (void)snprintf(name, sizeof name, "%s%s", st->prefix, leaf);
    *record = NULL;
    return isHidden(name) || must(st, leaf, record);
}

static bool findShown(simStation *st)
{
    static const char *const show[simShowCount] = {
        "Energy",     "Point",      "Planned",    "Busy",        "Done",
        "Aborted",    "Element",    "EdgeName",   "Comment",     "EnergySet",
        "Angle",      "I2",         "Sweep",      "RingCurrent", "Shutter",
        "TopUp",      "scaler:CNT", "scaler:VAL", "Posted",      "PostedEnergy",
        "PostedI0",   "PostedI1",   "PostedIf",   "PostedTEY",   "PostedPoint",
        "TruthE",     "TruthMu",    "ArrDone",    "EnergyArr",   "AngleArr",
        "I0Arr",      "I1Arr",      "IfArr",      "TeyArr",      "scan1:EXSC",
        "scan1:BUSY", "scan1:DATA", "scan1:NPTS", "scan1:MPTS",  "scan1:CPT",
        "scan1:VAL",  "scan1:P1DV", "scan1:R1CV", "scan1:P1RA"
    };
    bool all = true;

    for (int i = 0; i < simShowCount; i++) {
        int signal = i - simShowI0Arr;

        if (i == simShowI2)
            signal = xasSimI1;
        /* Only of what the station counts. */
        if (signal > 0 && signal < xasSimSignals &&
            !(st->signals >> signal & 1))
            st->show[i] = NULL;
        else
            all = find(st, show[i], &st->show[i]) && all;
    }
    return all;
}

static bool findElements(simStation *st)
{
    static const char *const parts[simParts] = { "Roi", "Icr", "Ocr" };
    bool all = true;

    for (int k = 0; k < st->elements; k++)
        for (int p = 0; p < simParts; p++) {
            char leaf[40];

            (void)snprintf(leaf, sizeof leaf, "%s%d", parts[p], k + 1);
            all = find(st, leaf, &st->element[k][p]) && all;
            (void)snprintf(leaf, sizeof leaf, "%s%dArr", parts[p], k + 1);
            all = find(st, leaf, &st->elementArr[k][p]) && all;
        }
    return all;
}

/* An sscan record has room for so many. */
static bool findDetectors(simStation *st)
{
    bool all = true;

    st->detectors = simStationDetectors(st->elements);
    for (int d = 0; d < st->detectors; d++) {
        char leaf[40];

        (void)snprintf(leaf, sizeof leaf, "scan1:D%02dCV", d + 1);
        all = find(st, leaf, &st->sscanCv[d]) && all;
        (void)snprintf(leaf, sizeof leaf, "scan1:D%02dDA", d + 1);
        all = find(st, leaf, &st->sscanDa[d]) && all;
    }
    return all;
}

int simStationDetectors(int elements)
{
    int n = xasSimSignals + elements * simParts;

    return n <= simSscanMax ? n : xasSimSignals;
}

bool simStationRecords(simStation *st)
{
    static const char *const ask[] = { "Sample", "Formula", "File", "Start" };
    bool all = findShown(st) && findElements(st) && findDetectors(st);

    for (int i = 0; i < simAskCount; i++)
        all = must(st, ask[i], &st->ask[i]) && all;
    for (int i = 0; i < simSetCount; i++)
        all = must(st, simSetName((simSet)i), &st->set[i]) && all;
    for (int s = 0; s < xasSimSignals; s++)
        if (st->signals >> s & 1)
            all = find(st, xasSimSignalName((xasSimSignal)s), &st->count[s]) &&
                  all;
    return all;
}
