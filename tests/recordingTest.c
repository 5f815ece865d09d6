/* SPDX-License-Identifier: BSD-3-Clause */
/* What is written is read back bit by bit, and nothing is left out. */
#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "madeRandom.h"
#include "xasRecording.h"
#include "xasRecordingFields.h"

enum { events = 20000, longArray = 20000 };

static const char file[] = "recording.xev";
static madeRandom chance = { 20261122 };

/* All sorts: any bits, special ones, whole, and such as detectors have. */
static double anyNumber(void)
{
    static const double special[] = { 0.0,
                                      -0.0,
                                      INFINITY,
                                      -INFINITY,
                                      1e15,
                                      -1e15,
                                      5e-324,
                                      2.2250738585072014e-308,
                                      1.7976931348623157e308,
                                      0.1,
                                      1e-300 };
    uint64_t bits = madeBits(&chance);
    double value;

    switch (madeBelow(&chance, 4)) {
    case 0: memcpy(&value, &bits, sizeof value); return value;
    case 1:
        return special[madeBelow(&chance,
                                 (int)(sizeof special / sizeof *special))];
    case 2: return (double)(int64_t)(bits >> 20) * (bits & 1 ? 1 : -1);
    default: return (double)madeBelow(&chance, 1000000) / 1e3;
    }
}

static int64_t anyTime(void)
{
    static const int64_t special[] = { 0,          1,         -1,
                                       INT64_MAX,  INT64_MIN, 999999999,
                                       -1000000000 };

    return madeBelow(&chance, 4)
               ? (int64_t)(madeBits(&chance) >> 3)
               : special[madeBelow(&chance,
                                   (int)(sizeof special / sizeof *special))];
}

static const char *anyText(char *text, size_t size)
{
    size_t n = madeBits(&chance) % size;

    for (size_t i = 0; i < n; i++)
        text[i] = (char)(1 + madeBelow(&chance, 255));
    text[n] = 0;
    return text;
}

static xasEvent anyEvent(char *text, size_t size, double *array)
{
    xasEvent e = { .kind = (uint8_t)madeBelow(&chance, xasEventCommand + 1),
                   .received_ns = anyTime(),
                   .value = anyNumber() };

    if (e.kind <= xasEventDisconnect)
        e.role = (uint8_t)madeBelow(&chance, xasRoleCount + 1);
    if (e.kind == xasEventCommand)
        e.value = madeBelow(&chance, xasCommandFormula + 1);
    if (madeBelow(&chance, 4))
        e.stamp_ns = anyTime();
    if (!madeBelow(&chance, 4))
        e.severity = (uint8_t)madeBelow(&chance, 256);
    e.initial = !madeBelow(&chance, 4);
    if (!madeBelow(&chance, 4))
        e.ask = (uint32_t)madeBits(&chance);
    if (!madeBelow(&chance, 4))
        e.text = anyText(text, size);
    e.isArray = !madeBelow(&chance, 8);
    if (e.isArray && (e.count = (size_t)madeBelow(&chance, 30))) {
        e.array = array;
        for (size_t i = 0; i < e.count; i++)
            array[i] = anyNumber();
    }
    return e;
}

static bool sameBits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static bool sameEvent(const xasEvent *a, const xasEvent *b)
{
    if (a->kind != b->kind || a->role != b->role ||
        a->severity != b->severity || a->initial != b->initial ||
        a->isArray != b->isArray || a->ask != b->ask ||
        a->stamp_ns != b->stamp_ns || a->received_ns != b->received_ns ||
        !sameBits(a->value, b->value) || a->count != b->count ||
        !a->text != !b->text || (a->text && strcmp(a->text, b->text) != 0) ||
        !a->array != !b->array)
        return false;
    for (size_t i = 0; i < a->count; i++)
        if (!sameBits(a->array[i], b->array[i]))
            return false;
    return true;
}

