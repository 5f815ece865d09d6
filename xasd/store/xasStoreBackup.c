/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xasSql.h"

enum { tries = 40, wait_ms = 250 };

static int copyInto(xasStore *store, sqlite3 *target)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(target, "main", store->db, "main");
    int result = SQLITE_BUSY;

    if (!backup)
        return sqlite3_errcode(target);
    /* All pages in one step: it holds a read lock only, writers go on. */
    for (int i = 0;
         i < tries && (result == SQLITE_BUSY || result == SQLITE_OK ||
                       result == SQLITE_LOCKED);
         i++) {
        result = sqlite3_backup_step(backup, -1);
        if (result == SQLITE_BUSY || result == SQLITE_LOCKED)
            (void)sqlite3_sleep(wait_ms);
    }
    (void)sqlite3_backup_finish(backup);
    if (result != SQLITE_DONE)
        return result;
    /* One file, without the -wal beside it, so that it can be carried off. */
    return sqlite3_exec(target, "PRAGMA journal_mode = DELETE", NULL, NULL,
                        NULL);
}

xasStatus xasStoreBackup(xasStore *store, const char *path, xasMessage *message)
{
    char part[4096];
    sqlite3 *target = NULL;
    xasStatus status;
    int result;

    if (faccessat(AT_FDCWD, path, F_OK, AT_EACCESS) == 0)
        return xasFail(xasErrArg, message,
                       "%s: exists; a backup goes to a new file", path);
    if ((size_t)snprintf(part, sizeof part, "%s.part", path) >= sizeof part)
        return xasFail(xasErrArg, message, "%s: too long a name", path);
    (void)unlink(part);
    result = sqlite3_open(part, &target);
    if (result == SQLITE_OK)
        result = copyInto(store, target);
    if (result == SQLITE_OK)
        status = xasOk;
    else
        status = xasFail(xasErrIo, message, "%s: cannot write the backup: %s",
                         path, sqlite3_errmsg(target));
    (void)sqlite3_close_v2(target);
    if (status == xasOk && rename(part, path) != 0)
        status = xasFail(xasErrIo, message, "%s: %s", path, strerror(errno));
    if (status != xasOk)
        (void)unlink(part);
    return status;
}
