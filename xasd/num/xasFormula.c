/* SPDX-License-Identifier: BSD-3-Clause */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasFormula.h"

enum {
    elements = 118,
    maxDepth = 8,        /* brackets within brackets */
    maxCount = 1000000,  /* of one atom or group: more is a slip */
    maxMultiple = 10000, /* Fe0.9475O is still made whole */
    hydrogen = 1,
    oxygen = 8
};

static const char symbols[elements + 1][3] = {
    "",   "H",  "He", "Li", "Be", "B",  "C",  "N",  "O",  "F",  "Ne", "Na",
    "Mg", "Al", "Si", "P",  "S",  "Cl", "Ar", "K",  "Ca", "Sc", "Ti", "V",
    "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br",
    "Kr", "Rb", "Sr", "Y",  "Zr", "Nb", "Mo", "Tc", "Ru", "Rh", "Pd", "Ag",
    "Cd", "In", "Sn", "Sb", "Te", "I",  "Xe", "Cs", "Ba", "La", "Ce", "Pr",
    "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu",
    "Hf", "Ta", "W",  "Re", "Os", "Ir", "Pt", "Au", "Hg", "Tl", "Pb", "Bi",
    "Po", "At", "Rn", "Fr", "Ra", "Ac", "Th", "Pa", "U",  "Np", "Pu", "Am",
    "Cm", "Bk", "Cf", "Es", "Fm", "Md", "No", "Lr", "Rf", "Db", "Sg", "Bh",
    "Hs", "Mt", "Ds", "Rg", "Cn", "Nh", "Fl", "Mc", "Lv", "Ts", "Og"
};

int xasElementZ(const char *symbol)
{
    if (!symbol || !symbol[0])
        return 0;
    for (int z = 1; z <= elements; z++)
        if (strcmp(symbols[z], symbol) == 0)
            return z;
    return 0;
}

const char *xasElementSymbol(int z)
{
    return z > 0 && z <= elements ? symbols[z] : "";
}

/** Where the reader stands; `bad` marks what it could not read. */
typedef struct reader {
    const char *p;
    const char *bad;
    size_t nSeen;
    unsigned char seen[XAS_FORMULA_PARTS]; /* Z in order of appearance */
    xasStatus status;
} reader;

typedef struct counts {
    double of[elements + 1]; /* by Z */
} counts;

static xasStatus refuse(reader *r, const char *where)
{
    r->bad = where;
    r->status = xasErrFormat;
    return r->status;
}

/* An ASCII digit or a subscript one (U+2080..U+2089), and its length. */
static int digitAt(const char *p, size_t *length)
{
    *length = 1;
    if (*p >= '0' && *p <= '9')
        return *p - '0';
    if (strncmp(p, "\xe2\x82", 2) == 0) {
        int d = (unsigned char)p[2] - 0x80;

        *length = 3;
        return d >= 0 && d <= 9 ? d : -1;
    }
    return -1;
}

/* Length of a sign that joins an adduct, 0 if there is none: '.', '*', middle
 * dot, bullet, bullet operator, dot operator. */
static size_t jointAt(const char *p)
{
    static const char *const joints[] = {
        ".", "*", "\xc2\xb7", "\xe2\x80\xa2", "\xe2\x88\x99", "\xe2\x8b\x85"
    };

    for (size_t i = 0; i < sizeof joints / sizeof *joints; i++)
        if (strncmp(p, joints[i], strlen(joints[i])) == 0)
            return strlen(joints[i]);
    return 0;
}

static double digits(const char **p, int *n)
{
    double value = 0;
    size_t length;

    for (int d; (d = digitAt(*p, &length)) >= 0; *p += length, ++*n)
        value = 10 * value + d;
    return value;
}

/* A number, 1 if none is written.  "4.5" behind an atom is 4 and an adduct of
 * 5, as in CuSO4.5H2O; only 0 and 1, which nobody writes out as a count, begin
 * a fraction there (Fe0.95O, Li1.2Mn0.8O2). */
