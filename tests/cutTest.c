/* SPDX-License-Identifier: BSD-3-Clause */
/* Provisional predictions, their interval from the training spectra cut where
 * the running scan is: against rows that are cut here, from the curves. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "cutStore.h"
#include "pipelineStore.h"
#include "xasCut.h"
#include "xasRepeats.h"

enum { trainedOn = 15, mostRows = trainedOn + 4 };

static cutSample sample[trainedOn], again, asked;

/** The cut rows by hand. */
typedef struct byHand {
    size_t row[mostRows], alike;
    double x[mostRows * xasFeatureCount];
    xasCutRows rows;
} byHand;

static void addRow(const xasModel *m, const cutSample *s, size_t row,
                   double low_eV, double high_eV, byHand *h)
{
    madeScan made;
    xasSpectrum *spectrum = NULL;
    xasFeatures f;

    cutMade(s, low_eV, high_eV, &made);
    if (xasSpectrumCreate(made.detection, made.e, made.i0, made.signal, made.n,
                          &spectrum) ||
        xasFeaturesFindRunning(spectrum, s->element, s->curve.shell, "", &f))
        testAbort("no spectrum");
    madeScanClear(&made);
    xasSpectrumDestroy(spectrum);
    if (xasFlagsHave(f.flags, "no_edge"))
        return;
    for (size_t j = 0; j < m->p; j++)
        h->x[h->rows.n * m->p + j] = f.value[xasFeatureFromName(m->column[j])];
    h->alike += !h->rows.n || h->row[h->rows.n - 1] != row;
    h->row[h->rows.n++] = row;
}

/* The pipeline, too, predicts by what is active. */
static xasModel *use(xasStore *store, xasPipeline *p, xasKind kind)
{
    int64_t row = 0;
    xasModelHead head;
    xasModel *m = NULL;

    if (xasStoreModelActive(store, kind, &row) ||
        xasStoreModelRead(store, row, &head, &m) || xasPipelineUseModel(p, row))
        testAbort("%s", xasStoreError(store));
    return m;
}

/* To where a scan with these limits has its points. */
static void snap(double *low_eV, double *high_eV)
{
    bool isL = asked.curve.shell == xasShellL;
    madeScan s;

    cutMade(&asked, *low_eV, *high_eV, &s);
    *low_eV = s.e[0] - (isL ? asked.er.l3_eV : asked.er.k_eV);
    *high_eV = s.e[s.n - 1] - (isL ? asked.er.l2_eV : asked.er.k_eV);
    madeScanClear(&s);
}

/* \param twice  the first sample was measured twice */
static void cutAll(const xasModel *m, double low_eV, double high_eV, bool twice,
                   byHand *h)
{
    *h = (byHand){ .alike = 0 };
    snap(&low_eV, &high_eV);
    for (size_t i = 0; i < trainedOn; i++) {
        addRow(m, &sample[i], i, low_eV, high_eV, h);
        if (twice && i == 0)
            addRow(m, &again, i, low_eV, high_eV, h);
    }
    h->rows.row = h->row;
    h->rows.x = h->x;
}

/* What the model says of these features with these rows. */
static xasPrediction ask(const xasModel *m, const xasFeatures *f,
                         const xasCutRows *rows, bool incomplete)
{
    double x[xasFeatureCount],
        er[xasErCount] = { asked.er.k_eV, asked.er.l3_eV, asked.er.l2_eV };
    xasComposition of;
    xasAsked q = { .x = x,
                   .er_eV = er,
                   .of = &of,
                   .level = 0.8,
                   .incomplete = incomplete,
                   .cut = rows };
    xasPrediction p;

    xasCompositionTry("", &of);
    for (size_t j = 0; j < m->p; j++)
        x[j] = f->value[xasFeatureFromName(m->column[j])];
    if (xasModelAsk(m, &q, &p))
        testAbort("no prediction");
    return p;
}

static bool equal(const xasPredicted *a, const xasPrediction *b)
{
    return fabs(a->hf - b->value) < 1e-6 && fabs(a->lo - b->lo) < 1e-6 &&
           fabs(a->hi - b->hi) < 1e-6;
}

/** A running scan, and the limits that training is to be cut to. */
typedef struct running {
    double low_eV, high_eV, cutLow_eV, cutHigh_eV;
    bool down, twice;
    const char *what;
} running;

