/* SPDX-License-Identifier: BSD-3-Clause */
/* The daemon's recorder: long recordings go on in another file, which can be
 * replayed behind the first or alone; old ones are deleted, no others; a disk
 * that refuses ends it and nothing else. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <errlog.h>
#include <testMain.h>

#include "xasReplay.h"
#include "xasdRecorder.h"
#include "xasdRecorderFiles.h"

enum { points = 20000, scans = 14, filesMax = 8 };

static const int64_t second = 1000000000;
static xasConf *conf;
static char name[filesMax][1024];
static int files;

static void makeConf(void)
{
    xasAssemblerRules *r;
    char *cwd = getcwd(NULL, 0);

    conf = calloc(1, sizeof *conf);
    conf->nStations = 1;
    (void)snprintf(conf->record_dir, sizeof conf->record_dir, "%.400s/recorded",
                   cwd);
    free(cwd);
    conf->station[0].record_events = true;
    (void)strcpy(conf->station[0].name, "S");
    r = &conf->station[0].rules;
    xasAssemblerRulesDefaults(r);
    (void)strcpy(r->station, "S");
    for (int role = xasRoleEnergy; role <= xasRoleI1; role++)
        r->roles |= xasRoleBit(role);
    r->required = r->roles;
    r->roles |= xasRoleBit(xasRoleActive) | xasRoleBit(xasRoleCommit) |
                xasRoleBit(xasRoleSequence) | xasRoleBit(xasRoleSample);
}

static int isRecording(const struct dirent *entry)
{
    return strstr(entry->d_name, ".xev") != NULL;
}

/* The recordings, oldest first. */
static void list(void)
{
    struct dirent **entry;
    int n = scandir(conf->record_dir, &entry, isRecording, alphasort);

    files = n < 0 ? 0 : n > filesMax ? filesMax : n;
    for (int i = 0; i < n; i++) {
        if (i < files)
            (void)snprintf(name[i], sizeof name[i], "%s/%s", conf->record_dir,
                           entry[i]->d_name);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

static void emptyDir(void)
{
    struct dirent **entry;
    int n = scandir(conf->record_dir, &entry, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        char path[1024];

        (void)snprintf(path, sizeof path, "%s/%s", conf->record_dir,
                       entry[i]->d_name);
        (void)unlink(path);
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
    (void)rmdir(conf->record_dir);
}

/* A station and the loop that watches it. */
static struct {
    xasAssembler *assembler;
    xasdRecorder *recorder;
    int64_t now_ns, tick_ns;
    int ended;
    uint32_t ask;
    xasRoles asked;
} the;

static void fetch(void)
{
    xasAction action;

    while (xasAssemblerNext(the.assembler, &action)) {
        xasdRecorderNext(the.recorder, the.assembler, &action);
        if (action.kind == xasActionGet) {
            the.ask = action.ask;
            the.asked = action.roles;
        }
        if (action.kind == xasActionEnd) {
            the.ended++;
            xasScanDestroy(xasAssemblerTake(the.assembler));
        }
    }
}

static void feed(xasEvent e)
{
    e.received_ns = the.now_ns += 1000000;
    if (e.kind == xasEventValue || e.kind == xasEventReply)
        e.stamp_ns = the.now_ns - 300000;
    xasdRecorderFeed(the.recorder, &e);
    (void)xasAssemblerFeed(the.assembler, &e);
    fetch();
    if (the.now_ns - the.tick_ns > second / 10) {
        the.tick_ns = the.now_ns;
        xasdRecorderTick(the.recorder, xasAssemblerScan(the.assembler) != NULL,
                         the.now_ns);
    }
}

static void value(xasRole role, double v)
{
    feed((xasEvent){ .role = (uint8_t)role, .value = v });
}

static void answer(void)
{
    xasRoles asked = the.asked;

    the.asked = 0;
    for (int role = 0; role < xasRoleCount; role++)
        if (xasRolesHave(asked, role) && role < xasRoleSample)
            feed((xasEvent){ .kind = xasEventReply,
                             .role = (uint8_t)role,
                             .value = 3,
                             .ask = the.ask });
}

static void measure(void)
{
    value(xasRoleActive, 1);
    for (int i = 0; i < points; i++) {
        value(xasRoleEnergy, 7000 + 0.1 * i);
        value(xasRoleI0, 1000.25 + i % 7);
        if (i % 500) /* else it is asked for */
            value(xasRoleI1, 500.5 + i % 5);
        value(xasRoleSequence, i);
        value(xasRoleCommit, i);
        answer();
    }
    value(xasRoleCommit, -1);
    value(xasRoleSequence, -1);
    value(xasRoleActive, 0);
    answer();
    the.tick_ns = the.now_ns += second; /* the loop ticks also between scans */
    xasdRecorderTick(the.recorder, xasAssemblerScan(the.assembler) != NULL,
                     the.now_ns);
}

static void begin(void)
{
    memset(&the, 0, sizeof the);
    the.now_ns = 1795374948 * second;
    if (xasAssemblerCreate(&conf->station[0].rules, &the.assembler) != xasOk)
        testAbort("no assembler");
    the.recorder = xasdRecorderOpen(conf, 0, the.now_ns);
    for (int role = 0; role < xasRoleCount; role++)
        if (xasRolesHave(conf->station[0].rules.roles, role))
            feed((xasEvent){ .kind = xasEventConnect, .role = (uint8_t)role });
    feed((xasEvent){ .role = xasRoleSample, .text = "salt \"1\"" });
}

static void end(void)
{
    xasdRecorderClose(the.recorder, the.now_ns);
    xasAssemblerDestroy(the.assembler);
}

static xasStatus ignore(void *arg, xasReplayed *replayed)
{
    (void)arg;
    (void)replayed;
    return xasOk;
}

static xasReplayCounts replayed(int first, int n)
{
    xasReplayCounts counts;
    xasMessage why = { "" };
    xasReplay *r = NULL;

    if (xasReplayCreate(ignore, NULL, &r) != xasOk)
        testAbort("out of memory");
    for (int i = first; i < first + n; i++)
        if (xasReplayFile(r, name[i], &why) != xasOk)
            testDiag("%s", why.text);
    (void)xasReplayEnd(r);
    xasReplayCount(r, &counts);
    xasReplayDestroy(r);
    if (counts.difference[0])
        testDiag("%s", counts.difference);
    return counts;
}

static void testLong(void)
{
    xasReplayCounts counts;
    struct stat is;
    int ended;

    begin();
    testOk(the.recorder != NULL, "a recording begins");
    while (list(), files < 2 && the.ended < scans)
        measure();
    ended = the.ended;
    measure();
    measure();
    end();
    testOk(files == 2 && stat(name[0], &is) == 0 && is.st_size > 64 << 20,
           "another file behind 64 MB");
    testOk(is.st_size < (64 + 10) << 20, "as soon as no scan runs");
    counts = replayed(0, 2);
    testOk((int)counts.identical == the.ended && !counts.differences,
           "both: %d scans, %zu identical", the.ended, counts.identical);
    testOk1(!counts.alone && counts.closed);
    counts = replayed(1, 1);
    testOk(counts.alone && !counts.differences &&
               (int)counts.identical == the.ended - ended,
           "the second alone: %zu identical", counts.identical);
    counts = replayed(0, 1);
    testOk(!counts.differences && (int)counts.identical == ended,
           "the first alone: %zu identical", counts.identical);
}

static void touch(const char *leaf, size_t bytes)
{
    char path[1024];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", conf->record_dir, leaf);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd < 0 || ftruncate(fd, (off_t)bytes) || close(fd))
        testAbort("%s", path);
}

static bool isThere(const char *leaf)
{
    char path[1024];

    (void)snprintf(path, sizeof path, "%s/%s", conf->record_dir, leaf);
    return access(path, F_OK) == 0;
}

static void testPrune(void)
{
    static const char *const others[] = { "T-20250101T000000.000Z.xev",
                                          "S-20250101T000000.000Z.xev.gz",
                                          "S-2-20250101T000000.000Z.xev",
                                          "S-notes.xev", "xasd.db" };
    int left = 0;

    emptyDir();
    (void)mkdir(conf->record_dir, 0700);
    touch("S-20260101T000000.000Z.xev", 400);
    touch("S-20260102T000000.000Z.xev", 400);
    touch("S-20260103T000000.000Z.xev", 400);
    touch("S-20260104T000000.000Z.xev", 400);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        touch(others[i], 5000);
    xasdRecorderFilesPrune(conf->record_dir, "S", "S-20260101T000000.000Z.xev",
                           900);
    testOk1(!isThere("S-20260102T000000.000Z.xev"));
    testOk1(!isThere("S-20260103T000000.000Z.xev"));
    testOk1(isThere("S-20260104T000000.000Z.xev"));
    testOk(isThere("S-20260101T000000.000Z.xev"), "never the open one");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        left += isThere(others[i]);
    testOk(left == (int)(sizeof others / sizeof *others), "no file of others");
}

/* /dev/full takes nothing; a folder that cannot be made has no files. */
static void testRefused(void)
{
    bool swapped = false;

    emptyDir();
    begin();
    list();
    if (files == 1) {
        int full = open("/dev/full", O_WRONLY);

        for (int fd = 3; full > 2 && fd < 64; fd++) {
            char link[64], to[1024];
            ssize_t n;

            (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
            n = readlink(link, to, sizeof to - 1);
            if (n > 0 && (to[n] = 0, strcmp(to, name[0]) == 0))
                swapped = dup2(full, fd) == fd;
        }
        (void)close(full);
    }
    testOk(swapped, "the recording's file takes nothing any more");
    measure();
    testOk(the.ended == 1, "the disk full: the scan is measured all the same");
    measure();
    testOk(the.ended == 2, "and the next");
    end();
    emptyDir();
    (void)strcpy(conf->record_dir, "/dev/null/here");
    begin();
    testOk1(!the.recorder);
    measure();
    testOk(the.ended == 1, "no folder: measured all the same");
    end();
}

MAIN(recorderTest)
{
    testPlan(0);
    eltc(0); /* what it logs is not looked at */
    makeConf();
    emptyDir();
    testLong();
    testPrune();
    testRefused();
    emptyDir();
    free(conf);
    return testDone();
}
