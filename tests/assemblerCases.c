/* SPDX-License-Identifier: BSD-3-Clause */
/* Expectations follow from the rules in xasAssembler.h, worked out by hand. */
#include "assemblerCases.h"

const testCase assemblerCases[] = {
    { "all channels post: nothing is asked, nothing waits", COUNTED,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(20, 2, 7002, 11, 7) "=30 active=0 ?commit=2@20 ?sequence=2@20",
      "start P0 P1 get(commit,sequence) "
      "end{complete lost=0: 7001/10/6 7002/11/7; start}" },
    { "a silent channel is asked and is unchanged", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =11 ?i0=9@5 "
           "=30 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/9/6; start}" },
    { "the reply overtakes the monitor of a changed channel", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =11 ?i0=8@9 "
           "=12 i0=8@9 =20 energy=7002 i1=7 commit=2 =21 ?i0=8@9 "
           "=30 active=0 ?commit=2@20",
      "start get(i0) P0 get(i0) P1 get(commit) "
      "end{complete lost=0: 7001/8/6 7002/8/7; start}" },
    { "a monitor made before the commit arrives after it", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =11 i0=8@9 "
           "=12 ?i0=8@9 =30 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/8/6; start}" },
    { "a constant channel processed again: newer stamp, same value", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =13 ?i0=9@12 "
           "=30 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/9/6; start}" },
    { "changed after the commit: the next monitor proves the value before",
      COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =13 ?i0=8@12 "
           "=14 i0=8@12 =20 energy=7002 i1=7 commit=2 "
           "=30 active=0 ?commit=2@20",
      "start get(i0) P0 P1 get(commit) "
      "end{complete lost=0: 7001/9/6 7002/8/7; start}" },
    { "the same while the server lags: its monitor may have been overwritten",
      COMMIT,
      REST "=0 active=1 =1 energy=7000.5 i0=9 i1=6 commit=1 "
           "=110 energy=7001@10 i1=6@10 commit=2@10 "
           "=113 ?energy=7001@10 ?i0=8@112 ?i1=6@10 "
           "=114 i0=8@112 =120 energy=7002 i1=7 commit=3 "
           "=121 ?energy=7002@120 ?i0=8@112 ?i1=7@120 "
           "=130 active=0 ?commit=3@120",
      "start P0 get(energy,i0,i1) P1 get(energy,i0,i1) P2 get(commit) "
      "end{complete lost=0: 7000.5/9/6 7001/9/6[late] 7002/8/7; start}" },
    { "changed before or after the commit, no monitor tells: late", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =13 ?i0=8@12 "
           "=500 tick =3000 tick =3030 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/9/6[late]; start}" },
    { "no answer at all: late, the value unknown", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =500 tick =3000 tick "
           "=3001 ?i0=9@5 =3030 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/nan/6[late]; start}" },
    { "we lag behind by more than the time-out: answers are still waited for",
      COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =2500 energy=7002 "
           "=3000 tick =3001 ?i0=8@5 =3030 active=0 =7000 tick ?commit=1@10",
      "start get(i0) P0 get(commit) "
      "end{complete lost=0: 7001/8/6; start}" },
    { "the next point is complete while one still waits: order is kept",
      COUNTED,
      REST "=0 active=1 =1 energy=7001 i1=6 sequence=1 commit=1 "
           "=2 energy=7002 i0=8 i1=7 sequence=2 commit=2 =3 ?i0=8@2 "
           "=30 active=0 ?commit=2@2 ?sequence=2@2",
      "start get(i0) P0 P1 get(commit,sequence) "
      "end{complete lost=0: 7001/9/6 7002/8/7; start}" },
    { "two points wait for one channel, each has its own answer", COMMIT,
      REST "=0 active=1 =1 energy=7001 i1=6 commit=1 "
           "=2 energy=7002 i1=7 commit=2 =3 ?i0=9@-500 ?i0=4@2 "
           "=30 active=0 ?commit=2@2",
      "start get(i0) get(i0) P0 P1 get(commit) "
      "end{complete lost=0: 7001/9/6 7002/4/7; start}" },
    { "the answer to a point given up does not serve the next", COMMIT,
      REST
      "=0 active=1 =10 energy=7001 i1=6 commit=1 =500 tick =3000 energy=7002 "
      "i1=7 commit=2 =3001 ?i0=3@4 =3002 ?i0=8@2999 "
      "=3030 active=0 ?commit=2@3000",
      "start get(i0) P0 get(i0) P1 get(commit) "
      "end{complete lost=0: 7001/nan/6[late] 7002/8/7; start}" },
    { "a value after its point was complete marks that point", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=12 i0=12@9.5 " POINT(
          20, 2, 7002, 11, 7) "=30 active=0 ?commit=2@20",
      "start P0 P1 get(commit) "
      "end{complete lost=0: 7001/10/6 7002/11/7; start}" },
    { "a newer value of a complete point arrives: late", COMMIT,
      REST
      "=0 active=1 =10 energy=7001 i0=10@8 i1=6 commit=1 "
      "=12 i0=12@9.5 " POINT(20, 2, 7002, 11, 7) "=30 active=0 ?commit=2@20",
      "start P0 P1 get(commit) "
      "end{complete lost=0: 7001/10/6[late] 7002/11/7; start late}" },
    { "a gap in the numbers is a loss; the values after it are checked",
      COUNTED,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(40, 4, 7004, 14, 9) "=41 ?energy=7004@40 ?i0=14@40 ?i1=9.5@39 "
                                    "=50 active=0 ?commit=4@40 ?sequence=4@40",
      "start P0 get(energy,i0,i1) P1 get(commit,sequence) "
      "end{lossy lost=2: 7001/10/6 7004/14/9.5; start gap}" },
    { "after a loss a newer answer proves nothing: late", COUNTED,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6)
          POINT(40, 4, 7004, 14, 9) "=41 ?energy=7005@40.5 ?i0=14@40 ?i1=9@40 "
                                    "=50 active=0 ?commit=4@40 ?sequence=4@40",
      "start P0 get(energy,i0,i1) P1 get(commit,sequence) "
      "end{lossy lost=2: 7001/10/6 7004/14/9[late]; start gap}" },
    { "points lost at the end", COUNTED,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=50 active=0 ?commit=1@10 ?sequence=3@40 =500 tick =3000 tick",
      "start P0 get(commit,sequence) "
      "end{lossy lost=2: 7001/10/6; start gap}" },
    { "the last point on its way when active falls", COUNTED,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=30 active=0 ?commit=2@20 ?sequence=2@20 =31 energy=7002@19 "
             "i0=11@19 i1=7@19 sequence=2@20 commit=2@20",
      "start P0 get(commit,sequence) P1 "
      "end{complete lost=0: 7001/10/6 7002/11/7; start}" },
    { "points lost at the beginning", COUNTED,
      REST "=0 active=1 " POINT(30, 3, 7003, 10,
                                6) "=40 active=0 ?commit=3@30 ?sequence=3@30",
      "start P0 get(commit,sequence) "
      "end{lossy lost=2: 7003/10/6; start gap}" },
    { "a counter that goes on from the scan before is no loss", COUNTED,
      "up=all energy:7000@-5 i0:9@-5 i1:5@-5 commit:12@-5 sequence:12@-5 "
      "active:0@-5 =0 active=1 " POINT(
          10, 13, 7001, 10, 6) "=40 active=0 ?commit=13@10 ?sequence=13@10",
      "start P0 get(commit,sequence) "
      "end{complete lost=0: 7001/10/6; start}" },
    { "a counter from 0", COUNTED,
      REST "=0 active=1 " POINT(10, 0, 7001, 10, 6)
          POINT(20, 1, 7002, 11, 7) "=30 active=0 ?commit=1@20 ?sequence=1@20",
      "start P0 P1 get(commit,sequence) "
      "end{complete lost=0: 7001/10/6 7002/11/7; start}" },
    { "the sequence PV alone closes points",
      DETECTORS | BIT(Active) | BIT(Sequence),
      REST "=0 active=1 =10 energy=7001 i0=8 i1=6 sequence=1 "
           "=20 energy=7002 i0=7 i1=5 sequence=2 =30 active=0 ?sequence=2@20 "
           "sequence=-1",
      "start P0 P1 get(sequence) "
      "end{complete lost=0: 7001/8/6 7002/7/5; start}" },
    { "without commit and sequence the energy closes points",
      DETECTORS | BIT(Active),
      REST "=0 active=1 =5 energy=7001 =10 i0=8 i1=6 "
           "=15 energy=7001.5 =16 energy=7002 =16.5 ?energy=7002 "
           "=20 i0=7 i1=5 =30 active=0",
      "start P0 P1 end{complete lost=0: 7001/8/6 7002/7/5; start}" },
    { "commit below 0 closes nothing", COMMIT,
      REST "=0 active=1 =5 commit=-1 " POINT(
          10, 1, 7001, 10, 6) "=20 commit=-1 =30 active=0 ?commit=-1@20",
      "start P0 get(commit) end{complete lost=0: 7001/10/6; start}" },
    { "a counter set back after the end is no point", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10,
                                6) "=30 active=0 =31 commit=0 ?commit=0@31",
      "start P0 get(commit) end{complete lost=0: 7001/10/6; start}" },
    { "joined in the middle: lossy, the earlier points are lost", COUNTED,
      "up=all energy:7000@-5 i0:9@-5 i1:5@-5 active:1@-500 sequence:3@-5 "
      "commit:3@-5 " POINT(10, 4, 7004, 10,
                           6) "=40 active=0 ?commit=4@10 ?sequence=4@10",
      "start P0 get(commit,sequence) "
      "end{lossy lost=3: 7004/10/6; start gap}" },
    { "joined before its first point: nothing missed", COUNTED,
      "up=all energy:7000@-5 i0:9@-5 i1:5@-5 active:1@-5 sequence:0@-5 "
      "commit:-1@-5 " POINT(10, 1, 7001, 10,
                            6) "=40 active=0 ?commit=1@10 ?sequence=1@10",
      "start P0 get(commit,sequence) "
      "end{complete lost=0: 7001/10/6; start}" },
    { "a required channel goes and comes back", COUNTED,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=15 down=i0 =20 energy=7002 i1=7 sequence=2 commit=2 "
             "=25 up=i0 i0:11@24 " POINT(
                 30, 3, 7003, 12, 8) "=40 active=0 ?commit=3@30 ?sequence=3@30",
      "start P0 P1 P2 get(commit,sequence) end{complete lost=0: 7001/10/6 "
      "7002/nan/7[disconnected] 7003/12/8; start disconnect connect}" },
    { "a channel goes while a point waits for it", COMMIT,
      REST "=0 active=1 =10 energy=7001 i1=6 commit=1 =11 down=i0 "
           "=30 active=0 ?commit=1@10",
      "start get(i0) P0 get(commit) end{complete lost=0: "
      "7001/nan/6[disconnected]; start disconnect}" },
    { "commits gone for a while: the counter tells what is lost", COUNTED,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=15 down=commit,sequence =45 up=commit,sequence sequence:3@40 "
             "commit:3@40 energy=7004@46 i0=14@46 i1=9@46 =50 sequence=4 "
             "commit=4 =51 ?energy=7004@46 ?i0=14@46 ?i1=9@46 "
             "=60 active=0 ?commit=4@50 ?sequence=4@50",
      "start P0 get(energy,i0,i1) P1 get(commit,sequence) "
      "end{lossy lost=2: 7001/10/6 7004/14/9; start disconnect disconnect "
      "connect connect gap}" },
    { "commits gone for a while and no counter: interrupted", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10,
                                6) "=15 down=commit =45 up=commit "
                                   "commit:3@40 " POINT(50, 4, 7004, 14,
                                                        9) "=60 active=0 "
                                                           "?commit=4@50",
      "start P0 P1 get(commit) end{interrupted lost=0: 7001/10/6 7004/14/9; "
      "start disconnect connect}" },
    { "the source restarts: interrupted", COMMIT,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=15 down=energy,commit,active =9000 up=energy,commit,active "
             "active:0@8000",
      "start P0 end{interrupted lost=0: 7001/10/6; start disconnect "
      "disconnect disconnect connect connect connect}" },
    { "another scan runs when the source is back", COUNTED,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) POINT(
          20, 2, 7002, 11,
          7) "=25 down=active,sequence =9000 up=active,sequence active:1@8000 "
             "sequence:1@8500 =9100 energy=7003 i0=3 i1=4 sequence=2 commit=2 "
             "=9200 active=0 ?commit=2@9100 ?sequence=2@9100",
      "start P0 P1 end{interrupted lost=0: 7001/10/6 7002/11/7; start "
      "disconnect disconnect connect connect} start P0 get(commit,sequence) "
      "end{lossy lost=1: 7003/3/4; start gap}" },
    { "no point for too long: timeout; later points are a scan of their own",
      COMMIT,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=10011 tick =20000 energy=7002 i0=8 i1=7 commit=2 "
             "=20100 active=0 ?commit=2@20000",
      "start P0 end{timeout lost=0: 7001/10/6; start} start get(energy,i0,i1)"
      " get(commit)" },
    { "no point for too long and disconnected: interrupted", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=15 down=i0 =10011 tick",
      "start P0 end{interrupted lost=0: 7001/10/6; start disconnect}" },
    { "the aborted PV", COMMIT | BIT(Aborted),
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=15 aborted=1 active=0 ?commit=1@10 ?aborted=1@15",
      "start P0 get(commit,aborted) "
      "end{aborted lost=0: 7001/10/6; start}" },
    { "fewer points than planned: aborted", COMMIT | BIT(Planned),
      REST "planned:3@-5 =0 active=1 " POINT(10, 1, 7001, 10,
                                             6) "=15 active=0 ?commit=1@10",
      "start P0 get(commit) end{aborted lost=0: 7001/10/6; start}" },
    { "the end lost, the sequence PV at rest again: the plan tells",
      COUNTED | BIT(Planned) | BIT(Aborted),
      REST "planned:3@-5 =0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=30 sequence=-1 commit=-1 active=0 ?aborted=0@-500 "
             "?commit=-1@30 ?sequence=-1@30",
      "start P0 get(commit,sequence,aborted) end{lossy lost=2: 7001/10/6; "
      "start gap}" },
    { "measured again: the later good one wins", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 1, 6) POINT(20, 2, 7001, 10, 6)
          POINT(30, 3, 7002, 10, 7)
              POINT(40, 4, 7002.001, 1, 7) "=50 active=0 ?commit=4@40",
      "start P0 P1 P2 P3 get(commit) end{complete lost=0: "
      "7001/1/6[duplicate;low_i0] 7001/10/6 7002/10/7 7002/1/7[low_i0]; "
      "start}" },
    { "INVALID and NaN", COMMIT,
      REST "=0 active=1 =10 energy=7001 i0=9!3 i1=6 commit=1 "
           "=20 energy=7002 i0=9!2 i1=nan commit=2 =30 active=0 ?commit=2@20",
      "start P0 P1 get(commit) end{complete lost=0: 7001/9/6[invalid] "
      "7002/9/nan[invalid]; start}" },
    { "channels nobody needs spoil no point", COMMIT | BIT(I2) | BIT(Tey),
      REST "down=i2 tey:1@-5 =0 active=1 =10 energy=7001 i0=9 i1=6 tey=4!3 "
           "commit=1 =30 active=0 ?commit=1@10",
      "start P0 get(commit) "
      "end{complete lost=0: 7001/9/6/nan/nan; start}" },
    { "a commit without a stamp: receipt time, flagged", COMMIT,
      REST "=0 active=1 =10 energy=7001 i0=8 i1=6 commit=1@none "
           "=30 active=0 ?commit=1@none",
      "start P0 get(commit) "
      "end{complete lost=0: 7001/8/6[stamp_bad]; start}" },
    { "a commit stamped two minutes ago", COMMIT,
      REST "=0 active=1 =10 energy=7001 i0=8 i1=6 commit=1@-120000 "
           "=30 active=0 ?commit=1@-120000",
      "start P0 get(commit) "
      "end{complete lost=0: 7001/8/6[stamp_bad]; start}" },
    { "our own queue overflows: all is read again, the next point checked",
      COUNTED,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=11 over=3 "
             "?energy=7001@10 ?i0=10@10 ?i1=6@10 ?commit=1@10 ?sequence=1@10 "
             "?active=1@0 " POINT(20, 2, 7002, 11,
                                  7) "?energy=7002@20 ?i0=11@20 ?i1=7@20 "
                                     "?sequence=2@20 " POINT(
                                         30, 3, 7003, 12,
                                         8) "=40 active=0 ?commit=3@30 "
                                            "?sequence=3@30",
      "start P0 get(energy,i0,i1,commit,sequence,active) "
      "get(energy,i0,i1,sequence) P1 P2 get(commit,sequence) "
      "end{lossy lost=0: 7001/10/6 7002/11/7 7003/12/8; start overflow}" },
    { "after an overflow a newer answer proves nothing: late", COMMIT,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=11 over=3 over=4 "
             "=20 energy=7002 i1=7 commit=2 =22 ?energy=7001@10 ?i0=10@10 "
             "?i1=6@10 ?commit=1@10 ?active=1@0 ?energy=7002@20 ?i0=12@21 "
             "?i1=7@20 =30 stop",
      "start P0 get(energy,i0,i1,commit,active) get(energy,i0,i1) P1 "
      "end{interrupted lost=0: 7001/10/6 7002/10/7[late]; start overflow}" },
    { "the start was lost in an overflow", COMMIT,
      REST "over=9 ?active=1@-1 " POINT(10, 2, 7001, 10, 6) "stop",
      "get(energy,i0,i1,commit,active) start P0 "
      "end{interrupted lost=0: 7001/10/6; start}" },
    { "ended by command: the rest of that scan is not looked at", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) "end " POINT(
          20, 2, 7002, 11, 7) "=30 active=0 =40 active=1 " POINT(50, 1, 7003,
                                                                 11, 7) "stop",
      "start P0 end{aborted lost=0: 7001/10/6; start} start P0 "
      "end{interrupted lost=0: 7003/11/7; start}" },
    { "disabled: no scan; enabled again: joined", COMMIT,
      REST
      "disable =0 active=1 " POINT(10, 1, 7001, 10, 6) "enable discard " POINT(
          20, 2, 7002, 11, 7) "stop",
      "start P0 end{interrupted lost=0: 7002/11/7; start discard}" },
    { "one scan follows the other at once", COMMIT,
      REST
      "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=20 active=0 active=1 " POINT(
          30, 1, 7002, 11, 7) "stop",
      "start P0 get(commit) end{complete lost=0: 7001/10/6; start} start P0 "
      "end{interrupted lost=0: 7002/11/7; start}" },
    { "an INVALID active PV tells nothing", COMMIT,
      REST "=0 active=1 " POINT(10, 1, 7001, 10, 6) "=15 active=0!3 " POINT(
          20, 2, 7002, 11, 7) "stop",
      "start P0 P1 end{interrupted lost=0: 7001/10/6 7002/11/7; start}" },
    { "a clock 40 ms ahead is allowed for", COMMIT,
      REST "=0 active=1 =60 energy=7001 i0=8@100 i1=6 commit=1 "
           "=110 energy=7002 i1=7 commit=2 =111 i0=7@149 "
           "=112 ?i0=7@149 =200 active=0 ?commit=2@110",
      "start P0 get(i0) P1 get(commit) end{complete lost=0: "
      "7001/8/6 7002/7/7; start}" },
    { "a value of the next point has overwritten this one's: late", COMMIT,
      REST "=0 active=1 " POINT(
          10, 1, 7001, 10,
          6) "=20 energy=7002@19 i1=7@19 i0=11@19.9 commit=2@19.5 "
             "=30 active=0 ?commit=2@19.5",
      "start P0 P1 get(commit) end{complete lost=0: 7001/10/6 "
      "7002/11/7[late]; start}" },
};

const size_t assemblerCaseCount =
    sizeof assemblerCases / sizeof *assemblerCases;
