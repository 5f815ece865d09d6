/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_GOOD_H
#define XAS_STORE_GOOD_H

/** Condition of a good scan c with its spectrum p: it may stand for a sample,
 * because it has features and they are those of its element. */
#define XAS_GOOD_SCAN                                                          \
    "c.state = 'closed' AND c.rejected = 0 "                                   \
    "AND instr(';' || p.flags || ';', ';no_edge;') = 0 "                       \
    "AND instr(';' || p.flags, ';wrong_element') = 0 "                         \
    "AND EXISTS (SELECT 1 FROM feature f WHERE f.scan = c.id "                 \
    "AND f.value IS NOT NULL)"

/** Condition of a scan c whose sample's name came whole: only such names join
 * scans. */
#define XAS_WHOLE_NAME                                                         \
    "NOT EXISTS (SELECT 1 FROM scan_event e WHERE e.scan = c.id "              \
    "AND e.what = 'cut' AND e.text LIKE 'sample %')"

/** Order of good scans c with their spectra p: those of low quality last, then
 * the newest first. */
#define XAS_BEST_FIRST                                                         \
    "ORDER BY instr(';' || p.flags || ';', ';low_quality;') > 0, "             \
    "c.start_ns DESC, c.id DESC"

#endif
