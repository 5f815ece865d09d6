/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlArgs.h"

#include <string.h>

error_t xasctlParseNewest(int key, char *arg, struct argp_state *state,
                          xasctlNewest *newest)
{
    switch (key) {
    case 'S': newest->station = arg; return 0;
    case 'a': newest->limit = -1; return 0;
    case 'n':
        if (!xasctlNumber(arg, &newest->limit))
            argp_error(state, "--last %s: expected a number above 0", arg);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

error_t xasctlParseEdge(int key, char *arg, struct argp_state *state,
                        xasctlEdge *told)
{
    switch (key) {
    case 'E':
        if (!xasctlElement(arg, told->element))
            argp_error(state, "--element %s: no such element", arg);
        return 0;
    case 'e':
        if (!xasctlShell(arg, &told->shell))
            argp_error(state, "--edge %s: expected K, L, L3 or L2", arg);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

error_t xasctlParseFile(int key, char *arg, struct argp_state *state,
                        const char **file)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*file)
            argp_error(state, "one file only");
        *file = arg;
        return 0;
    case ARGP_KEY_END:
        if (!*file)
            argp_error(state, "which file?");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

error_t xasctlParseScan(int key, char *arg, struct argp_state *state,
                        int64_t *scan)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (*scan)
            argp_error(state, "one scan only");
        if (!xasctlNumber(arg, scan))
            argp_error(state, "%s: expected the number of a scan", arg);
        return 0;
    case ARGP_KEY_END:
        if (!*scan)
            argp_error(state, "which scan? xasctl scans lists them");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

error_t xasctlParseVerb(int key, char *arg, struct argp_state *state,
                        const xasctlVerb *verbs, int n, const char *expected,
                        xasctlSaid *said)
{
    switch (key) {
    case ARGP_KEY_ARG:
        if (state->arg_num == 0) {
            while (said->verb < n && strcmp(arg, verbs[said->verb].name) != 0)
                said->verb++;
        } else if (said->n < xasctlWords) {
            said->word[said->n++] = arg;
        } else {
            argp_error(state, "too many arguments");
        }
        return 0;
    case ARGP_KEY_END:
        if (said->verb == n || said->n < verbs[said->verb].least ||
            said->n > verbs[said->verb].most)
            argp_error(state, "expected %s", expected);
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}
