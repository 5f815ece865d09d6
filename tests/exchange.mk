# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += xdiTest
xdiTest_SRCS += xdiTest.c
xdiTest_LIBS += xas xasNumeric Com
TESTS += xdiTest

TESTPROD_HOST += confTest
confTest_SRCS += confTest.c confFile.c
confTest_LIBS += xas xasNumeric Com
confTest_SYS_LIBS += config
TESTPROD_HOST += confStationTest
confStationTest_SRCS += confStationTest.c confFile.c
confStationTest_LIBS += xas xasNumeric Com
confStationTest_SYS_LIBS += config
TESTS += confTest confStationTest

TESTPROD_HOST += xdiScanTest
xdiScanTest_SRCS += xdiScanTest.c
xdiScanTest_LIBS += xas xasNumeric Com
xdiScanTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += xdiScanTest
