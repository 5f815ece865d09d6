# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += xdiTest
xdiTest_SRCS += xdiTest.c
xdiTest_LIBS += xas xasNumeric Com
TESTS += xdiTest
