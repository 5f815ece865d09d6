/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl merge: the repeats of a sample at one edge, and what they come to. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasRepeats.h"
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

typedef struct page {
    xasMerged m;
    xasRepeat each[XAS_MERGE_MAX];
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
    const xasMerge *m = &p->m.merge;
    xasJson j;

    xasJsonInit(&j, stdout);
    xasJsonOpen(&j, NULL, '{');
    xasJsonText(&j, "sample", p->each[0].sample);
    xasJsonText(&j, "element", m->features.element);
    xasJsonText(&j, "edge", xasShellName(m->features.shell));
    xasJsonInt(&j, "scans", (int64_t)p->m.n);
    xasJsonInt(&j, "used", (int64_t)m->used);
    xasJsonBool(&j, "aligned", m->aligned);
    xasJsonBool(&j, "beam_damage", m->beamDamage);
    xasJsonText(&j, "trend", m->trend);
    xasJsonInt(&j, "definitions", XAS_FEATURES_VERSION);
    putFlags(&j, m->features.flags);
    putFeatures(&j, &m->features, m->error, m->oneMore);
    xasJsonOpen(&j, "members", '[');
    for (size_t i = 0; i < p->m.n; i++) {
        const xasFeatures *f = &p->each[i].features;

        xasJsonOpen(&j, NULL, '{');
        xasJsonInt(&j, "scan", p->m.scan[i]);
        xasJsonBool(&j, "used", p->m.verdict[i].used);
        xasJsonText(&j, "reason", p->m.verdict[i].reason);
        xasJsonNumber(&j, "distance", p->m.verdict[i].distance);
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
    const xasMerge *m = &p->m.merge;

    (void)printf("%s: %s %s, %zu of %zu scans merged, %s\n",
                 p->each[0].sample[0] ? p->each[0].sample : "no sample name",
                 m->features.element, xasShellName(m->features.shell), m->used,
                 p->m.n,
                 m->aligned ? "aligned by their foils"
                            : "not aligned: not all have a foil of their own");
    if (m->trend[0])
        (void)printf("BEAM DAMAGE? %s; the first %zu count\n", m->trend,
                     m->used);
    (void)printf("flags: %s\n",
                 m->features.flags[0] ? m->features.flags : "none");
    for (size_t i = 0; i < p->m.n; i++)
        if (!p->m.verdict[i].used)
            (void)printf("scan %lld refused: %s\n", (long long)p->m.scan[i],
                         p->m.verdict[i].reason);
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
    for (size_t i = 0; i < p->m.n; i++)
        (void)printf("%s%s%-10lld", tab, p->m.verdict[i].used ? "# " : "! ",
                     (long long)p->m.scan[i]);
    (void)fputc('\n', stdout);
    for (int id = 0; id < xasFeatureCount; id++) {
        if (xasFeatureShell((xasFeatureId)id) != p->m.merge.features.shell)
            continue;
        (void)printf("%-14s", xasFeatureName((xasFeatureId)id));
        number(tab, "%12.5f", p->m.merge.features.value[id]);
        number(tab, "%12.2e", p->m.merge.error[id]);
        number(tab, "%12.3f", p->m.merge.oneMore[id]);
        for (size_t i = 0; i < p->m.n; i++)
            number(tab, "%12.5f", p->each[i].features.value[id]);
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
    page *p;
    xasMessage why = { "" };
    xasStatus status;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (!xasctlOpen(ctl, xasStoreReadOnly) || !choose(ctl, &o))
        return xasctlFailed;
    p = calloc(1, sizeof *p);
    if (!p)
        return xasctlFail("out of memory");
    status = xasRepeatsMerge(ctl->store, o.scan, o.n, &p->m, p->each, &why);
    if (status == xasOk && ctl->form == xasctlJson)
        printJson(p);
    else if (status == xasOk)
        printText(p, ctl->form);
    free(p);
    return status == xasOk ? xasctlDone : xasctlFail("%s", why.text);
}

const xasctlCommand xasctlMerge = { "merge", "merge repeats of a sample", run };
