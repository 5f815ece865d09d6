/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasXdiScan.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xasDetector.h"

/* Points with no other flags are good, as in the spectrum. */
static const uint32_t keep =
    xasPointStampBad | xasPointGlitch | xasPointGlitchI0;

enum { columnsMax = xasChannelCount + 2 };

/** Columns under way to a file; one block, at value[0]. */
typedef struct columns {
    size_t n, count;
    const char *label[columnsMax];
    double *value[columnsMax]; /* [n] */
} columns;

/* As the dictionary of XDI names them; elements as our roles. */
static const char *labelOf(int channel, xasDetection detection)
{
    switch (channel) {
    case xasRoleI1: return "itrans";
    case xasRoleI2: return "irefer";
    case xasRoleFluor: return detection == xasDetectMu ? "mu" : "ifluor";
    case xasRoleTey: return "itey";
    default: return xasRoleName((xasRole)channel);
    }
}

static xasStatus reserve(const xasScan *scan, size_t n, columns *c)
{
    c->value[0] = malloc(n * columnsMax * sizeof(double));
    if (!c->value[0])
        return xasErrMemory;
    for (int i = 1; i < columnsMax; i++)
        c->value[i] = c->value[0] + (size_t)i * n;
    for (int role = 0; role < xasChannelCount; role++)
        if (scan->channel[role])
            c->label[c->count++] = labelOf(role, scan->detection);
    return xasOk;
}

static void addRow(const xasScan *scan, size_t i, bool raw, columns *c)
{
    size_t k = 0;

    for (int role = 0; role < xasChannelCount; role++)
        if (scan->channel[role])
            c->value[k++][c->n] =
                raw ? scan->channel[role][i] : xasScanReading(scan, role, i);
    if (raw) {
        c->value[k++][c->n] = scan->flags[i];
        c->value[k][c->n] = (double)(scan->stamp_ns[i] - scan->start_ns) / 1e9;
    }
    c->n++;
}

static xasStatus gather(const xasScan *scan, bool raw, columns *c)
{
    xasStatus status = scan->n ? reserve(scan, scan->n, c) : xasErrRange;

    for (size_t i = 0; status == xasOk && i < scan->n; i++)
        if (raw || !(scan->flags[i] & ~keep))
            addRow(scan, i, raw, c);
    if (status == xasOk && raw) {
        c->label[c->count++] = "flags";
        c->label[c->count++] = "time_s";
    }
    return status == xasOk && !c->n ? xasErrRange : status;
}

/** Lines of a header. */
typedef struct lines {
    char text[4096];
    size_t used;
} lines;

static void add(lines *l, const char *format, ...)
    __attribute__((__format__(__printf__, 2, 3)));

static void add(lines *l, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    int n =
        vsnprintf(l->text + l->used, sizeof l->text - l->used, format, args);

    va_end(args);
    if (n > 0 && (size_t)n < sizeof l->text - l->used)
        l->used += (size_t)n;
    else
        l->text[l->used] = 0;
}

/* Also whether mu is what these columns give as they are. */
static void tellReadings(const xasScan *scan, const xasXdiScanOptions *o,
                         size_t written, lines *l)
{
    char out[256];
    bool any = false;

    for (int role = 0; role < xasChannelCount; role++)
        any = any || (scan->channel[role] && scan->dark[role] != 0);
    if (o->raw)
        add(l,
            "xasd.readings: raw, all %zu points; dark offsets are to be "
            "subtracted; a point is good if flags is 0, 32, 64 or 128\n",
            scan->n);
    else
        add(l, "xasd.readings: the %zu good of %zu points%s\n", written,
            scan->n, any ? ", dark offsets subtracted" : "");
    for (int role = 0; role < xasChannelCount; role++)
        if (scan->channel[role] && scan->dark[role] != 0)
            add(l, "xasd.dark.%s: %.17g\n", xasRoleName((xasRole)role),
                scan->dark[role]);
    xasDetectorLeftOut(scan, out, sizeof out);
    if (out[0])
        add(l, "xasd.left_out: %s\n", out);
}

static void tell(const xasScan *scan, const xasXdiScanOptions *o,
                 size_t written, lines *l)
{
    l->used = 0;
    l->text[0] = 0;
    add(l, "Beamline.name: %s\n", scan->station);
    if (scan->d_spacing_A > 0)
        add(l, "Mono.d_spacing: %.10g\n", scan->d_spacing_A);
    if (scan->detection != xasDetectMu)
        add(l, "xasd.detection: %s\n", xasDetectionName(scan->detection));
    add(l, "xasd.uid: %s\nxasd.mode: %s\n", scan->uid, scan->mode);
    if (scan->exit != xasExitNone)
        add(l, "xasd.exit: %s\n", xasExitName(scan->exit));
    if (scan->direction)
        add(l, "xasd.direction: %s\n", scan->direction > 0 ? "up" : "down");
    if (isfinite(scan->lag_s))
        add(l, "xasd.lag_s: %.6g\n", scan->lag_s);
    if (isfinite(o->shift_eV))
        add(l, "xasd.energy_shift: %.6g eV, not applied\n", o->shift_eV);
    tellReadings(scan, o, written, l);
}

