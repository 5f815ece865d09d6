/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_PREDICTED_H
#define XASCTL_PREDICTED_H

#include "xasPipeline.h"
#include "xasResult.h"
#include "xasctl.h"

/** \brief A pipeline on the open store, which joins scans as the daemon does.
 * Gives the exit status; a failure has been said.
 * \param level  0: 80 % */
int xasctlPipeline(xasctl *ctl, double level, xasPipeline **out);

/** What was predicted when the scan was stored, or last since. */
typedef struct xasctlStored {
    double hf; /* kJ/mol, NaN none */
    char model[64], state[24];
} xasctlStored;

/** \brief One line, or one JSON object, of what came out.
 * \param file    NULL: not from a file
 * \param stored  to compare with; NULL: nothing */
void xasctlPredictedText(const xasResult *result, xasctlForm form,
                         const xasctlStored *stored);
void xasctlPredictedJson(xasJson *j, const xasResult *result, const char *file,
                         const xasctlStored *stored);

#endif
