/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasDerive.h"

bool xasDeriveIsAbsolute(const char *column)
{
    static const char *const absolute[] = {
        "wl_i", "pre_i",  "sh_i", "post_i", "edge_e", "wl_e", "pre_e",
        "sh_e", "post_e", "l3_i", "l2_i",   "l3_e",   "l2_e"
    };

    for (size_t i = 0; i < sizeof absolute / sizeof *absolute; i++)
        if (strcmp(column, absolute[i]) == 0)
            return true;
    return false;
}

/** The arrays on the way, as the table will hold them. */
typedef struct made {
    const char **id, **compound, **column;
    double *x, *y, *er;
    size_t *from; /* [p] column of the source; its p is Z */
} made;

static xasStatus reserve(size_t n, size_t p, made *m, xasDerived *out)
{
    m->id = calloc(n + 1, sizeof *m->id);
    m->compound = calloc(n + 1, sizeof *m->compound);
    m->column = calloc(p + 1, sizeof *m->column);
    m->x = calloc(n * (p + 1) + 1, sizeof *m->x);
    m->y = calloc(n + 1, sizeof *m->y);
    m->er = calloc(n * xasErCount + 1, sizeof *m->er);
    m->from = calloc(p + 1, sizeof *m->from);
    out->table = (xasTable){ .id = m->id,
                             .compound = m->compound,
                             .column = m->column,
                             .x = m->x,
                             .y = m->y,
                             .er_eV = m->er };
    out->of = calloc(n + 1, sizeof *out->of);
    out->row = calloc(n + 1, sizeof *out->row);
    return m->id && m->compound && m->column && m->x && m->y && m->er &&
                   m->from && out->of && out->row
               ? xasOk
               : xasErrMemory;
}

static void chooseColumns(const xasTable *t, bool relative, made *m,
                          xasDerived *out)
{
    size_t p = 0;

    for (size_t j = 0; j < t->p; j++) {
        if (relative && xasDeriveIsAbsolute(t->column[j]))
            continue;
        m->column[p] = t->column[j];
        m->from[p++] = j;
    }
    if (relative) {
        m->column[p] = "Z";
        m->from[p++] = t->p;
    }
    out->table.p = p;
}

static void copyRow(const xasStudied *s, const char *const *group, size_t i,
                    made *m, xasDerived *out)
{
    const xasTable *t = s->table;
    size_t n = out->table.n++, p = out->table.p;

    m->id[n] = t->id[i];
    m->compound[n] = group ? group[i] : t->compound[i];
    m->y[n] = t->y[i];
    for (size_t k = 0; k < xasErCount; k++)
        m->er[n * xasErCount + k] =
            t->er_eV ? t->er_eV[i * xasErCount + k] : NAN;
    for (size_t j = 0; j < p; j++)
        m->x[n * p + j] = m->from[j] < t->p ? t->x[i * t->p + m->from[j]]
                          : s->z[i]         ? s->z[i]
                                            : s->of[i].z;
    out->of[n] = s->of[i];
    out->row[n] = i;
}

xasStatus xasDerive(const xasStudied *from, const char *const *group,
                    xasBasis basis, xasDerived *out)
{
    const xasTable *t = from->table;
    xasDerived d = { .of = NULL };
    made m = { .from = NULL };
    xasStatus status = reserve(t->n, t->p + 1, &m, &d);

    if (!status) {
        chooseColumns(t, basis == xasBasisAtoms, &m, &d);
        for (size_t i = 0; i < t->n; i++)
            if (xasBasisScale(basis, &from->of[i]) > 0)
                copyRow(from, group, i, &m, &d);
        status = d.table.n < 5 ? xasErrRange : xasOk;
    }
    free(m.from);
    if (status)
        xasDerivedClear(&d);
    else
        *out = d;
    return status;
}

void xasDerivedClear(xasDerived *d)
{
    free((void *)d->table.id);
    free((void *)d->table.compound);
    free((void *)d->table.column);
    free((void *)d->table.x);
    free((void *)d->table.y);
    free((void *)d->table.er_eV);
    free(d->of);
    free(d->row);
    *d = (xasDerived){ .of = NULL };
}
