# SPDX-License-Identifier: BSD-3-Clause
SRC_DIRS += $(XASD)/assemble
xas_SRCS += xasEvent.c xasScan.c xasScanSlice.c xasPending.c xasAssembler.c
xas_SRCS += xasAssemblerRules.c xasAssemblerPoint.c xasAssemblerScan.c
xas_SRCS += xasScanSpectrum.c
