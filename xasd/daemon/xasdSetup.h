/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_SETUP_H
#define XASD_SETUP_H

#include "xasConf.h"
#include "xasdWatch.h"

/** \brief xasdConfigure: read the configuration, open the database, show the
 * last results, load the records. Once, before iocInit. */
xasStatus xasdSetup(const char *file, xasMessage *message);

/** \brief The configuration in force, NULL before xasdSetup; any thread. */
const xasConf *xasdSetupConf(void);
/** \brief Put another in force; moved in. */
xasStatus xasdSetupReplace(xasConf *conf);
/** \brief What xasdSetup made; NULL before it. */
xasdWorker *xasdSetupWorker(void);
/** \brief What clients said in an earlier run. */
void xasdSetupSaid(size_t station, xasdSaid *out);

/** \brief Show in `Ctl:` what clients said before the restart, as far as it is
 * in force; after iocInit. */
void xasdSetupShowSaid(void);

#endif
