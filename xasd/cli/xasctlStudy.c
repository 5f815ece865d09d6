/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlStudy.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "xasctlScore.h"

const char *xasctlTargetWord(xasBasis basis)
{
    static const char *const words[xasBasisCount] = { "formula", "metal",
                                                      "atoms" };

    return (unsigned)basis < xasBasisCount ? words[basis] : "";
}

xasBasis xasctlTargetOf(const char *word)
{
    int k = 0;

    while (k < xasBasisCount &&
           strcmp(word, xasctlTargetWord((xasBasis)k)) != 0)
        k++;
    return (xasBasis)k;
}

const char *xasctlUnitOf(xasBasis basis)
{
    switch (basis) {
    case xasBasisMetal: return " of metal atoms";
    case xasBasisAtoms: return " of atoms";
    default: return "";
    }
}

static void printLess(const char *name, const xasPaired *p)
{
    (void)printf(
        "  %-43s %+7.2f +- %.2f kJ/mol%s\n", name, p->difference, p->se,
        !(fabs(p->difference) > 2 * p->se) ? ": no difference shown" : "");
}

static void printFigures(const xasStudy *s)
{
    const xasFigures *f = s->figures;

    if (!f) {
        (void)printf("\n  No comparison with the composition: %s\n",
                     s->why.text);
        return;
    }
    (void)fputs("\n", stdout);
    xasctlScoreHead("the same samples and folds");
    xasctlScoreText("mean, per mole of atoms", &f->score[xasFigureMean]);
    xasctlScoreText("composition only", &f->score[xasFigureComposition]);
    xasctlScoreText("spectrum only: relative columns and Z",
                    &f->score[xasFigureSpectrum]);
    xasctlScoreText("both: composition, then spectrum",
                    &f->score[xasFigureBoth]);
    (void)printf("  %zu samples whose formula can be counted; mean difference "
                 "of |error|:\n",
                 f->n);
    printLess("both less composition",
              &f->less[xasFigureBoth][xasFigureComposition]);
    printLess("spectrum less composition",
              &f->less[xasFigureSpectrum][xasFigureComposition]);
    printLess("spectrum less mean", &f->less[xasFigureSpectrum][xasFigureMean]);
}

static void printTest(const char *question, const xasPermuted *p)
{
    if (p->shuffles && isfinite(p->p))
        (void)printf("  %-43s p = %.4g  (MAE %.2f; %zu of %zu shuffles as "
                     "good, median %.2f)\n",
                     question, p->p, p->mae, p->atLeastAsGood, p->shuffles,
                     p->median);
    else
        (void)printf("  %-43s not tested\n", question);
}

static void printGroups(const char *what, const xasTransfer *t,
                        const xasModel *m)
{
    const xasFigures *f = t->figures;

    if (!t->known) {
        (void)printf("\n  Leave one %s out: %zu of them are too few\n", what,
                     t->nGroups);
        return;
    }
    (void)printf("\n  Leave one %s out (MAE, kJ/mol; does it carry over to "
                 "what it never saw?)\n  model %.2f (R2 %.3f), mean %.2f",
                 what, t->score.mae, t->score.r2, t->baseline.mae);
    if (f)
        (void)printf("; composition %.2f, spectrum %.2f, both %.2f",
                     f->score[xasFigureComposition].mae,
                     f->score[xasFigureSpectrum].mae,
                     f->score[xasFigureBoth].mae);
    (void)fputs("\n   ", stdout);
    for (size_t g = 0; g < t->nGroups; g++) {
        double sum = 0;
        size_t n = 0, k = 0;

        for (size_t i = 0; i < t->n; i++) {
            bool has = isfinite(t->pred[i]);

            if (t->groupOf[i] == g && has) {
                sum += fabs(t->pred[i] - m->y[k]);
                n++;
            }
            k += has;
        }
        if (n)
            (void)printf(" %s %.0f (%zu)", t->name[g], sum / (double)n, n);
    }
    (void)fputs("\n", stdout);
}

