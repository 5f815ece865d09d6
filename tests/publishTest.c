/* SPDX-License-Identifier: BSD-3-Clause */
/* The records of db/, on snapshots made by hand: what a client sees before
 * there is a result, of a result, of a broken one, and what its puts do. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <aiRecord.h>
#include <alarm.h>
#include <dbAccess.h>
#include <dbStaticLib.h>
#include <dbUnitTest.h>
#include <epicsTime.h>
#include <errlog.h>
#include <testMain.h>

#include "publishChecks.h"
#include "xasdSnapshot.h"

/* The spectrum of ST has this many points; its records take 16. */
#define POINTS    3
#define STAMP_NS  1700000000123456789LL
#define STAMP_SEC (1700000000u - POSIX_TIME_AT_EPICS_EPOCH)

int publishTest_registerRecordDeviceDriver(struct dbBase *base);

static void makeSnapshots(void)
{
    testOk1(xasdSnapshotInit(2) == xasOk);
    testOk1(xasdSnapshotName(0, "xasd", 0) == xasOk);
    testOk1(xasdSnapshotName(1, "ST", 16) == xasOk);
}

static void load(const char *file, const char *macros)
{
    testdbReadDatabase(file, "../../db:..", macros);
}

static void startIoc(void)
{
    testdbPrepare();
    testdbReadDatabase("publishTest.dbd", NULL, NULL);
    (void)publishTest_registerRecordDeviceDriver(pdbbase);
    load("xasdDaemon.template", "D=D:");
    load("xasdScan.template", "P=T:,R=,STATION=ST,MAX_POINTS=16");
    load("xasdResult.template", "P=T:,R=,STATION=ST,MAX_POINTS=16");
    load("xasdEvidence.template", "P=T:,R=,STATION=ST");
    load("xasdCalibration.template", "P=T:,R=,STATION=ST,MAX_POINTS=16");
    load("xasdControl.template", "P=T:,R=,STATION=ST");
    load("xasdFeature.template", "P=T:,R=,STATION=ST,LEAF=WlE,NAME=wl_e,"
                                 "TEXT=White line energy,UNIT=eV,DIGITS=3");
    load("xasdFeature.template", "P=T:,R=,STATION=ST,LEAF=ShDe,NAME=sh_de,"
                                 "TEXT=Shoulder,UNIT=eV,DIGITS=3");
    load("publish.db", NULL);
    eltc(0); /* BAD: records are reported, rightly */
    testIocInitOk();
    eltc(1);
}

/* A result of everything but a shoulder. */
static void fill(xasResult *r)
{
    xasPredicted *p = &r->predicted;

    xasResultClear(r);
    r->scan = 41;
    r->haveNorm = 1;
    r->norm.e0_eV = 7112.25;
    (void)strcpy(r->sample, "FeCl2");
    r->features.value[xasWlE] = 7126.5;
    r->features.error[xasWlE] = 0.25;
    p->state = xasPredSingleEdge;
    p->hf = -341.5;
    p->lo = -400;
    p->hi = -283;
    (void)strcpy(p->reason, "K edge only");
}

static void publish(const xasResult *r, int64_t stamp_ns)
{
    xasdSnapshot *s = xasdSnapshotLock(1);

    s->result = *r;
    s->lastEnergy.n = s->lastNorm.n = s->lastFlat.n = POINTS;
    for (size_t i = 0; i < POINTS; i++) {
        s->lastEnergy.value[i] = 7100 + (double)i;
        s->lastNorm.value[i] = s->lastFlat.value[i] = 0.5 * (double)i;
    }
    xasdSnapshotSetResult(s, stamp_ns);
    xasdSnapshotUnlock();
    xasdSnapshotPostResult(1);
}

