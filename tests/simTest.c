/* SPDX-License-Identifier: BSD-3-Clause */
/* Synthetic spectra: same seed, same photons; shape and noise of the shared
 * synthetic files; line positions come out of the features; files are played
 * as they are, or converted and said so. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "sharedData.h"
#include "xasFeatures.h"
#include "xasSimData.h"
#include "xasSimHalide.h"
#include "xasSimRandom.h"
#include "xasXdi.h"

#define K_SIGNALS (1u << xasSimI0 | 1u << xasSimI1 | 1u << xasSimIf)
#define L_SIGNALS (1u << xasSimI0 | 1u << xasSimTey)

static xasSimData *make(const char *formula, char edge, uint32_t seed)
{
    xasMessage message = { "" };
    xasSimData *d = NULL;

    if (xasSimDataMake(formula, edge, edge == 'K' ? K_SIGNALS : L_SIGNALS, seed,
                       &d, &message) != xasOk)
        testAbort("%s", message.text);
    return d;
}

/* Mean, variance and repetition, on both sides of the change of method. */
static void poisson(double mean)
{
    xasSimRandom r = xasSimRandomInit(7, "t");
    double sum = 0, square = 0;
    int n = 40000;

    for (int i = 0; i < n; i++) {
        double x = xasSimRandomPoisson(&r, mean) - mean;

        sum += x;
        square += x * x;
    }
    /* 5 standard errors of mean and variance */
    testOk(fabs(sum / n) < 5 * sqrt(mean / n) &&
               fabs(square / n / mean - 1) < 5 * sqrt((2 + 1 / mean) / n),
           "Poisson of %g: mean %+.3f, variance %.3f", mean, sum / n,
           square / n);
}

static bool same(const xasSimData *a, const xasSimData *b, int signal)
{
    return !memcmp(a->signal[signal], b->signal[signal], a->n * sizeof(double));
}

static void seeds(void)
{
    xasSimData *a = make("FeCl3", 'K', 1), *b = make("FeCl3", 'K', 1);
    xasSimData *c = make("FeCl3", 'K', 2), *d = NULL;
    xasMessage message = { "" };

    testOk1(same(a, b, xasSimI1) && same(a, b, xasSimIf) &&
            !memcmp(a->energy_eV, b->energy_eV, a->n * sizeof(double)));
    testOk1(!same(a, c, xasSimI1) && a->n == 375);
    testOk(strstr(a->comment, "SYNTHETIC FeCl3 K edge, seed 1") &&
               !strcmp(a->element, "Fe") && !strcmp(a->edge, "K"),
           "%s", a->comment);
    testOk1(xasSimDataMake("NaCl", 'K', K_SIGNALS, 1, &d, &message) ==
                xasErrNotFound &&
            strstr(message.text, "'NaCl'"));
    testOk1(xasSimDataMake("FeCl3", 'M', K_SIGNALS, 1, &d, NULL) == xasErrArg);
    testOk1(d == NULL);
    xasSimDataDestroy(a);
    xasSimDataDestroy(b);
    xasSimDataDestroy(c);
    xasSimDataDestroy(NULL);
}

static xasFeatures features(const xasSimData *d, char edge)
{
    xasSpectrum *s = NULL;
    xasFeatures f;
    const double *signal = d->signal[edge == 'K' ? xasSimI1 : xasSimTey];

    if (xasSpectrumCreate(edge == 'K' ? xasDetectTransmission : xasDetectYield,
                          d->energy_eV, d->signal[xasSimI0], signal, d->n,
                          &s) != xasOk ||
        xasFeaturesFind(s, d->element, edge == 'K' ? xasShellK : xasShellL,
                        d->formula, &f) != xasOk)
        testAbort("%s: no features", d->comment);
    xasSpectrumDestroy(s);
    return f;
}

/* SCIENCE.md: line positions of the synthetic set come back within these
 * tolerances; in iodides the white line and the edge overlap. */
