# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += queueTest
queueTest_SRCS += queueTest.c
queueTest_LIBS += xas xasNumeric Com
TESTS += queueTest
