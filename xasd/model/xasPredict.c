/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasOls.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Rank k of N+1 that covers at least `level`. The slack keeps 0.8125 * 16 at
 * 13 whatever the last bit. */
static size_t rankOf(double level, size_t n)
{
    double k = ceil(level * (double)(n + 1) - 1e-9);

    return k < 1 ? 1 : (size_t)k;
}

/** The row to be predicted, or one of training in its place. */
typedef struct query {
    const double *x, *er_eV;
    const xasComposition *of; /* NULL where the model needs none */
    double scale;             /* of the value, to the unit learned */
    double *residual; /* [n] of the training rows, in the unit learned */
} query;

/* A fold's value (nFolds: that of all rows), in the unit learned. */
static double valueOf(const xasModel *m, size_t fold, const query *q,
                      xasTaken *taken)
{
    const xasLinear *linear = fold < m->nFolds ? &m->fold[fold] : &m->all;
    double value = xasLinearAt(linear, q->x, q->er_eV, taken);

    return m->base ? value + xasCompositionAt(&m->base[fold], q->of) : value;
}

/* How far off the fold without it is for a training row whose features are
 * others now; infinite where it cannot say. */
static double residualOf(const xasModel *m, size_t row, const double *x)
{
    query as = { x, m->er_eV + row * xasErCount, m->of ? &m->of[row] : NULL, 1,
                 NULL };
    double r =
        fabs(m->y[row] / m->scale[row] - valueOf(m, m->foldOf[row], &as, NULL));

    return isfinite(r) ? r : INFINITY;
}

/* Whether any row of `cut` stands for it; then r is raised to the largest. */
static bool cutResidual(const xasModel *m, const xasCutRows *cut, size_t row,
                        double *r)
{
    bool any = false;

    for (size_t i = 0; cut && i < cut->n; i++)
        if (cut->row[i] == row) {
            *r = fmax(*r, residualOf(m, row, cut->x + i * m->p));
            any = true;
        }
    return any;
}

/* Of all rows: as they are, and as the incomplete one they are compared with
 * is.   \param gapped  [p] scratch */
static void findResiduals(const xasModel *m, const xasAsked *asked,
                          double *gapped, double *residual)
{
    for (size_t i = 0; i < m->n; i++) {
        residual[i] = fabs(m->y[i] - m->predNested[i]) / m->scale[i];
        if (!asked->incomplete || cutResidual(m, asked->cut, i, &residual[i]))
            continue;
        for (size_t j = 0; j < m->p; j++)
            gapped[j] = isfinite(asked->x[j]) ? m->x[i * m->p + j] : NAN;
        residual[i] = fmax(residual[i], residualOf(m, i, gapped));
    }
}

/* Largest residual of a compound's rows: one measured often counts once.
 * \param[out] fold  that left it out */
static double residual(const xasModel *m, size_t compound, const query *q,
                       size_t *fold)
{
    double largest = 0;

    for (size_t i = 0; i < m->n; i++)
        if (m->compoundOf[i] == compound) {
            largest = fmax(largest, q->residual[i]);
            *fold = m->foldOf[i];
        }
    return largest;
}

/* lo and hi of all compounds but `skip` (nCompounds: of all); with a skipped
 * one all residuals stand around its value. */
static xasStatus interval(const xasModel *m, const query *q, double level,
                          size_t skip, xasPrediction *out)
{
    double *lo = malloc(2 * m->nCompounds * sizeof *lo), *hi;
    size_t n = 0, k, last = m->nFolds;
    double atLast = NAN;

    if (!lo)
        return xasErrMemory;
    hi = lo + m->nCompounds;
    for (size_t c = 0; c < m->nCompounds; c++) {
        size_t fold = 0;
        double centre = out->value / q->scale, r = residual(m, c, q, &fold);

        if (c == skip)
            continue;
        if (skip == m->nCompounds) {
            if (fold != last)
                atLast = valueOf(m, fold, q, NULL);
            last = fold;
            centre = atLast;
        }
        lo[n] = (centre - r) * q->scale;
        hi[n++] = (centre + r) * q->scale;
    }
    qsort(lo, n, sizeof *lo, ascending);
    qsort(hi, n, sizeof *hi, ascending);
    k = rankOf(level, n);
    out->nFolds = n;
    out->level = k > n ? 1 : (double)k / (double)(n + 1);
    out->lo = k > n ? -INFINITY : lo[n - k];
    out->hi = k > n ? INFINITY : hi[k - 1];
    free(lo);
    return xasOk;
}

