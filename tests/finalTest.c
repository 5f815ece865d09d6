/* SPDX-License-Identifier: BSD-3-Clause */
/* Step scans of a source that keeps all points and posts them as arrays at
 * the end, as a sscan record does. Expectations follow from xasFinal.h. */
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "assemblerCases.h"
#include "assemblerScript.h"

#define SSCAN   (COUNTED | BIT(Data) | BIT(Valid) | BIT(Aborted))
#define COUNT   "get(commit,sequence,aborted)"
#define ANSWERS "?aborted=0@1 "

/* A sscan record at rest: CPT is sequence and valid. */
#define IDLE                                                                   \
    "up=energy,i0,i1,commit,sequence,active,data,valid,aborted "               \
    "arrup=energy,i0,i1 energy:7000@-9 i0:9@-9 i1:5@-9 commit:0@-9 "           \
    "sequence:9@-9 valid:9@-9 data:1@-9 aborted:0@-9 active:0@-9 "             \
    "=0 active=1 data=0 "
/* Scalars as they change, CPT, then VAL. */
#define SEEN(ms, n, e, i0, i1)                                                 \
    "=" #ms " energy=" #e " i0=" #i0 " i1=" #i1 " sequence=" #n " valid=" #n   \
    " commit=0 "
/* Answers to what is asked at DATA=1: three points, padded to five. */
#define THREE                                                                  \
    "?energy=[7001,7002,7003,7003,7003] ?i0=[10,11,12,12,12] "                 \
    "?i1=[6,7,8,8,8] "
#define ASKED "get(valid) arrays(energy,i0,i1)"

