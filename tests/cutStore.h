/* SPDX-License-Identifier: BSD-3-Clause */
/* A store of made scans and a model trained on them, to predict from scans
 * that still run.  What fails ends the test. */
#ifndef CUT_STORE_H
#define CUT_STORE_H

#include "madeScan.h"
#include "xasPipeline.h"
#include "xasStoreModel.h"

/** A made compound, iron or cobalt. */
typedef struct cutSample {
    char name[16], element[3];
    xasEdgeEnergies er;
    madeCurve curve; /* white line at its own place and height */
    double y;        /* kJ/mol, mostly by these */
    uint64_t seed;   /* of its noise */
    int64_t scan;    /* row, once it is stored */
    xasFeatures features;
} cutSample;

/** \brief Number `i` of a set; the same each time. */
void cutSampleMake(xasShell shell, size_t i, cutSample *out);

/** \brief Its channels from low to high, eV from E_r of K, or of L3 and L2.
 * \param[out] out  cleared by madeScanClear() */
void cutMade(const cutSample *of, double low_eV, double high_eV, madeScan *out);
/** \brief The same as a scan that still runs, upwards or down. */
xasScan *cutScan(const cutSample *of, double low_eV, double high_eV, int down);

/** \brief Measure a sample whole, and store it. */
void cutMeasure(xasPipeline *p, cutSample *s);

/** \brief Train, store and activate a model on all columns of the edge.
 * \param k  [n] what it was trained on, NULL: another database's scans */
void cutTrain(xasStore *store, const char *name, const cutSample *s, size_t n,
              const xasEdgeScan *scans);

#endif
