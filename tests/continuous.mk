# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += continuousTest
continuousTest_SRCS += continuousTest.c continuousWorld.c continuousCases.c
continuousTest_LIBS += xas xasNumeric Com
continuousTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += continuousTest
TESTS += continuous

TESTPROD_HOST += lagTest
lagTest_SRCS += lagTest.c
lagTest_LIBS += xasNumeric Com
lagTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += lagTest
