/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_CHANNEL_H
#define XASD_CHANNEL_H

#include "xasEvent.h"
#include "xasStatus.h"
#include "xasdQueue.h"

/** What to connect for one station. */
typedef struct xasdStation {
    const char *name;
    const char *pv[xasRoleCount]; /* NULL or "" where the role is not given */
    /* Arrays that are read only when asked for, such as those of a sscan
     * record; NULL or "" where there is none. */
    const char *final[xasChannelCount];
    xasRoles arrays;     /* roles whose pv is an array: each monitor is one */
    double energy_scale; /* 1000 if the energy PV is in keV, else 1 */
} xasdStation;

/** \brief Nanoseconds of a clock that nobody sets. */
int64_t xasdMonotonic(void);

/** All channels to the beamline; the only user of libca. */
typedef struct xasdChannels xasdChannels;

/** \brief Create a CA context of its own and a channel for each PV.
 *
 * Events go into the queue, station = index here: connect (value: number of
 * the server) and disconnect; for each monitor a value, flagged initial for
 * the first after a connect. A PV given for two roles has one channel and
 * gives an event for each, commit last. Text: strings, labels of an enum,
 * CHAR arrays, long strings by their field's "$" form; see xasdTextClean.
 * Arrays come as doubles, as many as the server has in them now; the event
 * says isArray, and so do connect and disconnect of an array. One that the
 * server refuses to send for its size is logged, and gives no event.
 * Nothing is missing for being absent now: libca goes on searching.
 * The calling thread is attached to the context and must be the one that
 * calls xasdChannelsGet and xasdChannelsStop.
 * \param generation  of the configuration, put into each event
 * \return xasErrArg, xasErrMemory, xasErrIo (libca refused) */
xasStatus xasdChannelsStart(const xasdStation *station, size_t n,
                            uint16_t generation, xasdQueue *queue,
                            xasdChannels **out);

/** \brief Disconnect all; no callback runs and no event comes afterwards. */
void xasdChannelsStop(xasdChannels *channels);

/** \brief Read roles (a bit set) once; each answer comes as a xasEventReply
 * with this number. A get that fails on a connected PV answers with severity
 * INVALID and NaN, for an array with none; on a PV without connection there is
 * no answer.
 * \param arrays  of a role with an array beside its scalar: that one */
void xasdChannelsGet(xasdChannels *channels, size_t station, xasRoles roles,
                     bool arrays, uint32_t ask);

/** Connections of a station, counted by PV. */
typedef struct xasdConnections {
    unsigned expected, connected;
    unsigned reconnects; /* connects that were not the first */
} xasdConnections;
void xasdChannelsCount(xasdChannels *channels, size_t station,
                       xasdConnections *out);

/** \brief List "i0 BL5S1:I0, i1 BL5S1:I1" of PVs without connection; of more
 * than fit whole, "and 50 more".
 * \return how many there are, listed or not */
size_t xasdChannelsMissing(xasdChannels *channels, size_t station, char *out,
                           size_t size);

/** \brief The EGU of the energy PV, "" while unknown. */
void xasdChannelsUnits(xasdChannels *channels, size_t station, char *out,
                       size_t size);

#endif
