/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef COALESCE_SERVER_H
#define COALESCE_SERVER_H

#include "xasAssembler.h"

/* A source, the event queues of its Channel Access server and a client that
 * stands still now and then, in virtual time.  The queues do as those of EPICS
 * Base (dbEvent.c): a ring of 144 entries; when 36 or less are free a value
 * replaces the last entry of its PV and keeps that one's place.
 *
 * Every channel of point n carries n + its role, so each value tells whose it
 * is. */

typedef struct serverKind {
    const char *name;
    xasRoles roles;
    bool counting;   /* the commit PV counts, else it is always 1 */
    bool sameStamp;  /* one stamp for all of a point */
    bool often;      /* the energy posts on its way, too */
    bool ahead;      /* i0 is stamped just after the commit */
    double clock_ms; /* i1 comes from another server whose clock is off */
    bool overload;
} serverKind;

extern const serverKind serverKinds[];
extern const size_t serverKindCount;

typedef struct serverResult {
    xasScan *scan;   /* to be destroyed by the caller */
    size_t made;     /* points */
    size_t replaced; /* values overwritten */
} serverResult;

/** \brief One scan; the same seed gives the same. */
void serverRun(const serverKind *kind, unsigned seed, xasAssembler *a,
               serverResult *out);

#endif
