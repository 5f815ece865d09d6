# SPDX-License-Identifier: BSD-3-Clause
# Start-up of the daemon: xasd iocBoot/iocxasd/st.cmd
#
# XASD_TOP       the folder above iocBoot; xasd sets it from this file's place
# XASD_CONF      the configuration, else etc/xasd.conf
# XASD_DATABASE  the database, see etc/xasd.conf

# Any failure below ends xasd with exit status 1 instead of a daemon that
# runs without its records.
on error break

dbLoadDatabase("$(XASD_TOP)/build/dbd/xasd.dbd")
xasd_registerRecordDeviceDriver(pdbbase)

# Only what etc/xasd.acf allows can be written by clients.
asSetFilename("$(XASD_ACF=$(XASD_TOP)/etc/xasd.acf)")

# Configuration, database, last results, and the records of every station.
epicsEnvSet("EPICS_DB_INCLUDE_PATH", "$(XASD_TOP)/build/db")
xasdConfigure("$(XASD_CONF=$(XASD_TOP)/etc/xasd.conf)")

# Run as root, EPICS would lock all its memory.
var dbThreadRealtimeLock 0
iocInit
