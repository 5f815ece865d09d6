/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SET_H
#define SIM_SET_H

#include "xasSimFault.h"

/** Settings a station reads when a scan starts; each is a record, see
 * xassim(1). */
typedef enum simSet {
    simSetMode,
    simSetSeed,
    simSetNoise,
    simSetPoints,
    simSetResample,
    simSetDwell,
    simSetSweeps,
    simSetAlternate,
    simSetNoPoint,
    simSetMoveReadings,
    simSetReturn,
    simSetSscanEvery,
    simSetSpeed,
    simSetEnergyRate,
    simSetI0Rate,
    simSetSignalRate,
    simSetLagMs,
    simSetTurnS,
    simSetSweepTime,
    simSetArrOrder,
    simSetArrGapMs,
    simSetArrShort,
    simSetDSpacing,
    simSetDark,
    simSetTauNs,
    simSetRingNominal,
    simSetFaultChannel,
    simSetPauseAt,
    simSetPauseS,
    simSetInvalidAt,
    simSetInvalidN,
    simSetNanAt,
    simSetNanN,
    simSetDumpAt,
    simSetDumpN,
    simSetTopUpAt,
    simSetTopUpN,
    simSetDuplicateAt,
    simSetDuplicateN,
    simSetBackAt,
    simSetBackN,
    simSetStampKind,
    simSetStampAt,
    simSetStampN,
    simSetLateAt,
    simSetLateN,
    simSetLateMs,
    simSetBurstAt,
    simSetBurstN,
    simSetHoldAt,
    simSetHoldN,
    simSetGlitchAt,
    simSetGlitchN,
    simSetGlitchFactor,
    simSetAbortAt,
    simSetEmpty,
    simSetNoGap,
    simSetDeadElement,
    simSetDeadAt,
    simSetCount
} simSet;

/** How a station scans: Mode. */
typedef enum simMode {
    simModeStep,
    simModeContinuous,
    simModeArray,
    simModeSscan
} simMode;

/** \brief Name of its record, behind the prefix. */
const char *simSetName(simSet which);

/** \brief The faults that such settings ask for. */
void simSetFaults(const double set[simSetCount], xasSimFaults *out);

#endif
