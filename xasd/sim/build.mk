# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/sim
xas_SRCS += xasSimHalide.c xasSimRandom.c xasSimData.c xasSimRead.c
xas_SRCS += xasSimFault.c xasSimPlay.c xasSimOptics.c

DBD += xassim.dbd xassimSupport.dbd
xassim_DBD += base.dbd xassimSupport.dbd
PROD_IOC += xassim
xassim_SRCS += xassim_registerRecordDeviceDriver.cpp
xassim_SRCS += xassim.c simShell.c simStation.c simScan.c simRecord.c
xassim_SRCS += devXassim.c simFind.c simSet.c simChoose.c simPost.c
xassim_SRCS += simStep.c simContinuous.c simArray.c simSscan.c
xassim_LIBS += xas xasNumeric $(EPICS_BASE_IOC_LIBS)
