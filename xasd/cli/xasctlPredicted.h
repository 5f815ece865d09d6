/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_PREDICTED_H
#define XASCTL_PREDICTED_H

#include "xasPipeline.h"
#include "xasResult.h"
#include "xasctl.h"

/** \brief A pipeline on the open store. \param level  0: 80 % */
xasStatus xasctlPipeline(xasctl *ctl, double level, xasPipeline **out);

/** \brief One line, or one JSON object, of what came out. */
void xasctlPredictedText(const xasResult *result, xasctlForm form);
void xasctlPredictedJson(xasJson *j, const xasResult *result, const char *file);

#endif
