/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_ASSEMBLER_PARTS_H
#define XAS_ASSEMBLER_PARTS_H

#include "xasAssembler.h"
#include "xasPending.h"

/* Internal to assemble, what its files share.  Events in: xasAssembler.c,
 * xasAssemblerSource.c, xasAssemblerActive.c; points: xasAssemblerPoint.c;
 * scans out: xasAssemblerBegin.c, xasAssemblerCount.c, xasAssemblerScan.c,
 * xasAssemblerTime.c. */

enum {
    xasPendingMax = 64,
    xasQueueMax = 32,
    xasLaterMax = 8,
    xasLateEvents = 50, /* of them are written down */
    xasTextRoles = xasRoleCount - xasRoleSample
};

/** What is known of a PV. */
typedef struct xasSource {
    bool connected;
    bool lost;     /* the connection, in this scan */
    bool posted;   /* a monitor since the last commit */
    bool clockBad; /* its last monitor had a useless stamp */
    bool often;    /* posts more than once for a point */
    bool any;      /* has posted in this scan */
    int inOrder;   /* points, in quiet times, with its one monitor stamped
                    * between two commits */
    bool lagKnown;
    double server;
    xasHeld last; /* stamp in its own clock */
    /* monitors that no commit has used yet, the last xasQueueMax; PVs of one
     * server come through several queues, and one may be ahead by many points
     */
    xasHeld queue[xasQueueMax];
    unsigned put;    /* next index into it, modulo its size */
    unsigned queued; /* not used yet; last is the newest */
    int64_t received_ns;
    int64_t lag_ns; /* least of receipt - stamp in this scan */
    int64_t lagFrom_ns;
    int lags; /* counted; least of lag_ns is settled with enough of them */
    bool usualKnown;
    int64_t usual_ns; /* the least lag in a scan before */
} xasSource;

/** Numbers of the points. */
typedef struct xasCounting {
    bool known;
    int64_t last;    /* of the last point complete */
    int64_t seen;    /* of the last commit, -1 unknown */
    int64_t unknown; /* points since `last` whose number is not known */
    int64_t before;  /* value when the scan started, -1 unknown */
    bool blind;      /* resumed without a number: the first is taken as is */
} xasCounting;

/** What a mode other than step makes of its readings.  All else is common:
 * texts, active, planned, dwell, aborted, ring current, names, events. */
typedef struct xasModeOps {
    xasRoles extra; /* roles that value() gets besides those it names */
    xasStatus (*create)(xasAssembler *a); /* sets a->mode */
    void (*destroy)(xasAssembler *a);
    /** A scan has begun, or a journalled one was given back. */
    void (*begin)(xasAssembler *a);
    /** Monitor or reply of a channel, commit, sequence, valid or data. */
    void (*value)(xasAssembler *a, const xasEvent *e);
    void (*connect)(xasAssembler *a, const xasEvent *e); /* or disconnect */
    /** active fell: what is still waited for decides ended(). */
    void (*ending)(xasAssembler *a);
    bool (*ended)(const xasAssembler *a);
    /** The scan ends now: add what is complete. */
    void (*finish)(xasAssembler *a);
    void (*expire)(xasAssembler *a, bool tick);
    int64_t (*deadline)(const xasAssembler *a); /* 0: none */
} xasModeOps;

extern const xasModeOps xasContinuousOps, xasArrayOps;

typedef struct xasFinal xasFinal; /* xasFinal.h */

/** Events received last, to see how fast they come. */
enum { xasBurst = 96 };

/** A point that was added: what its values are known by. */
typedef struct xasRecent {
    xasRoles byStamp, weak;
    int64_t closed_ns;
    size_t index; /* in the scan */
} xasRecent;

/** Whether the server may have overwritten values that it could not send; it
 * tells nobody (EPICS Base, dbEvent.c: with a queue nearly full the last entry
 * of a PV gets the newer value and stamp, and keeps its place).  Then a point
 * takes only what is proven to be its own, see xasPendingProves(). */
