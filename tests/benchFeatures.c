/* SPDX-License-Identifier: BSD-3-Clause */
/* What a result costs: raw counts to all features, and training.  `make bench`
 * prints the table and keeps every time in JSON; nothing here is asserted, for
 * a time says as much of the machine as of the program.
 *
 * usage: benchFeatures [rounds [file.json [spectrum.txt]]]
 * Cases take turns within each round, so that a busy moment of the machine
 * touches all of them alike.  spectrum.txt gets energy and mu of the first
 * case, for other programs. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "madeScan.h"
#include "xasModel.h"
#include "xasNorm.h"

/* Calls of our archives come here (ld --wrap); LAPACK's own do not. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *old);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *old);

static size_t held, mostHeld, calls;

static void *taken(void *p)
{
    held += p ? malloc_usable_size(p) : 0;
    mostHeld = held > mostHeld ? held : mostHeld;
    calls++;
    return p;
}

void *__wrap_malloc(size_t size)
{
    return taken(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return taken(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    size_t before = old ? malloc_usable_size(old) : 0;
    void *p = __real_realloc(old, size);

    if (p)
        held -= before;
    return taken(p);
}

void __wrap_free(void *old)
{
    held -= old ? malloc_usable_size(old) : 0;
    __real_free(old);
}

enum { rows = 15, columns = 26, maxRounds = 10000 };

typedef struct benchCase {
    const char *name;
    xasShell shell;
    xasDetection detection;
    size_t n;
    double lo_eV, hi_eV;
    double goal_ms; /* 0 for none */
    int normOnly;   /* E0 and normalisation A, as Larch's pre_edge() */
    madeScan scan;
    double *ms; /* [rounds] */
    size_t peak, calls;
    xasFeatures found;
    xasNorm norm;
} benchCase;

static benchCase cases[] = {
    { .name = "K 365 points",
      .shell = xasShellK,
      .detection = xasDetectTransmission,
      .n = 365,
      .goal_ms = 0.3 },
    { .name = "K 365, normalisation A",
      .shell = xasShellK,
      .detection = xasDetectTransmission,
      .n = 365,
      .normOnly = 1 },
    { .name = "L 427 points",
      .shell = xasShellL,
      .detection = xasDetectYield,
      .n = 427 },
    { .name = "K 1999 points",
      .shell = xasShellK,
      .detection = xasDetectTransmission,
      .n = 1999,
      .lo_eV = 6960,
      .hi_eV = 7500 },
    { .name = "K 19990 points",
      .shell = xasShellK,
      .detection = xasDetectTransmission,
      .n = 19990,
      .lo_eV = 6960,
      .hi_eV = 7500,
      .goal_ms = 5 },
    { .name = "L 19990 points",
      .shell = xasShellL,
      .detection = xasDetectYield,
      .n = 19990,
      .lo_eV = 688,
      .hi_eV = 752,
      .goal_ms = 5 },
    { .name = "train N=15 p=26" },
};
enum { count = sizeof cases / sizeof *cases };

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static int prepare(benchCase *c, size_t rounds, madeRandom *r)
{
    madeCurve curve;

    c->ms = calloc(rounds, sizeof *c->ms);
    if (!c->ms)
        return 0;
    if (!c->n)
        return 1;
    madeCurveDefaults(c->shell, &curve);
    madeScanInit(&c->scan, c->detection, c->n);
    if (c->hi_eV > 0)
        madeScanEven(&c->scan, c->lo_eV, c->hi_eV);
    else if (madeScanAxis(&c->scan, c->shell,
                          c->shell == xasShellK ? 0.31 : 0.15) != c->n)
        return fprintf(stderr, "%s: %zu points\n", c->name, c->scan.n), 0;
    madeScanCount(&c->scan, &curve, 4e6, r);
    return 1;
}

static int norm(benchCase *c)
{
    xasSpectrum *s = NULL;
    xasStatus status = xasSpectrumCreate(c->detection, c->scan.e, c->scan.i0,
                                         c->scan.signal, c->scan.n, &s);

    if (!status)
        status = xasNormFind(xasSpectrumEnergy(s), xasSpectrumMu(s),
                             xasSpectrumSize(s), NAN, &c->norm);
    xasSpectrumDestroy(s);
    return status == xasOk;
}

