/* SPDX-License-Identifier: BSD-3-Clause */
/* A recording that is cut, wrong or hostile is said with its line, and does
 * nothing worse. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "xasReplay.h"

enum { mutations = 3000 };

static const char file[] = "damaged.xev";
static madeRandom chance = { 20261122 };

static void putFile(const char *head, const char *text)
{
    FILE *f = fopen(file, "w");

    (void)fputs(head, f);
    (void)fputs(text, f);
    (void)fclose(f);
}

#define HEAD                                                                   \
    "xasd recording 1\n# by hand\n\nprogram \"p\"\nrule station \"S\"\n"       \
    "rule roles energy i0 i1 active commit\nevents\n"

static void testLines(void)
{
    static const struct {
        const char *text, *expected;
    } bad[] = {
        { "value\n", "damaged.xev:8: expected the time of receipt" },
        { "value 12 energy 3\n", ":8: expected the time of receipt" },
        { "value 1.000000000 moon 3\n", ":8: expected a role" },
        { "value 1.000000000 energy\n", ":8: expected a number" },
        { "value 1.000000000 energy 0x\n", ":8: expected a number" },
        { "value 1.000000000 energy 1e999\n", ":8: expected a number" },
        { "value 1.000000000 energy nan:0\n", ":8: expected a number" },
        { "value 1.000000000 i0 1 at x\n", ":8: expected a stamp" },
        { "value 1.000000000 i0 1 at 9999999999.000000000\n",
          ":8: expected a" },
        { "value 1.000000000 i0 1 severity 256\n", ":8: expected a severity" },
        { "value 1.000000000 i0 1 ask 4294967296\n",
          ":8: expected the number" },
        { "value 1.000000000 i0 1 text \"a\n", ":8: expected a text" },
        { "value 1.000000000 i0 1 text \"\\q\"\n", ":8: expected a text" },
        { "value 1.000000000 i0 1 array 3 1 2\n", ":8: expected a count" },
        { "value 1.000000000 i0 1 array 9999999999999 1\n", ":8: expected a" },
        { "value 1.000000000 i0 1 array 1 1 array 1 1\n", ":8: expected one" },
        { "value 1.000000000 i0 1 1\n", ":8: expected at, severity" },
        { "tick 1.000000000 0\nvalu 1.000000000 i0 1\n", ":9: expected an ev" },
        { "command 1.000000000 99\n", ":8: expected the number of a command" },
        { "stop 1.000000000 running \"\"\n", ":8: expected how the scan" },
        { "begin S\n", ":8: expected the uid" },
        { "end \"S\" complete points 1\n", ":8: expected UID EXIT points" },
        { "get 0 i0\n", ":8: expected the number of a request" },
        { "get 1 moon\n", ":8: expected roles" },
        { "resume sample\n", ":8: expected the channels" },
        { "resume energy\npoint 1.000000000 0\n", ":9: expected STAMP FLAGS" },
        { "resume energy\nhead uid 7\n", ":9: expected a member" },
        { "resume energy\ntick 1.000000000 0\n", ":9: expected head, point" },
    };
    size_t wrong = 0;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        xasMessage why = { "" };
        xasRecording *r;
        xasRecord *record;
        xasStatus status = xasOk;

        putFile(HEAD, bad[i].text);
        r = NULL;
        (void)xasRecordingOpen(file, &r, &why);
        while (r && status == xasOk)
            status = xasRecordingNext(r, &record, &why);
        if (status != xasErrFormat || !strstr(why.text, bad[i].expected)) {
            testDiag("%s%s: %s", bad[i].text, xasStatusText(status), why.text);
            wrong++;
        }
        xasRecordingClose(r);
    }
    testOk(!wrong, "bad lines are named with what was expected");
}

static xasStatus count(void *arg, xasReplayed *replayed)
{
    (void)replayed;
    ++*(int *)arg;
    return xasOk;
}

static xasStatus replayed(const char *path, int *scans, xasReplayCounts *counts)
{
    xasReplay *r = NULL;
    xasMessage why = { "" };
    xasStatus status = xasReplayCreate(count, scans, &r), end;

    *scans = 0;
    if (status == xasOk)
        status = xasReplayFile(r, path, &why);
    end = xasReplayEnd(r);
    xasReplayCount(r, counts);
    xasReplayDestroy(r);
    return status ? status : end;
}

/* A recording of the tests' own. */
static char *kept(const char *name, size_t *size)
{
    enum { room = 1 << 20 };
    FILE *f = fopen(name, "r");
    char *text = calloc(1, room);

    if (!f || !text)
        testAbort("%s: cannot be read", name);
    *size = fread(text, 1, room - 1, f);
    (void)fclose(f);
    return text;
}

