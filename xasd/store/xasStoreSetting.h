/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_SETTING_H
#define XAS_STORE_SETTING_H

#include "xasJoin.h"
#include "xasStore.h"

/** \brief Keep a setting of a station, such as the sample given by a client.
 * Makes its own transaction. */
xasStatus xasStoreSettingPut(xasStore *store, const char *station,
                             const char *key, const char *text);

/** \brief Read it; "" if it was never given. */
xasStatus xasStoreSettingGet(xasStore *store, const char *station,
                             const char *key, char text[XAS_SAMPLE_SIZE]);

/** \brief Keep how scans are joined, as the daemon was told, for who predicts
 * without it. Makes its own transaction, if it is not so kept. */
xasStatus xasStoreJoinPut(xasStore *store, const xasJoin *join);

/** \brief Read it; the defaults where no daemon has kept it. */
xasStatus xasStoreJoinGet(xasStore *store, xasJoin *join);

#endif
