/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimFault.h"

#include <stdint.h>
#include <stdlib.h>

/* What is left of I0 while the ring is filled, and when it is empty: counters
 * never stop quite. */
#define BEAM_TOP_UP 0.1
#define BEAM_DUMPED 1e-5

void xasSimFaultsNone(xasSimFaults *f)
{
    static const xasSimSpan never = { -1, 0 };

    *f = (xasSimFaults){ .pauseAt = -1,
                         .abortAt = -1,
                         .invalid = never,
                         .nan = never,
                         .late = never,
                         .dump = never,
                         .stamp = never,
                         .burst = never,
                         .hold = never,
                         .glitch = never,
                         .topUp = never,
                         .duplicate = never,
                         .back = never };
}

bool xasSimSpanHolds(const xasSimSpan *span, size_t i)
{
    return span->at >= 0 && i >= (size_t)span->at &&
           (span->n <= 0 || i - (size_t)span->at < (size_t)span->n);
}

/* How often an inserted reading can come: those of a span without an end are
 * one. */
static size_t extra(const xasSimSpan *span, size_t n)
{
    size_t count = span->n > 0 ? (size_t)span->n : 1;

    if (span->at < 0)
        return 0;
    return count < n ? count : n;
}

xasSimStep xasSimFaultStep(const xasSimFaults *f, size_t i, size_t at,
                           size_t sweep)
{
    xasSimStep s = { .at = at, .sees = at, .sweep = sweep, .beam = 1 };

    s.invalid = xasSimSpanHolds(&f->invalid, i);
    s.nan = xasSimSpanHolds(&f->nan, i);
    s.hold = xasSimSpanHolds(&f->hold, i);
    s.glitch = xasSimSpanHolds(&f->glitch, i);
    s.late = xasSimSpanHolds(&f->late, i);
    s.dump = xasSimSpanHolds(&f->dump, i);
    s.noDwell = xasSimSpanHolds(&f->burst, i);
    s.stamp = xasSimSpanHolds(&f->stamp, i) ? f->stampKind : xasSimStampNow;
    if (s.dump)
        s.beam = BEAM_DUMPED;
    s.inhibit = f->topUp.at >= 0 && i >= (size_t)f->topUp.at &&
                i - (size_t)f->topUp.at < extra(&f->topUp, SIZE_MAX);
    if (s.inhibit)
        s.beam *= BEAM_TOP_UP;
    if ((size_t)f->pauseAt == i && f->pauseAt >= 0)
        s.pause_s = f->pause_s;
    return s;
}

/* Point i of the plan: up, or down in every second sweep. */
static xasSimStep planned(const xasSimFaults *f, size_t i, size_t n,
                          bool alternate)
{
    size_t sweep = i / n, at = i % n;

    return xasSimFaultStep(f, i, alternate && sweep % 2 ? n - 1 - at : at,
                           sweep);
}

/* Points measured before, a second time: `by` says how far back each is. */
static void again(xasSimSchedule *s, const xasSimFaults *f, size_t i,
                  size_t back, size_t n, bool alternate)
{
    if (back > i || (i - back) / n != i / n)
        return; /* not across the start of the sweep */
    xasSimStep step = planned(f, i - back, n, alternate);

    step.again = true;
    step.pause_s = 0;
    /* The ring is full again. */
    if (step.inhibit)
        step.beam = step.dump ? BEAM_DUMPED : 1;
    step.inhibit = false;
    s->step[s->n++] = step;
}

static void append(xasSimSchedule *s, const xasSimFaults *f, size_t i, size_t n,
                   bool alternate)
{
    xasSimStep step = planned(f, i, n, alternate);
    size_t filled = extra(&f->topUp, n);

    s->step[s->n++] = step;
    if ((long)i == f->duplicate.at)
        for (size_t k = 0; k < extra(&f->duplicate, n); k++)
            again(s, f, i, 0, n, alternate);
    if ((long)i == f->back.at)
        for (size_t k = 1; k <= extra(&f->back, n); k++)
            again(s, f, i, k, n, alternate);
    if (filled && i + 1 == (size_t)f->topUp.at + filled)
        for (size_t k = filled; k > 0; k--)
            again(s, f, i, k - 1, n, alternate);
}

xasStatus xasSimScheduleMake(const xasSimFaults *f, size_t n, size_t sweeps,
                             bool alternate, xasSimSchedule *out)
{
    size_t points = f->empty ? 0 : n * sweeps;
    size_t room = points + extra(&f->duplicate, n) + extra(&f->back, n) +
                  extra(&f->topUp, n);
    xasSimSchedule s = { .planned = points };

    s.step = malloc((room ? room : 1) * sizeof *s.step);
    if (!s.step)
        return xasErrMemory;
    for (size_t i = 0; i < points; i++) {
        if ((long)i == f->abortAt) {
            s.aborts = true;
            break;
        }
        append(&s, f, i, n, alternate);
    }
    for (size_t i = 0; i < s.n; i++)
        s.step[i].held = i && s.step[i].hold ? s.step[i - 1].held : i;
    *out = s;
    return xasOk;
}

void xasSimScheduleLag(xasSimSchedule *s, size_t readings)
{
    size_t start = 0;

    for (size_t i = 0; i < s->n; i++) {
        if (s->step[i].sweep != s->step[start].sweep)
            start = i;
        size_t back = i - start < readings ? i - start : readings;

        s->step[i].sees = s->step[i - back].at;
    }
}

void xasSimScheduleClear(xasSimSchedule *s)
{
    free(s->step);
    s->step = NULL;
    s->n = 0;
}
