/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasCut.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"
#include "xasSamplePredict.h"
#include "xasStoreScan.h"

/* Stations that measure at a time, nearly. */
enum { places = 8 };

/** Rows found once. */
typedef struct place {
    xasKind kind;
    xasCutAt at;
    xasCutFound found;
    size_t *row; /* NULL: nothing is here */
    double *x;
    uint64_t used; /* when, to drop the one used longest ago */
} place;

struct xasCutter {
    place place[places];
    uint64_t clock;
};

xasStatus xasCutterCreate(xasCutter **out)
{
    *out = calloc(1, sizeof **out);
    return *out ? xasOk : xasErrMemory;
}

static void clear(place *p)
{
    free(p->row);
    free(p->x);
    memset(p, 0, sizeof *p);
}

void xasCutterDestroy(xasCutter *c)
{
    for (int i = 0; c && i < places; i++)
        clear(&c->place[i]);
    free(c);
}

void xasCutterForget(xasCutter *c, xasKind kind)
{
    for (int i = 0; i < places; i++)
        if (c->place[i].kind == kind)
            clear(&c->place[i]);
}

/* Further out there is nothing that features are made from: DEFINITIONS.md,
 * sections 2 and 3. */
static xasCutAt within(const xasCutAt *at)
{
    static const double most_eV[2][2] = { { -150, 400 }, { -50, 60 } };
    const double *most = most_eV[at->shell == xasShellL];

    return (xasCutAt){ at->shell, fmax(at->low_eV, most[0]),
                       fmin(at->high_eV, most[1]) };
}

/* How much further out a limit may be for the same rows to do. */
static double stepAt(double limit_eV)
{
    return fmax(5, 0.1 * fabs(limit_eV));
}

static bool does(const place *p, xasKind kind, const xasCutAt *at)
{
    return p->row && p->kind == kind && p->at.shell == at->shell &&
           at->high_eV >= p->at.high_eV &&
           at->high_eV < p->at.high_eV + stepAt(p->at.high_eV) &&
           at->low_eV <= p->at.low_eV &&
           at->low_eV > p->at.low_eV - stepAt(p->at.low_eV);
}

/* As it was stored, on the axis that its calibration gave it. */
static xasStatus readSpectrum(xasStore *store, int64_t row, xasScan **scan,
                              xasResult *result, xasSpectrum **out)
{
    xasStatus status = xasStoreScanRead(store, row, scan);

    if (status == xasOk)
        status = xasStoreFeaturesRead(store, row, result);
    if (status == xasOk)
        status = xasScanSpectrum(*scan, out);
    if (status == xasOk)
        xasSpectrumShift(*out, result->calibration.shift_eV);
    return status;
}

/* *good: cut there, it still has an edge. */
static xasStatus findCut(xasSpectrum *s, const xasScan *scan,
                         const xasCutAt *at, xasFeatures *f, bool *good)
{
    xasEdgeEnergies er;
    bool isL = at->shell == xasShellL;
    xasStatus status = xasErrArg;

    *good = false;
    if (f->shell != at->shell || xasEdgeLookUp(f->element, &er) ||
        !xasSpectrumCut(s, (isL ? er.l3_eV : er.k_eV) + at->low_eV,
                        (isL ? er.l2_eV : er.k_eV) + at->high_eV))
        return xasOk;
    status = xasFeaturesFindRunning(
        s, f->element, f->shell,
        xasFormulaOfSample(scan->formula, scan->sample, f->element), f);
    *good = status == xasOk && !xasSampleRefused(f)[0];
    return status;
}

/* The features of the edge that is measured; what else there is, as it was. */
static void setRow(const xasModel *m, size_t row, const xasFeatures *f,
                   double *x)
{
    for (size_t j = 0; j < m->p; j++) {
        xasFeatureId id = xasFeatureFromName(m->column[j]);
        bool own = id != xasFeatureCount && xasFeatureShell(id) == f->shell;

        x[j] = own ? f->value[id] : m->x[row * m->p + j];
    }
}

/* What is not to be had of one scan leaves its row without. */
static xasStatus addScan(xasStore *store, const xasModel *m,
                         const xasModelScan *of, place *p)
{
    xasScan *scan = NULL;
    xasSpectrum *s = NULL;
    xasResult result;
    size_t *n = &p->found.rows.n;
    bool good = false;
    xasStatus status;

    xasResultClear(&result);
    status = readSpectrum(store, of->scan, &scan, &result, &s);
    if (status == xasOk)
        status = findCut(s, scan, &p->at, &result.features, &good);
    if (good) {
        setRow(m, of->row, &result.features, p->x + *n * m->p);
        p->row[(*n)++] = of->row;
    }
    xasSpectrumDestroy(s);
    xasScanDestroy(scan);
    return status == xasErrMemory || status == xasErrBusy || status == xasErrIo
               ? status
               : xasOk;
}

/* The scans are in the order of rows. */
static xasStatus addAll(xasStore *store, const xasModel *m,
                        const xasModelScan *scan, size_t n, place *p)
{
    xasStatus status = xasOk;
    size_t here = 0;

    for (size_t i = 0; i < n && status == xasOk; i++) {
        size_t before = p->found.rows.n;
        bool first = !i || scan[i].row != scan[i - 1].row;

        if (scan[i].row >= m->n)
            continue;
        here += first;
        status = addScan(store, m, &scan[i], p);
        p->found.alike += p->found.rows.n > before &&
                          (!before || p->row[before - 1] != scan[i].row);
    }
    p->found.refused = here - p->found.alike;
    p->found.absent = m->n - here;
    return status;
}

static xasStatus fill(xasStore *store, const xasModelHead *head,
                      const xasModel *m, place *p)
{
    xasModelScan *scan = NULL;
    size_t n = 0;
    xasStatus status =
        xasStoreModelScans(store, head->row, p->at.shell, &scan, &n);

    if (status == xasOk) {
        p->row = malloc((n + 1) * sizeof *p->row);
        p->x = malloc((n * m->p + 1) * sizeof *p->x);
        status = p->row && p->x ? addAll(store, m, scan, n, p) : xasErrMemory;
    }
    free(scan);
    p->found.rows.row = p->row;
    p->found.rows.x = p->x;
    return status;
}

static place *longestUnused(xasCutter *c)
{
    place *p = &c->place[0];

    for (int i = 1; i < places; i++)
        if (c->place[i].used < p->used)
            p = &c->place[i];
    return p;
}

xasStatus xasCutterFind(xasCutter *c, xasStore *store, const xasModelHead *head,
                        const xasModel *model, const xasCutAt *where,
                        xasCutFound *out)
{
    const xasCutAt at = within(where);
    place *p = NULL;
    xasStatus status = xasOk;

    if (model->n > XAS_CUT_MOST) {
        *out = (xasCutFound){ .refused = model->n };
        return xasOk;
    }
    for (int i = 0; i < places && !p; i++)
        if (does(&c->place[i], head->kind, &at))
            p = &c->place[i];
    if (!p) {
        p = longestUnused(c);
        clear(p);
        p->kind = head->kind;
        p->at = at;
        status = fill(store, head, model, p);
    }
    if (status) {
        clear(p);
        return status;
    }
    p->used = ++c->clock;
    *out = p->found;
    return xasOk;
}
