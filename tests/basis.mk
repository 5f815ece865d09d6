# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += basisTest
basisTest_SRCS += basisTest.c
basisTest_LIBS += xasNumeric Com
basisTest_SYS_LIBS += lapacke m
TESTS += basisTest
