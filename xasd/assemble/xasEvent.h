/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_EVENT_H
#define XAS_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Elements of a fluorescence detector, at most. */
#define XAS_ELEMENTS_MAX 32

/** What a PV is to a station.  Those before xasChannelCount are the channels
 * of a scan. */
typedef enum xasRole {
    xasRoleEnergy, /* monochromator energy, eV */
    xasRoleI0,
    xasRoleI1,
    xasRoleI2,
    xasRoleFluor, /* one detector, or the sum of all elements, corrected */
    xasRoleTey,
    xasRoleAngle, /* of a crystal monochromator, degrees; gives the energy */
    /* of each element k from 0: counts, and input and output count rate */
    xasRoleRoi,
    xasRoleIcr = xasRoleRoi + XAS_ELEMENTS_MAX,
    xasRoleOcr = xasRoleIcr + XAS_ELEMENTS_MAX,
    xasChannelCount = xasRoleOcr + XAS_ELEMENTS_MAX,
    xasRoleCommit = xasChannelCount, /* changes when a point is complete */
    xasRoleSequence,                 /* counts points; a gap is a loss */
    xasRoleActive,                   /* non-zero while a scan runs */
    xasRolePlanned,                  /* points planned */
    xasRoleDwell,                    /* counting time of a point, s */
    xasRoleAborted,                  /* non-zero if the scan was aborted */
    xasRoleRingCurrent,              /* mA */
    xasRoleShutter,                  /* non-zero: open */
    xasRoleInhibit,                  /* non-zero: do not count now (top-up) */
    xasRoleValid,   /* points that are valid in arrays longer than the scan */
    xasRoleData,    /* non-zero: the final arrays are posted */
    xasRoleSample,  /* text */
    xasRoleFormula, /* text */
    xasRoleElement, /* text "Fe" */
    xasRoleEdge,    /* text "K" or "L" */
    xasRoleComment, /* text: what the station says of this scan */
    xasRoleCount
} xasRole;

/** A set of roles. */
__extension__ typedef unsigned __int128 xasRoles;

static inline xasRoles xasRoleBit(int role)
{
    return (xasRoles)1 << role;
}

static inline bool xasRolesHave(xasRoles set, int role)
{
    return set >> role & 1;
}

/** All channels of a scan. */
#define XAS_ROLES_CHANNELS (xasRoleBit(xasChannelCount) - 1)
/** Those of a detector's elements. */
#define XAS_ROLES_ELEMENTS (XAS_ROLES_CHANNELS & ~(xasRoleBit(xasRoleRoi) - 1))

/** Channels that are made of others and have no PV: the energy where the angle
 * is read, the sum where elements are. */
static inline xasRoles xasRolesMade(xasRoles roles)
{
    xasRoles made = 0;

    if (xasRolesHave(roles, xasRoleAngle))
        made |= xasRoleBit(xasRoleEnergy);
    if (xasRolesHave(roles, xasRoleRoi))
        made |= xasRoleBit(xasRoleFluor);
    return made;
}

/** \brief The name in xasd.conf and database: "energy", "i0", ...; of the
 * elements "fluor1", "icr1", "ocr1" and so on. */
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
    bool isArray;        /* value, reply or (dis)connect of an array: of the
                          * PV, or in step mode of its final array */
    uint16_t station;    /* index in the configuration */
    uint16_t generation; /* of the configuration */
    uint32_t ask;        /* xasEventReply: that of its xasActionGet */
    int64_t stamp_ns;    /* of the source */
    int64_t received_ns; /* of our clock */
    double value;        /* of a text: 1 if it may be cut at 39 bytes */
    const char *text;    /* for text roles; owned by who made the event */
    const double *array; /* [count], owned as text; NULL if empty */
    size_t count;
} xasEvent;

#endif
