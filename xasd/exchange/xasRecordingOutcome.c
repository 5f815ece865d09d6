/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasRecordingParts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const uint64_t fnvBasis = 0xcbf29ce484222325u, fnvPrime = 0x100000001b3u;

static void hashBytes(uint64_t *hash, const void *bytes, size_t n)
{
    const unsigned char *at = bytes;
    uint64_t h = *hash;

    for (size_t i = 0; i < n; i++)
        h = (h ^ at[i]) * fnvPrime;
    *hash = h;
}

/* The bytes of a number from its lowest, on any machine. */
static void hashNumber(uint64_t *hash, uint64_t number, int bytes)
{
    uint64_t h = *hash;

    for (int i = 0; i < bytes; i++)
        h = (h ^ (number >> 8 * i & 0xff)) * fnvPrime;
    *hash = h;
}

static void hashDouble(uint64_t *hash, double value)
{
    uint64_t bits;

    memcpy(&bits, &value, sizeof bits);
    hashNumber(hash, bits, 8);
}

static uint64_t dataOf(const xasScan *scan)
{
    uint64_t h = fnvBasis;

    for (int c = 0; c < xasChannelCount && scan->n; c++) {
        if (!scan->channel[c])
            continue;
        hashNumber(&h, (uint64_t)c, 1);
        for (size_t i = 0; i < scan->n; i++)
            hashDouble(&h, scan->channel[c][i]);
    }
    for (size_t i = 0; i < scan->n; i++)
        hashNumber(&h, (uint64_t)scan->stamp_ns[i], 8);
    for (size_t i = 0; i < scan->n; i++)
        hashNumber(&h, scan->flags[i], 4);
    return h;
}

static void hashText(uint64_t *hash, const char *text)
{
    hashBytes(hash, text, strlen(text) + 1);
}

static void hashField(uint64_t *hash, const xasField *field,
                      const xasScan *scan)
{
    const char *at = (const char *)scan + field->offset;

    if (field->type == xasFieldText) {
        hashText(hash, at);
    } else if (field->type == xasFieldDark) {
        for (int c = 0; c < xasChannelCount; c++)
            hashDouble(hash, scan->dark[c]);
    } else {
        unsigned char bytes[sizeof(xasRoles)];

        memcpy(bytes, at, field->size);
        for (size_t i = 0; i < field->size; i++)
            hashNumber(hash,
                       bytes[__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
                                 ? i
                                 : field->size - 1 - i],
                       1);
    }
}

static uint64_t storyOf(const xasScan *scan)
{
    uint64_t h = fnvBasis;
    size_t n;
    const xasField *fields = xasRecordingScanFields(&n);

    for (size_t i = 0; i < n; i++)
        hashField(&h, &fields[i], scan);
    for (size_t i = 0; i < scan->nEvents; i++) {
        hashNumber(&h, (uint64_t)scan->event[i].stamp_ns, 8);
        hashNumber(&h, (uint64_t)scan->event[i].point, 8);
        hashText(&h, scan->event[i].what);
        hashText(&h, scan->event[i].text);
    }
    return h;
}

void xasOutcomeOf(const xasScan *scan, bool ended, xasOutcome *out)
{
    memset(out, 0, sizeof *out);
    out->ended = ended;
    memcpy(out->uid, scan->uid, sizeof out->uid);
    if (!ended)
        return;
    out->exit = scan->exit;
    out->points = (int64_t)scan->n;
    out->flagged = (int64_t)xasScanFlagged(scan);
    out->lost = scan->lost;
    out->events = (int64_t)scan->nEvents;
    out->data = dataOf(scan);
    out->story = storyOf(scan);
    memcpy(out->sample, scan->sample, sizeof out->sample);
    memcpy(out->reason, scan->reason, sizeof out->reason);
}

static bool otherText(const char *name, const char *a, const char *b, char *out,
                      size_t size)
{
    if (strcmp(a, b) == 0)
        return false;
    (void)snprintf(out, size, "%s: \"%s\", now \"%s\"", name, a, b);
    return true;
}

static bool otherCount(const char *name, int64_t a, int64_t b, char *out,
                       size_t size)
{
    if (a == b)
        return false;
    (void)snprintf(out, size, "%s: %" PRId64 ", now %" PRId64, name, a, b);
    return true;
}

static bool otherHash(const char *name, uint64_t a, uint64_t b, char *out,
                      size_t size)
{
    if (a == b)
        return false;
    (void)snprintf(out, size, "%s: sum %016" PRIx64 ", now %016" PRIx64, name,
                   a, b);
    return true;
}

bool xasOutcomeDiffers(const xasOutcome *a, const xasOutcome *b, char *out,
                       size_t size)
{
    if (otherText("what came next", a->ended ? "end of a scan" : "a scan",
                  b->ended ? "end of a scan" : "a scan", out, size) ||
        otherText("uid", a->uid, b->uid, out, size))
        return true;
    if (!a->ended)
        return false;
    return otherText("exit", xasExitName(a->exit), xasExitName(b->exit), out,
                     size) ||
           otherCount("points", a->points, b->points, out, size) ||
           otherCount("flagged", a->flagged, b->flagged, out, size) ||
           otherCount("lost", a->lost, b->lost, out, size) ||
           otherCount("events", a->events, b->events, out, size) ||
           otherText("sample", a->sample, b->sample, out, size) ||
           otherText("reason", a->reason, b->reason, out, size) ||
           otherHash("data", a->data, b->data, out, size) ||
           otherHash("head and events", a->story, b->story, out, size);
}