static void testRunning(xasPipeline *p, const xasModel *m, const running *r)
{
    xasScan *scan = cutScan(&asked, r->low_eV, r->high_eV, r->down);
    xasPredicted *got;
    xasPrediction want, masked, whole;
    char alike[80];
    xasResult result;
    byHand h;
    xasStatus status = xasPipelineProvisional(p, scan, &result);

    got = &result.predicted;
    testOk(status == xasOk && got->state == xasPredProvisional &&
               strstr(got->reason, "still measured"),
           "%s: %s, \"%s\", %s", r->what, xasStatusText(status), got->reason,
           result.features.flags);
    cutAll(m, r->cutLow_eV, r->cutHigh_eV, r->twice, &h);
    want = ask(m, &result.features, &h.rows, true);
    masked = ask(m, &result.features, NULL, true);
    whole = ask(m, &result.features, NULL, false);
    testOk(equal(got, &want), "%.2f [%.2f, %.2f], by hand %.2f [%.2f, %.2f]",
           got->hf, got->lo, got->hi, want.value, want.lo, want.hi);
    testOk(!equal(got, &masked) && got->lo <= whole.lo && got->hi >= whole.hi,
           "masked [%.2f, %.2f], as if whole [%.2f, %.2f]", masked.lo,
           masked.hi, whole.lo, whole.hi);
    (void)snprintf(alike, sizeof alike, "%zu of %d training spectra cut alike",
                   h.alike, trainedOn);
    testOk((strstr(got->reason, alike) != NULL) == (h.alike < trainedOn) &&
               !strstr(got->reason, "not in this"),
           "says it of %zu", h.alike);
    xasScanDestroy(scan);
}

/* Nothing yet: neither an interval nor a number. */
static void testTooEarly(xasPipeline *p, double high_eV)
{
    xasScan *scan = cutScan(&asked, -100, high_eV, 0);
    xasResult result;

    testOk(xasPipelineProvisional(p, scan, &result) == xasErrNotFound,
           "up to E_r + %.0f: nothing can be said", high_eV);
    xasScanDestroy(scan);
}

/* Trained elsewhere: as it was before there were cut rows, and said. */
static void testAbsent(xasPipeline *p, const xasModel *m)
{
    xasScan *scan = cutScan(&asked, -100, 27, 0);
    xasPrediction masked;
    xasResult result;

    if (xasPipelineProvisional(p, scan, &result))
        testAbort("no prediction");
    masked = ask(m, &result.features, NULL, true);
    testOk(equal(&result.predicted, &masked), "[%.2f, %.2f]",
           result.predicted.lo, result.predicted.hi);
    testOk(strstr(result.predicted.reason,
                  "0 of 15 training spectra cut alike, 15 not in this "
                  "database") != NULL,
           "says \"%s\"", result.predicted.reason);
    xasScanDestroy(scan);
}

/* The same scan, ended there, is judged by the definitions alone. */
static void testEnded(xasPipeline *p)
{
    xasScan *scan = cutScan(&asked, -100, 27, 0);
    xasResult result;

    scan->exit = xasExitAborted;
    testOk(xasPipelineRun(p, scan, "live", &result) == xasOk &&
               xasFlagsHave(result.features.flags, "no_post_edge") &&
               !xasFlagsHave(result.features.flags, "provisional_step") &&
               !isfinite(result.predicted.hf),
           "a finished scan: %s", result.features.flags);
    xasScanDestroy(scan);
}

static void measure(xasPipeline *p, xasShell shell, xasEdgeScan *scans)
{
    for (size_t i = 0; i < trainedOn; i++) {
        cutSampleMake(shell, i, &sample[i]);
        cutMeasure(p, &sample[i]);
        scans[i] = (xasEdgeScan){ sample[i].scan, NULL };
    }
    cutSampleMake(shell, 40, &asked);
}

/* The first sample a second time, not quite the same. */
static void measureAgain(xasStore *store, xasPipeline *p, xasMerged *merged)
{
    int64_t scan[2];

    again = sample[0];
    again.seed = 77;
    cutMeasure(p, &again);
    scan[0] = sample[0].scan;
    scan[1] = again.scan;
    if (xasRepeatsMerge(store, scan, 2, merged, NULL, NULL) ||
        merged->merge.used != 2)
        testAbort("not merged: %s", merged->verdict[1].reason);
}

