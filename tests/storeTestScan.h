/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef STORE_TEST_SCAN_H
#define STORE_TEST_SCAN_H

#include <stdbool.h>

#include "xasResult.h"
#include "xasScan.h"
#include "xasStore.h"

/** Points of most scans made here. */
enum { testPoints = 60 };

/** A transmission scan of n points with the things that go wrong: a NaN with
 * a payload, flags, a point measured twice, two events. */
xasScan *testScanMake(const char *uid, const char *sample, size_t n);

/** Equal to the last bit, in all that the store keeps. */
bool testScanEqual(const xasScan *a, const xasScan *b);

/** Features of a scan, different for each seed. */
void testResultMake(xasResult *r, const xasScan *scan, double seed);

/** Equal in all that the store keeps; NaN equals NaN. */
bool testResultEqual(const xasResult *a, const xasResult *b);

/** A folder of its own under $TMPDIR, and away with it. */
void testFolderMake(char folder[64], const char *name);
void testFolderRemove(const char *folder);

/** Close a scan as complete, in a transaction of its own. */
xasStatus testScanClose(xasStore *store, xasScan *scan);

#endif
