/* SPDX-License-Identifier: BSD-3-Clause */
/* A store of its own for a test of the pipeline.  What fails ends the test. */
#ifndef PIPELINE_STORE_H
#define PIPELINE_STORE_H

#include "xasPipeline.h"

/** \brief Make a store in a new folder. */
xasStore *pipelineStoreMake(void);
/** \brief Its file. */
const char *pipelineStorePath(void);
/** \brief Close it, and remove the folder. */
void pipelineStoreEnd(xasStore *store);

/** \brief A pipeline on it. \param calib  NULL: the defaults */
xasPipeline *pipelineMake(xasStore *store, const xasCalibRules *calib);

/** \brief Train, store and activate the model "own" of the K edge in
 * transmission, which takes 12 values of edge_dr about 8 to -400 + 20 edge_dr
 * kJ/mol.  \param calibration  of its scans */
void pipelineModel(xasStore *store, const char *calibration);

/** \brief Largest difference of features, in their own units; infinite where
 * one lacks what the other has. */
double pipelineApart(const xasFeatures *a, const xasFeatures *b);

#endif