typedef struct xasDoubt {
    int64_t received_ns[xasBurst];
    unsigned next, events;
    int64_t until_ns; /* all needs a proof until then */
    int points;       /* that still need one */
    /* the commits of this scan */
    bool closed;       /* there was one */
    bool counts;       /* each is one more than the one before */
    bool coarse;       /* two had the same stamp */
    int steps;         /* so many in a row were one more */
    double value;      /* of the last */
    int64_t commit_ns; /* its stamp */
    int64_t number;    /* of the sequence PV then, -1 unknown */
    bool offsetKnown;
    double offset;              /* number less value, if both count */
    xasRecent recent[xasBurst]; /* the points added last */
    size_t added;               /* their count */
} xasDoubt;

/** A scan that no active PV tells of. */
typedef struct xasInfer {
    bool tentative; /* a->scan is not known to be one yet, nor shown */
    bool seamless;  /* the next begins without a pause: readings are kept */
    size_t run;     /* points one way */
    size_t strays;  /* points before them */
    double low_eV, high_eV;
    int direction;
} xasInfer;

/** Whether there is light, and how fast points come. */
typedef struct xasPace {
    double mean_s; /* of the intervals so far */
    int intervals;
    int64_t last_ns;
} xasPace;

struct xasAssembler {
    xasAssemblerRules rules;
    const xasModeOps *ops; /* NULL: step */
    void *mode;            /* of ops */
    xasFinal *final;       /* NULL: no final arrays */
    xasRoles significant;  /* roles that spoil a point */
    xasRole closer;        /* commit, sequence or energy */
    xasSource source[xasRoleCount];
    char text[xasTextRoles][XAS_SAMPLE_SIZE];
    xasRoles cut; /* roles whose text may be cut */
    int64_t now_ns;
    uint32_t asks;

    xasScan *scan, *ended;
    xasScan *later[xasLaterMax]; /* ended too, in the same event */
    size_t nLater;
    int64_t progress_ns; /* receipt of start or last point */
    int64_t lastCommit_ns;
    bool disabled;
    bool ignore;      /* the rest of this scan, by command */
    bool resumed;     /* from the journal, PVs not seen yet */
    bool joined;      /* its beginning was missed */
    bool missedStart; /* and points with it */
    bool renamed;     /* the first sample after a gap is not the scan's */
    bool overflow;
    bool holes; /* continuous: readings of a channel are missing */
    bool doubt; /* lost by our queue: the next point is checked */
    xasDoubt server;
    unsigned stride; /* of the events that it counts; one for all scans */
    xasInfer infer;
    xasPace points;
    const char *endWhy; /* if active did not end it */
    bool finishing;
    size_t late;           /* values that came after their point was complete */
    xasRoles badClock;     /* said in this scan */
    double overflowEvents; /* not written down yet */
    int64_t reread_ns;     /* when to read all again, 0: not */
    int64_t lastReread_ns;
    bool away; /* the source of commits was gone, nothing counts */
    bool numbersFrom0;
    xasRoles ahead; /* roles stamped after the commit from the first point */
    xasCounting count;

    bool ending;
    uint32_t endAsk;
    xasRoles endOpen;
    int64_t end_ns; /* stamp of active = 0, in the commit's clock */
    int64_t endAsked_ns, endDeadline_ns; /* as those of a point */
    int64_t endNumber; /* sequence PV at the end, -1 unknown */

    xasPending pending[xasPendingMax];
    size_t firstPending, nPending;
    xasAction *action;
    size_t firstAction, nActions, actionCapacity;
    xasStatus status; /* of the call under way */
};

static inline bool xasAssemblerHas(const xasAssembler *a, int role)
{
    return xasRolesHave(a->rules.roles & ~xasRolesMade(a->rules.roles), role);
}
/** \brief What is read of the energy axis: the energy or the angle. */
static inline xasRole xasAssemblerAxis(const xasAssembler *a)
{
    return xasAssemblerHas(a, xasRoleAngle) ? xasRoleAngle : xasRoleEnergy;
}

