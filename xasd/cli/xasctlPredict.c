/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl predict: again from the raw points, with the models active now. */
#include <stdio.h>
#include <stdlib.h>

#include "xasPipeline.h"
#include "xasStoreCalib.h"
#include "xasStoreScan.h"
#include "xasctl.h"
#include "xasctlPredicted.h"

enum { optionLevel = 300 };

typedef struct options {
    char **word;
    int words;
    double level;
} options;

static const struct argp_option optionList[] = {
    { "level", optionLevel, "PART", 0, "of the interval, 0.5 to 0.99; 0.8", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    char *end;

    switch (key) {
    case optionLevel:
        o->level = strtod(arg, &end);
        if (end == arg || *end || !(o->level >= 0.5 && o->level <= 0.99))
            argp_error(state, "--level %s: expected 0.5 to 0.99", arg);
        return 0;
    case ARGP_KEY_ARGS:
        o->word = state->argv + state->next;
        o->words = state->argc - state->next;
        return 0;
    case ARGP_KEY_NO_ARGS: argp_error(state, "which scan or sample?"); return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

static int predictScan(xasctl *ctl, xasPipeline *p, xasJson *j, int64_t row)
{
    xasScan *scan = NULL;
    xasResult result;
    xasCalibration c;
    xasStatus status = xasStoreScanRead(ctl->store, row, &scan);

    if (status != xasOk)
        return xasctlStoreFail(ctl);
    status = xasStoreCalibrationRead(ctl->store, row, &c);
    if (status == xasOk || status == xasErrNotFound)
        status = xasPipelineAnalyse(scan, status == xasOk ? &c : NULL, &result);
    xasScanDestroy(scan);
    result.scan = row;
    if (status == xasOk)
        status = xasPipelinePredict(p, &result);
    if (status != xasOk)
        return xasctlFail("%s: scan %lld: %s", ctl->database, (long long)row,
                          xasStatusText(status));
    if (ctl->form == xasctlJson)
        xasctlPredictedJson(j, &result, NULL);
    else
        xasctlPredictedText(&result, ctl->form);
    return xasctlDone;
}

/* The newest scan of each edge of a sample. */
static int predictAll(xasctl *ctl, xasPipeline *p, xasJson *j, xasQuery *q,
                      const char *word)
{
    int result = xasctlDone, found = 0;
    xasStatus status;

    while ((status = xasQueryNext(q)) == xasOk && result == xasctlDone) {
        result = predictScan(ctl, p, j, xasQueryIntOf(q, 0));
        found++;
    }
    if (status != xasErrNotFound && result == xasctlDone)
        return xasctlStoreFail(ctl);
    if (!found)
        return xasctlFail("%s: no scan or sample \"%s\"", ctl->database, word);
    return result;
}

static int predictWord(xasctl *ctl, xasPipeline *p, xasJson *j,
                       const char *word)
{
    static const char sql[] =
        "SELECT max(s.id) FROM scan s JOIN sample a ON a.id = s.sample "
        "WHERE a.name = ? AND s.state = 'closed' AND s.rejected = 0 "
        "GROUP BY s.edge ORDER BY max(s.id)";
    int64_t row = 0;
    xasQuery *q;
    int result;

    if (xasctlNumber(word, &row))
        return predictScan(ctl, p, j, row);
    if (xasQueryOpen(ctl->store, &q, sql, "t", word) != xasOk)
        return xasctlStoreFail(ctl);
    result = predictAll(ctl, p, j, q, word);
    xasQueryClose(q);
    return result;
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "SCAN|SAMPLE...",
        "Find the features of stored scans again and predict with the active "
        "models; nothing is stored. A number is a scan, anything else a "
        "sample.",
        NULL,
        NULL,
        NULL
    };
    options o = { .words = 0 };
    xasPipeline *p = NULL;
    int result = xasctlDone;
    xasJson j;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly))
        return xasctlFailed;
    if (xasctlPipeline(ctl, o.level, &p) != xasOk)
        return xasctlFail("out of memory");
    xasJsonInit(&j, stdout);
    if (ctl->form == xasctlJson)
        xasJsonOpen(&j, NULL, '[');
    for (int i = 0; i < o.words && result == xasctlDone; i++)
        result = predictWord(ctl, p, &j, o.word[i]);
    if (ctl->form == xasctlJson)
        xasJsonClose(&j);
    xasPipelineDestroy(p);
    return result;
}

const xasctlCommand xasctlPredict = { "predict",
                                      "predict again from stored scans", run };
