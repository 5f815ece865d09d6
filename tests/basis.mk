# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += basisTest
basisTest_SRCS += basisTest.c
basisTest_LIBS += xasNumeric Com
basisTest_SYS_LIBS += lapacke m
TESTS += basisTest
TESTPROD_HOST += referenceTest
referenceTest_SRCS += referenceTest.c storeTestScan.c
referenceTest_LIBS += xas xasNumeric Com
referenceTest_SYS_LIBS += sqlite3 lapacke xrl m
TESTS += referenceTest
TESTSCRIPTS_HOST += basis.t
