/* SPDX-License-Identifier: BSD-3-Clause */
/* Schedules of readings, by hand for each fault; detectors, crystal and foil by
 * their formulas; readings of a schedule. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <epicsUnitTest.h>
#include <testMain.h>

#include "xasSimData.h"
#include "xasSimOptics.h"

/* "0 1 2 2a": points in their order; a: again, i: inhibit, d: dump, x: INVALID,
 * n: NaN, l: late, b: no dwell, p: pause, s: stamp, "/": next sweep. */
static const char *text(const xasSimSchedule *s)
{
    static char out[512];
    size_t used = 0;

    out[0] = 0;
    for (size_t i = 0; i < s->n; i++) {
        const xasSimStep *p = &s->step[i];
        bool next = i && s->step[i - 1].sweep != p->sweep;

        used += (size_t)snprintf(
            out + used, sizeof out - used, "%s%s%zu%s%s%s%s%s%s%s%s%s",
            i ? " " : "", next ? "/ " : "", p->at, p->again ? "a" : "",
            p->inhibit ? "i" : "", p->dump ? "d" : "", p->invalid ? "x" : "",
            p->nan ? "n" : "", p->late ? "l" : "", p->noDwell ? "b" : "",
            p->pause_s > 0 ? "p" : "", p->stamp != xasSimStampNow ? "s" : "");
    }
    return out;
}

static void is(const xasSimFaults *f, size_t n, size_t sweeps, bool alternate,
               bool aborts, const char *expected)
{
    xasSimSchedule s = { 0 };

    if (xasSimScheduleMake(f, n, sweeps, alternate, &s))
        testAbort("out of memory");
    testOk(!strcmp(text(&s), expected) && s.aborts == aborts, "%s%s", text(&s),
           s.aborts ? " aborted" : "");
    xasSimScheduleClear(&s);
}

static void schedules(void)
{
    xasSimFaults f;
    xasSimSchedule s = { 0 };

    xasSimFaultsNone(&f);
    is(&f, 4, 1, false, false, "0 1 2 3");
    is(&f, 3, 3, true, false, "0 1 2 / 2 1 0 / 0 1 2");
    is(&f, 3, 2, false, false, "0 1 2 / 0 1 2");
    is(&f, 0, 2, false, false, "");
    f.invalid = (xasSimSpan){ 1, 2 };
    f.nan = (xasSimSpan){ 2, 0 };
    is(&f, 4, 1, false, false, "0 1x 2xn 3n");
    xasSimFaultsNone(&f);
    f.duplicate = (xasSimSpan){ 1, 2 };
    f.dump = (xasSimSpan){ 2, 1 };
    is(&f, 4, 1, false, false, "0 1 1a 1a 2d 3");
    xasSimFaultsNone(&f);
    f.back = (xasSimSpan){ 2, 2 };
    is(&f, 4, 1, false, false, "0 1 2 1a 0a 3");
    f.back = (xasSimSpan){ 1, 9 }; /* no further than the start */
    is(&f, 4, 1, false, false, "0 1 0a 2 3");
    xasSimFaultsNone(&f);
    f.back = (xasSimSpan){ 4, 2 }; /* in a sweep that runs down */
    is(&f, 3, 2, true, false, "0 1 2 / 2 1 2a 0");
    xasSimFaultsNone(&f);
    f.topUp = (xasSimSpan){ 1, 2 };
    is(&f, 4, 1, false, false, "0 1i 2i 1a 2a 3");
    f.abortAt = 3;
    is(&f, 4, 1, false, true, "0 1i 2i 1a 2a");
    f.abortAt = 0;
    is(&f, 4, 1, false, true, "");
    xasSimFaultsNone(&f);
    f.pauseAt = 1;
    f.pause_s = 2;
    f.late = (xasSimSpan){ 2, 1 };
    f.burst = (xasSimSpan){ 0, 2 };
    f.stampKind = xasSimStampFuture;
    f.stamp = (xasSimSpan){ 3, 0 };
    is(&f, 4, 1, false, false, "0b 1bp 2l 3s");
    f.empty = true;
    is(&f, 4, 1, false, false, "");
    xasSimFaultsNone(&f);
    f.topUp = (xasSimSpan){ 1, 1 };
    if (xasSimScheduleMake(&f, 3, 1, false, &s))
        testAbort("out of memory");
    testOk1(s.planned == 3 && s.n == 4);
    testOk(s.step[1].beam < 0.5 && s.step[2].beam == 1, "beam %g, then %g",
           s.step[1].beam, s.step[2].beam);
    xasSimScheduleClear(&s);
    xasSimFaultsNone(&f);
    if (xasSimScheduleMake(&f, 3, 2, true, &s))
        testAbort("out of memory");
    xasSimScheduleLag(&s, 1);
    testOk(s.step[0].sees == 0 && s.step[2].sees == 1 && s.step[3].sees == 2 &&
               s.step[5].sees == 1,
           "lag within a sweep");
    xasSimScheduleClear(&s);
}