static void before(void)
{
    static const char *const pvs[] = {
        "T:Pred:Hf",      "T:Pred:HfK",   "T:Pred:State",  "T:Pred:Sample",
        "T:Pred:Commit",  "T:Feat:WlE",   "T:Feat:WlEErr", "T:Feat:E0",
        "T:Last:Energy",  "T:Scan:State", "T:Scan:Points", "T:Live:Mu",
        "T:Ca:Connected", "T:Cal:Status", "T:Cal:Shift",   "T:Q:Score",
        "T:Pred:Age",     "D:Db:State",   "D:Heartbeat"
    };

    testDiag("before any result");
    for (size_t i = 0; i < sizeof pvs / sizeof *pvs; i++)
        publishSeverity(pvs[i], INVALID_ALARM);
    testOk1(isnan(publishNumber("T:Pred:Hf")));
    testOk1(isnan(publishNumber("T:Feat:WlE")));
    testOk1(isnan(publishNumber("T:Ca:Lag")));
    testdbGetFieldEqual("T:Pred:Hf.UDF", DBR_LONG, 1);
    testdbGetFieldEqual("T:Pred:Hf.STAT", DBR_LONG, UDF_ALARM);
    publishNan("T:Last:Energy");
    publishNan("T:Live:Mu");
    publishAlarmText("T:Pred:Hf", "no result yet");
    publishAlarmText("T:Pred:State", "no result yet");
}

static void sound(void)
{
    static const double energy[] = { 7100, 7101, 7102 };
    xasResult r;

    testDiag("a result without a shoulder");
    fill(&r);
    publish(&r, STAMP_NS);
    testdbGetFieldEqual("T:Feat:WlE", DBR_DOUBLE, 7126.5);
    testdbGetFieldEqual("T:Feat:WlEErr", DBR_DOUBLE, 0.25);
    publishSeverity("T:Feat:WlE", NO_ALARM);
    testOk1(isnan(publishNumber("T:Feat:ShDe")));
    publishSeverity("T:Feat:ShDe", NO_ALARM);
    publishSeverity("T:Feat:ShDeErr", NO_ALARM);
    testdbGetFieldEqual("T:Pred:Hf", DBR_DOUBLE, -341.5);
    testdbGetFieldEqual("T:Pred:Hf.UDF", DBR_LONG, 0);
    publishSeverity("T:Pred:Hf", MINOR_ALARM);
    publishAlarmText("T:Pred:Hf", "K edge only");
    testOk1(isnan(publishNumber("T:Pred:HfKL")));
    publishSeverity("T:Pred:HfKL", INVALID_ALARM);
    publishAlarmText("T:Pred:HfKL", "not computed");
    testOk1(isnan(publishNumber("T:Q:Score"))); /* fill() has judged nothing */
    publishSeverity("T:Q:Score", INVALID_ALARM);
    testdbGetFieldEqual("T:Pred:Commit", DBR_LONG, 41);
    testdbGetFieldEqual("T:Pred:Sample", DBR_STRING, "FeCl2");
    testdbGetArrFieldEqual("T:Last:Energy", DBR_DOUBLE, 16, POINTS, energy);
    publishStamp("T:Pred:Hf", STAMP_SEC, 123456789);
    publishStamp("T:Feat:ShDe", STAMP_SEC, 123456789);
    publishStamp("T:Last:Energy", STAMP_SEC, 123456789);
    publishStamp("T:Pred:Commit", STAMP_SEC, 123456789);
}

/* A change of the state alone carries the time it happened. */
static void states(void)
{
    xasResult r;

    testDiag("each state");
    fill(&r);
    for (int i = 0; i < xasPredStateCount; i++) {
        xasPredState state = (xasPredState)i;

        r.predicted.state = state;
        publish(&r, STAMP_NS + 1000000000LL * (1 + i));
        publishSeverity("T:Pred:Hf", xasPredStateSeverity(state));
        publishSeverity("T:Pred:State", xasPredStateSeverity(state));
        testdbGetFieldEqual("T:Pred:State", DBR_STRING,
                            xasPredStateName(state));
        publishStamp("T:Pred:State", STAMP_SEC + 1 + (epicsUInt32)i, 123456789);
    }
}

