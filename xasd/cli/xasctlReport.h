/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_REPORT_H
#define XASCTL_REPORT_H

#include "xasJson.h"
#include "xasStoreModel.h"
#include "xasctlStudy.h"

/** \brief What a model is worth, for people: nested figures first.
 * \param head   NULL for a matrix from a file, which is not stored
 * \param study  NULL where only the model is there */
void xasctlReportText(const xasModelHead *head, const xasModel *model,
                      const xasctlStudied *study);

/** \brief All of it as one JSON object. \param key  NULL in an array */
void xasctlReportJson(xasJson *j, const char *key, const xasModelHead *head,
                      const xasModel *model, const xasctlStudied *study);

#endif