static void truth(void)
{
    const xasSimHalide *h;
    double worst[4] = { 0 };
    size_t n = 0, pre = 0;

    for (; (h = xasSimHalideAt(n)); n++) {
        xasSimData *k = make(h->formula, 'K', 3), *l = make(h->formula, 'L', 3);
        xasFeatures fk = features(k, 'K'), fl = features(l, 'L');
        double off[4] = { fk.value[xasWlE] - h->k_wl_eV,
                          fk.value[xasPreE] - h->k_pre_eV,
                          fl.value[xasL3E] - h->l_l3_eV,
                          fl.value[xasL2E] - h->l_l2_eV };

        if (strchr(h->formula, 'I'))
            off[0] *= 0.25 / 1.3;
        testDiag("%s: white line %+.2f, pre-edge %+.2f, L3 %+.2f, L2 %+.2f",
                 h->formula, off[0], off[1], off[2], off[3]);
        pre += isfinite(off[1]);
        for (int i = 0; i < 4; i++)
            worst[i] = fmax(worst[i], fabs(off[i]));
        xasSimDataDestroy(k);
        xasSimDataDestroy(l);
    }
    testOk(n == 16, "%zu halides", n);
    testOk(worst[0] < 0.25, "white line within %.2f eV", worst[0]);
    /* The noise hides some pre-edges, as in the shared files. */
    testOk(worst[1] < 0.25 && pre >= 5, "pre-edge within %.2f eV, %zu found",
           worst[1], pre);
    testOk(worst[2] < 0.2, "L3 within %.2f eV", worst[2]);
    testOk(worst[3] < 0.4, "L2 within %.2f eV", worst[3]);
}

/* Chi-square per point of a shared file against our curve. The files' first
 * energy tells how far their monochromator was off; I1 and TEY were counted
 * behind an i0 already counted, so only they scatter. */
static double chiSquare(const xasSimHalide *h, char edge, const xasXdi *x)
{
    const double *e = x->value[0], *i0 = x->value[1], *i1 = x->value[2];
    double l3, l2, ek = xasSimHalideEdgeK(h), sum = 0;

    xasSimHalideEdgeL(h, &l3, &l2);
    double off = e[0] - (edge == 'K' ? ek - 150 : l3 - 18);

    for (size_t i = 0; i < x->n; i++) {
        double t = e[i] - off, mean;

        if (edge == 'K')
            mean =
                i0[i] * exp(-1.1 * pow(t / ek, -3) - 0.9 * xasSimHalideK(h, t));
        else
            mean = i0[i] * 0.05 * xasSimHalideL(h, t);
        sum += (i1[i] - mean) * (i1[i] - mean) / mean;
    }
    return sum / (double)x->n;
}

static void sharedFiles(char edge)
{
    const xasSimHalide *h;
    double sum = 0, worst = 0;
    int n = 0;

    for (size_t i = 0; (h = xasSimHalideAt(i)); i++) {
        char name[64];
        xasXdi *x = NULL;

        (void)snprintf(name, sizeof name, "synthetic/%s_%c.xdi", h->formula,
                       edge);
        if (xasXdiRead(sharedPath(name), &x, NULL) != xasOk)
            continue;
        double chi = chiSquare(h, edge, x);

        n++;
        sum += chi;
        worst = fmax(worst, chi);
        xasXdiDestroy(x);
    }
    /* 1 expected, its standard error sqrt(2/375) = 0.07 a file and 0.02 for
     * all; the curves are rounded to what these files can tell. */
    testOk(n == 15 && sum / n < 1.1 && worst < 1.3,
           "%c: chi-square per point %.3f, at most %.3f, in %d files", edge,
           sum / n, worst, n);
}

/* Repeats of one halide scatter as those of counting: features stay within
 * five of their own errors of the shared file's, line by line. */
