/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlMatrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFeatures.h"

static const char *const headNames[] = {
    "id", "compound", "element", "er_K", "er_L3", "er_L2", "dHf_kJ_per_mol"
};

enum {
    headId,
    headCompound,
    headElement,
    headErK,
    headErL3,
    headErL2,
    headTarget,
    nHead,
    absent = -1
};

/** Where the head's columns are in the file; absent or an index. */
typedef struct places {
    long of[nHead];
} places;

static bool isHead(const char *name)
{
    for (int i = 0; i < nHead; i++)
        if (strcmp(name, headNames[i]) == 0)
            return true;
    return false;
}

static xasStatus findPlaces(const xasTsv *t, const char *file, places *p,
                            xasMessage *message)
{
    for (int i = 0; i < nHead; i++) {
        size_t column;

        p->of[i] = xasTsvColumn(t, headNames[i], &column) == xasOk
                       ? (long)column
                       : absent;
        if (p->of[i] == absent &&
            (i == headId || i == headCompound || i == headTarget))
            return xasFail(xasErrFormat, message, "%s: no column %s", file,
                           headNames[i]);
    }
    return xasOk;
}

static xasStatus number(const xasTsv *t, const char *file, size_t row,
                        size_t column, double *out, xasMessage *message)
{
    if (xasTsvNumber(t, row, column, out) == xasOk)
        return xasOk;
    return xasFail(xasErrFormat, message, "%s:%zu: %s \"%s\" is no number",
                   file, t->line[row], t->name[column],
                   xasTsvCell(t, row, column));
}

static xasStatus readEr(const xasTsv *t, const char *file, size_t row,
                        const places *p, double *er, xasMessage *message)
{
    xasEdgeEnergies e = { NAN, NAN, NAN };
    double *const into[xasErCount] = { &e.k_eV, &e.l3_eV, &e.l2_eV };
    xasStatus status = xasOk;

    if (p->of[headElement] != absent) {
        const char *element = xasTsvCell(t, row, (size_t)p->of[headElement]);

        if (element[0] && xasEdgeLookUp(element, &e) != xasOk)
            return xasFail(xasErrFormat, message, "%s:%zu: no element \"%s\"",
                           file, t->line[row], element);
    }
    for (int i = 0; i < xasErCount && status == xasOk; i++)
        if (p->of[headErK + i] != absent)
            status = number(t, file, row, (size_t)p->of[headErK + i], into[i],
                            message);
    er[xasErK] = e.k_eV;
    er[xasErL3] = e.l3_eV;
    er[xasErL2] = e.l2_eV;
    return status;
}

static xasStatus reserve(const xasTsv *t, xasctlMatrix *m)
{
    size_t n = t->rows, p = 0;
    const char **id = calloc(n + 1, sizeof *id);
    const char **compound = calloc(n + 1, sizeof *compound);
    const char **column = calloc(t->columns, sizeof *column);

    m->numbers = calloc(n * (t->columns + 1 + xasErCount) + 1, sizeof(double));
    m->table.id = id;
    m->table.compound = compound;
    m->table.column = column;
    if (!id || !compound || !column || !m->numbers)
        return xasErrMemory;
    for (size_t c = 0; c < t->columns; c++)
        if (!isHead(t->name[c]))
            column[p++] = t->name[c];
    m->table.n = n;
    m->table.p = p;
    m->table.x = m->numbers;
    m->table.y = m->numbers + n * p;
    m->table.er_eV = m->table.y + n;
    return xasOk;
}

static xasStatus fill(const char *file, const places *p, xasctlMatrix *m,
                      xasMessage *message)
{
    const xasTsv *t = m->file;
    const char **id = (const char **)m->table.id;
    const char **compound = (const char **)m->table.compound;
    double *x = m->numbers, *y = x + m->table.n * m->table.p;
    double *er = y + m->table.n;
    xasStatus status = xasOk;

    for (size_t row = 0; row < t->rows && status == xasOk; row++) {
        id[row] = xasTsvCell(t, row, (size_t)p->of[headId]);
        compound[row] = xasTsvCell(t, row, (size_t)p->of[headCompound]);
        status =
            number(t, file, row, (size_t)p->of[headTarget], &y[row], message);
        if (status == xasOk)
            status = readEr(t, file, row, p, er + row * xasErCount, message);
        for (size_t c = 0; c < t->columns && status == xasOk; c++)
            if (!isHead(t->name[c]))
                status = number(t, file, row, c, x++, message);
    }
    return status;
}

xasStatus xasctlMatrixRead(const char *file, xasctlMatrix *out,
                           xasMessage *message)
{
    xasctlMatrix m = { .file = NULL };
    places p;
    xasStatus status = xasTsvRead(file, &m.file, message);

    if (status == xasOk)
        status = findPlaces(m.file, file, &p, message);
    if (status == xasOk) {
        status = reserve(m.file, &m);
        if (status != xasOk)
            (void)xasFail(status, message, "%s: out of memory", file);
    }
    if (status == xasOk)
        status = fill(file, &p, &m, message);
    if (status == xasOk)
        *out = m;
    else
        xasctlMatrixClear(&m);
    return status;
}

void xasctlMatrixClear(xasctlMatrix *matrix)
{
    free((void *)matrix->table.id);
    free((void *)matrix->table.compound);
    free((void *)matrix->table.column);
    free(matrix->numbers);
    xasTsvDestroy(matrix->file);
    memset(matrix, 0, sizeof *matrix);
}
