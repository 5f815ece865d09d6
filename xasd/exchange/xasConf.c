/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConf.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "xasConfKeys.h"

static xasStatus noMemory(const char *file, xasMessage *message)
{
    return xasFail(xasErrMemory, message, "%s: out of memory", file);
}

/* libconfig names the line but not the key: show the line itself. */
static void lineText(const char *file, int number, char *out, size_t size)
{
    FILE *f = fopen(file, "r");
    char text[256];
    bool start = true;

    out[0] = 0;
    while (f && number > 0 && fgets(text, sizeof text, f)) {
        if (start && number == 1)
            (void)snprintf(out, size, "%.*s",
                           (int)strcspn(text + strspn(text, " \t"), "\r\n"),
                           text + strspn(text, " \t"));
        start = strchr(text, '\n') != NULL;
        number -= start;
    }
    if (f)
        (void)fclose(f);
}

/* The scanner of libconfig ends the process when it cannot read: look first. */
static xasStatus checkFile(const char *file, xasMessage *message)
{
    FILE *f = fopen(file, "r");
    struct stat s;

    if (!f)
        return xasFail(errno == ENOENT ? xasErrNotFound : xasErrIo, message,
                       "%s: %s", file, strerror(errno));
    int regular = fstat(fileno(f), &s) == 0 && S_ISREG(s.st_mode);

    (void)fclose(f);
    return regular ? xasOk
                   : xasFail(xasErrIo, message, "%s: not a regular file", file);
}

static xasStatus parse(config_t *cfg, const char *file, xasMessage *message)
{
    char copy[XAS_PATH_SIZE], near[64];
    xasStatus status = checkFile(file, message);

    if (status != xasOk)
        return status;
    (void)snprintf(copy, sizeof copy, "%s", file);
    config_set_include_dir(cfg, dirname(copy));
    if (config_read_file(cfg, file))
        return xasOk;
    const char *text = config_error_text(cfg);

    if (config_error_file(cfg))
        file = config_error_file(cfg);
    lineText(file, config_error_line(cfg), near, sizeof near);
    if (text && strstr(text, "duplicate"))
        text = "key given twice, expected once";
    if (text && strstr(text, "mismatched"))
        text = "in [ ] all are whole numbers, or all have a point; or use ( )";
    return xasFail(xasErrFormat, message, "%s:%d: %s: %s", file,
                   config_error_line(cfg), near,
                   text ? text : "expected KEY = VALUE;");
}

xasStatus xasConfRead(const char *file, xasConf **out, xasMessage *message)
{
    xasStatus status;
    config_t cfg;

    if (!file || !out)
        return xasFail(xasErrArg, message, "no configuration file named");
    if (strlen(file) >= XAS_PATH_SIZE)
        return xasFail(xasErrArg, message, "%.100s...: name too long", file);
    xasConf *conf = calloc(1, sizeof *conf);

    if (!conf)
        return noMemory(file, message);
    (void)snprintf(conf->file, sizeof conf->file, "%s", file);
    config_init(&cfg);
    status = parse(&cfg, file, message);
    if (status == xasOk)
        status = xasConfKeysRead(&cfg, conf, message);
    config_destroy(&cfg);
    if (status == xasOk)
        *out = conf;
    else
        xasConfDestroy(conf);
    return status;
}

void xasConfDestroy(xasConf *conf)
{
    free(conf);
}
