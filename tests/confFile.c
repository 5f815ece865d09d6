/* SPDX-License-Identifier: BSD-3-Clause */
#include "confFile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>

static char folder[] = "/tmp/confTestXXXXXX";
static char path[64];

void confFileBegin(void)
{
    if (!mkdtemp(folder))
        testAbort("%s", folder);
    (void)snprintf(path, sizeof path, "%s/t.conf", folder);
}

void confFileEnd(void)
{
    (void)unlink(path);
    (void)rmdir(folder);
}

const char *confFilePath(void)
{
    return path;
}

FILE *confFileOpen(void)
{
    FILE *f = fopen(path, "w");

    if (!f)
        testAbort("no %s", path);
    return f;
}

void confFileRefused(xasStatus status, xasConf *conf, const xasMessage *message,
                     int line, const char *key, const char *expected)
{
    char start[160];

    (void)snprintf(start, sizeof start, "%s:%d: %s", path, line, key);
    testOk(status != xasOk && !conf && !strchr(message->text, '\n') &&
               strncmp(message->text, start, strlen(start)) == 0 &&
               strstr(message->text, expected),
           "%s", message->text);
    xasConfDestroy(conf);
}
