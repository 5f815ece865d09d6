/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_YY_H
#define XASCTL_YY_H

#include "xasModel.h"

/** \brief Draw a model as SVG: fitted against tabulated, left out against
 * tabulated, each with the band of 10 % of full scale, and the ranking of the
 * features: figures 2 to 4 of the source.
 * \return xasErrIo when the file cannot be written */
xasStatus xasctlYy(const char *file, const char *title, const xasModel *model,
                   xasMessage *message);

#endif
