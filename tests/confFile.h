/* SPDX-License-Identifier: BSD-3-Clause */
/* A configuration that a test writes, and what must be said of a bad one. */
#ifndef CONF_FILE_H
#define CONF_FILE_H

#include <stdio.h>

#include "xasConf.h"

/** \brief Make a folder for the file. */
void confFileBegin(void);
/** \brief Remove it with the file. */
void confFileEnd(void);

const char *confFilePath(void);
/** \brief Write it anew; the caller closes it. */
FILE *confFileOpen(void);

/** \brief One check: it was refused in one line, which begins with the file,
 * this line of it and key, and holds `expected'.  Destroys conf. */
void confFileRefused(xasStatus status, xasConf *conf, const xasMessage *message,
                     int line, const char *key, const char *expected);

#endif
