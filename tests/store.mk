# SPDX-License-Identifier: BSD-3-Clause
ifneq ($(wildcard $(XASD)/assemble/xasScan.c),)
TESTPROD_HOST += storeTest
storeTest_SRCS += storeTest.c storeTestScan.c
storeTest_LIBS += xas xasNumeric Com
storeTest_SYS_LIBS += sqlite3 lapacke xrl m
TESTS += storeTest
endif