/* What is known against a value shows whatever the state. */
static void evidence(void)
{
    xasResult r;
    xasPredicted *p = &r.predicted;

    testDiag("what speaks against a value");
    fill(&r);
    p->state = xasPredValid;
    p->err = 58.5;
    p->delta = -150;
    p->deltaLimit = 200;
    p->byOwn = -58;
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", NO_ALARM);
    publishSeverity("T:Pred:Delta", NO_ALARM);
    publishSeverity("T:Pred:dHfdE", NO_ALARM);
    p->byOwn = 59; /* 0.5 eV: 29.5, half of err: 29.25 */
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:dHfdE", MINOR_ALARM);
    publishAlarmText("T:Pred:dHfdE", "0.5 eV move Hf by 29.5 > HfErr / 2");
    publishSeverity("T:Pred:Hf", NO_ALARM);
    p->err = NAN; /* no interval to compare with */
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:dHfdE", NO_ALARM);
    p->mismatch = true;
    (void)strcpy(p->reason, "formula_mismatch: -250 kJ/mol");
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", MINOR_ALARM);
    publishSeverity("T:Pred:State", MINOR_ALARM);
    testdbGetFieldEqual("T:Pred:State", DBR_STRING, "valid");
    publishAlarmText("T:Pred:Hf", "formula_mismatch: -250 kJ/mol");
    publishSeverity("T:Pred:Delta", MINOR_ALARM);
    publishAlarmText("T:Pred:Delta", "formula_mismatch");
    p->state = xasPredExtrapolating;
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", MAJOR_ALARM);
    p->mismatch = false;
    p->state = xasPredValid;
    p->calDiffers = true;
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", MINOR_ALARM);
    p->state = xasPredProvisional;
    p->least = MAJOR_ALARM;
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", MAJOR_ALARM);
    publishSeverity("T:Pred:State", MAJOR_ALARM);
    testdbGetFieldEqual("T:Pred:State", DBR_STRING, "provisional");
}

/* Hours since the result's own stamp, whatever the records carry. */
static void age(void)
{
    xasdSnapshot *s;
    xasResult r;
    double was;

    testDiag("age of a prediction");
    fill(&r);
    r.stamp_ns = 1000000000LL * time(NULL) - 7200LL * 1000000000;
    publish(&r, STAMP_NS);
    was = publishNumber("T:Pred:Age");
    testOk(was >= 2 && was < 2.1, "%.3f h", was);
    publishSeverity("T:Pred:Age", NO_ALARM);
    testOk1(testdbRecordPtr("T:Pred:Age")->time.secPastEpoch !=
            STAMP_SEC); /* an age is of now */
    s = xasdSnapshotLock(1);
    s->staleAfter_s = 7000;
    xasdSnapshotUnlock();
    xasdSnapshotPostNow(1, xasdPartAge);
    publishSeverity("T:Pred:Age", MINOR_ALARM);
    publishAlarmText("T:Pred:Age", "older than stale_after_s");
    testOk1(publishNumber("T:Pred:Age") > was);
    publishStamp("T:Pred:Hf", STAMP_SEC, 123456789); /* not posted with it */
    s = xasdSnapshotLock(1);
    s->staleAfter_s = 8000;
    xasdSnapshotUnlock();
    xasdSnapshotPostNow(1, xasdPartAge);
    publishSeverity("T:Pred:Age", NO_ALARM);
    r.stamp_ns += 2LL * 7200 * 1000000000; /* a clock that was wrong */
    publish(&r, STAMP_NS);
    testOk1(publishNumber("T:Pred:Age") == 0);
    r.predicted.hf = NAN;
    publish(&r, STAMP_NS);
    testOk1(isnan(publishNumber("T:Pred:Age")));
    publishSeverity("T:Pred:Age", INVALID_ALARM);
    publishAlarmText("T:Pred:Age", "no prediction");
    s = xasdSnapshotLock(1);
    s->staleAfter_s = 0;
    xasdSnapshotUnlock();
}

static void broken(void)
{
    xasResult r;

    testDiag("a spectrum without an edge");
    xasResultClear(&r);
    r.scan = 42;
    (void)strcpy(r.features.flags, "no_edge");
    r.predicted.state = xasPredNotComputed;
    (void)strcpy(r.predicted.reason, "no_edge");
    publish(&r, STAMP_NS);
    testOk1(isnan(publishNumber("T:Feat:WlE")));
    publishSeverity("T:Feat:WlE", INVALID_ALARM);
    publishSeverity("T:Feat:ShDe", INVALID_ALARM);
    publishAlarmText("T:Feat:ShDe", "no_edge");
    testOk1(isnan(publishNumber("T:Pred:Hf")));
    publishSeverity("T:Pred:Hf", INVALID_ALARM);
    publishAlarmText("T:Pred:Hf", "no_edge");
    testOk1(isnan(publishNumber("T:Feat:E0")));
    publishSeverity("T:Feat:E0", INVALID_ALARM);
}