static const testCase cases[] = {
    { "all were seen", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) SEEN(20, 2, 7002, 11, 7)
          SEEN(30, 3, 7003, 12, 8) "=40 data=1 =41 ?valid=3 " THREE
                                   "=60 active=0 " ANSWERS
                                   "?commit=0@30 ?sequence=3@30",
      "start P0 P1 P2 " ASKED " " COUNT " P2 end{complete lost=0: 7001/10/6 "
      "7002/11/7 7003/12/8; start final}" },
    { "a point missed live is in the arrays: nothing is lost", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6)
          SEEN(30, 3, 7003, 12, 8) "=31 ?energy=7003@30 ?i0=12@30 ?i1=8@30 "
                                   "=40 data=1 =41 ?valid=3 " THREE
                                   "=60 active=0 " ANSWERS
                                   "?commit=0@30 ?sequence=3@30",
      "start P0 get(energy,i0,i1) P1 " ASKED " " COUNT
      " P2 end{complete lost=0: "
      "7001/10/6 7002/11/7 7003/12/8; start gap final}" },
    { "active falls before the arrays are posted: they are waited for", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=3@30 "
                                    "=3000 tick =3001 data=1 ?valid=3 " THREE,
      "start P0 " COUNT " " ASKED
      " P2 end{complete lost=0: 7001/10/6 7002/11/7 7003/12/8; start gap "
      "final}" },
    { "the arrays do not come: live points stay, lossy", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 data=1 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=3@30 ?valid=3 "
                                    "=5000 tick =10041 tick",
      "start P0 " ASKED " " COUNT
      " end{lossy lost=2: 7001/10/6; start gap final}" },
    { "data is never set: live points stay", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=1@10 =10041 tick",
      "start P0 " COUNT " end{complete lost=0: 7001/10/6; start final}" },
    { "an array cannot be read: live points stay", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 data=1 ?valid=3 "
                                    "?energy=[7001,7002,7003] ?i0=[]!3 "
                                    "?i1=[6,7,8] =60 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=1@10",
      "start P0 " ASKED " " COUNT
      " end{complete lost=0: 7001/10/6; start final}" },
    { "an array has no connection: live points stay", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "arrdown=i1 =40 data=1 ?valid=3 "
                                    "?energy=[7001,7002,7003] ?i0=[10,11,12] "
                                    "=60 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=1@10",
      "start P0 get(valid) arrays(energy,i0) " COUNT
      " end{complete lost=0: 7001/10/6; start final}" },
    { "aborted: padded arrays are cut at CPT", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) SEEN(
          20, 2, 7002, 11,
          7) "=25 aborted=1 =40 data=1 =41 ?valid=2 "
             "?energy=[7001,7002,7002,7002] ?i0=[10,11,11,11] ?i1=[6,7,7,7] "
             "=60 active=0 ?aborted=1 ?commit=0@20 ?sequence=2@20",
      "start P0 P1 " ASKED " " COUNT
      " P1 end{aborted lost=0: 7001/10/6 7002/11/7; start final}" },
    { "the next scan has set CPT back when it is read", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6)
          SEEN(30, 3, 7003, 12, 8) "=31 ?energy=7003@30 ?i0=12@30 ?i1=8@30 "
                                   "=40 data=1 =41 ?valid=0 " THREE
                                   "=60 active=0 " ANSWERS
                                   "?commit=0@30 ?sequence=3@30",
      "start P0 get(energy,i0,i1) P1 " ASKED " " COUNT
      " P2 end{complete lost=0: "
      "7001/10/6 7002/11/7 7003/12/8; start gap final}" },
    { "fewer in the arrays than were seen: live points stay", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6)
          SEEN(20, 2, 7002, 11, 7) "=40 data=1 ?valid=2 ?energy=[7001] "
                                   "?i0=[10] ?i1=[6] =60 active=0 " ANSWERS
                                   "?commit=0@20 ?sequence=2@20",
      "start P0 P1 " ASKED " " COUNT
      " end{complete lost=0: 7001/10/6 7002/11/7; start final}" },
    { "no PV tells how many are valid, and no plan: live points stay",
      SSCAN & ~BIT(Valid),
      "up=energy,i0,i1,commit,sequence,active,data,aborted "
      "arrup=energy,i0,i1 sequence:0@-9 data:1@-9 =0 active=1 data=0 " POINT(
          10, 1, 7001, 10, 6) "=40 data=1 " THREE "=60 active=0 " ANSWERS
                              "?commit=1@10 ?sequence=1@10",
      "start P0 arrays(energy,i0,i1) " COUNT
      " end{complete lost=0: 7001/10/6; start final}" },
    { "no PV tells how many are valid, but the plan does",
      (SSCAN & ~BIT(Valid)) | BIT(Planned),
      "up=energy,i0,i1,commit,sequence,active,data,aborted,planned "
      "arrup=energy,i0,i1 sequence:0@-9 data:1@-9 planned:3@-9 aborted:0@-9 "
      "=0 active=1 data=0 " POINT(10, 1, 7001, 10,
                                  6) "=40 data=1 " THREE "=60 active=0 " ANSWERS
                                     "?commit=1@10 ?sequence=1@10",
      "start P0 arrays(energy,i0,i1) " COUNT
      " P2 end{complete lost=0: 7001/10/6 7002/11/7 7003/12/8; start "
      "final}" },
    { "joined in mid-scan: the arrays hold the beginning", SSCAN,
      "up=energy,i0,i1,commit,sequence,active,data,valid,aborted "
      "arrup=energy,i0,i1 energy:7001@-9 i0:10@-9 i1:6@-9 commit:0@-9 "
      "sequence:2@-9 valid:2@-9 data:0@-900 aborted:0@-900 active:1@-900 " SEEN(
          30, 3, 7003, 12, 8) "=40 data=1 =41 ?valid=3 " THREE
                              "=60 active=0 " ANSWERS
                              "?commit=0@30 ?sequence=3@30",
      "start P0 " ASKED " " COUNT " P2 end{complete lost=0: 7001/10/6 "
      "7002/11/7 7003/12/8; start gap final}" },
    { "a new scan without active falling", SSCAN,
      IDLE SEEN(10, 1, 7001, 10,
                6) "=40 data=1 =41 ?valid=1 ?energy=[7001] ?i0=[10] ?i1=[6] "
                   "=60 data=0 " SEEN(70, 1, 7001, 3, 6) "stop",
      "start P0 " ASKED " P0 end{complete lost=0: 7001/10/6; start final} "
      "start P0 end{interrupted lost=0: 7001/3/6; start final}" },
    { "flags of live points stay, but late is none any more", SSCAN,
      IDLE "=10 energy=7001!3 i0=10 i1=6 sequence=1 valid=1 commit=0@none "
           "=15 ?energy=7001 " SEEN(
               20, 2, 7002, 1,
               7) "=40 data=1 =41 ?valid=2 ?energy=[7001,7002] ?i0=[10,1] "
                  "?i1=[6,7] =60 active=0 " ANSWERS
                  "?commit=0@20 ?sequence=2@20",
      "start P0 P1 " ASKED " " COUNT
      " P1 end{complete lost=0: 7001/10/6[stamp_bad] 7002/1/7[low_i0]; start "
      "final}" },
    { "NaN in an array", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 data=1 =41 ?valid=2 "
                                    "?energy=[7001,7002] ?i0=[10,nan] "
                                    "?i1=[6,7] =60 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=2@20",
      "start P0 " ASKED " " COUNT
      " P1 end{complete lost=0: 7001/10/6 7002/nan/7[invalid]; start gap "
      "final}" },
    { "measured again: the later good one wins", SSCAN,
      IDLE SEEN(10, 1, 7001, 10, 6) "=40 data=1 =41 ?valid=3 "
                                    "?energy=[7001,7002,7001] ?i0=[10,11,12] "
                                    "?i1=[6,7,8] =60 active=0 " ANSWERS
                                    "?commit=0@10 ?sequence=3@20",
      "start P0 " ASKED " " COUNT
      " P2 end{complete lost=0: 7001/10/6[duplicate] 7002/11/7 7001/12/8; "
      "start gap final}" },
};

