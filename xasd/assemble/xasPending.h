/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_PENDING_H
#define XAS_PENDING_H

#include "xasEvent.h"

/* Internal to assemble: a point that its commit has closed and that may still
 * wait for some of its values.  All stamps here are in the commit's clock. */

#define XAS_POINT_ROLES (xasRoleSequence + 1)

/** A value and when it was made. */
typedef struct xasHeld {
    double value;
    int64_t stamp_ns;
    uint8_t severity;
    bool known;    /* false: there has been none */
    bool stampBad; /* stamp_ns says nothing about order */
} xasHeld;

/** Bit sets of roles: every role is in `open` until it is answered. */
typedef struct xasPending {
    int64_t commit_ns;   /* stamp that closed it */
    int64_t asked_ns;    /* when it was closed, by our clock */
    int64_t deadline_ns; /* 0: no tick since */
    bool stampBad;       /* commit_ns is a receipt time */
    bool noBeam;         /* by ring current, shutter, inhibit */
    bool recheck;        /* a loss just before: monitors prove nothing */
    bool proof;          /* monitors may have been overwritten: a value counts
                          * only if its stamp, or a fresh answer, proves it */
    bool bracket;        /* after_ns is the stamp of the commit just before */
    int64_t after_ns;    /* of the commit received before, 0 none */
    int64_t number;      /* told by the commit itself, -1 unknown */
    uint32_t ask;        /* number of its get, 0 for none */
    xasRoles open;       /* not answered yet; held is the value before */
    xasRoles replied;    /* open, and the reply was newer than the commit */
    xasRoles gone;       /* had no connection */
    xasRoles unsure;     /* perhaps not the value at the commit */
    xasRoles byStamp;    /* known to be the point's only by the two commits
                          * that its stamp lies between */
    xasRoles weak;       /* proven only if the server overwrites nothing */
    xasRoles ahead;      /* are stamped after the commit they belong to */
    xasRoles often;      /* post more than once for a point */
    xasRoles unlike;     /* not known to stamp one value between two commits */
    xasRoles constant;   /* have not posted in this scan */
    xasRoles foreign;    /* stamped by another clock */
    xasHeld held[XAS_POINT_ROLES];
} xasPending;

/** \brief Does its stamp prove that a value is the point's?  It was made after
 * the commit just before and not after the point's own; which holds for no
 * other point's value however the server has shuffled them. */
bool xasPendingProves(const xasPending *p, xasRole role, const xasHeld *value);

/** \brief The same as long as its habits are not known yet: not enough while
 * the server lags, but it needs not be doubted when that begins. */
bool xasPendingSeems(const xasPending *p, xasRole role, const xasHeld *value);

/** \brief Offer a monitor that came after the commit; the first pending point
 * that takes it ends the search.
 * \return true if it belongs to this point, false if it is a later value */
bool xasPendingMonitor(xasPending *p, xasRole role, const xasHeld *value);

/** \brief Offer the answer to its get.
 * \return true if its value was made before the commit, thus is the point's */
bool xasPendingReply(xasPending *p, xasRole role, const xasHeld *value);

/** \brief The role has lost its connection. */
void xasPendingGone(xasPending *p, xasRole role);

/** \brief Time is up: what is open becomes unsure. */
void xasPendingExpire(xasPending *p);

#endif
