# SPDX-License-Identifier: BSD-3-Clause
ifneq ($(wildcard $(XASD)/assemble/xasScan.c),)
TESTPROD_HOST += storeTest storeModelTest storeTestVersion storeMergeTest
storeMergeTest_SRCS += storeMergeTest.c storeTestScan.c
storeMergeTest_LIBS += xas xasNumeric Com
storeMergeTest_SYS_LIBS += sqlite3 lapacke xrl m
TESTS += storeMergeTest
storeTestVersion_SRCS += storeTestVersion.c storeTestScan.c
storeTestVersion_LIBS += xas xasNumeric Com
storeTestVersion_SYS_LIBS += sqlite3 lapacke xrl m
TESTS += storeTestVersion
storeTest_SRCS += storeTest.c storeTestSample.c storeTestScan.c
storeModelTest_SRCS += storeModelTest.c storeTestScan.c golden.c sharedData.c
storeTest_LIBS += xas xasNumeric Com
storeModelTest_LIBS += xas xasNumeric Com
storeTest_SYS_LIBS += sqlite3 lapacke xrl m
storeModelTest_SYS_LIBS += sqlite3 lapacke xrl m
TESTS += storeTest storeModelTest
endif