static xasRecordingHead plainHead(void)
{
    xasRecordingHead head = { .program = "xasd 0", .started_ns = 5 };
    xasAssemblerRules *r = &head.rules;

    xasAssemblerRulesDefaults(r);
    (void)strcpy(r->station, "S");
    for (int role = xasRoleEnergy; role <= xasRoleI1; role++)
        r->roles |= xasRoleBit(role);
    r->roles |= xasRoleBit(xasRoleActive) | xasRoleBit(xasRoleCommit) |
                xasRoleBit(xasRoleSequence) | xasRoleBit(xasRoleSample);
    r->required = XAS_ROLES_CHANNELS & r->roles;
    return head;
}

static xasRecording *reopened(void)
{
    xasRecording *r = NULL;
    xasMessage why = { "" };

    if (xasRecordingOpen(file, &r, &why) != xasOk)
        testDiag("%s", why.text);
    return r;
}

static void testEvents(void)
{
    xasRecordingHead head = plainHead();
    FILE *f = fopen(file, "w");
    char text[300];
    double array[30];
    madeRandom begun = chance;
    xasRecording *r;
    xasRecord *record = NULL;
    int same = 0;

    xasRecordingPutHead(f, &head);
    for (int i = 0; i < events; i++) {
        xasEvent e = anyEvent(text, sizeof text, array);

        xasRecordingPutEvent(f, &e);
    }
    testOk(!ferror(f) && !fclose(f), "%d events of any bits written", events);
    r = reopened();
    chance = begun; /* the same again */
    for (int i = 0; r && i < events; i++) {
        xasEvent e = anyEvent(text, sizeof text, array);
        xasMessage why = { "" };

        if (xasRecordingNext(r, &record, &why) != xasOk ||
            record->kind != xasRecordEvent || !sameEvent(&e, &record->event)) {
            testDiag("event %d, %s", i, why.text);
            break;
        }
        same++;
    }
    testOk(same == events, "%d read back bit by bit", same);
    testOk1(r && xasRecordingNext(r, &record, NULL) == xasErrNotFound);
    testOk1(r && !xasRecordingIsCut(r));
    xasRecordingClose(r);
}

static void testLongArray(void)
{
    xasRecordingHead head = plainHead();
    FILE *f = fopen(file, "w");
    double *array = calloc(longArray, sizeof *array);
    xasEvent e = { .isArray = true, .array = array, .count = longArray };
    xasRecording *r;
    xasRecord *record = NULL;

    for (int i = 0; i < longArray; i++)
        array[i] = anyNumber();
    xasRecordingPutHead(f, &head);
    xasRecordingPutEvent(f, &e);
    (void)fclose(f);
    r = reopened();
    testOk(r && xasRecordingNext(r, &record, NULL) == xasOk &&
               sameEvent(&e, &record->event),
           "an array of %d", longArray);
    xasRecordingClose(r);
    free(array);
}

/* Another value for each member, as its type allows. */
static void anyField(const xasField *field, void *object)
{
    char *at = (char *)object + field->offset;
    xasRoles roles = ((xasRoles)madeBits(&chance) << 64 | madeBits(&chance)) &
                     (xasRoleBit(xasRoleCount) - 1);
    double number = anyNumber();
    int64_t count = anyTime();
    int whole = (int)count;

    switch (field->type) {
    case xasFieldText:
        memset(at, 0, field->size);
        (void)anyText(at, field->size);
        break;
    case xasFieldNumber: memcpy(at, &number, sizeof number); break;
    case xasFieldCount:
    case xasFieldTime: memcpy(at, &count, sizeof count); break;
    case xasFieldRoles: memcpy(at, &roles, sizeof roles); break;
    case xasFieldDark:
        for (int c = 0; c < xasChannelCount; c += 3)
            memcpy(at + (size_t)c * sizeof number, (double[]){ anyNumber() },
                   sizeof number);
        break;
    case xasFieldWhole: memcpy(at, &whole, sizeof whole); break;
    case xasFieldRole:
        memcpy(at, (int[]){ madeBelow(&chance, xasRoleCount + 1) },
               sizeof whole);
        break;
    default: memcpy(at, (int[]){ madeBelow(&chance, 3) }, sizeof whole);
    }
}

