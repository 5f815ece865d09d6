/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasNested.h"
#include "xasPermute.h"
#include "xasStat.h"

/* Sebastiano Vigna's splitmix64: a sequence known in full by its seed. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* 0..n-1; n is far below 2^32, so that the bias is, too. */
static size_t below(uint64_t *state, size_t n)
{
    return (size_t)(((next(state) >> 32) * (uint64_t)n) >> 32);
}

/** Shuffles of compounds and what they need. */
typedef struct shuffler {
    const xasModel *m;
    uint64_t seed;
    size_t *first, *count; /* [nCompounds] of their rows in byCompound */
    size_t *byCompound;    /* [n] rows, compound after compound */
    size_t *place;         /* [n] a row's place among its compound's */
    size_t *order;         /* [nCompounds] */
    size_t *source;        /* [n] the row that each row takes */
} shuffler;

static xasStatus shufflerInit(shuffler *s, const xasModel *m, uint64_t seed)
{
    size_t n = m->n, c = m->nCompounds, at = 0;

    *s = (shuffler){ .m = m, .seed = seed };
    s->first = calloc(3 * c + 3 * n, sizeof *s->first);
    if (!s->first)
        return xasErrMemory;
    s->count = s->first + c;
    s->order = s->count + c;
    s->byCompound = s->order + c;
    s->place = s->byCompound + n;
    s->source = s->place + n;
    for (size_t k = 0; k < c; k++) {
        s->first[k] = at;
        for (size_t i = 0; i < n; i++)
            if (m->compoundOf[i] == k) {
                s->place[i] = s->count[k]++;
                s->byCompound[at++] = i;
            }
    }
    return xasOk;
}

/* Shuffle number b: 0 is none. The same for every fold. */
static void shuffle(shuffler *s, size_t b)
{
    size_t n = s->m->nCompounds;
    uint64_t state = s->seed + b * 0xd1342543de82ef95u;

    for (size_t k = 0; k < n; k++)
        s->order[k] = k;
    for (size_t k = n; b && k-- > 1;) {
        size_t other = below(&state, k + 1), keep = s->order[k];

        s->order[k] = s->order[other];
        s->order[other] = keep;
    }
    for (size_t i = 0; i < s->m->n; i++) {
        size_t from = s->order[s->m->compoundOf[i]];

        s->source[i] =
            s->byCompound[s->first[from] + s->place[i] % s->count[from]];
    }
}

/** One test: what a shuffle moves, and the errors it makes. */
typedef struct test {
    shuffler shuffler;
    xasNested *nested;
    bool spectra;              /* formulas, Z and scale move with the targets */
    double *y, *z, *predicted; /* [n] as shuffled; y in the unit learned */
    xasComposition *of;        /* [n] */
    double *mae;               /* [shuffles+1] */
} test;

static xasStatus testInit(test *t, const xasModel *m, size_t shuffles,
                          uint64_t seed)
{
    xasStatus status = shufflerInit(&t->shuffler, m, seed);

    t->y = calloc(3 * m->n, sizeof *t->y);
    t->mae = calloc(shuffles + 1, sizeof *t->mae);
    t->of = calloc(m->n, sizeof *t->of);
    if (!t->y || !t->mae || !t->of)
        return xasErrMemory;
    t->z = t->y + m->n;
    t->predicted = t->z + m->n;
    if (m->of)
        memcpy(t->of, m->of, m->n * sizeof *t->of);
    return status ? status : xasNestedCreate(m, &t->nested);
}

static void testClear(test *t)
{
    xasNestedDestroy(t->nested);
    free(t->shuffler.first);
    free(t->y);
    free(t->mae);
    free(t->of);
}

static double scaleOf(const test *t, size_t row)
{
    const shuffler *s = &t->shuffler;

    return s->m->scale[t->spectra ? s->source[row] : row];
}

/* Fold's part of the error of shuffle b. */
static xasStatus shuffled(test *t, size_t b, const size_t *outside, size_t n)
{
    const xasModel *m = t->shuffler.m;
    const size_t *source = t->shuffler.source;
    xasStatus status;

    shuffle(&t->shuffler, b);
    for (size_t i = 0; i < m->n; i++)
        t->y[i] = m->y[source[i]] / m->scale[source[i]];
    if (t->spectra) {
        for (size_t i = 0; i < m->n; i++) {
            t->of[i] = m->of[source[i]];
            t->z[i] = m->x[source[i] * m->p + m->p - 1];
        }
        xasNestedLast(t->nested, t->z);
    }
    status = xasNestedPredict(t->nested, t->y, t->of, t->predicted);
    for (size_t i = 0; !status && i < n; i++)
        t->mae[b] += fabs(t->predicted[outside[i]] - t->y[outside[i]]) *
                     scaleOf(t, outside[i]) / (double)m->n;
    return status;
}

static void judge(const double *mae, size_t shuffles, xasPermuted *out)
{
    *out = (xasPermuted){
        .mae = mae[0], .median = NAN, .best = INFINITY, .shuffles = shuffles
    };
    for (size_t b = 1; b <= shuffles; b++) {
        /* equal but for rounding is as good */
        out->atLeastAsGood += mae[b] <= mae[0] * (1 + 1e-9);
        out->best = fmin(out->best, mae[b]);
    }
    out->p = (double)(1 + out->atLeastAsGood) / (double)(shuffles + 1);
}

static xasStatus run(test *t, size_t shuffles, xasPermuted *out)
{
    const xasModel *m = t->shuffler.m;
    xasStatus status = xasOk;

    for (size_t f = 0; !status && f < m->nFolds; f++) {
        const size_t *outside;
        size_t n = xasNestedFold(t->nested, f, &outside);

        for (size_t b = 0; !status && b <= shuffles; b++)
            status = shuffled(t, b, outside, n);
    }
    if (status)
        return status;
    judge(t->mae, shuffles, out);
    if (shuffles)
        out->median = xasMedian(t->mae + 1, shuffles);
    return xasOk;
}

xasStatus xasPermuteTargets(const xasModel *model, size_t shuffles,
                            uint64_t seed, xasPermuted *out)
{
    test t = { .spectra = false };
    xasStatus status = testInit(&t, model, shuffles, seed);

    if (!status)
        status = run(&t, shuffles, out);
    testClear(&t);
    return status;
}

static xasStatus permuteBoth(const xasDerived *d, size_t folds, size_t shuffles,
                             uint64_t seed, xasPermuted *out,
                             xasMessage *message)
{
    test t = { .spectra = true };
    xasTrainOptions options;
    xasModel *both = NULL;
    xasStatus status;

    xasTrainOptionsDefaults(&options);
    options.basis = xasBasisAtoms;
    options.composition = true;
    options.folds = folds;
    status = xasModelTrainWith(&d->table, d->of, &options, &both, message);
    if (!status)
        status = testInit(&t, both, shuffles, seed);
    if (!status)
        status = run(&t, shuffles, out);
    testClear(&t);
    xasModelDestroy(both);
    return status;
}

xasStatus xasPermuteSpectra(const xasStudied *of, size_t folds, size_t shuffles,
                            uint64_t seed, xasPermuted *out,
                            xasMessage *message)
{
    xasDerived d;
    xasStatus status = xasDerive(of, NULL, xasBasisAtoms, &d);

    if (status)
        return xasFail(status, message, "%s", xasStatusText(status));
    status = permuteBoth(&d, folds, shuffles, seed, out, message);
    xasDerivedClear(&d);
    return status;
}
