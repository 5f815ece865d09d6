/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_QUERY_H
#define XAS_STORE_QUERY_H

#include "xasStore.h"

/** Rows of an SQL query, for lists that people read.  What the store keeps is
 * written and read by its own calls; this only looks. */
typedef struct xasQuery xasQuery;

typedef enum xasQueryType {
    xasQueryNull,
    xasQueryInt,
    xasQueryReal,
    xasQueryText,
    xasQueryBlob
} xasQueryType;

/** \brief Begin a query.  One letter of `types` per `?`: i int64_t, d double,
 * t const char * (NULL is NULL).
 * \return xasErrArg for a statement that would write */
xasStatus xasQueryOpen(xasStore *store, xasQuery **out, const char *sql,
                       const char *types, ...);
void xasQueryClose(xasQuery *query);

/** \brief Next row; xasErrNotFound at the end. */
xasStatus xasQueryNext(xasQuery *query);

int xasQueryColumns(const xasQuery *query);
const char *xasQueryName(const xasQuery *query, int column);
xasQueryType xasQueryTypeOf(const xasQuery *query, int column);
int64_t xasQueryIntOf(const xasQuery *query, int column);
/** \brief NaN for NULL. */
double xasQueryRealOf(const xasQuery *query, int column);
/** \brief "" for NULL; valid until the next row. */
const char *xasQueryTextOf(const xasQuery *query, int column);

#endif