/* Nearest training row that the predictor has not left out, and leverage.
 * work [all.n] */
static void place(const xasModel *m, const double *x, const double *er_eV,
                  size_t skip, double *work, xasPrediction *out)
{
    double nearest = INFINITY;

    for (size_t k = 0; k < m->all.n; k++) {
        const xasTerm *t = &m->all.term[k];

        work[k] = (xasTermValue(t, x, er_eV) - t->mean) / t->sd;
    }
    out->nearest = m->n;
    for (size_t i = 0; i < m->n; i++) {
        double sum = 0;

        for (size_t k = 0; k < m->all.n; k++) {
            double z = work[k] - m->z[i * m->all.n + k];

            sum += z * z;
        }
        if (m->compoundOf[i] != skip && sum < nearest) {
            nearest = sum;
            out->nearest = i;
        }
    }
    if (!m->all.n)
        out->nearest = m->n;
    out->distance = m->all.n ? sqrt(nearest / (double)m->all.n) : NAN;
    out->leverage = xasModelLeverage(m, work);
}

/** Which scan's energy axis a column moves with, eV per eV. */
typedef enum axis { axisNone, axisK, axisL } axis;

static axis axisOf(const char *column)
{
    static const char *const k[] = { "edge_dr", "wl_dr",  "pre_dr", "sh_dr",
                                     "post_dr", "edge_e", "wl_e",   "pre_e",
                                     "sh_e",    "post_e" };
    static const char *const l[] = { "l3_dr", "l2_dr", "l3_e", "l2_e" };

    for (size_t i = 0; i < sizeof k / sizeof *k; i++)
        if (strcmp(column, k[i]) == 0)
            return axisK;
    for (size_t i = 0; i < sizeof l / sizeof *l; i++)
        if (strcmp(column, l[i]) == 0)
            return axisL;
    return axisNone;
}

/* Into the list of the largest; what falls out goes to the rest. */
static void contribute(xasPrediction *p, size_t column, double value)
{
    size_t at = p->nContributions;

    while (at > 0 && fabs(p->contribution[at - 1].value) < fabs(value))
        at--;
    if (at == XAS_CONTRIBUTIONS) {
        p->rest += value;
        return;
    }
    if (p->nContributions == XAS_CONTRIBUTIONS)
        p->rest += p->contribution[XAS_CONTRIBUTIONS - 1].value;
    else
        p->nContributions++;
    for (size_t i = p->nContributions - 1; i > at; i--)
        p->contribution[i] = p->contribution[i - 1];
    p->contribution[at] = (xasContribution){ column, value };
}

/* What each column adds, and what the energies' being wrong would do.  A
 * filled or clipped value stays where it is. */
static void explain(const xasModel *m, size_t fold, const query *q,
                    xasPrediction *p)
{
    const xasLinear *linear = fold < m->nFolds ? &m->fold[fold] : &m->all;

    p->centre = linear->intercept;
    if (m->base)
        p->centre += xasCompositionAt(&m->base[fold], q->of);
    p->centre *= q->scale;
    for (size_t i = 0; i < linear->n; i++) {
        const xasTerm *t = &linear->term[i];
        double value = xasTermValue(t, q->x, q->er_eV);
        double inside = fmin(fmax(value, t->lo), t->hi);
        double slope = t->coefficient * q->scale;
        axis moved = axisOf(m->column[t->column]);

        p->centre += slope * t->mean;
        contribute(p, t->column, slope * (inside - t->mean));
        if (!isfinite(q->x[t->column]) || inside != value)
            continue;
        p->by_k_eV += moved == axisK ? slope : 0;
        p->by_l_eV += moved == axisL ? slope : 0;
    }
}