/** \brief Known, valid and not 0. */
static inline bool xasAssemblerIsSet(const xasHeld *held)
{
    return held->known && held->severity < 3 && held->value != 0;
}

static inline int64_t xasAssemblerNs(double seconds)
{
    return (int64_t)(seconds * 1e9);
}

/** \brief Energy, I0 and the signal; none for xasDetectMu. */
xasRoles xasAssemblerNeeds(xasDetection detection);
void xasAssemblerAct(xasAssembler *a, xasAction action);
xasPending *xasAssemblerPending(xasAssembler *a, size_t i);

/** \brief The value of an event; its stamp replaced if it is useless. */
xasHeld xasAssemblerHeld(xasAssembler *a, const xasEvent *e);
/** \brief The same with its stamp in the commit's clock. */
xasHeld xasAssemblerClock(const xasAssembler *a, xasRole role, xasHeld held);
/** \brief The monitor of a role that belongs to a commit, in its clock.
 * \return monitors that are then left over; -1 if none has come, and last is
 *         the value of before */
int xasAssemblerPick(const xasAssembler *a, xasRole role, const xasHeld *commit,
                     xasHeld *out);
/** \brief Is it not older than the last? */
bool xasAssemblerNews(const xasHeld *last, const xasHeld *value);
/** \brief A scan begins: its lags are measured anew. */
void xasAssemblerForgetLag(xasSource *source);
/** \brief A scan begins: nothing is known of its server. */
void xasAssemblerTrust(xasAssembler *a);
/** \brief Is it quiet for sure, so that things can be learned? */
bool xasAssemblerQuiet(const xasAssembler *a);
/** \brief May the server have overwritten values just now? */
bool xasAssemblerDoubts(const xasAssembler *a);
/** \brief The number of this commit without its sequence PV, -1 unknown. */
int64_t xasAssemblerCommitNumber(const xasAssembler *a, const xasHeld *commit);
/** \brief One in so many events tells how fast they come: a queue holds several
 * values of each of its PVs before it overwrites, and one point of a detector
 * with many elements is no burst. */
unsigned xasAssemblerStride(const xasAssembler *a);
/** \brief Watch a monitor for signs that the server may overwrite values. */
void xasAssemblerWatch(xasAssembler *a, const xasEvent *e);
/** \brief What a commit tells of the order of things: sets bracket, proof. */
void xasAssemblerProof(xasAssembler *a, xasPending *p, const xasHeld *commit);
/** \brief A point was added: keep what its values are known by. */
void xasAssemblerProven(xasAssembler *a, const xasPending *p);
/** \brief No point follows that could show a gap. */
void xasAssemblerProvenLast(xasAssembler *a);
void xasAssemblerAsk(xasAssembler *a, xasRoles roles, uint32_t *number);
void xasAssemblerOverflow(xasAssembler *a, const xasEvent *e);
/** \brief Read all again, if an overflow made that due. */
void xasAssemblerReread(xasAssembler *a);
/** \brief The counting time of the running scan's points. */
void xasAssemblerDwell(xasAssembler *a, const xasHeld *dwell);

/** \brief A monitor of the commit PV, or the sequence PV in its place. */
void xasAssemblerCommit(xasAssembler *a, const xasEvent *e);
/** \brief A monitor of the energy where that closes points. */
void xasAssemblerEnergy(xasAssembler *a, const xasHeld *value);
/** \brief A value of the active PV. */
void xasAssemblerActive(xasAssembler *a, const xasEvent *e);
/** \brief The counter fell while we looked away: what runs is another scan. */
void xasAssemblerOtherScan(xasAssembler *a);
void xasAssemblerTextValue(xasAssembler *a, const xasEvent *e, xasRole role);
void xasAssemblerConnect(xasAssembler *a, const xasEvent *e);
void xasAssemblerDisconnect(xasAssembler *a, const xasEvent *e);
void xasAssemblerCommand(xasAssembler *a, const xasEvent *e);

