# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += xdiTest
xdiTest_SRCS += xdiTest.c
xdiTest_LIBS += xas xasNumeric Com
TESTS += xdiTest

TESTPROD_HOST += confTest
confTest_SRCS += confTest.c
confTest_LIBS += xas xasNumeric Com
confTest_SYS_LIBS += config
TESTS += confTest
