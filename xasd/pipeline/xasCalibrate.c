/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasCalibrate.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "xasFormula.h"
#include "xasStoreCalib.h"
#include "xasStoreScan.h"

/** A scan on its way to a calibration. */
typedef struct work {
    xasStore *store;
    const xasCalibRules *rules;
    const xasScan *scan;
    char element[3]; /* of the scan */
    xasShell shell;
    xasCalibration c;
} work;

static void say(work *w, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(work *w, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(w->c.reason, sizeof w->c.reason, format, args);
    va_end(args);
}

/* A stored foil that cannot be read must not cost the scan; a store that is
 * away will be asked again. */
static xasStatus tryLater(xasStatus status)
{
    return status == xasErrBusy || status == xasErrIo || status == xasErrMemory
               ? status
               : xasOk;
}

/* Where an edge belongs; NaN for an unknown one. */
static double placeOf(const xasCalibRules *rules, const char *element,
                      xasShell shell)
{
    xasEdgeEnergies e;

    if (rules->foil_eV > 0 && strcmp(element, rules->foil) == 0)
        return rules->foil_eV;
    if (xasEdgeLookUp(element, &e))
        return NAN;
    return shell == xasShellK ? e.k_eV : shell == xasShellL ? e.l3_eV : NAN;
}

/* A sample of such a name, and of nothing but that element, unless the
 * configuration says where its edge belongs. */
static bool isFoil(const xasCalibRules *rules, const xasScan *scan,
                   const char *element)
{
    xasFormula f;
    bool named = false;

    for (size_t i = 0; i < rules->nSamples; i++)
        named = named || strcasecmp(scan->sample, rules->sample[i]) == 0;
    if (!named || !element[0])
        return false;
    if (rules->foil_eV > 0 && strcmp(element, rules->foil) == 0)
        return true;
    return !scan->formula[0] ||
           (xasFormulaParse(scan->formula, &f, NULL) == xasOk && f.n == 1 &&
            strcmp(f.part[0].symbol, element) == 0);
}

/* The beam behind the sample, and behind the foil: of points that are good in
 * both. */
static xasStatus fromI2(const xasScan *scan, xasSpectrum **out)
{
    const uint32_t keep = xasPointStampBad | xasPointGlitchI0;
    static const xasRole from[] = { xasRoleEnergy, xasRoleI1, xasRoleI2 };
    double *good;
    size_t n = 0;
    xasStatus status;

    for (size_t k = 0; k < 3; k++)
        if (!scan->channel[from[k]])
            return xasErrNotFound;
    good = malloc((3 * scan->n + 1) * sizeof *good);
    if (!good)
        return xasErrMemory;
    for (size_t i = 0; i < scan->n; i++) {
        if (scan->flags[i] & ~keep)
            continue;
        for (size_t k = 0; k < 3; k++)
            good[k * scan->n + n] = xasScanReading(scan, from[k], i);
        n++;
    }
    status = xasSpectrumCreate(xasDetectTransmission, good, good + scan->n,
                               good + 2 * scan->n, n, out);
    free(good);
    return status;
}

/* The foil that a scan itself brings; NULL without. */
static xasStatus ownFoil(const xasCalibRules *rules, const xasScan *scan,
                         const char *element, xasSpectrum **out,
                         const char **foil)
{
    xasStatus status;

    *out = NULL;
    *foil = element;
    if (isFoil(rules, scan, element)) {
        status = xasScanSpectrum(scan, out);
    } else {
        if (rules->foil[0])
            *foil = rules->foil;
        status = (*foil)[0] ? fromI2(scan, out) : xasErrNotFound;
    }
    if (status)
        *out = NULL;
    return status == xasErrMemory ? status : xasOk;
}

/* By least squares against the station's first scan of this foil. */
static xasStatus compare(work *w, const xasSpectrum *foil, double place)
{
    const xasFoilQuery query = { .station = w->scan->station,
                                 .foil = w->c.foil,
                                 .shell = w->c.shell,
                                 .before_ns = w->scan->start_ns };
    xasCalibration first;
    xasCalibShift found;
    xasScan *scan = NULL;
    xasSpectrum *reference = NULL;
    const char *element = NULL;
    xasStatus status = w->store && !w->rules->own_only
                           ? xasStoreFoilFirst(w->store, &query, &first)
                           : xasErrNotFound;

    if (status || (w->scan->row && first.scan == w->scan->row))
        return tryLater(status);
    status = xasStoreScanRead(w->store, first.scan, &scan);
    if (status)
        return tryLater(status);
    status = ownFoil(w->rules, scan, first.foil, &reference, &element);
    if (status == xasOk && reference) {
        xasStatus match =
            xasCalibMatch(foil, reference, w->c.shell, place, &found);
        double error = first.derivative.error_eV;

        if (match == xasOk) {
            w->c.leastSquares.shift_eV =
                found.shift_eV + first.derivative.shift_eV;
            w->c.leastSquares.error_eV =
                hypot(found.error_eV, isfinite(error) ? error : 0);
        } else if (match == xasErrNotFound) {
            say(w, "the foil's edge has not the form it had in scan %lld",
                (long long)first.scan);
        }
    }
    xasSpectrumDestroy(reference);
    xasScanDestroy(scan);
    return status;
}

static bool tooFar(work *w, double shift_eV)
{
    if (fabs(shift_eV) <= XAS_CALIB_MAX_EV)
        return false;
    say(w, "a shift of %+.2f eV by %s %s is more than %g", shift_eV, w->c.foil,
        xasShellName(w->c.shell), XAS_CALIB_MAX_EV);
    w->c.state = xasCalibRefused;
    w->c.shift_eV = 0;
    w->c.error_eV = NAN;
    return true;
}

/* The shift at the foil's edge that its method gives. */
static void use(work *w)
{
    const xasCalibShift *shift = w->c.method == xasCalibLeastSquares
                                     ? &w->c.leastSquares
                                     : &w->c.derivative;

    w->c.shift_eV = shift->shift_eV;
    w->c.error_eV = shift->error_eV;
}

/* To the edge of the scan, where the foil is of another. */
static void transfer(work *w)
{
    double to = placeOf(w->rules, w->element, w->shell);
    const xasCalibShift from = { w->c.shift_eV, w->c.error_eV };
    xasCalibShift moved;

    if (strcmp(w->c.foil, w->element) == 0 && w->c.shell == w->shell)
        return;
    if (xasCalibTransfer(w->rules->mono, w->rules->d_spacing_A, w->c.foil_eV,
                         to, &from, &moved)) {
        say(w,
            "the foil is %s %s: monochromator and d_spacing_A must be "
            "configured to use it",
            w->c.foil, xasShellName(w->c.shell));
        w->c.state = xasCalibNone;
        w->c.shift_eV = 0;
        w->c.error_eV = NAN;
        return;
    }
    if (w->c.state != xasCalibOld)
        w->c.state = xasCalibTransferred;
    w->c.shift_eV = moved.shift_eV;
    w->c.error_eV = moved.error_eV;
    (void)tooFar(w, moved.shift_eV);
}

/* By the foil of the scan itself. State none: it has none that is usable. */
static xasStatus byOwn(work *w)
{
    xasSpectrum *foil = NULL;
    const char *element;
    double place, measured = NAN, error = NAN;
    xasStatus status = ownFoil(w->rules, w->scan, w->element, &foil, &element);

    if (status || !foil)
        return status;
    place = placeOf(w->rules, element, w->shell);
    status = xasCalibEdge(foil, w->shell, place, &measured, &error);
    if (status == xasOk) {
        (void)snprintf(w->c.foil, sizeof w->c.foil, "%s", element);
        w->c.shell = w->shell;
        w->c.foil_eV = place;
        w->c.measured_eV = measured;
        w->c.derivative = (xasCalibShift){ place - measured, error };
        w->c.age_s = 0;
        w->c.scan = w->scan->row;
        w->c.state = xasCalibFoil;
        if (!tooFar(w, place - measured)) {
            status = compare(w, foil, place);
            if (w->rules->method == xasCalibLeastSquares &&
                isfinite(w->c.leastSquares.shift_eV))
                w->c.method = xasCalibLeastSquares;
            use(w);
            if (!tooFar(w, w->c.shift_eV))
                transfer(w);
        }
    } else if (status != xasErrMemory) {
        say(w, "no edge of %s in the foil's channel", element);
        status = xasOk;
    }
    xasSpectrumDestroy(foil);
    return status;
}

static xasStatus byLast(work *w)
{
    const xasFoilQuery query = { .station = w->scan->station,
                                 .foil = w->element,
                                 .shell = w->shell,
                                 .before_ns = w->scan->start_ns,
                                 .max_age_s = w->rules->max_age_s };
    char passed[sizeof w->c.reason];
    int64_t start_ns = 0;
    xasCalibration last;
    xasStatus status = xasStoreFoilLast(w->store, &query, &last, &start_ns);

    if (status)
        return tryLater(status);
    memcpy(passed, w->c.reason, sizeof passed);
    w->c = last;
    memcpy(w->c.reason, passed, sizeof passed);
    w->c.age_s = (double)(w->scan->start_ns - start_ns) / 1e9;
    w->c.state = xasCalibLast;
    if (w->rules->max_age_s > 0 && w->c.age_s > w->rules->max_age_s) {
        w->c.state = xasCalibOld;
        say(w, "the last foil is %.1f h old, allowed are %.1f",
            w->c.age_s / 3600, w->rules->max_age_s / 3600);
    }
    use(w);
    transfer(w);
    return xasOk;
}

/* As the station says, else as the points do. */
static xasStatus findEdge(work *w)
{
    xasSpectrum *s = NULL;
    xasStatus status;

    memcpy(w->element, w->scan->element, sizeof w->element);
    w->shell = w->scan->shell;
    if (w->element[0] && w->shell != xasShellNone)
        return xasOk;
    status = xasScanSpectrum(w->scan, &s);
    if (status == xasOk)
        status = xasEdgeIdentify(s, w->element, &w->shell);
    xasSpectrumDestroy(s);
    return status;
}

xasStatus xasCalibrate(xasStore *store, const xasCalibRules *rules,
                       const xasScan *scan, xasCalibration *out)
{
    work w = { .store = store, .rules = rules, .scan = scan };
    xasStatus status = findEdge(&w);

    xasCalibClear(&w.c);
    if (status == xasErrMemory)
        return status;
    if (status) {
        say(&w, "the edge of the scan is not known");
        *out = w.c;
        return xasOk;
    }
    status = byOwn(&w);
    if (status == xasOk && w.c.state == xasCalibNone && store &&
        !rules->own_only)
        status = byLast(&w);
    if (status == xasOk && w.c.state == xasCalibNone && !w.c.reason[0])
        say(&w, "no foil was measured at this station");
    if (status == xasOk)
        *out = w.c;
    return status;
}
