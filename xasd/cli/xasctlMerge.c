/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl merge: the repeats of a sample at one edge, and what they come to. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasMerge.h"
#include "xasStoreScan.h"
#include "xasctl.h"
#include "xasctlXdi.h"

typedef struct options {
    const char *sample;
    xasShell shell;
    size_t n;
    int64_t scan[XAS_MERGE_MAX];
} options;

static const struct argp_option optionList[] = {
    { "edge", 'e', "K|L", 0, "the edge, where the sample has both", 0 },
    { "sample", 's', "NAME", 0, "a sample whose name is a number", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    int64_t scan;

    switch (key) {
    case 'e':
        if (!xasctlShell(arg, &o->shell))
            argp_error(state, "--edge %s: expected K or L", arg);
        return 0;
    case 's': o->sample = arg; return 0;
    case ARGP_KEY_ARG:
        if (xasctlNumber(arg, &scan)) {
            if (o->n == XAS_MERGE_MAX)
                argp_error(state, "at most %d scans", XAS_MERGE_MAX);
            o->scan[o->n++] = scan;
        } else if (o->sample) {
            argp_error(state, "one sample only");
        } else {
            o->sample = arg;
        }
        return 0;
    case ARGP_KEY_END:
        if (!o->sample == !o->n)
            argp_error(state, "expected a sample or the numbers of scans");
        return 0;
    default: return ARGP_ERR_UNKNOWN;
    }
}

/** A repeat as read from the store. */
typedef struct repeat {
    int64_t scan;
    xasSpectrum *spectrum; /* NULL: none */
    xasResult result;
    char formula[XAS_SAMPLE_SIZE];
} repeat;

typedef struct page {
    const options *o;
    size_t n;
    repeat *repeat; /* [n] in order of time */
    xasMergeVerdict verdict[XAS_MERGE_MAX];
    xasMerge merge;
} page;

/* The scans of a sample at an edge, oldest first; edges a bit set of what the
 * sample has. */
static xasStatus list(xasctl *ctl, options *o, unsigned *edges, bool *full)
{
    static const char sql[] =
        "SELECT c.id, c.edge FROM scan c JOIN sample a ON a.id = c.sample "
        "WHERE a.name = ? AND c.state = 'closed' AND c.edge IS NOT NULL "
        "ORDER BY c.start_ns, c.id";
    xasQuery *q;
    xasStatus status = xasQueryOpen(ctl->store, &q, sql, "t", o->sample);

    *edges = 0;
    *full = false;
    while (status == xasOk && (status = xasQueryNext(q)) == xasOk) {
        xasShell shell = xasQueryTextOf(q, 1)[0] == 'K' ? xasShellK : xasShellL;

        *edges |= 1u << shell;
        if (o->shell != xasShellNone && shell != o->shell)
            continue;
        if (o->n == XAS_MERGE_MAX)
            *full = true;
        else
            o->scan[o->n++] = xasQueryIntOf(q, 0);
    }
    xasQueryClose(q);
    return status == xasErrNotFound ? xasOk : status;
}

static bool choose(xasctl *ctl, options *o)
{
    unsigned edges;
    bool full;

    if (!o->sample)
        return true;
    if (list(ctl, o, &edges, &full) != xasOk)
        return xasctlStoreFail(ctl) == xasctlDone;
    if (edges == (1u << xasShellK | 1u << xasShellL) &&
        o->shell == xasShellNone)
        (void)xasctlFail("%s has K and L scans; give --edge", o->sample);
    else if (!o->n)
        (void)xasctlFail("%s: no finished scan of %s%s%s", ctl->database,
                         o->sample, o->shell == xasShellNone ? "" : " at ",
                         xasShellName(o->shell));
    else if (full)
        (void)xasctlFail("%s has more than %d scans; give their numbers",
                         o->sample, XAS_MERGE_MAX);
    else
        return true;
    return false;
}

static bool isRejected(xasctl *ctl, int64_t scan)
{
    xasQuery *q;
    bool rejected = false;

    if (xasQueryOpen(ctl->store, &q, "SELECT rejected FROM scan WHERE id = ?",
                     "i", scan) != xasOk)
        return false;
    rejected = xasQueryNext(q) == xasOk && xasQueryIntOf(q, 0) != 0;
    xasQueryClose(q);
    return rejected;
}

static xasStatus read(xasctl *ctl, repeat *r, xasMessage *why)
{
    xasScan *scan = NULL;
    xasStatus status = xasStoreScanRead(ctl->store, r->scan, &scan);

    if (status)
        return xasFail(status, why, "%s: there is no scan %lld", ctl->database,
                       (long long)r->scan);
    status = xasStoreFeaturesRead(ctl->store, r->scan, &r->result);
    if (status)
        (void)xasFail(status, why, "scan %lld has no features yet",
                      (long long)r->scan);
    else if (xasScanSpectrum(scan, &r->spectrum) == xasErrMemory)
        status = xasFail(xasErrMemory, why, "out of memory");
    (void)snprintf(r->formula, sizeof r->formula, "%s", scan->formula);
    if (isRejected(ctl, r->scan))
        xasFlagsAdd(r->result.features.flags, "rejected");
    xasScanDestroy(scan);
    return status;
}

static xasStatus readAll(xasctl *ctl, page *p, xasMessage *why)
{
    const xasFeatures *first = &p->repeat[0].result.features;
    xasStatus status = xasOk;

    for (size_t i = 0; i < p->n && status == xasOk; i++) {
        repeat *r = &p->repeat[i];
        const xasFeatures *f = &r->result.features;

        r->scan = p->o->scan[i];
        status = read(ctl, r, why);
        if (status == xasOk && (strcmp(f->element, first->element) != 0 ||
                                f->shell != first->shell))
            status = xasFail(
                xasErrArg, why, "scan %lld is of %s %s, scan %lld of %s %s",
                (long long)r->scan, f->element, xasShellName(f->shell),
                (long long)p->repeat[0].scan, first->element,
                xasShellName(first->shell));
    }
    return status;
}

/* All by the foil measured with each, or all by the calibration of the first:
 * a foil of another moment aligns nothing. */
static xasStatus shiftAll(page *p, bool *aligned)
{
    const repeat *first = &p->repeat[0];
    xasStatus status = xasOk;

    *aligned = true;
    for (size_t i = 0; i < p->n; i++)
        *aligned =
            *aligned && p->repeat[i].result.calibration.state == xasCalibFoil;
    for (size_t i = 0; i < p->n && status == xasOk; i++) {
        repeat *r = &p->repeat[i];
        xasFeatures *f = &r->result.features, found;
        bool rejected = xasFlagsHave(f->flags, "rejected");

        if (!r->spectrum)
            continue;
        xasSpectrumShift(r->spectrum,
                         (*aligned ? r : first)->result.calibration.shift_eV);
        status = xasFeaturesFind(r->spectrum, f->element, f->shell, r->formula,
                                 &found);
        if (status == xasOk)
            *f = found;
        if (rejected)
            xasFlagsAdd(f->flags, "rejected");
    }
    return status;
}

static xasStatus mergeAll(page *p, xasMessage *why)
{
    xasMergeMember member[XAS_MERGE_MAX];
    const xasFeatures *f = &p->repeat[0].result.features;
    bool aligned;
    xasStatus status = shiftAll(p, &aligned);

    for (size_t i = 0; i < p->n; i++)
        member[i] = (xasMergeMember){ p->repeat[i].spectrum,
                                      &p->repeat[i].result.features,
                                      aligned ? 0 : NAN };
    if (status == xasOk)
        status =
            xasMergeFind(member, p->n, f->element, f->shell,
                         p->repeat[0].formula, p->verdict, &p->merge, NULL);
    if (status == xasErrRange)
        return xasFail(status, why, "nothing to merge: scan %lld: %s",
                       (long long)p->repeat[0].scan, p->verdict[0].reason);
    if (status)
        return xasFail(status, why, "cannot merge: %s", xasStatusText(status));
    return status;
}

static void putFlags(xasJson *j, const char *flags)
{
    xasJsonOpen(j, "flags", '[');
    for (const char *at = flags; *at;
         at += strcspn(at, ";"), at += *at == ';') {
        char one[XAS_FLAGS_SIZE];

        (void)snprintf(one, sizeof one, "%.*s", (int)strcspn(at, ";"), at);
        xasJsonText(j, NULL, one);
    }
    xasJsonClose(j);
}

static void putFeatures(xasJson *j, const xasFeatures *f, const double *error,
                        const double *oneMore)
{
    xasJsonOpen(j, "features", '{');
    for (int i = 0; i < xasFeatureCount; i++) {
        if (xasFeatureShell((xasFeatureId)i) != f->shell)
            continue;
        xasJsonOpen(j, xasFeatureName((xasFeatureId)i), '{');
        xasJsonNumber(j, "value", f->value[i]);
        xasJsonNumber(j, "err", error[i]);
        if (oneMore)
            xasJsonNumber(j, "one_more", oneMore[i]);
        xasJsonClose(j);
    }
    xasJsonClose(j);
}

static void printJson(const page *p)
{
    const xasMerge *m = &p->merge;
    xasJson j;

    xasJsonInit(&j, stdout);
    xasJsonOpen(&j, NULL, '{');
    xasJsonText(&j, "sample", p->repeat[0].result.sample);
    xasJsonText(&j, "element", m->features.element);
    xasJsonText(&j, "edge", xasShellName(m->features.shell));
    xasJsonInt(&j, "scans", (int64_t)p->n);
    xasJsonInt(&j, "used", (int64_t)m->used);
    xasJsonBool(&j, "aligned", m->aligned);
    xasJsonBool(&j, "beam_damage", m->beamDamage);
    xasJsonText(&j, "trend", m->trend);
    xasJsonInt(&j, "definitions", XAS_FEATURES_VERSION);
    putFlags(&j, m->features.flags);
    putFeatures(&j, &m->features, m->error, m->oneMore);
    xasJsonOpen(&j, "members", '[');
    for (size_t i = 0; i < p->n; i++) {
        const xasFeatures *f = &p->repeat[i].result.features;

        xasJsonOpen(&j, NULL, '{');
        xasJsonInt(&j, "scan", p->repeat[i].scan);
        xasJsonBool(&j, "used", p->verdict[i].used);
        xasJsonText(&j, "reason", p->verdict[i].reason);
        xasJsonNumber(&j, "distance", p->verdict[i].distance);
        putFlags(&j, f->flags);
        putFeatures(&j, f, f->error, NULL);
        xasJsonClose(&j);
    }
    xasJsonClose(&j);
    xasJsonClose(&j);
}

static void number(const char *tab, const char *format, double value)
{
    (void)fputs(tab, stdout);
    if (isfinite(value))
        (void)printf(format, value);
    else
        (void)printf("%12s", "-");
}

static void printHead(const page *p)
{
    const xasMerge *m = &p->merge;

    (void)printf("%s: %s %s, %zu of %zu scans merged, %s\n",
                 p->repeat[0].result.sample[0] ? p->repeat[0].result.sample
                                               : "no sample name",
                 m->features.element, xasShellName(m->features.shell), m->used,
                 p->n,
                 m->aligned ? "aligned by their foils"
                            : "not aligned: not all have a foil of their own");
    if (m->trend[0])
        (void)printf("BEAM DAMAGE? %s; the first %zu count\n", m->trend,
                     m->used);
    (void)printf("flags: %s\n",
                 m->features.flags[0] ? m->features.flags : "none");
    for (size_t i = 0; i < p->n; i++)
        if (!p->verdict[i].used)
            (void)printf("scan %lld refused: %s\n",
                         (long long)p->repeat[i].scan, p->verdict[i].reason);
    (void)fputs("one_more: the error, floor included, after another repeat "
                "over that now\n\n",
                stdout);
}

static void printText(const page *p, xasctlForm form)
{
    const char *tab = form == xasctlTsv ? "\t" : "  ";

    if (form == xasctlText)
        printHead(p);
    (void)printf("%-14s%s%12s%s%12s%s%12s", "feature", tab, "merge", tab,
                 "error", tab, "one_more");
    for (size_t i = 0; i < p->n; i++)
        (void)printf("%s%s%-10lld", tab, p->verdict[i].used ? "# " : "! ",
                     (long long)p->repeat[i].scan);
    (void)fputc('\n', stdout);
    for (int id = 0; id < xasFeatureCount; id++) {
        if (xasFeatureShell((xasFeatureId)id) != p->merge.features.shell)
            continue;
        (void)printf("%-14s", xasFeatureName((xasFeatureId)id));
        number(tab, "%12.5f", p->merge.features.value[id]);
        number(tab, "%12.2e", p->merge.error[id]);
        number(tab, "%12.3f", p->merge.oneMore[id]);
        for (size_t i = 0; i < p->n; i++)
            number(tab, "%12.5f", p->repeat[i].result.features.value[id]);
        (void)fputc('\n', stdout);
    }
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "SAMPLE\nSCAN...",
        "Merge the repeats of a sample at an edge, or the scans given by "
        "number: features of the mean beside those of each (# used, ! "
        "refused).",
        NULL,
        NULL,
        NULL
    };
    options o = { .shell = xasShellNone };
    page p = { .o = &o };
    xasMessage why = { "" };
    xasStatus status;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly) || !choose(ctl, &o))
        return xasctlFailed;
    p.n = o.n;
    p.repeat = calloc(p.n, sizeof *p.repeat);
    if (!p.repeat)
        return xasctlFail("out of memory");
    status = readAll(ctl, &p, &why);
    if (status == xasOk)
        status = mergeAll(&p, &why);
    if (status == xasOk && ctl->form == xasctlJson)
        printJson(&p);
    else if (status == xasOk)
        printText(&p, ctl->form);
    for (size_t i = 0; i < p.n; i++)
        xasSpectrumDestroy(p.repeat[i].spectrum);
    free(p.repeat);
    return status == xasOk ? xasctlDone : xasctlFail("%s", why.text);
}

const xasctlCommand xasctlMerge = { "merge", "merge repeats of a sample", run };
