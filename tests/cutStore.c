/* SPDX-License-Identifier: BSD-3-Clause */
#include "cutStore.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <epicsUnitTest.h>

enum { most = 200 };

void cutSampleMake(xasShell shell, size_t i, cutSample *out)
{
    madeCurve *c = &out->curve;
    double a = sin(1.7 * (double)i), b = sin(2.9 * (double)i + 1);
    double d = sin(4.3 * (double)i + 2), noise = sin(11.1 * (double)i);

    memset(out, 0, sizeof *out);
    (void)snprintf(out->name, sizeof out->name, "s%zu", i);
    (void)strcpy(out->element, i % 3 ? "Fe" : "Co");
    if (xasEdgeLookUp(out->element, &out->er))
        testAbort("no E_r");
    madeCurveDefaults(shell, c);
    c->shift_eV =
        shell == xasShellK ? out->er.k_eV - 7112 : out->er.l3_eV - 706.8;
    c->white_eV += shell == xasShellK ? 3 * a : 0.5 * a;
    c->white *= 1 + 0.3 * b;
    c->second *= 1 + 0.5 * d;
    if (shell == xasShellK)
        c->post = 0.15 + 0.1 * d;
    out->seed = i + 1;
    out->y = -500 + 100 * a + 60 * b + 15 * noise;
}

static bool isL(const cutSample *of)
{
    return of->curve.shell == xasShellL;
}

void cutMade(const cutSample *of, double low_eV, double high_eV, madeScan *out)
{
    madeScan s;
    double low = low_eV + (isL(of) ? of->er.l3_eV : of->er.k_eV);
    double high = high_eV + (isL(of) ? of->er.l2_eV : of->er.k_eV);
    madeRandom noise = { of->seed };
    size_t n = 0, kept = 0;

    madeScanInit(&s, xasDetectTransmission, 600);
    n = madeScanAxis(&s, of->curve.shell, isL(of) ? 0.2 : 0.5);
    for (size_t i = 0; i < n; i++)
        s.e[i] += of->curve.shift_eV;
    /* The noise of a point is that of the whole scan. */
    madeScanCount(&s, &of->curve, 1e7, &noise);
    for (size_t i = 0; i < n; i++) {
        if (!(s.e[i] >= low && s.e[i] <= high))
            continue;
        s.e[kept] = s.e[i];
        s.i0[kept] = s.i0[i];
        s.signal[kept++] = s.signal[i];
    }
    s.n = kept;
    *out = s;
}

xasScan *cutScan(const cutSample *of, double low_eV, double high_eV, int down)
{
    xasRoles roles = xasRoleBit(xasRoleEnergy) | xasRoleBit(xasRoleI0) |
                     xasRoleBit(xasRoleI1);
    static int64_t number;
    xasScan *scan = NULL;
    madeScan s;

    if (xasScanCreate(roles, &scan))
        testAbort("out of memory");
    cutMade(of, low_eV, high_eV, &s);
    (void)snprintf(scan->uid, sizeof scan->uid, "BL5S1-%s-%lld", of->name,
                   (long long)++number);
    (void)strcpy(scan->station, "BL5S1");
    (void)strcpy(scan->mode, "step");
    (void)strcpy(scan->sample, of->name);
    (void)strcpy(scan->element, of->element);
    scan->shell = of->curve.shell;
    scan->detection = xasDetectTransmission;
    scan->start_ns = 1795361670123456789 + number * 1000000000000;
    for (size_t i = 0; i < s.n; i++) {
        size_t j = down ? s.n - 1 - i : i;
        double v[xasChannelCount];

        for (int role = 0; role < xasChannelCount; role++)
            v[role] = NAN;
        v[xasRoleEnergy] = s.e[j];
        v[xasRoleI0] = s.i0[j];
        v[xasRoleI1] = s.signal[j];
        scan->end_ns = scan->start_ns + (int64_t)i * 1000000000;
        if (xasScanAddPoint(scan, v, scan->end_ns, 0))
            testAbort("out of memory");
    }
    madeScanClear(&s);
    return scan;
}

void cutMeasure(xasPipeline *p, cutSample *s)
{
    xasScan *scan = cutScan(s, -INFINITY, INFINITY, 0);
    xasResult result;

    scan->exit = xasExitComplete;
    if (xasPipelineRun(p, scan, "live", &result) || !scan->row ||
        xasFlagsHave(result.features.flags, "no_edge"))
        testAbort("%s is not measured: %s", s->name, result.features.flags);
    s->scan = scan->row;
    s->features = result.features;
    xasScanDestroy(scan);
}

static xasModel *trained(const cutSample *s, size_t n)
{
    static double x[most * xasFeatureCount], y[most], er[most * xasErCount];
    const char *id[most], *column[xasFeatureCount];
    xasTable table = { n, 0, id, id, column, x, y, er };
    xasMessage why = { "" };
    xasModel *m = NULL;

    for (int f = 0; f < xasFeatureCount; f++)
        if (xasFeatureShell((xasFeatureId)f) == s->curve.shell)
            column[table.p++] = xasFeatureName((xasFeatureId)f);
    for (size_t i = 0; i < n; i++) {
        id[i] = s[i].name;
        y[i] = s[i].y;
        er[i * xasErCount + xasErK] = s[i].er.k_eV;
        er[i * xasErCount + xasErL3] = s[i].er.l3_eV;
        er[i * xasErCount + xasErL2] = s[i].er.l2_eV;
        for (size_t j = 0; j < table.p; j++)
            x[i * table.p + j] =
                s[i].features.value[xasFeatureFromName(column[j])];
    }
    if (xasModelTrain(&table, NULL, &m, &why))
        testAbort("no model: %s", why.text);
    return m;
}

void cutTrain(xasStore *store, const char *name, const cutSample *s, size_t n,
              const xasEdgeScan *scans)
{
    xasModelHead head = { .kind = isL(s) ? xasKindL : xasKindK,
                          .detection = "transmission",
                          .calibration = "none",
                          .code = "0.1",
                          .definitions = XAS_FEATURES_VERSION };
    xasMessage why = { "" };
    xasModel *m = trained(s, n);

    (void)snprintf(head.name, sizeof head.name, "%s", name);
    if (xasStoreBegin(store) ||
        xasStoreModelPut(store, &head, m, isL(s) ? NULL : scans,
                         isL(s) ? scans : NULL) ||
        xasStoreModelActivate(store, head.row, &why) || xasStoreCommit(store))
        testAbort("%s %s", xasStoreError(store), why.text);
    xasModelDestroy(m);
}
