/* SPDX-License-Identifier: BSD-3-Clause */
/* What a provisional prediction costs while a scan runs: every training scan
 * read, cut and analysed, once for each 5 eV; else what is kept. `make bench`
 * prints the table; nothing is asserted. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cutStore.h"
#include "pipelineStore.h"

enum { most = 200 };

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

static double ask_ms(xasPipeline *p, const cutSample *asked, double high_eV)
{
    xasScan *scan = cutScan(asked, -100, high_eV, 0);
    xasResult result;
    double from = now_ms(), took;

    if (xasPipelineProvisional(p, scan, &result))
        abort();
    took = now_ms() - from;
    xasScanDestroy(scan);
    return took;
}

int main(void)
{
    static const size_t sizes[] = { 15, most };
    static const double at_eV[] = { 27, 60, 200 };
    static cutSample sample[most];
    static xasEdgeScan scans[most];
    xasStore *store = pipelineStoreMake();
    xasPipeline *p = pipelineMake(store, NULL);
    cutSample asked;

    for (size_t i = 0; i < most; i++) {
        cutSampleMake(xasShellK, i, &sample[i]);
        cutMeasure(p, &sample[i]);
        scans[i] = (xasEdgeScan){ sample[i].scan, NULL };
    }
    cutSampleMake(xasShellK, 240, &asked);
    printf("a provisional prediction, ms: first at its limit, then kept\n"
           "training scans   +27 eV          +60 eV          +200 eV\n");
    for (size_t k = 0; k < 2; k++) {
        char name[16];
        int64_t row = 0;

        (void)snprintf(name, sizeof name, "of %zu", sizes[k]);
        cutTrain(store, name, sample, sizes[k], scans);
        if (xasStoreModelFind(store, name, &row) || xasPipelineUseModel(p, row))
            abort();
        printf("%14zu", sizes[k]);
        for (size_t e = 0; e < 3; e++) {
            double first = ask_ms(p, &asked, at_eV[e]);

            printf(" %7.1f %7.2f", first, ask_ms(p, &asked, at_eV[e] + 1));
        }
        printf("\n");
    }
    xasPipelineDestroy(p);
    pipelineStoreEnd(store);
    return 0;
}
