/* SPDX-License-Identifier: BSD-3-Clause */
/* Expectations follow from the rules in DESIGN.md section 4, by hand.  A sweep
 * is one scan; nothing is padded and no two sweeps meet in one. */
#include "arrayCases.h"

#define COUNTED_ARRAYS (DETECTORS | BIT(Sequence))
#define CLOSED_ARRAYS  (DETECTORS | BIT(Commit))

const testCase arrayCases[] = {
    { "energy first", DETECTORS, UP SWEEP(1000), WHOLE },
    { "one by one, the energy last", DETECTORS,
      UP "=1000 i1=[5,4,3] =1040 i0=[9,8,7] =1100 energy=[7000,7001,7002]",
      WHOLE },
    { "two sweeps are two scans", DETECTORS, UP SWEEP(1000) SWEEP(2000),
      WHOLE " " WHOLE },
    { "down and up", DETECTORS,
      UP "=1000 energy=[7002,7001,7000] i0=[7,8,9] i1=[3,4,5] " SWEEP(2000),
      "start P2 end{complete lost=0: 7002/7/3 7001/8/4 7000/9/5; start "
      "arrays} " WHOLE },
    { "energies that do not change are read", DETECTORS,
      UP OLD "=1000 i0=[9,8,7] i1=[5,4,3] =1249 tick =1250 tick "
             "=1251 ?energy=[7000,7001,7002]@-900",
      "start arrays(energy) P2 end{complete lost=0: 7000/9/5 7001/8/4 "
      "7002/7/3; start arrays}" },
    { "energies set long before the sweep", DETECTORS,
      UP OLD "=100 energy=[7010,7011,7012] =9000 i0=[9,8,7] i1=[5,4,3] ",
      "start P2 end{complete lost=0: 7010/9/5 7011/8/4 7012/7/3; start "
      "arrays}" },
    { "where energies come with each sweep an old one is not taken", DETECTORS,
      UP SWEEP(1000) "=2000 i0=[9,8,7] i1=[5,4,3] =2300 tick "
                     "?energy=[7000,7001,7002]@1000 =12000 tick",
      WHOLE " start arrays(energy) end{timeout lost=3:; start missing}" },
    { "an array that posts nothing, though it is of this sweep", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] =1251 tick "
         "=1252 ?i1=[5,4,3]@1001",
      "start arrays(i1) P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; "
      "start arrays}" },
    { "a detector's old array is not taken: timeout without points", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] =1251 tick "
         "=1252 ?i1=[5,4,3]@100 =10999 tick =11000 tick",
      "start arrays(i1) end{timeout lost=3:; start missing}" },
    { "a detector that comes after the time-out is dropped, and said",
      DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] =11000 tick "
         "=11001 i1=[5,4,3]@1001 " SWEEP(12000),
      "start end{timeout lost=3:; start missing} start P2 end{complete "
      "lost=0: 7000/9/5 7001/8/4 7002/7/3; start late arrays}" },
    { "the next sweep begins before this one is whole: never mixed", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] " SWEEP(2000),
      "start arrays(i1) end{lossy lost=3:; start missing} " WHOLE },
    { "the same in another order", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[1,1,1] =2000 i1=[5,4,3] "
         "i0=[9,8,7] energy=[7000,7001,7002]@2001",
      "start arrays(i1) end{lossy lost=3:; start "
      "missing} " WHOLE },
    { "far apart, and looked at twice: the first has been overwritten",
      DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[1,1,1] =1250 tick ?i1=[0]@5 "
         "=2000 i1=[5,4,3] "
         "=2250 tick ?energy=[7000,7001,7002]@2000 ?i0=[9,8,7]@2000 "
         "?i1=[5,4,3]@2000",
      "start arrays(i1) arrays(energy,i0,i1) end{lossy lost=3:; start "
      "missing} " WHOLE },
    { "far apart, but still there: one sweep", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] =1600 i0=[9,8,7] =1850 tick "
         "?i1=[0]@5 =2200 i1=[5,4,3] "
         "=2450 tick ?energy=[7000,7001,7002]@1000 ?i0=[9,8,7]@1600 "
         "?i1=[5,4,3]@2200",
      "start arrays(i1) arrays(energy,i0,i1) P2 end{complete lost=0: 7000/9/5 "
      "7001/8/4 "
      "7002/7/3; start arrays}" },
    { "far apart, but of one number", COUNTED_ARRAYS,
      UPS "=999 sequence=4 =1000 energy=[7000,7001,7002] =1600 i0=[9,8,7] "
          "=1850 tick ?i1=[0]@5 =2200 i1=[5,4,3] "
          "=2450 tick ?energy=[7000,7001,7002]@1000 ?i0=[9,8,7]@1600 "
          "?i1=[5,4,3]@2200",
      "start arrays(i1) arrays(energy,i0,i1) P2 end{complete lost=0: 7000/9/5 "
      "7001/8/4 7002/7/3; "
      "start arrays}" },
    { "no stamps: the numbers tell", COUNTED_ARRAYS,
      UPS "=999 sequence=4 =1000 energy=[7000,7001,7002]@none "
          "i0=[9,8,7]@none =1001 sequence=5 i1=[5,4,3]@none =1002 "
          "energy=[7000,7001,7002]@none i0=[9,8,7]@none",
      "start end{lossy lost=3:; start missing} start P2 end{complete lost=0: "
      "7000/9/5[stamp_bad] 7001/8/4[stamp_bad] 7002/7/3[stamp_bad]; start "
      "arrays}" },
    { "sweeps are missing in the numbers", COUNTED_ARRAYS,
      UPS "=999 sequence=4 " SWEEP(1000) "=3999 sequence=7 " SWEEP(4000),
      WHOLE " start P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; start "
            "arrays gap}" },
    { "a monitor that comes late holds the next sweep's values", DETECTORS,
      UP SWEEP(1000)
          SWEEP(2000) "=3000 energy=[7000,7001,7002] i0=[1,2,3] =3250 tick "
                      "?i1=[0]@2000 =3400 i1=[5,4,3]@3000 "
                      "=3401 ?energy=[7000,7001,7002]@3000 ?i0=[1,2,3]@3000 "
                      "?i1=[5,5,5]@4000 =4001 energy=[7000,7001,7002]@4000 "
                      "i0=[9,8,7]@4000",
      WHOLE " " WHOLE " start arrays(i1) arrays(energy,i0,i1) end{lossy "
            "lost=3:; start missing} "
            "start arrays(energy,i0) P2 end{complete lost=0: 7000/9/5 7001/8/5 "
            "7002/7/5; start "
            "arrays}" },
    { "the commit PV: what is missing is read at once", CLOSED_ARRAYS,
      UPC OLD "=1000 i0=[9,8,7] i1=[5,4,3] commit=1 "
              "?energy=[7000,7001,7002]@-900",
      "start arrays(energy) P2 end{complete lost=0: 7000/9/5 7001/8/4 "
      "7002/7/3; start arrays}" },
    { "an array stamped after the commit is the next sweep's", CLOSED_ARRAYS,
      UPC OLD "=1000 i0=[9,8,7] commit=1 ?energy=[7000,7001,7002]@-900 =1100 "
              "i1=[5,4,3] i0=[9,8,7] commit=2 ?energy=[7000,7001,7002]@-900",
      "start arrays(energy,i1) end{lossy lost=3:; start missing} start "
      "arrays(energy) P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; "
      "start arrays}" },
    { "posted again", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] "
         "=1010 energy=[7000,7001,7002] i0=[9,8,7] i1=[5,4,3]",
      WHOLE },
    { "unequal lengths: the smallest", DETECTORS,
      UP "=1000 energy=[7000,7001,7002,7003] i0=[9,8,7,6] i1=[5,4,3]",
      "start P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; start arrays "
      "cut}" },
    { "padded arrays are cut at the valid points", DETECTORS | BIT(Valid),
      UP "up=valid =1000 energy=[7000,7001,7001,7001] i0=[9,8,8,8] "
         "i1=[5,4,4,4] ?valid=2",
      "start get(valid) P1 end{complete lost=0: 7000/9/5 7001/8/4; start "
      "arrays cut}" },
    { "the number of valid points does not come", DETECTORS | BIT(Valid),
      UP "up=valid " SWEEP(1000) "=1500 tick =3000 tick",
      "start get(valid) P2 end{complete lost=0: 7000/9/5 7001/8/4 7002/7/3; "
      "start late arrays}" },
    { "no points", DETECTORS, UP "=1000 energy=[] i0=[] i1=[]",
      "start end{aborted lost=0:; start arrays}" },
    { "one point", DETECTORS, UP "=1000 energy=[7000] i0=[9] i1=[5]",
      "start P0 end{complete lost=0: 7000/9/5; start arrays}" },
    { "an INVALID array", DETECTORS,
      UP "=1000 energy=[7000,7001] i0=[9,8]!3 i1=[5,4]",
      "start P1 end{complete lost=0: 7000/9/5[invalid] 7001/8/4[invalid]; "
      "start arrays}" },
    { "NaN, and I0 near 0", DETECTORS,
      UP "=1000 energy=[7000,7001,nan] i0=[9,1,8] i1=[nan,4,3]",
      "start P2 end{complete lost=0: 7000/9/nan[invalid] 7001/1/4[low_i0] "
      "nan/8/3[invalid]; start arrays}" },
    { "duplicates: the last good one wins", DETECTORS,
      UP "=1000 energy=[7000,7001,7001,7002] i0=[9,1,9,8] i1=[5,1,4,3]",
      "start P3 end{complete lost=0: 7000/9/5 7001/1/1[duplicate;low_i0] "
      "7001/9/4 7002/8/3; start arrays}" },
    { "energies that step back a little stay one scan", DETECTORS,
      UP "=1000 energy=[7000,7002,7001,7003] i0=[9,9,9,9] i1=[5,4,3,2]",
      "start P3 end{complete lost=0: 7000/9/5 7002/9/4 7001/9/3 7003/9/2; "
      "start arrays}" },
    { "up and down in one array: two scans", DETECTORS,
      UP "=1000 energy=[7000,7010,7020,7011,7001] i0=[9,9,9,9,9] "
         "i1=[5,4,3,4,5]",
      "start P2 end{complete lost=0: 7000/9/5 7010/9/4 7020/9/3; start arrays} "
      "start P1 end{complete lost=0: 7011/9/4 7001/9/5; start}" },
    { "stamps of 1990: receipt time, flagged", DETECTORS,
      UP "=1000 energy=[7000]@-1e12 i0=[9]@-1e12 i1=[5]@-1e12",
      "start P0 end{complete lost=0: 7000/9/5[stamp_bad]; start arrays}" },
    { "stamps of the future", DETECTORS,
      UP "=1000 energy=[7000]@3600000 i0=[9]@3600000 i1=[5]@3600000",
      "start P0 end{complete lost=0: 7000/9/5[stamp_bad]; start arrays}" },
    { "equal stamps in all sweeps", DETECTORS,
      UP "=1000 energy=[7000]@900 i0=[9]@900 i1=[5]@900 ?energy=[7000]@900 "
         "?i0=[9]@900 ?i1=[5]@900 "
         "=1200 energy=[7000]@900 i0=[8]@900 i1=[4]@900 ?energy=[7000]@900 "
         "?i0=[8]@900 ?i1=[4]@900",
      "start arrays(energy,i0,i1) P0 end{complete lost=0: 7000/9/5; start "
      "arrays} start "
      "arrays(energy,i0,i1) P0 "
      "end{complete lost=0: 7000/8/4; start arrays}" },
    { "a detector goes in mid-sweep: interrupted", DETECTORS,
      UP "=1000 energy=[7000,7001] i0=[9,8] down=i1 =11000 tick",
      "start end{interrupted lost=2:; start disconnect missing}" },
    { "a PV never there", DETECTORS,
      "up=energy,i0 =1000 energy=[7000,7001] i0=[9,8] =11000 tick",
      "start end{interrupted lost=2:; start missing}" },
    { "a channel nobody needs is away: not waited for", DETECTORS | BIT(Tey),
      UP SWEEP(1000),
      "start P2 end{complete lost=0: 7000/9/5/nan 7001/8/4/nan 7002/7/3/nan; "
      "start arrays}" },
    { "a channel nobody needs does not come: the rest is kept",
      DETECTORS | BIT(Tey),
      UP "up=tey " SWEEP(1000) "=1250 tick ?tey=[1,1,1]@5 =11000 tick",
      "start arrays(tey) P2 end{timeout lost=0: 7000/9/5/nan 7001/8/4/nan "
      "7002/7/3/nan; start missing}" },
    { "all goes and comes back, its first values are no sweep", DETECTORS,
      UP SWEEP(1000) "down=energy,i0,i1 =9000 up=energy,i0,i1 "
                     "energy:[7000,7001,7002]@1000 i0:[9,8,7]@1000 "
                     "i1:[5,4,3]@1000 " SWEEP(10000),
      WHOLE " " WHOLE },
    { "active runs over several sweeps", DETECTORS | BIT(Active),
      UP "up=active active:0@-5 =10 active=1 " SWEEP(1000)
          SWEEP(2000) "=2100 active=0",
      WHOLE " " WHOLE },
    { "the arrays come after active has fallen", DETECTORS | BIT(Active),
      UP "up=active active:0@-5 =10 active=1 =900 active=0 " SWEEP(1000),
      WHOLE },
    { "active without arrays", DETECTORS | BIT(Active),
      UP "up=active active:0@-5 =10 active=1 =900 active=0 =10900 tick",
      "start end{timeout lost=0:; start}" },
    { "the aborted PV", DETECTORS | BIT(Aborted),
      UP "up=aborted aborted:0@-5 =999 aborted=1 " SWEEP(1000) "?aborted=1",
      "start get(aborted) P2 end{aborted lost=0: 7000/9/5 7001/8/4 7002/7/3; "
      "start arrays}" },
    { "the beam is lost in a sweep, and comes back",
      DETECTORS | BIT(RingCurrent) | BIT(Shutter),
      UP "up=ring_current,shutter ring_current:300@-5 shutter:1@-5 "
         "=500 ring_current=2 =1000 energy=[7000] i0=[9] i1=[5] "
         "=1500 ring_current=300 =2000 energy=[7000] i0=[9] i1=[5] "
         "=3000 energy=[7000] i0=[9] i1=[5] =3500 shutter=0 "
         "=3600 shutter=1 =4000 energy=[7000] i0=[9] i1=[5]",
      "start P0 end{beam_lost lost=0: 7000/9/5[no_beam]; start arrays beam} "
      "start P0 end{beam_lost lost=0: 7000/9/5[no_beam]; start arrays beam} "
      "start P0 end{complete lost=0: 7000/9/5; start arrays} "
      "start P0 end{beam_lost lost=0: 7000/9/5[no_beam]; start arrays beam}" },
    { "top-up in a sweep", DETECTORS | BIT(Inhibit),
      UP "up=inhibit inhibit:0@-5 =500 inhibit=1 =600 inhibit=0 "
         "=1000 energy=[7000] i0=[9] i1=[5] "
         "=2000 energy=[7000] i0=[9] i1=[5]",
      "start P0 end{complete lost=0: 7000/9/5[no_beam]; start arrays beam} "
      "start P0 end{complete lost=0: 7000/9/5; start arrays}" },
    { "our queue was full before it began: what it lost is read again",
      DETECTORS,
      UP "=1000 energy=[7000,7001,7002] over=1 i1=[5,4,3] "
         "?energy=[7000,7001,7002]@1000 ?i0=[9,8,7]@1000 ?i1=[5,4,3]@1000",
      "get(energy,i0,i1) start P2 end{complete lost=0: 7000/9/5 7001/8/4 "
      "7002/7/3; start arrays}" },
    { "our queue was full in mid-sweep", DETECTORS,
      UP "=1000 i0=[9,8,7] energy=[7000,7001,7002] over=1 "
         "?energy=[7000,7001,7002]@1000 ?i0=[9,8,7]@1000 ?i1=[5,4,3]@1000",
      "start get(energy,i0,i1) P2 end{complete lost=0: 7000/9/5 7001/8/4 "
      "7002/7/3; start overflow arrays}" },
    { "ended by command in mid-sweep: the rest is dropped", DETECTORS,
      UP "=1000 energy=[7000,7001,7002] i0=[9,8,7] end i1=[5,4,3] " SWEEP(2000),
      "start end{aborted lost=0:; start} start P2 end{complete lost=0: "
      "7000/9/5 7001/8/4 7002/7/3; start late arrays}" },
    { "stopped when all was there but the valid points", DETECTORS | BIT(Valid),
      UP "up=valid " SWEEP(1000) "stop",
      "start get(valid) P2 end{interrupted lost=0: 7000/9/5 7001/8/4 "
      "7002/7/3; start}" },
    { "disabled, and enabled again", DETECTORS,
      UP "disable " SWEEP(1000) "enable " SWEEP(2000), WHOLE },
};

const size_t arrayCaseCount = sizeof arrayCases / sizeof *arrayCases;
