# SPDX-License-Identifier: BSD-3-Clause
# What people type.  Each goal first sees to packages and EPICS Base
# (configure/setup; nothing to do the second time), then hands over to EPICS's
# build, which cannot be included here: without Base it stops every goal.
#
#   make          build into build/            make demo   the main job, 1 min
#   make test     build, run all tests         make run    simulated beamline
#   make setup    packages and EPICS Base      make deploy PREFIX= DESTDIR=
#   make bench    what features cost; raw times in build/bench/
#   make test-faults   kill -9 and the like at length, 10 min
#   make test-load     two dozen stations, 20,000 events a second, 2 min
#   V=1 shows commands; SAN=address,undefined tests a sanitized copy
.DEFAULT_GOAL = all
.NOTPARALLEL:
SHELL = /bin/sh

PREFIX ?= /usr/local
jobs = $(if $(findstring -j,$(MAKEFLAGS)),,-j$(shell nproc))
quiet = $(if $(V),,-s --no-print-directory)
epics = +@$(MAKE) $(quiet) $(jobs) -f configure/top.mk

all: setup
	$(epics) install

setup:
	@configure/setup

# Most of a wire test is waiting: three at a time.  HARNESS_OPTIONS=j1: one.
several = HARNESS_OPTIONS=$${HARNESS_OPTIONS:-j3}
ifeq ($(SAN),)
test: all
	+@$(several) $(MAKE) $(quiet) $(jobs) -f configure/top.mk runtests
else
test: setup
	+@$(several) configure/sanitize '$(SAN)' $(quiet) $(jobs)
endif

bench: all
	@mkdir -p build/bench
	@tests/O.*/benchFeatures 101 build/bench/features.json
	@cd $$(dirname tests/O.*/benchProvisional) && ./benchProvisional
	@cd $$(dirname tests/O.*/benchCut) && ./benchCut

test-faults: all
	+@XASD_KILLS=200 $(MAKE) $(quiet) -C tests \
	    TESTSCRIPTS_HOST='kill.t faults.t full.t station.t' runtests

test-load: all
	+@$(MAKE) $(quiet) -C tests TESTSCRIPTS_HOST=load.t runtests

demo: all
	@iocBoot/demo

run: all
	@iocBoot/run

deploy: all
	@configure/deploy '$(PREFIX)' '$(DESTDIR)'

distclean:
	rm -rf build O.* */O.*

# clean, runtests, rebuild, ...: whatever EPICS's build knows.
.DEFAULT:
	@test -f configure/RELEASE.local || test -n "$$EPICS_BASE" || \
	    { echo 'make: no EPICS Base yet; run "make setup"' >&2; exit 1; }
	$(epics) $@

.PHONY: all setup test test-faults test-load bench demo run deploy distclean