xasStatus xasXdiWriteScan(const char *file, const xasScan *scan,
                          const xasXdiScanOptions *options, xasMessage *message)
{
    xasXdiHead head = { .element = scan->element,
                        .edge = xasShellName(scan->shell),
                        .formula = scan->formula,
                        .sample = scan->sample,
                        .start = options->start,
                        .comment = options->comment };
    columns c = { 0 };
    lines l;
    xasStatus status = gather(scan, options->raw, &c);

    if (status == xasOk) {
        tell(scan, options, c.n, &l);
        head.more = l.text;
        status = xasXdiWrite(file, &head, c.count, c.label,
                             (const double *const *)c.value, c.n, message);
    } else {
        (void)xasFail(status, message, "%s: %s", file,
                      status == xasErrRange ? "the scan has no good point"
                                            : xasStatusText(status));
    }
    free(c.value[0]);
    return status;
}

/** The column of each channel, NULL without. */
typedef struct bound {
    const double *column[xasChannelCount];
    const double *flags, *time_s;
} bound;

static bound bind(const xasXdi *xdi, const xasXdiChannels *c)
{
    static const struct {
        xasRole role;
        const char *names;
    } known[] = { { xasRoleI1, "itrans,i1,it,trans" },
                  { xasRoleI2, "irefer,i2,iref,ir" },
                  { xasRoleFluor, "ifluor,ifluo,if,fluor,fluo" },
                  { xasRoleTey, "itey,tey,iey,drain" },
                  { xasRoleAngle, "angle,theta,bragg" } };
    bound b = { { NULL }, NULL, NULL };

    for (size_t i = 0; c->i0 && i < sizeof known / sizeof *known; i++)
        b.column[known[i].role] = xasXdiColumn(xdi, known[i].names);
    for (int role = xasRoleRoi; role < xasChannelCount; role++)
        b.column[role] = xasXdiColumn(xdi, xasRoleName((xasRole)role));
    b.column[xasRoleEnergy] = c->energy;
    b.column[xasRoleI0] = c->i0;
    if (c->i2)
        b.column[xasRoleI2] = c->i2;
    b.column[xasScanSignalRole(c->detection)] = c->signal;
    if (xdi->raw) {
        b.flags = xasXdiColumn(xdi, "flags");
        b.time_s = xasXdiColumn(xdi, "time_s");
    }
    return b;
}

static uint32_t flagsOf(const bound *b, const xasXdiChannels *c, size_t i)
{
    bool good = isfinite(c->energy[i]) && isfinite(c->signal[i]) &&
                (!c->i0 || isfinite(c->i0[i]));
    uint32_t flags = good ? 0 : xasPointInvalid;

    if (b->flags && b->flags[i] >= 0 && b->flags[i] < 65536)
        flags |= (uint32_t)b->flags[i];
    return flags;
}

static void takeHead(const xasXdi *xdi, xasScan *scan)
{
    const char *p = xdi->leftOut;

    if (xdi->d_spacing_A > 0 && scan->channel[xasRoleAngle])
        scan->d_spacing_A = xdi->d_spacing_A;
    for (size_t i = 0; xdi->raw && i < xdi->nDark; i++) {
        xasRole role = xasRoleFromName(xdi->dark[i].role);

        if (role < xasChannelCount)
            scan->dark[role] = xdi->dark[i].value;
    }
    for (int k; *p; p += strcspn(p, ";"), p += *p == ';')
        if (sscanf(p, "fluor%d", &k) == 1 && k >= 1 && k <= XAS_ELEMENTS_MAX)
            scan->leftOut |= scan->channels & (xasRoleBit(xasRoleRoi + k - 1) |
                                               xasRoleBit(xasRoleIcr + k - 1) |
                                               xasRoleBit(xasRoleOcr + k - 1));
}

xasStatus xasXdiReadScan(const xasXdi *xdi, const xasXdiChannels *c,
                         int64_t start_ns, xasScan **out)
{
    double scale = xdi->energyIsKeV ? 1000 : 1;
    bound b = bind(xdi, c);
    xasRoles roles = 0;
    xasScan *scan = NULL;

    for (int role = 0; role < xasChannelCount; role++)
        if (b.column[role])
            roles |= xasRoleBit(role);
    xasStatus status = xasScanCreate(roles, &scan);

    for (size_t i = 0; status == xasOk && i < xdi->n; i++) {
        double value[xasChannelCount];
        int64_t stamp_ns = start_ns;

        for (int role = 0; role < xasChannelCount; role++)
            value[role] = b.column[role] ? b.column[role][i] : NAN;
        value[xasRoleEnergy] *= scale;
        if (b.time_s && fabs(b.time_s[i]) < 1e9)
            stamp_ns += (int64_t)llrint(b.time_s[i] * 1e9);
        status = xasScanAddPoint(scan, value, stamp_ns, flagsOf(&b, c, i));
    }
    if (status == xasOk) {
        takeHead(xdi, scan);
        *out = scan;
    } else {
        xasScanDestroy(scan);
    }
    return status;
}