/** \brief A monitor of a channel or the sequence PV, in a scan. */
void xasAssemblerMonitor(xasAssembler *a, xasRole role, const xasHeld *value);
/** \brief A commit. own: the closer's value where it belongs to the point */
void xasAssemblerClose(xasAssembler *a, const xasHeld *commit,
                       const xasHeld *own);

void xasAssemblerReset(xasAssembler *a);
/** \brief It is a scan: name it, take the texts, say so. */
void xasAssemblerStart(xasAssembler *a, int64_t stamp_ns, bool joined,
                       const char *why);
/** \brief The energy in eV of a value of energy or angle. */
double xasAssemblerEnergyOf(const xasAssembler *a, const xasHeld *held);
/** \brief As if active had fallen now, by our clock. */
void xasAssemblerEndNow(xasAssembler *a, const char *why);

/** \brief Has it no PV that tells start and end? */
static inline bool xasInfers(const xasAssembler *a)
{
    return !a->ops && !xasAssemblerHas(a, xasRoleActive);
}
/** \brief A monitor came: there may be a scan from now on. */
void xasInferValue(xasAssembler *a, const xasEvent *e);
/** \brief Why this point belongs to another scan than the running one, or
 * NULL. */
const char *xasInferSplits(const xasAssembler *a, const xasPending *p);
/** \brief End the running scan before this point; another begins. */
void xasInferTurn(xasAssembler *a, const xasPending *p, const char *why);
/** \brief A point was added: is it a scan now? */
void xasInferAdded(xasAssembler *a);
/** \brief Nothing more came: say the points that make no scan. */
void xasInferDrop(xasAssembler *a);
/** \brief Idle for too long? */
void xasInferExpire(xasAssembler *a);

/** \brief Is there no light, as ring current, shutter and inhibit say? */
bool xasBeamGone(const xasAssembler *a, bool orInhibited);
/** \brief May the beam's loss be why it ended? */
bool xasBeamLost(const xasAssembler *a, xasExit exit);
/** \brief Is the station told not to count? */
bool xasBeamInhibited(const xasAssembler *a);
/** \brief Write down a pause before this point. */
void xasBeamPace(xasAssembler *a, const xasPending *p);

void xasAssemblerBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
                       const char *why);
/** \brief The same unless a command forbids it. */
void xasAssemblerMayBegin(xasAssembler *a, int64_t stamp_ns, bool joined,
                          const char *why);
/** \brief The sample's name as first seen after a connect. */
void xasAssemblerRenamed(xasAssembler *a);
/** \brief Write down the text as far as the scan still takes it. */
void xasAssemblerText(xasAssembler *a, xasRole role, int64_t stamp_ns);
/** \brief Add the pending points that are answered. */
void xasAssemblerDrain(xasAssembler *a);
/** \brief Let all end whose time is up; tick: now is the present. */
void xasAssemblerExpire(xasAssembler *a, bool tick);
/** \brief When a tick is wanted for what was asked then. */
int64_t xasAssemblerDue(const xasAssembler *a, int64_t asked_ns,
                        int64_t deadline_ns);
/** \brief First look at the counter after a join, reconnect or resume.
 * \return false if it shows that this is another scan */
bool xasAssemblerBaseline(xasAssembler *a, int64_t number);
/** \brief Number this point; returns whether some were lost before it. */
bool xasAssemblerCount(xasAssembler *a, const xasPending *p);
/** \brief What numbers and plan tell of points lost at the end. */
void xasAssemblerLostAtEnd(xasAssembler *a);
/** \brief The answer to what was asked when active fell. */
void xasAssemblerEndReply(xasAssembler *a, xasRole role, const xasHeld *held);
/** \brief End the scan if active has fallen and nothing is waited for. */
void xasAssemblerCheckEnd(xasAssembler *a);
/** \brief End the scan; for xasExitComplete without a reason what it holds
 * decides. */
void xasAssemblerFinish(xasAssembler *a, xasExit exit, const char *reason);
/** \brief Number in a value of the sequence PV; -1 if there is none. */
int64_t xasAssemblerNumber(const xasHeld *value);

#endif
