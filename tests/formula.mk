# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += formulaTest
formulaTest_SRCS += formulaTest.c
formulaTest_LIBS += xasNumeric Com
formulaTest_SYS_LIBS += xrl m
TESTS += formulaTest
