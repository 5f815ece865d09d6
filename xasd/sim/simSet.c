/* SPDX-License-Identifier: BSD-3-Clause */
#include "simSet.h"

static const char *const names[simSetCount] = {
    [simSetMode] = "Mode",
    [simSetSeed] = "Seed",
    [simSetNoise] = "Noise",
    [simSetPoints] = "Points",
    [simSetResample] = "Resample",
    [simSetDwell] = "Dwell",
    [simSetSweeps] = "Sweeps",
    [simSetAlternate] = "Alternate",
    [simSetNoPoint] = "NoPoint",
    [simSetMoveReadings] = "MoveReadings",
    [simSetReturn] = "Return",
    [simSetSscanEvery] = "SscanEvery",
    [simSetSpeed] = "Speed",
    [simSetEnergyRate] = "EnergyRate",
    [simSetI0Rate] = "I0Rate",
    [simSetSignalRate] = "SignalRate",
    [simSetLagMs] = "LagMs",
    [simSetTurnS] = "TurnS",
    [simSetSweepTime] = "SweepTime",
    [simSetArrOrder] = "ArrOrder",
    [simSetArrGapMs] = "ArrGapMs",
    [simSetArrShort] = "ArrShort",
    [simSetDSpacing] = "DSpacing",
    [simSetDark] = "Dark",
    [simSetTauNs] = "TauNs",
    [simSetRingNominal] = "RingNominal",
    [simSetFaultChannel] = "Fault:Channel",
    [simSetPauseAt] = "Fault:PauseAt",
    [simSetPauseS] = "Fault:PauseS",
    [simSetInvalidAt] = "Fault:InvalidAt",
    [simSetInvalidN] = "Fault:InvalidN",
    [simSetNanAt] = "Fault:NanAt",
    [simSetNanN] = "Fault:NanN",
    [simSetDumpAt] = "Fault:DumpAt",
    [simSetDumpN] = "Fault:DumpN",
    [simSetTopUpAt] = "Fault:TopUpAt",
    [simSetTopUpN] = "Fault:TopUpN",
    [simSetDuplicateAt] = "Fault:DuplicateAt",
    [simSetDuplicateN] = "Fault:DuplicateN",
    [simSetBackAt] = "Fault:BackAt",
    [simSetBackN] = "Fault:BackN",
    [simSetStampKind] = "Fault:Stamp",
    [simSetStampAt] = "Fault:StampAt",
    [simSetStampN] = "Fault:StampN",
    [simSetLateAt] = "Fault:LateAt",
    [simSetLateN] = "Fault:LateN",
    [simSetLateMs] = "Fault:LateMs",
    [simSetBurstAt] = "Fault:BurstAt",
    [simSetBurstN] = "Fault:BurstN",
    [simSetHoldAt] = "Fault:HoldAt",
    [simSetHoldN] = "Fault:HoldN",
    [simSetGlitchAt] = "Fault:GlitchAt",
    [simSetGlitchN] = "Fault:GlitchN",
    [simSetGlitchFactor] = "Fault:GlitchFactor",
    [simSetAbortAt] = "Fault:AbortAt",
    [simSetEmpty] = "Fault:Empty",
    [simSetNoGap] = "Fault:NoGap",
    [simSetDeadElement] = "Fault:DeadElement",
    [simSetDeadAt] = "Fault:DeadAt",
};

const char *simSetName(simSet which)
{
    return names[which];
}

static xasSimSpan spanOf(const double *set, simSet at, simSet n)
{
    return (xasSimSpan){ (long)set[at], (long)set[n] };
}

void simSetFaults(const double set[simSetCount], xasSimFaults *out)
{
    xasSimFaultsNone(out);
    out->pauseAt = (long)set[simSetPauseAt];
    out->pause_s = set[simSetPauseS];
    out->invalid = spanOf(set, simSetInvalidAt, simSetInvalidN);
    out->nan = spanOf(set, simSetNanAt, simSetNanN);
    out->late = spanOf(set, simSetLateAt, simSetLateN);
    out->dump = spanOf(set, simSetDumpAt, simSetDumpN);
    out->burst = spanOf(set, simSetBurstAt, simSetBurstN);
    out->hold = spanOf(set, simSetHoldAt, simSetHoldN);
    out->glitch = spanOf(set, simSetGlitchAt, simSetGlitchN);
    out->topUp = spanOf(set, simSetTopUpAt, simSetTopUpN);
    out->duplicate = spanOf(set, simSetDuplicateAt, simSetDuplicateN);
    out->back = spanOf(set, simSetBackAt, simSetBackN);
    out->stampKind = (xasSimStamp)(int)set[simSetStampKind];
    if (out->stampKind != xasSimStampNow)
        out->stamp = spanOf(set, simSetStampAt, simSetStampN);
    out->abortAt = (long)set[simSetAbortAt];
    out->empty = set[simSetEmpty] != 0;
}
