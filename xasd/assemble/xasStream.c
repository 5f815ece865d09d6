/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasStream.h"

#include "xasScan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Clocks of busy processors and networks jitter by so much. */
static const int64_t jitter_ns = 5000000, unknown_ns = 1000000000;
/* It is asked again within this time while it is silent. */
static const int64_t held_ns = 500000000;
/* Enough to look back at when a number tells of a loss. */
static const size_t stay = 4;

void xasStreamClear(xasStream *s)
{
    free(s->reading);
    memset(s, 0, sizeof *s);
}

const xasReading *xasStreamNewest(const xasStream *s)
{
    return s->n ? &s->reading[s->first + s->n - 1] : NULL;
}

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void measure(xasStream *s, int64_t interval_ns)
{
    int64_t sorted[xasStreamIntervals];
    size_t n;

    s->interval_ns[s->intervals++ % xasStreamIntervals] = interval_ns;
    n = s->intervals < xasStreamIntervals ? s->intervals : xasStreamIntervals;
    if (n < 3)
        return;
    memcpy(sorted, s->interval_ns, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, compare);
    s->usual_ns = sorted[n / 2];
}

int64_t xasStreamPatience(const xasStream *s)
{
    return s->usual_ns ? 3 * s->usual_ns + jitter_ns : unknown_ns;
}

static bool room(xasStream *s)
{
    size_t to = s->capacity ? 2 * s->capacity : 64;
    xasReading *bigger;

    if (s->first > s->n) { /* the room in front will do */
        memmove(s->reading, s->reading + s->first, s->n * sizeof *s->reading);
        s->first = 0;
    }
    if (s->first + s->n < s->capacity)
        return true;
    bigger = realloc(s->reading, to * sizeof *bigger);
    if (!bigger)
        return false;
    s->reading = bigger;
    s->capacity = to;
    return true;
}

/* Where it belongs: the readings from there on are newer, or as new. */
static size_t place(const xasStream *s, int64_t stamp_ns)
{
    size_t i = s->first + s->n;

    while (i > s->first && s->reading[i - 1].stamp_ns >= stamp_ns)
        i--;
    return i;
}

static xasStreamPlace insert(xasStream *s, size_t at, const xasReading *r)
{
    size_t end = s->first + s->n;

    if (at < end && s->reading[at].stamp_ns == r->stamp_ns) {
        xasReading *there = &s->reading[at];
        uint32_t apart = there->apart;
        bool other = there->value != r->value && !there->held;

        *there = *r;
        there->apart = apart;
        if (other) { /* a clock too coarse to tell when either was */
            there->flags |= xasPointLate;
            there->coarse = true;
        }
        return xasStreamEqual;
    }
    /* before one that was held only: a monitor that a get has overtaken */
    for (size_t i = at; i < end; i++)
        if (!s->reading[i].held)
            return xasStreamBack;
    at -= s->first;
    if (!room(s))
        return xasStreamFull;
    at += s->first;
    end = s->first + s->n;
    memmove(s->reading + at + 1, s->reading + at,
            (end - at) * sizeof *s->reading);
    s->reading[at] = *r;
    s->n++;
    return at == end ? xasStreamLast : xasStreamInside;
}

xasStreamPlace xasStreamPut(xasStream *s, const xasReading *reading)
{
    const xasReading *last = xasStreamNewest(s);
    size_t at = place(s, reading->stamp_ns);
    bool newest = at == s->first + s->n;
    xasReading r = *reading;
    int64_t before_ns = last ? last->stamp_ns : 0;
    bool measured = last && newest && !last->held && !s->next;
    xasStreamPlace where;

    r.held = r.coarse = false;
    r.apart = newest ? s->next : 0;
    if (newest && last && (last->coarse || s->back)) /* it may still be so */
        r.flags |= xasPointLate;
    where = insert(s, at, &r);
    if (where == xasStreamFull)
        return where;
    if (where == xasStreamBack) {
        s->back++;
        return where;
    }
    s->back = 0;
    if (where != xasStreamLast)
        return where;
    s->next = 0;
    if (s->doubtTo_ns == INT64_MAX)
        s->doubtTo_ns = r.stamp_ns;
    if (measured)
        measure(s, r.stamp_ns - before_ns);
    return where;
}

xasStreamPlace xasStreamHold(xasStream *s, int64_t stamp_ns)
{
    const xasReading *last = xasStreamNewest(s);
    xasReading r;

    if (!last || stamp_ns <= last->stamp_ns || s->next)
        return xasStreamBack;
    r = *last;
    r.stamp_ns = stamp_ns;
    r.apart = 0;
    r.held = true;
    return insert(s, s->first + s->n, &r);
}

