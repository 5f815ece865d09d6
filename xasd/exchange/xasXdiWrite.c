/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasXdi.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A line break in a value would start a line of its own. */
static void putField(FILE *f, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    (void)fprintf(f, "# %s: ", key);
    for (; *value; value++)
        (void)fputc(*value == '\n' || *value == '\r' ? ' ' : *value, f);
    (void)fputc('\n', f);
}

/* The shortest of 15 or 17 digits that reads back to the same bits. */
static void putNumber(FILE *f, double value)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%.15g", value);
    if (strtod(text, NULL) != value)
        (void)snprintf(text, sizeof text, "%.17g", value);
    (void)fputs(text, f);
}

static const char *unitOf(const char *label)
{
    return strcmp(label, "energy") == 0   ? " eV"
           : strcmp(label, "angle") == 0  ? " degrees"
           : strcmp(label, "time_s") == 0 ? " s"
                                          : "";
}

static void putAll(FILE *f, const xasXdiHead *head, size_t columns,
                   const char *const *label, const double *const *value,
                   size_t n)
{
    (void)fputs("# XDI/1.0 xasd/1.0\n", f);
    for (size_t c = 0; c < columns; c++)
        (void)fprintf(f, "# Column.%zu: %s%s\n", c + 1, label[c],
                      unitOf(label[c]));
    putField(f, "Element.symbol", head->element);
    putField(f, "Element.edge", head->edge);
    putField(f, "Sample.formula", head->formula);
    putField(f, "Sample.name", head->sample);
    putField(f, "Scan.start_time", head->start);
    putField(f, "xasd.comment", head->comment);
    for (const char *p = head->more; p && *p; p += strcspn(p, "\n") + 1)
        (void)fprintf(f, "# %.*s\n", (int)strcspn(p, "\n"), p);
    (void)fputs("#----\n#", f);
    for (size_t c = 0; c < columns; c++)
        (void)fprintf(f, " %s", label[c]);
    (void)fputc('\n', f);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++) {
            putNumber(f, value[c][i]);
            (void)fputc(c + 1 < columns ? ' ' : '\n', f);
        }
}

/* Beside the target, then renamed: a full disk leaves the old file whole. */
xasStatus xasXdiWrite(const char *file, const xasXdiHead *head, size_t columns,
                      const char *const *label, const double *const *value,
                      size_t n, xasMessage *message)
{
    xasStatus status = xasOk;
    char *temporary = NULL;
    FILE *f = NULL;
    int fd = -1;

    if (!file || !head || columns < 2 || !label || !value || !n)
        return xasFail(xasErrArg, message, "nothing to write");
    if (asprintf(&temporary, "%s.XXXXXX", file) < 0)
        return xasFail(xasErrMemory, message, "%s: out of memory", file);
    fd = mkstemp(temporary);
    if (fd < 0 || !(f = fdopen(fd, "w"))) {
        status = xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));
        if (fd >= 0) {
            (void)close(fd);
            (void)unlink(temporary);
        }
        goto done;
    }
    putAll(f, head, columns, label, value, n);
    mode_t mask = umask(0);

    (void)umask(mask);
    (void)fchmod(fd, 0666 & ~mask);
    int failed = ferror(f) || fflush(f) != 0;

    if (fclose(f) != 0 || failed || rename(temporary, file) != 0) {
        status = xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));
        (void)unlink(temporary);
    }
done:
    free(temporary);
    return status;
}