static void testCases(void)
{
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        xasAssemblerRules rules = scriptRules(cases[i].roles);

        rules.required = DETECTORS | BIT(Active);
        rules.final = DETECTORS;
        scriptCheck(scriptStation(&rules), cases[i].name, cases[i].script,
                    cases[i].expected);
    }
}

/* xasd was killed after the first of three points; the record goes on. */
static void testResume(void)
{
    const double value[xasChannelCount] = { 7001, 10, 6 };
    xasAssemblerRules rules;
    xasAssembler *a = NULL;
    xasScan *scan = NULL;
    static char out[2048];

    xasAssemblerRulesDefaults(&rules);
    (void)strcpy(rules.station, "BL5S1");
    rules.roles = SSCAN;
    rules.final = DETECTORS;
    if (xasAssemblerCreate(&rules, &a) || xasScanCreate(SSCAN, &scan) ||
        xasScanAddPoint(scan, value, scriptTime(-900), 0))
        testAbort("no scan");
    scan->start_ns = scriptTime(-1000);
    scan->sequence = 1;
    testOk1(xasAssemblerResume(a, scan, scriptTime(0)) == xasOk);
    scriptRun(a,
              "=1 up=energy,i0,i1,commit,sequence,active,data,valid,aborted "
              "arrup=energy,i0,i1 energy:7002@-500 i0:11@-500 i1:7@-500 "
              "commit:0@-500 sequence:2@-500 valid:2@-500 data:0@-1000 "
              "aborted:0@-2000 active:1@-1000 " SEEN(
                  30, 3, 7003, 12,
                  8) "=31 ?energy=7003@30 ?i0=12@30 ?i1=8@30 =40 data=1 =41 "
                     "?valid=3 " THREE "=60 active=0 " ANSWERS
                     "?commit=0@30 ?sequence=3@30",
              out, sizeof out);
    testOk(strstr(out, "end{complete lost=0: 7001/10/6 7002/11/7 7003/12/8;"
                       " resume") != NULL,
           "%s", out);
    testOk1(scriptScan()->stamp_ns[0] == scriptTime(-900) &&
            scriptScan()->stamp_ns[1] == scriptTime(40) &&
            scriptScan()->stamp_ns[2] == scriptTime(30));
    xasAssemblerDestroy(a);
}

MAIN(finalTest)
{
    testPlan(0);
    testCases();
    testResume();
    return testDone();
}
