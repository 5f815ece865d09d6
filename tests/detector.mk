# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += detectorTest
detectorTest_SRCS += detectorTest.c madeRandom.c assemblerScript.c
detectorTest_LIBS += xas xasNumeric Com
detectorTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += detectorTest

TESTPROD_HOST += axisTest
axisTest_SRCS += axisTest.c
axisTest_LIBS += xas xasNumeric Com
axisTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += axisTest

TESTPROD_HOST += darkTest
darkTest_SRCS += darkTest.c pipelineStore.c
darkTest_LIBS += xas xasNumeric Com
darkTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
TESTS += darkTest
