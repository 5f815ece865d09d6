/* SPDX-License-Identifier: BSD-3-Clause */
/* Scans that no PV tells of: where one begins, and where another. */
#include "xasAssemblerParts.h"

#include <math.h>
#include <string.h>

/* Points one way that make a scan. */
static const size_t leastRun = 3;
/* A first step so many times the second is the move to the start. */
static const double moveFactor = 10;
/* A point measured again may lie so many of the last steps back. */
static const double againSteps = 1.5;

static const double *energies(const xasAssembler *a)
{
    return a->scan->channel[xasRoleEnergy];
}

void xasInferValue(xasAssembler *a, const xasEvent *e)
{
    if (a->scan || a->disabled || e->initial || e->kind != xasEventValue ||
        e->role >= XAS_POINT_ROLES)
        return;
    a->infer = (xasInfer){ .tentative = true, .low_eV = NAN, .high_eV = NAN };
    xasAssemblerBegin(a, e->received_ns, false, "");
}

/* The points before the last n are no part of a scan. */
static void keepLast(xasAssembler *a, size_t n)
{
    xasScan *scan = a->scan;
    size_t drop = scan->n - n;

    if (!drop)
        return;
    for (size_t i = 0; i < drop; i++) {
        a->infer.low_eV = fmin(energies(a)[i], a->infer.low_eV);
        a->infer.high_eV = fmax(energies(a)[i], a->infer.high_eV);
    }
    for (int c = 0; c < xasChannelCount; c++)
        if (scan->channel[c])
            memmove(scan->channel[c], scan->channel[c] + drop,
                    n * sizeof(double));
    memmove(scan->stamp_ns, scan->stamp_ns + drop, n * sizeof(int64_t));
    memmove(scan->flags, scan->flags + drop, n * sizeof(uint32_t));
    scan->n = n;
    scan->lost = 0;
    scan->nEvents = 0; /* all before it began */
    scan->low_eV = scan->high_eV = NAN;
    for (size_t i = 0; i < n; i++) {
        scan->low_eV = fmin(energies(a)[i], scan->low_eV);
        scan->high_eV = fmax(energies(a)[i], scan->high_eV);
    }
    a->infer.strays += drop;
    a->server.added = 0;
}

static void confirm(xasAssembler *a)
{
    xasInfer *f = &a->infer;
    xasScan *scan = a->scan;

    f->tentative = false;
    xasAssemblerStart(a, scan->stamp_ns[0], false,
                      "inferred: three points one way");
    if (f->strays)
        (void)xasScanAddEvent(scan, scan->stamp_ns[0], "alignment",
                              "%zu points before it, %.2f to %.2f eV, are no "
                              "part of it",
                              f->strays, f->low_eV, f->high_eV);
}

/* A scan goes one way from the start; the same energy again is no step. */
static void look(xasAssembler *a)
{
    xasInfer *f = &a->infer;
    size_t n = a->scan->n;
    const double *e = energies(a) + n;
    double step = n > 1 ? e[-1] - e[-2] : 0, first;
    int way = step > 0 ? 1 : -1;

    if (!isfinite(e[-1]) || n == 1 || !isfinite(step)) {
        keepLast(a, isfinite(e[-1]));
        f->run = isfinite(e[-1]);
        return;
    }
    if (fabs(step) < XAS_SAME_EV)
        return;
    if (f->run > 1 && way != f->direction) {
        keepLast(a, 2);
        f->run = 1;
    }
    f->direction = way;
    f->run++;
    if (f->run < leastRun)
        return;
    first = fabs(e[-2] - energies(a)[0]);
    if (first > a->rules.return_eV && first > moveFactor * fabs(step)) {
        keepLast(a, 2);
        f->run = 2;
        return;
    }
    confirm(a);
}

void xasInferAdded(xasAssembler *a)
{
    if (a->infer.tentative)
        look(a);
}

void xasInferDrop(xasAssembler *a)
{
    xasInfer *f = &a->infer;

    if (a->scan->n)
        keepLast(a, 0);
    if (f->strays)
        xasAssemblerAct(a, (xasAction){ .kind = xasActionStray,
                                        .index = f->strays,
                                        .low_eV = f->low_eV,
                                        .high_eV = f->high_eV });
    xasScanDestroy(a->scan);
    a->scan = NULL;
    a->nPending = 0;
    memset(f, 0, sizeof *f);
}

void xasInferExpire(xasAssembler *a)
{
    if (a->progress_ns + xasAssemblerNs(a->rules.idle_s) > a->now_ns ||
        a->nPending)
        return;
    if (a->infer.tentative)
        xasInferDrop(a);
    else
        xasAssemblerEndNow(a, "idle");
}

static int directionOf(const xasAssembler *a)
{
    const xasScan *scan = a->scan;

    return energies(a)[scan->n - 1] >= energies(a)[0] ? 1 : -1;
}

/* By how much it is behind what was measured, if by more than a point that is
 * measured again; else 0. */
static double isBack(const xasAssembler *a, const xasPending *p)
{
    const xasScan *scan = a->scan;
    xasRole axis = xasAssemblerAxis(a);
    xasRoles bad = p->unsure | p->gone;
    double e = xasAssemblerEnergyOf(a, &p->held[axis]), back, step = 0;
    int way = directionOf(a);

    if (xasRolesHave(bad, axis) || !p->held[axis].known ||
        p->held[axis].severity >= 3 || !isfinite(e))
        return 0;
    back = way > 0 ? scan->high_eV - e : e - scan->low_eV;
    for (size_t i = scan->n - 1; i > 0 && step < XAS_SAME_EV; i--)
        step = fabs(energies(a)[i] - energies(a)[i - 1]);
    return back > a->rules.return_eV && back > againSteps * step ? back : 0;
}

static bool beganAnew(const xasAssembler *a, const xasPending *p)
{
    int64_t number = p->number;

    if (number < 0 && !xasRolesHave(p->unsure | p->gone, xasRoleSequence))
        number = xasAssemblerNumber(&p->held[xasRoleSequence]);
    return a->count.known && number >= 0 && number <= 1 &&
           number < a->count.last;
}

const char *xasInferSplits(const xasAssembler *a, const xasPending *p)
{
    bool counted = xasAssemblerHas(a, xasRoleSequence);
    double range, back;

    if (a->ops || a->finishing || !a->scan || a->infer.tentative ||
        a->scan->n < 2)
        return NULL;
    if (counted && beganAnew(a, p))
        return "the counter began anew";
    back = isBack(a, p);
    if (back > 0 && xasInfers(a))
        return "the energy went back";
    range = a->scan->high_eV - a->scan->low_eV;
    if (back > 0 && !counted && a->away)
        return "the energy was behind after a gap";
    if (back > 0 && !counted && a->scan->n >= leastRun &&
        back > range - a->rules.return_eV)
        return "the energy went back to the start";
    return NULL;
}

void xasInferTurn(xasAssembler *a, const xasPending *p, const char *why)
{
    size_t first = a->firstPending, n = a->nPending;
    bool infers = xasInfers(a);

    a->endWhy = why;
    a->nPending = 0;
    xasAssemblerFinish(a, xasExitComplete, "");
    a->infer = (xasInfer){
        .tentative = infers, .seamless = true, .low_eV = NAN, .high_eV = NAN
    };
    if (!a->disabled && !a->ignore)
        xasAssemblerBegin(a, p->commit_ns, false,
                          "another scan began before active fell");
    a->infer.seamless = false;
    if (!a->scan)
        return;
    a->firstPending = first;
    a->nPending = n;
}