/* A prediction whose interval has no end: the value stands, its ends do not. */
static void unbounded(void)
{
    xasResult r;

    fill(&r);
    r.predicted.lo = r.predicted.hi = r.predicted.err = NAN;
    publish(&r, STAMP_NS);
    publishSeverity("T:Pred:Hf", MINOR_ALARM);
    publishSeverity("T:Pred:HfLo", INVALID_ALARM);
    publishAlarmText("T:Pred:HfLo", "interval has no end");
}

static void twice(void)
{
    static const char *const pvs[] = {
        "T:Pred:Hf",     "T:Feat:WlE",   "T:Feat:ShDe",       "T:Feat:E0",
        "T:Last:Energy", "T:Last:Flat",  "T:Last:ScanNumber", "T:Pred:Sample",
        "T:Pred:Model",  "T:Pred:KScan", "T:Pred:Commit"
    };
    enum { n = sizeof pvs / sizeof *pvs };
    testMonitor *monitor[n];
    xasResult r;

    testDiag("an equal result again");
    fill(&r);
    publish(&r, STAMP_NS);
    for (size_t i = 0; i < n; i++)
        monitor[i] = testMonitorCreate(pvs[i], DBE_VALUE, 0);
    publish(&r, STAMP_NS);
    for (size_t i = 0; i < n; i++) {
        testMonitorWait(monitor[i]); /* ends the test when nothing comes */
        testOk(testMonitorCount(monitor[i], 0) == 1, "%s posts again", pvs[i]);
        testMonitorDestroy(monitor[i]);
    }
    testdbGetFieldEqual("T:Pred:Commit.PHAS", DBR_LONG, 100);
}

static void numbers(void)
{
    xasResult r;

    testDiag("what does not fit");
    fill(&r);
    r.scan = INT64_C(1) << 40;
    publish(&r, STAMP_NS);
    testdbGetFieldEqual("T:Pred:Commit", DBR_LONG, 0x7fffffff);
    memset(r.sample, 'x', sizeof r.sample - 1);
    publish(&r, STAMP_NS);
    testdbGetFieldEqual("T:Pred:Sample.LEN", DBR_LONG, 256);
}

static void badLinks(void)
{
    static const char *const pvs[] = { "BAD:Item",  "BAD:Station",
                                       "BAD:Text",  "BAD:OneWord",
                                       "BAD:Float", "BAD:Command" };

    testDiag("links that lead nowhere");
    for (size_t i = 0; i < sizeof pvs / sizeof *pvs; i++) {
        dbCommon *record = testdbRecordPtr(pvs[i]);

        testOk(!record->dpvt, "%s has no source", pvs[i]);
        dbScanLock(record);
        (void)dbProcess(record);
        dbScanUnlock(record);
        publishSeverity(pvs[i], INVALID_ALARM);
    }
}

static bool hasDesc(DBENTRY *entry)
{
    return dbFindField(entry, "DESC") == 0 && dbGetString(entry)[0];
}

static void descriptions(void)
{
    DBENTRY entry;
    int records = 0, bare = 0;

    dbInitEntry(pdbbase, &entry);
    for (long type = dbFirstRecordType(&entry); !type;
         type = dbNextRecordType(&entry)) {
        for (long r = dbFirstRecord(&entry); !r; r = dbNextRecord(&entry)) {
            if (strncmp(dbGetRecordName(&entry), "BAD:", 4) == 0)
                continue;
            records++;
            if (!hasDesc(&entry)) {
                testDiag("%s has no DESC", dbGetRecordName(&entry));
                bare++;
            }
        }
    }
    dbFinishEntry(&entry);
    testOk(records > 60 && !bare, "%d records, %d without DESC", records, bare);
}

MAIN(publishTest)
{
    testPlan(0);
    makeSnapshots();
    startIoc();
    before();
    sound();
    states();
    evidence();
    age();
    broken();
    unbounded();
    twice();
    numbers();
    publishCommands();
    badLinks();
    descriptions();
    testIocShutdownOk();
    testdbCleanup();
    return testDone();
}
