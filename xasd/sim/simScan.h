/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_SCAN_H
#define SIM_SCAN_H

#include "simStation.h"
#include "xasSimRandom.h"

/** What a scan measures. */
typedef struct simPlay {
    xasSimData *mean;               /* what a perfect detector would read */
    double from_eV, to_eV, sweep_s; /* of a continuous sweep */
} simPlay;

/** \brief Make it, by the settings in st->now.
 * \param scan  number behind the first, where several follow without a gap
 * \return not xasOk: a reason for the operator in `message` */
xasStatus simChoose(simStation *st, int scan, simPlay *play,
                    xasMessage *message);

/** One scan in progress; the station's thread. */
typedef struct simScan {
    simStation *st;
    const xasSimData *mean; /* of `play` */
    const xasSimData *data; /* readings, in the order of the schedule */
    const xasSimSchedule *schedule;
    xasSimFaults faults;
    double from_eV, to_eV, sweep_s; /* of `play` */
    xasSimRandom random;            /* of what has no place in the readings */
    double *truthE, *truthMu;       /* [truthN] */
    size_t truthN;
} simScan;

/** \brief Run one scan, from Busy = 1 to Busy = 0, in the mode the settings
 * ask for.
 * \param first,last  false: another scan comes before or follows, and Busy does
 *                    not fall between */
void simScanRun(simStation *st, const simPlay *play, bool first, bool last);

/* One mode each; false: stopped. */
bool simScanStep(simScan *scan);
bool simScanContinuous(simScan *scan);
bool simScanArray(simScan *scan);
bool simScanSscan(simScan *scan);

/** \brief Seconds of a clock that never jumps. */
double simClock(void);
/** \brief Wait, serving requests meanwhile; false when the scan is to end. */
bool simWaitUntil(simStation *st, double due);

/** \brief The stamp that a reading gets.
 * \param age_s  how long ago it was measured */
epicsTimeStamp simStampOf(simStation *st, xasSimStamp kind, double age_s);

/** \brief Post one reading of a signal, as it shall be shown. */
void simPostSignal(simStation *st, xasSimSignal s, double value,
                   const xasSimStep *step, const epicsTimeStamp *stamp);
/** \brief Post the read-back of the monochromator, and the angle. */
void simPostEnergy(simStation *st, double energy_eV, const xasSimStep *step,
                   const epicsTimeStamp *stamp);
/** \brief The same of a value that is no reading of the schedule. */
double simFaulty(const simStation *st, const xasSimStep *step, int signal,
                 double value);
/** \brief What reading i shows of a signal (-1: the energy), with its faults
 * and dark counts; NaN: it has none. */
double simShown(const simScan *scan, size_t i, int signal);
/** \brief Post the number of a point. */
void simPostPoint(simStation *st, size_t i, const epicsTimeStamp *stamp);
/** \brief Post ring, top-up and shutter, as they change. */
void simPostBeam(simStation *st, const xasSimStep *step, bool force);
/** \brief Post the elements of the detector, where the station has some.
 * \param counts  of the line, all together
 * \param ratio   of them to I0, without noise
 * \param i       number of the point */
void simPostElements(simStation *st, double counts, double ratio, double beam,
                     size_t i, const epicsTimeStamp *stamp);
/** \brief Post what is left behind the foil, where the station has one. */
void simPostFoil(simScan *scan, double energy_eV, double i1,
                 const epicsTimeStamp *stamp);
/** \brief Both, of reading i. */
void simPostRest(simScan *scan, size_t i, const epicsTimeStamp *stamp);
/** \brief Of reading i: ROI, ICR and OCR of the first element, then of the
 * others. */
double simElementShown(const simScan *scan, size_t i, int which);

/** \brief Is the fault of this step one of this signal (-1: of the energy)? */
bool simIsFaulty(const simStation *st, int signal);
/** \brief Keep a point for TruthE and TruthMu. */
void simTruth(simScan *scan, double energy_eV, double mu);

#endif