static void printVariants(const xasStudy *s)
{
    size_t least = SIZE_MAX, most = 0;

    if (!s->nVariants)
        return;
    (void)fputs("\n", stdout);
    xasctlScoreHeadN("other ways, same folds");
    for (size_t k = 0; k < s->nVariants; k++) {
        const xasVariant *v = &s->variant[k];
        char name[64];

        (void)snprintf(name, sizeof name, "%s, per %s%s",
                       xasMethodName(v->method), xasBasisName(v->basis),
                       v->composition ? ", composition first" : "");
        if (v->made)
            xasctlScoreTextN(name, &v->score, v->n);
        else
            (void)printf("  %-43s not possible\n", name);
        least = v->made && v->n < least ? v->n : least;
        most = v->made && v->n > most ? v->n : most;
    }
    if (least < most)
        (void)printf("  N differs: figures of other samples do not compare\n");
    (void)printf("  %zu ways were tried: the best of them looks better than it "
                 "is\n",
                 s->nVariants);
}

/* The report this method comes from; its spectra are not public. */
static void printSource(void)
{
    (void)fputs(
        "\n  For orientation, the source's own figures (15 halides of Fe..Cu, "
        "features\n  selected once, so to be compared with select-once; FS 968 "
        "kJ/mol):\n"
        "  K edge, 8 features                            0.827     91.6        "
        " "
        "      9.46\n"
        "  K and L edges, 3 + 5 features                 0.985     28.6        "
        " "
        "      2.95\n",
        stdout);
}

static void printConverted(const xasModel *m, const char *const *converted)
{
    bool any = false;

    for (size_t i = 0; converted && i < m->n; i++) {
        if (!converted[i][0])
            continue;
        (void)printf("%s  %s: %.1f kJ/mol, from %s\n",
                     any ? "" : "\n  targets that are not the table's own:\n",
                     m->id[i], m->y[i], converted[i]);
        any = true;
    }
}

void xasctlStudyText(const xasModel *m, const xasctlStudied *of)
{
    const xasStudy *s = of->study;

    printFigures(s);
    (void)fputs("\n", stdout);
    printTest("does the model know anything?", &s->targets);
    printTest("does the spectrum add to the formula?", &s->spectra);
    printGroups("element", &s->element, m);
    printGroups("ligand class", &s->ligand, m);
    printVariants(s);
    printSource();
    printConverted(m, of->converted);
    for (size_t i = 0; i < of->warnings->n; i++)
        (void)printf("%s  Warning: %s\n", i ? "" : "\n", of->warnings->text[i]);
    if (of->warnings->unsaid)
        (void)printf("  Warning: and %zu more\n", of->warnings->unsaid);
}

static void putLess(xasJson *j, const xasFigures *f, xasFigureId a,
                    xasFigureId b)
{
    const xasPaired *p = &f->less[a][b];

    xasJsonOpen(j, NULL, '{');
    xasJsonText(j, "of", xasFigureName(a));
    xasJsonText(j, "less", xasFigureName(b));
    xasJsonNumber(j, "mae_difference", p->difference);
    xasJsonNumber(j, "se", p->se);
    xasJsonInt(j, "compounds", (int64_t)p->n);
    xasJsonClose(j);
}

static void putFigures(xasJson *j, const char *key, const xasFigures *f,
                       const xasModel *m)
{
    if (!f) {
        xasJsonNull(j, key);
        return;
    }
    xasJsonOpen(j, key, '{');
    xasJsonInt(j, "n", (int64_t)f->n);
    xasJsonInt(j, "folds", (int64_t)f->nFolds);
    if (m) {
        xasJsonOpen(j, "row", '[');
        for (size_t i = 0; i < f->n; i++)
            xasJsonInt(j, NULL, (int64_t)f->row[i]);
        xasJsonClose(j);
    }
    for (int k = 0; k < xasFigureCount; k++)
        xasctlScoreJson(j, xasFigureName((xasFigureId)k), &f->score[k],
                        m ? f->pred[k] : NULL, f->n);
    xasJsonOpen(j, "differences", '[');
    for (int a = xasFigureCount - 1; a > 0; a--)
        for (int b = a - 1; b >= 0; b--)
            putLess(j, f, (xasFigureId)a, (xasFigureId)b);
    xasJsonClose(j);
    xasJsonClose(j);
}

