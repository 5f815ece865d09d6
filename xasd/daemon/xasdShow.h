/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_SHOW_H
#define XASD_SHOW_H

#include "xasScan.h"

/* Copies of results into snapshots, for the worker and for the start. */

/** \brief Show a result with its spectrum.
 * \param scan  for the arrays Last:Energy, Norm, Flat; NULL: they stay as they
 * are \param stamp_ns  that the records carry \param post  process the records
 * (not before iocInit) */
void xasdShowResult(size_t station, const xasResult *result,
                    const xasScan *scan, int64_t stamp_ns, bool post);

/** \brief Show its prediction alone, for its sample: the rest stays that of the
 * last scan, and Pred:Commit is silent. */
void xasdShowPredicted(size_t station, const xasResult *result,
                       int64_t stamp_ns);

/** \brief Row and journalled points of the running or last scan. */
void xasdShowSaved(size_t station, int64_t number, int64_t saved,
                   int64_t stamp_ns, bool post);

#endif
