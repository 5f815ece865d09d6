/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasMergeChoose.h"

#include <math.h>
#include <stdio.h>

#include "xasStat.h"

static const double leastRange = 0.8, leastPoints = 0.4;
/* About the edge: from below its foot to behind the white line. */
static const double below_eV = 10, above_eV = 30;

double xasMergeShift(const xasMergeMember *m, bool aligned)
{
    return aligned ? m->shift_eV : 0;
}

void xasMergeRefuse(xasMergeVerdict *verdict, const char *why)
{
    verdict->used = false;
    (void)snprintf(verdict->reason, sizeof verdict->reason, "%s", why);
}

/* NULL if it may be merged. */
static const char *whyNot(const xasMergeMember *m, const xasMergeMember *first)
{
    static const char *const fatal[] = { "no_edge", "wrong_element",
                                         "too_few_points", "rejected" };

    if (!m->spectrum || !m->features || xasSpectrumSize(m->spectrum) < 30)
        return "too few points";
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++)
        if (xasFlagsHave(m->features->flags, fatal[i]))
            return fatal[i];
    if (first && xasSpectrumDetection(m->spectrum) !=
                     xasSpectrumDetection(first->spectrum))
        return "measured by another detection than the first";
    return NULL;
}

static size_t chooseFit(const xasMergeMember *member, size_t n,
                        xasMergeVerdict *verdict, size_t *index, bool *aligned)
{
    const xasMergeMember *first = NULL;
    size_t used = 0;

    *aligned = true;
    for (size_t i = 0; i < n; i++) {
        const char *why = whyNot(&member[i], first);

        verdict[i] = (xasMergeVerdict){ true, NAN, "" };
        if (why) {
            xasMergeRefuse(&verdict[i], why);
            continue;
        }
        first = first ? first : &member[i];
        *aligned = *aligned && isfinite(member[i].shift_eV);
        index[used++] = i;
    }
    return used;
}

static double rangeOf(const xasMergeMember *m, bool aligned, double range[2])
{
    const double *e = xasSpectrumEnergy(m->spectrum);

    range[0] = e[0] + xasMergeShift(m, aligned);
    range[1] = e[xasSpectrumSize(m->spectrum) - 1] + xasMergeShift(m, aligned);
    return range[1] - range[0];
}

/* The range of the one of median length: neither a scan that was broken off
 * nor a long one decides what all the others are worth. */
static void usualRange(const xasMergeMember *member, bool aligned,
                       const size_t *index, size_t n, double range[2])
{
    double width[XAS_MERGE_MAX], median;
    size_t i = 0;

    for (size_t k = 0; k < n; k++)
        width[k] = rangeOf(&member[index[k]], aligned, range);
    xasSort(width, n);
    median = width[n / 2];
    while (rangeOf(&member[index[i]], aligned, range) != median)
        i++;
}

static size_t cutRange(const xasMergeMember *member, bool aligned,
                       xasMergeVerdict *verdict, size_t *index, size_t n,
                       double range[2])
{
    double whole, own[2];
    size_t kept = 0;

    usualRange(member, aligned, index, n, range);
    whole = range[1] - range[0];
    for (size_t i = 0; i < n; i++) {
        double lo, hi;

        (void)rangeOf(&member[index[i]], aligned, own);
        lo = fmax(range[0], own[0]);
        hi = fmin(range[1], own[1]);
        if (!(hi - lo >= leastRange * whole)) {
            xasMergeRefuse(&verdict[index[i]],
                           "covers too little of the range");
            continue;
        }
        range[0] = lo;
        range[1] = hi;
        index[kept++] = index[i];
    }
    return kept;
}

static double pointsAbout(const xasMergeMember *m, bool aligned, double edge_eV)
{
    const double *e = xasSpectrumEnergy(m->spectrum);
    double at = edge_eV - xasMergeShift(m, aligned), count = 0;

    for (size_t i = 0; i < xasSpectrumSize(m->spectrum); i++)
        count += e[i] >= at - below_eV && e[i] <= at + above_eV;
    return count;
}

static size_t dropCoarse(const xasMergeMember *member, bool aligned,
                         double edge_eV, xasMergeVerdict *verdict,
                         size_t *index, size_t n)
{
    double count[XAS_MERGE_MAX], most = 0;
    size_t kept = 0;

    for (size_t i = 0; i < n; i++) {
        count[i] = pointsAbout(&member[index[i]], aligned, edge_eV);
        most = fmax(most, count[i]);
    }
    for (size_t i = 0; i < n; i++) {
        xasMergeVerdict *v = &verdict[index[i]];

        if (count[i] < leastPoints * most) {
            v->used = false;
            (void)snprintf(v->reason, sizeof v->reason,
                           "too coarse: %.0f points about the edge, another "
                           "has %.0f",
                           count[i], most);
            continue;
        }
        index[kept++] = index[i];
    }
    return kept;
}

size_t xasMergeChoose(const xasMergeMember *member, size_t n, double edge_eV,
                      xasMergeVerdict *verdict, size_t *index, bool *aligned,
                      double range[2])
{
    n = chooseFit(member, n, verdict, index, aligned);
    if (n)
        n = dropCoarse(member, *aligned, edge_eV, verdict, index, n);
    return n ? cutRange(member, *aligned, verdict, index, n, range) : 0;
}

size_t xasMergeFinest(const xasMergeMember *member, const size_t *index,
                      size_t n)
{
    size_t best = index[0];

    for (size_t i = 1; i < n; i++)
        if (xasSpectrumSize(member[index[i]].spectrum) >
            xasSpectrumSize(member[best].spectrum))
            best = index[i];
    return best;
}
