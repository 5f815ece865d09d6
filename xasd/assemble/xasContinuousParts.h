/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CONTINUOUS_PARTS_H
#define XAS_CONTINUOUS_PARTS_H

#include "xasAssemblerParts.h"
#include "xasCourse.h"
#include "xasStream.h"

/* Internal to assemble: mode continuous.  Readings come in by
 * xasContinuousFeed.c, points go out by xasContinuousPoint.c when
 * xasContinuousSweep.c finds them due; xasContinuousEnd.c finishes a sweep.
 *
 * Each channel with a PV is a stream.  A point is due at each stamp of one of
 * them, the pace, and complete once all others have a reading as late; it gets
 * their values by straight lines.  Nothing is drawn across a gap.
 *
 * A stream whose value does not change posts nothing. One that is silent is
 * read by a get: the same value with a newer stamp was constant until then. The
 * same value with the same stamp is that of a record that was not processed
 * again. A position (energy, angle), or a channel that has never posted and was
 * not processed for seconds, is constant then up to the time of the get; a
 * detector that did post has stalled, and its points are late. A newer value
 * proves nothing by itself, but its monitor is on its way.
 *
 * Stamps of points are in the clock of the energy (or angle).  Clocks of other
 * servers are brought to it by the least times that readings took to us, if
 * these differ by more than an interval between readings: a stamp may well be
 * that of the middle of an integration.  What is left shows as the lag. */

typedef struct xasFeed {
    xasStream stream;
    bool posted;  /* a monitor ever: not a constant */
    bool closed;  /* what it answered at the end leaves nothing to wait for */
    bool stalled; /* no answer brought anything new: points go on without */
    bool lagKnown;
    uint32_t ask;
    int64_t asked_ns, deadline_ns; /* as those of a point; asked 0: nothing */
    int64_t lastAsk_ns;
    int64_t said_ns;    /* the gap up to there is written down */
    bool invalid;       /* and that readings are invalid */
    size_t equal, back; /* stamped as, or before, the last one, in this scan */
} xasFeed;

/* What is kept of a sweep until the next one. */
typedef struct xasContinuousCurve {
    char sample[XAS_SAMPLE_SIZE];
    int direction;
    int64_t end_ns;
    size_t n;
    double *energy_eV, *mu, *time_s; /* [n]; one block at energy_eV */
} xasContinuousCurve;

typedef struct xasContinuous {
    xasFeed feed[xasChannelCount];
    xasCourse course;
    xasContinuousCurve before;
    xasRole axis;     /* angle or energy */
    xasRole pace;     /* xasRoleCount: not known yet */
    xasRoles waiting; /* streams that the next point waits for */
    bool fresh;       /* a scan has begun, nothing is done */
    bool own;         /* we end the scan ourselves */
    bool mute;        /* not another scan from this movement */
    int64_t startRef_ns, began_ns;
    bool started;                   /* startRef_ns is set by us */
    int64_t done_ns;                /* the pace's stamp that was seen to last */
    int64_t stop_ns;                /* no points after it, INT64_MAX */
    bool dark;                      /* no beam, by the PVs that tell */
    int64_t darkFrom_ns, darkTo_ns; /* the last time of it, axis' clock */
    size_t cutFirst, cutLast, cutRest;
    size_t excursions;
    int64_t number, numberStamp_ns; /* of the sequence PV, -1 unknown */
} xasContinuous;

enum { xasContinuousLeast = 10 }; /* points of a sweep */

static inline xasContinuous *xasContinuousOf(const xasAssembler *a)
{
    return a->mode;
}

/** \brief Has the role a stream? */
static inline bool xasContinuousHas(const xasAssembler *a, int role)
{
    return role < xasChannelCount && xasAssemblerHas(a, role);
}

/** \brief What must be added to a stamp of the role's. */
int64_t xasContinuousSkew(const xasAssembler *a, xasRole role);
/** \brief The energy of a value of the axis, eV. */
double xasContinuousEnergy(const xasAssembler *a, double value);

void xasContinuousValue(xasAssembler *a, const xasEvent *e);
/** \brief Events were lost on the way to us. */
void xasContinuousDoubt(xasAssembler *a);
/** \brief When it has been silent for long enough to be asked. */
int64_t xasContinuousSilentAt(const xasAssembler *a, xasRole role);
/** \brief Read what is silent; all: whatever is waited for. */
void xasContinuousAsk(xasAssembler *a, bool all);

/** \brief Note whether there is beam now. */
void xasContinuousBeam(xasAssembler *a);
/** \brief Do points begin and end with it? An element that is missing is
 * xasDetector's to judge, but not where the scan just begins. */
bool xasContinuousNeeds(const xasAssembler *a, int role);
/** \brief Add the point of this time, or count it as cut.
 * \return false if it must wait, for m->waiting */
bool xasContinuousPoint(xasAssembler *a, int64_t ref_ns, bool flush);
/** \brief What the pace has skipped before this stamp is lost: nobody knows the
 * values there.
 * \param last_ns  the point before, in the axis' clock */
void xasContinuousPaceGap(xasAssembler *a, int64_t stamp_ns, int64_t last_ns);

/** \brief Add the points that are complete, begin and end sweeps. */
void xasContinuousAdvance(xasAssembler *a);
/** \brief Add all that can be made of what there is. */
void xasContinuousFlush(xasAssembler *a);
/** \brief Is anything waited for that may still come? */
bool xasContinuousIsOpen(const xasAssembler *a);
/** \brief Readings of this role between these stamps, in the axis' clock,
 * turned out to be lost: points there are late. */
void xasContinuousLate(xasAssembler *a, xasRole role, int64_t from_ns,
                       int64_t to_ns);

/** \brief End the scan as complete, if nothing is missing. */
void xasContinuousComplete(xasAssembler *a, const char *why);
/** \brief Direction, lag, bins, and what was cut. */
void xasContinuousFinish(xasAssembler *a);
void xasContinuousForgetCurve(xasContinuousCurve *curve);

#endif
