/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_WINDOW_H
#define XAS_WINDOW_H

#include <stddef.h>

/** \brief The samples with lo <= e <= hi of an increasing axis e [n].
 * \param[out] count  how many   \return the first of them */
static inline size_t xasWindow(const double *e, size_t n, double lo, double hi,
                               size_t *count)
{
    size_t first = 0, last;

    while (first < n && e[first] < lo)
        first++;
    for (last = first; last < n && e[last] <= hi;)
        last++;
    *count = last - first;
    return first;
}

#endif
