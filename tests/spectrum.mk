# SPDX-License-Identifier: BSD-3-Clause
# LAPACKE and xraylib are what the numeric archive needs of the system.
NUMERIC_SYS_LIBS = lapacke xrl m

TESTPROD_HOST += spectrumTest
spectrumTest_SRCS += spectrumTest.c
spectrumTest_LIBS += xasNumeric Com
spectrumTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += spectrumTest

TESTPROD_HOST += normTest
normTest_SRCS += normTest.c sharedScan.c sharedData.c
normTest_LIBS += xas xasNumeric Com
normTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += normTest

TESTPROD_HOST += featureTest
featureTest_SRCS += featureTest.c sharedScan.c sharedData.c
featureTest_LIBS += xas xasNumeric Com
featureTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += featureTest

TESTPROD_HOST += featureRuleTest
featureRuleTest_SRCS += featureRuleTest.c madeRandom.c sharedScan.c sharedData.c
featureRuleTest_LIBS += xas xasNumeric Com
featureRuleTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += featureRuleTest

TESTPROD_HOST += runningTest
runningTest_SRCS += runningTest.c madeScan.c madeRandom.c
runningTest_LIBS += xasNumeric Com
runningTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += runningTest

TESTPROD_HOST += errorTest
errorTest_SRCS += errorTest.c madeRandom.c
errorTest_LIBS += xasNumeric Com
errorTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += errorTest

TESTPROD_HOST += calibTest
calibTest_SRCS += calibTest.c madeRandom.c sharedScan.c sharedData.c
calibTest_LIBS += xas xasNumeric Com
calibTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += calibTest
