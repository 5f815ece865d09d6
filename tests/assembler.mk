# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += assemblerTest
assemblerTest_SRCS += assemblerTest.c assemblerCases.c assemblerSteps.c assemblerScript.c
assemblerTest_LIBS += xas xasNumeric Com
assemblerTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += assemblerTest
