/* SPDX-License-Identifier: BSD-3-Clause */
#include "xasDetector.h"

#include <math.h>
#include <stdio.h>

/* Of the points: an element that misses more is left out. */
static const double missing_max = 0.05;
/* While a scan runs its first few points decide nothing. */
static const size_t missing_few = 5;
/* Points with no other flags tell about the elements. */
static const uint32_t harmless = xasPointStampBad | xasPointGlitch |
                                 xasPointGlitchI0 | xasPointDuplicate |
                                 xasPointElement;

typedef enum health { good, missing, bad } health;

/** The elements at one point. */
typedef struct readings {
    int n;
    double counts[XAS_ELEMENTS_MAX]; /* corrected */
    health health[XAS_ELEMENTS_MAX];
    bool anyGood;
} readings;

/** What a scan has told of each element. */
typedef struct record {
    size_t points; /* that tell */
    size_t missed[XAS_ELEMENTS_MAX];
    size_t badAt[XAS_ELEMENTS_MAX]; /* first such point + 1; 0: none */
} record;

double xasDetectorCounts(double roi, const double *icr, const double *ocr,
                         double tau_s)
{
    if (!isfinite(roi) || (icr && !isfinite(*icr)) || (ocr && !isfinite(*ocr)))
        return NAN;
    if (ocr && !(*ocr > 0))
        return -INFINITY;
    if (icr && ocr)
        return roi * *icr / *ocr;
    if (icr && *icr * tau_s >= 1)
        return -INFINITY;
    return icr ? roi / (1 - *icr * tau_s) : roi;
}

static xasRoles rolesOf(int k)
{
    return xasRoleBit(xasRoleRoi + k) | xasRoleBit(xasRoleIcr + k) |
           xasRoleBit(xasRoleOcr + k);
}

static bool isLeftOut(const xasScan *scan, int k)
{
    return xasRolesHave(scan->leftOut, xasRoleRoi + k);
}

static void leaveOut(xasScan *scan, int k)
{
    scan->leftOut |= rolesOf(k) & scan->channels;
}

static void judge(const xasScan *scan, const xasAssemblerRules *rules,
                  const double *value, readings *r)
{
    /* a scan that was resumed may be of another configuration */
    xasRoles roles = rules->roles & scan->channels;

    *r = (readings){ 0 };
    for (int k = 0; k < XAS_ELEMENTS_MAX; k++) {
        int icr = xasRoleIcr + k, ocr = xasRoleOcr + k;

        if (!xasRolesHave(roles, xasRoleRoi + k))
            break;
        r->counts[k] = xasDetectorCounts(
            value[xasRoleRoi + k] - scan->dark[xasRoleRoi + k],
            xasRolesHave(roles, icr) ? &value[icr] : NULL,
            xasRolesHave(roles, ocr) ? &value[ocr] : NULL, rules->tau_s);
        r->health[k] = isnan(r->counts[k])   ? missing
                       : isinf(r->counts[k]) ? bad
                                             : good;
        r->anyGood = r->anyGood || r->health[k] == good;
        r->n = k + 1;
    }
}

static void judgeAt(const xasScan *scan, const xasAssemblerRules *rules,
                    size_t i, readings *r)
{
    double value[xasChannelCount];

    for (int c = xasRoleRoi; c < xasChannelCount; c++)
        value[c] = scan->channel[c] ? scan->channel[c][i] : NAN;
    judge(scan, rules, value, r);
}

/* NaN if an element that is used has no reading, or none is used. */
static double sum(const xasScan *scan, const readings *r)
{
    double total = 0;
    int used = 0;

    for (int k = 0; k < r->n; k++) {
        if (isLeftOut(scan, k))
            continue;
        if (r->health[k] != good)
            return NAN;
        total += r->counts[k];
        used++;
    }
    return used ? total : NAN;
}

