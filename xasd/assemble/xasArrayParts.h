/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_ARRAY_PARTS_H
#define XAS_ARRAY_PARTS_H

#include "xasAssemblerParts.h"

/* Internal to the mode array: xasArray.c (events in), xasArrayPair.c (which
 * arrays are of one sweep) and xasArrayPoints.c (scans out). */

/** The last array of a role. */
typedef struct xasPart {
    double *value; /* [n] as it came */
    size_t n, room;
    int64_t stamp_ns, received_ns;
    uint8_t severity;
    bool known; /* there is one */
    bool stampBad;
    bool fresh; /* axis: posted since the last sweep ended */
    bool lagKnown;
    int64_t lag_ns; /* least of receipt - stamp */
} xasPart;

typedef struct xasSweep {
    xasPart part[xasChannelCount];
    xasRole axis;        /* energy or angle */
    bool axisPosts;      /* with each sweep: an old one is not this sweep's */
    unsigned axisSilent; /* sweeps in a row that it did not post in */
    bool begun;
    xasRoles have;              /* parts that are of this sweep */
    xasRoles next;              /* parts that are of the one after it */
    int64_t first_ns, last_ns;  /* stamps of its detectors' arrays */
    int64_t since_ns, heard_ns; /* receipt of the first and the last */
    size_t most;                /* points in one of its arrays */
    int64_t commit_ns;          /* stamp of the commit behind it, 0 none */
    double number;              /* of the sequence PV at the first, NaN none */
    xasRoles late;              /* monitors that came late after their stamp */

    bool dark;      /* ring current low or shutter closed, since the last */
    bool inhibited; /* top-up, since the last */

    /* what was learned */
    int64_t period_ns; /* between whole sweeps, least seen; 0 unknown */
    int64_t beat_ns;   /* between the last two of any kind; 0 unknown */
    int64_t begun_ns;  /* first_ns of the last of any kind */
    int64_t before_ns; /* first_ns of the last whole sweep, 0 none */
    unsigned broken;   /* sweeps in a row that came apart */
    int64_t over_ns;   /* last_ns of the last sweep, 0 none */
    xasRoles overMissing;
    bool overUnchanged; /* its axis was taken as it had been */
    double lastNumber;
    int64_t named_ns; /* stamp in the last name given to a scan */
    bool tardy;       /* an array came after its sweep had ended */

    /* questions */
    int64_t look_ns; /* when to look twice; 0: not, or asked */
    bool settling;   /* all is there; scalars or a second look are waited for */
    bool asked;      /* for what is missing */
    uint32_t ask, askScalars;
    xasRoles open;        /* arrays not answered */
    xasRoles openScalars; /* valid, aborted */
    int64_t asked_ns, deadline_ns;

    xasSpectrum *before; /* of the last sweep, NULL none */
    int beforeDirection;
    char beforeSample[XAS_SAMPLE_SIZE];

    double *energy; /* [n] of the sweep that goes out */
    size_t room;
    size_t from, to; /* the part of it that goes out */
    bool givesOut;
} xasSweep;

static inline xasSweep *xasArraySweep(const xasAssembler *a)
{
    return a->mode;
}

/** \brief Channels a sweep waits for. */
xasRoles xasArrayWanted(const xasAssembler *a);
/** \brief What is waited for: has not come, and is connected or needed. */
xasRoles xasArrayMissing(const xasAssembler *a);
/** \brief An array, by monitor or as an answer. */
void xasArrayOffer(xasAssembler *a, const xasEvent *e);
/** \brief Go on if all has come. */
void xasArrayCheck(xasAssembler *a);
/** \brief Look at all arrays twice. */
void xasArrayLook(xasAssembler *a);
/** \brief So long they may still come by themselves. */
int64_t xasArrayQuiet(const xasSweep *s);
/** \brief Ask for what is missing. */
void xasArrayAskMissing(xasAssembler *a);
void xasArrayAsk(xasAssembler *a, xasRoles roles, bool arrays, uint32_t *ask);

/** \brief The sweep is whole: its scans. */
void xasArrayDeliver(xasAssembler *a);
/** \brief It will not become whole: what there is. */
void xasArrayGiveUp(xasAssembler *a, xasExit exit, const char *why);
/** \brief Begin the scan of a sweep unless it runs. */
void xasArrayBegin(xasAssembler *a, int64_t stamp_ns, const char *why);
/** \brief Add the points of a sweep to the running scan. */
void xasArrayAdd(xasAssembler *a);
/** \brief Compare a sweep with the one before, in the other direction. */
void xasArrayLag(xasAssembler *a, xasScan *scan);
/** \brief Look at ring current, shutter and top-up as they are now. */
void xasArrayBeam(xasAssembler *a);
/** \brief Forget the sweep, learn from it. */
void xasArrayClear(xasAssembler *a, bool whole);

#endif
