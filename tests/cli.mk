# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += tsvTest
tsvTest_SRCS += tsvTest.c
tsvTest_LIBS += xas xasNumeric Com
TESTS += tsvTest

TESTSCRIPTS_HOST += cli.t modelFile.t
TESTS += plot