static uint32_t flagFor(const xasScan *scan, double fluor, uint32_t flags)
{
    flags &= ~(uint32_t)xasPointElement;
    if (scan->detection == xasDetectFluorescence && isnan(fluor))
        flags |= xasPointElement;
    return flags;
}

static void sumAnew(xasScan *scan, const xasAssemblerRules *rules)
{
    const double *energy = scan->channel[xasRoleEnergy];

    for (size_t i = 0; i < scan->n; i++) {
        uint32_t before = scan->flags[i];
        double fluor;
        readings r;

        judgeAt(scan, rules, i, &r);
        fluor = sum(scan, &r);
        if (scan->channel[xasRoleFluor])
            scan->channel[xasRoleFluor][i] = fluor;
        scan->flags[i] = flagFor(scan, fluor, before);
        if (energy && before != scan->flags[i] &&
            !(scan->flags[i] & ~(uint32_t)xasPointStampBad))
            xasScanSupersede(scan, i, energy[i]); /* it is good now */
    }
}

static void note(record *t, const readings *r, size_t i, uint32_t flags)
{
    if ((flags & ~harmless) || !r->anyGood)
        return;
    t->points++;
    for (int k = 0; k < r->n; k++) {
        t->missed[k] += r->health[k] == missing;
        if (r->health[k] == bad && !t->badAt[k])
            t->badAt[k] = i + 1;
    }
}

static void collect(const xasScan *scan, const xasAssemblerRules *rules,
                    record *t)
{
    *t = (record){ 0 };
    for (size_t i = 0; i < scan->n; i++) {
        readings r;

        judgeAt(scan, rules, i, &r);
        note(t, &r, i, scan->flags[i]);
    }
}

static int64_t now(const xasScan *scan)
{
    return scan->n ? scan->stamp_ns[scan->n - 1] : scan->start_ns;
}

static void sayBad(xasScan *scan, const xasAssemblerRules *rules, int k,
                   size_t point, double icr, double ocr)
{
    if (xasRolesHave(rules->roles, xasRoleOcr + k))
        (void)xasScanAddEvent(scan, now(scan), "element",
                              "fluor%d is left out of the scan: ocr%d is %g at "
                              "point %zu",
                              k + 1, k + 1, ocr, point);
    else
        (void)xasScanAddEvent(scan, now(scan), "element",
                              "fluor%d is left out of the scan: icr%d tau is "
                              "%g at point %zu",
                              k + 1, k + 1, icr * rules->tau_s, point);
}

static void sayMissing(xasScan *scan, int k, size_t missed, size_t points)
{
    (void)xasScanAddEvent(scan, now(scan), "element",
                          "fluor%d is left out of the scan: no reading at %zu "
                          "of %zu points",
                          k + 1, missed, points);
}

/* Would this be too much also at the end of the scan as it is planned? */
static bool tooMuch(const xasScan *scan, size_t missed, size_t points)
{
    size_t all = points;

    if (scan->planned > 0 && (uint64_t)scan->planned > all)
        all = (size_t)scan->planned;
    return missed > missing_few && (double)missed > missing_max * (double)all;
}

static bool anyLeft(const xasScan *scan, int n)
{
    for (int k = 0; k < n; k++)
        if (!isLeftOut(scan, k))
            return true;
    return false;
}

/* Elements of which this point is one too many without reading. */
static bool dropMissing(xasScan *scan, const xasAssemblerRules *rules,
                        const readings *r)
{
    bool dropped = false;
    record t;

    collect(scan, rules, &t);
    note(&t, r, scan->n, 0);
    for (int k = 0; k < r->n; k++) {
        xasRoles before = scan->leftOut;

        if (r->health[k] != missing || isLeftOut(scan, k) ||
            !tooMuch(scan, t.missed[k], t.points))
            continue;
        leaveOut(scan, k);
        if (!anyLeft(scan, r->n)) {
            scan->leftOut = before;
            continue;
        }
        dropped = true;
        sayMissing(scan, k, t.missed[k], t.points);
    }
    return dropped;
}

