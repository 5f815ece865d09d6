/* SPDX-License-Identifier: BSD-3-Clause */
/* xasctl features: what a file's spectrum yields, without any database. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasGlitch.h"
#include "xasNorm.h"
#include "xasQuality.h"
#include "xasctlArgs.h"
#include "xasctlFigure.h"

typedef struct options {
    const char *file;
    xasctlEdge told;
    double e0_eV;
    const char *svg;
} options;

enum { optionE0 = 300, optionSvg };

static const struct argp_option optionList[] = {
    XASCTL_EDGE_OPTIONS,
    { "e0", optionE0, "EV", 0, "E0 of the normalisation, eV", 0 },
    { "svg", optionSvg, "OUT", 0, "draw it as well", 0 },
    { 0 }
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    options *o = state->input;
    char *end;

    switch (key) {
    case 'E':
    case 'e': return xasctlParseEdge(key, arg, state, &o->told);
    case optionE0:
        o->e0_eV = strtod(arg, &end);
        if (end == arg || *end || !(o->e0_eV > 0))
            argp_error(state, "--e0 %s: expected an energy in eV", arg);
        return 0;
    case optionSvg: o->svg = arg; return 0;
    default: return xasctlParseFile(key, arg, state, &o->file);
    }
}

typedef struct page {
    const xasctlXdi *xdi;
    const char *name;
    xasFeatures features;
    xasQuality quality;
    xasNorm norm;
    bool haveNorm;
} page;

/* The spectrum with its glitches bridged, and what these count. */
static xasStatus repaired(const page *p, xasQualityCounts *n, xasSpectrum **out)
{
    const xasXdiChannels *c = &p->xdi->channels;
    size_t rows = p->xdi->file->n;
    xasGlitchEdge edge = xasGlitchEdgeOf(p->xdi->element, p->xdi->shell);
    unsigned char *mark = calloc(rows ? rows : 1, 1);
    xasStatus status = mark ? xasGlitchFind(c->detection, c->energy, c->i0,
                                            c->signal, rows, &edge, mark)
                            : xasErrMemory;

    *n = (xasQualityCounts){ .points = (int64_t)rows, .i0Min = NAN };
    for (size_t i = 0; status == xasOk && i < rows; i++) {
        n->glitches += (mark[i] & xasGlitchMu) != 0;
        n->glitchesI0 += (mark[i] & xasGlitchI0) != 0;
        n->edgeFlagged +=
            (mark[i] & xasGlitchMu) && xasGlitchProtected(&edge, c->energy[i]);
        if (c->i0 && !(mark[i] & xasGlitchMu))
            n->i0Min = fmin(n->i0Min, c->i0[i]);
    }
    n->flagged = n->glitches;
    if (status == xasOk)
        status = xasGlitchSpectrum(c->detection, c->energy, c->i0, c->signal,
                                   rows, &edge, mark, out);
    free(mark);
    return status;
}

/* Larch's part is of the spectrum as measured: it knows no glitches. */
static xasStatus findNorm(const options *o, page *p)
{
    const xasXdiChannels *c = &p->xdi->channels;
    xasSpectrum *s = NULL;
    xasStatus status = xasSpectrumCreate(c->detection, c->energy, c->i0,
                                         c->signal, p->xdi->file->n, &s);

    if (status == xasOk)
        p->haveNorm =
            xasNormFind(xasSpectrumEnergy(s), xasSpectrumMu(s),
                        xasSpectrumSize(s), o->e0_eV, &p->norm) == xasOk;
    xasSpectrumDestroy(s);
    return status;
}

static xasStatus analyse(const options *o, page *p, xasMessage *why)
{
    const char *formula = p->xdi->file->formula;
    xasQualityCounts counts;
    xasSpectrum *s = NULL;
    xasStatus status = findNorm(o, p);

    if (status == xasOk)
        status = repaired(p, &counts, &s);
    if (status != xasOk)
        return xasFail(status, why, "%s: no usable points (%s)", o->file,
                       xasStatusText(status));
    status = xasFeaturesFind(s, p->xdi->element, p->xdi->shell, formula,
                             &p->features);
    if (status == xasOk) {
        xasSaturationFlags(s, &p->features, formula, p->features.flags);
        status = xasQualityJudge(s, &p->features, &counts, &p->quality);
    }
    if (status != xasOk)
        (void)xasFail(status, why, "%s: %s", o->file, xasStatusText(status));
    else if (o->svg)
        status = xasctlFigure(o->svg, o->file, s, &p->features, formula, why);
    xasSpectrumDestroy(s);
    return status;
}

/* Does a flag speak of this feature?  "pre_ambiguous" does of "pre_de". */
static bool concerns(const char *flag, const char *feature)
{
    size_t stem = strcspn(feature, "_") + 1;

    if (strcmp(flag, "weak_white_line") == 0 ||
        strcmp(flag, "no_white_line") == 0)
        return strncmp(feature, "wl_", 3) == 0;
    return strncmp(flag, feature, stem) == 0;
}

/* The flags of a list, or of these the ones that concern a feature. */
static void putFlags(xasJson *j, const char *flags, const char *feature)
{
    char copy[XAS_FLAGS_SIZE], *rest = copy, *flag;

    (void)snprintf(copy, sizeof copy, "%s", flags);
    xasJsonOpen(j, "flags", '[');
    while ((flag = strsep(&rest, ";")))
        if (flag[0] && (!feature || concerns(flag, feature)))
            xasJsonText(j, NULL, flag);
    xasJsonClose(j);
}

