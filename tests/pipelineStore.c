/* SPDX-License-Identifier: BSD-3-Clause */
#include "pipelineStore.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <epicsUnitTest.h>

#include "xasStoreModel.h"

static char folder[] = "/tmp/xasPipelineXXXXXX";
static char path[64];

xasStore *pipelineStoreMake(void)
{
    xasMessage why = { "" };
    xasStore *store = NULL;

    if (!mkdtemp(folder))
        testAbort("no folder %s", folder);
    (void)snprintf(path, sizeof path, "%s/test.db", folder);
    if (xasStoreOpen(path, xasStoreCreate, 1000, &store, &why))
        testAbort("%s", why.text);
    return store;
}

const char *pipelineStorePath(void)
{
    return path;
}

void pipelineStoreEnd(xasStore *store)
{
    xasStoreClose(store);
    if (unlink(path) || rmdir(folder))
        testDiag("left behind: %s", folder);
}

xasPipeline *pipelineMake(xasStore *store, const xasCalibRules *calib)
{
    static const xasJoin join; /* without limits */
    const xasPipelineRules rules = {
        .level = 0.8, .join = &join, .calib = calib, .code = "0.1"
    };
    xasPipeline *p = NULL;

    if (xasPipelineCreate(store, &rules, &p))
        testAbort("out of memory");
    return p;
}

static xasModel *train(void)
{
    enum { n = 12 };
    static const char *const column[] = { "edge_dr" };
    static const char *const id[n] = { "a", "b", "c", "d", "e", "f",
                                       "g", "h", "i", "j", "k", "l" };
    double x[n], y[n], er[n * xasErCount];
    const xasTable table = { n, 1, id, id, column, x, y, er };
    xasTrainOptions options;
    xasMessage why = { "" };
    xasModel *m = NULL;

    for (int i = 0; i < n; i++) {
        er[3 * i] = 7112;
        er[3 * i + 1] = 706.8;
        er[3 * i + 2] = 719.9;
        x[i] = 8 + 4 * sin(i * 1.7);
        y[i] = -400 + 20 * x[i] + sin(i * 7.0);
    }
    xasTrainOptionsDefaults(&options);
    if (xasModelTrain(&table, &options, &m, &why))
        testAbort("%s", why.text);
    return m;
}

void pipelineModel(xasStore *store, const char *calibration)
{
    xasModelHead head = { .kind = xasKindK,
                          .name = "own",
                          .detection = "transmission",
                          .code = "0.1",
                          .definitions = XAS_FEATURES_VERSION };
    xasMessage why = { "" };
    xasModel *m = train();

    (void)snprintf(head.calibration, sizeof head.calibration, "%s",
                   calibration);
    if (xasStoreBegin(store) || xasStoreModelPut(store, &head, m, NULL, NULL) ||
        xasStoreModelActivate(store, head.row, &why) || xasStoreCommit(store))
        testAbort("%s %s", xasStoreError(store), why.text);
    xasModelDestroy(m);
}

double pipelineApart(const xasFeatures *a, const xasFeatures *b)
{
    double most = 0;

    for (int i = 0; i < xasFeatureCount; i++) {
        if (isnan(a->value[i]) != isnan(b->value[i]))
            return INFINITY;
        if (!isnan(a->value[i]))
            most = fmax(most, fabs(a->value[i] - b->value[i]));
    }
    return most;
}
