/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasSimRandom.h"

#include <math.h>

/* splitmix64: Steele, Lea, Flood, OOPSLA 2014, 453; passes BigCrush. */
static uint64_t next(xasSimRandom *r)
{
    uint64_t z = r->state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

xasSimRandom xasSimRandomInit(uint32_t seed, const char *name)
{
    xasSimRandom r = { .state = seed };

    for (; *name; name++)
        r.state = next(&r) ^ (unsigned char)*name;
    (void)next(&r);
    return r;
}

double xasSimRandomUniform(xasSimRandom *r)
{
    return ((double)(next(r) >> 11) + 0.5) * 0x1p-53;
}

double xasSimRandomNormal(xasSimRandom *r)
{
    double u = xasSimRandomUniform(r), v = xasSimRandomUniform(r);

    return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

double xasSimRandomPoisson(xasSimRandom *r, double mean)
{
    if (!(mean > 0))
        return 0;
    /* Beyond 100 the normal law differs by less than counting can tell. */
    if (mean > 100)
        return fmax(0, nearbyint(mean + sqrt(mean) * xasSimRandomNormal(r)));
    double limit = exp(-mean), product = xasSimRandomUniform(r), n = 0;

    while (product > limit) {
        product *= xasSimRandomUniform(r);
        n++;
    }
    return n;
}
