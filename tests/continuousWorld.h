/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef CONTINUOUS_WORLD_H
#define CONTINUOUS_WORLD_H

#include "xasAssembler.h"

/* A station that scans continuously, without a network: what it does in its
 * own time, as events to an assembler, whose questions it answers. */

enum { worldStreams = 6, worldFaults = 4, worldScans = 8 };

typedef struct worldStream {
    xasRole role;
    double rate_Hz, phase_s;
    double latency_s; /* from the stamp to us */
    double clock_s;   /* its server's clock is ahead by so much */
    int server;
    bool onChange; /* MDEL 0: an equal value is not posted */
} worldStream;

typedef enum worldFaultKind {
    worldNone,
    worldGone,    /* no connection in that time; all roles: xasRoleCount */
    worldNever,   /* never a connection */
    worldInvalid, /* INVALID alarm */
    worldNaN,
    worldFactor,    /* value times `value` */
    worldStamp,     /* stamp is off by `value` s */
    worldUndefined, /* stamp 0 */
    worldEqual,     /* stamp stays that at the beginning */
    worldDropped,   /* processed, but the monitors get lost */
    worldOverflow,  /* the same by our queue, and an event says so */
    worldStalled,   /* not processed; a get shows the last value */
    worldMute,      /* processed, no monitors, no answers */
    worldConstant,  /* the value is that at the beginning, posted as usual */
    worldAborts,    /* aborted goes to 1, then active to 0, at `from` */
    worldRestart,   /* its source: as gone, and the scan is over then */
    worldDark,      /* the ring current is 0 */
    worldDaemon     /* xasd dies and comes back: resumed from what it had */
} worldFaultKind;

typedef struct worldFault {
    worldFaultKind kind;
    xasRole role;
    double from_s, to_s, value;
} worldFault;

/** Where the energy is: from one to the next in straight lines. */
typedef struct worldPlace {
    double time_s, energy_eV;
} worldPlace;

typedef struct world {
    xasAssemblerRules rules;
    worldStream stream[worldStreams]; /* up to one with rate 0 */
    worldFault fault[worldFaults];
    const worldPlace *place; /* ends with time 1e9 */
    double lag_s;    /* the energy is stamped so much after it was passed */
    double noise_eV; /* of the energy's read-back */
    double noise;    /* of the detectors, relative */
    double edge_eV, width_eV;
    double activeFrom_s, activeTo_s; /* with the role active */
    double end_s;                    /* of the world */
    xasScan *scan[worldScans];       /* that ended, in order */
    size_t n, points;                /* points: announced by actions */
} world;

/** \brief I0, I1 at 10 Hz, 20 Hz, energy at 50 Hz; up and down in 40 s. */
void worldDefaults(world *w);
void worldRun(world *w);
void worldClear(world *w);

double worldEnergy(const world *w, double time_s);
double worldMu(const world *w, double energy_eV);
int64_t worldTime(double time_s);

/** \brief Has the scan an event of this kind? */
bool worldSaid(const xasScan *scan, const char *what);
/** \brief All flags of its points together. */
uint32_t worldFlags(const xasScan *scan);
/** \brief The largest error of mu of points without flags (but those in
 * allowed); NaN if there is none. */
double worldError(const world *w, const xasScan *scan, uint32_t allowed);

#endif
