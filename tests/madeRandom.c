/* SPDX-License-Identifier: BSD-3-Clause */
#include "madeRandom.h"

#include <math.h>

/* Steele, Lea, Flood, Fast splittable pseudorandom number generators,
 * OOPSLA 2014: splitmix64. */
uint64_t madeBits(madeRandom *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

int madeBelow(madeRandom *r, int n)
{
    return (int)(madeBits(r) % (uint64_t)n);
}

double madeUniform(madeRandom *r)
{
    return ((double)(madeBits(r) >> 11) + 0.5) / 9007199254740992.0;
}

double madeBetween(madeRandom *r, double lo, double hi)
{
    return lo + (hi - lo) * madeUniform(r);
}

double madeNormal(madeRandom *r)
{
    double radius = sqrt(-2 * log(madeUniform(r)));

    return radius * cos(2 * M_PI * madeUniform(r));
}
