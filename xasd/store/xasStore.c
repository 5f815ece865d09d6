/* SPDX-License-Identifier: BSD-3-Clause */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

#include "xasSql.h"
#include "xasStorePlace.h"

/* "XASD": tells our databases from anybody else's. */
enum { applicationId = 0x58415344 };

/* Step i brings a database from version i to i + 1. */
static const char *const migration[XAS_SCHEMA_VERSION] = { xasSchema,
                                                           xasSchema2,
                                                           xasSchema3 };

static xasStatus exec(xasStore *store, const char *sql)
{
    return xasSqlStatus(store, sqlite3_exec(store->db, sql, NULL, NULL, NULL));
}

/* SQLite says only that it could not; the system knows why. Where a file may
 * not be made, SQLite has then looked for one to read, and found none. */
static const char *whyNotOpen(const xasStore *store)
{
    int code = store->db ? sqlite3_system_errno(store->db) : 0;
    char *copy = code == ENOENT ? strdup(store->path) : NULL;

    if (copy &&
        faccessat(AT_FDCWD, dirname(copy), W_OK | X_OK, AT_EACCESS) != 0)
        code = errno;
    free(copy);
    return code ? strerror(code) : store->error.text;
}

static bool reads(xasStoreAccess access)
{
    return access == xasStoreReadOnly || access == xasStoreAnyVersion;
}

static xasStatus openFile(xasStore *store, xasStoreAccess access, int busy_ms,
                          xasMessage *message)
{
    int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    xasStatus status;

    flags |= reads(access) ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    if (access == xasStoreCreate)
        flags |= SQLITE_OPEN_CREATE;
    status = xasSqlStatus(
        store, sqlite3_open_v2(store->path, &store->db, flags, NULL));
    if (status != xasOk && access != xasStoreCreate &&
        faccessat(AT_FDCWD, store->path, F_OK, AT_EACCESS) != 0)
        return xasFail(xasErrIo, message, "%s: no such database", store->path);
    if (status != xasOk)
        return xasFail(xasErrIo, message, "%s: cannot open the database: %s",
                       store->path, whyNotOpen(store));
    if (!reads(access) && sqlite3_db_readonly(store->db, "main"))
        return xasFail(xasErrIo, message, "%s: the database is not writable",
                       store->path);
    return xasSqlStatus(store, sqlite3_busy_timeout(store->db, busy_ms));
}

/* Even to read, SQLite makes files beside a database that nobody has open. */
static const char *whyNotRead(const xasStore *store)
{
    if ((sqlite3_extended_errcode(store->db) & 0xff) == SQLITE_READONLY)
        return "its folder is not yours to write and no xasd has it open; copy "
               "it to one that is";
    return store->error.text;
}

/* What is in the file: a new one has version 0 and no tables. */
static xasStatus readIdentity(xasStore *store, int64_t *version, bool *empty,
                              xasMessage *message)
{
    int64_t id = 0, tables = 0;
    xasStatus status =
        xasSqlInt(store, &tables, "SELECT count(*) FROM sqlite_master", "");

    if (status == xasOk)
        status = xasSqlInt(store, version, "PRAGMA user_version", "");
    if (status == xasOk)
        status = xasSqlInt(store, &id, "PRAGMA application_id", "");
    if (status == xasErrFormat)
        return xasFail(status, message, "%s: not a database of xasd (%s)",
                       store->path, store->error.text);
    if (status != xasOk)
        return xasFail(status, message, "%s: cannot be read: %s", store->path,
                       whyNotRead(store));
    *empty = tables == 0 && *version == 0;
    if (!*empty && id != applicationId)
        return xasFail(xasErrFormat, message,
                       "%s: a database, but not one of xasd", store->path);
    if (*version > XAS_SCHEMA_VERSION)
        return xasFail(xasErrVersion, message,
                       "%s: has schema version %lld, this program knows up to "
                       "%d: use a newer xasd",
                       store->path, (long long)*version, XAS_SCHEMA_VERSION);
    return xasOk;
}

