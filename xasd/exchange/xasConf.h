/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CONF_H
#define XAS_CONF_H

#include "xasAssembler.h"
#include "xasCalib.h"
#include "xasJoin.h"

#define XAS_PV_SIZE      128
#define XAS_PATH_SIZE    512
#define XAS_STATIONS_MAX 64

/** One station of xasd.conf. */
typedef struct xasConfStation {
    char name[32];                      /* "BL5S1" */
    char prefix[64];                    /* $(P), "BL5S1:" */
    char record[64];                    /* $(R), "XASD:" */
    char pv[xasRoleCount][XAS_PV_SIZE]; /* "" where the role is not given */
    /* the PV of its array at the end of a step scan, roles of rules.final */
    char final[xasChannelCount][XAS_PV_SIZE];
    xasAssemblerRules rules;
    bool record_events;   /* write what its PVs post into files */
    int max_points;       /* NELM of its waveforms */
    double stale_after_s; /* 0: never */
    double level;         /* of the interval asked for, 0.80 */
    xasCalibRules calib;
} xasConfStation;

/** The whole file. */
typedef struct xasConf {
    char file[XAS_PATH_SIZE];
    char database[XAS_PATH_SIZE];   /* absolute */
    char record_dir[XAS_PATH_SIZE]; /* absolute; of files of events */
    char prefix[64];                /* $(D), "XASD:" */
    xasJoin join;                   /* no_join, join_days */
    double journal_s;               /* 0.5 */
    int journal_points;             /* 25 */
    int memory_MB; /* for scans that wait for the database, 512 */
    size_t nStations;
    xasConfStation station[XAS_STATIONS_MAX];
} xasConf;

/** \brief Read and check a file. Unknown keys, wrong types, values out of
 * range, missing roles and stations or PVs given twice are errors; `message`
 * is one line naming file, line, key and what was expected.
 * Environment: ${NAME} in strings is replaced; an unset one is an error.
 * \param[out] out  owned by the caller, xasConfDestroy */
xasStatus xasConfRead(const char *file, xasConf **out, xasMessage *message);
void xasConfDestroy(xasConf *conf);

#endif
