/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_RECORDER_FILES_H
#define XASD_RECORDER_FILES_H

#include <stdint.h>
#include <stdio.h>

#include "xasRecording.h"

/** \brief Make STATION-UTCSTAMP.xev, which is new.
 * \param[out] name  of the file in dir
 * \return NULL: errno says why */
FILE *xasdRecorderFileNew(const char *dir, const char *station, int64_t now_ns,
                          char name[XAS_RECORDING_NAME]);

/** \brief Delete the station's oldest recordings until all are within `most`
 * bytes. Only files of just such names, never `name`, are touched. */
void xasdRecorderFilesPrune(const char *dir, const char *station,
                            const char *name, int64_t most);

#endif
