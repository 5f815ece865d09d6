/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_TEST_SAMPLE_H
#define STORE_TEST_SAMPLE_H

#include "xasStore.h"

/** Features and predictions come back as they were stored. */
void testResults(xasStore *store);

/** Which scans stand for a sample. */
void testSamples(xasStore *store);

/** Read-only queries for lists. */
void testQuery(xasStore *store);

#endif