static xasStatus readCount(reader *r, int leading, double *count)
{
    const char *start = r->p;
    size_t length;
    int n = 0;
    double whole = digits(&r->p, &n);

    *count = n ? whole : 1;
    if (n && *r->p == '.' && (leading || whole <= 1) &&
        digitAt(r->p + 1, &length) >= 0) {
        const char *fraction = r->p + 1;
        int places = 0;
        double part = digits(&fraction, &places);

        r->p = fraction;
        *count = whole + part / pow(10, places);
    }
    if (!(*count > 0) || *count > maxCount)
        return refuse(r, start);
    return xasOk;
}

static xasStatus readAtom(reader *r, counts *sum)
{
    const char *start = r->p;
    char symbol[3] = { *r->p++, 0, 0 };
    double count;
    size_t i;
    int z;

    if (*r->p >= 'a' && *r->p <= 'z')
        symbol[1] = *r->p++;
    z = xasElementZ(symbol);
    if (!z)
        return refuse(r, start);
    if (readCount(r, 0, &count))
        return r->status;
    for (i = 0; i < r->nSeen && r->seen[i] != z; i++)
        ;
    if (i == XAS_FORMULA_PARTS)
        return refuse(r, start);
    if (i == r->nSeen)
        r->seen[r->nSeen++] = (unsigned char)z;
    sum->of[z] += count;
    return xasOk;
}

static void addCounts(counts *sum, const counts *part, double times)
{
    for (int z = 1; z <= elements; z++)
        sum->of[z] += times * part->of[z];
}

/* Atoms and bracketed groups up to a joint, the closing bracket, or whatever
 * the caller has to refuse. */
static xasStatus readGroup(reader *r, int depth, counts *sum)
{
    const char *start = r->p;

    for (;;) {
        const char *open = r->p;
        const char *pair = *open ? strchr("()[]{}", *open) : NULL;
        counts inner = { { 0 } };
        double times;

        if (*r->p >= 'A' && *r->p <= 'Z') {
            if (readAtom(r, sum))
                return r->status;
            continue;
        }
        if (!pair || !strchr("([{", *pair))
            break;
        if (depth == maxDepth)
            return refuse(r, open);
        r->p++;
        if (readGroup(r, depth + 1, &inner))
            return r->status;
        if (*r->p != pair[1])
            return refuse(r, *r->p ? r->p : open);
        r->p++;
        if (readCount(r, 0, &times))
            return r->status;
        addCounts(sum, &inner, times);
    }
    return r->p > start ? xasOk : refuse(r, start);
}

static void skipSpace(reader *r)
{
    while (*r->p == ' ' || *r->p == '\t')
        r->p++;
}

static int isWater(const counts *c)
{
    for (int z = 1; z <= elements; z++)
        if (c->of[z] != (z == hydrogen ? 2 : z == oxygen ? 1 : 0))
            return 0;
    return 1;
}

static xasStatus readAll(reader *r, counts *sum, double *water)
{
    int others = 0;
    size_t joint;

    *water = 0;
    do {
        counts part = { { 0 } };
        double times;

        skipSpace(r);
        if (readCount(r, 1, &times))
            return r->status;
        skipSpace(r);
        if (readGroup(r, 0, &part))
            return r->status;
        if (isWater(&part))
            *water += times;
        else
            others++;
        addCounts(sum, &part, times);
        skipSpace(r);
        joint = jointAt(r->p);
        r->p += joint;
    } while (joint);
    if (!others) /* water itself is no hydrate */
        *water = 0;
    return *r->p ? refuse(r, r->p) : xasOk;
}

xasStatus xasFormulaParse(const char *text, xasFormula *out, size_t *position)
{
    reader r = { .p = text };
    counts sum = { { 0 } };
    double water;

    if (!text || !out)
        return xasErrArg;
    if (readAll(&r, &sum, &water)) {
        if (position)
            *position = (size_t)(r.bad - text);
        return r.status;
    }
    memset(out, 0, sizeof *out);
    out->water = water;
    for (; out->n < r.nSeen; out->n++) {
        int z = r.seen[out->n];

        memcpy(out->part[out->n].symbol, symbols[z], sizeof symbols[z]);
        out->part[out->n].count = sum.of[z];
    }
    return xasOk;
}

