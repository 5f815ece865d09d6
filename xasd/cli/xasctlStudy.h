/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_STUDY_H
#define XASCTL_STUDY_H

#include "xasCheck.h"
#include "xasJson.h"
#include "xasStudy.h"

/** A study as it is shown beside its model. */
typedef struct xasctlStudied {
    const xasStudy *study;
    const xasWarnings *warnings;
    const xasStudyOptions *options;
    const xasScore *common; /* on the samples that other models trained with it
                             * know, too; NULL: not asked, or they know all */
    size_t nCommon;
    const char *const *converted; /* [n of the model] how the table's value
                                   * became the target, "" as it stands there;
                                   * NULL: all stand there */
} xasctlStudied;

/** \brief What --target says of a basis: "formula", "metal", "atoms". */
const char *xasctlTargetWord(xasBasis basis);
/** \brief The reverse; xasBasisCount for any other word. */
xasBasis xasctlTargetOf(const char *word);
/** \brief What a coefficient's kJ/mol are of: "", " of metal atoms",
 * " of atoms". */
const char *xasctlUnitOf(xasBasis basis);

/** \brief The figures that put a model in its place, for people. */
void xasctlStudyText(const xasModel *model, const xasctlStudied *studied);

/** \brief The same as members of the open JSON object. */
void xasctlStudyJson(xasJson *j, const xasModel *model,
                     const xasctlStudied *studied);

#endif
