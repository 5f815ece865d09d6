/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef XAS_COURSE_H
#define XAS_COURSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Internal to assemble: where the energy of a continuous scan goes. */

enum { xasCourseNoise = 32 };

typedef struct xasCourseEnd {
    double energy_eV;
    int64_t stamp_ns;
} xasCourseEnd;

/** Begins as all 0. */
typedef struct xasCourse {
    int direction;  /* 1 up, -1 down; 0: it rests, or nobody knows yet */
    double step_eV; /* less is no movement: the read-back's noise, 8 times */
    xasCourseEnd start;    /* of the sweep */
    xasCourseEnd furthest; /* in its direction */
    xasCourseEnd back;     /* the furthest back since then */
    int64_t last_ns;       /* of the last energy */
    /* at rest: the range of the last seconds, in two parts */
    bool rested, restedBefore;
    int64_t rest_ns;
    xasCourseEnd low, high, lowBefore, highBefore;
    double energy_eV[xasCourseNoise];
    size_t n;
    size_t excursions; /* steps back and forth again in this sweep */
} xasCourse;

/** \brief The next energy; gap: there was none for long, so it may have moved
 * off only now.  NaN is left out. */
void xasCourseAdd(xasCourse *s, double energy_eV, int64_t stamp_ns, bool gap);
/** \brief Has it gone back by more than noise, and by 1/50 of the sweep? */
bool xasCourseIsBack(const xasCourse *s);
/** \brief Has it gone back by more than noise? */
bool xasCourseIsOff(const xasCourse *s);
/** \brief From the furthest point on it is a sweep the other way. */
void xasCourseTurn(xasCourse *s);
/** \brief Nothing is known of a direction from now on. */
void xasCourseRest(xasCourse *s);
/** \brief How far it has come, eV, never negative. */
double xasCourseRange(const xasCourse *s);

#endif
