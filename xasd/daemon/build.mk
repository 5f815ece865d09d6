# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/daemon
PROD_IOC += xasd
DBD += xasd.dbd
xasd_DBD += base.dbd xasdSupport.dbd
xasd_SRCS += xasd_registerRecordDeviceDriver.cpp
xasd_SRCS += main.c xasdSetup.c xasdRecords.c xasdNotify.c
xasd_SRCS += xasdLoop.c xasdReload.c xasdWatch.c xasdLive.c xasdReport.c
xasd_SRCS += xasdJob.c xasdWorker.c xasdWorkerJobs.c xasdRestore.c xasdShow.c
xasd_SRCS += xasdRescue.c
xasd_LIBS += xas xasNumeric
xasd_LIBS += $(EPICS_BASE_IOC_LIBS)
xasd_SYS_LIBS += event_core sqlite3 config lapacke xrl m
