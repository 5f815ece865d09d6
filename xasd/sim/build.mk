# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/sim
xas_SRCS += xasSimHalide.c xasSimRandom.c xasSimData.c xasSimRead.c

DBD += xassim.dbd xassimSupport.dbd
xassim_DBD += base.dbd xassimSupport.dbd
PROD_IOC += xassim
xassim_SRCS += xassim_registerRecordDeviceDriver.cpp
xassim_SRCS += xassim.c simShell.c simStation.c simScan.c simRecord.c
xassim_SRCS += devXassim.c
xassim_LIBS += xas xasNumeric $(EPICS_BASE_IOC_LIBS)
