/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_REPLAYED_H
#define XASCTL_REPLAYED_H

#include "xasReplay.h"
#include "xasctl.h"

/** How replayed scans are written. */
typedef struct xasctlReplayedForm {
    xasctlForm form;
    bool points, events; /* tables of them; JSON always has the events */
} xasctlReplayedForm;

/** \brief The line above all, of TSV. */
void xasctlReplayedTitle(void);
/** \brief One scan. \param stored  its row, 0: not stored */
void xasctlReplayedPut(const xasctlReplayedForm *form, xasJson *j,
                       const xasReplayed *replayed, int64_t stored);
/** \brief What came to pass altogether. \param seconds  it took */
void xasctlReplayedCounts(const xasctlReplayedForm *form, xasJson *j,
                          const xasReplayCounts *counts, double seconds);

#endif
