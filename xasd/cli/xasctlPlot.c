/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl plot: a stored scan as a figure. */
#include <stdio.h>

#include "xasStoreScan.h"
#include "xasctlArgs.h"
#include "xasctlFigure.h"

typedef struct options {
    int64_t scan;
    const char *output;
} options;

static const struct argp_option optionList[] = {
    { "output", 'o', "FILE", 0, "where to, else scan-NUMBER.svg", 0 }, { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    if (key != 'o')
        return xasctlParseScan(key, arg, state, &o->scan);
    o->output = arg;
    return 0;
}

static xasStatus draw(xasctl *ctl, const options *o, const char *file,
                      xasMessage *why)
{
    char title[2 * XAS_SAMPLE_SIZE];
    xasScan *scan = NULL;
    xasSpectrum *s = NULL;
    xasResult result;
    xasStatus status = xasStoreScanRead(ctl->store, o->scan, &scan);

    xasResultClear(&result);
    if (status)
        return xasFail(status, why, "%s: scan %lld: %s", ctl->database,
                       (long long)o->scan, xasStatusText(status));
    status = xasStoreFeaturesRead(ctl->store, o->scan, &result);
    if (status)
        (void)xasFail(status, why, "scan %lld has no features yet",
                      (long long)o->scan);
    else if ((status = xasScanSpectrum(scan, &s)))
        (void)xasFail(status, why, "scan %lld: no usable points",
                      (long long)o->scan);
    (void)snprintf(title, sizeof title, "Scan %lld: %s, %s", (long long)o->scan,
                   scan->sample[0] ? scan->sample : "no sample name",
                   scan->uid);
    if (status == xasOk)
        xasSpectrumShift(s, result.calibration.shift_eV);
    if (status == xasOk)
        status =
            xasctlFigure(file, title, s, &result.features, scan->formula, why);
    xasSpectrumDestroy(s);
    xasScanDestroy(scan);
    return status;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "SCAN",
        "Draw a stored scan as SVG: mu with its lines, normalised mu with "
        "every feature marked.",
        NULL,
        NULL,
        NULL
    };
    options o = { 0, NULL };
    xasMessage why = { "" };
    char name[64];

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    (void)snprintf(name, sizeof name, "scan-%lld.svg", (long long)o.scan);
    if (draw(ctl, &o, o.output ? o.output : name, &why))
        return xasctlFail("%s", why.text);
    if (!o.output)
        (void)printf("%s\n", name);
    return xasctlDone;
}

const xasctlCommand xasctlPlot = { "plot", "draw one scan", run };
