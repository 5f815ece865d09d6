# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += arrayTest
arrayTest_SRCS += arrayTest.c arrayCases.c assemblerScript.c
arrayTest_LIBS += xas xasNumeric Com
arrayTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += arrayTest
TESTPROD_HOST += finalTest
finalTest_SRCS += finalTest.c assemblerScript.c
finalTest_LIBS += xas xasNumeric Com
finalTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += finalTest
# Wire tests, as in daemon.mk.
TESTS += array sscan
TESTPROD_HOST += arrayMixTest
arrayMixTest_SRCS += arrayMixTest.c
arrayMixTest_LIBS += xas xasNumeric Com
arrayMixTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += arrayMixTest
