/* SPDX-License-Identifier: BSD-3-Clause */
#ifndef ASSEMBLER_SCRIPT_H
#define ASSEMBLER_SCRIPT_H

#include "xasAssembler.h"

/** \brief Rules of a station BL5S1 with these roles; low_i0 below 2. */
xasAssemblerRules scriptRules(xasRoles roles);
/** \brief Its assembler; ends the test if there is none. */
xasAssembler *scriptStation(const xasAssemblerRules *rules);

/** \brief Feed a script to an assembler and write down what it does.
 *
 * Words, separated by spaces; times are ms since the start of the script:
 *   up=ROLE,... down=ROLE  connect, disconnect (all: every number)
 *   arrup=ROLE,... arrdown=ROLE  the same of their (final) arrays
 *   =40               the clock is at 40 ms
 *   i0=7              monitor, stamped now   i0=7@35  stamped 35, received now
 *   i0=7@none         without a stamp        i0=7!3   with severity 3
 *   i0:7              the first value after a connect (stamp as above)
 *   i0=[7,8,9]@35!3   an array; [] an empty one
 *   ?i0=7@35          answer to the oldest open get of i0; default stamp now
 *   tick over=3 end discard disable enable stop
 *   sample=NaCl       text monitor; sample:NaCl the first; cmd:sample=NaCl
 *
 * What it does: "get(i0,i1) arrays(i0) start P0 P1 end" and, at an end,
 * "{exit lost=n: energy/i0/i1[flags] ...; event event ...}".
 * sample, formula, element and reason are not written down. */
void scriptRun(xasAssembler *a, const char *script, char *out, size_t size);

/** \brief One check: the script makes just this.  Destroys the assembler. */
void scriptCheck(xasAssembler *a, const char *name, const char *script,
                 const char *expected);

/** \brief The last scan that a script ended; the script owns it. */
const xasScan *scriptScan(void);
/** \brief Script time in ns. */
int64_t scriptTime(double ms);

#endif
