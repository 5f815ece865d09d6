/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasXdi.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "xasAxis.h"
#include "xasText.h"

#define COLUMNS_MAX  128
#define ENERGY_NAMES "energy,e,energy_readback"
#define BYTES_MAX    (256L * 1024 * 1024)
#define LABEL_SIZE   32

/* What is known of a file while its lines are read. */
typedef struct Reader {
    const char *file;
    size_t line;
    xasMessage *message;
    xasXdi *xdi;
    char label[COLUMNS_MAX][LABEL_SIZE]; /* from Column.N */
    bool columnIsKeV[COLUMNS_MAX];
    char *last; /* the last comment line: often the labels */
    bool freeText;
    double *cells; /* rows as read, [n * columns] */
    size_t capacity;
} Reader;

static xasStatus columnLine(Reader *r, const char *key, const char *value)
{
    char *end;
    unsigned long number = strtoul(key, &end, 10);
    char word[LABEL_SIZE], unit[8];

    /* "Column.N: Name units" is the legend of some programs, no column. */
    if (end == key || *end)
        return xasOk;
    if (number < 1 || number > COLUMNS_MAX)
        return xasFail(xasErrFormat, r->message,
                       "%s:%zu: column number %lu: expected 1 to %d", r->file,
                       r->line, number, COLUMNS_MAX);
    value = xasTextWord(value, word, sizeof word);
    xasTextWord(value, unit, sizeof unit);
    for (char *p = word; *p; p++)
        *p = (char)tolower((unsigned char)*p);
    memcpy(r->label[number - 1], word, sizeof word);
    r->columnIsKeV[number - 1] = strcasecmp(unit, "keV") == 0;
    return xasOk;
}

/* The fields that only xasd writes: "xasd.dark.i0: 12.5". */
static void ownField(xasXdi *xdi, const char *key, const char *value)
{
    if (strcasecmp(key, "detection") == 0)
        xasTextCopy(xdi->detection, sizeof xdi->detection, value);
    else if (strcasecmp(key, "left_out") == 0)
        xasTextCopy(xdi->leftOut, sizeof xdi->leftOut, value);
    else if (strcasecmp(key, "readings") == 0)
        xdi->raw = strncasecmp(value + strspn(value, " \t"), "raw", 3) == 0;
    else if (strncasecmp(key, "dark.", 5) == 0 &&
             xdi->nDark < XAS_XDI_DARK_MAX) {
        char *end;
        double offset = strtod(value, &end);

        if (end == value || !isfinite(offset))
            return;
        xasTextCopy(xdi->dark[xdi->nDark].role, sizeof xdi->dark->role,
                    key + 5);
        xdi->dark[xdi->nDark++].value = offset;
    }
}

static xasStatus headerLine(Reader *r, char *text)
{
    char *colon = strchr(text, ':');
    xasXdi *xdi = r->xdi;

    if (!colon || r->freeText)
        return xasOk;
    *colon = 0;
    xasTextTrim(text);
    const char *value = colon + 1;

    if (strncasecmp(text, "Column.", 7) == 0)
        return columnLine(r, text + 7, value);
    if (strcasecmp(text, "Element.symbol") == 0)
        xasTextCopy(xdi->element, sizeof xdi->element, value);
    else if (strcasecmp(text, "Element.edge") == 0)
        xasTextCopy(xdi->edge, sizeof xdi->edge, value);
    else if (strcasecmp(text, "Sample.formula") == 0)
        xasTextCopy(xdi->formula, sizeof xdi->formula, value);
    else if (strcasecmp(text, "Sample.name") == 0)
        xasTextCopy(xdi->sample, sizeof xdi->sample, value);
    else if (strcasecmp(text, "Scan.start_time") == 0)
        xasTextCopy(xdi->start, sizeof xdi->start, value);
    else if (strcasecmp(text, "Mono.d_spacing") == 0)
        xdi->d_spacing_A = strtod(value, NULL);
    else if (strncasecmp(text, "xasd.", 5) == 0)
        ownField(xdi, text + 5, value);
    return xasOk;
}

static xasStatus commentLine(Reader *r, const char *text)
{
    char *copy = strdup(text);
    xasStatus status;

    if (!copy)
        return xasFail(xasErrMemory, r->message, "%s: out of memory", r->file);
    xasTextTrim(copy);
    if (strncmp(copy, "///", 3) == 0)
        r->freeText = true;
    status = headerLine(r, copy);
    free(copy);
    if (status != xasOk)
        return status;
    free(r->last);
    r->last = strdup(text);
    return r->last ? xasOk
                   : xasFail(xasErrMemory, r->message, "%s: out of memory",
                             r->file);
}

static size_t countWords(const char *text)
{
    char word[LABEL_SIZE];
    size_t n = 0;

    while (text = xasTextWord(text, word, sizeof word), word[0])
        n++;
    return n;
}

