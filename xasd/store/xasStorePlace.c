/* SPDX-License-Identifier: BSD-3-Clause */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "xasStorePlace.h"

enum { fuse = 0x65735546 };

/* Types of statfs(2).  WAL needs memory shared by all who use the database,
 * which two hosts do not have. */
static const struct {
    unsigned long type;
    const char *name;
} network[] = { { 0x6969, "NFS" },           { 0x517b, "SMB" },
                { 0xfe534d42, "SMB" },       { 0xff534d42, "CIFS" },
                { 0x01021997, "9P" },        { 0x5346414f, "AFS" },
                { 0x6b414653, "AFS" },       { 0x73757245, "Coda" },
                { 0x564c, "NCP" },           { 0x00c36400, "Ceph" },
                { 0x0bd00bd0, "Lustre" },    { 0x47504653, "GPFS" },
                { 0x19830326, "BeeGFS" },    { 0x01161970, "GFS2" },
                { 0x7461636f, "OCFS2" },     { 0xaad7aaea, "PanFS" },
                { 0x786f4256, "VirtualBox" } };

const char *xasPlaceNetworkName(long type)
{
    /* 32 bits: some are negative where a long has no more. */
    unsigned long bits = (unsigned long)type & 0xffffffffUL;

    for (size_t i = 0; i < sizeof network / sizeof *network; i++)
        if (network[i].type == bits)
            return network[i].name;
    return NULL;
}

int xasPlaceFuseIsLocal(const char *type)
{
    /* A disk of another system, and the root of an unprivileged container. */
    return strcmp(type, "fuseblk") == 0 ||
           strcmp(type, "fuse.fuse-overlayfs") == 0;
}

/* Type of the mount with this device, as /proc/self/mountinfo names it. */
static int mountType(dev_t device, char *out, unsigned long size)
{
    char line[4096], wanted[32];
    int found = 0;
    FILE *file = fopen("/proc/self/mountinfo", "re");

    if (!file)
        return 0;
    (void)snprintf(wanted, sizeof wanted, "%u:%u", major(device),
                   minor(device));
    while (!found && fgets(line, sizeof line, file)) {
        char number[32] = "", type[64] = "";
        const char *tail = strstr(line, " - ");

        if (tail && sscanf(line, "%*d %*d %31s", number) == 1 &&
            sscanf(tail, " - %63s", type) == 1 && strcmp(number, wanted) == 0) {
            (void)snprintf(out, size, "%s", type);
            found = 1;
        }
    }
    (void)fclose(file);
    return found;
}

static void folderOf(const char *file, char *out, size_t size)
{
    const char *slash = strrchr(file, '/');

    if (!slash)
        (void)snprintf(out, size, ".");
    else if (slash == file)
        (void)snprintf(out, size, "/");
    else
        (void)snprintf(out, size, "%.*s", (int)(slash - file), file);
}

const char *xasPlaceNetwork(const char *file, char *buffer, unsigned long size)
{
    char folder[PATH_MAX];
    struct statfs place;
    struct stat info;
    const char *name;

    folderOf(file, folder, sizeof folder);
    if (statfs(file, &place) != 0) {
        file = folder;
        if (statfs(file, &place) != 0)
            return NULL; /* opening it will say what is wrong */
    }
    name = xasPlaceNetworkName((long)place.f_type);
    if (name || ((unsigned long)place.f_type & 0xffffffffUL) != fuse)
        return name;
    if (stat(file, &info) != 0 || !mountType(info.st_dev, buffer, size))
        return "FUSE";
    return xasPlaceFuseIsLocal(buffer) ? NULL : buffer;
}
