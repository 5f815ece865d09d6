# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += pipelineTest
pipelineTest_SRCS += pipelineTest.c pipelineStore.c storeTestScan.c
pipelineTest_LIBS += xas xasNumeric Com
pipelineTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
TESTS += pipelineTest

TESTPROD_HOST += calibrateTest
calibrateTest_SRCS += calibrateTest.c pipelineStore.c
calibrateTest_LIBS += xas xasNumeric Com
calibrateTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
TESTS += calibrateTest

TESTPROD_HOST += cutTest
cutTest_SRCS += cutTest.c cutStore.c pipelineStore.c madeScan.c madeRandom.c
cutTest_LIBS += xas xasNumeric Com
cutTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
TESTS += cutTest

# `make bench` runs this; it is no test.
TESTPROD_HOST += benchCut
benchCut_SRCS += benchCut.c cutStore.c pipelineStore.c madeScan.c madeRandom.c
benchCut_LIBS += xas xasNumeric Com
benchCut_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
