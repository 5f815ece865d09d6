/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl import: spectra from files, as if a station had measured them. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "xasFormula.h"
#include "xasPipeline.h"
#include "xasScan.h"
#include "xasStoreCalib.h"
#include "xasStoreScan.h"
#include "xasVersion.h"
#include "xasXdiScan.h"
#include "xasctlArgs.h"
#include "xasctlPredicted.h"

typedef struct options {
    char **file;
    int files;
    const char *sample, *formula, *station;
    xasctlEdge told;
} options;

static const struct argp_option optionList[] = {
    { "sample", 's', "NAME", 0, "sample, whatever the file says", 0 },
    { "formula", 'f', "FORMULA", 0, "formula, whatever the file says", 0 },
    { "station", 'S', "NAME", 0, "station to file it under; import", 0 },
    XASCTL_EDGE_OPTIONS,
    { 0 }
};

static error_t checkFormula(const char *formula, struct argp_state *state)
{
    xasFormula parsed;
    size_t position = 0;

    if (formula[0] && xasFormulaParse(formula, &parsed, &position) != xasOk)
        argp_error(state, "--formula %s: no formula (byte %zu)", formula,
                   position + 1);
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;

    switch (key) {
    case 's': o->sample = arg; return 0;
    case 'f': o->formula = arg; return checkFormula(arg, state);
    case 'S': o->station = arg; return 0;
    case ARGP_KEY_ARGS:
        o->file = state->argv + state->next;
        o->files = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which files?"); return 0;
    default: return xasctlParseEdge(key, arg, state, &o->told);
    }
}

/* FNV-1a: the same spectrum again is known by its numbers, not its name. */
static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const unsigned char *p = data;

    for (size_t i = 0; i < size; i++)
        hash = (hash ^ p[i]) * 0x100000001b3ULL;
    return hash;
}

static void nameScan(const xasctlXdi *x, xasScan *scan)
{
    size_t size = x->file->n * sizeof(double);
    uint64_t hash = 0xcbf29ce484222325ULL;

    hash = mix(hash, x->element, strlen(x->element));
    hash = mix(hash, &x->shell, sizeof x->shell);
    hash = mix(hash, x->channels.energy, size);
    hash = mix(hash, x->channels.signal, size);
    if (x->channels.i0)
        hash = mix(hash, x->channels.i0, size);
    (void)snprintf(scan->uid, sizeof scan->uid, "file-%016llx",
                   (unsigned long long)hash);
}

/* When it was measured: as the file says, else when the file was written. */
static int64_t startOf(const char *file, const char *text)
{
    static const char *const forms[] = { "%Y-%m-%dT%H:%M:%S",
                                         "%Y-%m-%d %H:%M:%S" };
    struct stat info;

    for (size_t i = 0; i < 2; i++) {
        struct tm when;

        memset(&when, 0, sizeof when);
        if (strptime(text, forms[i], &when))
            return (int64_t)timegm(&when) * 1000000000;
    }
    if (stat(file, &info) != 0)
        return xasTimeNow();
    return (int64_t)info.st_mtim.tv_sec * 1000000000 + info.st_mtim.tv_nsec;
}

/* The name that joins its edges; a file without one is its own sample. */
static void nameSample(const options *o, const char *file, const xasctlXdi *x,
                       xasScan *scan)
{
    const char *slash = strrchr(file, '/'), *name = o->sample;
    const char *formula = o->formula ? o->formula : x->file->formula;
    xasFormula parsed;

    if (!name)
        name = x->file->sample[0] ? x->file->sample : slash ? slash + 1 : file;
    (void)snprintf(scan->sample, sizeof scan->sample, "%s", name);
    if (xasFormulaParse(formula, &parsed, NULL) == xasOk)
        (void)snprintf(scan->formula, sizeof scan->formula, "%s", formula);
    else if (formula[0])
        (void)fprintf(stderr,
                      "xasctl: warning: %s: \"%s\" is no formula and not "
                      "used; --formula gives one\n",
                      file, formula);
    if (strcasestr(x->file->sample, "synthetic"))
        (void)snprintf(scan->comment, sizeof scan->comment,
                       "SYNTHETIC, says the file");
}

static xasStatus makeScan(const options *o, const char *file,
                          const xasctlXdi *x, xasScan **out)
{
    int64_t start_ns = startOf(file, x->file->start);
    xasScan *scan = NULL;
    xasStatus status = xasXdiReadScan(x->file, &x->channels, start_ns, &scan);

    if (status != xasOk)
        return status;
    nameScan(x, scan);
    nameSample(o, file, x, scan);
    (void)snprintf(scan->station, sizeof scan->station, "%s",
                   o->station ? o->station : XASCTL_STATION);
    (void)snprintf(scan->mode, sizeof scan->mode, "file");
    (void)snprintf(scan->reason, sizeof scan->reason, "read from a file");
    memcpy(scan->element, x->element, sizeof scan->element);
    scan->shell = x->shell;
    scan->detection = x->channels.detection;
    scan->start_ns = start_ns;
    scan->end_ns = scan->n ? scan->stamp_ns[scan->n - 1] : start_ns;
    scan->planned = (int64_t)x->file->n;
    scan->exit = xasExitComplete;
    *out = scan;
    return xasOk;
}