static void putNorm(xasJson *j, const page *p)
{
    const xasNorm *n = &p->norm;
    bool have = p->haveNorm;

    xasJsonNumber(j, "e0_eV", have ? n->e0_eV : NAN);
    xasJsonNumber(j, "edge_step", have ? n->edge_step : NAN);
    xasJsonNumber(j, "pre_slope_per_eV", have ? n->pre_slope_per_eV : NAN);
    xasJsonNumber(j, "pre_offset", have ? n->pre_offset : NAN);
    xasJsonOpen(j, "norm", '{');
    xasJsonNumber(j, "pre1", have ? n->pre1_eV : NAN);
    xasJsonNumber(j, "pre2", have ? n->pre2_eV : NAN);
    xasJsonNumber(j, "norm1", have ? n->norm1_eV : NAN);
    xasJsonNumber(j, "norm2", have ? n->norm2_eV : NAN);
    if (have)
        xasJsonInt(j, "nnorm", n->nnorm);
    else
        xasJsonNull(j, "nnorm");
    xasJsonClose(j);
}

static void putQuality(xasJson *j, const xasQuality *q)
{
    xasJsonOpen(j, "quality", '{');
    xasJsonNumber(j, "score", q->score);
    xasJsonText(j, "reason", q->reason);
    xasJsonNumber(j, "snr", q->snr);
    xasJsonInt(j, "glitches", q->glitches);
    xasJsonInt(j, "glitches_i0", q->glitchesI0);
    xasJsonNumber(j, "i0_min", q->i0Min);
    xasJsonNumber(j, "spacing_eV", q->spacing_eV);
    xasJsonNumber(j, "pre_eV", q->pre_eV);
    xasJsonNumber(j, "post_eV", q->post_eV);
    xasJsonClose(j);
}

static void printJson(const page *p)
{
    xasJson j;

    xasJsonInit(&j, stdout);
    xasJsonOpen(&j, NULL, '{');
    xasJsonText(&j, "file", p->name);
    xasJsonText(&j, "element", p->features.element);
    xasJsonText(&j, "edge", xasShellName(p->features.shell));
    putNorm(&j, p);
    xasJsonText(&j, "detection", xasDetectionName(p->xdi->channels.detection));
    xasJsonInt(&j, "definitions", XAS_FEATURES_VERSION);
    putFlags(&j, p->features.flags, NULL);
    putQuality(&j, &p->quality);
    xasJsonOpen(&j, "features", '{');
    for (int i = 0; i < xasFeatureCount; i++) {
        xasFeatureId id = (xasFeatureId)i;

        if (xasFeatureShell(id) != p->features.shell)
            continue;
        xasJsonOpen(&j, xasFeatureName(id), '{');
        xasJsonNumber(&j, "value", p->features.value[i]);
        xasJsonNumber(&j, "err", p->features.error[i]);
        putFlags(&j, p->features.flags, xasFeatureName(id));
        xasJsonClose(&j);
    }
    xasJsonClose(&j);
    xasJsonClose(&j);
}

static void number(const char *format, double value)
{
    if (isfinite(value))
        (void)printf(format, value);
    else
        (void)printf("%14s", "-");
}

static void printText(const page *p, xasctlForm form)
{
    const char *tab = form == xasctlTsv ? "\t" : "  ";

    if (form == xasctlText) {
        (void)printf("%s: %s %s, %s, definitions %d\n", p->name,
                     p->features.element, xasShellName(p->features.shell),
                     xasDetectionName(p->xdi->channels.detection),
                     XAS_FEATURES_VERSION);
        if (p->haveNorm)
            (void)printf("E0 %.3f eV, edge step %.6g (as Larch finds them), "
                         "pre-edge %.6g %+.6g E\n",
                         p->norm.e0_eV, p->norm.edge_step, p->norm.pre_offset,
                         p->norm.pre_slope_per_eV);
        (void)printf("flags: %s\n",
                     p->features.flags[0] ? p->features.flags : "none");
        (void)printf("quality %.0f of 100: %s\n\n", p->quality.score,
                     p->quality.reason);
    }
    (void)printf("%-14s%s%14s%s%14s%s%s\n", "feature", tab, "value", tab,
                 "error", tab, "unit");
    for (int i = 0; i < xasFeatureCount; i++) {
        xasFeatureId id = (xasFeatureId)i;

        if (xasFeatureShell(id) != p->features.shell)
            continue;
        (void)printf("%-14s%s", xasFeatureName(id), tab);
        number("%14.6f", p->features.value[i]);
        (void)fputs(tab, stdout);
        number("%14.2e", p->features.error[i]);
        (void)printf("%s%s\n", tab, xasFeatureUnit(id));
    }
}

static int run(xasctl *ctl, int argc, char **argv)
{
    static const struct argp argp = {
        optionList,
        parse,
        "FILE",
        "Find the features of a spectrum in a file of columns (XDI).",
        NULL,
        NULL,
        NULL
    };
    options o = { .e0_eV = NAN };
    xasctlXdi xdi;
    page p = { .xdi = &xdi };
    xasMessage why = { "" };
    xasStatus status;

    xasctlParse(ctl, &argp, argc, argv, &o);
    if (xasctlXdiOpen(o.file, &o.told, &xdi, &why) != xasOk)
        return xasctlFail("%s", why.text);
    p.name = o.file;
    status = analyse(&o, &p, &why);
    if (status == xasOk && ctl->form == xasctlJson)
        printJson(&p);
    else if (status == xasOk)
        printText(&p, ctl->form);
    xasctlXdiClose(&xdi);
    return status == xasOk ? xasctlDone : xasctlFail("%s", why.text);
}

const xasctlCommand xasctlFeatures = { "features", "find features in a file",
                                       run };
