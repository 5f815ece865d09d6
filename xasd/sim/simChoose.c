/* SPDX-License-Identifier: BSD-3-Clause */
/* What the next scan measures. */
#include <math.h>
#include <stdint.h>

#include <epicsTime.h>

#include "simScan.h"
#include "xasSimHalide.h"

static void chooseSeed(simStation *st, int scan)
{
    epicsTimeStamp now;
    double seed = st->now[simSetSeed];

    (void)epicsTimeGetCurrent(&now);
    st->seed = seed != 0 ? (uint32_t)(int32_t)seed + (uint32_t)scan
                         : now.nsec ^ now.secPastEpoch;
}

static xasStatus fromFile(const simStation *st, size_t points, xasSimData **out,
                          xasMessage *message)
{
    xasStatus status = xasSimDataResample(st->file, points, out);

    if (status == xasErrOrder)
        return xasFail(status, message,
                       "not started: the energies of File do not ascend");
    return status ? xasFail(status, message, "not started: out of memory")
                  : xasOk;
}

static xasStatus synthetic(simStation *st, size_t points, xasSimData **out,
                           xasMessage *message)
{
    char file[256], sample[256], formula[256];

    simGetText(st->ask[simAskFile], file, sizeof file);
    if (file[0])
        return xasFail(xasErrNotFound, message,
                       "not started: File %.100s cannot be played", file);
    simGetText(st->ask[simAskSample], sample, sizeof sample);
    simGetText(st->ask[simAskFormula], formula, sizeof formula);
    const char *known = xasSimHalideFind(sample) ? sample : formula;

    if (!xasSimHalideFind(known))
        return xasFail(xasErrNotFound, message,
                       "not started: no synthetic spectrum of Sample '%.60s', "
                       "Formula '%.60s'; a halide such as FeCl2, or File",
                       sample, formula);
    xasSimSpec spec = { known, st->edge, st->signals, st->seed, points };

    return xasSimDataMean(&spec, out, message);
}

static xasStatus take(simStation *st, size_t points, xasSimData **out,
                      xasMessage *message)
{
    return st->file ? fromFile(st, points, out, message)
                    : synthetic(st, points, out, message);
}

/* A monochromator in motion is between the points, so these become so many
 * that straight lines between them will do. */
static xasStatus dense(simStation *st, simPlay *play, xasMessage *message)
{
    xasSimData *points = play->mean;
    double limit = st->now[simSetPoints], speed = st->now[simSetSpeed];
    size_t n =
        limit > 0 && limit < (double)points->n ? (size_t)limit : points->n;

    play->from_eV = points->energy_eV[0];
    play->to_eV = points->energy_eV[n - 1];
    play->sweep_s = speed > 0 ? fabs(play->to_eV - play->from_eV) / speed
                              : (double)n * st->now[simSetDwell];
    play->mean = NULL;
    xasSimDataDestroy(points);
    if (!(play->sweep_s > 0) || !(st->now[simSetSignalRate] > 0))
        return xasFail(xasErrArg, message,
                       "not started: a sweep that takes no time; see Speed, "
                       "Dwell, SignalRate");
    return take(st, SIM_ARRAY_MAX, &play->mean, message);
}

/* What there is room for. */
static xasStatus check(const simStation *st, size_t n, xasMessage *message)
{
    double points = st->now[simSetPoints];

    if (points > 0 && points < (double)n)
        n = (size_t)points;
    switch ((simMode)(int)st->now[simSetMode]) {
    case simModeArray:
        if (n > SIM_ARRAY_MAX)
            return xasFail(xasErrRange, message,
                           "not started: an array holds %d points",
                           SIM_ARRAY_MAX);
        break;
    case simModeSscan:
        if ((double)n * st->now[simSetSweeps] > SIM_SSCAN_MAX)
            return xasFail(xasErrRange, message,
                           "not started: scan1 holds %d points", SIM_SSCAN_MAX);
        break;
    case simModeStep:
    case simModeContinuous: break;
    }
    if ((double)n * st->now[simSetSweeps] > SIM_READINGS_MAX)
        return xasFail(xasErrRange, message,
                       "not started: more than %d points in all sweeps",
                       SIM_READINGS_MAX);
    return xasOk;
}

xasStatus simChoose(simStation *st, int scan, simPlay *play,
                    xasMessage *message)
{
    simMode mode = (simMode)(int)st->now[simSetMode];
    double points = st->now[simSetResample];

    *play = (simPlay){ .mean = NULL };
    chooseSeed(st, scan);
    xasStatus status =
        take(st, points > 0 ? (size_t)points : 0, &play->mean, message);

    if (!status)
        status = check(st, play->mean->n, message);
    if (!status && mode == simModeContinuous)
        status = dense(st, play, message);
    if (status) {
        xasSimDataDestroy(play->mean);
        play->mean = NULL;
    }
    return status;
}
