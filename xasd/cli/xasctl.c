/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctl.h"

#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasVersion.h"

const char *argp_program_version = "xasctl " XAS_VERSION;

static const xasctlCommand *const commands[] = {
    &xasctlScans,     &xasctlShow,   &xasctlCalibrations, &xasctlSamples,
    &xasctlReference, &xasctlTrain,  &xasctlModel,        &xasctlPredict,
    &xasctlFeatures,  &xasctlMerge,  &xasctlPlot,         &xasctlImport,
    &xasctlExport,    &xasctlReplay, &xasctlStats,        &xasctlCheck,
    &xasctlBackup,    &xasctlUpgrade
};

enum { nCommands = sizeof commands / sizeof *commands, busy_ms = 5000 };

enum { optionJson = 256, optionTsv };

static const struct argp_option commonOptions[] = {
    { "database", 'd', "FILE", 0,
      "database, else that of $XASD_DATABASE, else xasd.db", 9 },
    { "json", optionJson, NULL, 0, "write JSON", 9 },
    { "tsv", optionTsv, NULL, 0, "write lists between tabs", 9 },
    { 0 }
};

static error_t parseCommon(int key, char *arg, struct argp_state *state)
{
    xasctl *ctl = state->input;

    switch (key) {
    case 'd': ctl->database = arg; return 0;
    case optionJson: ctl->form = xasctlJson; return 0;
    case optionTsv: ctl->form = xasctlTsv; return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

const struct argp xasctlCommonArgp = { .options = commonOptions,
                                       .parser = parseCommon };

/* The input of a sub-command's parser is its own; the common one's is ctl. */
typedef struct inputs {
    xasctl *ctl;
    void *own;
} inputs;

static error_t parseBoth(int key, char *arg, struct argp_state *state)
{
    inputs *in = state->input;

    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = in->ctl;
    state->child_inputs[1] = in->own;
    return 0;
}

void xasctlParse(xasctl *ctl, const struct argp *argp, int argc, char **argv,
                 void *input)
{
    inputs in = { ctl, input };
    const struct argp_child children[] = { { &xasctlCommonArgp, 0, NULL, 9 },
                                           { argp, 0, NULL, 0 },
                                           { 0 } };
    const struct argp both = { .parser = parseBoth, .children = children };

    (void)argp_parse(&both, argc, argv, 0, NULL, &in);
}

bool xasctlOpen(xasctl *ctl, xasStoreAccess access)
{
    xasMessage why = { "" };

    if (ctl->store)
        return true;
    if (xasStoreOpen(ctl->database, access, busy_ms, &ctl->store, &why) ==
        xasOk)
        return true;
    (void)xasctlFail("%s", why.text);
    return false;
}

int xasctlFail(const char *format, ...)
{
    va_list args;

    (void)fflush(stdout);
    (void)fputs("xasctl: ", stderr);
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    return xasctlFailed;
}

int xasctlStoreFail(const xasctl *ctl)
{
    return xasctlFail("%s: %s", ctl->database, xasStoreError(ctl->store));
}

int xasctlEnd(xasctl *ctl, xasStatus status, const xasMessage *message)
{
    if (status == xasOk) {
        status = xasStoreCommit(ctl->store);
        return status == xasOk ? xasctlDone : xasctlStoreFail(ctl);
    }
    xasStoreRollback(ctl->store);
    if (message && message->text[0])
        return xasctlFail("%s", message->text);
    return xasctlStoreFail(ctl);
}

bool xasctlNumber(const char *text, int64_t *out)
{
    char *end;
    long long value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (end == text || *end || errno || value <= 0)
        return false;
    *out = value;
    return true;
}

/* Where the command's word stands in argv. */
typedef struct chosen {
    xasctl *ctl;
    int index;
} chosen;

static error_t parseMain(int key, char *arg, struct argp_state *state)
{
    chosen *c = state->input;

    (void)arg;
    switch (key) {
    case ARGP_KEY_INIT: state->child_inputs[0] = c->ctl; return 0;
    case ARGP_KEY_ARG: /* all that follows is the command's */
        c->index = state->next - 1;
        state->next = state->argc;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_usage(state); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static char *commandList(int key, const char *text, void *input)
{
    char *list = NULL;
    size_t size = 0;
    FILE *file;

    (void)input;
    if (key != ARGP_KEY_HELP_POST_DOC)
        return (char *)text;
    file = open_memstream(&list, &size);
    if (!file)
        return (char *)text;
    (void)fputs("Commands (xasctl COMMAND --help tells more):\n", file);
    for (int i = 0; i < nCommands; i++)
        (void)fprintf(file, "  %-10s %s\n", commands[i]->name,
                      commands[i]->summary);
    return fclose(file) == 0 ? list : (char *)text;
}

static int dispatch(xasctl *ctl, int argc, char **argv)
{
    char name[64];

    for (int i = 0; i < nCommands; i++)
        if (strcmp(argv[0], commands[i]->name) == 0) {
            (void)snprintf(name, sizeof name, "xasctl %s", argv[0]);
            argv[0] = name; /* for messages of argp */
            return commands[i]->run(ctl, argc, argv);
        }
    (void)xasctlFail("no command \"%s\"; xasctl --help lists them", argv[0]);
    return xasctlUsage;
}

int main(int argc, char **argv)
{
    static const struct argp_child children[] = {
        { &xasctlCommonArgp, 0, NULL, 0 }, { 0 }
    };
    static const struct argp mainArgp = {
        .parser = parseMain,
        .args_doc = "COMMAND [ARGUMENT...]",
        .doc = "Look into and work on the database of xasd, also while xasd "
               "runs.\v ",
        .children = children,
        .help_filter = commandList
    };
    const char *fromEnvironment = getenv("XASD_DATABASE");
    xasctl ctl = { .database = fromEnvironment && fromEnvironment[0]
                                   ? fromEnvironment
                                   : "xasd.db" };
    chosen c = { .ctl = &ctl };
    int result;

    (void)setlocale(LC_CTYPE, "");
    argp_err_exit_status = xasctlUsage;
    (void)argp_parse(&mainArgp, argc, argv, ARGP_IN_ORDER, NULL, &c);
    result = dispatch(&ctl, argc - c.index, argv + c.index);
    xasStoreClose(ctl.store);
    if (fflush(stdout) != 0 || ferror(stdout))
        return xasctlFail("cannot write the output: %s", strerror(errno));
    return result;
}
