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
    bool recheck;        /* a loss just before: monitors prove nothing */
    bool lagging;        /* the server may have overwritten monitors */
    uint32_t ask;        /* number of its get, 0 for none */
    xasRoles open;       /* not answered yet; held is the value before */
    xasRoles replied;    /* open, and the reply was newer than the commit */
    xasRoles gone;       /* had no connection */
    xasRoles unsure;     /* perhaps not the value at the commit */
    xasHeld held[XAS_POINT_ROLES];
} xasPending;

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
