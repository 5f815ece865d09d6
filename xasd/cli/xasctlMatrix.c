/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasctlMatrix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "xasFeatures.h"
#include "xasFormula.h"

static const char *const headNames[] = {
    "id",    "compound", "element",        "er_K",
    "er_L3", "er_L2",    "dHf_kJ_per_mol", "formula"
};

enum {
    headId,
    headCompound,
    headElement,
    headErK,
    headErL3,
    headErL2,
    headTarget,
    headFormula,
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
    m->formula = calloc(n + 1, sizeof *m->formula);
    m->element = calloc(n + 1, sizeof *m->element);
    m->of = calloc(n + 1, sizeof *m->of);
    m->z = calloc(n + 1, sizeof *m->z);
    m->table.id = id;
    m->table.compound = compound;
    m->table.column = column;
    if (!id || !compound || !column || !m->numbers || !m->formula ||
        !m->element || !m->of || !m->z)
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

static const char *cellOr(const xasTsv *t, size_t row, long column,
                          const char *other)
{
    const char *cell =
        column == absent ? "" : xasTsvCell(t, row, (size_t)column);

    return cell[0] ? cell : other;
}

/* A compound's name as its formula: not every name that can be read is one
 * ("C1"), it must hold the absorber. "" if it does not. */
static const char *formulaOf(const char *compound, const char *element)
{
    xasComposition any;

    if (element[0])
        return xasFormulaOfSample("", compound, element);
    return xasCompositionRead(compound, &any) == xasOk ? compound : "";
}

static void readFormula(const xasTsv *t, size_t row, const places *p,
                        xasctlMatrix *m)
{
    const char *compound = xasTsvCell(t, row, (size_t)p->of[headCompound]);

    m->element[row] = cellOr(t, row, p->of[headElement], "");
    m->z[row] = xasElementZ(m->element[row]);
    m->formula[row] = cellOr(t, row, p->of[headFormula], "");
    if (!m->formula[row][0])
        m->formula[row] = formulaOf(compound, m->element[row]);
    xasCompositionTry(m->formula[row], &m->of[row]);
}

/* Row i with the first row of the same compound by its formula. */
static void joinByFormula(xasctlMatrix *m, char (*reduced)[XAS_FORMULA_TEXT])
{
    const char **compound = (const char **)m->table.compound;

    for (size_t i = 0; i < m->table.n; i++) {
        xasFormula f;
        size_t k = 0;

        if (xasFormulaParse(m->formula[i], &f, NULL) != xasOk ||
            xasFormulaCompound(&f, reduced[i]) != xasOk)
            continue;
        while (k < i && strcmp(reduced[k], reduced[i]) != 0)
            k++;
        if (k < i && strcmp(compound[k], compound[i]) != 0)
            xasCheckJoin(compound, m->table.n, k, i);
    }
}

/* What has to be left out together, beyond equal names. */
static xasStatus joinRows(xasctlMatrix *m)
{
    const xasTable *t = &m->table;
    const char **compound = (const char **)t->compound;
    size_t *first = calloc(t->n + 1, sizeof *first);
    char(*reduced)[XAS_FORMULA_TEXT] = calloc(t->n + 1, sizeof *reduced);
    xasStatus status = first && reduced ? xasOk : xasErrMemory;

    if (status == xasOk) {
        joinByFormula(m, reduced);
        status = xasCheckSame(t, first);
    }
    if (status == xasOk) {
        for (size_t i = 0; i < t->n; i++)
            if (first[i] != i)
                xasCheckJoin(compound, t->n, first[i], i);
        xasCheckTable(t, m->formula, first, &m->warnings);
    }
    free(first);
    free(reduced);
    return status;
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
        readFormula(t, row, p, m);
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
        status = joinRows(&m);
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
    free(matrix->formula);
    free(matrix->element);
    free(matrix->of);
    free(matrix->z);
    xasTsvDestroy(matrix->file);
    memset(matrix, 0, sizeof *matrix);
}

xasStudied xasctlMatrixStudied(const xasctlMatrix *m)
{
    return (xasStudied){
        .table = &m->table, .of = m->of, .z = m->z, .element = m->element
    };
}
