/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XASCTL_ARGS_H
#define XASCTL_ARGS_H

/* What the command lines of several sub-commands share.  A parser hands on what
 * it does not know itself; errors of use end the program. */

#include "xasctl.h"
#include "xasctlXdi.h"

/** Of a list of scans: the newest, and of which station. */
typedef struct xasctlNewest {
    const char *station; /* NULL: all */
    int64_t limit;       /* -1: no limit */
} xasctlNewest;

#define XASCTL_NEWEST_OPTIONS                                                  \
    { "station", 'S', "NAME", 0, "only those of a station", 0 },               \
        { "last", 'n', "NUMBER", 0, "so many, the newest; 30", 0 },            \
    {                                                                          \
        "all", 'a', NULL, 0, "all of them", 0                                  \
    }
#define XASCTL_NEWEST_DEFAULT                                                  \
    {                                                                          \
        .limit = 30                                                            \
    }

error_t xasctlParseNewest(int key, char *arg, struct argp_state *state,
                          xasctlNewest *newest);

#define XASCTL_EDGE_OPTIONS                                                    \
    { "element", 'E', "SYMBOL", 0, "absorber, whatever the file says", 0 },    \
    {                                                                          \
        "edge", 'e', "K|L", 0, "edge, whatever the file says", 0               \
    }

error_t xasctlParseEdge(int key, char *arg, struct argp_state *state,
                        xasctlEdge *told);

/** \brief The one file that is no option. \param file  NULL before */
error_t xasctlParseFile(int key, char *arg, struct argp_state *state,
                        const char **file);

/** \brief The number of the one scan. \param scan  0 before */
error_t xasctlParseScan(int key, char *arg, struct argp_state *state,
                        int64_t *scan);

enum { xasctlWords = 2 };

/** What a command can do, by its first word. */
typedef struct xasctlVerb {
    const char *name;
    int least, most; /* words behind it */
} xasctlVerb;

typedef struct xasctlSaid {
    int verb; /* index; the first where no word was given */
    int n;
    const char *word[xasctlWords]; /* [n] behind it, else NULL */
} xasctlSaid;

/** \brief A verb and its words. \param verbs  [n]
 * \param expected  what to say when it is none of these */
error_t xasctlParseVerb(int key, char *arg, struct argp_state *state,
                        const xasctlVerb *verbs, int n, const char *expected,
                        xasctlSaid *said);

#endif
