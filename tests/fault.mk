# SPDX-License-Identifier: BSD-3-Clause
# Every fault in every mode: against the assembler, and over Channel Access.
TESTPROD_HOST += faultTest
faultTest_SRCS += faultTest.c faultBench.c faultCases.c
faultTest_LIBS += xas xasNumeric Com
faultTest_SYS_LIBS += lapacke xrl m
TESTS += faultTest wireFaults
