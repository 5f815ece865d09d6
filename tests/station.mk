# SPDX-License-Identifier: BSD-3-Clause
TESTPROD_HOST += stationPrint
stationPrint_SRCS += stationPrint.c
stationPrint_LIBS += xas xasNumeric ca Com
stationPrint_SYS_LIBS += $(NUMERIC_SYS_LIBS)
TESTSCRIPTS_HOST += station.t
