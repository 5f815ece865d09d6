/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_FIGURE_H
#define XASCTL_FIGURE_H

#include "xasFeatures.h"

/** \brief Draw a spectrum as SVG: mu with its pre-edge and post-edge lines,
 * and normalised mu with every feature marked; flags below.
 * \param formula  of the sample, "" unknown
 * \return xasErrIo when the file cannot be written; a refused spectrum is
 *         drawn without lines */
xasStatus xasctlFigure(const char *file, const char *title,
                       const xasSpectrum *s, const xasFeatures *features,
                       const char *formula, xasMessage *message);

#endif
