# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += simTest
simTest_SRCS += simTest.c sharedData.c
simTest_LIBS += xas xasNumeric Com
simTest_SYS_LIBS += lapacke xrl m
TESTS += simTest

# Wire tests: they take their tools from Base and from build/bin.
TESTSCRIPTS_HOST += xassim.t
TESTS += simModes simFaults simLoad

TESTPROD_HOST += simScheduleTest
simScheduleTest_SRCS += simScheduleTest.c
simScheduleTest_LIBS += xas xasNumeric Com
simScheduleTest_SYS_LIBS += m
TESTS += simScheduleTest