static void testFields(void)
{
    size_t n;
    const xasField *fields = xasRecordingRuleFields(&n);
    xasAssemblerRules rules = { 0 };
    size_t wrong = 0;

    for (int round = 0; round < 200; round++)
        for (size_t i = 0; i < n; i++) {
            FILE *f = tmpfile();
            char *line = NULL;
            size_t size = 0;
            xasAssemblerRules back = { 0 };
            xasRecordingWords w;

            memset(&rules, 0, sizeof rules);
            anyField(&fields[i], &rules);
            xasFieldPut(f, &fields[i], &rules);
            rewind(f);
            if (getdelim(&line, &size, 0, f) < 0)
                line = calloc(1, 1); /* an empty set */
            (void)fclose(f);
            w.at = line;
            if (!xasFieldGet(&w, &fields[i], &back) ||
                memcmp(&back, &rules, sizeof rules) != 0) {
                testDiag("rule %s", fields[i].name);
                wrong++;
            }
            free(line);
        }
    testOk(!wrong, "any value of any rule is read back");
}

static xasScan *anyScan(xasRoles channels)
{
    size_t n;
    const xasField *fields = xasRecordingScanFields(&n);
    xasScan *scan = NULL;

    if (xasScanCreate(channels, &scan))
        return NULL;
    for (int i = 0; i < 300; i++) {
        double value[xasChannelCount];

        for (int c = 0; c < xasChannelCount; c++)
            value[c] = anyNumber();
        value[xasRoleEnergy] =
            7000 + madeBelow(&chance, 40); /* many duplicates */
        (void)xasScanAddPoint(
            scan, value, anyTime(),
            madeBelow(&chance, 3) ? 0 : (uint32_t)madeBits(&chance));
        if (!madeBelow(&chance, 10)) {
            char what[24], text[104];

            (void)xasScanAddEvent(scan, anyTime(), anyText(what, sizeof what),
                                  "%s", anyText(text, sizeof text));
        }
    }
    for (size_t i = 0; i < n; i++)
        anyField(&fields[i], scan);
    return scan;
}

static void testResume(void)
{
    const xasRoles channels = XAS_ROLES_CHANNELS & ~xasRoleBit(xasRoleTey);
    xasRecordingHead head = plainHead();
    FILE *f = fopen(file, "w");
    xasScan *scan = anyScan(channels);
    xasOutcome before, after;
    xasRecording *r;
    xasRecord *record = NULL;
    char what[400] = "";

    xasOutcomeOf(scan, true, &before);
    before.exit = xasExitLossy; /* of a line it is one of the words */
    xasRecordingPutHead(f, &head);
    xasRecordingPutResume(f, scan, 77);
    xasRecordingPutOutcome(f, &before);
    (void)fclose(f);
    r = reopened();
    if (!r || xasRecordingNext(r, &record, NULL) != xasOk)
        testAbort("not read");
    testOk1(record->kind == xasRecordResume && record->now_ns == 77);
    xasOutcomeOf(record->scan, true, &after);
    after.exit = xasExitLossy;
    testOk(!xasOutcomeDiffers(&before, &after, what, sizeof what),
           "a scan given back is the same: %s", what);
    after.data ^= 1;
    testOk(xasOutcomeDiffers(&before, &after, what, sizeof what) &&
               strncmp(what, "data: ", 6) == 0,
           "and one bit is not: %s", what);
    testOk1(record->scan->channels == channels && record->scan->n == 300);
    testOk1(xasRecordingNext(r, &record, NULL) == xasOk &&
            record->kind == xasRecordOutcome);
    testOk1(!xasOutcomeDiffers(&before, &record->outcome, what, sizeof what));
    xasRecordingClose(r);
    xasScanDestroy(scan);
}

MAIN(recordingTest)
{
    testPlan(0);
    testEvents();
    testLongArray();
    testFields();
    testResume();
    (void)unlink(file);
    return testDone();
}
