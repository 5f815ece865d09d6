/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef SIM_STEP_H
#define SIM_STEP_H

#include "simScan.h"

/** A reading that comes after its point. */
typedef struct simLate {
    double due_s;
    size_t i;
    epicsTimeStamp stamp;
} simLate;

/** A scan in steps. */
typedef struct simSteps {
    simScan *scan;
    double due_s;   /* of the last point */
    double began_s; /* counting */
    simLate late[64];
    size_t lates;
} simSteps;

/** \brief Count for reading i; false: stopped meanwhile. */
bool simStepWait(simSteps *run, size_t i);
/** \brief Post it. */
void simStepPost(simSteps *run, size_t i, epicsTimeStamp *stamp);
/** \brief What is late comes now; false: stopped meanwhile. */
bool simStepEnd(simSteps *run);

#endif
