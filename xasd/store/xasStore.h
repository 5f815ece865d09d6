/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_STORE_H
#define XAS_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "xasStatus.h"

/** Version of the schema this program writes (PRAGMA user_version). */
#define XAS_SCHEMA_VERSION 3

/** One connection to a database; used by one thread at a time. */
typedef struct xasStore xasStore;

typedef enum xasStoreAccess {
    xasStoreReadOnly,   /* must exist */
    xasStoreAnyVersion, /* the same, of an older schema too: to copy it */
    xasStoreExisting,   /* read and write, must exist, migrated (xasctl) */
    xasStoreCreate      /* made if absent, migrated (daemon, demo) */
} xasStoreAccess;

/** \brief Open, check and migrate a database.
 *
 * WAL, foreign keys, synchronous=FULL. A handle waits busy_ms for others'
 * locks (250 in the daemon).
 * \return xasErrIo: cannot be opened or written; xasErrVersion: its schema is
 * newer than ours; xasErrArg: on a network file system; xasErrFormat: not a
 * database of xasd; xasErrBusy. `message` is one line with the path. */
xasStatus xasStoreOpen(const char *path, xasStoreAccess access, int busy_ms,
                       xasStore **out, xasMessage *message);
void xasStoreClose(xasStore *store);

/** \brief Text of the last failure on this handle. */
const char *xasStoreError(const xasStore *store);

/** \brief BEGIN IMMEDIATE; xasErrBusy when somebody else is writing; xasErrIo
 * when the file is no longer at its path: nobody would find what is written
 * to it. */
xasStatus xasStoreBegin(xasStore *store);
xasStatus xasStoreCommit(xasStore *store); /* on failure it rolled back */
void xasStoreRollback(xasStore *store);

/** \brief Has the file been deleted, moved away or replaced? */
bool xasStoreMoved(const xasStore *store);
/** \brief Go on with what is at the path now; if nothing is there, with the
 * open file, which is written there again first. Not in a transaction.
 * \param[out] other  it is another database: no row number holds any more
 * \return as xasStoreOpen; on failure the handle stays as it was */
xasStatus xasStoreReopen(xasStore *store, bool *other, xasMessage *message);

/** \brief Changes when another connection has written (data_version). */
xasStatus xasStoreDataVersion(xasStore *store, int64_t *version);

/** \brief Bytes of the database with its WAL, and free on its disk. */
xasStatus xasStoreSize(xasStore *store, int64_t *bytes, int64_t *diskFree);

/** \brief Copy of a database that is in use, by SQLite's backup API. */
xasStatus xasStoreBackup(xasStore *store, const char *path,
                         xasMessage *message);

#define XAS_TIME_SIZE 32
/** \brief "2026-11-22T15:24:30.123Z" of Unix ns. */
void xasTimeText(int64_t unix_ns, char out[XAS_TIME_SIZE]);
/** \brief Now, Unix ns. */
int64_t xasTimeNow(void);

#endif
