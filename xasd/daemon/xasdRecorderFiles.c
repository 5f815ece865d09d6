/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasdRecorderFiles.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <errlog.h>

/* "20261122T152430.123Z", a digit for each 0 */
static const char stampForm[] = "00000000T000000.000Z";

FILE *xasdRecorderFileNew(const char *dir, const char *station, int64_t now_ns,
                          char name[XAS_RECORDING_NAME])
{
    int fd = -1;
    FILE *file;

    for (int i = 0; i < 1000 && fd < 0; i++) { /* a clock may be set back */
        char path[1024];
        time_t second = (time_t)(now_ns / 1000000000);
        struct tm utc;

        (void)gmtime_r(&second, &utc);
        (void)snprintf(name, XAS_RECORDING_NAME,
                       "%.32s-%04d%02d%02dT%02d%02d%02d.%03dZ%s", station,
                       utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                       utc.tm_hour, utc.tm_min, utc.tm_sec,
                       (int)(now_ns / 1000000 % 1000), XAS_RECORDING_SUFFIX);
        (void)snprintf(path, sizeof path, "%s/%s", dir, name);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
        if (fd < 0 && errno != EEXIST)
            return NULL;
        now_ns += 1000000;
    }
    if (fd < 0)
        return NULL;
    file = fdopen(fd, "w");
    if (!file)
        (void)close(fd);
    return file;
}

/* STATION-UTCSTAMP.xev and nothing else. */
static bool isOurs(const char *name, const char *station)
{
    size_t n = strlen(station);

    if (strncmp(name, station, n) != 0 || name[n] != '-')
        return false;
    name += n + 1;
    for (const char *form = stampForm; *form; form++, name++)
        if (*form == '0' ? !isdigit((unsigned char)*name) : *name != *form)
            return false;
    return strcmp(name, XAS_RECORDING_SUFFIX) == 0;
}

static int64_t sizeOf(int dir, const char *name)
{
    struct stat is;

    if (fstatat(dir, name, &is, AT_SYMLINK_NOFOLLOW) || !S_ISREG(is.st_mode))
        return 0;
    return (int64_t)is.st_size;
}

/* The oldest name (their order is that of time), and the bytes of all. */
static int64_t survey(DIR *dir, const char *station, const char *keep,
                      char oldest[XAS_RECORDING_NAME])
{
    const struct dirent *entry;
    int64_t bytes = 0;

    oldest[0] = 0;
    rewinddir(dir);
    while ((entry = readdir(dir))) {
        if (!isOurs(entry->d_name, station) ||
            strlen(entry->d_name) >= XAS_RECORDING_NAME)
            continue;
        bytes += sizeOf(dirfd(dir), entry->d_name);
        if (strcmp(entry->d_name, keep) != 0 &&
            (!oldest[0] || strcmp(entry->d_name, oldest) < 0))
            (void)snprintf(oldest, XAS_RECORDING_NAME, "%s", entry->d_name);
    }
    return bytes;
}

void xasdRecorderFilesPrune(const char *path, const char *station,
                            const char *name, int64_t most)
{
    char oldest[XAS_RECORDING_NAME];
    DIR *dir = opendir(path);

    if (!dir)
        return;
    while (survey(dir, station, name, oldest) > most && oldest[0] &&
           unlinkat(dirfd(dir), oldest, 0) == 0)
        errlogSevPrintf(errlogInfo,
                        "xasd: %s: %s/%s deleted: oldest recording\n", station,
                        path, oldest);
    (void)closedir(dir);
}