static xasStatus growTo(Reader *r, size_t cells)
{
    size_t want = r->capacity ? r->capacity : 4096;

    while (want < cells)
        want *= 2;
    if (want == r->capacity)
        return xasOk;
    double *grown = realloc(r->cells, want * sizeof *grown);

    if (!grown)
        return xasFail(xasErrMemory, r->message, "%s: out of memory", r->file);
    r->cells = grown;
    r->capacity = want;
    return xasOk;
}

static xasStatus dataLine(Reader *r, const char *text)
{
    size_t columns = countWords(text), n = r->xdi->n;

    if (n == 0)
        r->xdi->columns = columns;
    if (columns != r->xdi->columns || columns > COLUMNS_MAX)
        return xasFail(xasErrFormat, r->message,
                       "%s:%zu: %zu columns, expected %zu", r->file, r->line,
                       columns, n ? r->xdi->columns : (size_t)COLUMNS_MAX);
    xasStatus status = growTo(r, (n + 1) * columns);

    if (status != xasOk)
        return status;
    for (size_t c = 0; c < columns; c++) {
        char *end;

        r->cells[n * columns + c] = strtod(text, &end);
        if (end == text || (*end && !isspace((unsigned char)*end))) {
            char word[LABEL_SIZE];

            xasTextWord(text, word, sizeof word);
            return xasFail(xasErrFormat, r->message,
                           "%s:%zu: column %zu: expected a number, found '%s'",
                           r->file, r->line, c + 1, word);
        }
        text = end;
    }
    r->xdi->n++;
    return xasOk;
}

static xasStatus readLine(Reader *r, const char *text, size_t length)
{
    if (strlen(text) != length)
        return xasFail(xasErrFormat, r->message,
                       "%s:%zu: a zero byte, expected text", r->file, r->line);
    if (r->line == 1 && strncmp(text, "\xEF\xBB\xBF", 3) == 0)
        text += 3;
    while (isspace((unsigned char)*text))
        text++;
    if (!*text)
        return xasOk;
    if (strchr("#%;!", *text)) {
        /* Remarks behind the data are none of ours. */
        return r->xdi->n ? xasOk : commentLine(r, text + 1);
    }
    return dataLine(r, text);
}

static xasStatus readLines(Reader *r, FILE *f)
{
    char *text = NULL;
    size_t size = 0;
    ssize_t length;
    xasStatus status = xasOk;

    errno = 0;
    while (status == xasOk && (length = getline(&text, &size, f)) >= 0) {
        r->line++;
        status = readLine(r, text, (size_t)length);
    }
    free(text);
    if (status == xasOk && ferror(f))
        return xasFail(xasErrIo, r->message, "%s:%zu: %s", r->file, r->line,
                       strerror(errno));
    if (status == xasOk && (r->xdi->n == 0 || r->xdi->columns < 2))
        return xasFail(xasErrFormat, r->message,
                       "%s:%zu: no data, expected rows of two or more numbers",
                       r->file, r->line);
    return status;
}

/* Column.N names a column; where it does not, the last comment line does if
 * it has one word for each. */
static void nameColumns(Reader *r)
{
    xasXdi *x = r->xdi;
    bool legend = r->last && countWords(r->last) == x->columns;
    const char *rest = r->last;

    for (size_t c = 0; c < x->columns; c++) {
        char word[LABEL_SIZE] = "";

        if (legend)
            rest = xasTextWord(rest, word, sizeof word);
        if (r->label[c][0])
            memcpy(word, r->label[c], sizeof word);
        else if (!word[0])
            (void)snprintf(word, sizeof word, "column%zu", c + 1);
        for (size_t i = 0; i < sizeof word; i++)
            x->label[c][i] = (char)tolower((unsigned char)word[i]);
    }
}

static void findUnit(Reader *r)
{
    const double *energy = xasXdiColumn(r->xdi, "energy,e");

    for (size_t c = 0; energy && c < r->xdi->columns; c++)
        if (r->xdi->value[c] == energy && r->columnIsKeV[c])
            r->xdi->energyIsKeV = true;
    if (!energy || r->xdi->energyIsKeV)
        return;
    double top = -INFINITY;

    for (size_t i = 0; i < r->xdi->n; i++)
        top = fmax(top, energy[i]);
    r->xdi->energyIsKeV = top < XAS_KEV_BELOW;
}

/* A file of angles: its energies as one more column. */
static xasStatus addEnergy(Reader *r)
{
    xasXdi *x = r->xdi;
    const double *angle = xasXdiColumn(x, "angle,theta,bragg");

    if (!angle || !(x->d_spacing_A > 0) || xasXdiColumn(x, ENERGY_NAMES))
        return xasOk;
    double *energy = malloc(x->n * sizeof *energy);

    if (!energy)
        return xasFail(xasErrMemory, r->message, "%s: out of memory", r->file);
    for (size_t i = 0; i < x->n; i++)
        energy[i] = xasAxisEnergy(angle[i], x->d_spacing_A);
    (void)snprintf(x->label[x->columns], sizeof *x->label, "energy");
    x->value[x->columns++] = energy;
    return xasOk;
}

