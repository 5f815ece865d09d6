/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdLock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static struct {
    int fd; /* of the file that is claimed, + 1; 0: none */
    bool locked;
} held;

static bool isHeld(const char *path)
{
    struct stat there, ours;

    return held.fd && fstat(held.fd - 1, &ours) == 0 &&
           stat(path, &there) == 0 && there.st_dev == ours.st_dev &&
           there.st_ino == ours.st_ino;
}

/* The descriptor of a file in use stays open: closing it would undo SQLite's
 * own locks on that file, which flock(2) does not meet. */
xasStatus xasdLockDatabase(const char *path, xasMessage *message)
{
    if (!isHeld(path)) {
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0)
            return xasFail(xasErrIo, message, "%s: %s", path, strerror(errno));
        if (held.fd)
            (void)close(held.fd - 1);
        held.fd = fd + 1;
        held.locked = false;
    }
    if (held.locked || flock(held.fd - 1, LOCK_EX | LOCK_NB) == 0) {
        held.locked = true;
        return xasOk;
    }
    if (errno == EWOULDBLOCK)
        return xasFail(xasErrBusy, message,
                       "%s: another xasd is using this database, expected one "
                       "of its own",
                       path);
    return xasFail(xasErrIo, message, "%s: cannot be locked: %s", path,
                   strerror(errno));
}