/* Names of the clipped columns; "..." where the text ends. */
static void nameClipped(const xasModel *m, const xasLinear *linear,
                        const double *x, const double *er_eV, char *out)
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < linear->n; i++) {
        const xasTerm *t = &linear->term[i];
        double value = xasTermValue(t, x, er_eV);
        const char *name = m->column[t->column];
        size_t length = strlen(name);

        if (value >= t->lo && value <= t->hi)
            continue;
        if (used + length + 6 > XAS_CLIPPED_SIZE) {
            memcpy(out + used, used ? ";..." : "...", used ? 5 : 4);
            return;
        }
        if (used)
            out[used++] = ';';
        memcpy(out + used, name, length + 1);
        used += length;
    }
}

/* A compound's number and fold; the counts of them if it is not in
 * training. */
static size_t compoundOf(const xasModel *m, const char *compound, size_t *fold)
{
    *fold = m->nFolds;
    for (size_t i = 0; compound && i < m->n; i++)
        if (strcmp(m->compound[i], compound) == 0) {
            *fold = m->foldOf[i];
            return m->compoundOf[i];
        }
    return m->nCompounds;
}

static xasStatus predict(const xasModel *m, const query *q, double level,
                         size_t skip, size_t fold, xasPrediction *out)
{
    const xasLinear *linear = fold < m->nFolds ? &m->fold[fold] : &m->all;
    xasPrediction p = { .n = m->n, .leftOut = fold < m->nFolds };
    xasTaken taken;
    xasStatus status;
    double *work;

    p.value = q->scale * valueOf(m, fold, q, &taken);
    p.nMissing = (int)taken.missing;
    if (linear->n && taken.missing == linear->n)
        return xasErrNotFound;
    if (taken.unfilled)
        return xasErrNaN;
    work = malloc((m->all.n + 1) * sizeof *work);
    if (!work)
        return xasErrMemory;
    for (size_t i = 0; i < m->n; i++)
        p.n -= m->foldOf[i] == fold;
    place(m, q->x, q->er_eV, skip, work, &p);
    free(work);
    explain(m, fold, q, &p);
    nameClipped(m, linear, q->x, q->er_eV, p.clipped);
    status = interval(m, q, level, skip, &p);
    if (!status)
        *out = p;
    return status;
}

xasStatus xasModelAsk(const xasModel *m, const xasAsked *asked,
                      xasPrediction *out)
{
    size_t fold, skip = compoundOf(m, asked->compound, &fold);
    query q = { asked->x, asked->er_eV, asked->of, 1, NULL };
    xasStatus status;

    if (!(asked->level > 0 && asked->level < 1))
        return xasErrArg;
    q.scale = xasBasisScale(m->options.basis, q.of);
    if (!(q.scale > 0) || (m->base && !(q.of && q.of->n_atoms > 0)))
        return xasErrState;
    for (size_t i = 0; asked->cut && i < asked->cut->n; i++)
        if (asked->cut->row[i] >= m->n)
            return xasErrArg;
    q.residual = malloc((m->n + m->p) * sizeof *q.residual);
    if (!q.residual)
        return xasErrMemory;
    findResiduals(m, asked, q.residual + m->n, q.residual);
    status = predict(m, &q, asked->level, skip, fold, out);
    free(q.residual);
    return status;
}

xasStatus xasModelPredict(const xasModel *m, const double *x,
                          const double *er_eV, double level,
                          const char *compound, xasPrediction *out)
{
    xasAsked q = {
        .x = x, .er_eV = er_eV, .level = level, .compound = compound
    };

    return xasModelAsk(m, &q, out);
}
