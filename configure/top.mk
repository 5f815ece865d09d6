# SPDX-License-Identifier: BSD-3-Clause
# The EPICS side of the top Makefile.
TOP = .
include $(TOP)/configure/CONFIG
DIRS += configure xasd db tests
xasd_DEPEND_DIRS = configure
db_DEPEND_DIRS = configure
tests_DEPEND_DIRS = xasd db
include $(TOP)/configure/RULES_TOP