static void putTest(xasJson *j, const char *key, const xasPermuted *p)
{
    if (!p->shuffles || !isfinite(p->p)) {
        xasJsonNull(j, key);
        return;
    }
    xasJsonOpen(j, key, '{');
    xasJsonNumber(j, "p", p->p);
    xasJsonNumber(j, "mae", p->mae);
    xasJsonInt(j, "shuffles", (int64_t)p->shuffles);
    xasJsonInt(j, "at_least_as_good", (int64_t)p->atLeastAsGood);
    xasJsonNumber(j, "median", p->median);
    xasJsonNumber(j, "best", p->best);
    xasJsonClose(j);
}

static void putGroups(xasJson *j, const char *key, const xasTransfer *t)
{
    if (!t->known) {
        xasJsonNull(j, key);
        return;
    }
    xasJsonOpen(j, key, '{');
    xasJsonInt(j, "groups", (int64_t)t->nGroups);
    xasctlScoreJson(j, "model", &t->score, t->pred, t->n);
    xasctlScoreJson(j, "baseline", &t->baseline, NULL, 0);
    putFigures(j, "figures", t->figures, NULL);
    xasJsonOpen(j, "group", '[');
    for (size_t i = 0; i < t->n; i++)
        xasJsonText(j, NULL, t->name[t->groupOf[i]]);
    xasJsonClose(j);
    xasJsonClose(j);
}

static void putVariants(xasJson *j, const xasStudy *s)
{
    if (!s->nVariants)
        return;
    xasJsonOpen(j, "variants", '[');
    for (size_t k = 0; k < s->nVariants; k++) {
        const xasVariant *v = &s->variant[k];

        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "method", xasMethodName(v->method));
        xasJsonText(j, "target", xasctlTargetWord(v->basis));
        xasJsonBool(j, "composition", v->composition);
        xasJsonInt(j, "n", (int64_t)v->n);
        if (v->made)
            xasctlScoreJson(j, "nested", &v->score, NULL, 0);
        else
            xasJsonNull(j, "nested");
        xasJsonClose(j);
    }
    xasJsonClose(j);
}

static void putConverted(xasJson *j, const xasModel *m,
                         const char *const *converted)
{
    xasJsonOpen(j, "converted", '{');
    for (size_t i = 0; converted && i < m->n; i++)
        if (converted[i][0])
            xasJsonText(j, m->id[i], converted[i]);
    xasJsonClose(j);
}

static void putSource(xasJson *j)
{
    static const struct {
        const char *kind;
        double r2, mae, pct_fs;
        int features;
    } rows[] = { { "K", 0.827, 91.6, 9.46, 8 },
                 { "K+L", 0.985, 28.6, 2.95, 8 } };

    xasJsonOpen(j, "source", '[');
    for (size_t i = 0; i < 2; i++) {
        xasJsonOpen(j, NULL, '{');
        xasJsonText(j, "kind", rows[i].kind);
        xasJsonInt(j, "n", 15);
        xasJsonInt(j, "features", rows[i].features);
        xasJsonNumber(j, "r2", rows[i].r2);
        xasJsonNumber(j, "mae", rows[i].mae);
        xasJsonNumber(j, "pct_fs", rows[i].pct_fs);
        xasJsonText(j, "selection", "once");
        xasJsonClose(j);
    }
    xasJsonClose(j);
}

void xasctlStudyJson(xasJson *j, const xasModel *m, const xasctlStudied *of)
{
    const xasStudy *s = of->study;

    if (s->targets.shuffles)
        xasJsonNumber(j, "permutation_p", s->targets.p);
    else
        xasJsonNull(j, "permutation_p");
    xasJsonOpen(j, "permutation", '{');
    xasJsonInt(j, "seed", (int64_t)of->options->seed);
    putTest(j, "targets", &s->targets);
    putTest(j, "spectra", &s->spectra);
    xasJsonClose(j);
    putFigures(j, "figures", s->figures, m);
    if (!s->figures)
        xasJsonText(j, "figures_why", s->why.text);
    putGroups(j, "leave_one_element_out", &s->element);
    putGroups(j, "leave_one_ligand_out", &s->ligand);
    putVariants(j, s);
    putSource(j);
    putConverted(j, m, of->converted);
    if (of->common) {
        xasJsonInt(j, "common_n", (int64_t)of->nCommon);
        xasctlScoreJson(j, "common", of->common, NULL, 0);
    }
    xasJsonOpen(j, "warnings", '[');
    for (size_t i = 0; i < of->warnings->n; i++)
        xasJsonText(j, NULL, of->warnings->text[i]);
    xasJsonClose(j);
}
