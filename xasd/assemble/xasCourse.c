/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasCourse.h"

#include "xasStat.h"

#include <math.h>
#include <string.h>

static const double least_eV = 0.2, noises = 8, part = 0.02;
static const int64_t restPart_ns = 5000000000;

/* A steady movement has no third difference, noise has. */
static void learnNoise(xasCourse *s, double energy_eV)
{
    double series[xasCourseNoise], work[xasCourseNoise], noise;

    s->energy_eV[s->n++ % xasCourseNoise] = energy_eV;
    if (s->n < xasCourseNoise) {
        s->step_eV = least_eV;
        return;
    }
    for (size_t i = 0; i < xasCourseNoise; i++)
        series[i] = s->energy_eV[(s->n + i) % xasCourseNoise];
    noise = noises * xasThirdDifferenceNoise(series, xasCourseNoise, work);
    s->step_eV = noise > least_eV ? noise : least_eV;
}

static void moves(xasCourse *s, int direction, xasCourseEnd from,
                  xasCourseEnd to)
{
    s->direction = direction;
    s->start = from;
    s->furthest = s->back = to;
    s->excursions = 0;
    s->rested = s->restedBefore = false;
}

/* The lowest and highest of the last 5 to 10 s: a slower drift is rest. */
static void rest(xasCourse *s, xasCourseEnd at)
{
    xasCourseEnd low, high;

    if (s->rested && at.stamp_ns - s->rest_ns > restPart_ns) {
        s->lowBefore = s->low;
        s->highBefore = s->high;
        s->restedBefore = true;
        s->rested = false;
    }
    if (!s->rested) {
        s->low = s->high = at;
        s->rest_ns = at.stamp_ns;
        s->rested = true;
    }
    if (at.energy_eV <= s->low.energy_eV)
        s->low = at;
    if (at.energy_eV >= s->high.energy_eV)
        s->high = at;
    low = s->low;
    high = s->high;
    if (s->restedBefore && s->lowBefore.energy_eV < low.energy_eV)
        low = s->lowBefore;
    if (s->restedBefore && s->highBefore.energy_eV > high.energy_eV)
        high = s->highBefore;
    if (at.energy_eV - low.energy_eV > s->step_eV)
        moves(s, 1, low, at);
    else if (high.energy_eV - at.energy_eV > s->step_eV)
        moves(s, -1, high, at);
}

void xasCourseAdd(xasCourse *s, double energy_eV, int64_t stamp_ns, bool gap)
{
    xasCourseEnd at = { energy_eV, stamp_ns };
    double on;

    if (!isfinite(energy_eV))
        return;
    learnNoise(s, energy_eV);
    s->last_ns = stamp_ns;
    if (!s->direction) {
        if (gap) /* it did not post while it rested */
            s->low.stamp_ns = s->high.stamp_ns = s->lowBefore.stamp_ns =
                s->highBefore.stamp_ns = stamp_ns;
        rest(s, at);
        return;
    }
    on = s->direction * (energy_eV - s->furthest.energy_eV);
    if (on > 0) {
        s->excursions += xasCourseIsOff(s);
        s->furthest = s->back = at;
    } else if (s->direction * (energy_eV - s->back.energy_eV) < 0) {
        s->back = at;
    }
}

double xasCourseRange(const xasCourse *s)
{
    if (!s->direction)
        return 0;
    return fabs(s->furthest.energy_eV - s->start.energy_eV);
}

bool xasCourseIsOff(const xasCourse *s)
{
    return s->direction &&
           fabs(s->furthest.energy_eV - s->back.energy_eV) > s->step_eV;
}

bool xasCourseIsBack(const xasCourse *s)
{
    return xasCourseIsOff(s) &&
           fabs(s->furthest.energy_eV - s->back.energy_eV) >
               part * xasCourseRange(s);
}

void xasCourseTurn(xasCourse *s)
{
    moves(s, -s->direction, s->furthest, s->back);
}

void xasCourseRest(xasCourse *s)
{
    s->direction = 0;
    s->excursions = 0;
    s->rested = s->restedBefore = false;
}
