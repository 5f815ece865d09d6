# SPDX-License-Identifier: BSD-3-Clause
# Recordings: written and read back, damaged, and replayed over the wire.
TESTPROD_HOST += recordingTest
recordingTest_SRCS += recordingTest.c madeRandom.c
recordingTest_LIBS += xas xasNumeric Com
recordingTest_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTPROD_HOST += recordingBadTest
recordingBadTest_SRCS += recordingBadTest.c madeRandom.c
recordingBadTest_LIBS += xas xasNumeric Com
recordingBadTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
SRC_DIRS += $(XASD)/daemon
TESTPROD_HOST += recorderTest
recorderTest_SRCS += recorderTest.c xasdRecorder.c xasdRecorderFiles.c
recorderTest_LIBS += xas xasNumeric Com
recorderTest_SYS_LIBS += sqlite3 $(NUMERIC_SYS_LIBS)
TESTS += recorderTest recordingTest recordingBadTest replay replayCases
