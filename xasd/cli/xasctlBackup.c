/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl backup: a copy of the database, also while xasd writes it. */
#include <stdio.h>

#include "xasctlArgs.h"

static error_t parse(int key, char *arg, struct argp_state *state)
{
    return xasctlParseFile(key, arg, state, state->input);
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        NULL,
        parse,
        "FILE",
        "Copy the database to a new FILE, also while xasd writes it; of "
        "an older xasd as it is.",
        NULL,
        NULL,
        NULL
    };
    const char *file = NULL;
    xasMessage why = { "" };

    xasctlParse(ctl, &argp, argc, argv, &file);
    if (!xasctlOpen(ctl, xasStoreAnyVersion))
        return xasctlFailed;
    if (xasStoreBackup(ctl->store, file, &why) != xasOk)
        return xasctlFail("%s", why.text);
    if (ctl->form == xasctlText) {
        (void)printf("%s copied to %s\n", ctl->database, file);
    } else if (ctl->form == xasctlJson) {
        xasJson j;

        xasJsonInit(&j, stdout);
        xasJsonOpen(&j, NULL, '{');
        xasJsonText(&j, "database", ctl->database);
        xasJsonText(&j, "file", file);
        xasJsonClose(&j);
    }
    return xasctlDone;
}

const xasctlCommand xasctlBackup = { "backup", "copy the database", run };
