/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_EVENT_H
#define XAS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a PV is to a station.  The numeric ones up to xasRoleTey are the
 * channels of a scan. */
typedef enum xasRole {
    xasRoleEnergy, /* monochromator energy, eV */
    xasRoleI0,
    xasRoleI1,
    xasRoleI2,
    xasRoleFluor,
    xasRoleTey,
    xasChannelCount,
    xasRoleCommit = xasChannelCount, /* changes when a point is complete */
    xasRoleSequence,                 /* counts points; a gap is a loss */
    xasRoleActive,                   /* non-zero while a scan runs */
    xasRolePlanned,                  /* points planned */
    xasRoleDwell,                    /* counting time of a point, s */
    xasRoleAborted,                  /* non-zero if the scan was aborted */
    xasRoleSample,                   /* text */
    xasRoleFormula,                  /* text */
    xasRoleElement,                  /* text "Fe" */
    xasRoleEdge,                     /* text "K" or "L" */
    xasRoleComment, /* text: what the station says of this scan */
    xasRoleCount
} xasRole;

/** \brief The name in xasd.conf: "energy", "i0", ... */
const char *xasRoleName(xasRole role);
/** \brief The reverse; xasRoleCount for any other word. */
xasRole xasRoleFromName(const char *name);
/** \brief Does it carry text? */
bool xasRoleIsText(xasRole role);

typedef enum xasEventKind {
    xasEventValue,   /* a monitor */
    xasEventReply,   /* the answer to a get the assembler asked for */
    xasEventConnect, /* value: number of its server, 0 unknown; PVs of one
                      * server share a clock */
    xasEventDisconnect,
    xasEventTick,     /* only time passes: received_ns */
    xasEventOverflow, /* our own queue was full: value = events lost */
    xasEventCommand   /* value = xasCommand */
} xasEventKind;

typedef enum xasCommand {
    xasCommandEndScan, /* close the running scan as aborted */
    xasCommandDiscard, /* drop the running scan's prediction, keep its data */
    xasCommandEnable,
    xasCommandDisable,
    xasCommandReload,
    xasCommandReject,    /* not for models: the last scan */
    xasCommandReprocess, /* predict the last scan again */
    xasCommandSample,    /* text: name for the next scans */
    xasCommandFormula    /* text */
} xasCommand;

/** One event.  Times are ns since 1970 UTC; stamp 0 is undefined. */
typedef struct xasEvent {
    uint8_t kind;        /* xasEventKind */
    uint8_t role;        /* xasRole */
    uint8_t severity;    /* EPICS 0..3 */
    bool initial;        /* first value after a (re)connect: state, no event */
    uint16_t station;    /* index in the configuration */
    uint16_t generation; /* of the configuration */
    uint32_t ask;        /* xasEventReply: that of its xasActionGet */
    int64_t stamp_ns;    /* of the source */
    int64_t received_ns; /* of our clock */
    double value;        /* of a text: 1 if it may be cut at 39 bytes */
    const char *text;    /* for text roles; owned by who made the event */
} xasEvent;

#endif
