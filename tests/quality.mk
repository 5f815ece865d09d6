# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += glitchTest
glitchTest_SRCS += glitchTest.c madeRandom.c sharedScan.c sharedData.c
glitchTest_LIBS += xas xasNumeric Com
glitchTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += glitchTest

TESTPROD_HOST += qualityTest
qualityTest_SRCS += qualityTest.c
qualityTest_LIBS += xasNumeric Com
qualityTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += qualityTest

TESTPROD_HOST += mergeTest
mergeTest_SRCS += mergeTest.c madeRandom.c
mergeTest_LIBS += xasNumeric Com
mergeTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += mergeTest

TESTSCRIPTS_HOST += merge.t repeats.t repeatsOdd.t modelForged.t byHand.t
