/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_REPORT_H
#define XASCTL_REPORT_H

#include "xasJson.h"
#include "xasStoreModel.h"

/** \brief What a model is worth, for people: nested figures first.
 * \param head  NULL for a matrix from a file, which is not stored */
void xasctlReportText(const xasModelHead *head, const xasModel *model);

/** \brief All of it as one JSON object. \param key  NULL in an array */
void xasctlReportJson(xasJson *j, const char *key, const xasModelHead *head,
                      const xasModel *model);

#endif