static void writeFile(const char *text, size_t size)
{
    FILE *f;

    (void)unlink(file); /* ext4 writes to the disk what is truncated */
    f = fopen(file, "w");

    (void)fwrite(text, 1, size, f);
    (void)fclose(f);
}

/* Cut at any byte: what comes before is replayed, and nothing else. */
static void testCut(void)
{
    size_t size;
    char *text = kept("../replay/three-points.xev", &size);
    size_t head = (size_t)(strstr(text, "\nevents\n") + 8 - text);
    int wrong = 0;

    for (size_t n = head; n <= size; n++) {
        xasReplayCounts counts;
        int scans;

        writeFile(text, n);
        if (replayed(file, &scans, &counts) != xasOk ||
            counts.cut != (text[n - 1] != '\n') || counts.differences)
            wrong++;
    }
    testOk(!wrong, "cut behind any of its %zu bytes: replayed up to there",
           size - head);
    wrong = 0;
    for (size_t n = 0; n < head; n += 3) {
        xasReplayCounts counts;
        int scans;

        writeFile(text, n);
        wrong += replayed(file, &scans, &counts) != xasErrFormat;
    }
    testOk(!wrong, "cut within its head: refused");
    free(text);
}

static void mutate(char *text, size_t *size)
{
    size_t at = madeBits(&chance) % *size, n = madeBits(&chance) % 40;

    switch (madeBelow(&chance, 5)) {
    case 0: text[at] = (char)madeBits(&chance); break;
    case 1: text[at] = "0123456789.-\" \ne"[madeBelow(&chance, 16)]; break;
    case 2: /* a part twice */
        n = at + n > *size ? *size - at : n;
        memmove(text + at + n, text + at, *size - at);
        *size += n;
        break;
    case 3: /* a part away */
        n = at + n > *size ? *size - at : n;
        memmove(text + at, text + at + n, *size - at - n);
        *size -= n;
        break;
    default: /* a line swapped with the one before */
        while (at > 0 && text[at - 1] != '\n')
            at--;
        if (at > 10)
            memmove(text + at - 10, text + at, *size - at);
        *size -= at > 10 ? 10 : 0;
    }
}

/* Another number: a line that is sound, and events that no station sends. */
static void digit(char *text, size_t size)
{
    size_t at = madeBits(&chance) % size;

    while (at < size && (text[at] < '0' || text[at] > '9'))
        at++;
    if (at < size)
        text[at] = (char)('0' + madeBelow(&chance, 10));
}

/* No crash, no hang, and a status that says something; under the sanitizers
 * (make test SAN=address,undefined) nothing more either. */
static void testHostile(void)
{
    static const char *const names[] = { "three-points", "xasd-killed",
                                         "arrays", "aborted" };
    int sound = 0, refused = 0;

    for (int i = 0; i < mutations; i++) {
        char name[64];
        size_t size;
        char *text;
        xasReplayCounts counts;
        int scans;
        xasStatus status;

        (void)snprintf(name, sizeof name, "../replay/%s.xev",
                       names[i % (int)(sizeof names / sizeof *names)]);
        text = kept(name, &size);
        if (i % 2)
            for (int k = 1 + madeBelow(&chance, 30); k > 0; k--)
                digit(text, size);
        else
            for (int k = 1 + madeBelow(&chance, 3); k > 0; k--)
                mutate(text, &size);
        writeFile(text, size);
        free(text);
        status = replayed(file, &scans, &counts);
        sound += status == xasOk;
        refused += status == xasErrFormat || status == xasErrVersion;
    }
    testOk(sound + refused == mutations,
           "%d damaged files: %d replayed, %d refused, none fatal", mutations,
           sound, refused);
}

MAIN(recordingBadTest)
{
    testPlan(0);
    testLines();
    testCut();
    testHostile();
    (void)unlink(file);
    return testDone();
}