static void elements(void)
{
    xasSimElement e[xasSimElementsMax];
    double sum = 0, worst = 0, without = 0;

    xasSimElements(12345, 1.5, 1e-6, 19, 0, e);
    for (int k = 0; k < 19; k++) {
        double live = e[k].ocr_per_s / e[k].icr_per_s;

        sum += e[k].roi / live;
        worst = fmax(worst, fabs(live * (1 + e[k].icr_per_s * 1e-6) - 1));
    }
    testOk(fabs(sum - 12345) < 1e-8, "elements add up to %.9g", sum);
    testOk(worst < 1e-12, "each with its dead time");
    /* 1.5e5 pulses a second and element, with 1 us: 13 % lost */
    testOk(fabs(e[9].ocr_per_s / e[9].icr_per_s - 1 / 1.15) < 0.01,
           "a tenth is lost: %g", e[9].ocr_per_s / e[9].icr_per_s);
    xasSimElements(12345, 1.5, 1e-6, 19, 4, e);
    for (int k = 0; k < 19; k++)
        without += e[k].ocr_per_s > 0;
    testOk1(without == 18 && e[3].ocr_per_s == 0 && e[3].roi == 0 &&
            e[3].icr_per_s > 0);
}

static void optics(void)
{
    /* Cu Ka1, 8047.8 eV on Si(111), 2d = 6.2712 A: 14.221 degrees */
    testOk(fabs(xasSimAngle(8047.8, 3.1356) - 14.221) < 2e-3, "Cu Ka1 at %.4f",
           xasSimAngle(8047.8, 3.1356));
    testOk(isnan(xasSimAngle(700, 3.1356)), "no 700 eV on Si(111)");
    double step =
        xasSimFoil("Fe", 'K', 7112 + 1e4) - xasSimFoil("Fe", 'K', 7112 - 5e3);

    testOk(fabs(step - 1.2) < 1e-3, "edge step %.4f", step);
    testOk(isnan(xasSimFoil("Au", 'L', 11919)), "no foil of gold");
}

static void readings(void)
{
    xasSimSpec spec = { "NiF2", 'K',
                        1u << xasSimI0 | 1u << xasSimI1 | 1u << xasSimIf, 3,
                        1001 };
    xasSimData *mean = NULL, *coarse = NULL, *exact = NULL, *counts = NULL;
    xasSimSchedule s = { 0 };
    xasSimFaults f;
    double worst = 0, sum = 0;

    xasSimFaultsNone(&f);
    f.duplicate = (xasSimSpan){ 500, 3 };
    if (xasSimDataMean(&spec, &mean, NULL) ||
        xasSimScheduleMake(&f, mean->n, 1, false, &s) ||
        xasSimDataPlay(mean, &s, 3, false, &exact) ||
        xasSimDataPlay(mean, &s, 3, true, &counts) ||
        xasSimDataResample(mean, 11, &coarse))
        testAbort("no data");
    testOk1(mean->n == 1001 && exact->n == 1004 && counts->n == 1004);
    for (size_t i = 0; i < exact->n; i++) {
        double m = exact->signal[xasSimI0][i];
        double d = counts->signal[xasSimI0][i] - m;

        sum += d * d / m;
        worst = fmax(worst, fabs(m - mean->signal[xasSimI0][s.step[i].at]) / m);
    }
    testOk(worst == 0, "without noise: the means");
    /* 1004 counts: 1 expected, standard error sqrt(2/1004) = 0.045 */
    testOk(fabs(sum / 1004 - 1) < 5 * 0.045, "with it: variance over mean %.3f",
           sum / 1004);
    testOk(counts->signal[xasSimI1][500] != counts->signal[xasSimI1][501],
           "a point that is measured again scatters again");
    testOk1(coarse->n == 11 && coarse->energy_eV[10] == mean->energy_eV[1000] &&
            coarse->signal[xasSimI1][5] ==
                xasSimDataAt(mean, xasSimI1, coarse->energy_eV[5]));
    testOk1(xasSimDataAt(mean, xasSimI1, 1) == mean->signal[xasSimI1][0] &&
            xasSimDataAt(mean, xasSimI1, 1e5) == mean->signal[xasSimI1][1000] &&
            isnan(xasSimDataAt(mean, xasSimTey, 8400)));
    testOk1(xasSimDataMu(mean, 7) ==
            log(mean->signal[xasSimI0][7] / mean->signal[xasSimI1][7]));
    mean->energy_eV[5] = mean->energy_eV[4];
    xasSimDataDestroy(coarse);
    coarse = NULL;
    testOk1(xasSimDataResample(mean, 11, &coarse) == xasErrOrder && !coarse);
    xasSimScheduleClear(&s);
    xasSimDataDestroy(mean);
    xasSimDataDestroy(exact);
    xasSimDataDestroy(counts);
}

MAIN(simScheduleTest)
{
    testPlan(17 + 4 + 4 + 8);
    schedules();
    elements();
    optics();
    readings();
    return testDone();
}
