# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += statusTest
statusTest_SRCS += statusTest.c
statusTest_LIBS += xasNumeric Com
TESTS += statusTest