static void testScans(xasStore *store, bool twice)
{
    xasModelScan *list = NULL;
    size_t n = 0;
    int64_t row = 0;

    if (xasStoreModelActive(store, xasKindK, &row) ||
        xasStoreModelScans(store, row, xasShellK, &list, &n))
        testAbort("%s", xasStoreError(store));
    testOk(n == (size_t)trainedOn + (twice ? 1 : 0) && list[0].row == 0 &&
               list[0].scan == sample[0].scan &&
               (!twice || (list[1].row == 0 && list[1].scan == again.scan)) &&
               list[n - 1].row == trainedOn - 1 &&
               list[n - 1].scan == sample[trainedOn - 1].scan,
           "%zu scans", n);
    free(list);
    testOk(xasStoreModelScans(store, row, xasShellL, &list, &n) == xasOk &&
               !n && !list,
           "none of the other edge");
}

static void testK(xasStore *store, xasPipeline *p)
{
    /* Cut rows do until 5 eV further; then anew. */
    static const running r[] = {
        { -100, 22.5, -100, 22.5, false, false, "11 eV behind" },
        { -100, 27, -100, 22.5, false, false, "4.5 eV on" },
        { -100, 27.5, -100, 27.5, false, false, "5 eV on" },
        { -100, 22.5, -100, 22.5, false, false, "the first still kept" },
        { -60, 60, -60, 60, false, false, "from nearer the edge" },
        { -12, 200, -12, 200, true, false, "downwards" },
        { -16, 200, -12, 200, true, false, "4 eV down" },
        { -30, 200, -30, 200, true, false, "18 eV down" },
        { -60, 410, -60, 400, true, false, "nearly all" },
    };
    static const running merge = { -100, 27, -100, 27, false, true, "repeats" };
    xasEdgeScan scans[trainedOn];
    xasMerged merged;
    xasModel *m;

    measure(p, xasShellK, scans);
    cutTrain(store, "one", sample, trainedOn, scans);
    testScans(store, false);
    m = use(store, p, xasKindK);
    testTooEarly(p, 14);
    testTooEarly(p, 20);
    for (size_t i = 0; i < sizeof r / sizeof *r; i++)
        testRunning(p, m, &r[i]);
    xasModelDestroy(m);
    measureAgain(store, p, &merged);
    scans[0].merged = &merged;
    cutTrain(store, "merged", sample, trainedOn, scans);
    testScans(store, true);
    m = use(store, p, xasKindK);
    testRunning(p, m, &merge);
    xasModelDestroy(m);
    cutTrain(store, "elsewhere", sample, trainedOn, NULL);
    m = use(store, p, xasKindK);
    testAbsent(p, m);
    xasModelDestroy(m);
    testEnded(p);
}

/* Relative to E_r of L3 below and L2 above. */
static void testL(xasStore *store, xasPipeline *p)
{
    static const running r[] = {
        { -60, 16, -50, 16, false, false, "L: behind L2" },
        { -60, 18, -50, 16, false, false, "L: 2 eV on" },
        { -60, 24, -50, 24, false, false, "L: 8 eV on" },
    };
    xasEdgeScan scans[trainedOn];
    xasModel *m;

    measure(p, xasShellL, scans);
    cutTrain(store, "L", sample, trainedOn, scans);
    m = use(store, p, xasKindL);
    for (size_t i = 0; i < sizeof r / sizeof *r; i++)
        testRunning(p, m, &r[i]);
    xasModelDestroy(m);
}

/* Reading thousands of scans would keep points of running ones waiting. */
static void testMost(xasStore *store)
{
    const xasModelHead head = { .row = 1 };
    const xasCutAt at = { xasShellK, -100, 30 };
    xasCutter *c = NULL;
    xasModel *m = NULL;
    xasCutFound found;

    if (xasCutterCreate(&c) || xasModelCreate(XAS_CUT_MOST + 1, 1, 3, 0, &m))
        testAbort("out of memory");
    testOk(xasCutterFind(c, store, &head, m, &at, &found) == xasOk &&
               found.rows.n == 0 && found.refused == XAS_CUT_MOST + 1 &&
               found.alike == 0 && found.absent == 0,
           "of %zu training rows none is read", m->n);
    xasModelDestroy(m);
    xasCutterDestroy(c);
}

MAIN(cutTest)
{
    xasStore *store = pipelineStoreMake();
    xasPipeline *p = pipelineMake(store, NULL);

    testPlan(2 * 2 + 2 + 10 * 4 + 2 + 1 + 3 * 4 + 1);
    testK(store, p);
    testL(store, p);
    testMost(store);
    xasPipelineDestroy(p);
    pipelineStoreEnd(store);
    return testDone();
}
