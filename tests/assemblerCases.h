/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ASSEMBLER_CASES_H
#define ASSEMBLER_CASES_H

#include <stddef.h>

#include "xasAssembler.h"

#define BIT(role) ((xasRoles)1 << xasRole##role)
#define DETECTORS (BIT(Energy) | BIT(I0) | BIT(I1))
#define COMMIT    (DETECTORS | BIT(Commit) | BIT(Active))
#define COUNTED   (COMMIT | BIT(Sequence))

/* A station at rest. */
#define REST                                                                   \
    "up=all energy:7000@-500 i0:9@-500 i1:5@-500 commit:-1@-500 "              \
    "sequence:0@-500 aborted:0@-500 active:0@-500 "
/* A whole point: everything posts, then the commit. */
#define POINT(ms, n, e, i0, i1)                                                \
    "=" #ms " energy=" #e " i0=" #i0 " i1=" #i1 " sequence=" #n " commit=" #n  \
    " "

/** A list of events and the scans it must become; see assemblerScript.h. */
typedef struct testCase {
    const char *name;
    xasRoles roles;
    const char *script, *expected;
} testCase;

extern const testCase assemblerCases[];
extern const size_t assemblerCaseCount;

/** The same under other rules; 0 leaves the test's own. */
typedef struct stepCase {
    const char *name;
    xasRoles roles;
    const char *script, *expected;
    double ring_min_mA, idle_s;
    xasCommitWhen when;
} stepCase;

extern const stepCase stepCases[];
extern const size_t stepCaseCount;

#endif