static xasStatus fillColumns(Reader *r)
{
    xasXdi *x = r->xdi;

    x->label = calloc(x->columns + 1, sizeof *x->label);
    x->value = calloc(x->columns + 1, sizeof *x->value);
    if (!x->label || !x->value)
        return xasFail(xasErrMemory, r->message, "%s: out of memory", r->file);
    for (size_t c = 0; c < x->columns; c++) {
        x->value[c] = malloc(x->n * sizeof(double));
        if (!x->value[c])
            return xasFail(xasErrMemory, r->message, "%s: out of memory",
                           r->file);
        for (size_t i = 0; i < x->n; i++)
            x->value[c][i] = r->cells[i * x->columns + c];
    }
    nameColumns(r);
    findUnit(r);
    return addEnergy(r);
}

/* A FIFO or device would hang its reader, or never end. */
static xasStatus checkFile(const char *file, xasMessage *message)
{
    struct stat s;

    if (stat(file, &s) != 0)
        return xasFail(errno == ENOENT ? xasErrNotFound : xasErrIo, message,
                       "%s: %s", file, strerror(errno));
    if (!S_ISREG(s.st_mode))
        return xasFail(xasErrIo, message, "%s: not a regular file", file);
    if (s.st_size > BYTES_MAX)
        return xasFail(xasErrFull, message,
                       "%s: %ld bytes, expected at most %ld", file,
                       (long)s.st_size, BYTES_MAX);
    return xasOk;
}

xasStatus xasXdiRead(const char *file, xasXdi **out, xasMessage *message)
{
    Reader *r = NULL;
    FILE *f = NULL;

    if (!file || !out)
        return xasFail(xasErrArg, message, "no file name");
    xasStatus status = checkFile(file, message);

    if (status != xasOk)
        return status;
    r = calloc(1, sizeof *r);
    if (!r || !(r->xdi = calloc(1, sizeof *r->xdi))) {
        status = xasFail(xasErrMemory, message, "%s: out of memory", file);
        goto done;
    }
    r->file = file;
    r->message = message;
    if (!(f = fopen(file, "r"))) {
        status = xasFail(xasErrIo, message, "%s: %s", file, strerror(errno));
        goto done;
    }
    status = readLines(r, f);
    if (status == xasOk)
        status = fillColumns(r);
    if (status == xasOk) {
        *out = r->xdi;
        r->xdi = NULL;
    }
done:
    if (f)
        (void)fclose(f);
    if (r) {
        xasXdiDestroy(r->xdi);
        free(r->last);
        free(r->cells);
    }
    free(r);
    return status;
}

void xasXdiDestroy(xasXdi *xdi)
{
    if (!xdi)
        return;
    for (size_t c = 0; xdi->value && c < xdi->columns; c++)
        free(xdi->value[c]);
    free(xdi->value);
    free(xdi->label);
    free(xdi);
}

const double *xasXdiColumn(const xasXdi *xdi, const char *names)
{
    while (*names) {
        size_t length = strcspn(names, ",");

        for (size_t c = 0; c < xdi->columns; c++)
            if (xdi->value[c] && strlen(xdi->label[c]) == length &&
                strncasecmp(xdi->label[c], names, length) == 0)
                return xdi->value[c];
        names += length + (names[length] == ',');
    }
    return NULL;
}

xasStatus xasXdiBind(const xasXdi *xdi, xasXdiChannels *out,
                     xasMessage *message)
{
    static const struct {
        xasDetection detection;
        const char *names;
    } raw[] = {
        { xasDetectTransmission, "itrans,i1,it,trans" },
        { xasDetectFluorescence, "ifluor,ifluo,if,fluor,fluo" },
        { xasDetectYield, "itey,tey,iey,drain" },
    };
    xasXdiChannels found = { .detection = xasDetectMu };
    size_t first = xdi->edge[0] == 'L' || xdi->edge[0] == 'l' ? 2 : 0;

    for (size_t k = 0; k < 3; k++)
        if (strcmp(xdi->detection, xasDetectionName(raw[k].detection)) == 0)
            first = k;
    found.energy = xasXdiColumn(xdi, ENERGY_NAMES);
    if (!found.energy)
        return xasFail(xasErrNotFound, message, "no column named energy");
    found.i0 = xasXdiColumn(xdi, "i0,io,monitor,imonitor");
    for (size_t k = 0; found.i0 && !found.signal && k < 3; k++) {
        size_t try = (first + k) % 3;

        found.signal = xasXdiColumn(xdi, raw[try].names);
        if (found.signal)
            found.detection = raw[try].detection;
    }
    if (found.signal) {
        found.i2 = xasXdiColumn(xdi, "irefer,i2,iref,ir");
    } else {
        found.i0 = NULL;
        found.signal = xasXdiColumn(
            xdi, "mutrans,mu,xmu,mufluor,mutey,muey,normtrans,normfluor,"
                 "normtey,norm,flat");
    }
    if (!found.signal)
        return xasFail(xasErrNotFound, message,
                       "no column of absorption, such as i0 with itrans, "
                       "ifluor or itey, or mutrans");
    *out = found;
    return xasOk;
}
