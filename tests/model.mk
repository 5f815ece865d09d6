# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += goldenModelTest
goldenModelTest_SRCS += goldenModelTest.c golden.c
goldenModelTest_LIBS += xasNumeric Com
goldenModelTest_SYS_LIBS += lapacke m
TESTS += goldenModelTest
