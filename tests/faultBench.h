/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef FAULT_BENCH_H
#define FAULT_BENCH_H

#include "xasAssembler.h"

/* A station without a network: its PVs, their clocks, a scan of it in each
 * mode, and faults put between it and the assembler.  Energies are 7000 eV and
 * 1 eV more for each point; every reading is a straight line of the energy, so
 * that each point can be checked against what was there to be measured. */

enum { benchPoints = 40, benchScans = 8 };

typedef struct bench bench;

/** What goes wrong. Members that are NULL do nothing. */
typedef struct benchFault {
    const char *name;
    /** Before point i is measured (0..); in array mode with the number of the
     * sweep's first point only. */
    void (*before)(bench *b, int i);
    /** A reading of point i on its way; false: it is lost.  Array mode: once
     * for each array, which it may change by benchArray(). */
    bool (*edit)(bench *b, int i, xasEvent *e);
    /** Where the scan has ended, before active falls. */
    void (*last)(bench *b);
    int points;  /* of the scan; 0: benchPoints, -1: none */
    bool joined; /* the daemon starts when it is running already */
    const char *expected[xasModeCount];
} benchFault;

/** The table: faultCases.c. */
extern const benchFault benchFaults[];
extern const size_t benchFaultCount;

struct bench {
    xasMode mode;
    const benchFault *fault;
    xasAssembler *a;
    double now_ms;
    double energy;   /* of the axis now, eV */
    int64_t skew_ns; /* added to the stamps of readings */
    bool undefined;  /* stamps are 0 */
    struct {
        bool configured, connected, never;
        double value;
        uint8_t severity;
        int64_t stamp_ns;
        double array[2 * benchPoints];
        size_t count;
        bool isArray;
    } pv[xasRoleCount];
    xasScan *scan[benchScans];
    size_t nScans;
    uint32_t waiting[64]; /* gets not answered: by request */
    xasRoles asked[64];
    size_t nWaiting;
    struct {
        double due_ms;
        xasEvent event;
    } late[64]; /* on their way */
    size_t nLate;
    int number; /* of the next point */
    bool busy;
};

/** \brief Measure one scan with its fault, all to the end. */
void benchRun(bench *b, xasMode mode, const benchFault *fault);
void benchClear(bench *b);

/** \brief What a channel reads at an energy. */
double benchTruth(xasRole role, double energy_eV);

/** \brief "complete n=40 lost=0 invalid:10 (gap disconnect)" of each scan. */
void benchText(const bench *b, char *out, size_t size);

/** \brief Points without a flag that are not what was measured. */
size_t benchInvented(const bench *b);

/* For faults. */
void benchWait(bench *b, double ms);
void benchConnect(bench *b, xasRole role, bool up);
void benchConnectAll(bench *b, bool up);
void benchPut(bench *b, xasRole role, double value);
void benchSweep(bench *b, int n);   /* array mode: n points */
void benchMeasure(bench *b, int i); /* at b->energy; i is for edit() only */
/** \brief Let an event come so much later than it would have. */
void benchLater(bench *b, const xasEvent *e, double ms);
void benchActive(bench *b, bool on);

#endif