static void show(const xasctl *ctl, xasJson *j, const char *file,
                 const xasResult *result)
{
    if (ctl->form == xasctlJson)
        xasctlPredictedJson(j, result, file, NULL);
    else
        xasctlPredictedText(result, ctl->form, NULL);
}

/* In a transaction: the features, too, since the edges of the other elements
 * that a formula names limit the fits. */
static xasStatus findAgain(xasctl *ctl, xasPipeline *p, const xasScan *scan,
                           xasResult *result)
{
    xasCalibration c;
    xasStatus status =
        xasStoreScanFormula(ctl->store, scan->row, scan->formula);
    bool calibrated = false;

    if (status == xasOk) {
        status = xasStoreCalibrationRead(ctl->store, scan->row, &c);
        calibrated = status == xasOk;
    }
    if (status == xasOk || status == xasErrNotFound)
        status = xasPipelineAnalyse(scan, calibrated ? &c : NULL, result);
    result->scan = scan->row;
    if (status == xasOk)
        status = xasStoreFeatures(ctl->store, result, scan, XAS_VERSION);
    if (status == xasOk)
        status = xasPipelinePredict(p, result);
    if (status == xasOk)
        status = xasPipelineKeep(p, result);
    return status;
}

static xasStatus setFormula(xasctl *ctl, xasPipeline *p, xasScan *scan,
                            const char *formula, xasResult *result)
{
    xasStatus status = xasStoreBegin(ctl->store);

    if (status != xasOk)
        return status;
    (void)snprintf(scan->formula, sizeof scan->formula, "%s", formula);
    status = findAgain(ctl, p, scan, result);
    if (status == xasOk)
        return xasStoreCommit(ctl->store);
    xasStoreRollback(ctl->store);
    return status;
}

/* A spectrum that is stored, perhaps with another formula or none. */
static int known(xasctl *ctl, const options *o, xasPipeline *p, xasJson *j,
                 const char *file, int64_t row)
{
    xasResult result;
    xasScan *scan = NULL;
    bool rejected = false;
    int done = xasctlDone;

    if (xasStoreScanRead(ctl->store, row, &scan) != xasOk ||
        xasStoreScanRejected(ctl->store, row, &rejected) != xasOk)
        done = xasctlStoreFail(ctl);
    else if (!o->formula || !o->formula[0] || rejected ||
             strcmp(o->formula, scan->formula) == 0)
        (void)fprintf(stderr, "%s: stored already, as scan %lld\n", file,
                      (long long)row);
    else if (setFormula(ctl, p, scan, o->formula, &result) != xasOk)
        done = xasctlFail("%s: scan %lld: no other formula: %s", file,
                          (long long)row, xasStoreError(ctl->store));
    else
        show(ctl, j, file, &result);
    xasScanDestroy(scan);
    return done;
}

/* Another import may have stored the same file meanwhile. */
static int storeScan(xasctl *ctl, const options *o, xasPipeline *p, xasJson *j,
                     const char *file, xasScan *scan)
{
    xasMessage why;
    xasResult result;
    int64_t row;

    if (xasPipelineRun(p, scan, file, &result) == xasOk) {
        show(ctl, j, file, &result);
        return xasctlDone;
    }
    (void)snprintf(why.text, sizeof why.text, "%s", xasStoreError(ctl->store));
    row = xasctlKnown(ctl, scan->uid);
    return row ? known(ctl, o, p, j, file, row)
               : xasctlFail("%s: cannot be stored: %s", file, why.text);
}

static int import(xasctl *ctl, const options *o, xasPipeline *p, xasJson *j,
                  const char *file)
{
    xasctlXdi x;
    xasScan *scan = NULL;
    xasMessage why = { "" };
    int64_t row;
    int result;

    if (xasctlXdiOpen(file, &o->told, &x, &why) != xasOk)
        return xasctlFail("%s", why.text);
    if (makeScan(o, file, &x, &scan) != xasOk)
        result = xasctlFail("%s: out of memory", file);
    else if ((row = xasctlKnown(ctl, scan->uid)) != 0)
        result = known(ctl, o, p, j, file, row);
    else
        result = storeScan(ctl, o, p, j, file, scan);
    xasScanDestroy(scan);
    xasctlXdiClose(&x);
    return result;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "FILE...",
        "Store spectra from files of columns (XDI) with their features and a "
        "prediction. A file that is stored already is passed over; one that "
        "cannot be read is said, and the others go on.",
        NULL,
        NULL,
        NULL
    };
    options o = { .files = 0 };
    xasPipeline *p = NULL;
    int result = xasctlDone;
    xasJson j;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreCreate))
        return xasctlFailed;
    if (xasctlPipeline(ctl, 0, &p) != xasctlDone)
        return xasctlFailed;
    xasJsonInit(&j, stdout);
    if (ctl->form == xasctlJson)
        xasJsonOpen(&j, NULL, '[');
    for (int i = 0; i < o.files; i++)
        if (import(ctl, &o, p, &j, o.file[i]) != xasctlDone)
            result = xasctlFailed;
    if (ctl->form == xasctlJson)
        xasJsonClose(&j);
    xasPipelineDestroy(p);
    return result;
}

const xasctlCommand xasctlImport = { "import", "store spectra from files",
                                     run };
