/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASD_ITEM_LINK_H
#define XASD_ITEM_LINK_H

#include <stddef.h>

struct dbCommon;
struct link;

/** \brief Split "@STATION item" of an INP or OUT.
 * Reports to the error log, naming record and text, when it is not that.
 * \param[out] index  of the snapshot
 * \param[out] item   the second word, [itemSize] */
long xasdItemLinkParse(struct dbCommon *record, const struct link *link,
                       size_t *index, char *item, size_t itemSize);

#endif