uint32_t xasDetectorPoint(xasScan *scan, const xasAssemblerRules *rules,
                          double *value, uint32_t flags)
{
    bool dropped = false, gap = false;
    readings r;

    judge(scan, rules, value, &r);
    if (!r.n)
        return flags;
    for (int k = 0; k < r.n && r.anyGood && !(flags & ~harmless); k++) {
        if (isLeftOut(scan, k))
            continue;
        gap = gap || r.health[k] == missing;
        if (r.health[k] != bad)
            continue;
        leaveOut(scan, k);
        dropped = true;
        sayBad(scan, rules, k, scan->n, value[xasRoleIcr + k],
               value[xasRoleOcr + k]);
    }
    /* Counting what was missed takes all points: of a long scan not at each. */
    if (gap && scan->n % (1 + scan->n / 64) == 0)
        dropped = dropMissing(scan, rules, &r) || dropped;
    if (dropped)
        sumAnew(scan, rules);
    value[xasRoleFluor] = sum(scan, &r);
    return flagFor(scan, value[xasRoleFluor], flags);
}

/* Those without reading too often, unless they are all. */
static xasRoles missingRoles(const xasScan *scan, const record *t, int n,
                             xasRoles out)
{
    xasRoles roles = 0;
    bool left = false;

    for (int k = 0; k < n; k++) {
        bool much = (double)t->missed[k] > missing_max * (double)t->points;

        if (much)
            roles |= rolesOf(k) & scan->channels;
        left = left || !(much || xasRolesHave(out, xasRoleRoi + k));
    }
    return left ? roles : 0;
}

static void sayGap(xasScan *scan, int k, size_t missed, size_t points)
{
    (void)xasScanAddEvent(scan, now(scan), "element",
                          "fluor%d has no reading at %zu of %zu points: these "
                          "are flagged",
                          k + 1, missed, points);
}

static void sayAll(xasScan *scan, const xasAssemblerRules *rules,
                   const record *t, xasRoles before, int n)
{
    for (int k = 0; k < n; k++) {
        bool was = xasRolesHave(before, xasRoleRoi + k);
        bool is = isLeftOut(scan, k);
        size_t at = t->badAt[k] ? t->badAt[k] - 1 : 0;
        const double *icr = scan->channel[xasRoleIcr + k];
        const double *ocr = scan->channel[xasRoleOcr + k];

        if (is && !was && t->badAt[k])
            sayBad(scan, rules, k, at, icr ? icr[at] : NAN,
                   ocr ? ocr[at] : NAN);
        else if (is && !was)
            sayMissing(scan, k, t->missed[k], t->points);
        else if (was && !is)
            (void)xasScanAddEvent(scan, now(scan), "element",
                                  "fluor%d is used all the same", k + 1);
        if (!is && t->missed[k])
            sayGap(scan, k, t->missed[k], t->points);
    }
}

void xasDetectorFinish(xasScan *scan, const xasAssemblerRules *rules)
{
    xasRoles before = scan->leftOut, out = 0;
    readings r;
    record t;

    if (!scan->n)
        return;
    judgeAt(scan, rules, 0, &r);
    if (!r.n)
        return;
    collect(scan, rules, &t);
    for (int k = 0; k < r.n; k++)
        if (t.badAt[k])
            out |= rolesOf(k) & scan->channels;
    scan->leftOut = out | missingRoles(scan, &t, r.n, out);
    sayAll(scan, rules, &t, before, r.n);
    sumAnew(scan, rules);
}

void xasDetectorLeftOut(const xasScan *scan, char *out, size_t size)
{
    size_t used = 0;

    if (size)
        out[0] = 0;
    for (int k = 0; k < XAS_ELEMENTS_MAX && used < size; k++) {
        if (!isLeftOut(scan, k))
            continue;
        int n = snprintf(out + used, size - used, "%s%s", used ? ";" : "",
                         xasRoleName((xasRole)(xasRoleRoi + k)));

        used += n > 0 ? (size_t)n : 0;
    }
}
