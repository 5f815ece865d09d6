# SPDX-License-Identifier: BSD-3-Clause
# Made spectra: what features do with them, and what they cost.
TESTPROD_HOST += propertyTest
propertyTest_SRCS += propertyTest.c madeScan.c madeRandom.c
propertyTest_LIBS += xasNumeric Com
propertyTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += propertyTest

# `make bench` runs this; it is no test.
TESTPROD_HOST += benchFeatures
benchFeatures_SRCS += benchFeatures.c madeScan.c madeRandom.c
benchFeatures_LIBS += xasNumeric
benchFeatures_SYS_LIBS += $(NUMERIC_SYS_LIBS)
benchFeatures_LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
benchFeatures_LDFLAGS += -Wl,--wrap=free

TESTPROD_HOST += brokenTest
brokenTest_SRCS += brokenTest.c madeScan.c madeRandom.c
brokenTest_LIBS += xasNumeric Com
brokenTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += brokenTest
TESTPROD_HOST += benchProvisional
benchProvisional_SRCS += benchProvisional.c sharedScan.c sharedData.c
benchProvisional_LIBS += xas xasNumeric Com
benchProvisional_SYS_LIBS += $(NUMERIC_SYS_LIBS)