void xasStreamDoubt(xasStream *s, int64_t from_ns, int64_t to_ns)
{
    const xasReading *last = xasStreamNewest(s);

    if (!last)
        return;
    /* one doubt at a time: the new one takes the old one in, as long as that
     * is still looked at */
    if (!s->doubtTo_ns || s->doubtTo_ns < s->reading[s->first].stamp_ns)
        s->doubtFrom_ns = from_ns;
    if (to_ns > s->doubtTo_ns)
        s->doubtTo_ns = to_ns;
}

static uint32_t apart(const xasStream *s, const xasReading *from,
                      const xasReading *to)
{
    int64_t length = to->stamp_ns - from->stamp_ns;
    int64_t limit = xasStreamPatience(s);

    if (to->apart)
        return to->apart;
    if (to->held)
        return 0;
    if (from->held && limit < held_ns)
        limit = held_ns;
    if (s->usual_ns && from->stamp_ns < s->doubtTo_ns &&
        to->stamp_ns > s->doubtFrom_ns)
        limit = s->usual_ns * 3 / 2 + jitter_ns;
    return length > limit ? xasPointLate : 0;
}

uint32_t xasStreamGap(const xasStream *s, int64_t stamp_ns, int64_t *from_ns,
                      int64_t *to_ns)
{
    size_t i = place(s, stamp_ns);

    if (i == s->first || i == s->first + s->n)
        return 0;
    if (from_ns)
        *from_ns = s->reading[i - 1].stamp_ns;
    if (to_ns)
        *to_ns = s->reading[i].stamp_ns;
    return apart(s, &s->reading[i - 1], &s->reading[i]);
}

int64_t xasStreamAfter(const xasStream *s, int64_t stamp_ns)
{
    size_t i = s->first, end = s->first + s->n;

    while (i < end && s->reading[i].stamp_ns <= stamp_ns)
        i++;
    return i < end ? s->reading[i].stamp_ns : INT64_MAX;
}

xasStreamSay xasStreamAt(const xasStream *s, int64_t stamp_ns, double *value,
                         uint32_t *flags)
{
    size_t i = s->first, end = s->first + s->n;
    const xasReading *from, *to;
    int64_t start_ns;
    double part;

    while (i < end && s->reading[i].stamp_ns < stamp_ns)
        i++;
    if (i == end)
        return xasStreamWait;
    to = &s->reading[i];
    if (to->stamp_ns == stamp_ns) {
        *value = to->value;
        *flags = to->flags;
        return xasStreamKnown;
    }
    if (i == s->first)
        return xasStreamBefore;
    from = to - 1;
    *flags = apart(s, from, to);
    *value = NAN;
    if (*flags)
        return xasStreamKnown;
    *flags = from->flags | to->flags;
    start_ns = from->stamp_ns;
    /* known to be constant and silent: it moved off just before it posted */
    if (from->held && !to->held && s->usual_ns &&
        to->stamp_ns - s->usual_ns > start_ns)
        start_ns = to->stamp_ns - s->usual_ns;
    part = stamp_ns <= start_ns ? 0
                                : (double)(stamp_ns - start_ns) /
                                      (double)(to->stamp_ns - start_ns);
    *value = from->value + part * (to->value - from->value);
    return xasStreamKnown;
}

bool xasStreamAround(const xasStream *s, int64_t stamp_ns, int64_t *from_ns,
                     int64_t *to_ns)
{
    size_t i = place(s, stamp_ns);

    if (i == s->first + s->n)
        return false;
    *to_ns = s->reading[i].stamp_ns;
    if (*to_ns > stamp_ns && i == s->first)
        return false;
    *from_ns = *to_ns > stamp_ns ? s->reading[i - 1].stamp_ns : *to_ns;
    return true;
}

double xasStreamLeast(const xasStream *s, int64_t from_ns, int64_t to_ns)
{
    double least = INFINITY;

    for (size_t i = s->first; i < s->first + s->n; i++) {
        const xasReading *r = &s->reading[i];

        if (i + 1 < s->first + s->n && r[1].stamp_ns <= from_ns)
            continue;
        if (r->value < least)
            least = r->value;
        if (r->stamp_ns >= to_ns)
            break;
    }
    return least;
}

void xasStreamForget(xasStream *s, int64_t stamp_ns)
{
    while (s->n > stay && s->reading[s->first + stay].stamp_ns <= stamp_ns) {
        s->first++;
        s->n--;
    }
}
