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
