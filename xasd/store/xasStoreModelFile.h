/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_MODEL_FILE_H
#define XAS_STORE_MODEL_FILE_H

#include <stdio.h>

#include "xasStoreModel.h"

/** \brief Write a model to a file, whole: JSON, an object with
 *
 * - `format` "xasd model" and `version` 1;
 * - `sha256` of the object `model`, written compactly with sorted keys and
 *   numbers of 17 digits: whoever changes a number changes it;
 * - `model`: the rows of the tables model, model_feature, model_term and
 *   model_sample by their columns, the features of a sample as an array, and
 *   its scans by their uids.
 *
 * With it comes all that a model rests on: the scans it was trained on, the
 * version of the feature definitions, how their energies were calibrated.
 * \return xasErrNotFound without such a model, xasErrIo */
xasStatus xasStoreModelExport(xasStore *store, int64_t row, FILE *out,
                              xasMessage *message);

/** \brief Read such a file and store the model. Writes.
 *
 * Scans that this database does not have are left unnamed.
 * \param name  to store it under; NULL: its own
 * \return xasErrIo; xasErrFormat with the line, or for a wrong sum, or numbers
 *         that are no model; xasErrVersion for features of other definitions
 *         or a later program; xasErrArg if the name is taken */
xasStatus xasStoreModelImport(xasStore *store, const char *file,
                              const char *name, int64_t *row,
                              xasMessage *message);

#endif
