/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CONF_KEYS_H
#define XAS_CONF_KEYS_H

#include <libconfig.h>

#include "xasConf.h"

/** What a key holds and where it goes. */
typedef enum xasConfKind {
    xasConfText,   /* string into char[size] */
    xasConfName,   /* string of letters a record name may have */
    xasConfWord,   /* one of `words`, kept as char[size] */
    xasConfNumber, /* double in [lo, hi] */
    xasConfWhole,  /* int in [lo, hi] */
    xasConfYesNo,  /* bool */
    xasConfOther   /* group, list: read by a function of its own */
} xasConfKind;

typedef struct xasConfKey {
    const char *name;
    xasConfKind kind;
    bool must;
    size_t offset, size;
    double lo, hi;
    const char *words; /* "eV keV", or what is expected, in words */
} xasConfKey;

/** \brief Check a group against a table and fill `base` from it. */
xasStatus xasConfGroup(const config_setting_t *group, const xasConfKey *key,
                       size_t keys, void *base, xasMessage *message);

/** \brief "file:line: path: text", path such as stations[0].pv.energy. */
xasStatus xasConfFail(const config_setting_t *at, const char *child,
                      xasStatus status, xasMessage *message, const char *format,
                      ...) __attribute__((__format__(__printf__, 5, 6)));

/** \brief A string, its variables replaced. */
xasStatus xasConfString(const config_setting_t *s, char *out, size_t size,
                        const char *expected, xasMessage *message);

/** \brief All of the file. */
xasStatus xasConfKeysRead(const config_t *cfg, xasConf *conf,
                          xasMessage *message);

/** \brief One element of `stations`. */
xasStatus xasConfStationRead(const config_setting_t *group,
                             xasConfStation *station, xasMessage *message);

/** \brief The groups pv and final, and the list of roles that are required:
 * names into station, sets of roles into its rules. */
xasStatus xasConfPvsRead(const config_setting_t *group, xasConfStation *station,
                         xasMessage *message);

/** \brief "X:Roi{1-19}" in the name of an element: one name each, zeros kept
 * as in {01-19}; a name without is one.
 * \param[out] names  [max]
 * \return how many; 0 for a range that is empty or above max, or a name that
 *         gets too long */
size_t xasConfExpandRange(const char *name, char (*names)[XAS_PV_SIZE],
                          size_t max);

/** \brief dark and pace, once the roles are known. */
xasStatus xasConfRulesRead(const config_setting_t *group, const char *pace,
                           xasConfStation *station, xasMessage *message);

/** \brief Refuse what makes no sense together. */
xasStatus xasConfRulesCheck(const config_setting_t *group,
                            const xasConfStation *station, xasMessage *message);

#endif
