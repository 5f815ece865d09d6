# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/daemon
PROD_IOC += xasd
DBD += xasd.dbd
xasd_DBD += base.dbd xasdSupport.dbd
xasd_SRCS += xasd_registerRecordDeviceDriver.cpp
xasd_SRCS += main.c xasdSetup.c xasdRecords.c xasdNotify.c
xasd_SRCS += xasdLock.c xasdLoop.c xasdReload.c xasdWatch.c xasdWatchShow.c
xasd_SRCS += xasdLive.c xasdReport.c xasdJob.c xasdWorker.c xasdWorkerJobs.c
xasd_SRCS += xasdRestore.c xasdShow.c xasdRescue.c
xasd_SRCS += xasdRecorder.c xasdRecorderFiles.c
xasd_LIBS += xas xasNumeric
xasd_LIBS += $(EPICS_BASE_IOC_LIBS)
xasd_SYS_LIBS += event_core sqlite3 config lapacke xrl m
