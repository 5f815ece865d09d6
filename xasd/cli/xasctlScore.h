/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_SCORE_H
#define XASCTL_SCORE_H

#include "xasJson.h"
#include "xasModel.h"

/** \brief The line above scores in a report. */
void xasctlScoreHead(const char *what);

/** \brief A score as a line of a report. */
void xasctlScoreText(const char *name, const xasScore *score);

/** \brief The same two where lines may be of other samples: with their
 * number. */
void xasctlScoreHeadN(const char *what);
void xasctlScoreTextN(const char *name, const xasScore *score, size_t n);

/** \brief A score as an object.
 * \param predicted  [n] what it is the score of; NULL: not shown */
void xasctlScoreJson(xasJson *j, const char *key, const xasScore *score,
                     const double *predicted, size_t n);

#endif
