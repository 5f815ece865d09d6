# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += coalesceTest
coalesceTest_SRCS += coalesceTest.c coalesceServer.c
coalesceTest_LIBS += xas xasNumeric Com
coalesceTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += coalesceTest