/* The 15 halides' shape: three columns that matter among 26. */
static int train(void)
{
    static char name[rows][8], label[columns][8];
    static const char *id[rows], *column[columns];
    static double x[rows * columns], y[rows], er[rows * xasErCount];
    xasTable t = { rows, columns, id, id, column, x, y, er };
    madeRandom r = { 3 };
    xasModel *model = NULL;
    int good;

    for (size_t i = 0; i < rows; i++) {
        snprintf(name[i], sizeof name[i], "s%d", (int)i);
        id[i] = name[i];
        for (size_t j = 0; j < columns; j++)
            x[i * columns + j] = madeNormal(&r);
        y[i] = -400 + 50 * madeNormal(&r);
        for (size_t j = 0; j < 3; j++)
            y[i] += 200 * (double)(j + 1) * x[i * columns + j];
    }
    for (size_t j = 0; j < columns; j++) {
        snprintf(label[j], sizeof label[j], "c%d", (int)j);
        column[j] = label[j];
    }
    good = xasModelTrain(&t, NULL, &model, NULL) == xasOk;
    xasModelDestroy(model);
    return good;
}

static int runOnce(benchCase *c)
{
    if (!c->n)
        return train();
    if (c->normOnly)
        return norm(c);
    return madeScanFind(&c->scan, "Fe", c->shell, "FeCl2", &c->found) == xasOk;
}

static int measure(benchCase *c, size_t round)
{
    size_t before = held, callsBefore = calls;
    double start;
    int good;

    mostHeld = held;
    start = now_ms();
    good = runOnce(c);
    c->ms[round] = now_ms() - start;
    c->peak = mostHeld - before;
    c->calls = calls - callsBefore;
    return good;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print(const benchCase *c, const double *sorted, size_t rounds)
{
    char goal[24] = "", size[24] = "";

    if (c->goal_ms > 0)
        snprintf(goal, sizeof goal, "< %.1f", c->goal_ms);
    if (c->n)
        snprintf(size, sizeof size, "%.0f", (double)c->peak / (double)c->n);
    printf("%-24s %9.3f %9.3f %9.3f %7s %10zu %8s %6zu\n", c->name, sorted[0],
           sorted[rounds / 2], sorted[rounds * 9 / 10], goal, c->peak, size,
           c->calls);
}

static void writeJson(FILE *f, const benchCase *c, size_t rounds, int last)
{
    fprintf(f,
            "  {\"name\": \"%s\", \"points\": %zu, \"goal_ms\": %g, "
            "\"peak_bytes\": %zu, \"allocations\": %zu, \"ms\": [",
            c->name, c->n, c->goal_ms, c->peak, c->calls);
    for (size_t i = 0; i < rounds; i++)
        fprintf(f, "%s%.6f", i ? ", " : "", c->ms[i]);
    fprintf(f, "]}%s\n", last ? "" : ",");
}

static int report(size_t rounds, const char *json)
{
    FILE *f = json ? fopen(json, "w") : NULL;

    if (json && !f)
        return perror(json), 0;
    printf("%-24s %9s %9s %9s %7s %10s %8s %6s\n", "ms, of one call", "best",
           "median", "90 %", "goal", "peak bytes", "a point", "calls");
    if (f)
        fprintf(f, "{\"rounds\": %zu, \"cases\": [\n", rounds);
    for (int i = 0; i < count; i++) {
        if (f)
            writeJson(f, &cases[i], rounds, i + 1 == count);
        qsort(cases[i].ms, rounds, sizeof *cases[i].ms, ascending);
        print(&cases[i], cases[i].ms, rounds);
    }
    if (!f)
        return 1;
    fprintf(f, "]}\n");
    return fclose(f) == 0;
}

static int writeSpectrum(const char *path)
{
    const madeScan *s = &cases[0].scan;
    FILE *f = fopen(path, "w");

    if (!f)
        return perror(path), 0;
    for (size_t i = 0; i < s->n; i++)
        fprintf(f, "%.17g %.17g\n", s->e[i], log(s->i0[i] / s->signal[i]));
    return fclose(f) == 0;
}

int main(int argc, char **argv)
{
    size_t rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 101;
    madeRandom r = { 11 };

    if (!rounds || rounds > maxRounds)
        return fputs("benchFeatures: 1 to 10000 rounds\n", stderr), 2;
    for (int i = 0; i < count; i++)
        if (!prepare(&cases[i], rounds, &r))
            return 1;
    if (argc > 3 && !writeSpectrum(argv[3]))
        return 1;
    for (int i = 0; i < count; i++) /* once to warm up */
        if (!measure(&cases[i], 0))
            return fprintf(stderr, "%s fails\n", cases[i].name), 1;
    for (size_t round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            measure(&cases[i], round);
    return !report(rounds, argc > 2 ? argv[2] : NULL);
}
