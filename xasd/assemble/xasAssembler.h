/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_ASSEMBLER_H
#define XAS_ASSEMBLER_H

#include "xasScan.h"

typedef enum xasMode {
    xasModeStep,       /* points come one by one, closed by a commit */
    xasModeContinuous, /* streams of readings, joined by their stamps */
    xasModeArray,      /* all readings of a sweep as arrays */
    xasModeCount
} xasMode;

/** \brief "step", "continuous", "array". */
const char *xasModeName(xasMode mode);

/** Which values of the commit PV close a point. */
typedef enum xasCommitWhen {
    xasCommitAny,  /* every monitor that is not negative: counters */
    xasCommitZero, /* those of 0: a scaler's CNT, a busy record */
    xasCommitSet   /* those other than 0: a done flag */
} xasCommitWhen;

/** How a station scans; from xasd.conf.
 *
 * A point is closed by the commit PV; without one by the sequence PV; without
 * either when the energy moves on (by more than 0.005 eV and 3e-6 of itself)
 * after a detector has posted. A negative
 * value of commit or sequence (between scans) closes nothing. Where commit
 * and sequence both are given, commit closes and sequence only counts.
 *
 * What belongs to a point is told by stamps: the clocks of a station's
 * sources must agree to a fraction of a point's time (a constant difference
 * above 5 ms is measured and allowed for). */
typedef struct xasAssemblerRules {
    char station[32];
    xasMode mode;
    xasDetection detection;
    xasRoles roles;    /* that have a PV; energy also if angle has, fluor also
                        * if the elements have: it is made of them */
    xasRoles required; /* of these a disconnect spoils the scan */
    xasRoles final;    /* step: roles whose final array replaces the points when
                        * the role data says that it is posted */
    char element[3];   /* fixed by the configuration, "" if not */
    xasShell shell;
    double energy_scale; /* 1000 for a PV in keV, else 1 */
    double d_spacing_A;  /* for the role angle: E = hc / (2 d sin) */
    double i0_min;       /* low_i0 below it; 0: no test */
    double dead_time_s;  /* of the fluorescence detector; 0 unknown */
    double tau_s; /* dead time of an element with icr and no ocr: its counts
                   * are divided by 1 - icr tau; 0: not corrected */
    double dark[xasChannelCount]; /* to be subtracted from each reading */
    double ring_min_mA;           /* no_beam below it; 0: no test */
    xasCommitWhen commit_when;
    /* Without the role active start and end are inferred from the energy: a
     * scan begins with three points one way (a first step ten times the second
     * and more than return_eV is a move to the start); points before are said,
     * xasActionStray. */
    double idle_s;          /* no point for so long ends a scan */
    double return_eV;       /* a step back of more, and of 1.5 times the step
                             * before, ends a scan, since another has begun */
    double array_timeout_s; /* array: waits no longer for all of a sweep */
    double rebin_eV;        /* continuous: bins of so much; 0: none */
    xasRole pace; /* continuous: points at this stream's stamps; xasRoleCount:
                   * at the slowest's */
    double point_timeout_s;   /* a point waits no longer for its channels */
    double scan_timeout_s;    /* no point for so long: timeout; 0: never */
    double resume_gap_s;      /* a journal this old is not resumed */
    double clock_tolerance_s; /* stamps further off are replaced; 60 */
} xasAssemblerRules;

void xasAssemblerRulesDefaults(xasAssemblerRules *rules);

/** \brief Can a scan be assembled under these rules?
 * \return xasErrNotFound without the roles needed: energy (or angle), and
 *         what the detection needs; xasErrArg for numbers that make no sense.
 *         \p message (may be NULL) says which */
xasStatus xasAssemblerRulesCheck(const xasAssemblerRules *rules,
                                 xasMessage *message);

typedef struct xasAssembler xasAssembler;

/** What the assembler wants done, in order. */
typedef enum xasActionKind {
    xasActionGet,   /* read `roles` once by a get; answer each with a
                     * xasEventReply that carries `ask` */
    xasActionStart, /* a scan has begun: xasAssemblerScan() */
    xasActionPoint, /* its points up to `index` are complete */
    xasActionEnd,   /* it has ended: take it by xasAssemblerTake() */
    xasActionStray  /* `index` points were measured that make no scan: say so */
} xasActionKind;

typedef struct xasAction {
    xasActionKind kind;
    xasRoles roles;         /* xasActionGet */
    uint32_t ask;           /* xasActionGet: number of this request */
    bool arrays;            /* xasActionGet: of their (final) arrays */
    size_t index;           /* xasActionPoint, xasActionStray */
    double low_eV, high_eV; /* xasActionStray: where they were */
} xasAction;

/** \return as xasAssemblerRulesCheck, xasErrMemory */
xasStatus xasAssemblerCreate(const xasAssemblerRules *rules,
                             xasAssembler **out);
void xasAssemblerDestroy(xasAssembler *a);

/** \brief Feed one event. Pure: time is only what events carry.
 * Actions that follow are then fetched by xasAssemblerNext() until it is
 * false; after xasActionEnd the scan waits to be taken, and must be before the
 * next event. \return xasErrMemory: one point or scan is lost, and said */
xasStatus xasAssemblerFeed(xasAssembler *a, const xasEvent *event);
bool xasAssemblerNext(xasAssembler *a, xasAction *action);

/** \brief The ended scan until it is taken, else the running one, else NULL.
 * So it is always the one the action just fetched is about. */
const xasScan *xasAssemblerScan(const xasAssembler *a);
/** \brief Move the ended scan out; NULL if none. */
xasScan *xasAssemblerTake(xasAssembler *a);

/** \brief When it wants a xasEventTick next; 0 for not at all (Unix ns). */
int64_t xasAssemblerDeadline(const xasAssembler *a);

/** \brief Give back a journalled scan before the first event. The station's
 * PVs decide: still active with the next sequence number: it goes on, else it
 * ends as interrupted. Moves the scan in. */
xasStatus xasAssemblerResume(xasAssembler *a, xasScan *scan, int64_t now_ns);

/** \brief End the running scan now (stop of the daemon, command, reload). */
xasStatus xasAssemblerStop(xasAssembler *a, xasExit exit, const char *reason,
                           int64_t now_ns);

/** Last value and time of each role, for Live: records and `Ca:`. */
typedef struct xasRoleState {
    bool connected, valid;
    double value;
    int64_t stamp_ns, received_ns;
} xasRoleState;
void xasAssemblerRoleState(const xasAssembler *a, xasRole role,
                           xasRoleState *out);

#endif
