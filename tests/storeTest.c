/* SPDX-License-Identifier: BSD-3-Clause */
/* The store: what goes in comes out to the last bit, also after a kill; what
 * cannot work is refused in one line with the path. */
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "storeTestSample.h"
#include "storeTestScan.h"
#include "xasSql.h"
#include "xasStore.h"
#include "xasStorePlace.h"
#include "xasStoreScan.h"

enum { points = testPoints, busy_ms = 250, sampleMax = 8 };

static char folder[64];

static const char *in(const char *name)
{
    static char path[4][128];
    static int turn;

    turn = (turn + 1) % 4;
    (void)snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static xasStore *openNew(const char *name)
{
    xasMessage why = { "" };
    xasStore *store = NULL;

    if (xasStoreOpen(in(name), xasStoreCreate, busy_ms, &store, &why) != xasOk)
        testAbort("%s", why.text);
    return store;
}

static void writeFile(const char *name, const char *text)
{
    FILE *file = fopen(in(name), "w");

    if (!file || fputs(text, file) < 0 || fclose(file) != 0)
        testAbort("cannot write %s", in(name));
}

static void refuse(const char *name, xasStoreAccess access, xasStatus expected,
                   const char *words)
{
    xasMessage why = { "" };
    xasStore *store = NULL;
    xasStatus status = xasStoreOpen(in(name), access, 0, &store, &why);

    testOk(status == expected && !store && strstr(why.text, in(name)) &&
               strstr(why.text, words) && !strchr(why.text, '\n'),
           "refused: %s", why.text);
    xasStoreClose(store);
}

/* As an ordinary user: root may write anywhere. */
static void testUnwritable(void)
{
    int root = geteuid() == 0;

    xasStoreClose(openNew("readonly.db"));
    if (mkdir(in("closed"), 0555) != 0 || chmod(in("readonly.db"), 0444) != 0 ||
        chmod(folder, 0755) != 0 || (root && seteuid(65534) != 0))
        testAbort("cannot become an ordinary user");
    refuse("closed/new.db", xasStoreCreate, xasErrIo, "cannot open");
    refuse("readonly.db", xasStoreCreate, xasErrIo, "not writable");
    if (root && seteuid(0) != 0)
        testAbort("cannot become root again");
}

static void testRefusals(void)
{
    xasStore *store = openNew("newer.db");
    sqlite3 *other;

    (void)xasSqlRun(store, "PRAGMA user_version = 999", "");
    xasStoreClose(store);
    writeFile("text.db", "This is a text of some length, not a database.\n"
                         "It has no header that SQLite would know.\n");
    writeFile("empty.db", "");
    if (sqlite3_open(in("foreign.db"), &other) != SQLITE_OK ||
        sqlite3_exec(other, "CREATE TABLE a (b)", NULL, NULL, NULL))
        testAbort("cannot make a foreign database");
    (void)sqlite3_close(other);

    refuse("absent.db", xasStoreReadOnly, xasErrIo, "no such database");
    refuse("absent.db", xasStoreExisting, xasErrIo, "no such database");
    testOk1(access(in("absent.db"), F_OK) != 0);
    refuse("no/such/x.db", xasStoreCreate, xasErrIo, "cannot open");
    refuse("", xasStoreCreate, xasErrIo, "cannot open");
    refuse("newer.db", xasStoreCreate, xasErrVersion, "999");
    refuse("text.db", xasStoreCreate, xasErrFormat, "not a database");
    refuse("foreign.db", xasStoreCreate, xasErrFormat, "not one of xasd");
    refuse("empty.db", xasStoreExisting, xasErrFormat, "empty");
    testUnwritable();
}

static void testPlaces(void)
{
    char name[64];

    testOk1(strcmp(xasPlaceNetworkName(0x6969), "NFS") == 0);
    testOk1(strcmp(xasPlaceNetworkName(0x517b), "SMB") == 0);
    testOk1(strcmp(xasPlaceNetworkName((long)(int)0xfe534d42), "SMB") == 0);
    testOk1(strcmp(xasPlaceNetworkName(0xff534d42L), "CIFS") == 0);
    testOk1(!xasPlaceNetworkName(0xef53) && !xasPlaceNetworkName(0x01021994));
    testOk1(xasPlaceFuseIsLocal("fuseblk"));
    testOk1(!xasPlaceFuseIsLocal("fuse.sshfs"));
    testOk1(!xasPlaceNetwork(in("not-there.db"), name, sizeof name));
}

static xasStatus addPoints(xasStore *store, const xasScan *scan, size_t first,
                           size_t n)
{
    xasScan *slice = NULL;
    xasStatus status = xasScanSlice(scan, first, n, &slice);

    if (status == xasOk)
        status = xasStoreScanJournal(store, scan->row, slice, first);
    xasScanDestroy(slice);
    return status;
}

static xasStatus journal(xasStore *store, xasScan *scan, size_t first, size_t n)
{
    xasStatus status = xasStoreBegin(store);

    if (status == xasOk && !scan->row)
        status = xasStoreScanOpen(store, scan);
    if (status == xasOk)
        status = addPoints(store, scan, first, n);
    return status == xasOk ? xasStoreCommit(store) : status;
}

/* A process that is killed in mid-scan, with a transaction open. */
static void killedWriter(const char *name)
{
    xasStore *store = openNew(name);
    xasScan *scan = testScanMake("killed", "FeCl2", points);

    if (journal(store, scan, 0, 25) != xasOk ||
        journal(store, scan, 25, 25) != xasOk ||
        xasStoreBegin(store) != xasOk ||
        addPoints(store, scan, 50, 10) != xasOk)
        _exit(1);
    (void)raise(SIGKILL);
    _exit(2);
}

static void testKill(void)
{
    int64_t row[sampleMax] = { 0 }, left = -1;
    size_t n = 0;
    int state = 0;
    xasScan *whole = testScanMake("killed", "FeCl2", points), *back = NULL;
    xasScan *begun = testScanMake("killed", "FeCl2", points);
    xasStore *store;
    pid_t pid = fork();

    if (pid == 0)
        killedWriter("kill.db");
    (void)waitpid(pid, &state, 0);
    testOk(WIFSIGNALED(state) && WTERMSIG(state) == SIGKILL, "killed");
    store = openNew("kill.db");
    testOk1(xasStoreScanListOpen(store, row, sampleMax, &n) == xasOk && n == 1);
    testOk1(xasStoreScanRead(store, row[0], &back) == xasOk);
    testOk(back && back->n == 50, "%zu points survive", back ? back->n : 0);
    /* What is left is the scan as it was after 50 points. */
    begun->n = 50;
    begun->end_ns = begun->stamp_ns[49];
    testOk1(back && testScanEqual(begun, back));
    whole->row = row[0];
    testOk1(testScanClose(store, whole) == xasOk);
    xasScanDestroy(back);
    back = NULL;
    testOk1(xasStoreScanRead(store, row[0], &back) == xasOk &&
            testScanEqual(whole, back));
    testOk1(xasStoreScanListOpen(store, row, sampleMax, &n) == xasOk && n == 0);
    testOk1(xasSqlInt(store, &left, "SELECT count(*) FROM journal", "") ==
                xasOk &&
            left == 0);
    xasScanDestroy(back);
    xasScanDestroy(whole);
    xasScanDestroy(begun);
    xasStoreClose(store);
}

static void testScans(xasStore *store)
{
    xasScan *scan = testScanMake("one", "FeCl2 \xe2\x84\x96 1", points);
    xasScan *back = NULL, *again = testScanMake("one", "x", points);
    xasScan *none = testScanMake("none", "", 0);
    int64_t row;

    testOk1(xasStoreScanOpen(store, scan) == xasErrState);
    testOk1(xasStoreScanJournal(store, 1, scan, 0) == xasErrState);
    testOk1(xasStoreScanClose(store, scan, "live") == xasErrState);
    testOk1(journal(store, scan, 0, 10) == xasOk && scan->row > 0);
    testOk1(xasStoreBegin(store) == xasOk &&
            addPoints(store, scan, 55, 6) == xasErrArg);
    xasStoreRollback(store);
    testOk1(testScanClose(store, scan) == xasOk);
    testOk1(xasStoreScanRead(store, scan->row, &back) == xasOk &&
            testScanEqual(scan, back));
    testOk(testScanClose(store, again) == xasErrArg &&
               strstr(xasStoreError(store), "stored already"),
           "refused: %s", xasStoreError(store));
    row = scan->row;
    testOk1(testScanClose(store, scan) == xasOk && scan->row == row);
    testOk1(xasStoreScanRead(store, 12345, &again) == xasErrNotFound);
    xasScanDestroy(back);
    back = NULL;
    testOk(testScanClose(store, none) == xasOk && none->row != row,
           "a scan without points or name, and never opened");
    testOk1(xasStoreScanRead(store, none->row, &back) == xasOk &&
            testScanEqual(none, back));
    xasScanDestroy(back);
    xasScanDestroy(again);
    xasScanDestroy(none);
    xasScanDestroy(scan);
}

/* The store was away: what was rolled back is given again. */
static void testRetry(xasStore *store)
{
    xasScan *scan = testScanMake("retry", "FeF2", points), *back = NULL;
    xasScan *other = testScanMake("other", "FeF3", points);

    scan->exit = xasExitAborted;
    testOk1(xasStoreBegin(store) == xasOk &&
            xasStoreScanClose(store, scan, "live") == xasOk);
    xasStoreRollback(store);
    /* It takes the row that scan believes to have. */
    testOk1(testScanClose(store, other) == xasOk && other->row == scan->row);
    testOk1(testScanClose(store, scan) == xasOk && other->row != scan->row);
    testOk1(xasStoreScanRead(store, scan->row, &back) == xasOk &&
            testScanEqual(scan, back));
    xasScanDestroy(back);
    xasScanDestroy(other);
    xasScanDestroy(scan);
}

static void testTwoHandles(xasStore *a)
{
    int64_t before = 0, after = 0, mine = 0, start;
    double waited_s;
    xasStore *b = openNew("main.db");
    xasScan *scan = testScanMake("two", "NiF2", points);

    testOk1(xasStoreDataVersion(b, &before) == xasOk);
    testOk1(xasStoreBegin(a) == xasOk);
    start = xasTimeNow();
    testOk1(xasStoreBegin(b) == xasErrBusy);
    waited_s = (double)(xasTimeNow() - start) / 1e9;
    testOk(waited_s > 0.2 && waited_s < 5, "after %.3f s", waited_s);
    testOk1(xasStoreDataVersion(b, &after) == xasOk && after == before);
    testOk1(xasStoreScanOpen(a, scan) == xasOk);
    testOk(xasStoreScanRead(b, scan->row, &scan) == xasErrNotFound,
           "not seen before it is committed");
    testOk1(xasStoreCommit(a) == xasOk);
    testOk1(xasStoreDataVersion(b, &after) == xasOk && after != before);
    testOk1(xasStoreDataVersion(a, &mine) == xasOk);
    testOk1(xasStoreBegin(b) == xasOk &&
            xasStoreScanReject(b, scan->row, true) == xasOk &&
            xasStoreCommit(b) == xasOk);
    testOk1(xasStoreCommit(b) == xasErrState);
    xasScanDestroy(scan);
    xasStoreClose(b);
}

static void testReadOnly(void)
{
    xasStore *store = NULL;
    xasMessage why;
    int64_t n = 0;

    testOk1(xasStoreOpen(in("main.db"), xasStoreReadOnly, 250, &store, &why) ==
            xasOk);
    testOk1(xasStoreBegin(store) == xasOk &&
            xasStoreScanReject(store, 1, true) == xasErrIo);
    xasStoreRollback(store);
    testOk1(xasSqlInt(store, &n, "SELECT count(*) FROM history", "") == xasOk &&
            n > 5);
    xasStoreClose(store);
}

static void testBackup(xasStore *store)
{
    xasMessage why = { "" };
    xasStore *copy = NULL;
    int64_t bytes = 0, diskFree = 0, n = 0, m = -1;
    struct stat info;

    testOk1(xasStoreSize(store, &bytes, &diskFree) == xasOk);
    testOk(stat(in("main.db"), &info) == 0 && bytes > info.st_size &&
               diskFree > 0,
           "%lld bytes with the WAL, %lld free", (long long)bytes,
           (long long)diskFree);
    testOk(xasStoreBackup(store, in("copy.db"), &why) == xasOk, "%s", why.text);
    testOk1(xasStoreOpen(in("copy.db"), xasStoreExisting, 0, &copy, &why) ==
            xasOk);
    testOk1(xasSqlInt(store, &n, "SELECT count(*) FROM scan", "") == xasOk &&
            xasSqlInt(copy, &m, "SELECT count(*) FROM scan", "") == xasOk &&
            n == m);
    xasStoreClose(copy);
    testOk(xasStoreBackup(store, in("copy.db"), &why) == xasErrArg &&
               strstr(why.text, "exists"),
           "refused: %s", why.text);
    testOk(xasStoreBackup(store, in("no/such.db"), &why) == xasErrIo,
           "refused: %s", why.text);
}

static void testTimes(void)
{
    char text[XAS_TIME_SIZE];

    xasTimeText(1795361670123999999, text);
    testOk(strcmp(text, "2026-11-22T15:34:30.123Z") == 0, "%s", text);
    xasTimeText(-1, text);
    testOk(strcmp(text, "1969-12-31T23:59:59.999Z") == 0, "%s", text);
    xasTimeText(0, text);
    testOk(strcmp(text, "1970-01-01T00:00:00.000Z") == 0, "%s", text);
}

/* What a chunk of the journal costs on this disk: printed, not judged. */
static void timeJournal(xasStore *store)
{
    enum { n = 500, chunk = 25 };
    xasScan *scan = testScanMake("time", "CuF2", n);
    int64_t start = xasTimeNow(), worst = 0, mark;

    for (size_t first = 0; first < n; first += chunk) {
        mark = xasTimeNow();
        if (journal(store, scan, first, chunk) != xasOk)
            testAbort("%s", xasStoreError(store));
        if (xasTimeNow() - mark > worst)
            worst = xasTimeNow() - mark;
    }
    testDiag("journal: %.2f ms a chunk of %d points, worst %.2f ms",
             (double)(xasTimeNow() - start) / 1e6 / (n / chunk), chunk,
             (double)worst / 1e6);
    mark = xasTimeNow();
    if (testScanClose(store, scan) != xasOk)
        testAbort("%s", xasStoreError(store));
    testDiag("close: %.2f ms for %d points",
             (double)(xasTimeNow() - mark) / 1e6, n);
    xasScanDestroy(scan);
}

enum { besideScans = 100 };

static void writeBeside(void)
{
    xasStore *store = openNew("beside.db");

    for (int i = 0; i < besideScans; i++) {
        char uid[24];
        xasScan *scan;

        (void)snprintf(uid, sizeof uid, "beside-%d", i);
        scan = testScanMake(uid, "FeF3", points);
        if (journal(store, scan, 0, 20) != xasOk ||
            journal(store, scan, 20, 20) != xasOk ||
            testScanClose(store, scan) != xasOk)
            _exit(1);
        xasScanDestroy(scan);
    }
    xasStoreClose(store);
    _exit(0);
}

/* Reads of a scan that another process is just writing see it at one moment:
 * so many points as one of its transactions left, open or closed. */
static void testReaderBeside(void)
{
    xasStore *store = openNew("beside.db");
    size_t reads = 0, torn = 0;
    int state = 0;
    pid_t pid = fork();

    if (pid == 0)
        writeBeside();
    while (waitpid(pid, &state, WNOHANG) == 0) {
        xasScan *scan = NULL;
        int64_t row = 0;

        if (xasSqlInt(store, &row, "SELECT max(id) FROM scan", "") != xasOk)
            continue;
        reads++;
        if (xasStoreScanRead(store, row, &scan) != xasOk)
            torn++;
        else if (scan->exit == xasExitComplete)
            torn += scan->n != points || scan->nEvents != 2;
        else
            torn += scan->n != 20 && scan->n != 40;
        xasScanDestroy(scan);
    }
    testOk(WIFEXITED(state) && WEXITSTATUS(state) == 0, "the writer is done");
    testOk(reads > 0 && torn == 0, "%zu of %zu reads torn", torn, reads);
    xasStoreClose(store);
}

/* A full disk: one failure in words, nothing half written, then it goes on. */
static void testFull(xasStore *store)
{
    xasScan *scan = testScanMake("full", "CoF2", 3000), *back = NULL;
    struct rlimit old, tight;
    xasStatus status;

    testOk1(journal(store, scan, 0, 10) == xasOk);
    (void)signal(SIGXFSZ, SIG_IGN);
    if (getrlimit(RLIMIT_FSIZE, &old) != 0)
        testAbort("getrlimit");
    tight = old;
    tight.rlim_cur = 65536;
    if (setrlimit(RLIMIT_FSIZE, &tight) != 0)
        testAbort("setrlimit");
    status = testScanClose(store, scan);
    testOk(status == xasErrIo && xasStoreError(store)[0], "full disk: %s",
           xasStoreError(store));
    if (setrlimit(RLIMIT_FSIZE, &old) != 0)
        testAbort("setrlimit");
    testOk1(xasStoreScanRead(store, scan->row, &back) == xasOk &&
            back->n == 10);
    xasScanDestroy(back);
    back = NULL;
    testOk(testScanClose(store, scan) == xasOk, "and room again");
    testOk1(xasStoreScanRead(store, scan->row, &back) == xasOk &&
            testScanEqual(scan, back));
    xasScanDestroy(back);
    xasScanDestroy(scan);
}

MAIN(storeTest)
{
    xasStore *store;

    testFolderMake(folder, "xasStore");
    testPlan(0);
    testTimes();
    testPlaces();
    testRefusals();
    testKill();
    testReaderBeside();
    store = openNew("main.db");
    testScans(store);
    testRetry(store);
    testResults(store);
    testSamples(store);
    testTwoHandles(store);
    testBackup(store);
    testQuery(store);
    testFull(store);
    timeJournal(store);
    testReadOnly();
    xasStoreClose(store);
    testFolderRemove(folder);
    return testDone();
}