static void sharedFeatures(void)
{
    xasXdi *x = NULL;
    xasSimData *d = make("CoCl2", 'L', 5);
    xasSpectrum *s = NULL;
    xasFeatures theirs, ours = features(d, 'L');
    static const xasFeatureId ids[] = { xasL3E, xasL2E, xasL3Fwhm, xasL3I,
                                        xasL3L2RatioA };
    int good = 0, n = (int)(sizeof ids / sizeof *ids);

    if (xasXdiRead(sharedPath("synthetic/CoCl2_L.xdi"), &x, NULL) != xasOk ||
        xasSpectrumCreate(xasDetectYield, x->value[0], x->value[1], x->value[2],
                          x->n, &s) != xasOk ||
        xasFeaturesFind(s, "Co", xasShellL, "CoCl2", &theirs) != xasOk)
        testAbort("no features of CoCl2_L.xdi");
    for (int i = 0; i < n; i++) {
        double a = ours.value[ids[i]], b = theirs.value[ids[i]];
        double se = hypot(ours.error[ids[i]], theirs.error[ids[i]]);

        /* the two monochromators are off by 0.02 eV, each */
        testDiag("%s: %.4f, shared %.4f", xasFeatureName(ids[i]), a, b);
        good += fabs(a - b) < 5 * hypot(se, 0.03);
    }
    testOk(good == n, "features of CoCl2: %d of %d", good, n);
    xasSpectrumDestroy(s);
    xasXdiDestroy(x);
    xasSimDataDestroy(d);
}

static xasSimData *play(const char *text, unsigned signals)
{
    char path[] = "/tmp/simTestXXXXXX";
    int fd = mkstemp(path);
    xasMessage message = { "" };
    xasSimData *d = NULL;

    if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
        testAbort("%s", path);
    (void)close(fd);
    if (xasSimDataRead(path, signals, &d, &message) != xasOk)
        testDiag("%s", message.text);
    (void)unlink(path);
    return d;
}

static void files(void)
{
    xasSimData *d = play("# Element.symbol: Fe\n# Element.edge: K\n"
                         "# Sample.formula: FeO\n# Sample.name: rust\n"
                         "# energy itrans i0 mutrans\n"
                         "7112.25 3.5 7 9\n7111 4.25 8 9\n",
                         K_SIGNALS);

    testOk(d && d->n == 2 && d->energy_eV[1] == 7111 &&
               d->signal[xasSimI0][0] == 7 && d->signal[xasSimI1][1] == 4.25 &&
               !d->signal[xasSimIf] && !strcmp(d->sample, "rust") &&
               !strcmp(d->formula, "FeO") && strstr(d->comment, "played from"),
           "raw channels in the file's order: %s", d ? d->comment : "");
    xasSimDataDestroy(d);
    d = play("# Column.1: energy keV\n# energy mutrans\n7.112 0.5\n",
             K_SIGNALS);
    testOk(d && d->energy_eV[0] == 7112 && d->signal[xasSimI0][0] == 1e6 &&
               d->signal[xasSimI1][0] == 1e6 * exp(-0.5) &&
               !d->signal[xasSimIf] && strstr(d->comment, "converted") &&
               strstr(d->comment, "I1 = I0 exp(-mu), keV to eV"),
           "only mu: %s", d ? d->comment : "");
    xasSimDataDestroy(d);
    d = play("# energy i0 itrans\n700 100 50\n", L_SIGNALS);
    testOk(d && fabs(d->signal[xasSimTey][0] - 1e6 * M_LN2) < 1e-6 &&
               strstr(d->comment, "TEY = mu I0"),
           "no channel the station has: %s", d ? d->comment : "");
    xasSimDataDestroy(d);
    testOk1(!play("# energy i0 nothing\n1 2 3\n", L_SIGNALS));
    testOk1(!play("# energy i0 itrans\n1 2 3\n", 1u << xasSimI0));
}

MAIN(simTest)
{
    testPlan(2 + 6 + 5 + 5 + 3);
    poisson(40);
    poisson(150);
    seeds();
    truth();
    files();
    if (sharedThere()) {
        sharedFiles('K');
        sharedFiles('L');
        sharedFeatures();
    } else {
        testSkip(3, "no shared data; XASD_SHARED names its folder");
    }
    return testDone();
}
