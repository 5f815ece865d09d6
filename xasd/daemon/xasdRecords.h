/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_RECORDS_H
#define XASD_RECORDS_H

#include "xasConf.h"

/** \brief Load the templates of the daemon and of every station, with the
 * features of its edge. Before iocInit; templates are found by
 * EPICS_DB_INCLUDE_PATH. */
xasStatus xasdRecordsLoad(const xasConf *conf, xasMessage *message);

/** \brief Record leaf of a feature: "wl_e" gives "WlE". */
void xasdRecordsLeaf(const char *feature, char *leaf, size_t size);

/** \brief Put a text into a record of a station as its value, without
 * processing it: it is shown and not done. */
void xasdRecordsSay(const xasConfStation *station, const char *leaf,
                    const char *text);

#endif