static xasStatus migrate(xasStore *store)
{
    char sql[96];
    int64_t version = 0;
    xasStatus status = xasStoreBegin(store);

    if (status != xasOk)
        return status;
    /* Read again under the lock: another process may have been faster. */
    status = xasSqlInt(store, &version, "PRAGMA user_version", "");
    for (; status == xasOk && version < XAS_SCHEMA_VERSION; version++)
        status = exec(store, migration[version]);
    (void)snprintf(sql, sizeof sql,
                   "PRAGMA application_id = %d; PRAGMA user_version = %d",
                   applicationId, XAS_SCHEMA_VERSION);
    if (status == xasOk)
        status = exec(store, sql);
    if (status == xasOk)
        return xasStoreCommit(store);
    xasStoreRollback(store);
    return status;
}

/* WAL stays in the file: readers find it set. */
static xasStatus useWal(xasStore *store)
{
    sqlite3_stmt *s;
    char mode[16] = "";
    xasStatus status =
        xasSqlPrepare(store, &s, "PRAGMA journal_mode = WAL", "");

    if (status == xasOk)
        status = xasSqlStep(store, s);
    if (status == xasOk)
        xasSqlText(s, 0, mode, sizeof mode);
    (void)sqlite3_finalize(s);
    if (status == xasOk && strcmp(mode, "wal") != 0)
        return xasSqlFail(store, xasErrIo,
                          "the file system does not allow WAL (mode %s)", mode);
    return status;
}

static xasStatus setUp(xasStore *store, xasStoreAccess access,
                       xasMessage *message)
{
    bool empty = false;
    int64_t version = 0;
    xasStatus status = readIdentity(store, &version, &empty, message);

    if (status != xasOk)
        return status;
    if (empty && access != xasStoreCreate)
        return xasFail(xasErrFormat, message,
                       "%s: empty, not a database of xasd", store->path);
    if (!reads(access))
        status = useWal(store);
    if (status == xasOk)
        status = exec(store, "PRAGMA synchronous = FULL;"
                             "PRAGMA foreign_keys = ON;"
                             "PRAGMA trusted_schema = OFF");
    if (status == xasOk)
        status = xasSqlFunctions(store);
    if (status == xasOk && version < XAS_SCHEMA_VERSION &&
        access != xasStoreAnyVersion) {
        if (access == xasStoreReadOnly)
            return xasFail(xasErrVersion, message,
                           "%s: has the older schema %lld: `xasctl upgrade' "
                           "brings it up to date",
                           store->path, (long long)version);
        status = migrate(store);
    }
    if (status != xasOk)
        return xasFail(status, message, "%s: cannot be %s: %s", store->path,
                       reads(access) ? "read" : "written", store->error.text);
    return xasOk;
}

xasStatus xasStoreOpen(const char *path, xasStoreAccess access, int busy_ms,
                       xasStore **out, xasMessage *message)
{
    char type[64];
    const char *network;
    xasStore *store;
    xasStatus status;

    if (!path || !path[0] || !out)
        return xasFail(xasErrArg, message, "no database is named");
    network = xasPlaceNetwork(path, type, sizeof type);
    if (network)
        return xasFail(xasErrArg, message,
                       "%s: on a network file system (%s); the database needs "
                       "a local disk",
                       path, network);
    store = calloc(1, sizeof *store);
    if (store)
        store->path = strdup(path);
    if (!store || !store->path) {
        free(store);
        return xasFail(xasErrMemory, message, "%s: out of memory", path);
    }
    store->busy_ms = busy_ms;
    status = openFile(store, access, busy_ms, message);
    if (status == xasOk)
        status = setUp(store, access, message);
    if (status == xasOk)
        *out = store;
    else
        xasStoreClose(store);
    return status;
}

void xasStoreClose(xasStore *store)
{
    if (!store)
        return;
    (void)sqlite3_close_v2(store->db);
    free(store->path);
    free(store);
}

const char *xasStoreError(const xasStore *store)
{
    return store->error.text;
}

