/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdbool.h>

#include "xasCholesky.h"
#include "xasLasso.h"

static const double leastPivot = 1e-9;

enum { mostActive = 200 }; /* of one exact step: 320 kB of stack */

/** A fit on its way. */
typedef struct descent {
    const double *gram;
    size_t stride, p;
    double alpha;
    double *gradient, *w;
} descent;

static double soft(double x, double alpha)
{
    if (x > alpha)
        return x - alpha;
    if (x < -alpha)
        return x + alpha;
    return 0;
}

static void move(descent *d, size_t j, double step)
{
    const double *row = d->gram + j * d->stride;

    d->w[j] += step;
    for (size_t k = 0; k < d->p; k++)
        d->gradient[k] -= step * row[k];
}

/* One sweep; the largest step of a weight, times its column's rms. */
static double sweep(descent *d)
{
    double largest = 0;

    for (size_t j = 0; j < d->p; j++) {
        double own = d->gram[j * d->stride + j], old = d->w[j];
        double step = soft(d->gradient[j] + own * old, d->alpha) / own - old;

        if (step == 0)
            continue;
        move(d, j, step);
        largest = fmax(largest, fabs(step) * sqrt(own));
    }
    return largest;
}

/** The weights in use, their signs, and the step that makes their gradients
 * alpha times the sign. */
typedef struct active {
    size_t n, index[mostActive];
    size_t factored; /* rows of l that hold for the first so many of them */
    double sign[mostActive], step[mostActive];
    double l[mostActive * mostActive];
} active;

static bool take(active *a, size_t j, double sign)
{
    if (a->n == mostActive)
        return false;
    a->index[a->n] = j;
    a->sign[a->n++] = sign;
    return true;
}

/* Rows of l from the first that does not hold, with `ridge` added, and the
 * step.   \return the smallest of their pivots */
static double solve(const descent *d, active *a, double ridge)
{
    double pivot;

    for (size_t i = a->factored; i < a->n; i++) {
        const double *row = d->gram + a->index[i] * d->stride;

        for (size_t j = 0; j <= i; j++)
            a->l[i * mostActive + j] = row[a->index[j]];
        a->l[i * mostActive + i] *= 1 + ridge;
    }
    for (size_t i = 0; i < a->n; i++)
        a->step[i] = d->gradient[a->index[i]] - d->alpha * a->sign[i];
    pivot = xasCholeskyFrom(a->l, mostActive, a->factored, a->n);
    if (pivot > leastPivot)
        xasCholeskySolve(a->l, mostActive, a->n, a->step);
    return pivot;
}

/* Dependent columns have no exact step; one that is nearly so leads far down
 * along what they share, until a weight reaches zero. */
static bool findStep(const descent *d, active *a, bool *exact)
{
    bool found;

    *exact = solve(d, a, 0) > leastPivot;
    a->factored = *exact ? a->n : 0;
    if (*exact)
        return true;
    found = solve(d, a, 1e-7) > leastPivot;
    a->factored = 0; /* with the ridge in it */
    return found;
}

/* Go as far as the signs hold; a weight that reaches zero is dropped.
 * \return true when the whole step was taken */
static bool advance(descent *d, active *a)
{
    size_t first = a->n;
    double part = 1;

    for (size_t i = 0; i < a->n; i++) {
        double w = d->w[a->index[i]];

        if ((w + a->step[i]) * a->sign[i] > 0)
            continue;
        if (first == a->n || -w / a->step[i] < part) {
            part = a->step[i] != 0 ? -w / a->step[i] : 0;
            first = i;
        }
    }
    for (size_t i = 0; i < a->n; i++)
        move(d, a->index[i], part * a->step[i]);
    if (first == a->n)
        return true;
    d->w[a->index[first]] = 0; /* but for rounding it is */
    a->n--;
    a->factored = a->factored < first ? a->factored : first;
    for (size_t i = first; i < a->n; i++) {
        a->index[i] = a->index[i + 1];
        a->sign[i] = a->sign[i + 1];
    }
    return false;
}

/* The weight at zero that most wants to move; p for none. */
static size_t wanting(const descent *d)
{
    double most = d->alpha * (1 + 1e-10);
    size_t found = d->p;

    for (size_t j = 0; j < d->p; j++)
        if (d->w[j] == 0 && fabs(d->gradient[j]) > most) {
            most = fabs(d->gradient[j]);
            found = j;
        }
    return found;
}

/* Feature-sign search from where the weights are (Lee, Battle, Raina,
 * Ng, NIPS 19 (2007) 801): exact within one pattern of signs, and every change
 * of it lowers the target.  The sweeps behind it have the last word. */
static void search(descent *d)
{
    active a;

    a.n = a.factored = 0; /* and not all of l, which is large */

    for (size_t j = 0; j < d->p; j++)
        if (d->w[j] != 0 && !take(&a, j, copysign(1, d->w[j])))
            return;
    for (int steps = 0; steps < 8 * mostActive; steps++) {
        size_t next;
        bool exact;

        if (!findStep(d, &a, &exact))
            return;
        if (!advance(d, &a) || !exact)
            continue;
        next = wanting(d);
        if (next == d->p || !take(&a, next, copysign(1, d->gradient[next])))
            return;
    }
}

xasStatus xasLassoFit(const double *gram, size_t stride, double *gradient,
                      size_t p, double alpha, double tolerance, double *w)
{
    descent d = { gram, stride, p, alpha, gradient, w };

    for (size_t j = 0; j < p; j++)
        w[j] = 0;
    search(&d);
    for (long sweeps = 1; sweeps <= 200000; sweeps++) {
        if (sweep(&d) < tolerance)
            return xasOk;
        if (sweeps % 50 == 0)
            search(&d);
    }
    return xasErrConverge;
}
