# SPDX-License-Identifier: BSD-3-Clause
TARGETS += $(COMMON_DIR)/publishTest.dbd
DBDDEPENDS_FILES += publishTest.dbd$(DEP)
publishTest_DBD += base.dbd xasdSupport.dbd
TESTFILES += $(COMMON_DIR)/publishTest.dbd
TESTPROD_IOC += publishTest
publishTest_SRCS += publishTest.c publishChecks.c publishCommands.c
publishTest_SRCS += publishTest_registerRecordDeviceDriver.cpp
publishTest_LIBS += xas xasNumeric $(EPICS_BASE_IOC_LIBS)
publishTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTS += publishTest
