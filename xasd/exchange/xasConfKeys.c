/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasConfKeys.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "xasConfText.h"

#define TEXT(key, type, field, expected)                                       \
    {                                                                          \
        key, xasConfText, false, offsetof(type, field),                        \
            sizeof((type *)0)->field, 0, 0, expected                           \
    }
#define NAME(key, must, type, field, expected)                                 \
    {                                                                          \
        key, xasConfName, must, offsetof(type, field),                         \
            sizeof((type *)0)->field, 0, 0, expected                           \
    }
#define NUMBER(key, type, field, lo, hi, note)                                 \
    {                                                                          \
        key, xasConfNumber, false, offsetof(type, field), sizeof(double), lo,  \
            hi, note                                                           \
    }
#define WHOLE(key, type, field, lo, hi, note)                                  \
    {                                                                          \
        key, xasConfWhole, false, offsetof(type, field), sizeof(int), lo, hi,  \
            note                                                               \
    }

static const xasConfKey fileKeys[] = {
    TEXT("database", xasConf, database, "the path of the database"),
    TEXT("record_dir", xasConf, record_dir, "the path of a folder"),
    NAME("prefix", false, xasConf, prefix, "the prefix of xasd's own records"),
    { "no_join", xasConfOther, false, 0, 0, 0, 0, NULL },
    NUMBER("join_days", xasConf, join.days, 0, 36500, "0 for no limit"),
    NUMBER("journal_s", xasConf, journal_s, 0.05, 60, NULL),
    WHOLE("journal_points", xasConf, journal_points, 1, 1000, NULL),
    WHOLE("memory_MB", xasConf, memory_MB, 1, 65536, NULL),
    { "stations", xasConfOther, true, 0, 0, 0, 0,
      "a list of stations: ( { name = ...; } )" },
};

static xasStatus readNoJoin(const config_t *cfg, xasConf *conf,
                            xasMessage *message)
{
    const config_setting_t *list = config_lookup(cfg, "no_join");
    const char *expected = "a list of at most 16 sample names: ( \"foil\" )";

    if (!list)
        return xasOk;
    int type = config_setting_type(list);

    if (type != CONFIG_TYPE_LIST && type != CONFIG_TYPE_ARRAY)
        return xasConfFail(list, NULL, xasErrFormat, message, "expected %s",
                           expected);
    size_t n = (size_t)config_setting_length(list);

    if (n > XAS_NEVER_MAX)
        return xasConfFail(list, NULL, xasErrFull, message, "expected %s",
                           expected);
    conf->join.nNever = n;
    for (size_t i = 0; i < n; i++) {
        xasStatus status = xasConfString(
            config_setting_get_elem(list, (unsigned)i), conf->join.never[i],
            sizeof conf->join.never[i], "a sample name", message);

        if (status != xasOk)
            return status;
    }
    return xasOk;
}

/* Two stations of one name, or whose records would have one name. */
static xasStatus checkTwice(const config_setting_t *at, const xasConf *conf,
                            size_t last, xasMessage *message)
{
    const xasConfStation *b = &conf->station[last];
    char here[128], there[128];

    (void)snprintf(here, sizeof here, "%s%s", b->prefix, b->record);
    if (strcmp(here, conf->prefix) == 0)
        return xasConfFail(at, "prefix", xasErrFormat, message,
                           "prefix and record give '%s', the prefix of xasd's "
                           "own records, expected another",
                           here);
    for (size_t i = 0; i < last; i++) {
        const xasConfStation *a = &conf->station[i];

        (void)snprintf(there, sizeof there, "%s%s", a->prefix, a->record);
        if (strcmp(a->name, b->name) == 0)
            return xasConfFail(at, "name", xasErrFormat, message,
                               "'%s' is also stations[%zu], expected a name "
                               "of its own",
                               b->name, i);
        if (strcmp(here, there) == 0)
            return xasConfFail(at, "prefix", xasErrFormat, message,
                               "prefix and record give '%s' as in "
                               "stations[%zu], expected another",
                               here, i);
    }
    return xasOk;
}

static xasStatus readStations(const config_t *cfg, xasConf *conf,
                              xasMessage *message)
{
    const config_setting_t *list = config_lookup(cfg, "stations");
    size_t n = (size_t)config_setting_length(list);

    if (config_setting_type(list) != CONFIG_TYPE_LIST || n < 1 ||
        n > XAS_STATIONS_MAX)
        return xasConfFail(list, NULL, xasErrFormat, message,
                           "expected a list of 1 to %d groups: ( { name = "
                           "...; }, ... )",
                           XAS_STATIONS_MAX);
    for (size_t i = 0; i < n; i++) {
        const config_setting_t *group =
            config_setting_get_elem(list, (unsigned)i);

        if (config_setting_type(group) != CONFIG_TYPE_GROUP)
            return xasConfFail(group, NULL, xasErrFormat, message,
                               "expected a group { name = ...; }");
        conf->nStations = i + 1;
        xasStatus status =
            xasConfStationRead(group, &conf->station[i], message);

        if (status == xasOk)
            status = checkTwice(group, conf, i, message);
        if (status != xasOk)
            return status;
    }
    return xasOk;
}

static xasStatus absolute(const config_setting_t *root, const char *key,
                          char path[XAS_PATH_SIZE], xasMessage *message)
{
    char given[XAS_PATH_SIZE];

    memcpy(given, path, sizeof given);
    if (xasConfTextAbsolute(given, path, XAS_PATH_SIZE) != xasConfTextOk)
        return xasConfFail(root, key, xasErrRange, message,
                           "expected a path of at most %d bytes, the working "
                           "directory included",
                           XAS_PATH_SIZE - 1);
    return xasOk;
}

/* The folder of a file whose path is absolute. */
static void beside(const char *file, char folder[XAS_PATH_SIZE])
{
    const char *end = strrchr(file, '/');
    size_t length = end && end > file ? (size_t)(end - file) : 1;

    memcpy(folder, file, length);
    folder[length] = 0;
}

xasStatus xasConfKeysRead(const config_t *cfg, xasConf *conf,
                          xasMessage *message)
{
    const config_setting_t *root = config_root_setting(cfg);

    memcpy(conf->database, "xasd.db", sizeof "xasd.db");
    memcpy(conf->prefix, "XASD:", sizeof "XASD:");
    conf->journal_s = 0.5;
    conf->journal_points = 25;
    conf->memory_MB = 512;
    xasStatus status = xasConfGroup(
        root, fileKeys, sizeof fileKeys / sizeof *fileKeys, conf, message);

    if (status == xasOk && !conf->database[0])
        status = xasConfFail(root, "database", xasErrRange, message,
                             "expected the path of the database");
    if (status == xasOk)
        status = readNoJoin(cfg, conf, message);
    if (status == xasOk)
        status = readStations(cfg, conf, message);
    if (status != xasOk)
        return status;
    status = absolute(root, "database", conf->database, message);
    if (status == xasOk && !conf->record_dir[0])
        beside(conf->database, conf->record_dir);
    return status == xasOk
               ? absolute(root, "record_dir", conf->record_dir, message)
               : status;
}
