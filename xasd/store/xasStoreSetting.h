/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_SETTING_H
#define XAS_STORE_SETTING_H

#include "xasResult.h"
#include "xasStore.h"

/** \brief Keep a setting of a station, such as the sample given by a client.
 * Makes its own transaction. */
xasStatus xasStoreSettingPut(xasStore *store, const char *station,
                             const char *key, const char *text);

/** \brief Read it; "" if it was never given. */
xasStatus xasStoreSettingGet(xasStore *store, const char *station,
                             const char *key, char text[XAS_SAMPLE_SIZE]);

#endif
