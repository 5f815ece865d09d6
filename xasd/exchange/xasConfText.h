/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CONF_TEXT_H
#define XAS_CONF_TEXT_H

#include <stddef.h>

/** Why a string of the configuration is not usable. */
typedef enum xasConfTextFault {
    xasConfTextOk,
    xasConfTextUnset, /* `name` is not in the environment */
    xasConfTextOpen,  /* ${ without }, or without a name */
    xasConfTextLong   /* does not fit */
} xasConfTextFault;

/** \brief Replace ${NAME} and ${NAME:-default} by the environment's values;
 * as in the shell, the default also serves for an empty value.
 * \param[out] name  [size] of the variable that is unset */
xasConfTextFault xasConfTextExpand(const char *text, char *out, size_t size,
                                   char *name, size_t nameSize);

/** \brief Make a path absolute, from the working directory. */
xasConfTextFault xasConfTextAbsolute(const char *path, char *out, size_t size);

#endif
