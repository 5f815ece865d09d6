/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans that nobody announces, light that goes, and every fault of a station
 * in mode step.  What is expected was written down from what the assembler did
 * and then read against the rules in xasAssembler.h: it keeps the behaviour as
 * it is, but is no truth of its own as that of assemblerCases.c is.  Only that
 * no reading in it is made up or misplaced is checked apart (madeUp()). */
#include "assemblerCases.h"

#define UNTOLD (DETECTORS | BIT(Commit))
#define LIGHT  (COMMIT | BIT(RingCurrent) | BIT(Shutter) | BIT(Inhibit))
#define LIGHT_UP                                                               \
    REST "up=ring_current,shutter,inhibit ring_current:300@-500 "              \
         "shutter:1@-500 inhibit:0@-500 "
#define END(ms, n) "=" #ms " active=0 ?commit=" #n "@" #ms " "

const stepCase stepCases[] = {
    /* start and end inferred */
    { .name = "inferred: three points one way start it, idle ends it",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 7001, 10, 6) POINT(20, 2, 7002, 11, 7)
          POINT(30, 3, 7003, 12, 8)
              POINT(40, 4, 7004, 12, 8) "=2041 tick ?commit=4@40",
      .expected = "start P2 P3 get(commit) end{complete lost=0: 7001/10/6 "
                  "7002/11/7 7003/12/8 7004/12/8; start}" },
    { .name = "inferred: down as well, with a sequence",
      .roles = UNTOLD | BIT(Sequence),
      .idle_s = 2,
      .script = REST POINT(10, 1, 7004, 10, 6) POINT(20, 2, 7003, 11, 7)
          POINT(30, 3, 7002, 12, 8) "=2031 tick ?commit=3@30 ?sequence=3@30",
      .expected = "start P2 get(commit,sequence) end{complete lost=0: "
                  "7004/10/6 7003/11/7 7002/12/8; start}" },
    { .name = "inferred: the sequence alone closes",
      .roles = DETECTORS | BIT(Sequence),
      .idle_s = 2,
      .script = REST "=10 energy=7001 i0=8 i1=6 sequence=1 "
                     "=20 energy=7002 i0=7 i1=5 sequence=2 "
                     "=30 energy=7003 i0=6 i1=4 sequence=3 "
                     "=2031 tick ?sequence=3@30",
      .expected = "start P2 get(sequence) end{complete lost=0: 7001/8/6 "
                  "7002/7/5 7003/6/4; start}" },
    { .name = "inferred: the energy closes; steps of 0.05 eV",
      .roles = DETECTORS,
      .idle_s = 2,
      .script = REST "=10 energy=850 =15 i0=8 i1=6 =20 energy=850.05 "
                     "=25 i0=7 i1=5 =30 energy=850.1 =35 i0=6 i1=4 "
                     "=40 energy=850.15 =45 i0=5 i1=3 =2046 tick",
      .expected = "start P2 P3 end{complete lost=0: 850/8/6 850.05/7/5 "
                  "850.1/6/4 850.15/5/3; start}" },
    { .name = "inferred: a return move ends it and another begins",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 7000, 10, 6) POINT(20, 2, 7005, 11, 7)
          POINT(30, 3, 7010, 12, 8) POINT(40, 4, 7000, 13, 9)
              POINT(50, 5, 7005, 14, 9)
                  POINT(60, 6, 7010, 15, 9) "=2061 tick ?commit=6@60",
      .expected = "start P2 end{complete lost=0: 7000/10/6 7005/11/7 "
                  "7010/12/8; start} start P2 get(commit) end{complete "
                  "lost=0: 7000/13/9 7005/14/9 7010/15/9; start}" },
    { .name = "inferred: the counter of the next scan goes on",
      .roles = UNTOLD | BIT(Sequence),
      .idle_s = 2,
      .script = REST POINT(10, 1, 7000, 10, 6) POINT(20, 2, 7005, 11, 7)
          POINT(30, 3, 7010, 12, 8) POINT(40, 4, 7000, 13, 9)
              POINT(50, 5, 7005, 14, 9) POINT(60, 6, 7010, 15, 9) "stop",
      .expected = "start P2 end{complete lost=0: 7000/10/6 7005/11/7 "
                  "7010/12/8; start} start P2 end{interrupted lost=0: "
                  "7000/13/9 7005/14/9 7010/15/9; start}" },
    { .name = "inferred: a point measured again stays in",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 7000, 10, 6) POINT(20, 2, 7010, 11, 7) POINT(
          30, 3, 7020, 1, 8) POINT(40, 4, 7020, 13, 9) POINT(50, 5, 7010, 14, 9)
          POINT(60, 6, 7030, 15, 9) "=2061 tick ?commit=6@60",
      .expected = "start P2 P3 P4 P5 get(commit) end{complete lost=0: "
                  "7000/10/6 7010/11/7[duplicate] "
                  "7020/1/8[duplicate;low_i0] 7020/13/9 7010/14/9 "
                  "7030/15/9; start}" },
    { .name = "inferred: alignment is no scan but said",
      .roles = UNTOLD,
      .idle_s = 2,
      .script =
          REST POINT(10, 1, 7100, 10, 6) POINT(20, 2, 7099, 11, 7) "=2021 tick",
      .expected = "stray(2,7099-7100)" },
    { .name = "inferred: alignment before a scan",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 7112, 10, 6) POINT(20, 2, 7113, 11, 7)
          POINT(30, 3, 7000, 12, 8) POINT(40, 4, 7001, 13, 9)
              POINT(50, 5, 7002, 14, 9) "stop",
      .expected = "start P2 end{interrupted lost=0: 7000/12/8 7001/13/9 "
                  "7002/14/9; start alignment}" },
    { .name = "inferred: a long move up to the start is no part of it",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 6900, 10, 6) POINT(20, 2, 7000, 11, 7)
          POINT(30, 3, 7001, 12, 8) POINT(40, 4, 7002, 13, 9) "stop",
      .expected = "start P2 end{interrupted lost=0: 7000/11/7 7001/12/8 "
                  "7002/13/9; start alignment}" },
    { .name = "inferred: the source goes for good: interrupted",
      .roles = UNTOLD,
      .idle_s = 2,
      .script = REST POINT(10, 1, 7000, 10, 6) POINT(20, 2, 7001, 11, 7)
          POINT(30, 3, 7002, 12, 8) "=40 down=all =2050 tick",
      .expected = "start P2 end{interrupted lost=0: 7000/10/6 7001/11/7 "
                  "7002/12/8; start disconnect disconnect disconnect "
                  "disconnect disconnect disconnect disconnect disconnect "
                  "disconnect disconnect disconnect disconnect}" },
    /* which values of the commit PV close a point */
    { .name = "commit_when zero: a scaler's CNT",
      .roles = COMMIT,
      .when = xasCommitZero,
      .script = REST "=0 active=1 =5 commit=1 =10 energy=7001 i0=8 i1=6 "
                     "commit=0 =15 commit=1 =20 energy=7002 i0=7 i1=5 commit=0 "
                     "=30 active=0 ?commit=0@20",
      .expected = "start P0 P1 get(commit) end{complete lost=0: 7001/8/6 "
                  "7002/7/5; start}" },
    { .name = "commit_when set: a done flag",
      .roles = COMMIT,
      .when = xasCommitSet,
      .script = REST "=0 active=1 =5 commit=0 =10 energy=7001 i0=8 i1=6 "
                     "commit=1 =15 commit=0 =30 active=0 ?commit=0@15",
      .expected = "start P0 get(commit) end{complete lost=0: 7001/8/6; "
                  "start}" },
    /* light */
    { .name = "a blip of the ring, the point measured again: complete",
      .roles = LIGHT,
      .ring_min_mA = 100,
      .script = LIGHT_UP
      "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=15 ring_current=20 " POINT(
          20, 2, 7002, 9, 5) "=25 ring_current=300 " POINT(30, 3, 7002, 10, 7)
          END(40, 3),
      .expected = "start P0 P1 P2 get(commit) end{complete lost=0: "
                  "7001/10/6 7002/9/5[duplicate;no_beam] 7002/10/7; "
                  "start}" },
    { .name = "the beam is lost and the scan aborted: beam_lost",
      .roles = LIGHT | BIT(Planned),
      .ring_min_mA = 100,
      .script = LIGHT_UP "planned:9@-5 =0 active=1 " POINT(
          10, 1, 7001, 10, 6) "=15 ring_current=0 " END(40, 1),
      .expected = "start P0 get(commit) end{beam_lost lost=0: 7001/10/6; "
                  "start}" },
    { .name = "the shutter closes and nothing comes: beam_lost",
      .roles = LIGHT,
      .script = LIGHT_UP
      "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=15 shutter=0 =10011 tick",
      .expected = "start P0 end{beam_lost lost=0: 7001/10/6; start}" },
    { .name = "the shutter closes after the last point: complete",
      .roles = LIGHT,
      .script = LIGHT_UP
      "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=15 shutter=0 " END(40, 1),
      .expected = "start P0 get(commit) end{complete lost=0: 7001/10/6; "
                  "start}" },
    { .name = "low I0 from there to the end: beam_lost",
      .roles = COMMIT,
      .script =
          REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) POINT(20, 2, 7002, 1, 6)
              POINT(30, 3, 7003, 1, 6) POINT(40, 4, 7004, 0, 6) END(50, 4),
      .expected = "start P0 P1 P2 P3 get(commit) end{beam_lost lost=0: "
                  "7001/10/6 7002/1/6[low_i0] 7003/1/6[low_i0] "
                  "7004/0/6[low_i0]; start}" },
    { .name = "top-up: no time-out while inhibited, the pause is said",
      .roles = LIGHT,
      .script = LIGHT_UP "=0 active=1 " POINT(10, 1, 7001, 10, 6) POINT(
          20, 2, 7002, 10, 6) "=30 inhibit=1 =9000 tick =18000 tick "
                              "=19000 inhibit=0 " POINT(19010, 3, 7003, 10, 6)
                                  END(19020, 3),
      .expected = "start P0 P1 P2 get(commit) end{complete lost=0: "
                  "7001/10/6 7002/10/6 7003/10/6; start pause}" },
    { .name = "a pause of 6 s",
      .roles = COMMIT,
      .script = REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(20, 2, 7002, 10, 6) POINT(6020, 3, 7003, 10, 6) END(6030, 3),
      .expected = "start P0 P1 P2 get(commit) end{complete lost=0: "
                  "7001/10/6 7002/10/6 7003/10/6; start pause}" },
    /* two scans that active does not part */
    { .name = "active stays 1, the counter begins anew: two scans",
      .roles = COUNTED,
      .script = REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(20, 2, 7002, 10, 6) POINT(30, 3, 7003, 10, 6)
              POINT(40, 1, 7001, 11, 6) POINT(50, 2, 7002, 11, 6) "stop",
      .expected = "start P0 P1 P2 end{complete lost=0: 7001/10/6 "
                  "7002/10/6 7003/10/6; start} start P0 P1 "
                  "end{interrupted lost=0: 7001/11/6 7002/11/6; start}" },
    { .name = "active stays 1, back to the start without a counter",
      .roles = COMMIT,
      .script = REST "=0 active=1 " POINT(10, 1, 7000, 10, 6)
          POINT(20, 2, 7010, 10, 6) POINT(30, 3, 7020, 10, 6)
              POINT(40, 4, 7000, 11, 6) POINT(50, 5, 7010, 11, 6) "stop",
      .expected = "start P0 P1 P2 end{complete lost=0: 7000/10/6 "
                  "7010/10/6 7020/10/6; start} start P0 P1 "
                  "end{interrupted lost=0: 7000/11/6 7010/11/6; start}" },
    { .name = "the energy is behind after a gap: another scan",
      .roles = COMMIT,
      .script = REST "=0 active=1 " POINT(10, 1, 7000, 10, 6)
          POINT(20, 2, 7010, 10, 6) POINT(25, 3, 7020, 10, 6) POINT(
              30, 4, 7030, 10,
              6) "=35 down=commit =900 up=commit commit:5@800 " POINT(910, 6,
                                                                      7005, 11,
                                                                      6)
              POINT(920, 7, 7010, 11, 6) "stop",
      .expected = "start P0 P1 P2 P3 end{interrupted lost=0: 7000/10/6 "
                  "7010/10/6 7020/10/6 7030/10/6; start disconnect "
                  "connect} start P0 P1 end{interrupted lost=0: 7005/11/6 "
                  "7010/11/6; start}" },
    /* faults */
    { .name = "a PV that was never there",
      .roles = COMMIT,
      .script =
          "up=energy,i0,commit,active energy:7000@-5 i0:9@-5 commit:-1@-5 "
          "active:0@-5 =0 active=1 =10 energy=7001 i0=9 commit=1 "
          "=20 energy=7002 i0=9 commit=2 " END(30, 2),
      .expected = "start P0 P1 get(commit) end{complete lost=0: "
                  "7001/9/nan[disconnected] 7002/9/nan[disconnected]; "
                  "start}" },
    { .name = "INVALID on one channel for ten points",
      .roles = COMMIT,
      .script = REST
      "=0 active=1 =10 energy=7001 i0=9!3 i1=6 commit=1 =20 energy=7002 "
      "i0=9!3 i1=6 commit=2 =30 energy=7003 i0=9!3 i1=6 commit=3 =40 "
      "energy=7004 i0=9!3 i1=6 commit=4 =50 energy=7005 i0=9!3 i1=6 "
      "commit=5 =60 energy=7006 i0=9!3 i1=6 commit=6 =70 energy=7007 "
      "i0=9!3 i1=6 commit=7 =80 energy=7008 i0=9!3 i1=6 commit=8 =90 "
      "energy=7009 i0=9!3 i1=6 commit=9 =100 energy=7010 i0=9!3 i1=6 "
      "commit=10 =110 energy=7011 i0=9 i1=6 commit=11 " END(120, 11),
      .expected = "start P0 P1 P2 P3 P4 P5 P6 P7 P8 P9 P10 get(commit) "
                  "end{complete lost=0: 7001/9/6[invalid] "
                  "7002/9/6[invalid] 7003/9/6[invalid] 7004/9/6[invalid] "
                  "7005/9/6[invalid] 7006/9/6[invalid] 7007/9/6[invalid] "
                  "7008/9/6[invalid] 7009/9/6[invalid] 7010/9/6[invalid] "
                  "7011/9/6; start}" },
    { .name = "energy backwards: kept as measured",
      .roles = COUNTED,
      .script = REST "=0 active=1 " POINT(10, 1, 7003, 10, 6)
          POINT(20, 2, 7002, 10, 6)
              POINT(30, 3, 7001, 10, 6) "=40 active=0 ?commit=3@30 "
                                        "?sequence=3@30",
      .expected = "start P0 P1 P2 get(commit,sequence) end{complete "
                  "lost=0: 7003/10/6 7002/10/6 7001/10/6; start}" },
    { .name = "stamps of 1990 on one channel, and from the future on another",
      .roles = COMMIT,
      .script = REST "=0 active=1 =10 energy=7001 i0=8@-1e12 i1=6@1e9 commit=1 "
                     "=20 energy=7002 i0=7@-1e12 i1=5@1e9 commit=2 " END(30, 2),
      .expected = "start P0 P1 get(commit) end{complete lost=0: 7001/8/6 "
                  "7002/7/5; start clock clock}" },
    { .name = "a commit stamped in the future",
      .roles = COMMIT,
      .script = REST "=0 active=1 =10 energy=7001 i0=8 i1=6 commit=1@1e9 "
                     "=30 active=0 ?commit=1@1e9",
      .expected = "start P0 get(commit) end{complete lost=0: "
                  "7001/8/6[stamp_bad]; start}" },
    { .name = "undefined stamps everywhere",
      .roles = COMMIT,
      .script =
          REST "=0 active=1@none =10 energy=7001@none i0=8@none i1=6@none "
               "commit=1@none =20 energy=7002@none i0=7@none i1=5@none "
               "commit=2@none =30 active=0@none ?commit=2@none",
      .expected = "start P0 P1 get(commit) end{complete lost=0: "
                  "7001/8/6[stamp_bad] 7002/7/5[stamp_bad]; start clock "
                  "clock clock}" },
    { .name = "two points of one channel come before the commit of the first",
      .roles = COMMIT,
      .script = REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=30 i0=11@19 i0=12@29 "
             "energy=7002@19 i1=7@19 commit=2@20 energy=7003@29 i1=8@29 "
             "commit=3@30 " END(40, 3),
      .expected = "start P0 P1 P2 get(commit) end{complete lost=0: "
                  "7001/10/6 7002/11/7 7003/12/8; start}" },
    { .name = "a get for the second point overtakes what the first waits for",
      .roles = COMMIT,
      .script = REST "=0 active=1 =30 energy=7001@10 i1=6@10 commit=1@10 "
                     "energy=7002@20 i1=7@20 commit=2@20 ?i0=11@19 ?i0=11@19 "
                     "i0=8@9 " END(40, 2),
      .expected = "start get(i0) get(i0) P0 P1 get(commit) end{complete "
                  "lost=0: 7001/8/6 7002/11/7; start}" },
    { .name = "no point at all: aborted",
      .roles = COMMIT,
      .script = REST "=0 active=1 " END(40, -1),
      .expected = "start get(commit) end{aborted lost=0:; start}" },
    { .name = "a scan of three points",
      .roles = COMMIT,
      .script = REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(20, 2, 7002, 10, 6) POINT(30, 3, 7003, 10, 6) END(40, 3),
      .expected = "start P0 P1 P2 get(commit) end{complete lost=0: "
                  "7001/10/6 7002/10/6 7003/10/6; start}" },
    { .name = "an outage of minutes: interrupted, what runs then is joined",
      .roles = COUNTED,
      .script = REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=15 down=all =10011 tick "
             "=300000 up=all energy:7040@299990 i0:9@299990 i1:5@299990 "
             "active:1@0 sequence:40@299990 commit:40@299990 " POINT(
                 300010, 41, 7041, 10, 6) "=300020 active=0 ?commit=41@300010 "
                                          "?sequence=41@300010",
      .expected = "start P0 end{interrupted lost=0: 7001/10/6; start "
                  "disconnect disconnect disconnect disconnect disconnect "
                  "disconnect disconnect disconnect disconnect disconnect "
                  "disconnect disconnect} start P0 get(commit,sequence) "
                  "end{lossy lost=40: 7041/10/6; start gap}" },
    { .name = "enabled in mid-scan without a counter: lossy",
      .roles = COMMIT,
      .script = REST "disable =0 active=1 " POINT(
          10, 1, 7001, 10, 6) "enable " POINT(20, 2, 7002, 11, 7) END(30, 2),
      .expected = "start P0 get(commit) end{lossy lost=0: 7002/11/7; "
                  "start}" },
};

const size_t stepCaseCount = sizeof stepCases / sizeof *stepCases;
