/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_CHECK_H
#define XAS_CHECK_H

#include "xasDerive.h"

/** What is suspect in training data, in words; it trains all the same. */
#define XAS_WARNINGS     24
#define XAS_WARNING_SIZE 400

typedef struct xasWarnings {
    size_t n, unsaid; /* texts; more that found no room */
    char text[XAS_WARNINGS][XAS_WARNING_SIZE];
} xasWarnings;

/** \brief For each row the first with the same features, itself if it is the
 * only one: one spectrum under two names, which leave-one-out would find
 * again.  Missing equals missing; 1e-9 relative; three values at least in
 * columns that vary (all if fewer do), one of them no whole number: flags and
 * counts agree by chance.
 * \param[out] first [table->n] */
xasStatus xasCheckSame(const xasTable *table, size_t *first);

/** \brief Row b's compound becomes that of row a, for all that share it: they
 * are left out together.   \param compound [n] */
void xasCheckJoin(const char **compound, size_t n, size_t a, size_t b);

/** \brief Names samples with the same features, formulas that differ only in
 * water, rows of one formula whose targets are far apart, and samples whose
 * name is a formula with other water than the one given.
 * \param formula  [table->n] as given, or NULL
 * \param first    from xasCheckSame() */
void xasCheckTable(const xasTable *table, const char *const *formula,
                   const size_t *first, xasWarnings *out);

/** \brief Adds the samples whose formula is without the element that was
 * scanned: the value of something else.   \param formula  [n], "" unknown */
void xasCheckElements(const xasStudied *of, const char *const *formula,
                      xasWarnings *out);

/** \brief Adds the samples of the table that the model is without, since
 * their formulas could not be counted as its basis needs. */
void xasCheckCounted(const xasTable *table, const xasModel *model,
                     xasWarnings *out);

/** \brief Adds what the training found: constant columns, all of them
 * correlated. */
void xasCheckModel(const xasModel *model, xasWarnings *out);

#endif
