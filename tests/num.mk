# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += statusTest
statusTest_SRCS += statusTest.c
statusTest_LIBS += xasNumeric Com
TESTS += statusTest

TESTPROD_HOST += numTest
numTest_SRCS += numTest.c
numTest_LIBS += xasNumeric Com
numTest_SYS_LIBS += lapacke m
TESTS += numTest