double xasFormulaCount(const xasFormula *f, const char *symbol)
{
    for (size_t i = 0; i < f->n; i++)
        if (strcmp(f->part[i].symbol, symbol) == 0)
            return f->part[i].count;
    return 0;
}

double xasFormulaMetals(const xasFormula *f)
{
    const int scandium = 21, zinc = 30;
    double sum = 0;

    for (size_t i = 0; i < f->n; i++) {
        int z = xasElementZ(f->part[i].symbol);

        if (z >= scandium && z <= zinc)
            sum += f->part[i].count;
    }
    return sum;
}

double xasFormulaDryAtoms(const xasFormula *f)
{
    double sum = -3 * f->water;

    for (size_t i = 0; i < f->n; i++)
        sum += f->part[i].count;
    return sum;
}

typedef struct share {
    const char *symbol;
    double count;
} share;

static int bySymbol(const void *a, const void *b)
{
    return strcmp(((const share *)a)->symbol, ((const share *)b)->symbol);
}

static int isWhole(double x)
{
    return fabs(x - round(x)) < 1e-6 * fmax(1, x);
}

/* Smallest whole numbers in the same proportion; left alone if there are
 * none, as for Fe0.333O. */
static void reduce(share *s, size_t n)
{
    double times = 1, divisor = 0;
    size_t whole = 0;

    for (; times <= maxMultiple && whole < n; times++)
        for (whole = 0; whole < n && isWhole(times * s[whole].count);)
            whole++;
    if (whole < n)
        return;
    times--;
    for (size_t i = 0; i < n; i++) {
        double a = round(times * s[i].count), b = divisor;

        s[i].count = a;
        while (b > 0) { /* Euclid */
            double rest = fmod(a, b);

            a = b;
            b = rest;
        }
        divisor = a;
    }
    for (size_t i = 0; i < n; i++)
        s[i].count /= divisor;
}

xasStatus xasFormulaCompound(const xasFormula *f, char out[XAS_FORMULA_TEXT])
{
    share s[XAS_FORMULA_PARTS];
    char text[XAS_FORMULA_TEXT] = "";
    size_t n = 0, used = 0;

    if (!f || !f->n || f->n > XAS_FORMULA_PARTS)
        return xasErrArg;
    for (size_t i = 0; i < f->n; i++) {
        int z = xasElementZ(f->part[i].symbol);
        double in_water = z == hydrogen ? 2 : z == oxygen ? 1 : 0;
        double count = f->part[i].count - in_water * f->water;

        if (count > 1e-9 * f->part[i].count)
            s[n++] = (share){ f->part[i].symbol, count };
    }
    reduce(s, n);
    qsort(s, n, sizeof *s, bySymbol);
    for (size_t i = 0; i < n; i++) {
        char count[32] = "";
        int length;

        if (s[i].count != 1)
            snprintf(count, sizeof count, "%.9g", s[i].count);
        length = snprintf(text + used, sizeof text - used, "%s%s", s[i].symbol,
                          count);
        if (length < 0 || (size_t)length >= sizeof text - used)
            return xasErrFull;
        used += (size_t)length;
    }
    memcpy(out, text, sizeof text);
    return xasOk;
}

const char *xasFormulaOfSample(const char *given, const char *name,
                               const char *element)
{
    xasFormula f;

    if (given[0])
        return given;
    return xasFormulaParse(name, &f, NULL) == xasOk &&
                   xasFormulaCount(&f, element) > 0
               ? name
               : "";
}

bool xasFormulaHolds(const char *formula, const char *element)
{
    xasFormula f;

    return !formula[0] || (xasFormulaParse(formula, &f, NULL) == xasOk &&
                           (!element[0] || xasFormulaCount(&f, element) > 0));
}