bool xasStoreMoved(const xasStore *store)
{
    int moved = 0;

    return sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED,
                                &moved) == SQLITE_OK &&
           moved != 0;
}

/* What an unlinked database leaves behind is of no other file. */
static xasStatus writeAgain(xasStore *store, xasMessage *message)
{
    static const char *const beside[] = { "-wal", "-shm" };
    char name[4096];

    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(name, sizeof name, "%.4000s%s", store->path, beside[i]);
        (void)unlink(name);
    }
    return xasStoreBackup(store, store->path, message);
}

xasStatus xasStoreReopen(xasStore *store, bool *other, xasMessage *message)
{
    bool there = faccessat(AT_FDCWD, store->path, F_OK, AT_EACCESS) == 0;
    xasStore *now = NULL;
    xasStatus status = xasOk;
    sqlite3 *old = store->db;

    if (!there)
        status = writeAgain(store, message);
    if (status == xasOk)
        status = xasStoreOpen(store->path, xasStoreExisting, store->busy_ms,
                              &now, message);
    if (status != xasOk)
        return status;
    store->db = now->db;
    store->reopened++;
    *other = there;
    now->db = NULL;
    xasStoreClose(now);
    /* A close removes the WAL by its name: that is the new one's now. */
    (void)sqlite3_db_config(old, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
    (void)sqlite3_close_v2(old);
    return xasOk;
}

xasStatus xasStoreBegin(xasStore *store)
{
    if (xasStoreMoved(store))
        return xasSqlFail(store, xasErrIo,
                          "%.300s was deleted, moved or replaced", store->path);
    return exec(store, "BEGIN IMMEDIATE");
}

xasStatus xasStoreCommit(xasStore *store)
{
    xasStatus status = xasSqlNeedTransaction(store);

    if (status != xasOk)
        return status;
    status = exec(store, "COMMIT");
    if (status != xasOk) {
        xasMessage why = store->error;

        xasStoreRollback(store);
        store->error = why;
    }
    return status;
}

void xasStoreRollback(xasStore *store)
{
    xasMessage why = store->error;

    /* SQLite has rolled back by itself after some failures. */
    if (!sqlite3_get_autocommit(store->db))
        (void)exec(store, "ROLLBACK");
    store->error = why;
}

xasStatus xasStoreDataVersion(xasStore *store, int64_t *version)
{
    xasStatus status = xasSqlInt(store, version, "PRAGMA data_version", "");

    if (status == xasOk) /* it is the connection's own counter */
        *version += store->reopened << 32;
    return status;
}

xasStatus xasStoreSize(xasStore *store, int64_t *bytes, int64_t *diskFree)
{
    char wal[4096];
    struct stat info;
    struct statvfs place;
    int64_t sum;

    if (stat(store->path, &info) != 0 || statvfs(store->path, &place) != 0)
        return xasSqlFail(store, xasErrIo, "%s: %s", store->path,
                          strerror(errno));
    sum = (int64_t)info.st_size;
    (void)snprintf(wal, sizeof wal, "%s-wal", store->path);
    if (stat(wal, &info) == 0)
        sum += (int64_t)info.st_size;
    *bytes = sum;
    *diskFree = (int64_t)place.f_bavail * (int64_t)place.f_frsize;
    return xasOk;
}

void xasTimeText(int64_t unix_ns, char out[XAS_TIME_SIZE])
{
    int64_t ms = unix_ns / 1000000 - (unix_ns % 1000000 < 0);
    time_t seconds = (time_t)(ms / 1000 - (ms % 1000 < 0));
    int rest = (int)(ms - (int64_t)seconds * 1000);
    char text[XAS_TIME_SIZE];
    struct tm when;

    if (!gmtime_r(&seconds, &when) ||
        !strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &when))
        text[0] = '\0';
    (void)snprintf(out, XAS_TIME_SIZE, "%.25s.%03dZ", text, rest);
}

int64_t xasTimeNow(void)
{
    struct timespec now = { 0, 0 };

    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}
